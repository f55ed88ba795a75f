//! A fact as a subject and entries, which is how patterns look at it.

use super::command;
use crate::rule::{FactPattern, Subject};
use crate::span::Span;
use crate::syntax::{Argument, Call, Fact, FactKind, Setting, Spanned, Value};

/// How deep maps in arguments are looked into.
const MAX_DEPTH: usize = 8;

/// The most entries of one fact.
const MOST: usize = 2_000;

/// One thing that is given to something: a setting, an argument, an option, an entry of a map.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Its names, outermost first.
    pub(super) path: Vec<String>,
    /// Where its own name stands, if it has one.
    pub(super) key: Option<Span>,
    /// What is given.
    pub(super) value: Spanned<Value>,
}

impl Entry {
    /// The bytes to point at: name and value, where they lie together within `most` bytes, or else
    /// the name, or else the value.
    pub(super) fn span(&self, most: usize) -> Span {
        let value = &self.value.span;
        match &self.key {
            Some(key) if value.end >= key.end && value.end - key.start <= most => {
                key.start..value.end
            }
            Some(key) => key.clone(),
            None => value.clone(),
        }
    }
}

/// A fact, taken apart.
pub(super) struct Shape {
    pub(super) subject: Subject,
    /// The callee or the program, for messages.
    pub(super) subject_name: String,
    /// Where it stands.
    pub(super) subject_span: Span,
    /// The callee in parts, or the program and the words after it.
    names: Vec<String>,
    /// The entries; of a command, those that do not depend on the pattern's program.
    entries: Vec<Entry>,
    command: Option<command::Line>,
}

impl Shape {
    pub(super) fn of(fact: &Fact) -> Self {
        match &fact.kind {
            FactKind::Setting(setting) => Self::of_setting(setting, fact),
            FactKind::Call(call) => Self::of_call(call),
            FactKind::Command(command) => {
                let line = command::Line::new(command);
                let name = line.as_ref().map(command::Line::name);
                let span = line.as_ref().map(|line| line.span.clone());
                Self {
                    subject: Subject::Command,
                    subject_name: name.unwrap_or_default(),
                    subject_span: span.unwrap_or_else(|| fact.span.clone()),
                    names: Vec::new(),
                    entries: Vec::new(),
                    command: line,
                }
            }
        }
    }

    fn of_setting(setting: &Setting, fact: &Fact) -> Self {
        let path: Vec<String> = setting.path.iter().map(|key| key.value.clone()).collect();
        let entry = Entry {
            key: setting.path.last().map(|key| key.span.clone()),
            value: setting.value.clone(),
            path,
        };
        Self {
            subject: Subject::Setting,
            subject_name: entry.path.join("."),
            subject_span: fact.span.clone(),
            names: Vec::new(),
            entries: vec![entry],
            command: None,
        }
    }

    fn of_call(call: &Call) -> Self {
        let mut entries = Vec::new();
        let mut place = 0;
        for Argument { name, value } in &call.arguments {
            let (path, key) = match name {
                Some(name) => (name.value.clone(), Some(name.span.clone())),
                None => {
                    place += 1;
                    ((place - 1).to_string(), None)
                }
            };
            collect(vec![path], key, value, 0, &mut entries);
        }
        Self {
            subject: Subject::Call,
            subject_name: call.callee.value.clone(),
            subject_span: call.callee.span.clone(),
            names: call.callee.value.split('.').map(str::to_owned).collect(),
            entries,
            command: None,
        }
    }

    /// The entries that a pattern may look at; none if the subject is another.
    pub(super) fn entries_for(&self, pattern: &FactPattern) -> Option<Vec<Entry>> {
        let fits = match self.subject {
            Subject::Command => {
                let line = self.command.as_ref()?;
                return pattern
                    .program
                    .iter()
                    .find_map(|program| line.entries(program));
            }
            Subject::Call => pattern.callee.iter().any(|path| path.fits(&self.names)),
            Subject::Setting => true,
        };
        fits.then(|| self.entries.clone())
    }
}

/// Lists a value under its path, and what is in it.
pub(super) fn collect(
    path: Vec<String>,
    key: Option<Span>,
    value: &Spanned<Value>,
    depth: usize,
    into: &mut Vec<Entry>,
) {
    if into.len() >= MOST {
        return;
    }
    let below = |name: String| {
        let mut path = path.clone();
        path.push(name);
        path
    };
    match &value.value {
        Value::Map(entries) if depth < MAX_DEPTH => {
            for (name, value) in entries {
                collect(
                    below(name.value.clone()),
                    Some(name.span.clone()),
                    value,
                    depth + 1,
                    into,
                );
            }
        }
        Value::List(items) if depth < MAX_DEPTH => {
            for (place, item) in items.iter().enumerate() {
                match named_pair(item) {
                    Some((name, value)) => {
                        collect(
                            below(name.value.clone()),
                            Some(name.span.clone()),
                            value,
                            depth + 1,
                            into,
                        );
                    }
                    None => collect(below(place.to_string()), None, item, depth + 1, into),
                }
            }
        }
        _ => {}
    }
    into.push(Entry {
        path,
        key,
        value: value.clone(),
    });
}

/// A map in a list that only names a value: `{"key": "A", "value": "1"}`.
fn named_pair(item: &Spanned<Value>) -> Option<(Spanned<String>, &Spanned<Value>)> {
    let Value::Map(entries) = &item.value else {
        return None;
    };
    let get = |wanted: [&str; 2]| {
        let mut entries = entries.iter();
        entries
            .find(|(name, _)| wanted.contains(&name.value.as_str()))
            .map(|(_, value)| value)
    };
    let name = get(["key", "name"])?;
    let Value::Literal(text) = &name.value else {
        return None;
    };
    let name = Spanned {
        value: text.clone(),
        span: name.span.clone(),
    };
    Some((name, get(["value", "value"])?))
}
