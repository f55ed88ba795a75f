//! Calls: as facts, and as the values that they give.

use super::arguments::{positional, unpacked};
use super::bindings::Binding;
use super::context::{EvalContext, Frame};
use super::maps::{Entries, REST, merged, named as keywords, put_all, simplified};
use super::source::Program;
use super::texts::{concatenated, formatted, path};
use super::tree::{Id, Kind, Role};
use crate::model::{Function, Method};
use crate::syntax::{Argument, Call, Spanned, Value};

impl Program<'_> {
    /// A call, with those arguments too that `functools.partial` holds for it.
    pub(super) fn call(&self, node: Id, context: EvalContext<'_>) -> Call {
        let function = self.child(node, Role::Callee).unwrap_or(node);
        let callee = Spanned {
            value: self.callee_of(function),
            span: self.origin(function),
        };
        let mut arguments = Vec::new();
        if context.calls > 0 {
            let context = EvalContext {
                calls: context.calls - 1,
                ..context
            };
            if let Some(partial) = self.partial(function) {
                // The first argument is the function.
                arguments.extend(self.arguments(partial, context).into_iter().skip(1));
            }
            for argument in self.arguments(node, context) {
                if let Some(name) = &argument.name {
                    arguments.retain(|held: &Argument| {
                        let held = held.name.as_ref();
                        !held.is_some_and(|held| held.value == name.value && held.value != REST)
                    });
                }
                arguments.push(argument);
            }
        }
        Call { callee, arguments }
    }

    fn arguments(&self, call: Id, context: EvalContext<'_>) -> Vec<Argument> {
        let mut arguments = Vec::new();
        for item in self.given(call) {
            let value = self.child(item, Role::Value);
            match (self.kind(item), value) {
                (Kind::Keyword, Some(value)) => {
                    if let Some(name) = self.child(item, Role::Name) {
                        arguments.push(Argument {
                            name: Some(self.written(name)),
                            value: self.spanned(value, context),
                        });
                    }
                }
                (Kind::SpreadMap, Some(value)) => {
                    arguments.extend(keywords(self.spanned(value, context)));
                }
                (Kind::Spread, Some(value)) => {
                    arguments.extend(unpacked(self.spanned(value, context)));
                }
                (Kind::Keyword | Kind::SpreadMap | Kind::Spread, None) => {}
                _ => arguments.push(positional(self.spanned(item, context))),
            }
        }
        arguments
    }

    /// What a call gives.
    pub(super) fn call_value(&self, node: Id, context: EvalContext<'_>) -> Value {
        let Some(function) = self.child(node, Role::Callee) else {
            return Value::Unknown;
        };
        let arguments = self.given(node);
        let callee = self.callee_of(function);
        if let Some(value) = self.known(&callee, &arguments, context) {
            return value;
        }
        if let Some(value) = self.method_value(node, &arguments, context) {
            return value;
        }
        match self.looked_into(function, node, context) {
            // A name of the function says no more than the function's own.
            Some(Value::Name(name)) if !name.contains('.') => {
                Value::Call(Box::new(self.call(node, context)))
            }
            Some(value) if value != Value::Unknown => value,
            _ => Value::Call(Box::new(self.call(node, context))),
        }
    }

    /// Calls whose meaning is known by their name.
    fn known(&self, callee: &str, arguments: &[Id], context: EvalContext<'_>) -> Option<Value> {
        let first = arguments.first().copied();
        let all = || {
            let is_part = |argument: &&Id| self.kind(**argument) != Kind::Keyword;
            let parts = arguments.iter().filter(is_part);
            let values = parts.map(|argument| self.spanned(*argument, context));
            values.collect::<Vec<_>>()
        };
        match self.function_of(callee)? {
            Function::Variable => {
                let name = self.key(self.given_value(first?), context).value;
                let default = arguments
                    .get(1)
                    .map(|default| self.spanned(self.given_value(*default), context));
                let default = default.filter(|default| default.value != Value::Null);
                Some(Value::Environment(name, default.map(Box::new)))
            }
            Function::Environment => Some(Value::WholeEnvironment),
            Function::Words => match self.value(first?, context) {
                Value::List(parts) => Some(formatted(parts)),
                _ => None,
            },
            Function::Path => Some(path(all())),
            Function::Entries => Some(self.entries_of(arguments, context)),
            Function::EntriesOfFirst => {
                let mut entries = Entries::new();
                let given = self.spanned(first?, context);
                put_all(&self.budget, &mut entries, given);
                Some(simplified(entries))
            }
            Function::Merged => arguments
                .iter()
                .map(|argument| self.value(*argument, context))
                .reduce(|first, second| merged(&self.budget, first, second)),
            Function::Same | Function::Written => {
                let first = first.filter(|first| self.kind(*first) != Kind::Keyword)?;
                Some(self.value(first, context))
            }
            Function::Formatted => Some(formatted(all())),
            Function::Joined => Some(concatenated(all())),
            Function::Wrapped | Function::Partial | Function::Deferred | Function::Attribute => {
                None
            }
        }
    }

    /// What an argument is, with a keyword or without.
    pub(super) fn given_value(&self, argument: Id) -> Id {
        match self.kind(argument) {
            Kind::Keyword => self.child(argument, Role::Value).unwrap_or(argument),
            _ => argument,
        }
    }

    /// Methods of texts, lists and maps.
    fn method_value(&self, call: Id, arguments: &[Id], context: EvalContext<'_>) -> Option<Value> {
        let (object, name) = self.method(call)?;
        let name = std::str::from_utf8(name).ok()?;
        let first = arguments.first().copied();
        let object_value = || Some(self.value(object, context));
        let is_text = |value: &Value| matches!(value, Value::Literal(_) | Value::Text(_));
        match (*self.vocabulary.methods.get(name)?, first) {
            (Method::Same, _) | (Method::SameAlone, None) => {
                object_value().filter(|value| *value != Value::Unknown)
            }
            // The words of a text are as good as the text.
            (Method::Words, _) => object_value().filter(|value| matches!(value, Value::Text(_))),
            (Method::Part, _) => {
                let whole = self.spanned(object, context);
                let named = matches!(
                    whole.value,
                    Value::Environment(..) | Value::Name(_) | Value::Known(..)
                );
                (named || is_text(&whole.value)).then(|| Value::Text(vec![whole]))
            }
            // What takes the place of a secret hides it.
            (Method::Replaced, Some(first)) if self.kind(first) == Kind::String => {
                let mut parts = vec![self.spanned(object, context)];
                let with = arguments.get(1).map(|with| self.spanned(*with, context));
                parts.extend(with);
                let texts = parts.iter().any(|part| is_text(&part.value));
                texts.then(|| formatted(parts))
            }
            (Method::Formatted, Some(_)) => {
                let mut parts = vec![self.spanned(object, context)];
                let given = arguments.iter().map(|argument| self.given_value(*argument));
                parts.extend(given.map(|value| self.spanned(value, context)));
                let text = parts.first().is_some_and(|part| is_text(&part.value));
                text.then(|| formatted(parts))
            }
            (Method::Joined, Some(_)) => {
                let parts = std::iter::once(&object).chain(arguments);
                let parts = parts.map(|part| self.spanned(*part, context)).collect();
                Some(concatenated(parts))
            }
            (Method::JoinedBy, Some(first))
                if matches!(self.kind(object), Kind::String | Kind::Strings) =>
            {
                match self.value(first, context) {
                    Value::List(parts) => Some(formatted(parts)),
                    _ => None,
                }
            }
            (Method::JoinedItems, _) => match self.value(object, context) {
                Value::List(parts) => Some(formatted(parts)),
                _ => None,
            },
            (Method::Entry, Some(key)) => {
                let held = self.value(object, context);
                let key = self.key(key, context).value;
                matches!(held, Value::Map(_))
                    .then(|| self.entry(held, &key))
                    .filter(|value| *value != Value::Unknown)
            }
            (Method::Options, _) => self.options(call),
            (Method::OptionsAndRest, _) => {
                let value = self.options(call)?;
                let span = self.origin(call);
                Some(Value::List(vec![Spanned { value, span }]))
            }
            _ => None,
        }
    }

    /// What a function of the program returns at its end.
    fn looked_into(&self, function: Id, call: Id, context: EvalContext<'_>) -> Option<Value> {
        let name = self.dotted(function)?;
        let found = self.find(&name, function)?;
        let definition = match found.base? {
            Binding::Function(definition) | Binding::Value(definition) => *definition,
            _ => return None,
        };
        if self.kind(definition) != Kind::Function {
            return None;
        }
        let returned = self
            .returned(definition)
            .filter(|_| context.may_look_into())?;
        let frame = Frame {
            function: definition,
            call,
            outer: context.frame,
        };
        let context = EvalContext {
            frame: Some(&frame),
            ..context
        };
        Some(self.value(returned, context))
    }

    /// The expression that a function returns at its end.
    fn returned(&self, definition: Id) -> Option<Id> {
        let body = self.child(definition, Role::Body)?;
        if !matches!(self.kind(body), Kind::Block | Kind::Suite) {
            return Some(body);
        }
        let last = self.tree.children(body).last()?;
        match self.kind(last) {
            Kind::Return => self.child(last, Role::Value),
            _ => None,
        }
    }
}
