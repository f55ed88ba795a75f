//! Writing what was found: one module a format, and the report that they all read.
//!
//! A reporter gets finished, masked findings. It knows no inputs, no engine and no terminal but the
//! [`Style`] it is told.

mod concise;
mod github;
mod gitlab;
mod json;
mod junit;
mod markdown;
mod place;
mod sarif;
mod summary;
#[cfg(test)]
mod testing;
mod text;
mod verification;
mod weakness;

use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use crate::finding::{Finding, RuleMeta, Severity};
use crate::problem::{Problem, ProblemKind, Unread};

pub(crate) use verification::Verification;

/// The name that reports give the program.
const NAME: &str = "hfscan";

/// The version that reports give the program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The page of the program itself.
const HOME: &str = "https://github.com/hfscan/hfscan";

/// All that a scan has to say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    /// What was found, sorted, suppressed findings among them.
    pub findings: Vec<Finding>,
    /// The rules that were looked for, sorted by id.
    pub rules: Vec<Arc<RuleMeta>>,
    /// What could not be scanned, sorted.
    pub problems: Vec<Problem>,
    /// What was passed over, sorted.
    pub unread: Vec<Unread>,
    /// What was.
    pub stats: Stats,
    /// Where the paths lead from; formats that [have paths from a root](Format::is_of_root) need it.
    pub origin: From,
}

/// What paths are relative to, as absolute paths with `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct From {
    /// The folder that hfscan runs in.
    pub here: String,
    /// The root of its repository, if it lies in one.
    pub repository: Option<String>,
    /// The workspace of GitHub Actions, if it lies in one.
    pub workspace: Option<String>,
}

impl Report {
    /// The findings that are to be acted on.
    pub(crate) fn active(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.is_active())
    }

    /// How many findings a comment or a setting hides.
    #[must_use]
    pub(crate) fn suppressed(&self) -> usize {
        self.findings.len() - self.active().count()
    }

    /// How many active findings have this severity.
    #[must_use]
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.active()
            .filter(|finding| finding.severity == severity)
            .count()
    }

    /// Whether something that was asked for was not scanned.
    #[must_use]
    pub(crate) fn is_incomplete(&self) -> bool {
        self.problems.iter().any(Problem::is_incomplete)
    }
}

/// What was scanned, and what was left out on purpose.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    /// Files whose bytes were scanned.
    pub files: u64,
    /// Bytes scanned, after decoding.
    pub bytes: u64,
    /// Symbolic links that were not followed.
    pub links: u64,
    /// FIFOs, sockets and devices that were not read.
    pub special: u64,
    /// Submodules whose files are not part of what was scanned.
    pub submodules: u64,
    /// Pointers of Git LFS to a content that is not here.
    pub pointers: u64,
    /// Archives and packed files whose content was not opened; their bytes were scanned as they are.
    pub unopened: u64,
    /// Files that are too large to be parsed: only their tokens were looked for.
    pub unparsed: u64,
    /// Files of which a part could not be parsed; their tokens were looked for all the same.
    pub partly_parsed: u64,
    /// Whether no file was parsed, since credentials alone were looked for.
    pub bytes_alone: bool,
    /// Wall time of the scan.
    pub seconds: f64,
    /// When the scan began, for the formats that must say so. Without it they name the start of
    /// 1970, so that only a caller who gives it up loses reproducible output.
    pub started: Option<SystemTime>,
}

/// The formats that a report can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For a person at a terminal.
    Text,
    /// One line a finding, for editors and for grep.
    Concise,
    /// One JSON object.
    Json,
    /// One JSON finding a line.
    Jsonl,
    /// SARIF 2.1.0, as GitHub code scanning reads it.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// A secret detection report of GitLab.
    Gitlab,
    /// JUnit XML.
    Junit,
    /// A page for people.
    Markdown,
}

impl Format {
    /// Whether paths in it lead from the root of the repository, or of the workspace, wherever hfscan runs:
    /// whoever reads it knows files by these.
    #[must_use]
    pub(crate) fn is_of_root(self) -> bool {
        matches!(self, Self::Sarif | Self::Gitlab | Self::Github)
    }
}

/// How the text format may present itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Style {
    /// Whether colours may be used.
    pub color: bool,
    /// Whether rule names may be hyperlinks.
    pub hyperlinks: bool,
    /// Whether to add a table of what was scanned and found.
    pub statistics: bool,
    /// Whether to leave out the summary.
    pub quiet: bool,
}

