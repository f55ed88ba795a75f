//! Workflow commands of GitHub Actions, which become annotations of the changed lines.

use std::io;

use crate::finding::{Finding, Severity};
use crate::problem::Problem;
use crate::redact::printable;
use crate::report::{NAME, Report, place, summary, verification};

/// Writes a command a finding and a problem, and a last line with the counts: GitHub shows only the
/// first ten annotations of each kind.
pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in report.active() {
        writeln!(out, "{}", annotation(finding))?;
    }
    for problem in &report.problems {
        writeln!(out, "{}", trouble(problem))?;
    }
    writeln!(out, "{NAME}: {}", summary::line(report))
}

/// The command for a finding.
fn annotation(finding: &Finding) -> String {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let location = &finding.location;
    let mut properties = vec![("file", location.origin.path.clone())];
    // The lines of an archive's member are no lines of the archive.
    if location.origin.member.is_none() {
        let (start, end) = (location.start, location.end);
        properties.push(("line", start.line.to_string()));
        properties.push(("endLine", end.line.to_string()));
        // GitHub refuses columns that lie on different lines.
        if start.line == end.line {
            properties.push(("col", start.column.to_string()));
            properties.push(("endColumn", end.column.to_string()));
        }
    }
    properties.push(("title", format!("{NAME} {}", finding.rule.id)));
    let mut message = verification::after(&finding.message, finding.verdict.as_ref());
    if let Some(inside) = place::inside(location) {
        message.push_str(&format!(" ({inside})"));
    }
    message.push_str(&format!(" — {}", finding.help));
    render(command, &properties, &message)
}

/// The command for a problem: an error if the scan may not pass for it.
fn trouble(problem: &Problem) -> String {
    let command = if problem.is_incomplete() {
        "error"
    } else {
        "warning"
    };
    let mut properties = Vec::new();
    let mut message = problem.message.clone();
    if !problem.path.is_empty() {
        properties.push(("file", problem.path.clone()));
        message = format!("{}: {message}", place::one_line(&problem.path));
    }
    properties.push(("title", format!("{NAME}: not scanned")));
    render(command, &properties, &message)
}

/// Puts a command together. The runner undoes the escapes, and nothing else.
fn render(command: &str, properties: &[(&str, String)], message: &str) -> String {
    let properties: Vec<_> = properties
        .iter()
        .map(|(name, value)| format!("{name}={}", escape_property(value)))
        .collect();
    let message = escape(message);
    format!("::{command} {}::{message}", properties.join(","))
}

/// Escapes the text of a command.
fn escape(text: &str) -> String {
    // Line ends come first: `printable` would replace a carriage return.
    let escaped = text
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A");
    printable(&escaped)
}

/// Escapes the value of a command's property.
fn escape_property(text: &str) -> String {
    escape(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::{Format, testing};

    /// Reads a command as the runner does.
    fn parse(line: &str) -> (Vec<(String, String)>, String) {
        let rest = line.strip_prefix("::").expect("a command");
        let (head, message) = rest.split_once("::").expect("an end of the properties");
        let (_, properties) = head.split_once(' ').expect("properties");
        let unescape = |text: &str| {
            text.replace("%0D", "\r")
                .replace("%0A", "\n")
                .replace("%3A", ":")
                .replace("%2C", ",")
                .replace("%25", "%")
        };
        let properties = properties
            .split(',')
            .filter_map(|property| property.split_once('='))
            .map(|(name, value)| (name.to_owned(), unescape(value)))
            .collect();
        (properties, unescape(message))
    }

    proptest! {
        #[test]
        fn the_runner_reads_back_what_was_written(path in "[^\\pC]*[%:,=\r\n]*[^\\pC]*", text: String) {
            let line = render("error", &[("file", path.clone()), ("line", "1".to_owned())], &text);
            prop_assert_eq!(line.lines().count(), 1);
            let (properties, message) = parse(&line);
            let shown: Vec<_> = path.split('\r').map(printable).collect();
            prop_assert_eq!(&properties[0].1, &shown.join("\r"));
            prop_assert_eq!(&properties[1].1, "1");
            prop_assert_eq!(properties.len(), 2);
            let steering = |c: char| c.is_control() && !matches!(c, '\r' | '\n' | '\t');
            prop_assert!(!message.contains(steering));
        }
    }

    #[test]
    fn every_finding_is_a_command_and_the_counts_follow() {
        insta::assert_snapshot!(testing::render(Format::Github, &testing::sample()));
        insta::assert_snapshot!(
            testing::render(Format::Github, &testing::clean()),
            @"hfscan: No leaks found in 120 files (1.9 MB)"
        );
    }

    #[test]
    fn columns_are_given_on_one_line_only() {
        let mut report = testing::sample();
        let finding = report.findings.last_mut().expect("findings");
        finding.location.end.line += 1;
        let line = annotation(finding);
        assert!(line.contains("line=1,endLine=2,title="), "{line}");
    }

    #[test]
    fn hostile_text_stays_on_its_line() {
        let report = testing::hostile();
        let out = testing::render(Format::Github, &report);
        assert_eq!(
            out.lines().count(),
            report.active().count() + report.problems.len() + 1
        );
    }
}
