//! `hfscan revoke`: from credentials that were found to dead ones.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;

use clap::Args;

use super::args::When;
use super::exit::{Exit, Failure};
use super::given::gather;
use super::network::{self, Line, NetworkArgs, connected, unlearned};
use super::print;
use super::verify::{Answer, ask, complain, redacted, table};
use crate::redact::Secret;
use crate::respond::{Api, Sent};
use crate::verdict::Status;

/// What to revoke.
#[derive(Args, Debug)]
pub(super) struct RevokeArgs {
    /// Files and folders with credentials, such as a report of hfscan; `-` is standard input [default: -]
    pub(super) files: Vec<PathBuf>,
    /// Revoke without a question. What is revoked cannot be brought back
    #[arg(short, long)]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) network: NetworkArgs,
    /// When to show progress
    #[arg(long, value_enum, default_value_t = When::Auto)]
    pub(super) progress: When,
}

/// What is to be done about each credential.
#[derive(Default)]
struct Plan {
    /// To be revoked.
    revoke: Vec<Answer>,
    /// Dead, or for tests.
    over: Vec<Answer>,
    /// Left to their owners.
    by_hand: Vec<Answer>,
}

/// Revokes what is given.
pub(super) fn run(args: &RevokeArgs) -> Result<Exit, Failure> {
    let gathered = gather(&args.files)?.check(false);
    complain(&gathered.problems);
    let incomplete = !gathered.problems.is_empty();
    let given = gathered.all.into_values();
    let done = connected(&args.network, |api, line| {
        let answers = ask(line, given, args.progress);
        let plan = Plan::new(answers, |secret| line.takes(secret));
        print(&plan.text(api))?;
        if plan.revoke.is_empty() {
            return Ok(plan.rest());
        }
        if !args.yes && !confirmed(plan.revoke.len())? {
            print("Nothing was revoked.\n")?;
            return Ok(Exit::Findings);
        }
        carry_out(plan, line, args.progress)
    })??;
    Ok(if incomplete { Exit::Failed } else { done })
}

impl Plan {
    fn new(answers: Vec<Answer>, takes: impl Fn(&Secret) -> bool) -> Self {
        let mut plan = Self::default();
        for answer in answers {
            let response = answer.given.rule.response.as_ref();
            let can = response.is_some_and(|response| response.revoke);
            match answer.verdict.status {
                Status::Dead | Status::Published => plan.over.push(answer),
                _ if can && takes(&answer.given.secret) => plan.revoke.push(answer),
                _ => plan.by_hand.push(answer),
            }
        }
        plan
    }

    /// What it comes to if nothing is revoked.
    fn rest(&self) -> Exit {
        if self.by_hand.is_empty() {
            Exit::Clean
        } else {
            Exit::Findings
        }
    }

    /// The plan, for the user to agree to.
    fn text(&self, api: &Api) -> String {
        let mut text = String::new();
        for (title, answers) in [
            ("To be revoked", &self.revoke),
            ("Nothing to do", &self.over),
        ] {
            if !answers.is_empty() {
                let _ = writeln!(text, "{title}:\n\n{}", table(answers));
            }
        }
        if !self.by_hand.is_empty() {
            let _ = writeln!(text, "To be done by hand:\n\n{}", table(&self.by_hand));
            for answer in &self.by_hand {
                if let Some(response) = &answer.given.rule.response {
                    let (name, page) = (redacted(&answer.given), &response.page);
                    let _ = writeln!(text, "  {name}: {page}\n    {}", response.by_hand);
                }
            }
            text.push('\n');
        }
        if !self.revoke.is_empty() {
            let _ = writeln!(
                text,
                "A revoked token cannot be brought back, and whatever uses it stops working. {}.\n",
                capitalized(&api.revoke.says)
            );
        }
        text
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

/// Whether a person at a terminal agrees.
fn confirmed(number: usize) -> Result<bool, Failure> {
    let stdin = io::stdin();
    if !stdin.is_terminal() || !io::stderr().is_terminal() {
        let failure = Failure::new("nothing was revoked: there is no terminal to ask on");
        return Err(failure.help("look at the list, then run it again with --yes"));
    }
    let what = if number == 1 {
        "this credential"
    } else {
        "these credentials"
    };
    let mut err = io::stderr().lock();
    let asked = write!(err, "Revoke {what} for good? Type yes: ").and_then(|()| err.flush());
    let mut line = String::new();
    let read = asked.and_then(|()| stdin.lock().read_line(&mut line));
    Ok(read.is_ok() && line.trim().eq_ignore_ascii_case("yes"))
}

/// Revokes, and looks whether it helped.
fn carry_out(plan: Plan, line: &Line<'_>, progress: When) -> Result<Exit, Failure> {
    let mut rest = plan.rest();
    let secrets: Vec<Secret> = plan
        .revoke
        .iter()
        .map(|answer| answer.given.secret.clone())
        .collect();
    let sent = line.revoke(&secrets);
    let questions: Vec<_> = plan
        .revoke
        .iter()
        .map(|answer| answer.given.question())
        .collect();
    let verdicts = network::counted(progress, questions.len(), |done| {
        line.look_again(&questions, done)
    });
    let mut after = Vec::new();
    for ((answer, sent), mut verdict) in plan.revoke.into_iter().zip(sent).zip(verdicts) {
        verdict.reason = match (sent, verdict.status, verdict.reason.take()) {
            (Sent::Failed(why), Status::Dead, _) => {
                Some(format!("revoked, though the request failed: {why}"))
            }
            (Sent::Failed(why), ..) => Some(format!("not revoked: {why}")),
            (Sent::Taken, Status::Dead, _) => Some("revoked".to_owned()),
            (Sent::Taken, Status::Live, _) => {
                Some("the request was taken, and it is live still".to_owned())
            }
            (Sent::Taken, _, reason) => reason,
        };
        verdict.account = verdict.account.filter(|_| verdict.status == Status::Live);
        let given = answer.given;
        after.push(Answer { given, verdict });
    }
    print(&format!("Afterwards:\n\n{}", table(&after)))?;
    let problems = unlearned(after.iter().map(|answer| &answer.verdict));
    complain(&problems);
    if after
        .iter()
        .any(|answer| answer.verdict.status == Status::Live)
    {
        rest = Exit::Findings;
    }
    Ok(if problems.is_empty() {
        rest
    } else {
        Exit::Failed
    })
}
