//! `hfscan explain`: why a rule matters, and how to fix what it finds.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use super::exit::{Exit, Failure};
use super::incident;
use super::prose::{BOLD, prose};
use super::when::When;
use crate::rule::{Example, Rule, RuleSet};

const BAD: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));
const GOOD: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));

/// Explains a rule or, with places, what to do after a leak of what it finds in these.
pub(super) fn run(id: &str, places: Option<&[String]>, color: When) -> Result<Exit, Failure> {
    let set = RuleSet::built_in_with_examples()?;
    let rule = set.get(id).ok_or_else(|| unknown(&set, id))?;
    let text = match places {
        None => page(rule),
        Some(places) => incident::page(rule, places)?,
    };
    let choice = match color {
        When::Always => ColorChoice::Always,
        When::Never => ColorChoice::Never,
        When::Auto => AutoStream::choice(&io::stdout()),
    };
    let mut out = AutoStream::new(io::stdout().lock(), choice);
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write the output: {error}")))
        }
        _ => Ok(Exit::Clean),
    }
}

/// The explanation of a rule as plain text.
#[cfg(feature = "mcp")]
pub(super) fn text(id: &str) -> Result<String, Failure> {
    let set = RuleSet::built_in_with_examples()?;
    let rule = set.get(id);
    let rule = rule.ok_or_else(|| unknown(&set, id))?;
    Ok(anstream::adapter::strip_str(&page(rule)).to_string())
}

fn unknown(set: &RuleSet, id: &str) -> Failure {
    let help = match set.closest(id) {
        Some(close) => format!("did you mean `{close}`?"),
        None => "`hfscan rules` lists them all".to_owned(),
    };
    Failure::new(format!("there is no rule `{id}`")).help(help)
}

fn page(rule: &Rule) -> String {
    let meta = &rule.meta;
    let width = textwrap::termwidth().min(90);
    let mut out = String::new();
    let _ = writeln!(out, "{BOLD}{}{BOLD:#}: {}", meta.id, meta.summary);
    let _ = writeln!(
        out,
        "{}, {} confidence, in {}/\n",
        meta.severity, meta.confidence, meta.family
    );
    out.push_str(&prose(&meta.why, width));
    let example = |marked: bool| {
        let mut examples = rule.examples.iter();
        examples.find(|example| example.text.contains('«') == marked)
    };
    for (title, style, example) in [("Bad", BAD, example(true)), ("Good", GOOD, example(false))] {
        if let Some(example) = example {
            let _ = writeln!(out, "\n{style}{BOLD}{title}{style:#} ({})\n", example.file);
            out.push_str(&code(example));
        }
    }
    let _ = writeln!(out, "\n{BOLD}What to do{BOLD:#}\n");
    out.push_str(&prose(&meta.remedy, width));
    let _ = writeln!(out, "\n{BOLD}Read on{BOLD:#}\n");
    for reference in &meta.references {
        let _ = writeln!(out, "  {reference}");
    }
    out
}

fn code(example: &Example) -> String {
    let shown = example.shown();
    let lines = shown.trim_matches('\n').lines();
    lines.fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "    {line}");
        out
    })
}
