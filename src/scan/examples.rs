//! Rules test themselves: every example runs through the whole pipeline, with all rules on.

use std::collections::BTreeSet;

use super::{Scanner, Wanted};
use crate::finding::Finding;
use crate::rule::{Example, Rule};
use crate::source::Origin;

/// An example that a rule got wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The rule.
    pub rule: String,
    /// The example's place in the rule file, from 1.
    pub example: usize,
    /// What is wrong.
    pub message: String,
}

/// Runs all examples of a rule. The scanner has all rules enabled and reports everything.
#[must_use]
pub fn check(scanner: &Scanner, rule: &Rule) -> Vec<Failure> {
    let numbered = (1..).zip(&rule.examples);
    let failures = numbered.flat_map(|(number, example)| {
        let messages = check_one(scanner, rule, example);
        messages.into_iter().map(move |message| Failure {
            rule: rule.meta.id.to_string(),
            example: number,
            message,
        })
    });
    failures.collect()
}

fn check_one(scanner: &Scanner, rule: &Rule, example: &Example) -> Vec<String> {
    let expanded = match example.expand() {
        Ok(expanded) => expanded,
        Err(message) => return vec![message],
    };
    let outcome = scanner.scan_bytes(&example.file, &expanded.bytes);
    let (own, others): (Vec<&Finding>, Vec<&Finding>) = outcome
        .findings
        .iter()
        .filter(|finding| finding.is_active())
        .partition(|finding| finding.rule.id == rule.meta.id);
    let mut messages = Vec::new();
    let line_of = |at: u64| {
        let at = usize::try_from(at)
            .unwrap_or(usize::MAX)
            .min(expanded.bytes.len());
        let before = expanded.bytes.get(..at).unwrap_or_default();
        memchr::memchr_iter(b'\n', before).count() + 1
    };
    let spans = |finding: &&Finding| (finding.location.start.byte, finding.location.end.byte);
    let found: BTreeSet<(u64, u64)> = own.iter().map(spans).collect();
    let wanted: BTreeSet<(u64, u64)> = expanded
        .marks
        .iter()
        .map(|mark| (mark.start as u64, mark.end as u64))
        .collect();
    let origin = Origin::file(&example.file);
    for (start, end) in wanted.difference(&found) {
        let engine = &scanner.engine;
        let why = found
            .is_empty()
            .then(|| format!(": {}", engine.why_missed(rule, &origin, &expanded.bytes)));
        messages.push(format!(
            "missed bytes {start}..{end} on line {}{}",
            line_of(*start),
            why.unwrap_or_default()
        ));
    }
    for (start, end) in found.difference(&wanted) {
        let at = |byte: &u64| usize::try_from(*byte).unwrap_or(usize::MAX);
        let text = expanded.bytes.get(at(start)..at(end)).unwrap_or_default();
        messages.push(format!(
            "found `{}` on line {}, unmarked",
            scanner.engine.mask(&String::from_utf8_lossy(text)),
            line_of(*start)
        ));
    }
    for finding in &own {
        let severity = example.severity.unwrap_or(finding.severity);
        let confidence = example.confidence.unwrap_or(finding.confidence);
        if (severity, confidence) != (finding.severity, finding.confidence) {
            messages.push(format!(
                "is {} with {} confidence, not {severity} with {confidence}",
                finding.severity, finding.confidence
            ));
        }
    }
    let also: BTreeSet<&str> = example.also.iter().map(String::as_str).collect();
    let foreign: BTreeSet<&str> = others.iter().map(|finding| &*finding.rule.id).collect();
    for id in foreign.difference(&also) {
        messages.push(format!(
            "`{id}` finds something too; if rightly, say `also = [\"{id}\"]`"
        ));
    }
    for id in also.difference(&foreign) {
        messages.push(format!("`{id}` finds nothing, though `also` says so"));
    }
    for problem in outcome.problems {
        messages.push(problem.message);
    }
    messages.extend(check_fixed(scanner, example, &expanded.bytes));
    messages
}

/// Whether the fixes make of an example what it says; without a word of it, they may make anything.
fn check_fixed(scanner: &Scanner, example: &Example, text: &[u8]) -> Option<String> {
    let wanted = Wanted {
        with_unsafe: true,
        is_wanted: &|_| true,
    };
    let fixed = match example.expand_fixed()? {
        Ok(fixed) => fixed,
        Err(message) => return Some(message),
    };
    let repaired = scanner.repair(&example.file, text, &wanted);
    (repaired.bytes != fixed).then(|| {
        let shown = scanner
            .engine
            .mask(&String::from_utf8_lossy(&repaired.bytes))
            .into_owned();
        format!(
            "the fixes make of it: {shown}\nand refuse {:?}",
            repaired.refused
        )
    })
}
