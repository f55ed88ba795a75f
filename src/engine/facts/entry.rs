//! What is given to something, as one entry each: a setting, an argument, an option, a part of a map.

use crate::span::Span;
use crate::syntax::{Argument, Call, Setting, Spanned, Value};

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
    /// The bytes to point at: name and value, where they lie together within `most` bytes of the
    /// file; the value, where it has a line of its own; or else the name.
    pub(super) fn span(&self, file: &[u8], most: usize) -> Span {
        let value = &self.value.span;
        let Some(key) = &self.key else {
            return value.clone();
        };
        if value.end < key.end || value.end - key.start > most {
            return key.clone();
        }
        let between = file.get(key.end..value.start).unwrap_or_default();
        // What a name is given by a reference on lines of its own, as in Kubernetes, says little.
        let shown = self.value.value != Value::Unknown;
        match memchr::memchr(b'\n', between) {
            Some(_) if shown => value.clone(),
            Some(_) => key.clone(),
            None => key.start..value.end,
        }
    }
}

/// The bytes of a name and a value with the quotes around them.
pub(super) fn with_quotes(text: &[u8], span: Span) -> Span {
    let is_quote = |b: &&u8| matches!(b, b'"' | b'\'' | b'`');
    let before = span
        .start
        .checked_sub(1)
        .and_then(|at| text.get(at))
        .filter(is_quote);
    let start = span.start - usize::from(before.is_some());
    let inside = text.get(start..span.end).unwrap_or_default();
    let open = |quote: &&u8| memchr::memchr_iter(**quote, inside).count() % 2 == 1;
    let after = text.get(span.end).filter(is_quote).filter(open);
    let end = span.end + usize::from(after.is_some());
    // A quote that only ends something before is none of ours.
    if before.is_some_and(|quote| {
        memchr::memchr_iter(*quote, text.get(start..end).unwrap_or_default()).count() % 2 == 1
    }) {
        span.start..end
    } else {
        start..end
    }
}

/// A setting, and what is in its value.
pub(super) fn of_setting(setting: &Setting) -> Vec<Entry> {
    let mut entries = Vec::new();
    let path = setting.path.iter().map(|key| key.value.clone()).collect();
    let key = setting.path.last().map(|key| key.span.clone());
    collect(path, key, &setting.value, 0, &mut entries);
    entries
}

pub(super) fn of_call(call: &Call) -> Vec<Entry> {
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
    entries
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
        // What a program takes where the variable is not set.
        Value::Environment(name, Some(default)) | Value::Variable(name, Some(default))
            if depth < MAX_DEPTH =>
        {
            collect(below(name.clone()), None, default, depth + 1, into);
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
    let get = |wanted: &[&str]| {
        let mut entries = entries.iter();
        entries
            .find(|(name, _)| wanted.contains(&name.value.as_str()))
            .map(|(_, value)| value)
    };
    let name = get(&["key", "name"])?;
    let Value::Literal(text) = &name.value else {
        return None;
    };
    let name = Spanned {
        value: text.clone(),
        span: name.span.clone(),
    };
    Some((name, get(&["value"])?))
}
