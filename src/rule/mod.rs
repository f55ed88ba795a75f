//! Rules as data: loading, checking and selecting them, and what they may say.
//!
//! A rule is one TOML file. Its name is the file's, its family the folder's. What it names as `@name` is
//! looked up in the models. Nothing here matches anything; the engine runs what is loaded here.

mod class;
mod context;
mod example;
mod file;
mod find;
mod fix;
mod log;
mod pattern;
mod required;
mod set;
mod text;
mod token;

use std::sync::Arc;

use serde::Deserialize;

use crate::finding::RuleMeta;

pub(crate) use class::ValueClass;
pub(crate) use context::{ContextSet, Contexts, INSTRUCTIONS, SECTIONS};
pub use example::{Example, Expanded, TextEncoding};
pub(crate) use find::Find;
pub(crate) use fix::{DropRule, EditRule, FixRule, MountRule, SetRule, Slot, WhenRule};
pub(crate) use log::LogPattern;
pub(crate) use pattern::{FactPattern, Target};
pub(crate) use required::{Deriving, Group, Literal, Need, Stands};
pub(crate) use set::Selection;
pub use set::{Load, RuleSet, SelectionError};
pub(crate) use token::{Looks, Near, TokenPattern, compile};

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What is said about it.
    pub meta: Arc<RuleMeta>,
    /// A pattern over bytes.
    pub(crate) token: Option<Box<TokenPattern>>,
    /// A pattern over the lines of logs.
    pub(crate) log: Option<Box<LogPattern>>,
    /// Patterns over facts.
    pub(crate) facts: Vec<Arc<FactPattern>>,
    /// How to mend a credential that stands in a file.
    pub(crate) fixes: Vec<FixRule>,
    /// A plain function, for what no pattern says.
    pub(crate) check: Option<Check>,
    /// What it must and must not find.
    pub examples: Vec<Example>,
    /// Whether it is in the binary, so that what it says holds no credential.
    pub(crate) built_in: bool,
}

/// The functions that a rule can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Check {
    /// A suppression comment that names no rule.
    BareIgnore,
    /// A suppression comment that hides nothing.
    UnusedIgnore,
    /// A file that exists to hold credentials.
    CredentialFile,
    /// One credential in several places.
    TokenReused,
}
