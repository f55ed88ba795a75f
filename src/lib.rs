//! hfscan finds Hugging Face credentials, and the mistakes that leak them, in repositories and logs.
#![cfg_attr(
    test,
    allow(clippy::string_slice, reason = "a wrong span fails its test")
)]

pub mod cli;
pub mod config;
pub mod decode;
pub mod engine;
pub mod filter;
pub mod finding;
pub mod git;
mod gitdir;
pub mod hook;
pub mod input;
mod model;
pub mod problem;
pub mod redact;
mod regular;
pub mod report;
mod respond;
pub mod rule;
pub mod scan;
pub mod source;
pub mod span;
mod stream;
pub mod suppress;
pub mod syntax;
pub mod tomlfile;
pub mod verdict;
