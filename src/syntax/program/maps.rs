//! Maps, and what is put into them.

use super::context::Budget;
use crate::syntax::{Argument, Spanned, Value};

/// A key that is not known; the rest of a map that is not known has the key `**`.
pub(super) const ANY: &str = "*";

/// The key of a map's part whose own entries are not known.
pub(super) const REST: &str = "**";

/// The entries of a map.
pub(super) type Entries = Vec<(Spanned<String>, Spanned<Value>)>;

/// Two maps as one; the second wins.
pub(super) fn merged(budget: &Budget, first: Value, second: Value) -> Value {
    let mut entries = into_entries(first);
    for (key, value) in into_entries(second) {
        put(budget, &mut entries, key, value);
    }
    simplified(entries)
}

/// A map with an entry at a path of keys.
pub(super) fn with_entry(
    budget: &Budget,
    value: Value,
    keys: Vec<Spanned<String>>,
    given: Spanned<Value>,
) -> Value {
    let mut keys = keys.into_iter();
    let Some(key) = keys.next() else {
        return given.value;
    };
    let mut entries = into_entries(value);
    if keys.len() == 0 {
        put(budget, &mut entries, key, given);
        return Value::Map(entries);
    }
    let held = entries
        .iter()
        .position(|(other, _)| other.value == key.value);
    let held = held.map(|place| entries.remove(place).1.value);
    // Front-ends give at most 16 keys.
    let inner = Spanned {
        value: with_entry(budget, held.unwrap_or(Value::Null), keys.collect(), given),
        span: key.span.clone(),
    };
    entries.push((key, inner));
    Value::Map(entries)
}

/// Puts an entry into a map, in the place of an older one.
pub(super) fn put(
    budget: &Budget,
    entries: &mut Entries,
    key: Spanned<String>,
    value: Spanned<Value>,
) {
    let known = key.value != ANY && key.value != REST;
    if known && budget.spend(entries.len() / 16 + 1) {
        entries.retain(|(other, _)| other.value != key.value);
    }
    entries.push((key, value));
}

/// Puts all that a value holds into a map.
pub(super) fn put_all(budget: &Budget, entries: &mut Entries, given: Spanned<Value>) {
    match given.value {
        Value::Map(inner) => {
            for (key, value) in inner {
                put(budget, entries, key, value);
            }
        }
        // `dict([("a", 1)])`
        Value::List(items) => {
            for item in items {
                if let Value::List(pair) = item.value
                    && let Ok([key, value]) = <[Spanned<Value>; 2]>::try_from(pair)
                    && let Value::Literal(text) = key.value
                {
                    let key = Spanned {
                        value: text,
                        span: key.span,
                    };
                    put(budget, entries, key, value);
                }
            }
        }
        Value::Null => {}
        _ => entries.push(rest(given)),
    }
}

fn rest(value: Spanned<Value>) -> (Spanned<String>, Spanned<Value>) {
    let key = Spanned {
        value: REST.to_owned(),
        span: value.span.clone(),
    };
    (key, value)
}

fn into_entries(value: Value) -> Entries {
    match value {
        Value::Map(entries) => entries,
        Value::Null | Value::Unknown => Entries::new(),
        // Its bytes are elsewhere, at the name that was followed.
        other => vec![rest(Spanned {
            value: other,
            span: 0..0,
        })],
    }
}

/// A map of nothing but the whole environment is that.
pub(super) fn simplified(mut entries: Entries) -> Value {
    if let [(key, value)] = entries.as_slice()
        && key.value == REST
        && value.value == Value::WholeEnvironment
    {
        return entries.remove(0).1.value;
    }
    Value::Map(entries)
}

/// What a map has under a key: its own entry, or the variable of an environment that is in it.
pub(super) fn held(entries: Entries, key: &str) -> Option<Value> {
    let environment = entries
        .iter()
        .any(|(held, value)| held.value == REST && value.value == Value::WholeEnvironment);
    let place = entries.iter().rposition(|(held, _)| held.value == key);
    match place.and_then(|place| entries.into_iter().nth(place)) {
        Some((_, value)) => Some(value.value),
        None => environment.then(|| Value::Environment(key.to_owned(), None)),
    }
}

/// A map without the entry of a key. One whose other entries are not known has the key with nothing.
pub(super) fn removed(value: Value, key: Spanned<String>) -> Value {
    let mut entries = into_entries(value);
    entries.retain(|(other, _)| other.value != key.value);
    if entries.iter().any(|(other, _)| other.value == REST) {
        let span = key.span.clone();
        let value = Value::Null;
        entries.push((key, Spanned { value, span }));
    }
    Value::Map(entries)
}

/// The entries of a map as arguments.
pub(super) fn named(map: Spanned<Value>) -> Vec<Argument> {
    match map.value {
        Value::Map(entries) => entries
            .into_iter()
            .map(|(name, value)| Argument {
                name: Some(name),
                value,
            })
            .collect(),
        _ => vec![Argument {
            name: Some(Spanned {
                value: REST.to_owned(),
                span: map.span.clone(),
            }),
            value: map,
        }],
    }
}
