//! Calls: as facts, and as the values that they give.

use super::callee;
use super::source::{Source, is_function};
use super::string;
use super::value::entry;
use crate::syntax::program::cst::Id;
use crate::syntax::program::{
    Bound, Depth, Entries, Frame, concatenated, formatted, merged, positional, put_all, simplified,
    unpacked,
};
use crate::syntax::{Argument, Call, Spanned, Value};

impl Source<'_> {
    /// A call, or what `new` makes. A template with a tag is a call of the tag with the template.
    pub(super) fn call(&self, node: Id, depth: Depth<'_>) -> Call {
        let function = self.called(node).unwrap_or(node);
        let callee = Spanned {
            value: callee::resolve(self, function),
            span: self.origin(function),
        };
        let mut arguments = Vec::new();
        if depth.calls > 0 {
            let depth = Depth {
                calls: depth.calls - 1,
                ..depth
            };
            arguments = self.arguments(node, depth);
        }
        Call { callee, arguments }
    }

    /// What is given to a call: none if it is no list.
    pub(super) fn given(&self, call: Id) -> Vec<Id> {
        match self.tree.field(call, "arguments") {
            Some(list) if self.tree.kind(list) == "arguments" => self.tree.items(list).collect(),
            Some(template) => vec![template],
            None => Vec::new(),
        }
    }

    fn arguments(&self, call: Id, depth: Depth<'_>) -> Vec<Argument> {
        let mut arguments = Vec::new();
        for item in self.given(call) {
            if self.tree.kind(item) != "spread_element" {
                arguments.push(positional(self.spanned(item, depth)));
            } else if let Some(inner) = self.tree.only(item) {
                arguments.extend(unpacked(self.spanned(inner, depth)));
            }
        }
        arguments
    }

    /// What a call gives.
    pub(super) fn call_value(&self, node: Id, depth: Depth<'_>) -> Value {
        let Some(function) = self.called(node) else {
            return Value::Unknown;
        };
        let arguments = self.given(node);
        let callee = callee::resolve(self, function);
        if let Some(value) = self.known(&callee, &arguments, depth) {
            return value;
        }
        if let Some(value) = self.method(function, &arguments, depth) {
            return value;
        }
        match self.looked_into(function, node, depth) {
            // A name of the function says no more than the function's own.
            Some(Value::Name(name)) if !name.contains('.') => {
                Value::Call(Box::new(self.call(node, depth)))
            }
            Some(value) if value != Value::Unknown => value,
            _ => Value::Call(Box::new(self.call(node, depth))),
        }
    }

    /// Calls whose meaning is known by their name.
    fn known(&self, callee: &str, arguments: &[Id], depth: Depth<'_>) -> Option<Value> {
        let first = arguments.first().copied();
        match callee {
            "Deno.env.get" | "process.env.get" => {
                Some(Value::Environment(self.key(first?, depth).value, None))
            }
            "Deno.env.toObject" => Some(Value::WholeEnvironment),
            "Object.assign" => arguments
                .iter()
                .map(|argument| self.value(*argument, depth))
                .reduce(|first, second| merged(&self.budget, first, second)),
            "Map" | "Headers" | "URLSearchParams" | "Object.fromEntries" => {
                let mut entries = Entries::new();
                let given = self.spanned(first?, depth);
                put_all(&self.budget, &mut entries, given);
                Some(simplified(entries))
            }
            _ if writes_down(callee) || callee == "Object.entries" => {
                Some(self.value(first?, depth))
            }
            _ => None,
        }
    }

    /// Methods of texts, lists and maps.
    fn method(&self, function: Id, arguments: &[Id], depth: Depth<'_>) -> Option<Value> {
        let object = self.tree.field(function, "object")?;
        let name = self.bytes(self.tree.field(function, "property")?);
        let first = arguments.first().copied();
        let is_text = |value: &Value| {
            matches!(
                value,
                Value::Literal(_) | Value::Text(_) | Value::Environment(..) | Value::Name(_)
            )
        };
        match (name, first) {
            (b"trim" | b"trimStart" | b"trimEnd" | b"toString" | b"valueOf", _) => {
                Some(self.value(object, depth)).filter(|value| *value != Value::Unknown)
            }
            // The words of a text are as good as the text.
            (b"split", _) => {
                let text = Some(self.value(object, depth));
                text.filter(|value| matches!(value, Value::Text(_)))
            }
            (b"slice" | b"substring" | b"substr" | b"at" | b"charAt", _) => {
                let whole = self.spanned(object, depth);
                is_text(&whole.value).then(|| Value::Text(vec![whole]))
            }
            (b"concat", Some(_)) => {
                let parts = std::iter::once(&object).chain(arguments);
                let parts = parts.map(|part| self.spanned(*part, depth)).collect();
                Some(concatenated(parts))
            }
            (b"join", _) => match self.value(object, depth) {
                Value::List(parts) => Some(formatted(parts)),
                _ => None,
            },
            (b"get", Some(key)) => {
                let held = self.value(object, depth);
                let key = self.key(key, depth).value;
                matches!(held, Value::Map(_))
                    .then(|| entry(held, &key))
                    .filter(|value| *value != Value::Unknown)
            }
            _ => None,
        }
    }

    /// What a function of the program returns at its end.
    fn looked_into(&self, function: Id, call: Id, depth: Depth<'_>) -> Option<Value> {
        let name = self.simple(function)?;
        let found = self.names.find(self, &name, function)?;
        let definition = match found.base? {
            Bound::Function(definition) | Bound::Value(definition) => *definition,
            _ => return None,
        };
        if !is_function(self.tree.kind(definition)) {
            return None;
        }
        let returned = self
            .returned(definition)
            .filter(|_| depth.may_look_into())?;
        let frame = Frame {
            function: definition,
            call,
            outer: depth.frame,
        };
        let depth = Depth {
            frame: Some(&frame),
            ..depth
        };
        Some(self.value(returned, depth))
    }

    /// The expression that a function returns at its end.
    fn returned(&self, definition: Id) -> Option<Id> {
        let body = self.tree.field(definition, "body")?;
        if self.tree.kind(body) != "statement_block" {
            return Some(body);
        }
        let last = self.tree.items(body).last()?;
        (self.tree.kind(last) == "return_statement").then(|| self.tree.only(last))?
    }

    /// What a template with a tag that changes nothing is made of.
    pub(super) fn is_template_call(&self, call: Id) -> bool {
        let arguments = self.tree.field(call, "arguments");
        arguments.is_some_and(|template| string::is_literal(self, template))
    }
}

/// Whether a call gives back what it is given, perhaps in another form.
pub(super) fn writes_down(callee: &str) -> bool {
    matches!(
        callee,
        "JSON.stringify"
            | "JSON.parse"
            | "String"
            | "String.raw"
            | "Object.freeze"
            | "Object.seal"
            | "structuredClone"
            | "Promise.resolve"
            | "dedent"
    )
}
