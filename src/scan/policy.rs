//! How findings are judged.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::PathPatterns;
use crate::finding::{Confidence, Severity};

/// How findings are judged, and what may be said of them.
#[derive(Debug)]
pub(crate) struct Policy {
    /// Findings below this severity are left out.
    pub min_severity: Severity,
    /// Findings below this confidence are left out.
    pub min_confidence: Confidence,
    /// Severities that the configuration gives to rules, by id.
    pub severity: BTreeMap<String, Severity>,
    /// Rules that are not reported in some files: the files, the line of the configuration that
    /// says so, and names of rules or families.
    pub path_ignores: Vec<(PathPatterns, String, Vec<String>)>,
    /// Files in which credentials alone are looked for.
    pub tokens_only: PathPatterns,
    /// Whether comments in scanned files may hide findings.
    pub honour_comments: bool,
    /// Whether credentials are shown whole.
    pub show_secrets: bool,
    /// Whether findings keep their credentials, for what is to be done with them.
    pub keep_secrets: bool,
    /// Which findings of guessable credentials are to be told apart.
    pub tags: Tags,
}

/// Which findings of guessable credentials get a slow hash, so that a baseline can tell them apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tags {
    /// None.
    #[default]
    Never,
    /// Those of these contents.
    Of(BTreeSet<String>),
    /// All of them.
    Always,
}

impl Tags {
    pub(super) fn want(&self, content: &str) -> bool {
        match self {
            Self::Never => false,
            Self::Of(some) => some.contains(content),
            Self::Always => true,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            min_severity: Severity::Note,
            min_confidence: Confidence::Medium,
            severity: BTreeMap::new(),
            path_ignores: Vec::new(),
            tokens_only: PathPatterns::none(),
            honour_comments: true,
            show_secrets: false,
            keep_secrets: false,
            tags: Tags::Never,
        }
    }
}
