//! What the network is used for, and how far: nothing here runs unless an argument asks for it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clap::Args;

use super::args::When;
use super::exit::{Failure, safe};
use super::progress;
use crate::finding::Finding;
use crate::problem::{Problem, ProblemKind};
use crate::respond::{Api, Asker, Endpoint, Http, Limits, Question, SystemClock};
use crate::verdict::{Status, Verdict};

/// Which service is asked, and for how long.
#[derive(Args, Clone, Debug)]
pub(super) struct NetworkArgs {
    /// Ask this endpoint (https:// and a host) [default: HF_ENDPOINT of the environment, or the Hub]
    #[arg(long, value_name = "URL", help_heading = "Verification")]
    pub(super) endpoint: Option<String>,
    /// How many seconds asking may take
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 120,
        help_heading = "Verification"
    )]
    pub(super) time_limit: u64,
}

/// A line to the service.
pub(super) type Line<'a> = Asker<'a, Http, SystemClock>;

/// Does something with a line to the service that the arguments or the environment of the process name.
/// No file, and above all no scanned one, has a say in it.
pub(super) fn connected<T>(
    args: &NetworkArgs,
    work: impl FnOnce(&Api, &Line<'_>) -> T,
) -> Result<T, Failure> {
    let api = Api::built_in()?;
    let variable = &api.endpoint_variable;
    let of_environment = std::env::var(variable).ok();
    let of_environment = of_environment.filter(|value| !value.trim().is_empty());
    let (from, text) = match (&args.endpoint, of_environment) {
        (Some(text), _) => ("--endpoint", text.clone()),
        (None, Some(text)) => (variable.as_str(), text),
        (None, None) => ("the default", api.endpoint.clone()),
    };
    let endpoint = Endpoint::parse(&text)
        .map_err(|error| Failure::new(format!("{from} is {}: {error}", safe(&text))))?;
    let Some(http) = Http::new(&endpoint) else {
        let failure = Failure::new("this hfscan is built without the network");
        return Err(failure.help("build it with the feature `network`, which is on by default"));
    };
    let clock = SystemClock::start();
    let limits = Limits::within(Duration::from_secs(args.time_limit));
    let line = Asker::new(&api, &endpoint.host, (&http, &clock), limits);
    Ok(work(&api, &line))
}

/// Asks about credentials, which are known by their SHA-256, and shows how far it is.
pub(super) fn ask(
    line: &Line<'_>,
    questions: BTreeMap<String, Question>,
    when: When,
) -> BTreeMap<String, Verdict> {
    let (names, questions): (Vec<_>, Vec<_>) = questions.into_iter().unzip();
    let verdicts = counted(when, questions.len(), |done| line.ask_all(&questions, done));
    names.into_iter().zip(verdicts).collect()
}

/// Does something, and meanwhile shows how many are done.
pub(super) fn counted<T>(when: When, all: usize, work: impl FnOnce(&AtomicUsize) -> T) -> T {
    let done = AtomicUsize::new(0);
    let message = || {
        format!(
            "asked about {} of {all} credentials",
            done.load(Ordering::Relaxed)
        )
    };
    progress::with(when, message, || work(&done))
}

/// What is to be asked about the active ones of some findings, each credential once.
pub(super) fn questions<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
) -> BTreeMap<String, Question> {
    let active = findings.into_iter().filter(|finding| finding.is_active());
    let asked = active.filter_map(|finding| {
        let secret = finding.secret.as_ref()?;
        let question = Question {
            secret: secret.whole.clone()?,
            trust: finding.rule.response.as_ref()?.verify,
        };
        Some((secret.sha256.clone()?, question))
    });
    asked.collect()
}

/// What could not be learned: one problem for each reason.
pub(super) fn unlearned<'v>(verdicts: impl Iterator<Item = &'v Verdict>) -> Vec<Problem> {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for verdict in verdicts.filter(|verdict| verdict.status == Status::Unknown) {
        *reasons
            .entry(verdict.reason.as_deref().unwrap_or_default())
            .or_default() += 1;
    }
    let problem = |(reason, number): (&str, usize)| Problem {
        path: String::new(),
        kind: ProblemKind::Unverified,
        message: match number {
            1 => format!("whether a credential is live is unknown: {reason}"),
            _ => format!("whether {number} credentials are live is unknown: {reason}"),
        },
    };
    reasons.into_iter().map(problem).collect()
}
