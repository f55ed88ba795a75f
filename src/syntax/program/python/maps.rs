//! Maps: how they are written, and what is put into them later.

use super::source::Source;
use crate::syntax::program::cst::Id;
use crate::syntax::program::{
    ANY, Bound, Depth, Entries, concatenated, merged, put, put_all, removed, simplified, with_entry,
};
use crate::syntax::{Spanned, Value};

impl Source<'_> {
    /// `{"a": 1, **rest}`
    pub(super) fn dictionary(&self, node: Id, depth: Depth<'_>) -> Value {
        let mut entries = Entries::new();
        // What comes after something that was unpacked takes its place.
        let mut unpacked = false;
        for item in self.tree.items(node) {
            match self.tree.kind(item) {
                "pair" => {
                    let (Some(key), Some(value)) =
                        (self.tree.field(item, "key"), self.tree.field(item, "value"))
                    else {
                        continue;
                    };
                    let (key, value) = (self.key(key, depth), self.spanned(value, depth));
                    if unpacked {
                        put(&self.budget, &mut entries, key, value);
                    } else {
                        entries.push((key, value));
                    }
                }
                "dictionary_splat" => {
                    if let Some(inner) = self.tree.only(item) {
                        let inner = self.spanned(inner, depth);
                        put_all(&self.budget, &mut entries, inner);
                        unpacked = true;
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

    /// A value after something was put into it.
    pub(super) fn changed(&self, value: Value, change: &Bound, depth: Depth<'_>) -> Value {
        let Some(left) = depth.left.checked_sub(1).filter(|_| self.budget.spend(1)) else {
            return value;
        };
        let depth = Depth { left, ..depth };
        let side = |node: Id, value: Value| Spanned {
            value,
            span: self.origin(node),
        };
        match change {
            Bound::Entry(keys, given) => {
                let turns = match depth.turn {
                    None => self.turns_around(*given, depth),
                    Some(_) => None,
                };
                let turns = match turns {
                    Some((of, turns)) => (0..turns).map(|turn| Some((of, turn))).collect(),
                    None => vec![depth.turn],
                };
                let mut value = value;
                for turn in turns {
                    let depth = Depth { turn, ..depth };
                    let keys: Vec<_> = keys.iter().map(|key| self.key(*key, depth)).collect();
                    let given = self.spanned(*given, depth);
                    value = with_entry(&self.budget, value, keys, given);
                }
                value
            }
            Bound::Remove(key) => match value {
                Value::Map(_) | Value::WholeEnvironment => removed(value, self.key(*key, depth)),
                other => other,
            },
            Bound::Update(call) => {
                let Some(arguments) = self.tree.field(*call, "arguments") else {
                    return value;
                };
                merged(&self.budget, value, self.entries_of(arguments, depth))
            }
            Bound::Merge(other) => {
                let other = self.value(*other, depth);
                merged(&self.budget, value, other)
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
                        let key = self.written(name);
                        let value = self.spanned(value, depth);
                        put(&self.budget, &mut entries, key, value);
                    }
                }
                "dictionary_splat" => {
                    if let Some(inner) = self.tree.only(argument) {
                        let inner = self.spanned(inner, depth);
                        put_all(&self.budget, &mut entries, inner);
                    }
                }
                _ => {
                    let given = self.spanned(argument, depth);
                    put_all(&self.budget, &mut entries, given);
                }
            }
        }
        simplified(entries)
    }
}
