//! Findings for a person at a terminal, in the manner of rustc and ruff.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Range;

use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet as Source,
};

use crate::finding::{Confidence, Finding, Severity};
use crate::redact::Snippet;
use crate::report::{Report, Style, place, summary};
use crate::span::wide;

/// The highest line number that is shown. The renderer counts on from it without a check.
const LAST_LINE: usize = usize::MAX / 2;

/// Writes the findings, then what could not be scanned, then what it comes to.
pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let renderer = if style.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    }
    .hyperlink(style.hyperlinks);
    let mut helped = BTreeSet::new();
    for finding in report.active() {
        let is_new = helped.insert((&finding.rule.id, &finding.help));
        writeln!(out, "{}\n", render(&renderer, finding, is_new))?;
    }
    verdict(&renderer, report, style.quiet, out)?;
    if style.statistics {
        statistics(report, out)?;
    }
    Ok(())
}

/// Writes what could not be scanned and, unless it is to be quiet, what the scan comes to.
pub(super) fn verdict(
    renderer: &Renderer,
    report: &Report,
    quiet: bool,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    for problem in &report.problems {
        let text = match problem.path.as_str() {
            "" => problem.message.clone(),
            path => format!("{path}: {}", problem.message),
        };
        let title = Level::WARNING.primary_title(place::one_line(&text));
        writeln!(out, "{}", renderer.render(&[Group::with_title(title)]))?;
    }
    if !quiet {
        if !report.problems.is_empty() {
            writeln!(out)?;
        }
        writeln!(out, "{}", summary::line(report))?;
        if let Some(fixable) = summary::fixable(report) {
            writeln!(out, "{fixable}")?;
        }
    }
    Ok(())
}

/// One finding, as it is shown. What to do is said once for all findings of a kind.
///
/// The renderer would count the column in the text that it is given, which may be cut or masked. So
/// the place is rendered apart, and moved to where the arrow stands above the line numbers.
fn render(renderer: &Renderer, finding: &Finding, with_help: bool) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let head = renderer.render(&[head(level.clone(), finding)]);
    let body = renderer.render(&[body(level, finding, with_help)]);
    let (title, place) = head.split_once('\n').unwrap_or((&head, ""));
    let indent = gutter(&finding.snippet);
    format!("{title}\n{:indent$}{place}\n{body}", "")
}

/// What it is and where it lies.
fn head<'a>(level: Level<'a>, finding: &'a Finding) -> Group<'a> {
    let mut message = place::one_line(&finding.message);
    if finding.confidence != Confidence::High {
        message.push_str(&format!(" ({} confidence)", finding.confidence));
    }
    let mut title = level.primary_title(message).id(&*finding.rule.id);
    if let Some(url) = finding.rule.references.first()
        && url.bytes().all(|byte| byte.is_ascii_graphic())
    {
        title = title.id_url(url);
    }
    let mut at = place::position(&finding.location);
    if let Some(details) = place::details(&finding.location) {
        at.push_str(&format!(" ({details})"));
    }
    title.element(Origin::path(at))
}

/// The source and, if that was not said before, what to do.
fn body<'a>(level: Level<'a>, finding: &'a Finding, with_help: bool) -> Group<'a> {
    let mut group = Group::with_level(level).element(source(&finding.snippet));
    if let Some(value) = finding.secret.as_ref().and_then(|s| s.value.as_deref()) {
        let value = format!("the secret is {}", place::one_line(value));
        group = group.element(Level::NOTE.message(value));
    }
    if let Some(verdict) = &finding.verdict {
        group = group.element(Level::NOTE.message(place::one_line(&verdict.line())));
    }
    if !with_help {
        return group;
    }
    group.element(Level::HELP.message(place::one_line(&finding.help)))
}

/// The source, with an ellipsis where a long line was cut.
fn source(snippet: &Snippet) -> Source<'_, Annotation<'_>> {
    let (before, after) = snippet.cut;
    let head = if before { "…" } else { "" };
    let tail = if after { "…" } else { "" };
    let highlight = highlight(snippet);
    let span = highlight.start + head.len()..highlight.end + head.len();
    Source::source(format!("{head}{}{tail}", snippet.text))
        .line_start(first_line(snippet))
        .annotation(AnnotationKind::Primary.span(span))
}

/// The number of the snippet's first line, as far as the renderer can count.
fn first_line(snippet: &Snippet) -> usize {
    usize::try_from(snippet.first_line).map_or(1, |line| line.min(LAST_LINE))
}

/// The width of the line numbers of the lines that are shown.
fn gutter(snippet: &Snippet) -> usize {
    let shown = snippet.text.get(..highlight(snippet).end);
    let feeds = shown.unwrap_or_default().matches('\n').count();
    (first_line(snippet) + feeds).to_string().len()
}

/// The highlight, brought within the text and to whole characters.
fn highlight(snippet: &Snippet) -> Range<usize> {
    let text = &snippet.text;
    let floor = |at: usize| {
        (0..=at.min(text.len()))
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or_default()
    };
    let start = floor(snippet.highlight.start);
    start..floor(snippet.highlight.end).max(start)
}

