//! `hfscan verify`: whether credentials are live, and what they open.

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::args::When;
use super::exit::{Exit, Failure};
use super::given::{Given, gather};
use super::network::{self, NetworkArgs, connected, unlearned};
use super::print;
use crate::problem::Problem;
use crate::redact::one_line;
use crate::report::Verification;
use crate::verdict::{Status, Verdict};

/// What to ask about, and how to answer.
#[derive(Args, Debug)]
pub(super) struct VerifyArgs {
    /// Files and folders with credentials, such as a report of hfscan; `-` is standard input [default: -]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) network: NetworkArgs,
    /// Write the answer in this format
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) output_format: AnswerFormat,
    /// When to show progress
    #[arg(long, value_enum, default_value_t = When::Auto)]
    pub(super) progress: When,
}

/// Formats of answers, as they are named on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum AnswerFormat {
    /// A line for each credential
    #[default]
    Table,
    /// One JSON object
    Json,
    /// One JSON object a line
    Jsonl,
}

/// A credential, and what is known of it.
pub(super) struct Answer {
    pub(super) given: Given,
    pub(super) verdict: Verdict,
}

/// Answers whether what is given is live.
pub(super) fn run(args: &VerifyArgs) -> Result<Exit, Failure> {
    let gathered = gather(&args.files)?.check(false);
    let (mut problems, given) = (gathered.problems, gathered.all.into_values());
    let answers = connected(&args.network, |_, line| ask(line, given, args.progress))?;
    problems.extend(unlearned(answers.iter().map(|answer| &answer.verdict)));
    show(args.output_format, &answers, &problems)?;
    let is_live = |answer: &Answer| answer.verdict.status == Status::Live;
    // What nobody can ask about may be live as well.
    let is_open = |answer: &Answer| answer.verdict.status == Status::Unasked;
    Ok(if !problems.is_empty() || answers.iter().any(is_open) {
        Exit::Failed
    } else if answers.iter().any(is_live) {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// Asks about each, unless it is known without.
pub(super) fn ask(
    line: &network::Line<'_>,
    given: impl Iterator<Item = Given>,
    progress: When,
) -> Vec<Answer> {
    let given: Vec<Given> = given.collect();
    let open: Vec<_> = given
        .iter()
        .filter(|given| given.known.is_none())
        .map(Given::question)
        .collect();
    let verdicts = network::counted(progress, open.len(), |done| line.ask_all(&open, done));
    let mut verdicts = verdicts.into_iter();
    given
        .into_iter()
        .map(|given| {
            let asked = || {
                verdicts
                    .next()
                    .unwrap_or_else(|| Verdict::unknown("it was not asked"))
            };
            let verdict = given.known.clone().unwrap_or_else(asked);
            Answer { given, verdict }
        })
        .collect()
}

#[derive(Serialize)]
struct Item<'a> {
    redacted: String,
    sha256: Option<String>,
    rule: &'a str,
    kind: Option<&'a str>,
    places: &'a [String],
    verification: Verification<'a>,
}

impl<'a> From<&'a Answer> for Item<'a> {
    fn from(answer: &'a Answer) -> Self {
        let (rule, secret) = (&answer.given.rule, &answer.given.secret);
        Self {
            redacted: redacted(&answer.given),
            sha256: (!rule.guessable).then(|| secret.sha256()),
            rule: &rule.id,
            kind: rule.response.as_ref().map(|response| &*response.kind),
            places: &answer.given.places,
            verification: Verification::from(&answer.verdict),
        }
    }
}

/// A credential as it may be shown.
pub(super) fn redacted(given: &Given) -> String {
    given.secret.redacted()
}

fn show(format: AnswerFormat, answers: &[Answer], problems: &[Problem]) -> Result<(), Failure> {
    let items = answers.iter().map(Item::from);
    let json = |value: &Item<'_>| serde_json::to_string(value).unwrap_or_default() + "\n";
    let text = match format {
        AnswerFormat::Table => table(answers),
        AnswerFormat::Jsonl => items.map(|item| json(&item)).collect(),
        AnswerFormat::Json => {
            let errors = problems.iter().map(message);
            let document = serde_json::json!({
                "schema_version": 1,
                "tool": { "name": "hfscan", "version": env!("CARGO_PKG_VERSION") },
                "credentials": items.collect::<Vec<_>>(),
                "errors": errors.collect::<Vec<_>>(),
            });
            serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
        }
    };
    print(&text)?;
    complain(problems);
    Ok(())
}

fn message(problem: &Problem) -> String {
    match problem.path.as_str() {
        "" => problem.message.clone(),
        path => format!("{path}: {}", problem.message),
    }
}

/// Says on standard error what is not known.
pub(super) fn complain(problems: &[Problem]) {
    let mut err = anstream::stderr();
    for problem in problems {
        let _ = writeln!(
            io::Write::by_ref(&mut err),
            "warning: {}",
            one_line(&message(problem))
        );
    }
}

/// A line for each credential, the live ones first.
pub(super) fn table(answers: &[Answer]) -> String {
    let mut rows: Vec<(Status, [String; 4])> = answers
        .iter()
        .map(|answer| {
            let response = answer.given.rule.response.as_ref();
            let kind = response.map(|response| response.kind.clone());
            let places = &answer.given.places;
            let more = places.len().saturating_sub(1);
            let mut place = places.first().cloned().unwrap_or_default();
            if more > 0 {
                place.push_str(&format!(" and {more} more"));
            }
            let row = [
                redacted(&answer.given),
                kind.unwrap_or_default(),
                place,
                answer.verdict.line(),
            ];
            (answer.verdict.status, row.map(|cell| one_line(&cell)))
        })
        .collect();
    rows.sort();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|(_, row)| row.get(column));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let [first, second, third] = [0, 1, 2].map(width);
    let line = |(_, [a, b, c, d]): &(Status, [String; 4])| {
        format!("{a:first$}  {b:second$}  {c:third$}  {d}\n")
    };
    rows.iter().map(line).collect()
}
