//! A page for people, for the summary of a CI job or a comment on a change.
//!
//! Names and texts may come from strangers: none of them can open a tag, a link or a new paragraph.

use std::io;

use crate::finding::Finding;
use crate::report::{NAME, Report, place, summary, verification};

/// The most findings, and the most problems, that are listed: such pages have a largest size.
const MOST: usize = 200;

/// Writes what the scan comes to, the findings, and what could not be scanned.
pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "## {NAME}\n\n{}", plain(&summary::line(report)))?;
    let findings: Vec<&Finding> = report.active().collect();
    list(out, "Findings", &findings, |finding| item(finding))?;
    let problems: Vec<_> = report.problems.iter().collect();
    list(out, "Not scanned", &problems, |problem| {
        let message = plain(&problem.message);
        if problem.path.is_empty() {
            message
        } else {
            format!("{}: {message}", code(&place::one_line(&problem.path)))
        }
    })
}

/// Writes a heading and a list, unless there is nothing in it.
fn list<T>(
    out: &mut dyn io::Write,
    heading: &str,
    all: &[T],
    line: impl Fn(&T) -> String,
) -> io::Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### {heading}\n")?;
    for one in all.iter().take(MOST) {
        writeln!(out, "- {}", line(one))?;
    }
    if let Some(more) = all.len().checked_sub(MOST).filter(|more| *more > 0) {
        writeln!(out, "- and {more} more")?;
    }
    Ok(())
}

/// A finding: how bad, which rule, where, what, and what to do.
fn item(finding: &Finding) -> String {
    let mut place = code(&place::position(&finding.location));
    if let Some(details) = place::details(&finding.location) {
        place.push_str(&format!(" ({})", plain(&details)));
    }
    format!(
        "**{}** {} at {place}: {}. {}",
        finding.severity,
        code(&finding.rule.id),
        plain(&verification::after(
            &finding.message,
            finding.verdict.as_ref()
        )),
        plain(&finding.help)
    )
}

/// Text that stands for itself: a backslash takes the meaning from every mark of Markdown and HTML.
fn plain(text: &str) -> String {
    let mut escaped = String::new();
    for c in place::one_line(text).chars() {
        if c.is_ascii_punctuation() && !matches!(c, '.' | ',' | ';' | '(' | ')' | '-' | '/') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Text as code, between more backticks than it holds in a row.
fn code(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    // A space on either side is taken away again; the text's own must not be.
    let spaced = text.starts_with(' ') && text.ends_with(' ');
    let room = if longest > 0 || spaced { " " } else { "" };
    format!("{fence}{room}{text}{room}{fence}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;
    use crate::report::{Format, testing};

    /// What a reader of Markdown sees: the text, and whether anything but text is in it.
    fn read(markdown: &str) -> (String, bool) {
        let mut seen = String::new();
        let mut more = false;
        for event in Parser::new_ext(
            markdown,
            Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH,
        ) {
            match event {
                Event::Text(text) | Event::Code(text) => seen.push_str(&text),
                Event::Start(Tag::Paragraph) | Event::End(_) => {}
                _ => more = true,
            }
        }
        (seen, more)
    }

    proptest! {
        #[test]
        fn text_of_strangers_stands_for_itself(text in "[a-z `*_<>\\[\\]!@#&|~:/.(){}=+\\\\\"'\n-]{0,30}") {
            let shown = place::one_line(&text);
            let (seen, more) = read(&format!("x {} x", plain(&text)));
            prop_assert_eq!((seen, more), (format!("x {shown} x"), false));
            if !shown.trim().is_empty() {
                let (seen, _) = read(&format!("x {} x", code(&shown)));
                prop_assert_eq!(seen, format!("x {shown} x"));
            }
        }
    }

    #[test]
    fn the_page_says_all() {
        insta::assert_snapshot!(testing::render(Format::Markdown, &testing::sample()));
        insta::assert_snapshot!(
            testing::render(Format::Markdown, &testing::clean()),
            @r"
        ## hfscan

        No leaks found in 120 files (1.9 MB)
        "
        );
    }

    #[test]
    fn the_page_stays_small() {
        let mut report = testing::sample();
        let one = report.findings.first().expect("findings").clone();
        report.findings = vec![one; MOST + 3];
        let out = testing::render(Format::Markdown, &report);
        assert_eq!(out.matches("\n- **").count(), MOST);
        assert!(out.contains("\n- and 3 more\n"), "{out}");
    }

    #[test]
    fn hostile_text_stays_on_its_line() {
        let report = testing::hostile();
        let out = testing::render(Format::Markdown, &report);
        let items = out.lines().filter(|line| line.starts_with("- ")).count();
        assert_eq!(items, report.active().count() + report.problems.len());
        assert!(!out.contains("\n<") && !out.contains('\x1b'), "{out}");
    }
}
