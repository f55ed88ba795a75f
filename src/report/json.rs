//! JSON, whole or a finding a line.
//!
//! The shapes are written down here once more, apart from the types that the program works with, so
//! that no change inside alters what scripts read. A field is added, never renamed. `seconds` is the
//! only value that differs between two runs over the same input.

use std::io;

use serde::Serialize;

use crate::finding::{Finding, SecretSummary};
use crate::problem::{Problem, Unread};
use crate::report::{NAME, Report, VERSION, Verification, kind_name};
use crate::span::{Position, wide};

/// Counts the changes that a reader must know of.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    tool: Tool,
    findings: Vec<Item<'a>>,
    errors: Vec<Trouble<'a>>,
    unread: Vec<PassedOver<'a>>,
    suppressed: u64,
    summary: Summary,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Item<'a> {
    rule: &'a str,
    severity: &'static str,
    confidence: &'static str,
    message: &'a str,
    help: &'a str,
    url: Option<&'a str>,
    path: &'a str,
    member: Option<&'a str>,
    commit: Option<&'a str>,
    date: Option<&'a str>,
    in_head: Option<bool>,
    cell: Option<Cell>,
    start: Place,
    end: Place,
    snippet: &'a str,
    secret: Option<Secret<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification: Option<Verification<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Fix<'a>>,
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct Fix<'a> {
    message: &'a str,
    applicability: &'static str,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    start: Place,
    end: Place,
    content: &'a str,
}

#[derive(Serialize)]
struct Cell {
    number: usize,
    part: &'static str,
}

#[derive(Serialize)]
struct Place {
    line: u64,
    column: u64,
    byte: u64,
}

#[derive(Serialize)]
struct Secret<'a> {
    redacted: &'a str,
    sha256: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
}

#[derive(Serialize)]
struct Trouble<'a> {
    path: &'a str,
    kind: &'static str,
    message: &'a str,
}

#[derive(Serialize)]
struct PassedOver<'a> {
    path: &'a str,
    member: Option<&'a str>,
    kind: &'static str,
    what: &'a str,
}

#[derive(Serialize)]
struct Summary {
    files: u64,
    bytes: u64,
    seconds: f64,
    findings: u64,
    links: u64,
    special: u64,
    submodules: u64,
    pointers: u64,
    unopened: u64,
    unparsed: u64,
    #[serde(rename = "damaged")]
    partly_parsed: u64,
    errors: u64,
    incomplete: bool,
}

/// Writes one object.
pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let findings: Vec<_> = report.active().map(Item::from).collect();
    let stats = &report.stats;
    let document = Document {
        schema_version: SCHEMA_VERSION,
        tool: Tool {
            name: NAME,
            version: VERSION,
        },
        summary: Summary {
            files: stats.files,
            bytes: stats.bytes,
            // Tenths are enough for a person, and the same for most runs over the same input.
            seconds: (stats.seconds * 10.0).round() / 10.0,
            findings: wide(findings.len()),
            links: stats.links,
            special: stats.special,
            submodules: stats.submodules,
            pointers: stats.pointers,
            unopened: stats.unopened,
            unparsed: stats.unparsed,
            partly_parsed: stats.partly_parsed,
            errors: wide(report.problems.len()),
            incomplete: report.is_incomplete(),
        },
        findings,
        errors: report.problems.iter().map(Trouble::from).collect(),
        unread: report.unread.iter().map(PassedOver::from).collect(),
        suppressed: wide(report.suppressed()),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

/// Writes one finding a line.
pub(super) fn write_lines(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    report
        .active()
        .try_for_each(|finding| write_line(finding, out))
}

/// Writes one finding in a line.
pub(super) fn write_line(finding: &Finding, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &Item::from(finding))?;
    writeln!(out)
}