/// The word that the machine-readable formats have for a kind of problem. It never changes.
fn kind_name(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Unreadable => "unreadable",
        ProblemKind::Vanished => "vanished",
        ProblemKind::Undecodable => "undecodable",
        ProblemKind::Unopened => "unopened",
        ProblemKind::Limit => "limit",
        ProblemKind::Internal => "internal",
        ProblemKind::Nothing => "nothing",
        ProblemKind::Unchanged => "unchanged",
        ProblemKind::Stale => "stale",
        ProblemKind::Unverified => "unverified",
    }
}

/// Writes only what could not be scanned and what the scan comes to, for a person who does not see
/// the report itself.
///
/// # Errors
///
/// Whatever `out` fails with.
pub(crate) fn write_verdict(
    report: &Report,
    quiet: bool,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    text::verdict(&annotate_snippets::Renderer::plain(), report, quiet, out)
}

/// Writes one finding in a line of JSON, for a report that is written while the scan goes on.
///
/// # Errors
///
/// Whatever `out` fails with.
pub(crate) fn write_line(finding: &Finding, out: &mut dyn io::Write) -> io::Result<()> {
    let mut line = Vec::new();
    json::write_line(finding, &mut line)?;
    out.write_all(&line)?;
    out.flush()
}

/// Writes a report.
///
/// # Errors
///
/// Whatever `out` fails with.
pub(crate) fn write(
    format: Format,
    report: &Report,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let from = &report.origin;
    let root = match format {
        Format::Github => from.workspace.as_ref().or(from.repository.as_ref()),
        _ => from.repository.as_ref(),
    };
    let root = root.filter(|_| format.is_of_root());
    let moved = root.map(|root| place::relative_to(root, report));
    let report = moved.as_ref().unwrap_or(report);
    // The serialisers write a few bytes at a time, and `out` may be a pipe.
    let mut out = io::BufWriter::new(out);
    match format {
        Format::Text => text::write(report, style, &mut out),
        Format::Concise => concise::write(report, style, &mut out),
        Format::Json => json::write(report, &mut out),
        Format::Jsonl => json::write_lines(report, &mut out),
        Format::Sarif => sarif::write(report, &mut out),
        Format::Github => github::write(report, &mut out),
        Format::Gitlab => gitlab::write(report, &mut out),
        Format::Junit => junit::write(report, &mut out),
        Format::Markdown => markdown::write(report, &mut out),
    }?;
    io::Write::flush(&mut out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMATS: [Format; 9] = [
        Format::Text,
        Format::Concise,
        Format::Json,
        Format::Jsonl,
        Format::Sarif,
        Format::Github,
        Format::Gitlab,
        Format::Junit,
        Format::Markdown,
    ];

    #[test]
    fn a_broken_pipe_is_an_error_wherever_it_breaks() {
        let report = testing::sample();
        for format in FORMATS {
            let whole = testing::render_with(format, &report, Style::default());
            for room in [0, 1, whole.len() / 2, whole.len() - 1] {
                let mut pipe = testing::Pipe(room);
                let error = write(format, &report, Style::default(), &mut pipe);
                let kind = error.expect_err("the pipe is too short").kind();
                assert_eq!(kind, io::ErrorKind::BrokenPipe, "{format:?} {room}");
            }
        }
    }

    #[test]
    fn the_same_report_gives_the_same_bytes() {
        for format in FORMATS {
            for report in [testing::sample(), testing::hostile(), testing::clean()] {
                let [first, second] = [(); 2].map(|()| testing::render(format, &report));
                assert_eq!(first, second);
            }
        }
    }

    #[test]
    fn suppressed_findings_are_not_reported_as_active() {
        let mut report = testing::sample();
        report.findings.retain(|finding| !finding.is_active());
        report.problems.clear();
        for format in FORMATS {
            let out = testing::render(format, &report);
            let named = out.contains("src/train.py");
            // SARIF alone names them, marked as what they are.
            assert_eq!(named, format == Format::Sarif, "{out}");
        }
    }

    #[test]
    fn odd_findings_do_not_panic() {
        let mut report = testing::sample();
        for finding in &mut report.findings {
            finding.snippet = crate::redact::Snippet::default();
            finding.location.end = crate::span::Position::START;
            finding.location.start.byte = u64::MAX;
            finding.fingerprint.clear();
        }
        report.rules.clear();
        for format in FORMATS {
            testing::render(format, &report);
            testing::render(format, &Report::default());
        }
    }
}
