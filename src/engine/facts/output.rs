//! Where what a command prints goes: to people and logs, or into a program, a variable, a file.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::HashMap;

use super::value::Judge;
use super::{files, pipe};
use crate::model::is_like;
use crate::syntax::{Command, Document, Fact, FactKind, Format, Place, Redirection};

/// How many commands what is printed is followed through; after that it counts as seen.
const MAX_STEPS: usize = 64;

/// How many patterns of `grep` are tried in a document; after that they let everything through.
const MAX_TRIED: usize = 200;

/// How many brackets that are open around a command are looked at.
const MAX_OPEN: usize = 16;

/// The ways of output between the commands of a document, by their places among its facts.
#[derive(Debug)]
pub(super) struct Outputs {
    /// What takes the output of a command by a pipe.
    takers: HashMap<usize, usize>,
    /// The command or assignment in whose `$(…)` a command stands, or which runs the script that the
    /// command is of.
    holders: HashMap<usize, usize>,
    /// How many patterns were tried.
    tried: Cell<usize>,
}

impl Outputs {
    pub(super) fn new(document: &Document) -> Self {
        let mut outputs = Self {
            takers: HashMap::new(),
            holders: HashMap::new(),
            tried: Cell::new(0),
        };
        for (at, fact) in document.facts.iter().enumerate() {
            if let FactKind::Command(command) = &fact.kind
                && let Some(source) = command.piped_from
            {
                outputs.takers.insert(source, at);
            }
        }
        let facts = document.facts.iter().enumerate();
        let mut order: Vec<(usize, &Fact)> = facts
            .filter(|(_, fact)| match fact.place.as_slice() {
                [.., Place::Document(Format::Shell | Format::PowerShell)] => true,
                // What a shell runs: `python -c '…'`.
                [.., Place::Embedded, Place::Document(Format::Python)] => true,
                _ => false,
            })
            .collect();
        order.sort_by_key(|(at, fact)| (fact.span.start, Reverse(fact.span.end), *at));
        let mut open: Vec<(usize, &Fact)> = Vec::new();
        for (at, fact) in order {
            while open
                .last()
                .is_some_and(|(_, outer)| outer.span.end <= fact.span.start)
            {
                open.pop();
            }
            if matches!(fact.kind, FactKind::Command(_) | FactKind::Call(_)) {
                let mut around = open.iter().rev().take(MAX_OPEN);
                if let Some((holder, _)) = around.find(|(_, outer)| holds(outer, fact)) {
                    outputs.holders.insert(at, *holder);
                }
            }
            open.push((at, fact));
        }
        outputs
    }

    /// Whether people and logs see what the command or call at a place prints: all variables, if it
    /// is a `dump`.
    pub(super) fn are_seen(
        &self,
        document: &Document,
        at: usize,
        dump: bool,
        judge: Judge<'_>,
    ) -> bool {
        let mut at = at;
        for _ in 0..MAX_STEPS {
            match document.facts.get(at).map(|fact| &fact.kind) {
                Some(FactKind::Command(command)) if writes(command) => return false,
                Some(FactKind::Command(_) | FactKind::Call(_)) => {}
                _ => return false,
            }
            if let Some(taker) = self.takers.get(&at) {
                self.tried.set(self.tried.get() + 1);
                let dump = dump && self.tried.get() <= MAX_TRIED;
                let taking = document.facts.get(*taker).map(|fact| &fact.kind);
                if !matches!(taking, Some(FactKind::Command(taking)) if pipe::passes(taking, dump, judge))
                {
                    return false;
                }
                at = *taker;
                continue;
            }
            let Some(holder) = self.holders.get(&at) else {
                return true;
            };
            let fact = document.facts.get(at);
            let outer = document.facts.get(*holder);
            let (Some(fact), Some(outer)) = (fact, outer) else {
                return true;
            };
            let substituted = fact.place == outer.place;
            let program = match &outer.kind {
                FactKind::Command(command) => command.program(),
                _ => None,
            };
            let prints = matches!(program, Some("echo" | "printf" | "print" | "cat" | "tee"));
            match (substituted, prints) {
                (true, false) => return false,
                // It writes a script, which something else runs, or a file that nothing does.
                (false, true) => return !is_data(outer),
                _ => at = *holder,
            }
        }
        true
    }
}

impl Outputs {
    /// Whether what the command at a place prints goes to a file that stays.
    pub(super) fn are_kept(&self, document: &Document, at: usize, judge: Judge<'_>) -> bool {
        let transient = judge.models.lists.get("transient-files");
        let stays =
            |path: &str| !path.is_empty() && !transient.iter().any(|like| is_like(like, path));
        let mut at = at;
        for _ in 0..MAX_STEPS {
            let Some(FactKind::Command(command)) = document.facts.get(at).map(|fact| &fact.kind)
            else {
                return false;
            };
            let mut written = command.redirections.iter().filter(|to| is_written(to));
            if let Some(to) = written.next() {
                return stays(&files::path(&to.target.value));
            }
            if let Some(run) = command.effective(judge.models)
                && run.program == "tee"
            {
                let mut files = run.arguments.iter().map(|word| files::path(&word.value));
                return files.any(|path| !path.starts_with('-') && stays(&path));
            }
            let Some(taker) = self.takers.get(&at) else {
                return false;
            };
            let taking = document.facts.get(*taker).map(|fact| &fact.kind);
            let passes = match taking {
                Some(FactKind::Command(taking)) => pipe::passes(taking, false, judge),
                _ => false,
            };
            if !passes {
                return false;
            }
            at = *taker;
        }
        false
    }
}

/// Whether a fact stands within another one of its own script, or of the script around that.
pub(super) fn holds(outer: &Fact, inner: &Fact) -> bool {
    let within = outer.span.start <= inner.span.start && inner.span.end <= outer.span.end;
    let script = match inner.place.strip_prefix(outer.place.as_slice()) {
        Some([]) => true,
        Some(
            [
                Place::Embedded,
                Place::Document(Format::Shell | Format::Python),
            ],
        ) => {
            matches!(outer.kind, FactKind::Command(_))
        }
        _ => false,
    };
    within && script
}

/// Whether a command writes a file of data.
fn is_data(fact: &Fact) -> bool {
    let FactKind::Command(command) = &fact.kind else {
        return false;
    };
    let mut written = command.redirections.iter().filter(|to| is_written(to));
    written.any(|to| {
        let path = files::path(&to.target.value);
        Format::detect(&path, b"").is_some_and(Format::is_data)
    })
}

/// Whether the output of a command goes to a file.
fn writes(command: &Command) -> bool {
    command.redirections.iter().any(is_written)
}

/// Whether a redirection takes what a command prints to a file.
fn is_written(redirection: &Redirection) -> bool {
    let descriptor = redirection.operator.trim_end_matches(['>', '|', '&']);
    let to = files::path(&redirection.target.value);
    let shown = ["1", "2", "&1", "&2", "/dev/stdout", "/dev/stderr"];
    redirection.operator.contains('>')
        && descriptor != "2"
        && !shown.contains(&to.as_str())
        && !to.starts_with("/dev/tty")
}
