//! Credentials that a command is given: in files and folders, in a report, or one a line on standard input.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::exit::{Failure, safe};
use crate::engine::Engine;
use crate::finding::{Confidence, Finding, RuleMeta};
use crate::input::Shown;
use crate::problem::{Problem, ProblemKind};
use crate::redact::Secret;
use crate::respond::Question;
use crate::rule::RuleSet;
use crate::scan::{Outcome, Paths, Policy, Progress, Scanner};
use crate::verdict::{Status, Verdict};

/// The most that is read of standard input, in bytes.
const MOST: u64 = 64 << 20;

/// The most places that are kept of a credential.
const PLACES: usize = 5;

/// A credential.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// The rule that knows it.
    pub(super) rule: Arc<RuleMeta>,
    pub(super) secret: Secret,
    /// Where it is, as `path:line`.
    pub(super) places: Vec<String>,
    /// What is known without asking.
    pub(super) known: Option<Verdict>,
}

impl Given {
    /// What to ask about it.
    pub(super) fn question(&self) -> Question {
        Question {
            secret: self.secret.clone(),
            trust: self
                .rule
                .response
                .as_ref()
                .and_then(|response| response.verify),
        }
    }
}

/// All that was given.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// Distinct credentials, by their SHA-256.
    pub(super) all: BTreeMap<String, Given>,
    /// What could not be read, or is no credential though it should be one.
    pub(super) problems: Vec<Problem>,
}

/// Finds the credentials in what is named; `-` is standard input. Rules and configurations of what is read
/// have no say: only rules in the binary know what may be sent anywhere. Comments that hide a finding are
/// honoured in files.
pub(super) fn gather(paths: &[PathBuf]) -> Result<Gathered, Failure> {
    let set = RuleSet::built_in()?;
    let mut gathered = Gathered::default();
    let is_stdin = |path: &&PathBuf| *path == Path::new("-");
    if paths.is_empty() || paths.iter().any(|path| is_stdin(&path)) {
        let mut text = Vec::new();
        let read = std::io::stdin()
            .lock()
            .take(MOST + 1)
            .read_to_end(&mut text);
        read.map_err(|error| Failure::new(format!("cannot read standard input: {error}")))?;
        if text.len() as u64 > MOST {
            let failure = Failure::new("standard input is longer than 64 MiB");
            return Err(failure.help("write it to a file, and name that"));
        }
        gathered.stdin(&set, &text);
    }
    let roots: Vec<PathBuf> = paths
        .iter()
        .filter(|path| !is_stdin(path))
        .cloned()
        .collect();
    for path in &roots {
        if path.is_file() {
            let mut text = Vec::new();
            let opened = std::fs::File::open(path);
            let read = opened.and_then(|file| file.take(MOST).read_to_end(&mut text));
            // Whether it can be read is told by the scan.
            let hidden = read.map_or(0, |_| without_value(&text));
            gathered.miss(&path.to_string_lossy(), hidden);
        }
    }
    if !roots.is_empty() {
        let paths = Paths {
            roots,
            threads: std::thread::available_parallelism().map_or(1, Into::into),
            honour_gitignore: true,
            exclude: Vec::new(),
        };
        let outcome = scanner(&set, true).scan_paths(paths, &Progress::default());
        gathered.take(outcome);
    }
    Ok(gathered)
}

/// Finds all that the rules in the binary know.
fn scanner(set: &RuleSet, honour_comments: bool) -> Scanner {
    let enabled = set.rules().iter().map(|rule| rule.meta.response.is_some());
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |since| since.as_secs());
    Scanner {
        engine: Engine::new(
            set,
            enabled.collect(),
            i64::try_from(now).unwrap_or(i64::MAX),
        ),
        policy: Policy {
            min_confidence: Confidence::Low,
            honour_comments,
            keep_secrets: true,
            ..Policy::default()
        },
        shown: Shown::relative_to(std::env::current_dir().ok()),
    }
}

