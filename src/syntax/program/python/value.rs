//! Expressions as values.

use std::borrow::Cow;

use super::callee;
use super::source::Source;
use crate::span::Span;
use crate::syntax::program::cst::Id;
use crate::syntax::program::{
    Bound, Depth, Parameter, concatenated, either, formatted, merged, path,
};
use crate::syntax::{Spanned, Value};

impl Source<'_> {
    /// What an expression stands for: see the table of this language.
    pub(super) fn stands_for(&self, node: Id, depth: Depth<'_>) -> Value {
        let field = |name| self.tree.field(node, name);
        match self.tree.kind(node) {
            "identifier" => self.name(&self.string(node), node, depth),
            "attribute" => self.attribute(node, depth),
            "string" | "concatenated_string" => self.text_value(node, depth),
            "integer" | "float" | "true" | "false" | "ellipsis" => {
                Value::Literal(self.string(node).into_owned())
            }
            "none" => Value::Null,
            "list" | "tuple" | "set" | "expression_list" | "pattern_list" => self.list(node, depth),
            "dictionary" => self.dictionary(node, depth),
            "call" => self.call_value(node, depth),
            "subscript" => self.subscript(node, depth),
            "parenthesized_expression" | "await" => {
                let inner = self.tree.only(node);
                inner.map_or(Value::Unknown, |inner| self.value(inner, depth))
            }
            "named_expression" => {
                field("value").map_or(Value::Unknown, |value| self.value(value, depth))
            }
            "conditional_expression" => {
                let parts: Vec<Id> = self.tree.items(node).collect();
                match parts.as_slice() {
                    [first, _, second] => {
                        either(self.spanned(*first, depth), self.spanned(*second, depth))
                    }
                    _ => Value::Unknown,
                }
            }
            "boolean_operator" => match (field("left"), field("operator"), field("right")) {
                (Some(_), Some(operator), Some(right)) if self.bytes(operator) == b"and" => {
                    self.value(right, depth)
                }
                (Some(left), _, Some(right)) => {
                    either(self.spanned(left, depth), self.spanned(right, depth))
                }
                _ => Value::Unknown,
            },
            "binary_operator" => self.operator(node, depth),
            "unary_operator" => match self.tree.only(node).map(|inner| self.tree.kind(inner)) {
                Some("integer" | "float") => Value::Literal(self.string(node).into_owned()),
                _ => Value::Unknown,
            },
            "dictionary_comprehension" | "list_comprehension" | "set_comprehension" => {
                self.comprehension(node, depth)
            }
            _ => Value::Unknown,
        }
    }

    /// What a name stands for where a node uses it.
    pub(super) fn name(&self, name: &str, node: Id, depth: Depth<'_>) -> Value {
        let Some(found) = self.names.find(self, name, node) else {
            return Value::Name(name.to_owned());
        };
        let unknown = || Value::Name(name.to_owned());
        let mut value = match found.base {
            Some(Bound::Value(value)) => self.bound_to(*value, depth),
            Some(Bound::Parameter(parameter)) => self
                .parameter(parameter, name, depth)
                .unwrap_or(Value::Unknown),
            Some(Bound::Import(target)) => imported(target),
            Some(Bound::Each(each)) => self.in_turn(each, depth),
            _ => Value::Unknown,
        };
        if value == Value::Unknown {
            value = unknown();
        }
        for change in found.changes {
            value = self.changed(value, change, depth);
        }
        value
    }

    /// What a parameter is given: by the call that is looked into, or by the only one there is.
    fn parameter(&self, parameter: &Parameter, name: &str, depth: Depth<'_>) -> Option<Value> {
        let framed = depth
            .frame
            .filter(|frame| frame.function == parameter.function);
        let called = || self.only_call(&self.called_as(parameter.function)?);
        let Some(call) = framed.map_or_else(called, |frame| Some(frame.call)) else {
            // What it is if nothing is given; nothing says less than the name.
            let default = self.value(parameter.default?, depth);
            return Some(default).filter(|default| *default != Value::Null);
        };
        let depth = Depth {
            frame: framed.and_then(|frame| frame.outer),
            ..depth
        };
        let arguments = self.tree.field(call, "arguments")?;
        for (place, argument) in self.tree.items(arguments).enumerate() {
            match self.tree.kind(argument) {
                "keyword_argument" => {
                    let keyword = self.tree.field(argument, "name")?;
                    if self.bytes(keyword) == name.as_bytes() {
                        return Some(self.value(self.tree.field(argument, "value")?, depth));
                    }
                }
                "list_splat" | "dictionary_splat" => return None,
                _ if Some(place) == parameter.index => return Some(self.value(argument, depth)),
                _ => {}
            }
        }
        Some(self.value(parameter.default?, depth))
    }

    /// The name that a function is called by: a constructor by that of its class.
    fn called_as(&self, function: Id) -> Option<Cow<'_, str>> {
        let name = self.string(self.tree.field(function, "name")?);
        if name == "__init__" {
            let class = self.class(function)?;
            return Some(self.string(self.tree.field(class, "name")?));
        }
        Some(name)
    }

    fn attribute(&self, node: Id, depth: Depth<'_>) -> Value {
        if let Some(dotted) = self.dotted(node) {
            let found = self.names.find(self, &dotted, node);
            if found.is_some_and(|found| found.base.is_some()) {
                return self.name(&dotted, node, depth);
            }
            if let Some(value) = self.of_class(node, depth) {
                return value;
            }
        }
        imported(&callee::resolve(self, node))
    }

    /// `Config.TOKEN`
    fn of_class(&self, node: Id, depth: Depth<'_>) -> Option<Value> {
        let object = self.tree.field(node, "object")?;
        let found = self.names.find(self, &self.dotted(object)?, object)?;
        let Some(Bound::Class(class)) = found.base else {
            return None;
        };
        let name = self.string(self.tree.field(node, "attribute")?);
        match self.names.of_class(*class, &name)? {
            Bound::Value(value) => Some(self.value(*value, depth)),
            _ => None,
        }
    }

    fn text_value(&self, node: Id, depth: Depth<'_>) -> Value {
        let parts = self.parts(node, depth);
        match parts.as_slice() {
            [] => Value::Null,
            [
                Spanned {
                    value: Value::Literal(text),
                    ..
                },
            ] => Value::Literal(text.clone()),
            _ => Value::Text(parts),
        }
    }

    /// `a + b`, `a % b`, `a | b`, and so on. The left side is a chain that may be long.
    fn operator(&self, node: Id, depth: Depth<'_>) -> Value {
        let mut rights = Vec::new();
        let mut at = node;
        let operator_of = |node| self.tree.field(node, "operator").map(|o| self.bytes(o));
        let operator = operator_of(node).unwrap_or_default();
        while self.tree.kind(at) == "binary_operator" && operator_of(at) == Some(operator) {
            let (Some(left), Some(right)) =
                (self.tree.field(at, "left"), self.tree.field(at, "right"))
            else {
                return Value::Unknown;
            };
            rights.push(right);
            at = left;
        }
        let mut parts = vec![self.spanned(at, depth)];
        for right in rights.into_iter().rev() {
            parts.push(self.spanned(right, depth));
        }
        match operator {
            b"+" => concatenated(parts),
            b"|" => parts
                .into_iter()
                .map(|part| part.value)
                .reduce(|a, b| merged(&self.budget, a, b))
                .unwrap_or(Value::Unknown),
            b"%" if is_text(&parts) => formatted(parts),
            // `"a" * 34` is made of `"a"`.
            b"*" if parts
                .iter()
                .any(|part| matches!(part.value, Value::Literal(_))) =>
            {
                parts.push(Spanned {
                    value: Value::Unknown,
                    span: self.origin(node),
                });
                Value::Text(parts)
            }
            // Paths: `Path("a") / "b"`.
            b"/" => path(parts),
            _ => Value::Unknown,
        }
    }
}

