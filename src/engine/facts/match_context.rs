//! Match context: a document, and what patterns may ask about it beside the fact at hand.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;

use super::arrays::Arrays;
use super::maps::Maps;
use super::output::{self, Outputs};
use super::value::Judge;
use super::{File, arrays, command, entry, files, trace};
use crate::finding::{Condition, Runner};
use crate::model::{Models, PathPattern};
use crate::rule::ValueClass;
use crate::span::Span;
use crate::syntax::{Command, Document, Fact, FactKind, Format, Place, Setting, Spanned, Value};

/// How many facts may be looked at to tell what stands around others, in one document.
const MOST_LOOKS: usize = 4_000_000;

pub(super) struct MatchContext<'d> {
    pub(super) file: File<'d>,
    pub(super) document: &'d Document,
    pub(super) judge: Judge<'d>,
    /// What stands beside what; made when it is first asked for.
    maps: OnceCell<Maps>,
    /// Where what commands print goes.
    outputs: OnceCell<Outputs>,
    /// What variables hold for commands.
    arrays: OnceCell<Arrays>,
    /// Whether the file's first line has its shell print each command.
    traced: OnceCell<bool>,
    /// Whether scripts are given settings, by what is wanted and by their places.
    given: RefCell<HashMap<(usize, Vec<Place>), bool>>,
    looks: Cell<usize>,
}

impl<'d> MatchContext<'d> {
    pub(super) fn new(document: &'d Document, file: File<'d>, judge: Judge<'d>) -> Self {
        Self {
            file,
            document,
            judge,
            maps: OnceCell::new(),
            outputs: OnceCell::new(),
            arrays: OnceCell::new(),
            traced: OnceCell::new(),
            given: RefCell::default(),
            looks: Cell::new(0),
        }
    }

