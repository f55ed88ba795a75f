//! Calls: as facts, and as the values that they give.

use super::callee;
use super::source::Source;
use crate::syntax::program::cst::Id;
use crate::syntax::program::{
    Bound, Depth, Frame, REST, formatted, held, named, path, positional, unpacked,
};
use crate::syntax::{Argument, Call, Spanned, Value};

impl Source<'_> {
    /// A call, with those arguments too that `functools.partial` holds for it.
    pub(super) fn call(&self, node: Id, depth: Depth<'_>) -> Call {
        let function = self.tree.field(node, "function").unwrap_or(node);
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
            if let Some(partial) = callee::partial(self, function) {
                // The first argument is the function.
                arguments.extend(self.arguments(partial, depth).into_iter().skip(1));
            }
            for argument in self.arguments(node, depth) {
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

    fn arguments(&self, call: Id, depth: Depth<'_>) -> Vec<Argument> {
        let Some(list) = self.tree.field(call, "arguments") else {
            return Vec::new();
        };
        let mut arguments = Vec::new();
        if self.tree.kind(list) != "argument_list" {
            // `f(x for x in y)`
            arguments.push(positional(self.spanned(list, depth)));
            return arguments;
        }
        for item in self.tree.items(list) {
            match self.tree.kind(item) {
                "keyword_argument" => {
                    let field = |name| self.tree.field(item, name);
                    if let (Some(name), Some(value)) = (field("name"), field("value")) {
                        arguments.push(Argument {
                            name: Some(self.written(name)),
                            value: self.spanned(value, depth),
                        });
                    }
                }
                "dictionary_splat" => {
                    if let Some(inner) = self.tree.only(item) {
                        arguments.extend(named(self.spanned(inner, depth)));
                    }
                }
                "list_splat" | "parenthesized_list_splat" => {
                    if let Some(inner) = self.tree.only(item) {
                        arguments.extend(unpacked(self.spanned(inner, depth)));
                    }
                }
                _ => arguments.push(positional(self.spanned(item, depth))),
            }
        }
        arguments
    }

    /// What a call gives.
    pub(super) fn call_value(&self, node: Id, depth: Depth<'_>) -> Value {
        let Some(function) = self.tree.field(node, "function") else {
            return Value::Unknown;
        };
        let arguments: Vec<Id> = self
            .tree
            .field(node, "arguments")
            .into_iter()
            .flat_map(|list| self.tree.items(list))
            .collect();
        let callee = callee::resolve(self, function);
        if let Some(value) = self.known(&callee, node, &arguments, depth) {
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
    fn known(&self, callee: &str, node: Id, arguments: &[Id], depth: Depth<'_>) -> Option<Value> {
        let first = arguments.first().copied();
        match callee {
            "os.environ.get"
            | "os.getenv"
            | "os.environ.pop"
            | "os.environ.setdefault"
            | "os.environ.__getitem__" => {
                let name = self.key(first?, depth).value;
                let default = arguments.get(1).map(|default| {
                    let value = self.tree.field(*default, "value");
                    self.spanned(value.unwrap_or(*default), depth)
                });
                let default = default.filter(|default| default.value != Value::Null);
                Some(Value::Environment(name, default.map(Box::new)))
            }
            "shlex.join" | "subprocess.list2cmdline" => match self.value(first?, depth) {
                Value::List(parts) => Some(formatted(parts)),
                _ => None,
            },
            "os.path.join" => {
                let parts = arguments.iter().map(|part| self.spanned(*part, depth));
                Some(path(parts.collect()))
            }
            "dict" => Some(self.entries_of(self.tree.field(node, "arguments")?, depth)),
            "str" | "bytes" | "list" | "tuple" | "copy.copy" | "copy.deepcopy" | "json.dumps"
            | "json.loads" | "textwrap.dedent" | "inspect.cleandoc" | "shlex.quote"
            | "shlex.split" | "os.path.expanduser" | "os.path.abspath" | "os.path.realpath"
            | "os.fspath" => {
                let first = first.filter(|first| self.tree.kind(*first) != "keyword_argument")?;
                Some(self.value(first, depth))
            }
            _ => None,
        }
    }

    /// Methods of texts and maps.
    fn method(&self, function: Id, arguments: &[Id], depth: Depth<'_>) -> Option<Value> {
        let object = self.tree.field(function, "object")?;
        let name = self.bytes(self.tree.field(function, "attribute")?);
        let first = arguments.first().copied();
        match (name, first) {
            (
                b"strip" | b"lstrip" | b"rstrip" | b"encode" | b"decode" | b"removeprefix"
                | b"removesuffix",
                _,
            )
            | (b"copy" | b"expanduser" | b"absolute" | b"resolve", None) => {
                Some(self.value(object, depth)).filter(|value| *value != Value::Unknown)
            }
            // The words of a text are as good as the text.
            (b"split" | b"rsplit" | b"splitlines" | b"partition", _) => {
                let text = Some(self.value(object, depth));
                text.filter(|value| matches!(value, Value::Text(_)))
            }
            // What takes the place of a secret hides it.
            (b"replace", Some(first)) if self.tree.kind(first) == "string" => {
                let mut parts = vec![self.spanned(object, depth)];
                let value = arguments.get(1).map(|with| self.spanned(*with, depth));
                let is_text = |part: &Spanned<Value>| {
                    matches!(part.value, Value::Literal(_) | Value::Text(_))
                };
                parts.extend(value);
                parts.iter().any(is_text).then(|| formatted(parts))
            }
            (b"format", Some(_)) => {
                let mut parts = vec![self.spanned(object, depth)];
                for argument in arguments {
                    let value = self.tree.field(*argument, "value");
                    parts.push(self.spanned(value.unwrap_or(*argument), depth));
                }
                let text = matches!(
                    parts.first().map(|part| &part.value),
                    Some(Value::Literal(_) | Value::Text(_))
                );
                text.then(|| formatted(parts))
            }
            (b"join", Some(first)) if self.tree.kind(object).contains("string") => {
                match self.value(first, depth) {
                    Value::List(parts) => Some(formatted(parts)),
                    _ => None,
                }
            }
            (b"get", Some(key)) => {
                let Value::Map(entries) = self.value(object, depth) else {
                    return None;
                };
                held(entries, &self.key(key, depth).value)
            }
            _ => None,
        }
    }

    /// What a function of the program returns at its end.
    fn looked_into(&self, function: Id, call: Id, depth: Depth<'_>) -> Option<Value> {
        let name = self.dotted(function)?;
        let found = self.names.find(self, &name, function)?;
        let Some(Bound::Function(definition)) = found.base else {
            return None;
        };
        let returned = self
            .returned(*definition)
            .filter(|_| depth.may_look_into())?;
        let frame = Frame {
            function: *definition,
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
        let mut statements = self.tree.items(body).filter(|statement| {
            let docstring = self.tree.kind(*statement) == "expression_statement"
                && self
                    .tree
                    .only(*statement)
                    .is_some_and(|only| self.tree.kind(only) == "string");
            !docstring && !self.tree.kind(*statement).starts_with("import")
        });
        let last = statements.by_ref().last()?;
        (self.tree.kind(last) == "return_statement").then(|| self.tree.only(last))?
    }

    /// `x[key]`
    pub(super) fn subscript(&self, node: Id, depth: Depth<'_>) -> Value {
        let field = |name| self.tree.field(node, name);
        let (Some(object), Some(key)) = (field("value"), field("subscript")) else {
            return Value::Unknown;
        };
        let Spanned { value: whole, span } = self.spanned(object, depth);
        let part = |value| Value::Text(vec![Spanned { value, span }]);
        if self.tree.kind(key) == "slice" {
            // `token[:3]` is the prefix that all tokens have.
            let slice = self.string(key);
            let ends = slice.trim_start_matches('0').strip_prefix(':');
            let prefix = ends.and_then(|end| end.trim().parse::<usize>().ok());
            return match prefix {
                Some(0..=3) => Value::Unknown,
                _ => part(whole),
            };
        }
        let name = self.key(key, depth).value;
        match whole {
            Value::WholeEnvironment => Value::Environment(name, None),
            Value::Map(entries) => {
                let entry = held(entries, &name);
                entry.unwrap_or_else(|| Value::Name(callee::resolve(self, node)))
            }
            Value::List(items) => {
                let place = name.parse::<usize>().ok();
                let item = place.and_then(|place| items.into_iter().nth(place));
                item.map_or(Value::Unknown, |item| item.value)
            }
            // One character of a text.
            Value::Literal(_) | Value::Text(_) | Value::Environment(..) => part(whole),
            _ => Value::Name(callee::resolve(self, node)),
        }
    }
}