impl<'a> From<&'a Finding> for Item<'a> {
    fn from(finding: &'a Finding) -> Self {
        let location = &finding.location;
        let origin = &location.origin;
        let introduced = location.introduced.as_ref();
        Self {
            rule: &finding.rule.id,
            severity: finding.severity.as_str(),
            confidence: finding.confidence.as_str(),
            message: &finding.message,
            help: &finding.help,
            url: finding.rule.references.first().map(String::as_str),
            path: &origin.path,
            member: origin.member.as_deref(),
            commit: origin.commit.as_deref(),
            date: introduced.and_then(|how| how.date.as_deref()),
            in_head: introduced.and_then(|how| how.in_head),
            cell: location.cell.as_ref().map(Cell::from),
            start: location.start.into(),
            end: location.end.into(),
            snippet: &finding.snippet.text,
            secret: finding.secret.as_ref().map(Secret::from),
            verification: finding.verdict.as_ref().map(Verification::from),
            fix: finding.fix.as_ref().map(Fix::from),
            fingerprint: &finding.fingerprint,
        }
    }
}

impl<'a> From<&'a crate::finding::Fix<(Position, Position)>> for Fix<'a> {
    fn from(fix: &'a crate::finding::Fix<(Position, Position)>) -> Self {
        let edits = fix.edits.iter().map(|edit| Edit {
            start: edit.at.0.into(),
            end: edit.at.1.into(),
            content: &edit.text,
        });
        Self {
            message: &fix.says,
            applicability: if fix.is_safe { "safe" } else { "unsafe" },
            edits: edits.collect(),
        }
    }
}

impl From<&crate::finding::Cell> for Cell {
    fn from(cell: &crate::finding::Cell) -> Self {
        use crate::finding::CellPart;
        Self {
            number: cell.number,
            part: match cell.part {
                CellPart::Source => "source",
                CellPart::Output => "output",
                CellPart::Metadata => "metadata",
                CellPart::Attachment => "attachment",
            },
        }
    }
}

impl From<Position> for Place {
    fn from(at: Position) -> Self {
        Self {
            line: at.line,
            column: at.column,
            byte: at.byte,
        }
    }
}

impl<'a> From<&'a SecretSummary> for Secret<'a> {
    fn from(secret: &'a SecretSummary) -> Self {
        Self {
            redacted: &secret.redacted,
            sha256: secret.sha256.as_deref(),
            value: secret.value.as_deref(),
        }
    }
}

impl<'a> From<&'a Unread> for PassedOver<'a> {
    fn from(unread: &'a Unread) -> Self {
        Self {
            path: &unread.path,
            member: unread.member.as_deref(),
            kind: unread.kind.as_str(),
            what: &unread.what,
        }
    }
}

impl<'a> From<&'a Problem> for Trouble<'a> {
    fn from(problem: &'a Problem) -> Self {
        Self {
            path: &problem.path,
            kind: kind_name(problem.kind),
            message: &problem.message,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::report::{Format, testing};

    #[test]
    fn the_object_keeps_its_shape() {
        insta::assert_snapshot!(testing::render(Format::Json, &testing::sample()));
        insta::assert_snapshot!("empty", testing::render(Format::Json, &testing::clean()));
    }

    #[test]
    fn each_line_is_one_of_the_findings_of_the_object() {
        for report in [testing::sample(), testing::hostile(), testing::clean()] {
            let whole = testing::render(Format::Json, &report);
            let whole: Value = serde_json::from_str(&whole).expect("JSON");
            let lines: Vec<Value> = testing::render(Format::Jsonl, &report)
                .lines()
                .map(|line| serde_json::from_str(line).expect("JSON"))
                .collect();
            assert_eq!(whole["findings"], Value::Array(lines));
        }
    }

    #[test]
    fn a_whole_secret_is_there_only_if_it_was_asked_for() {
        let mut report = testing::sample();
        assert!(!testing::render(Format::Jsonl, &report).contains("\"value\""));
        for finding in &mut report.findings {
            if let Some(secret) = &mut finding.secret {
                secret.value = Some("the value".to_owned());
            }
        }
        assert!(testing::render(Format::Jsonl, &report).contains("\"value\":\"the value\""));
    }
}