/// Writes how often each rule hit, then what was scanned and what was not.
fn statistics(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut rules: BTreeMap<&str, u64> = BTreeMap::new();
    for finding in report.active() {
        *rules.entry(&finding.rule.id).or_default() += 1;
    }
    let mut rules: Vec<_> = rules.into_iter().collect();
    // The sort keeps rules of equal count in the order of their names.
    rules.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let rules: Vec<_> = rules
        .into_iter()
        .map(|(id, n)| (id, n.to_string()))
        .collect();
    let stats = &report.stats;
    let extent = [
        ("files", stats.files.to_string()),
        ("bytes", stats.bytes.to_string()),
        ("seconds", format!("{:.3}", stats.seconds)),
        ("symbolic links not followed", stats.links.to_string()),
        ("special files not read", stats.special.to_string()),
        ("submodules not scanned", stats.submodules.to_string()),
        ("Git LFS files not here", stats.pointers.to_string()),
        ("archives not opened", stats.unopened.to_string()),
        if stats.bytes_alone {
            ("parsed", "0".to_owned())
        } else {
            ("too large to parse", stats.unparsed.to_string())
        },
        ("parsed in part", stats.partly_parsed.to_string()),
        ("suppressed findings", wide(report.suppressed()).to_string()),
        ("problems", wide(report.problems.len()).to_string()),
    ];
    for table in [rules.as_slice(), &extent] {
        let rows = || table.iter();
        let names = rows().map(|(name, _)| name.len()).max().unwrap_or_default();
        let numbers = rows().map(|(_, n)| n.len()).max().unwrap_or_default();
        if !table.is_empty() {
            writeln!(out)?;
        }
        for (name, number) in rows() {
            writeln!(out, "  {name:names$}  {number:>numbers$}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::report::{Format, testing};

    #[test]
    fn findings_problems_and_the_verdict() {
        insta::assert_snapshot!(testing::render(Format::Text, &testing::sample()));
    }

    #[test]
    fn the_statistics_count_active_findings_by_rule() {
        let style = Style {
            statistics: true,
            quiet: true,
            ..Style::default()
        };
        let mut report = testing::sample();
        report.problems.clear();
        let out = testing::render_with(Format::Text, &report, style);
        let (_, table) = out.rsplit_once("^^\n\n").expect("findings first");
        insta::assert_snapshot!(table);
    }

    #[test]
    fn color_and_links_come_only_when_asked_for() {
        let report = testing::sample();
        let plain = testing::render(Format::Text, &report);
        assert!(!plain.contains('\u{1b}'));
        let linked = testing::render_with(
            Format::Text,
            &report,
            Style {
                hyperlinks: true,
                ..Style::default()
            },
        );
        let link =
            "\u{1b}]8;;https://example.com/rules#hf-user-token\u{1b}\\hf-user-token\u{1b}]8;;";
        assert!(linked.contains(link), "{linked}");
        let colored = testing::render_with(
            Format::Text,
            &report,
            Style {
                color: true,
                ..Style::default()
            },
        );
        assert!(colored.contains("\u{1b}[1m") && !colored.contains("\u{1b}]8"));
    }

    #[test]
    fn carets_stand_under_tabs_and_wide_characters() {
        let rule = &testing::clean().rules[0];
        let mut far = testing::finding(rule, "far.txt", 9, "\t«hf_ab…yz»");
        far.snippet.text = format!("{}🤗\thf_ab…yz{}", "x".repeat(110), "y".repeat(120));
        far.snippet.highlight = 115..125;
        far.snippet.cut = (true, true);
        far.location.start.column = 123_456;
        let mut lines = testing::finding(rule, "two.yml", 99, "«run: |\n  hf auth»");
        lines.location.end.line += 1;
        let mut report = testing::clean();
        report.findings = vec![
            testing::finding(rule, "tab.txt", 8, "\t\tif x:\t«hf_ab…yz»"),
            testing::finding(rule, "wide.txt", 8, "日本語🤗é «hf_ab…yz» 終"),
            testing::finding(rule, "binary.bin", 1, "␀␁\u{fffd}␛[31m«hf_ab…yz»\u{fffd}␀"),
            far,
            lines,
        ];
        insta::assert_snapshot!(testing::render(Format::Text, &report));
    }

    #[test]
    fn nothing_hostile_reaches_the_terminal() {
        let out = testing::render(Format::Text, &testing::hostile());
        let steering = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!out.contains(steering), "{out:?}");
    }

    proptest! {
        #[test]
        fn no_snippet_is_too_odd(
            text in "\\PC{0,40}(\n\\PC{0,200}){0,3}",
            start in 0_usize..300,
            length in 0_usize..300,
            line in prop_oneof![any::<u64>(), Just(u64::MAX)],
            cut: (bool, bool),
        ) {
            let mut report = testing::sample();
            let snippet = Snippet { text, highlight: start..start + length, first_line: line, cut };
            report.findings.truncate(1);
            report.findings[0].snippet = snippet;
            testing::render(Format::Text, &report);
        }
    }

    #[test]
    fn a_problem_of_the_whole_scan_has_no_path() {
        let mut report = testing::clean();
        report.stats = crate::report::Stats::default();
        report.problems = vec![crate::problem::Problem {
            path: String::new(),
            kind: crate::problem::ProblemKind::Nothing,
            message: "no file was given".to_owned(),
        }];
        insta::assert_snapshot!(
            testing::render(Format::Text, &report),
            @"
        warning: no file was given

        Nothing was scanned
        "
        );
    }

    #[test]
    fn a_rule_without_references_is_no_link() {
        let mut report = testing::sample();
        for finding in &mut report.findings {
            Arc::make_mut(&mut finding.rule).references.clear();
        }
        let style = Style {
            hyperlinks: true,
            ..Style::default()
        };
        assert!(!testing::render_with(Format::Text, &report, style).contains('\u{1b}'));
    }
}
