//! JUnit XML, which every CI system shows: a failing test a finding, an erring test a problem.

use std::io;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite, XmlString};

use crate::finding::Finding;
use crate::problem::Problem;
use crate::redact::printable;
use crate::report::{NAME, Report, kind_name, place, summary, verification};

/// Writes one document.
pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut document = quick_junit::Report::new(NAME);
    document.add_test_suite(suite(report));
    // The crate wraps the errors of a writer beyond recovery; a string cannot fail so.
    let text = document.to_string().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

/// All tests. A scan that found nothing is one test, so that it does not look as if it never ran.
fn suite(report: &Report) -> TestSuite {
    let mut suite = TestSuite::new(NAME);
    suite.add_test_cases(report.active().map(failure));
    suite.add_test_cases(report.problems.iter().map(trouble));
    if suite.failures == 0 && suite.errors == 0 {
        let files = summary::count(report.stats.files, "file");
        let status = if report.stats.files == 0 {
            skipped("nothing was scanned")
        } else {
            TestCaseStatus::success()
        };
        suite.add_test_case(case(&format!("{NAME}: {files}"), NAME, status));
    }
    for (name, number) in [
        ("files", report.stats.files),
        ("bytes", report.stats.bytes),
        ("links", report.stats.links),
        ("special", report.stats.special),
        ("submodules", report.stats.submodules),
        ("pointers", report.stats.pointers),
        ("unopened", report.stats.unopened),
        ("unparsed", report.stats.unparsed),
        ("suppressed", crate::span::wide(report.suppressed())),
    ] {
        suite.add_property((name, number.to_string().as_str()));
    }
    suite.set_system_out(text(&summary::line(report)));
    suite
}

/// A finding.
fn failure(finding: &Finding) -> TestCase {
    let rule = &finding.rule;
    let at = place::position(&finding.location);
    let details = place::details(&finding.location)
        .map(|details| format!(" ({details})"))
        .unwrap_or_default();
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(text(&rule.id));
    status.set_message(text(&place::one_line(&finding.message)));
    let message = verification::after(&finding.message, finding.verdict.as_ref());
    status.set_description(text(&format!(
        "{at}{details}: {}[{}]: {message}\n\n{}\n\nhelp: {}\n",
        finding.severity, rule.id, finding.snippet.text, finding.help
    )));
    let name = format!("{}: {at}{details}", rule.id);
    case(&name, &place::file(&finding.location.origin), status)
}

/// Something that could not be scanned. What vanished is no reason to fail.
fn trouble(problem: &Problem) -> TestCase {
    let path = match problem.path.as_str() {
        "" => NAME.to_owned(),
        path => place::one_line(path),
    };
    let status = if problem.is_incomplete() {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type(text(kind_name(problem.kind)));
        status.set_message(text(&place::one_line(&problem.message)));
        status
    } else {
        skipped(&problem.message)
    };
    case(&format!("scanned: {path}"), &path, status)
}

/// A test that was not run, and why.
fn skipped(reason: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(text(&place::one_line(reason)));
    status
}

/// A test case.
fn case(name: &str, class: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(text(name), status);
    case.set_classname(text(class));
    case
}

/// Text that XML can hold. Characters that it cannot are shown, not dropped.
fn text(text: &str) -> XmlString {
    XmlString::new(printable(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}"))
}

#[cfg(test)]
mod tests {
    use crate::report::{Format, Stats, testing};

    #[test]
    fn findings_fail_and_problems_err() {
        insta::assert_snapshot!(testing::render(Format::Junit, &testing::sample()));
    }

    #[test]
    fn a_clean_scan_is_one_passing_test() {
        insta::assert_snapshot!(testing::render(Format::Junit, &testing::clean()));
    }

    #[test]
    fn an_empty_scan_does_not_pass() {
        let mut report = testing::clean();
        report.stats = Stats::default();
        let out = testing::render(Format::Junit, &report);
        assert!(
            out.contains("<skipped message=\"nothing was scanned\"/>"),
            "{out}"
        );
    }

    #[test]
    fn hostile_text_is_xml() {
        let out = testing::render(Format::Junit, &testing::hostile());
        let allowed = |c: char| {
            matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
                || c > '\u{ffff}'
        };
        assert!(out.chars().all(allowed));
        let read = quick_junit::Report::deserialize_from_str(&out).expect("XML");
        assert_eq!(read.test_suites[0].failures, 5);
    }
}
