//! hfscan finds Hugging Face credentials, and the mistakes that leak them, in repositories and logs.
//!
//! The program is [`main`]. Other programs scan with a [`Scanner`], which runs the rules of a [`RuleSet`], and
//! copy logs without their credentials through a [`Filter`]:
//!
//! ```no_run
//! use std::time::SystemTime;
//!
//! let rules = hfscan::RuleSet::built_in()?;
//! let scanner = hfscan::Scanner::new(&rules, SystemTime::now());
//! let outcome = scanner.scan_bytes("train.py", b"login(token=...)");
//! for finding in &outcome.findings {
//!     println!("{}: {}", finding.rule.id, finding.message);
//! }
//! assert!(outcome.problems.is_empty(), "not all of it was scanned");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(
    test,
    allow(clippy::string_slice, reason = "a wrong span fails its test")
)]

mod agent;
mod cli;
mod config;
mod decode;
mod engine;
mod filter;
mod finding;
mod git;
mod gitdir;
mod hook;
mod input;
#[cfg(feature = "lsp")]
mod lsp;
mod model;
mod problem;
mod redact;
mod regular;
mod report;
mod respond;
mod rule;
mod scan;
mod source;
mod span;
mod stream;
mod suppress;
mod syntax;
mod tomlfile;
mod verdict;

pub use cli::main;
pub use config::PathPatterns;
pub use filter::{Filter, FilterError, Warnings};
pub use finding::{
    Cell, CellPart, Confidence, Disposition, Finding, Introduced, Location, RuleMeta, Runner,
    SecretSummary, Severity, Suppression, TableCell,
};
pub use problem::{Problem, ProblemKind, Unread, UnreadKind};
pub use redact::{Mask, Snippet};
pub use report::Stats;
pub use rule::{Example, Expanded, Load, Rule, RuleSet, SelectionError, TextEncoding};
pub use scan::{FindingSink, Options, Outcome, Paths, Progress, Scanner};
pub use source::Origin;
pub use span::{Position, Span};
pub use tomlfile::TomlError;

/// What the tests and the fuzz targets of this repository need beside. It may change at any time.
#[doc(hidden)]
pub mod internals {
    pub use crate::cli::run_with;
    pub use crate::config::Config;
    pub use crate::engine::{LOOKBACK, REACH};
    pub use crate::redact::Secret;
    pub use crate::scan::examples;
    pub use crate::syntax::Format;
    pub use crate::tomlfile::parse;
}
