//! Expressions as values.

use std::borrow::Cow;

use super::bindings::{Binding, Parameter};
use super::context::EvalContext;
use super::maps::{held, merged};
use super::source::Program;
use super::texts::{concatenated, either, formatted, path};
use super::tree::{Id, Kind, Role};
use crate::syntax::{Spanned, Value};

impl Program<'_> {
    /// An expression with its bytes: those between the quotes, if it is a string.
    pub(super) fn spanned(&self, node: Id, context: EvalContext<'_>) -> Spanned<Value> {
        Spanned {
            value: self.value(node, context),
            span: self.text.origin(self.inner(node)),
        }
    }

    /// What an expression stands for.
    pub(super) fn value(&self, node: Id, context: EvalContext<'_>) -> Value {
        let Some(left) = context.left.checked_sub(1).filter(|_| self.budget.spend(1)) else {
            return Value::Unknown;
        };
        let value = self.eval(node, EvalContext { left, ..context });
        match &value {
            Value::Literal(text) | Value::Name(text) if !self.budget.spend_text(text.len()) => {
                Value::Unknown
            }
            _ => value,
        }
    }

    /// What a child stands for; nothing known if it is missing.
    fn child_value(&self, node: Id, role: Role, context: EvalContext<'_>) -> Value {
        let child = self.child(node, role);
        child.map_or(Value::Unknown, |child| self.value(child, context))
    }

    /// What an expression stands for: see the tables of the languages.
    fn eval(&self, node: Id, context: EvalContext<'_>) -> Value {
        let node = self.bare(node);
        match self.kind(node) {
            Kind::Name | Kind::Shorthand => self.name(&self.string(node), node, context),
            Kind::Attribute => self.attribute(node, context),
            Kind::Subscript => self.subscript(node, context),
            Kind::String | Kind::Strings => self.text_value(node, context),
            Kind::Literal | Kind::Signed => Value::Literal(self.string(node).into_owned()),
            Kind::Null => Value::Null,
            Kind::List | Kind::ListPattern => self.list(node, context),
            Kind::Map => self.map(node, context),
            Kind::Call | Kind::New => self.call_value(node, context),
            Kind::Assignment => self.child_value(node, Role::Value, context),
            Kind::Conditional => {
                match (self.child(node, Role::Then), self.child(node, Role::Else)) {
                    (Some(first), Some(second)) => {
                        either(self.spanned(first, context), self.spanned(second, context))
                    }
                    _ => Value::Unknown,
                }
            }
            Kind::And => self.child_value(node, Role::Right, context),
            Kind::Or | Kind::Add | Kind::Format | Kind::Merge | Kind::Repeat | Kind::Divide => {
                self.operator(node, context)
            }
            Kind::Comprehension | Kind::MapComprehension => self.comprehension(node, context),
            _ => Value::Unknown,
        }
    }

    /// What a name was given. Outside of calls that are looked into and of loops, it is the same for
    /// every use of the name.
    fn bound_to(&self, node: Id, context: EvalContext<'_>) -> Value {
        if context.frame.is_some() || context.turn.is_some() {
            return self.value(node, context);
        }
        let key = (node, context.left, context.calls);
        self.values
            .get_or(key, &self.budget, || self.value(node, context))
    }

    /// What a name stands for where a node uses it.
    fn name(&self, name: &str, node: Id, context: EvalContext<'_>) -> Value {
        let Some(found) = self.find(name, node) else {
            return self.thing(self.callee_of(node));
        };
        let mut value = match found.base {
            Some(Binding::Value(value)) => self.bound_to(*value, context),
            Some(Binding::Part(whole, keys, default)) => {
                self.part((*whole, keys), *default, context)
            }
            Some(Binding::Parameter(parameter)) => self
                .parameter(parameter, name, context)
                .unwrap_or(Value::Unknown),
            Some(Binding::Import(target)) => self.thing(target.clone()),
            Some(Binding::Each(each)) => self.in_turn(each, context),
            _ => Value::Unknown,
        };
        value = self.by_name(name, found.base, value);
        if value == Value::Unknown {
            value = Value::Name(name.to_owned());
        }
        for change in found.changes {
            value = self.changed(value, change, context);
        }
        value
    }

    /// What a pattern gives to a name.
    pub(super) fn part_value(&self, binding: &Binding, context: EvalContext<'_>) -> Value {
        match binding {
            Binding::Part(whole, keys, default) => self.part((*whole, keys), *default, context),
            _ => Value::Unknown,
        }
    }

    /// The entry of an expression at a path of keys, or what stands for it if there is none.
    fn part(
        &self,
        (whole, keys): (Id, &[String]),
        default: Option<Id>,
        context: EvalContext<'_>,
    ) -> Value {
        let whole = self.bare(whole);
        let mut value = match self.loaded(whole) {
            Some(module) => self.thing(module),
            None => self.value(whole, context),
        };
        for key in keys {
            value = self.entry(value, key);
        }
        let Some(default) = default else {
            return value;
        };
        let default = self.spanned(default, context);
        match value {
            Value::Environment(name, None) => Value::Environment(name, Some(Box::new(default))),
            Value::Unknown | Value::Null | Value::Name(_) => default.value,
            value => value,
        }
    }

    /// What a parameter is given: by the call that is looked into, or by the only one there is.
    fn parameter(
        &self,
        parameter: &Parameter,
        name: &str,
        context: EvalContext<'_>,
    ) -> Option<Value> {
        let framed = context
            .frame
            .filter(|frame| frame.function == parameter.function);
        let called = || self.only_call(&self.called_as(parameter.function)?);
        let Some(call) = framed.map_or_else(called, |frame| Some(frame.call)) else {
            // What it is if nothing is given; nothing says less than the name.
            let default = self.value(parameter.default?, context);
            return Some(default).filter(|default| *default != Value::Null);
        };
        let context = EvalContext {
            frame: framed.and_then(|frame| frame.outer),
            ..context
        };
        for (place, argument) in self.given(call).into_iter().enumerate() {
            match self.kind(argument) {
                Kind::Keyword => {
                    let keyword = self.child(argument, Role::Name)?;
                    if self.bytes(keyword) == name.as_bytes() {
                        return Some(self.value(self.child(argument, Role::Value)?, context));
                    }
                }
                Kind::Spread | Kind::SpreadMap => return None,
                _ if Some(place) == parameter.index => {
                    let value = self.value(argument, context);
                    // A name of the same letters says no more.
                    return (value != Value::Name(name.to_owned())).then_some(value);
                }
                _ => {}
            }
        }
        Some(self.value(parameter.default?, context))
    }

    /// The name that a function is called by: a constructor by that of its class.
    fn called_as(&self, function: Id) -> Option<Cow<'_, str>> {
        let parent = self.tree.parent(function)?;
        if self.tree.role(function) == Role::Value {
            let holder = match self.kind(parent) {
                Kind::Declaration | Kind::FunctionWide | Kind::Field | Kind::Assignment => {
                    Some(Role::Target)
                }
                Kind::Pair => Some(Role::Key),
                _ => None,
            };
            if let Some(role) = holder {
                return Some(self.string(self.child(parent, role)?));
            }
        }
        let name = self.string(self.child(function, Role::Name)?);
        if self.language.constructors.contains(&&*name) {
            let class = self.class(function)?;
            return Some(self.string(self.child(class, Role::Name)?));
        }
        Some(name)
    }

    /// `x.a`
    fn attribute(&self, node: Id, context: EvalContext<'_>) -> Value {
        let resolved = self.callee_of(node);
        if self.language.environments_have_members && self.read(&resolved).is_some() {
            return self.thing(resolved);
        }
        if let Some(dotted) = self.dotted(node) {
            let found = self.find(&dotted, node);
            if found.is_some_and(|found| found.base.is_some()) {
                return self.name(&dotted, node, context);
            }
        }
        let (Some(object), Some(member)) = (
            self.child(node, Role::Object),
            self.child(node, Role::Member),
        ) else {
            return Value::Unknown;
        };
        let key = self.string(member);
        if let Some(value) = self.of_class(object, &key, context) {
            return value;
        }
        // `vars(args)` in another way.
        if key == "__dict__" {
            return self.value(object, context);
        }
        // What a store of secrets gives has the secret in a part of it.
        let holder = resolved.rsplit_once("().").map(|(holder, _)| holder);
        if holder.is_some_and(|holder| self.models.is_secret_reader(holder)) {
            let whole = self.spanned(object, context);
            if self.is_secret(&whole.value) {
                return Value::Text(vec![whole]);
            }
        }
        if !self.language.members_are_entries {
            return self.thing(resolved);
        }
        match self.entry(self.value(object, context), &key) {
            Value::Unknown | Value::Name(_) => self.thing(resolved),
            value => value,
        }
    }

    /// `Config.TOKEN`
    fn of_class(&self, object: Id, name: &str, context: EvalContext<'_>) -> Option<Value> {
        let found = self.find(&self.dotted(object)?, object)?;
        let Some(Binding::Class(class)) = found.base else {
            return None;
        };
        match self.names.of_class(*class, name)? {
            Binding::Value(value) => Some(self.value(*value, context)),
            _ => None,
        }
    }

    /// `x[key]`
    fn subscript(&self, node: Id, context: EvalContext<'_>) -> Value {
        let (Some(object), Some(key)) =
            (self.child(node, Role::Object), self.child(node, Role::Key))
        else {
            return Value::Unknown;
        };
        if self.language.environments_have_members {
            let resolved = self.callee_of(node);
            if self.read(&resolved).is_some() && !resolved.ends_with(".*") {
                return self.thing(resolved);
            }
        }
        let Spanned { value: whole, span } = self.spanned(object, context);
        let part = |value| Value::Text(vec![Spanned { value, span }]);
        if self.kind(key) == Kind::Slice {
            // `token[:3]` is the prefix that all tokens have; one letter more says nothing.
            let slice = self.string(key);
            let ends = slice.trim_start_matches('0').strip_prefix(':');
            let prefix = ends.and_then(|end| end.trim().parse::<usize>().ok());
            return match prefix {
                Some(0..=4) => Value::Unknown,
                _ => part(whole),
            };
        }
        let key = self.key(key, context).value;
        if self.language.members_are_entries {
            if let Some(value) = self.of_class(object, &key, context) {
                return value;
            }
            return match self.entry(whole, &key) {
                Value::Unknown | Value::Name(_) => self.thing(self.callee_of(node)),
                value => value,
            };
        }
        let unknown = || Value::Name(self.callee_of(node));
        match whole {
            Value::WholeEnvironment => Value::Environment(key, None),
            Value::Map(entries) => held(entries, &key).unwrap_or_else(unknown),
            Value::List(items) => {
                let place = key.parse::<usize>().ok();
                let item = place.and_then(|place| items.into_iter().nth(place));
                item.map_or(Value::Unknown, |item| item.value)
            }
            // One character of a text.
            Value::Literal(_) | Value::Text(_) | Value::Environment(..) => part(whole),
            whole if self.is_secret(&whole) => part(whole),
            _ => unknown(),
        }
    }

    /// What a value has under a key.
    pub(super) fn entry(&self, value: Value, key: &str) -> Value {
        match value {
            Value::WholeEnvironment => Value::Environment(key.to_owned(), None),
            Value::Map(entries) => held(entries, key).unwrap_or(Value::Unknown),
            Value::List(items) => {
                let place = key.parse::<usize>().ok();
                let item = place.and_then(|place| items.into_iter().nth(place));
                item.map_or(Value::Unknown, |item| item.value)
            }
            Value::Name(name) => {
                let name = self.member_of(&name, key);
                match self.read(&name) {
                    Some(_) => self.thing(name),
                    None => Value::Name(name),
                }
            }
            Value::Call(call) if !key.bytes().all(|b| b.is_ascii_digit()) => {
                Value::Name(format!("{}().{key}", call.callee.value))
            }
            _ => Value::Unknown,
        }
    }

    /// A text with what is put into it.
    fn text_value(&self, node: Id, context: EvalContext<'_>) -> Value {
        let mut parts = self.parts(node, context);
        if self.language.joins_parts && parts.len() > 1 {
            return concatenated(parts);
        }
        match (parts.pop(), parts.is_empty()) {
            (None, _) => Value::Null,
            (
                Some(Spanned {
                    value: Value::Literal(text),
                    ..
                }),
                true,
            ) => Value::Literal(text),
            (Some(last), _) => {
                parts.push(last);
                match self.language.joins_parts {
                    true => concatenated(parts),
                    false => Value::Text(parts),
                }
            }
        }
    }

    /// `a + b`, `a % b`, `a || b`, and so on. The left side is a chain that may be long.
    fn operator(&self, node: Id, context: EvalContext<'_>) -> Value {
        let kind = self.kind(node);
        let mut rights = Vec::new();
        let mut at = node;
        while self.kind(at) == kind {
            let (Some(left), Some(right)) =
                (self.child(at, Role::Left), self.child(at, Role::Right))
            else {
                return Value::Unknown;
            };
            rights.push(right);
            at = left;
        }
        let mut parts = vec![self.spanned(at, context)];
        for right in rights.into_iter().rev() {
            parts.push(self.spanned(right, context));
        }
        match kind {
            Kind::Add => concatenated(parts),
            Kind::Or => {
                let one = |first: Spanned<Value>, second: Spanned<Value>| Spanned {
                    span: first.span.start..second.span.end.max(first.span.start),
                    value: either(first, second),
                };
                let chosen = parts.into_iter().reduce(one);
                chosen.map_or(Value::Unknown, |chosen| chosen.value)
            }
            Kind::Merge => {
                let values = parts.into_iter().map(|part| part.value);
                let merged = values.reduce(|a, b| merged(&self.budget, a, b));
                merged.unwrap_or(Value::Unknown)
            }
            Kind::Format if is_text(&parts) => formatted(parts),
            // `"a" * 34` is made of `"a"`.
            Kind::Repeat
                if parts
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
            Kind::Divide => path(parts),
            _ => Value::Unknown,
        }
    }

    /// A list, with what is unpacked into it.
    fn list(&self, node: Id, context: EvalContext<'_>) -> Value {
        let mut items = Vec::new();
        for item in self.tree.children(node) {
            let inner = self.child(item, Role::Value);
            match (self.kind(item), inner) {
                (Kind::Spread, Some(inner)) => match self.spanned(inner, context) {
                    Spanned {
                        value: Value::List(inner),
                        ..
                    } => items.extend(inner),
                    other => items.push(other),
                },
                (Kind::Spread, None) => {}
                _ => items.push(self.spanned(item, context)),
            }
        }
        Value::List(items)
    }
}

fn is_text(parts: &[Spanned<Value>]) -> bool {
    let first = parts.first().map(|part| &part.value);
    matches!(
        first,
        Some(Value::Literal(_) | Value::Text(_) | Value::Name(_))
    )
}