/// An imported thing, or an attribute of one.
fn imported(name: &str) -> Value {
    match name {
        "os.environ" | "os.environb" => Value::WholeEnvironment,
        "?" => Value::Unknown,
        _ => Value::Name(name.to_owned()),
    }
}

fn is_text(parts: &[Spanned<Value>]) -> bool {
    let first = parts.first().map(|part| &part.value);
    matches!(
        first,
        Some(Value::Literal(_) | Value::Text(_) | Value::Name(_))
    )
}

/// The bytes of an expression: those between the quotes, if it is a string.
pub(super) fn inner(source: &Source<'_>, node: Id) -> Span {
    let mut node = node;
    while source.tree.kind(node) == "parenthesized_expression" {
        match source.tree.only(node) {
            Some(inner) => node = inner,
            None => break,
        }
    }
    let span = source.tree.span(node);
    let (first, last) = match source.tree.kind(node) {
        "string" => (Some(node), Some(node)),
        "concatenated_string" => (
            source.tree.items(node).next(),
            source.tree.items(node).last(),
        ),
        _ => return span,
    };
    let part = |string: Option<Id>, kind| {
        let mut parts = source.tree.children(string?);
        parts.find(|part| source.tree.kind(*part) == kind)
    };
    match (part(first, "string_start"), part(last, "string_end")) {
        (Some(start), Some(end)) => source.tree.span(start).end..source.tree.span(end).start,
        _ => span,
    }
}
