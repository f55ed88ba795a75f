//! Words of commands that a script keeps in variables: `ARGS=(-e A=b)`, `run "${ARGS[@]}"`.

use std::cell::Cell;
use std::collections::HashMap;

use super::trace;
use crate::syntax::{Command, Document, Fact, FactKind, Format, Place, Setting, Spanned, Value};

/// How many words variables may add to one command.
const MAX_WORDS: usize = 500;

/// How many words they may add to all commands of a document.
const MAX_ADDED: usize = 20_000;

/// How many assignments to one variable are looked at.
const MAX_HELD: usize = 64;

/// The variables of a document that hold words, by name.
#[derive(Debug, Default)]
pub(super) struct Arrays {
    held: HashMap<String, Vec<Held>>,
    /// How many words were added.
    added: Cell<usize>,
}

#[derive(Debug)]
struct Held {
    /// The place of the assignment among the facts.
    at: usize,
    words: Vec<Spanned<Value>>,
    /// Whether it adds to what is there: `ARGS+=(…)`.
    adds: bool,
    /// Whether it is an array, as against a text that is split at its blanks.
    is_array: bool,
}

impl Arrays {
    /// Collects the variables. `text` is that of the file.
    pub(super) fn new(document: &Document, text: &[u8]) -> Self {
        let mut arrays = Self::default();
        for (at, fact) in document.facts.iter().enumerate() {
            let shell = fact.place.last() == Some(&Place::Document(Format::Shell));
            match &fact.kind {
                FactKind::Setting(setting) if shell => arrays.hold(at, setting, text),
                _ => {}
            }
        }
        arrays
    }

    fn hold(&mut self, at: usize, setting: &Setting, text: &[u8]) {
        let [key] = setting.path.as_slice() else {
            return;
        };
        let (mut words, is_array) = match &setting.value.value {
            Value::List(words) => (words.clone(), true),
            Value::Text(_) | Value::Literal(_) => (split(&setting.value, text), false),
            _ => return,
        };
        let is_self = |word: &Spanned<Value>| matches!(&word.value, Value::Variable(name, _) if *name == key.value);
        let own = words.first().is_some_and(is_self);
        if own {
            words.remove(0);
        }
        let adds = own || text.get(key.span.end) == Some(&b'+');
        // A text of one word is a value, not words.
        if words.is_empty() || (!is_array && words.len() < 2) {
            return;
        }
        words.truncate(MAX_WORDS);
        let held = self.held.entry(key.value.clone()).or_default();
        if held.len() < MAX_HELD {
            held.push(Held {
                at,
                words,
                adds,
                is_array,
            });
        }
    }

    /// A command with the words that its variables hold; none if they hold none.
    pub(super) fn filled(&self, document: &Document, at: usize, fact: &Fact) -> Option<Command> {
        let FactKind::Command(command) = &fact.kind else {
            return None;
        };
        if self.held.is_empty() || self.added.get() >= MAX_ADDED {
            return None;
        }
        let mut added = 0;
        let mut words = Vec::new();
        for word in &command.words {
            let held = match &word.value {
                Value::Variable(name, _) if added < MAX_WORDS => {
                    self.words(document, at, fact, name)
                }
                _ => Vec::new(),
            };
            added += held.len();
            match held.is_empty() {
                true => words.push(word.clone()),
                false => words.extend(held.into_iter().cloned()),
            }
        }
        self.added.set(self.added.get() + added);
        (added > 0).then(|| Command {
            words,
            ..command.clone()
        })
    }

    /// What a variable holds where a fact uses it.
    fn words(
        &self,
        document: &Document,
        at: usize,
        fact: &Fact,
        name: &str,
    ) -> Vec<&Spanned<Value>> {
        let mut words = Vec::new();
        let held = self.held.get(name).into_iter().flatten();
        for held in held.take_while(|held| held.at < at) {
            let script = document.facts.get(held.at);
            if !script.is_some_and(|setting| trace::same_script(setting, fact)) {
                continue;
            }
            if !held.adds {
                words.clear();
            }
            let first = held.words.first().map(|word| &word.value);
            let option = match first {
                Some(Value::Literal(text)) => text.starts_with('-'),
                _ => false,
            };
            // Of a text that does not begin with an option, it is not known that it is one of words.
            if held.is_array || option {
                words.extend(&held.words);
            }
        }
        words.truncate(MAX_WORDS);
        words
    }
}

/// The variables that a command hands to all later ones: `export HF_TOKEN`.
pub(super) fn exported(command: &Command) -> Vec<&str> {
    if command.program() != Some("export") {
        return Vec::new();
    }
    let words = command.words.iter().skip(1);
    words
        .filter_map(|word| match &word.value {
            Value::Literal(text) if !text.starts_with('-') => text.split('=').next(),
            _ => None,
        })
        .collect()
}

/// A text divided at its blanks, as a shell does with a variable outside of quotes. `file` is the text
/// of the file.
fn split(value: &Spanned<Value>, file: &[u8]) -> Vec<Spanned<Value>> {
    let parts = match &value.value {
        Value::Text(parts) => parts.as_slice(),
        _ => std::slice::from_ref(value),
    };
    let mut words: Vec<Vec<Spanned<Value>>> = vec![Vec::new()];
    for part in parts {
        let Value::Literal(text) = &part.value else {
            if let Some(word) = words.last_mut() {
                word.push(part.clone());
            }
            continue;
        };
        // Quotes may stand around it.
        let source = file.get(part.span.clone()).unwrap_or_default();
        let exact = memchr::memmem::find(source, text.as_bytes());
        let mut start = 0;
        for piece in text.split_inclusive(|c: char| c.is_ascii_whitespace()) {
            let word = piece.trim_end_matches(|c: char| c.is_ascii_whitespace());
            let from = start;
            start += piece.len();
            if let Some(last) = words.last_mut()
                && !word.is_empty()
            {
                last.push(Spanned {
                    value: Value::Literal(word.to_owned()),
                    span: exact.map_or(part.span.clone(), |at| {
                        let from = part.span.start + at + from;
                        from..from + word.len()
                    }),
                });
            }
            if word.len() < piece.len() {
                words.push(Vec::new());
            }
        }
    }
    let words = words.into_iter().filter(|word| !word.is_empty());
    words.map(joined).collect()
}

/// The parts of a word as one value.
fn joined(mut parts: Vec<Spanned<Value>>) -> Spanned<Value> {
    let start = parts.first().map_or(0, |part| part.span.start);
    let end = parts.last().map_or(start, |part| part.span.end);
    match parts.len() {
        1 => parts.remove(0),
        _ => Spanned {
            value: Value::Text(parts),
            span: start..end.max(start),
        },
    }
}
