//! A secret detection report of GitLab, schema 15.
//!
//! What GitLab calls raw source is the masked snippet here: reports are kept as artifacts that
//! everyone with access to the pipeline may download.

use std::io;
use std::time::{Duration, SystemTime};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::finding::{Finding, RuleMeta, Severity};
use crate::redact::hex;
use crate::report::{HOME, NAME, Report, Stats, VERSION, place, summary, verification, weakness};

/// The oldest version that holds all that is said here: servers refuse versions that they are too
/// old to know.
const SCHEMA: &str = "15.0.7";

/// The kind of report, and of everything in it.
const CATEGORY: &str = "secret_detection";

/// What stands for the commit of files that were scanned outside history; the schema demands one.
const NO_COMMIT: &str = "0000000";

/// The longest name and solution that the schema takes, in characters.
const NAME_LENGTH: usize = 255;
const SOLUTION_LENGTH: usize = 7000;

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    scan: Scan,
    vulnerabilities: Vec<Vulnerability<'a>>,
}

#[derive(Serialize)]
struct Scan {
    analyzer: Tool,
    scanner: Tool,
    #[serde(rename = "type")]
    kind: &'static str,
    start_time: String,
    end_time: String,
    status: &'static str,
    messages: Vec<Message>,
}

#[derive(Serialize)]
struct Tool {
    id: &'static str,
    name: &'static str,
    url: &'static str,
    version: &'static str,
    vendor: Vendor,
}

#[derive(Serialize)]
struct Vendor {
    name: &'static str,
}

#[derive(Serialize)]
struct Message {
    level: &'static str,
    value: String,
}

#[derive(Serialize)]
struct Vulnerability<'a> {
    id: String,
    category: &'static str,
    name: String,
    description: String,
    severity: &'static str,
    confidence: &'static str,
    solution: String,
    scanner: Scanner,
    location: Location<'a>,
    identifiers: Vec<Identifier>,
    links: Vec<Link<'a>>,
    raw_source_code_extract: &'a str,
}

#[derive(Serialize)]
struct Scanner {
    id: &'static str,
    name: &'static str,
}

#[derive(Serialize)]
struct Location<'a> {
    file: &'a str,
    start_line: u64,
    end_line: u64,
    commit: Commit<'a>,
}

#[derive(Serialize)]
struct Commit<'a> {
    sha: &'a str,
}

#[derive(Serialize)]
struct Identifier {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Link<'a> {
    url: &'a str,
}

/// Writes one object.
pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let (start_time, end_time) = times(&report.stats);
    let status = if report.is_incomplete() {
        "failure"
    } else {
        "success"
    };
    let document = Document {
        version: SCHEMA,
        scan: Scan {
            analyzer: tool(),
            scanner: tool(),
            kind: CATEGORY,
            start_time,
            end_time,
            status,
            messages: messages(report),
        },
        vulnerabilities: report.active().map(vulnerability).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

/// hfscan, as the analyzer and as the scanner that it runs.
fn tool() -> Tool {
    Tool {
        id: NAME,
        name: NAME,
        url: HOME,
        version: VERSION,
        vendor: Vendor { name: NAME },
    }
}

/// The verdict, and what could not be scanned.
fn messages(report: &Report) -> Vec<Message> {
    let verdict = Message {
        level: "info",
        value: summary::line(report),
    };
    let problems = report.problems.iter().map(|problem| {
        let text = match problem.path.as_str() {
            "" => problem.message.clone(),
            path => format!("{path}: {}", problem.message),
        };
        Message {
            level: "warn",
            value: place::one_line(&text),
        }
    });
    std::iter::once(verdict).chain(problems).collect()
}

/// One finding.
fn vulnerability(finding: &Finding) -> Vulnerability<'_> {
    let rule = &finding.rule;
    let origin = &finding.location.origin;
    let inside = place::inside(&finding.location)
        .map(|inside| format!(" ({inside})"))
        .unwrap_or_default();
    let message = verification::after(&finding.message, finding.verdict.as_ref());
    Vulnerability {
        id: uuid(finding),
        category: CATEGORY,
        name: shorten(&rule.summary, NAME_LENGTH),
        description: format!("{message}{inside}.\n\n{}", rule.why),
        severity: match finding.severity {
            Severity::Error => "Critical",
            Severity::Warning => "Medium",
            Severity::Note => "Info",
        },
        confidence: match finding.confidence {
            crate::finding::Confidence::High => "High",
            crate::finding::Confidence::Medium => "Medium",
            crate::finding::Confidence::Low => "Low",
        },
        solution: shorten(&rule.remedy, SOLUTION_LENGTH),
        scanner: Scanner {
            id: NAME,
            name: NAME,
        },
        location: Location {
            file: &origin.path,
            // Of an archive's member too: GitLab takes findings of one rule at one place for one.
            start_line: finding.location.start.line,
            end_line: finding.location.end.line,
            commit: Commit {
                sha: origin.commit.as_deref().unwrap_or(NO_COMMIT),
            },
        },
        identifiers: identifiers(rule),
        links: urls(rule).map(|url| Link { url }).collect(),
        raw_source_code_extract: &finding.snippet.text,
    }
}

