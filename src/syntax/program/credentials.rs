//! Credentials that are known by more than where they come from: by the name that they go under, by what
//! they are given to, by the option of the command line, by the store that they are read from.

use super::bindings::{Binding, Known, Origin};
use super::source::Program;
use super::tree::{Id, Kind, Role};
use crate::model::{Source, any_fits};
use crate::syntax::{Call, Spanned, Value};

/// How many options of a command line are looked at.
const MAX_OPTIONS: usize = 500;

/// What tells whether a thing is there, and is none itself.
const PREDICATES: [&str; 6] = ["bool", "len", "isinstance", "any", "all", "hasattr"];

/// The names of a program that are given to what takes a credential: `login(token=x)`.
pub(super) fn given(program: &Program<'_>) -> Known {
    let mut known = Known::new();
    let sources = program.models.sources.iter();
    let takers: Vec<&Source> = sources
        .filter(|source| !source.given_to.is_empty())
        .collect();
    if takers.is_empty() {
        return known;
    }
    for call in 0..program.tree.len() {
        if !matches!(program.kind(call), Kind::Call | Kind::New) {
            continue;
        }
        let Some(function) = program.child(call, Role::Callee) else {
            continue;
        };
        let names = &program.models.names;
        for (name, value) in named_arguments(program, call) {
            let mut all = takers.iter().flat_map(|source| &source.given_to);
            if !all.any(|to| to.may_end(&name, names)) {
                continue;
            }
            let path = format!("{}.{name}", program.callee_of(function));
            let takes = |source: &&&Source| any_fits(&source.given_to, &path, names);
            if let Some(source) = takers.iter().find(takes)
                && let Some(origin) = origin(program, value)
            {
                known.insert(origin, names.name(source.class).to_owned());
            }
        }
    }
    known
}

/// What a call is given under a name or at a place, also in a map, where that is a name of the program.
fn named_arguments(program: &Program<'_>, call: Id) -> Vec<(String, Id)> {
    let mut named = Vec::new();
    for (place, argument) in program.given(call).into_iter().enumerate() {
        let child = |of, role| program.child(of, role);
        match program.kind(argument) {
            Kind::Keyword => {
                if let (Some(name), Some(value)) =
                    (child(argument, Role::Name), child(argument, Role::Value))
                {
                    named.push((program.string(name).into_owned(), value));
                }
            }
            Kind::Map => {
                for pair in program.tree.children(argument).take(MAX_OPTIONS) {
                    if let (Some(key), Some(value)) =
                        (child(pair, Role::Key), child(pair, Role::Value))
                    {
                        named.push((program.string(key).into_owned(), value));
                    }
                }
            }
            Kind::Spread | Kind::SpreadMap => {}
            _ => named.push((place.to_string(), argument)),
        }
    }
    named.retain(|(_, value)| program.kind(*value) == Kind::Name);
    named
}

/// What a name stands for.
fn origin(program: &Program<'_>, node: Id) -> Option<Origin> {
    let name = program.string(node);
    origin_of(program.find(&name, node)?.base?, &name)
}

fn origin_of(binding: &Binding, name: &str) -> Option<Origin> {
    Some(match binding {
        Binding::Value(value) => (*value, String::new()),
        Binding::Parameter(parameter) => (parameter.function, name.to_owned()),
        Binding::Part(whole, keys, _) => (*whole, keys.join(".")),
        _ => return None,
    })
}

impl Program<'_> {
    /// A value by the name that it goes under, where that says more than the value.
    pub(super) fn by_name(&self, name: &str, base: Option<&Binding>, value: Value) -> Value {
        let names = &self.models.names;
        let may_say_little = match &value {
            Value::Unknown | Value::Name(_) | Value::Call(_) => true,
            Value::Environment(variable, _) => !names.is_any(variable),
            Value::Literal(text) => matches!(base, Some(Binding::Parameter(_))) && !text.is_empty(),
            _ => false,
        };
        if !may_say_little {
            return value;
        }
        let last = name.rsplit('.').next().unwrap_or(name);
        let better = if !matches!(value, Value::Name(_)) && names.is_any(last) {
            Value::Name(name.to_owned())
        } else {
            let known = base.and_then(|base| self.known.get(&origin_of(base, name)?));
            match known {
                Some(class) => Value::Known(class.clone(), name.to_owned()),
                None => return value,
            }
        };
        match &value {
            Value::Call(call) if !self.says_little(call) => value,
            _ => better,
        }
    }

    /// Whether a call says nothing of what it gives.
    fn says_little(&self, call: &Call) -> bool {
        let callee = call.callee.value.as_str();
        let sources = self.models.sources.iter().flat_map(|source| &source.calls);
        !PREDICATES.contains(&callee)
            && !self.models.is_secret_reader(callee)
            && !any_fits(sources, callee, &self.models.names)
    }

    /// Whether a value is a credential that is read from a store of secrets, or a part of one.
    pub(super) fn is_secret(&self, value: &Value) -> bool {
        match value {
            Value::Call(call) => {
                let names = &self.models.names;
                let is_named = |text: &str| text.split(['/', ':']).any(|part| names.is_any(part));
                let mut arguments = call.arguments.iter();
                self.models.is_secret_reader(&call.callee.value)
                    && arguments.any(|argument| is_named(argument.value.value.text()))
            }
            Value::Text(parts) => match parts.as_slice() {
                [part] => self.is_secret(&part.value),
                _ => false,
            },
            _ => false,
        }
    }

    /// What the options of a command line were given, as far as that is a credential by the name of the
    /// option; none if no option is. All that is made up here stands at a node.
    pub(super) fn options(&self, node: Id) -> Option<Value> {
        let start = self.origin(node).start;
        let spanned = |value: Value| Spanned {
            value,
            span: start..start,
        };
        let mut entries = Vec::new();
        for call in self.calls_of("add_argument").iter().take(MAX_OPTIONS) {
            for argument in self.given(*call) {
                let Some(text) = self.plain(argument) else {
                    continue;
                };
                let text = String::from_utf8_lossy(text.bytes());
                let Some(name) = text.strip_prefix("--") else {
                    continue;
                };
                let name = name.replace('-', "_");
                if self.models.names.is_any(&name) {
                    let key = Spanned {
                        value: name.clone(),
                        span: start..start,
                    };
                    entries.push((key, spanned(Value::Name(name))));
                }
            }
        }
        (!entries.is_empty()).then_some(Value::Map(entries))
    }
}