    /// What the world calls things.
    pub(super) fn models(&self) -> &'d Models {
        self.judge.models
    }

    /// Whether what begins at this byte lies in a text in the file: a script in a workflow, a cell.
    pub(super) fn is_nested(&self, at: usize) -> bool {
        let facts = self.document.facts.iter();
        let mut around = facts.filter(|fact| (fact.span.start..=fact.span.end).contains(&at));
        around.any(|fact| fact.place.len() > 1)
    }

    /// The bytes of a fact.
    pub(super) fn span(&self, at: usize) -> Span {
        let fact = self.document.facts.get(at);
        fact.map_or(0..0, |fact| fact.span.clone())
    }

    /// A command with the words that its variables hold, if there are any.
    pub(super) fn filled(&self, at: usize) -> Option<Command> {
        let fact = self.document.facts.get(at)?;
        let FactKind::Command(command) = &fact.kind else {
            return None;
        };
        let is_variable = |word: &Spanned<Value>| matches!(word.value, Value::Variable(..));
        if !command.words.iter().any(is_variable) {
            return None;
        }
        let arrays = || Arrays::new(self.document, self.file.text);
        self.arrays
            .get_or_init(arrays)
            .filled(self.document, at, fact)
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
        settings.flatten().any(|entry| {
            wanted
                .iter()
                .any(|path| path.fits(&entry.path, &self.models().names))
        })
    }

    /// Whether the environment of a command, as its file gives it, has a setting.
    pub(super) fn is_given(&self, fact: &Fact, wanted: &[PathPattern]) -> bool {
        // What is wanted belongs to a pattern, which stays where it is.
        let asked = (wanted.as_ptr().addr(), fact.place.clone());
        let known = self.given.borrow().get(&asked).copied();
        let given = known.unwrap_or_else(|| self.gives(fact, wanted));
        self.given.borrow_mut().insert(asked, given);
        given || self.is_handed(fact, wanted)
    }

    /// Whether the command that runs the script which a fact is of hands it a variable.
    fn is_handed(&self, fact: &Fact, wanted: &[PathPattern]) -> bool {
        let [.., Place::Embedded, Place::Document(_)] = fact.place.as_slice() else {
            return false;
        };
        self.look()
            && self.document.facts.iter().any(|other| match &other.kind {
                FactKind::Command(command) if output::holds(other, fact) => {
                    let handed = command::handed(command, self.models());
                    let wants = |name: &String| {
                        wanted
                            .iter()
                            .any(|path| path.fits(&[name], &self.models().names))
                    };
                    handed.iter().any(wants)
                }
                _ => false,
            })
    }

    fn gives(&self, fact: &Fact, wanted: &[PathPattern]) -> bool {
        self.look()
            && self.document.facts.iter().any(|other| match &other.kind {
                FactKind::Setting(setting) => entry::of_setting(setting).iter().any(|entry| {
                    wanted
                        .iter()
                        .any(|path| path.fits(&entry.path, &self.models().names))
                        && covers(&other.place, &entry.path, fact)
                }),
                FactKind::Command(command) => {
                    let wants = |name: &&str| {
                        wanted
                            .iter()
                            .any(|path| path.fits(&[name], &self.models().names))
                    };
                    fact.place.starts_with(&other.place)
                        && arrays::exported(command).iter().any(wants)
                }
                FactKind::Call(_) => false,
            })
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
        let is = |word: &Spanned<Value>| self.is_one_of(word, classes);
        later
            .filter(|other| other.place.starts_with(&fact.place) || trace::same_script(fact, other))
            .any(|other| match &other.kind {
                FactKind::Command(command) => {
                    command.words.iter().any(is)
                        || command.assignments.iter().any(|set| is(&set.value))
                }
                FactKind::Setting(setting) => is(&setting.value),
                FactKind::Call(_) => false,
            })
    }

    /// Whether a command has the shell print those after it, one of which has a word of one of these
    /// classes before printing is turned off.
    pub(super) fn traces(&self, at: usize, classes: &[ValueClass]) -> bool {
        let Some(fact) = self.document.facts.get(at).filter(|_| self.look()) else {
            return false;
        };
        let FactKind::Command(command) = &fact.kind else {
            return false;
        };
        if trace::switch(command) != Some(true) {
            return false;
        }
        let end = trace::end(self.file.text, &fact.span);
        let later = self.document.facts.iter().skip(at + 1);
        let is = |word: &Spanned<Value>| self.is_one_of(word, classes);
        // What a shell prints has the output of other commands in it.
        let is_set = |setting: &Setting| {
            let name = setting.path.last().map(|key| key.value.as_str());
            let read = matches!(setting.value.value, Value::Substitution(_));
            is(&setting.value)
                || (read && name.is_some_and(|name| self.models().names.is_any(name)))
        };
        // Scripts within commands are run by shells of their own.
        let traced = later
            .filter(|other| trace::same_script(fact, other))
            .take_while(|other| other.span.start < end);
        for other in traced {
            match &other.kind {
                FactKind::Command(command) => {
                    if trace::switch(command) == Some(false) {
                        return false;
                    }
                    if command.words.iter().any(is) || command.assignments.iter().any(is_set) {
                        return true;
                    }
                }
                FactKind::Setting(setting) if is_set(setting) => return true,
                _ => {}
            }
        }
        false
    }

    /// What must hold for a shell to print a command before it runs it, by the way that it was
    /// started; none if it does not.
    pub(super) fn traced(&self, at: usize) -> Option<Option<Condition>> {
        let fact = self.document.facts.get(at)?;
        let is_file = fact.place == [Place::Document(Format::Shell)];
        let by_line = || {
            *self
                .traced
                .get_or_init(|| trace::in_first_line(self.file.text))
        };
        match is_file {
            true if by_line() => Some(None),
            true => Some(Some(Condition::RunBy(Runner::Tracing))),
            false => trace::in_argument(self.document, at, self.models()).then_some(None),
        }
    }

    fn is_one_of(&self, word: &Spanned<Value>, classes: &[ValueClass]) -> bool {
        let mut classes = classes.iter();
        classes.any(|class| self.judge.is(word, *class))
    }

    /// Whether what a command prints goes to where people and logs see it. A `dump` is one of all
    /// variables.
    pub(super) fn shows(&self, at: usize, dump: bool) -> bool {
        let outputs = self.outputs.get_or_init(|| Outputs::new(self.document));
        outputs.are_seen(self.document, at, dump, self.judge)
    }

    /// Whether what a command prints goes to a file that stays.
    pub(super) fn keeps(&self, at: usize) -> bool {
        let outputs = self.outputs.get_or_init(|| Outputs::new(self.document));
        outputs.are_kept(self.document, at, self.judge)
    }

    /// Takes note that all facts are looked at; false if that was too often.
    fn look(&self) -> bool {
        let looks = self.looks.get().saturating_add(self.document.facts.len());
        self.looks.set(looks);
        looks <= MOST_LOOKS
    }
}

/// Whether a setting at a place, such as `jobs.a.env.X`, is given to a command: it stands in the same
/// script, or above the script in the document that has it (`jobs.a.steps.0.run`).
fn covers(place: &[Place], path: &[String], fact: &Fact) -> bool {
    let documents = |place: &[Place]| {
        let documents = place
            .iter()
            .filter(|place| !matches!(place, Place::Instruction(_)));
        documents.cloned().collect::<Vec<_>>()
    };
    let (outer, inner) = (documents(place), documents(&fact.place));
    let Some(rest) = inner.strip_prefix(outer.as_slice()) else {
        return false;
    };
    let Some(Place::Key(key)) = rest.first() else {
        return true;
    };
    // The map of variables and the variable are left out, and what runs the script: a container.
    let mut above = path.get(..path.len().saturating_sub(2)).unwrap_or_default();
    if let [rest @ .., last] = above
        && matches!(last.as_str(), "container" | "image" | "config")
    {
        above = rest;
    }
    let above = above.join(".");
    above.is_empty()
        || key
            .strip_prefix(&above)
            .is_some_and(|rest| rest.starts_with('.'))
}
