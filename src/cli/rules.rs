//! `hfscan rules`: the list, and running examples.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::exit::{Exit, Failure};
use super::print;
use crate::engine::Engine;
use crate::finding::{Confidence, Severity};
use crate::input::Shown;
use crate::rule::{Load, RuleSet};
use crate::scan::{Policy, Scanner, examples};

/// The time that examples are held against: the start of 2026.
const EXAMPLE_NOW: i64 = 1_767_225_600;

/// Lists the built-in rules.
pub(super) fn list() -> Result<Exit, Failure> {
    let set = RuleSet::built_in()?;
    let width = set
        .rules()
        .iter()
        .map(|rule| rule.meta.id.len())
        .max()
        .unwrap_or(0);
    let mut out = String::new();
    for rule in set.rules() {
        let meta = &rule.meta;
        let _ = writeln!(
            out,
            "{:width$}  {:8} {:10}  {}",
            meta.id,
            meta.severity.as_str(),
            meta.family,
            meta.summary
        );
    }
    print(&out)
}

/// Runs the examples of the built-in rules, or of those in a folder beside them.
pub(super) fn test(folder: Option<&Path>) -> Result<Exit, Failure> {
    let folders: Vec<PathBuf> = folder.map(Path::to_owned).into_iter().collect();
    let set = RuleSet::load(&folders, Load::WithExamples)?;
    let scanner = Scanner {
        engine: Engine::new(&set, vec![true; set.rules().len()], EXAMPLE_NOW),
        policy: Policy {
            min_severity: Severity::Note,
            min_confidence: Confidence::Low,
            ..Policy::default()
        },
        shown: Shown::relative_to(None),
    };
    let tested = set.rules().iter();
    let tested = tested.filter(|rule| folder.is_none() || !rule.built_in);
    let (mut rules, mut count, mut failed) = (0, 0, 0);
    let mut out = String::new();
    for rule in tested {
        rules += 1;
        count += rule.examples.len();
        for failure in examples::check(&scanner, rule) {
            failed += 1;
            let _ = writeln!(
                out,
                "{}: example {}: {}",
                failure.rule, failure.example, failure.message
            );
        }
    }
    let _ = writeln!(out, "{count} examples of {rules} rules, {failed} failures");
    print(&out)?;
    Ok(if failed == 0 {
        Exit::Clean
    } else {
        Exit::Findings
    })
}
