//! Objects: how they are written, and what is put into them later.

use super::source::Source;
use crate::syntax::program::cst::Id;
use crate::syntax::program::{
    ANY, Bound, Depth, Entries, concatenated, merged, put, put_all, removed, simplified, with_entry,
};
use crate::syntax::{Spanned, Value};

impl Source<'_> {
    /// `{a: 1, b, ...rest}`
    pub(super) fn object(&self, node: Id, depth: Depth<'_>) -> Value {
        let mut entries = Entries::new();
        // What comes after something that was spread takes its place.
        let mut spread = false;
        let add = |entries: &mut Entries, spread: bool, key, value| {
            if spread {
                put(&self.budget, entries, key, value);
            } else {
                entries.push((key, value));
            }
        };
        for item in self.tree.items(node) {
            let field = |name| self.tree.field(item, name);
            match self.tree.kind(item) {
                "pair" => {
                    if let (Some(key), Some(value)) = (field("key"), field("value")) {
                        let (key, value) = (self.key(key, depth), self.spanned(value, depth));
                        add(&mut entries, spread, key, value);
                    }
                }
                "shorthand_property_identifier" => {
                    let (key, value) = (self.key(item, depth), self.spanned(item, depth));
                    add(&mut entries, spread, key, value);
                }
                "spread_element" => {
                    if let Some(inner) = self.tree.only(item) {
                        // `...(token ? { A: token } : {})`
                        let inner = self.spanned(inner, depth);
                        put_all(&self.budget, &mut entries, inner);
                        spread = true;
                    }
                }
                _ => {}
            }
        }
        simplified(entries)
    }

    /// A key of an object; `*` if it is not known.
    pub(super) fn key(&self, node: Id, depth: Depth<'_>) -> Spanned<String> {
        match self.tree.kind(node) {
            "computed_property_name" => match self.tree.only(node) {
                Some(inner) => self.key(inner, depth),
                None => self.written(node),
            },
            "property_identifier"
            | "private_property_identifier"
            | "shorthand_property_identifier"
            | "number" => self.written(node),
            _ => {
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
        }
    }

    /// A value after something was put into it.
    pub(super) fn changed(&self, value: Value, change: &Bound, depth: Depth<'_>) -> Value {
        let Some(left) = depth.left.checked_sub(1).filter(|_| self.budget.spend(1)) else {
            return value;
        };
        let depth = Depth { left, ..depth };
        match change {
            Bound::Entry(keys, given) => {
                let keys: Vec<_> = keys.iter().map(|key| self.key(*key, depth)).collect();
                let given = self.spanned(*given, depth);
                with_entry(&self.budget, emptied(value), keys, given)
            }
            Bound::Update(call) => {
                let arguments = self.tree.field(*call, "arguments");
                let given = arguments.into_iter().flat_map(|list| self.tree.items(list));
                let mut value = value;
                for argument in given.skip(1) {
                    let other = self.value(argument, depth);
                    value = merged(&self.budget, emptied(value), other);
                }
                value
            }
            Bound::Add(other) => {
                let added = self.spanned(*other, depth);
                let span = self.origin(*other);
                concatenated(vec![Spanned { value, span }, added])
            }
            Bound::Remove(key) => match value {
                Value::Map(_) | Value::WholeEnvironment => removed(value, self.key(*key, depth)),
                other => other,
            },
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
}

/// `new Headers()` and its kin as an empty map, to which entries are added.
fn emptied(value: Value) -> Value {
    match value {
        Value::Call(call)
            if matches!(
                call.callee.value.as_str(),
                "Map" | "Headers" | "FormData" | "URLSearchParams"
            ) =>
        {
            Value::Map(Entries::new())
        }
        other => other,
    }
}
