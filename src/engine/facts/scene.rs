//! A document, and what patterns may ask about it beside the fact at hand.

use std::cell::{Cell, OnceCell};
use std::collections::HashSet;

use super::maps::Maps;
use super::value::{self, Tokens};
use super::{File, context, entry, files};
use crate::rule::{Context, PathPattern, ValueClass};
use crate::span::Span;
use crate::syntax::{Command, Document, Fact, FactKind, Spanned, Value};

/// How many facts may be looked at to tell what stands around others, in one document.
const MOST_LOOKS: usize = 20_000_000;

/// Programs that print what is piped into them, or a part of it.
const FILTERS: [&str; 14] = [
    "cut", "head", "tail", "sed", "tr", "awk", "base64", "tee", "cat", "rev", "fold", "xxd", "od",
    "grep",
];

pub(super) struct Scene<'d> {
    pub(super) file: File<'d>,
    pub(super) document: &'d Document,
    pub(super) kinds: Vec<Context>,
    pub(super) tokens: Tokens<'d>,
    /// What stands beside what; made when it is first asked for.
    maps: OnceCell<Maps>,
    /// Commands whose output is not seen.
    taken: OnceCell<HashSet<usize>>,
    looks: Cell<usize>,
}

impl<'d> Scene<'d> {
    pub(super) fn new(document: &'d Document, file: File<'d>, tokens: &'d [Span]) -> Self {
        Self {
            file,
            document,
            kinds: context::of_file(file, document),
            tokens: Tokens::new(tokens),
            maps: OnceCell::new(),
            taken: OnceCell::new(),
            looks: Cell::new(0),
        }
    }

    pub(super) fn maps(&self) -> &Maps {
        self.maps.get_or_init(|| Maps::new(self.document))
    }

    /// Whether a setting is in the file.
    pub(super) fn has_setting(&self, wanted: &[PathPattern]) -> bool {
        let settings = self
            .document
            .facts
            .iter()
            .filter_map(|fact| match &fact.kind {
                FactKind::Setting(setting) => Some(entry::of_setting(setting)),
                FactKind::Command(command) => {
                    let assignments = command.assignments.iter();
                    Some(assignments.flat_map(entry::of_setting).collect())
                }
                FactKind::Call(_) => None,
            });
        settings
            .flatten()
            .any(|entry| wanted.iter().any(|path| path.fits(&entry.path)))
    }

    /// Whether a setting below a path, in the same document as a fact, holds one of these texts.
    pub(super) fn holds_below(&self, fact: &Fact, path: &[String], texts: &[String]) -> bool {
        if !self.look() {
            return false;
        }
        self.document.facts.iter().any(|other| match &other.kind {
            FactKind::Setting(setting) if other.place == fact.place => {
                let keys = setting.path.iter().map(|key| key.value.as_str());
                setting.path.len() > path.len()
                    && keys.zip(path).all(|(key, wanted)| key == wanted)
                    && {
                        let text = files::path(&setting.value.value);
                        texts.iter().any(|wanted| text.contains(wanted.as_str()))
                    }
            }
            _ => false,
        })
    }

    /// Whether a command after another one, in the same script, has a word of one of these classes.
    pub(super) fn has_later(&self, at: usize, classes: &[ValueClass]) -> bool {
        let Some(fact) = self.document.facts.get(at).filter(|_| self.look()) else {
            return false;
        };
        let later = self.document.facts.iter().skip(at + 1);
        let is = |word: &Spanned<Value>| {
            classes
                .iter()
                .any(|class| value::is(word, *class, &self.tokens))
        };
        later
            .take_while(|other| other.place.starts_with(&fact.place))
            .any(|other| match &other.kind {
                FactKind::Command(command) => {
                    command.words.iter().any(is)
                        || command.assignments.iter().any(|set| is(&set.value))
                }
                FactKind::Setting(setting) => is(&setting.value),
                FactKind::Call(_) => false,
            })
    }

    /// Whether what a command prints goes to where people and logs see it.
    pub(super) fn shows(&self, at: usize, command: &Command) -> bool {
        !writes(command) && !self.takers().contains(&at)
    }

    /// The commands whose output goes into one that does not print it, by place.
    fn takers(&self) -> &HashSet<usize> {
        self.taken.get_or_init(|| {
            let commands = self
                .document
                .facts
                .iter()
                .filter_map(|fact| match &fact.kind {
                    FactKind::Command(command) => Some(command),
                    _ => None,
                });
            let taking = commands.filter(|command| {
                let filter = command
                    .program()
                    .is_some_and(|name| FILTERS.contains(&name));
                !filter || writes(command)
            });
            taking.filter_map(|command| command.piped_from).collect()
        })
    }

    /// Takes note that all facts are looked at; false if that was too often.
    fn look(&self) -> bool {
        let looks = self.looks.get().saturating_add(self.document.facts.len());
        self.looks.set(looks);
        looks <= MOST_LOOKS
    }
}

/// Whether the output of a command goes to a file.
fn writes(command: &Command) -> bool {
    command.redirections.iter().any(|redirection| {
        let descriptor = redirection.operator.trim_end_matches(['>', '|', '&']);
        let to = files::path(&redirection.target.value);
        let shown = ["1", "2", "&1", "&2", "/dev/stdout", "/dev/stderr"];
        redirection.operator.contains('>')
            && descriptor != "2"
            && !shown.contains(&to.as_str())
            && !to.starts_with("/dev/tty")
    })
}
