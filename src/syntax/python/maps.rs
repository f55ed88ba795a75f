//! Maps: how they are written, and what is put into them later.

use super::callee;
use super::names::Bound;
use super::source::Source;
use super::value::{ANY, Depth, REST, concatenated};
use crate::syntax::cst::Id;
use crate::syntax::{Spanned, Value};

/// The entries of a map.
pub(super) type Entries = Vec<(Spanned<String>, Spanned<Value>)>;

impl Source<'_> {
    /// `{"a": 1, **rest}`
    pub(super) fn dictionary(&self, node: Id, depth: Depth<'_>) -> Value {
        let mut entries = Entries::new();
        for item in self.tree.items(node) {
            match self.tree.kind(item) {
                "pair" => {
                    let (Some(key), Some(value)) =
                        (self.tree.field(item, "key"), self.tree.field(item, "value"))
                    else {
                        continue;
                    };
                    entries.push((self.key(key, depth), self.spanned(value, depth)));
                }
                "dictionary_splat" => {
                    if let Some(inner) = self.tree.only(item) {
                        let inner = self.spanned(inner, depth);
                        self.put_all(&mut entries, inner);
                    }
                }
                _ => {}
            }
        }
        simplified(entries)
    }

    /// A key of a map; `*` if it is not known.
    pub(super) fn key(&self, node: Id, depth: Depth<'_>) -> Spanned<String> {
        let key = self.spanned(node, depth);
        Spanned {
            value: match key.value {
                Value::Literal(text) => text,
                Value::Null => String::new(),
                _ => ANY.to_owned(),
            },
            span: key.span,
        }
    }

    /// `{k: v for k, v in os.environ.items()}`
    pub(super) fn comprehension(&self, node: Id) -> Value {
        let mut parts = self.tree.items(node);
        let clause = parts.find(|part| self.tree.kind(*part) == "for_in_clause");
        let over = clause.and_then(|clause| self.tree.field(clause, "right"));
        let over = over.map(|over| callee::resolve(self, over));
        match (over.as_deref(), parts.next()) {
            (Some("os.environ.items()"), None) => Value::WholeEnvironment,
            _ => Value::Unknown,
        }
    }

    /// A value after something was put into it.
    pub(super) fn changed(&self, value: Value, change: &Bound, depth: Depth<'_>) -> Value {
        let Some(left) = depth.left.checked_sub(1).filter(|_| self.spend(1)) else {
            return value;
        };
        let depth = Depth { left, ..depth };
        let side = |node: Id, value: Value| Spanned {
            value,
            span: self.origin(node),
        };
        match change {
            Bound::Entry(keys, given) => {
                let keys: Vec<_> = keys.iter().map(|key| self.key(*key, depth)).collect();
                let given = self.spanned(*given, depth);
                self.with_entry(value, keys, given)
            }
            Bound::Update(call) => {
                let Some(arguments) = self.tree.field(*call, "arguments") else {
                    return value;
                };
                self.merged(value, self.entries_of(arguments, depth))
            }
            Bound::Merge(other) => {
                let other = self.value(*other, depth);
                self.merged(value, other)
            }
            Bound::Add(other) => {
                let added = self.spanned(*other, depth);
                concatenated(vec![side(*other, value), added])
            }
            Bound::Append(item) => match value {
                Value::List(mut items) => {
                    items.push(self.spanned(*item, depth));
                    Value::List(items)
                }
                other => other,
            },
            _ => value,
        }
    }

    /// The arguments of `dict(…)` and `x.update(…)` as a map.
    pub(super) fn entries_of(&self, arguments: Id, depth: Depth<'_>) -> Value {
        let mut entries = Entries::new();
        for argument in self.tree.items(arguments) {
            match self.tree.kind(argument) {
                "keyword_argument" => {
                    let field = |name| self.tree.field(argument, name);
                    if let (Some(name), Some(value)) = (field("name"), field("value")) {
                        let key = Spanned {
                            value: self.string(name),
                            span: self.origin(name),
                        };
                        let value = self.spanned(value, depth);
                        self.put(&mut entries, key, value);
                    }
                }
                "dictionary_splat" => {
                    if let Some(inner) = self.tree.only(argument) {
                        let inner = self.spanned(inner, depth);
                        self.put_all(&mut entries, inner);
                    }
                }
                _ => {
                    let given = self.spanned(argument, depth);
                    self.put_all(&mut entries, given);
                }
            }
        }
        simplified(entries)
    }

    /// Two maps as one; the second wins.
    pub(super) fn merged(&self, first: Value, second: Value) -> Value {
        let mut entries = into_entries(first);
        for (key, value) in into_entries(second) {
            self.put(&mut entries, key, value);
        }
        simplified(entries)
    }

    fn with_entry(&self, value: Value, keys: Vec<Spanned<String>>, given: Spanned<Value>) -> Value {
        let mut keys = keys.into_iter();
        let Some(key) = keys.next() else {
            return given.value;
        };
        let mut entries = into_entries(value);
        if keys.len() == 0 {
            self.put(&mut entries, key, given);
            return Value::Map(entries);
        }
        let held = entries
            .iter()
            .position(|(other, _)| other.value == key.value);
        let held = held.map(|place| entries.remove(place).1.value);
        // At most 16 keys: see `entry_path`.
        let inner = Spanned {
            value: self.with_entry(held.unwrap_or(Value::Null), keys.collect(), given),
            span: key.span.clone(),
        };
        entries.push((key, inner));
        Value::Map(entries)
    }

    /// Puts an entry into a map, in the place of an older one.
    fn put(&self, entries: &mut Entries, key: Spanned<String>, value: Spanned<Value>) {
        let known = key.value != ANY && key.value != REST;
        if known && self.spend(entries.len() / 16 + 1) {
            entries.retain(|(other, _)| other.value != key.value);
        }
        entries.push((key, value));
    }

    fn put_all(&self, entries: &mut Entries, given: Spanned<Value>) {
        match given.value {
            Value::Map(inner) => {
                for (key, value) in inner {
                    self.put(entries, key, value);
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
                        self.put(entries, key, value);
                    }
                }
            }
            Value::Null => {}
            _ => entries.push(rest(given)),
        }
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
fn simplified(mut entries: Entries) -> Value {
    if let [(key, value)] = entries.as_slice()
        && key.value == REST
        && value.value == Value::WholeEnvironment
    {
        return entries.remove(0).1.value;
    }
    Value::Map(entries)
}
