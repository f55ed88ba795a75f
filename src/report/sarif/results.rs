//! A finding as a result.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use serde_sarif::sarif;

use super::{message, number, properties, uri};
use crate::finding::{Disposition, Edit, Finding, Fix, Severity, Suppression};
use crate::redact::printable;
use crate::report::{Verification, place};
use crate::span::{Position, wide};

/// The name of our fingerprints.
const FINGERPRINT: &str = "hfscanFingerprint/v1";

/// The name of the fingerprint that GitHub tells alerts apart by. It computes that by itself from the
/// file's line, and warns of every one that differs from its own; but what lies in an old version of a
/// file has no line in the checkout, or one that says something else after every commit.
const LINE_HASH: &str = "primaryLocationLineHash";

/// How many characters such a fingerprint has before its number.
const LINE_HASH_LENGTH: usize = 16;

/// One finding, of the rule at `rule_index`.
pub(super) fn result(finding: &Finding, rule_index: usize, with_lines: bool) -> sarif::Result {
    let level = match finding.severity {
        Severity::Error => sarif::ResultLevel::Error,
        Severity::Warning => sarif::ResultLevel::Warning,
        Severity::Note => sarif::ResultLevel::Note,
    };
    let origin = &finding.location.origin;
    let text = match place::inside(&finding.location) {
        Some(inside) => format!("{} ({inside}).", finding.message),
        None => format!("{}.", finding.message),
    };
    let introduced = finding.location.introduced.as_ref();
    let mut result = sarif::Result::builder()
        .rule_id(&*finding.rule.id)
        .rule_index(number(wide(rule_index)))
        .level(level)
        .message(message(&printable(&text)))
        .locations(vec![location(finding, with_lines)])
        .partial_fingerprints(fingerprints(finding))
        .properties(properties([
            ("confidence", json!(finding.confidence.as_str())),
            ("commit", json!(origin.commit)),
            ("date", json!(introduced.and_then(|how| how.date.as_ref()))),
            ("inHead", json!(introduced.and_then(|how| how.in_head))),
            ("member", json!(origin.member)),
            (
                "verification",
                json!(finding.verdict.as_ref().map(Verification::from)),
            ),
        ]))
        .build();
    if let Disposition::Suppressed(suppression) = &finding.disposition {
        result.suppressions = Some(vec![suppressed(suppression)]);
    }
    result.fixes = finding.fix.as_ref().map(|how| vec![fix(finding, how)]);
    result
}

/// How to mend it.
fn fix(finding: &Finding, fix: &Fix<(Position, Position)>) -> sarif::Fix {
    let replacement = |edit: &Edit<(Position, Position)>| {
        let (start, end) = edit.at;
        let region = sarif::Region::builder()
            .start_line(number(start.line))
            .start_column(number(start.column))
            .end_line(number(end.line))
            .end_column(number(end.column))
            .build();
        sarif::Replacement::builder()
            .deleted_region(region)
            .inserted_content(content(&edit.text))
            .build()
    };
    let change = sarif::ArtifactChange::builder()
        .artifact_location(uri::artifact(&finding.location.origin.path))
        .replacements(fix.edits.iter().map(replacement).collect::<Vec<_>>())
        .build();
    sarif::Fix::builder()
        .description(message(&printable(&format!("{}.", fix.says))))
        .artifact_changes(vec![change])
        .build()
}

/// What it is known by in the next run.
fn fingerprints(finding: &Finding) -> BTreeMap<String, String> {
    let name = &finding.fingerprint;
    let mut all = BTreeMap::from([(FINGERPRINT.to_owned(), name.clone())]);
    let introduced = finding.location.introduced.as_ref();
    if introduced.is_some_and(|how| how.in_head != Some(true)) {
        let hash = name.get(..LINE_HASH_LENGTH).unwrap_or(name);
        all.insert(LINE_HASH.to_owned(), format!("{hash}:1"));
    }
    all
}

/// Where it lies.
fn location(finding: &Finding, with_lines: bool) -> sarif::Location {
    let origin = &finding.location.origin;
    let mut physical = sarif::PhysicalLocation::builder()
        .artifact_location(uri::artifact(&origin.path))
        .region(region(finding))
        .build();
    // A member's lines are no lines of its archive. They are given all the same, since GitHub tells
    // alerts apart by them; but nothing that claims to be the archive's own text.
    if with_lines && origin.member.is_none() {
        physical.context_region = Some(context(finding));
    }
    let mut location = sarif::Location::builder()
        .physical_location(physical)
        .build();
    let logical = logical(finding);
    if !logical.is_empty() {
        location.logical_locations = Some(logical);
    }
    location
}

/// The text that the finding points at. Its end is exclusive.
fn region(finding: &Finding) -> sarif::Region {
    let (start, end) = (finding.location.start, finding.location.end);
    let snippet = &finding.snippet;
    let shown = snippet.text.get(snippet.highlight.clone());
    let mut region = sarif::Region::builder()
        .start_line(number(start.line))
        .start_column(number(start.column))
        .end_line(number(end.line))
        .end_column(number(end.column))
        .snippet(content(shown.unwrap_or_default()))
        .build();
    if finding.location.origin.member.is_none() {
        region.byte_offset = Some(number(start.byte));
        region.byte_length = Some(number(end.byte.saturating_sub(start.byte)));
    }
    region
}

/// The lines around it.
fn context(finding: &Finding) -> sarif::Region {
    sarif::Region::builder()
        .start_line(number(finding.location.start.line))
        .end_line(number(finding.location.end.line))
        .snippet(content(&finding.snippet.text))
        .build()
}

/// Masked text of a file.
fn content(text: &str) -> sarif::ArtifactContent {
    sarif::ArtifactContent::builder().text(text).build()
}

/// Places that a file and a line do not say.
fn logical(finding: &Finding) -> Vec<sarif::LogicalLocation> {
    let origin = &finding.location.origin;
    let file = place::file(origin);
    let member = origin.member.as_deref().map(|member| {
        sarif::LogicalLocation::builder()
            .name(place::one_line(member))
            .fully_qualified_name(file.clone())
            .kind("archiveMember")
            .build()
    });
    let cell = finding.location.cell.as_ref().map(|cell| {
        sarif::LogicalLocation::builder()
            .name(cell.to_string())
            .fully_qualified_name(format!("{file}#cell-{}", cell.number))
            .kind("notebookCell")
            .build()
    });
    member.into_iter().chain(cell).collect()
}

/// What hides it.
fn suppressed(suppression: &Suppression) -> sarif::Suppression {
    let (kind, justification) = match suppression {
        Suppression::Comment(words) => ("inSource", format!("Comment: {words}")),
        Suppression::Config(glob) => ("external", format!("per-path-ignores: {glob}")),
        Suppression::Baseline(reason) => ("external", format!("baseline: {reason}")),
        Suppression::Unverified(what) => ("external", format!("verification: {what}")),
    };
    sarif::Suppression::builder()
        .kind(Value::from(kind))
        .status(Value::from("accepted"))
        .justification(printable(&justification))
        .build()
}