impl Gathered {
    /// Takes the credentials of a text. Where it is a list, each of its lines has to be one.
    fn stdin(&mut self, set: &RuleSet, text: &[u8]) {
        const NAME: &str = "<stdin>";
        self.miss(NAME, without_value(text));
        let outcome = scanner(set, false).scan_stream(NAME, text, &Progress::default());
        self.take(outcome);
        let text = String::from_utf8_lossy(text);
        let lines = || text.lines().map(str::trim).enumerate();
        let is_listed = |(_, line): &(usize, &str)| !line.is_empty() && !line.starts_with('#');
        let is_list = lines().filter(is_listed).all(|(_, line)| {
            !line.contains(|c: char| c.is_whitespace() || matches!(c, '{' | '}' | '[' | '"' | '='))
        });
        let found: BTreeSet<String> = self
            .all
            .values()
            .flat_map(|given| given.places.iter().cloned())
            .collect();
        for (number, line) in lines().filter(is_listed).filter(|_| is_list) {
            let place = format!("{NAME}:{}", number + 1);
            if self.published(set, line, &place) || found.contains(&place) {
                continue;
            }
            let secret = Secret::new(line.as_bytes()).sha256();
            if !self.all.contains_key(&secret) {
                self.fail(&place, "no credential that hfscan knows".to_owned());
            }
        }
    }

    /// Notes a credential that is published for tests, if this is one.
    fn published(&mut self, set: &RuleSet, line: &str, place: &str) -> bool {
        let secret = Secret::new(line.as_bytes());
        let name = secret.sha256();
        let is_published = |rule: &&crate::rule::Rule| {
            let token = rule.token.as_ref();
            token.is_some_and(|token| token.allow.contains(&name))
        };
        let Some(rule) = set.rules().iter().find(is_published) else {
            return false;
        };
        let why = "a test suite publishes it, and it opens nothing; it was not asked about";
        let given = Given {
            rule: Arc::clone(&rule.meta),
            secret,
            places: vec![place.to_owned()],
            known: Some(Verdict::new(Status::Published, Some(why.to_owned()))),
        };
        self.all.insert(name, given);
        true
    }

    /// Takes what a scan found.
    fn take(&mut self, mut outcome: Outcome) {
        outcome.sort();
        self.problems
            .extend(outcome.problems.into_iter().filter(Problem::is_incomplete));
        for finding in outcome
            .findings
            .iter()
            .filter(|finding| finding.is_active())
        {
            self.add(finding);
        }
    }

    fn add(&mut self, finding: &Finding) {
        let Some(secret) = &finding.secret else {
            return;
        };
        let Some(whole) = &secret.whole else { return };
        let origin = &finding.location.origin;
        let member = origin.member.as_ref().map(|member| format!("!{member}"));
        let line = finding.location.start.line;
        let place = format!("{}{}:{line}", origin.path, member.unwrap_or_default());
        let name = secret.sha256.clone().unwrap_or_else(|| whole.sha256());
        let given = self.all.entry(name).or_insert_with(|| Given {
            rule: Arc::clone(&finding.rule),
            secret: whole.clone(),
            places: Vec::new(),
            known: None,
        });
        if given.places.len() < PLACES && !given.places.contains(&place) {
            given.places.push(place);
        }
    }

    /// Says of a report that it does not hold the credentials that it speaks of.
    fn miss(&mut self, path: &str, number: usize) {
        if number > 0 {
            let what = "of its findings come without the credential: write the report with \
                        --output-format json --show-secrets, or name what was scanned";
            self.fail(path, format!("{number} {what}"));
        }
    }

    fn fail(&mut self, path: &str, message: String) {
        self.problems.push(Problem {
            path: safe(path),
            kind: ProblemKind::Nothing,
            message,
        });
    }

    /// Whether nothing was given at all, which is no answer to any question.
    pub(super) fn check(mut self, is_report: bool) -> Self {
        if self.all.is_empty() && self.problems.is_empty() && !is_report {
            self.fail("", "no credential is in it".to_owned());
        }
        self
    }
}

/// How many findings of a report, in JSON or SARIF, speak of a credential that is not in it.
fn without_value(text: &[u8]) -> usize {
    let is_object = text.trim_ascii_start().starts_with(b"{");
    let report = is_object.then(|| serde_json::from_slice::<Value>(text).ok());
    let Some(report) = report.flatten() else {
        return 0;
    };
    let findings = report["findings"].as_array().into_iter().flatten();
    let hidden = findings
        .filter(|finding| finding["secret"].is_object() && !finding["secret"]["value"].is_string());
    let runs = report["runs"].as_array().into_iter().flatten();
    // Such a log never holds them.
    let results = runs.filter_map(|run| run["results"].as_array()).flatten();
    hidden.count()
        + results
            .filter(|result| result["suppressions"].is_null())
            .count()
}
