//! Expressions as values.

use std::borrow::Cow;

use super::environment::{self, Read};
use super::source::Source;
use super::string;
use super::{callee, imports};
use crate::span::Span;
use crate::syntax::program::cst::Id;
use crate::syntax::program::{Bound, Depth, Parameter, concatenated, either, held};
use crate::syntax::{Spanned, Value};

impl Source<'_> {
    /// What an expression stands for: see the table of this language.
    pub(super) fn stands_for(&self, node: Id, depth: Depth<'_>) -> Value {
        let node = self.bare(node);
        let field = |name| self.tree.field(node, name);
        match self.tree.kind(node) {
            "identifier" | "shorthand_property_identifier" => {
                self.name(&self.string(node), node, depth)
            }
            "member_expression" | "subscript_expression" => self.member(node, depth),
            "string" | "template_string" => self.text_value(node, depth),
            "number" | "true" | "false" => Value::Literal(self.string(node).into_owned()),
            "null" | "undefined" => Value::Null,
            "array" => self.list(node, depth),
            "object" => self.object(node, depth),
            "call_expression" | "new_expression" => self.call_value(node, depth),
            "ternary_expression" => match (field("consequence"), field("alternative")) {
                (Some(first), Some(second)) => {
                    either(self.spanned(first, depth), self.spanned(second, depth))
                }
                _ => Value::Unknown,
            },
            "binary_expression" => self.operator(node, depth),
            "assignment_expression" => {
                field("right").map_or(Value::Unknown, |right| self.value(right, depth))
            }
            "unary_expression" => match field("argument").map(|inner| self.tree.kind(inner)) {
                Some("number") => Value::Literal(self.string(node).into_owned()),
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    /// What a name stands for where a node uses it.
    fn name(&self, name: &str, node: Id, depth: Depth<'_>) -> Value {
        let Some(found) = self.names.find(self, name, node) else {
            return environment::named(callee::resolve(self, node));
        };
        let mut value = match found.base {
            Some(Bound::Value(value)) => self.bound_to(*value, depth),
            Some(Bound::Part(whole, keys, default)) => self.part((*whole, keys), *default, depth),
            Some(Bound::Parameter(parameter)) => self
                .parameter(parameter, name, depth)
                .unwrap_or(Value::Unknown),
            Some(Bound::Import(target)) => environment::named(target.clone()),
            _ => Value::Unknown,
        };
        if value == Value::Unknown {
            value = Value::Name(name.to_owned());
        }
        for change in found.changes {
            value = self.changed(value, change, depth);
        }
        value
    }

    /// What a pattern gives to a name.
    pub(super) fn part_value(&self, bound: &Bound, depth: Depth<'_>) -> Value {
        match bound {
            Bound::Part(whole, keys, default) => self.part((*whole, keys), *default, depth),
            _ => Value::Unknown,
        }
    }

    /// The entry of an expression at a path of keys, or what stands for it if there is none.
    fn part(&self, (whole, keys): (Id, &[String]), default: Option<Id>, depth: Depth<'_>) -> Value {
        let whole = self.bare(whole);
        let mut value = match imports::loaded(self, whole) {
            Some(module) => environment::named(module),
            None => self.value(whole, depth),
        };
        for key in keys {
            value = entry(value, key);
        }
        match default {
            None => value,
            Some(default) => {
                let default = self.spanned(default, depth);
                match value {
                    Value::Environment(name, None) => {
                        Value::Environment(name, Some(Box::new(default)))
                    }
                    Value::Unknown | Value::Null | Value::Name(_) => default.value,
                    value => value,
                }
            }
        }
    }

    /// What a parameter is given: by the call that is looked into, or by the only one there is.
    fn parameter(&self, parameter: &Parameter, name: &str, depth: Depth<'_>) -> Option<Value> {
        let framed = depth
            .frame
            .filter(|frame| frame.function == parameter.function);
        let default = |depth| Some(self.value(parameter.default?, depth));
        let called = || self.only_call(&self.called_as(parameter.function)?);
        let Some(call) = framed.map_or_else(called, |frame| Some(frame.call)) else {
            // A type says as much as a name: `env: Env`.
            return default(depth);
        };
        let depth = Depth {
            frame: framed.and_then(|frame| frame.outer),
            ..depth
        };
        let arguments = self.tree.field(call, "arguments")?;
        for (place, argument) in self.tree.items(arguments).enumerate() {
            if self.tree.kind(argument) == "spread_element" {
                return None;
            }
            if Some(place) == parameter.index {
                let value = self.value(argument, depth);
                // A name of the same letters says no more.
                return (value != Value::Name(name.to_owned())).then_some(value);
            }
        }
        default(depth)
    }

    /// The name that a function is called by: a constructor by that of its class.
    fn called_as(&self, function: Id) -> Option<Cow<'_, str>> {
        let parent = self.tree.parent(function)?;
        let field = |node, name| self.tree.field(node, name);
        let name = match self.tree.kind(function) {
            "method_definition" => {
                let name = field(function, "name")?;
                if self.bytes(name) == b"constructor" {
                    field(self.tree.parent(parent)?, "name")?
                } else {
                    name
                }
            }
            "arrow_function" | "function_expression" => match self.tree.kind(parent) {
                "variable_declarator" => field(parent, "name")?,
                "pair" => field(parent, "key")?,
                "field_definition" => field(parent, "property")?,
                "public_field_definition" => field(parent, "name")?,
                _ => return None,
            },
            _ => field(function, "name")?,
        };
        Some(self.string(name))
    }

    /// `x.a`, `x["a"]`
    fn member(&self, node: Id, depth: Depth<'_>) -> Value {
        let tree = &self.tree;
        let resolved = callee::resolve(self, node);
        if environment::read(&resolved).is_some() && !resolved.ends_with(".*") {
            return environment::named(resolved);
        }
        if let Some(name) = self.simple(node) {
            let found = self.names.find(self, &name, node);
            if found.is_some_and(|found| found.base.is_some()) {
                return self.name(&name, node, depth);
            }
        }
        let unknown = |resolved| environment::named(resolved);
        let Some(object) = tree.field(node, "object") else {
            return Value::Unknown;
        };
        let key = match (tree.field(node, "property"), tree.field(node, "index")) {
            (Some(property), _) => self.string(property).into_owned(),
            (None, Some(index)) => self.key(index, depth).value,
            (None, None) => return Value::Unknown,
        };
        if let Some(value) = self.of_class(object, &key, depth) {
            return value;
        }
        match entry(self.value(object, depth), &key) {
            Value::Unknown | Value::Name(_) => unknown(resolved),
            value => value,
        }
    }

    /// `Config.TOKEN`
    fn of_class(&self, object: Id, name: &str, depth: Depth<'_>) -> Option<Value> {
        let found = self.names.find(self, &self.simple(object)?, object)?;
        let Some(Bound::Class(class)) = found.base else {
            return None;
        };
        let body = self.tree.field(*class, "body")?;
        match self.names.of_class(body, name)? {
            Bound::Value(value) => Some(self.value(*value, depth)),
            _ => None,
        }
    }

    /// A text with what is put into it.
    pub(super) fn text_value(&self, node: Id, depth: Depth<'_>) -> Value {
        let parts = self.parts(node, depth);
        if parts.is_empty() {
            return Value::Null;
        }
        concatenated(parts)
    }

    /// `a + b`, `a || b`, `a ?? b`, `a && b`. The left side is a chain that may be long.
    fn operator(&self, node: Id, depth: Depth<'_>) -> Value {
        let operator_of = |node| self.tree.field(node, "operator").map(|o| self.bytes(o));
        let operator = operator_of(node).unwrap_or_default();
        let mut rights = Vec::new();
        let mut at = node;
        while self.tree.kind(at) == "binary_expression" && operator_of(at) == Some(operator) {
            let (Some(left), Some(right)) =
                (self.tree.field(at, "left"), self.tree.field(at, "right"))
            else {
                return Value::Unknown;
            };
            rights.push(right);
            at = left;
        }
        if operator == b"&&" {
            let last = rights.first();
            return last.map_or(Value::Unknown, |last| self.value(*last, depth));
        }
        if !matches!(operator, b"+" | b"||" | b"??") {
            return Value::Unknown;
        }
        let mut parts = vec![self.spanned(at, depth)];
        for right in rights.into_iter().rev() {
            parts.push(self.spanned(right, depth));
        }
        if operator == b"+" {
            return concatenated(parts);
        }
        let one = |first: Spanned<Value>, second: Spanned<Value>| Spanned {
            span: first.span.clone(),
            value: either(first, second),
        };
        let chosen = parts.into_iter().reduce(one);
        chosen.map_or(Value::Unknown, |chosen| chosen.value)
    }
}

/// The bytes of an expression: those between the quotes, if it is a string.
pub(super) fn inner(source: &Source<'_>, node: Id) -> Span {
    let node = source.bare(node);
    if string::is_literal(source, node) {
        string::inner(source, node)
    } else {
        source.tree.span(node)
    }
}

/// What a value has under a key.
pub(super) fn entry(value: Value, key: &str) -> Value {
    match value {
        Value::WholeEnvironment => Value::Environment(key.to_owned(), None),
        Value::Map(entries) => held(entries, key).unwrap_or(Value::Unknown),
        Value::List(items) => {
            let place = key.parse::<usize>().ok();
            let item = place.and_then(|place| items.into_iter().nth(place));
            item.map_or(Value::Unknown, |item| item.value)
        }
        Value::Name(name) => {
            let name = imports::member(&name, key);
            match environment::read(&name) {
                Some(Read { .. }) => environment::named(name),
                None => Value::Name(name),
            }
        }
        Value::Call(call) if !key.bytes().all(|b| b.is_ascii_digit()) => {
            Value::Name(format!("{}().{key}", call.callee.value))
        }
        _ => Value::Unknown,
    }
}
