//! Formats of data: each fills the same tree of maps, lists and scalars, from which facts are made.

mod blank;
pub(super) mod dotenv;
pub(super) mod hcl;
pub(super) mod ini;
pub(super) mod json;
pub(super) mod toml;
pub(super) mod tree;
pub(super) mod yaml;

pub(super) use tree::Role;
