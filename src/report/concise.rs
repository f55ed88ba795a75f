//! One line a finding, for editors and for grep.

use std::io;

use crate::finding::Finding;
use crate::report::{Report, Style, place, summary};

/// Writes the findings, then what could not be scanned, then what it comes to.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in report.active() {
        writeln!(out, "{}", line(finding))?;
    }
    for problem in &report.problems {
        let path = match problem.path.as_str() {
            "" => super::NAME,
            path => path,
        };
        let text = format!("{path}: problem: {}", problem.message);
        writeln!(out, "{}", place::one_line(&text))?;
    }
    if !style.quiet {
        writeln!(out, "{}", summary::line(report))?;
    }
    Ok(())
}

/// `path:line:column: severity[rule]: message`
fn line(finding: &Finding) -> String {
    let mut message = finding.message.clone();
    if let Some(details) = place::details(&finding.location) {
        message.push_str(&format!(" ({details})"));
    }
    let at = place::position(&finding.location);
    let (severity, rule) = (finding.severity, &finding.rule.id);
    format!("{at}: {severity}[{rule}]: {}", place::one_line(&message))
}

#[cfg(test)]
mod tests {
    use crate::report::{Format, testing};

    #[test]
    fn a_finding_is_a_line() {
        insta::assert_snapshot!(testing::render(Format::Concise, &testing::sample()));
    }

    #[test]
    fn nothing_breaks_a_line() {
        let report = testing::hostile();
        let out = testing::render(Format::Concise, &report);
        let lines = report.active().count() + report.problems.len() + 1;
        assert_eq!(out.lines().count(), lines, "{out}");
        assert!(!out.contains(|c: char| c.is_control() && c != '\n'));
    }
}
