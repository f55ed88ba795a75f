//! Maps: how they are written, and what is put into them later.

use super::bindings::Binding;
use super::context::EvalContext;
use super::maps::{ANY, Entries, merged, put, put_all, removed, simplified, with_entry};
use super::resolve::has;
use super::source::Program;
use super::texts::concatenated;
use super::tree::{Id, Kind, Role};
use crate::syntax::{Spanned, Value};

impl Program<'_> {
    /// `{"a": 1, b, **rest}`
    pub(super) fn map(&self, node: Id, context: EvalContext<'_>) -> Value {
        let mut entries = Entries::new();
        // What comes after something that was unpacked takes its place.
        let mut unpacked = false;
        for item in self.tree.children(node) {
            let child = |role| self.child(item, role);
            let (key, value) = match self.kind(item) {
                Kind::Pair => match (child(Role::Key), child(Role::Value)) {
                    (Some(key), Some(value)) => (key, value),
                    _ => continue,
                },
                Kind::Shorthand => (item, item),
                Kind::Spread | Kind::SpreadMap => {
                    // `...(token ? { A: token } : {})`
                    if let Some(inner) = child(Role::Value) {
                        let inner = self.spanned(inner, context);
                        put_all(&self.budget, &mut entries, inner);
                        unpacked = true;
                    }
                    continue;
                }
                _ => continue,
            };
            let (key, value) = (self.key(key, context), self.spanned(value, context));
            if unpacked {
                put(&self.budget, &mut entries, key, value);
            } else {
                entries.push((key, value));
            }
        }
        simplified(entries)
    }

    /// A key of a map; `*` if it is not known.
    pub(super) fn key(&self, node: Id, context: EvalContext<'_>) -> Spanned<String> {
        if matches!(self.kind(node), Kind::Key | Kind::Shorthand) {
            return self.written(node);
        }
        let key = self.spanned(node, context);
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
    pub(super) fn changed(
        &self,
        value: Value,
        change: &Binding,
        context: EvalContext<'_>,
    ) -> Value {
        let Some(left) = context.left.checked_sub(1).filter(|_| self.budget.spend(1)) else {
            return value;
        };
        let context = EvalContext { left, ..context };
        match change {
            Binding::Entry(keys, given) => self.with_entries(value, (keys, *given), context),
            Binding::Remove(key) => match value {
                Value::Map(_) | Value::WholeEnvironment => removed(value, self.key(*key, context)),
                other => other,
            },
            Binding::Update(call) => {
                let arguments = self.given(*call);
                merged(&self.budget, value, self.entries_of(&arguments, context))
            }
            Binding::Assign(call) => {
                let others = self.given(*call).into_iter().skip(1);
                others.fold(value, |value, other| {
                    let other = self.value(other, context);
                    merged(&self.budget, self.emptied(value), other)
                })
            }
            Binding::Merge(other) => {
                let other = self.value(*other, context);
                merged(&self.budget, value, other)
            }
            Binding::Add(other) => {
                let added = self.spanned(*other, context);
                let span = self.origin(*other);
                concatenated(vec![Spanned { value, span }, added])
            }
            Binding::Append(item) => match value {
                Value::List(mut items) => {
                    items.push(self.spanned(*item, context));
                    Value::List(items)
                }
                other => other,
            },
            _ => value,
        }
    }

    /// A map with an entry, in every turn of the loop around it.
    fn with_entries(
        &self,
        value: Value,
        (keys, given): (&[Id], Id),
        context: EvalContext<'_>,
    ) -> Value {
        let turns = match context.turn {
            None => self.turns_around(given, context),
            Some(_) => None,
        };
        let turns = match turns {
            Some((of, turns)) => (0..turns).map(|turn| Some((of, turn))).collect(),
            None => vec![context.turn],
        };
        turns.into_iter().fold(value, |value, turn| {
            let context = EvalContext { turn, ..context };
            let keys = keys.iter().map(|key| self.key(*key, context)).collect();
            let given = self.spanned(given, context);
            with_entry(&self.budget, self.emptied(value), keys, given)
        })
    }

    /// `new Headers()` and its kin as an empty map, to which entries are added.
    fn emptied(&self, value: Value) -> Value {
        match value {
            Value::Call(call) if has(&self.vocabulary.containers, &call.callee.value) => {
                Value::Map(Entries::new())
            }
            other => other,
        }
    }

    /// The arguments of `dict(…)` and `x.update(…)` as a map.
    pub(super) fn entries_of(&self, arguments: &[Id], context: EvalContext<'_>) -> Value {
        let mut entries = Entries::new();
        for argument in arguments {
            let child = |role| self.child(*argument, role);
            match (self.kind(*argument), child(Role::Name), child(Role::Value)) {
                (Kind::Keyword, Some(name), Some(value)) => {
                    let key = self.written(name);
                    let value = self.spanned(value, context);
                    put(&self.budget, &mut entries, key, value);
                }
                (Kind::SpreadMap, _, Some(inner)) => {
                    let inner = self.spanned(inner, context);
                    put_all(&self.budget, &mut entries, inner);
                }
                _ => {
                    let given = self.spanned(*argument, context);
                    put_all(&self.budget, &mut entries, given);
                }
            }
        }
        simplified(entries)
    }
}
