//! Findings and reports for the tests of the formats.

use std::io;
use std::sync::Arc;

use crate::finding::{
    Cell, CellPart, Confidence, Disposition, Finding, Introduced, Location, RuleMeta,
    SecretSummary, Severity, Suppression,
};
use crate::problem::{Problem, ProblemKind};
use crate::redact::Snippet;
use crate::report::{Format, NAME, Report, Stats, Style, VERSION, write};
use crate::source::Origin;
use crate::span::Position;

/// A rule of this name, family and severity.
pub(super) fn rule(id: &str, family: &str, severity: Severity) -> Arc<RuleMeta> {
    Arc::new(RuleMeta {
        id: id.into(),
        family: family.to_owned(),
        summary: format!("a finding of {id}"),
        why: "Whoever reads it can act as its owner.\n\nSee `hf auth whoami`.".to_owned(),
        remedy: "1. Revoke the token.\n2. Read it from the environment.".to_owned(),
        help: "revoke the token, then read it from the environment".to_owned(),
        severity,
        confidence: Confidence::High,
        references: vec![
            format!("https://example.com/rules#{id}"),
            "https://example.com/tokens".to_owned(),
        ],
        guessable: false,
        response: None,
    })
}

/// A place on one line of a plain file.
pub(super) fn location(path: &str, line: u64, column: u64, width: u64) -> Location {
    let start = Position {
        line,
        column,
        byte: line * 20 + column,
    };
    let end = Position {
        column: column + width,
        byte: start.byte + width,
        ..start
    };
    Location {
        origin: Origin::file(path).into(),
        cell: None,
        start,
        end,
        introduced: None,
    }
}

/// A finding at `column` of a line; the text between « and » is what it points at.
pub(super) fn finding(rule: &Arc<RuleMeta>, path: &str, line: u64, marked: &str) -> Finding {
    let (before, rest) = marked.split_once('«').unwrap_or(("", marked));
    let (inside, after) = rest.split_once('»').unwrap_or((rest, ""));
    let length = |text: &str| u64::try_from(text.chars().count()).unwrap_or_default();
    Finding {
        rule: Arc::clone(rule),
        severity: rule.severity,
        confidence: rule.confidence,
        message: format!("{} in `HF_TOKEN`", rule.summary),
        help: rule.help.clone(),
        location: location(path, line, length(before) + 1, length(inside)),
        snippet: Snippet {
            text: format!("{before}{inside}{after}"),
            highlight: before.len()..before.len() + inside.len(),
            first_line: line,
            cut: (false, false),
        },
        secret: Some(SecretSummary {
            redacted: "hf_ab…yz".to_owned(),
            sha256: Some("0f".repeat(32)),
            value: None,
            whole: None,
        }),
        verdict: None,
        fingerprint: format!("{line:032x}"),
        content: format!("{line:032x}"),
        disposition: Disposition::Active,
        run_by: None,
        fix: None,
    }
}

/// A complete scan that found nothing.
pub(super) fn clean() -> Report {
    Report {
        findings: Vec::new(),
        rules: vec![
            rule("hf-user-token", "tokens", Severity::Error),
            rule("job-token-in-env", "jobs", Severity::Warning),
            rule("log-login", "logs", Severity::Note),
        ],
        problems: Vec::new(),
        unread: Vec::new(),
        stats: Stats {
            files: 120,
            bytes: 1_900_000,
            links: 0,
            special: 0,
            submodules: 0,
            pointers: 0,
            seconds: 0.212_49,
            unopened: 0,
            unparsed: 0,
            partly_parsed: 0,
            bytes_alone: false,
            started: None,
        },
        origin: crate::report::From::default(),
    }
}

/// A report with one of everything.
pub(super) fn sample() -> Report {
    let mut report = clean();
    let [token, job, log] = [0, 1, 2].map(|i| Arc::clone(&report.rules[i]));
    let mut member = finding(&token, "logs/job.zip", 7, "\tgot «hf_ab…yz» from hub");
    Arc::make_mut(&mut member.location.origin).member = Some("run/1.txt".to_owned());
    let mut cell = finding(&job, "nb é.ipynb", 31, "\"env={'HF_TOKEN': «token»}\\n\",");
    cell.location.cell = Some(Cell {
        number: 3,
        part: CellPart::Source,
    });
    cell.confidence = Confidence::Medium;
    cell.secret = None;
    let mut old = finding(&job, "src/old.py", 4, "run(«env»)");
    let commit = "3f786850e387550fdab836ed7e6dc881de23001b";
    Arc::make_mut(&mut old.location.origin).commit = Some(commit.to_owned());
    old.location.introduced = Some(Introduced {
        date: Some("2024-05-01T12:00:00+02:00".to_owned()),
        in_head: Some(false),
    });
    old.snippet.cut = (true, true);
    let note = finding(&log, "src/a[1],b:c%\n.log", 2, "Token is valid «saved»");
    let mut commented = finding(
        &token,
        "src/train.py",
        20,
        "x = «hf_ab…yz»  # hfscan: ignore",
    );
    commented.disposition = Disposition::Suppressed(Suppression::Comment(
        "hfscan: ignore[hf-user-token]".to_owned(),
    ));
    let mut configured = finding(&token, "tests/data.txt", 1, "«hf_ab…yz»");
    configured.disposition = Disposition::Suppressed(Suppression::Config("tests/**".to_owned()));
    report.findings = vec![
        member,
        cell,
        note,
        old,
        finding(&token, "src/train.py", 12, "token = \"«hf_ab…yz»\""),
        commented,
        configured,
    ];
    report.problems = vec![
        Problem {
            path: "data/big.tar.gz".to_owned(),
            kind: ProblemKind::Undecodable,
            message: "the gzip stream ends early".to_owned(),
        },
        Problem {
            path: "tmp/x".to_owned(),
            kind: ProblemKind::Vanished,
            message: "it was removed during the scan".to_owned(),
        },
    ];
    report
}

/// A report whose every text is hostile to some format.
pub(super) fn hostile() -> Report {
    let nasty = "\u{0}\u{1b}[31m\"<&>'\r\n::error::%0A]]>\u{fffe}\u{ffff}\u{fffd}\u{202e}../a b";
    let mut report = sample();
    for finding in &mut report.findings {
        finding.message.push_str(nasty);
        let origin = Arc::make_mut(&mut finding.location.origin);
        origin.path.push_str(nasty);
        origin.member = origin.member.take().map(|member| member + nasty);
    }
    for problem in &mut report.problems {
        problem.path.push_str(nasty);
        problem.message.push_str(nasty);
    }
    report
}

/// A report as text, with the version blanked out so that a release changes no snapshot.
pub(super) fn render(format: Format, report: &Report) -> String {
    render_with(format, report, Style::default())
        .replace(&format!("{NAME} {VERSION}\""), "hfscan [version]\"")
        .replace(&format!("\"{VERSION}\""), "\"[version]\"")
}

/// A report in some style.
pub(super) fn render_with(format: Format, report: &Report, style: Style) -> String {
    let mut out = Vec::new();
    write(format, report, style, &mut out).expect("a Vec takes all");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// Output that breaks after some bytes.
pub(super) struct Pipe(pub(super) usize);

impl io::Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