/// What the finding is an instance of. GitLab groups by the first.
fn identifiers(rule: &RuleMeta) -> Vec<Identifier> {
    let own = Identifier {
        kind: "hfscan_rule_id",
        name: format!("{NAME} rule {}", rule.id),
        value: rule.id.to_string(),
        url: urls(rule).next().map(str::to_owned),
    };
    let weakness = weakness::cwe(&rule.family).map(|number| Identifier {
        kind: "cwe",
        name: format!("CWE-{number}"),
        value: number.to_string(),
        url: Some(format!(
            "https://cwe.mitre.org/data/definitions/{number}.html"
        )),
    });
    std::iter::once(own).chain(weakness).collect()
}

/// The references that the schema takes for URLs.
fn urls(rule: &RuleMeta) -> impl Iterator<Item = &str> {
    let references = rule.references.iter().map(String::as_str);
    references.filter(|url| url.starts_with("https://") || url.starts_with("http://"))
}

/// The first characters of a text, with an ellipsis if there are more.
fn shorten(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    text.chars().take(length - 1).chain(['…']).collect()
}

/// A name in the form of a UUID that is the same in every run: version 8 leaves its making open.
fn uuid(finding: &Finding) -> String {
    let mut hash = Sha256::new();
    hash.update(&finding.fingerprint);
    // The same finding in two commits is two vulnerabilities.
    hash.update(
        finding
            .location
            .origin
            .commit
            .as_deref()
            .unwrap_or_default(),
    );
    let mut bytes: Vec<u8> = hash.finalize().iter().copied().take(16).collect();
    for (at, keep, set) in [(6, 0x0F, 0x80), (8, 0x3F, 0x80)] {
        if let Some(byte) = bytes.get_mut(at) {
            *byte = (*byte & keep) | set;
        }
    }
    let digits = hex(&bytes);
    let group = |range| {
        digits
            .get::<std::ops::Range<usize>>(range)
            .unwrap_or_default()
    };
    [0..8, 8..12, 12..16, 16..20, 20..32].map(group).join("-")
}

/// When the scan began and ended.
fn times(stats: &Stats) -> (String, String) {
    let start = stats.started.unwrap_or(SystemTime::UNIX_EPOCH);
    let took = Duration::try_from_secs_f64(stats.seconds).unwrap_or_default();
    // Without a start the end says nothing, and would make two runs differ.
    let took = if stats.started.is_some() {
        took
    } else {
        Duration::ZERO
    };
    let end = start.checked_add(took).unwrap_or(start);
    (utc(start), utc(end))
}

/// A time in UTC, to the second.
fn utc(at: SystemTime) -> String {
    let seconds = at
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// The date that lies some days after the start of 1970. Years are taken to begin in March, so that
/// the leap day is their last.
fn date(days: u64) -> (u64, u64, u64) {
    const ERA: u64 = 146_097;
    // Days from 1 March of the year 0.
    let days = days + 719_468;
    let (era, day_of_era) = (days / ERA, days % ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / (ERA - 1)) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months + 2) / 5 + 1;
    let (month, next_year) = if months < 10 {
        (months + 3, 0)
    } else {
        (months - 9, 1)
    };
    (era * 400 + year_of_era + next_year, month, day)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::report::{Format, testing};

    #[test]
    fn the_report_follows_the_schema() {
        insta::assert_snapshot!(testing::render(Format::Gitlab, &testing::sample()));
        insta::assert_snapshot!("none", testing::render(Format::Gitlab, &testing::clean()));
    }

    #[test]
    fn a_time_is_written_only_when_it_is_known() {
        let mut stats = testing::clean().stats;
        let never = "1970-01-01T00:00:00".to_owned();
        assert_eq!(times(&stats), (never.clone(), never));
        // 29 February 2024, a second before midnight.
        stats.started = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_709_251_199));
        stats.seconds = 1.0;
        let (start, end) = times(&stats);
        assert_eq!(start, "2024-02-29T23:59:59");
        assert_eq!(end, "2024-03-01T00:00:00");
        stats.seconds = f64::NAN;
        assert_eq!(times(&stats).1, "2024-02-29T23:59:59");
    }

    #[test]
    fn names_are_stable_and_tell_commits_apart() {
        let report = testing::sample();
        let mut finding = report.findings[0].clone();
        let name = uuid(&finding);
        assert_eq!(name, uuid(&report.findings[0]));
        assert_eq!(name.len(), 36);
        assert_eq!(name.chars().nth(14), Some('8'));
        std::sync::Arc::make_mut(&mut finding.location.origin).commit = Some("abc".to_owned());
        assert_ne!(name, uuid(&finding));
    }

    #[test]
    fn hostile_text_is_json() {
        let out = testing::render(Format::Gitlab, &testing::hostile());
        let value: Value = serde_json::from_str(&out).expect("JSON");
        assert_eq!(value["scan"]["status"], "failure");
    }
}
