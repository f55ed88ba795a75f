//! What other programs ask of a scanner.

use std::time::SystemTime;

use super::{Policy, Scanner, seconds};
use crate::engine::Engine;
use crate::finding::{Confidence, Severity};
use crate::input::Shown;
use crate::rule::{RuleSet, Selection, SelectionError};

/// What a [`Scanner`] looks for and reports.
#[derive(Clone, Debug)]
pub struct Options {
    /// Only these rules or families; all, if empty.
    pub select: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
    /// Findings below this severity are left out.
    pub min_severity: Severity,
    /// Findings below this confidence are left out.
    pub min_confidence: Confidence,
    /// Whether comments in scanned files may hide findings.
    pub honour_comments: bool,
}

impl Default for Options {
    fn default() -> Self {
        let Policy {
            min_severity,
            min_confidence,
            honour_comments,
            ..
        } = Policy::default();
        Self {
            select: Vec::new(),
            ignore: Vec::new(),
            min_severity,
            min_confidence,
            honour_comments,
        }
    }
}

impl Scanner {
    /// A scanner that looks for some rules of a set. `now` is the time that expiry dates are held against.
    ///
    /// # Errors
    ///
    /// If a name is neither a rule nor a family.
    pub fn with_options(
        rules: &RuleSet,
        options: Options,
        now: SystemTime,
    ) -> Result<Self, SelectionError> {
        let selection = Selection {
            select: options.select,
            ignore: options.ignore,
        };
        let enabled = selection.resolve(rules)?;
        Ok(Self {
            engine: Engine::new(rules, enabled, seconds(now)),
            policy: Policy {
                min_severity: options.min_severity,
                min_confidence: options.min_confidence,
                honour_comments: options.honour_comments,
                ..Policy::default()
            },
            shown: Shown::relative_to(None),
        })
    }
}
