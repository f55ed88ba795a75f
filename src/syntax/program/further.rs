//! What a call says beside its own arguments: the function that it hands on, the file that it writes
//! to, the option that it declares, and what it is given in each turn of a loop.

use super::context::EvalContext;
use super::facts::Facts;
use super::resolve::has;
use super::tree::{Id, Kind, Role};
use crate::model::Function;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::{Argument, Call, FactKind, Setting, Spanned, Value};

/// The argument with the default of an option.
const DEFAULT: &str = "default";

impl Facts<'_, '_> {
    /// The call in the turns of the loop around it, where they differ.
    pub(super) fn turns(&self, call: &Call, node: Id) -> Vec<Call> {
        let Some((of, turns)) = self.program.turns_around(node, EvalContext::START) else {
            return Vec::new();
        };
        let mut calls: Vec<Call> = Vec::new();
        for turn in 0..turns {
            let context = EvalContext {
                turn: Some((of, turn)),
                ..EvalContext::START
            };
            let given = self.program.call(node, context);
            if given == *call {
                // The loop's names are not in it.
                break;
            }
            calls.push(given);
        }
        calls
    }

    /// The call that another thread makes: `asyncio.to_thread(f, x)`, `pool.submit(f, x)`,
    /// `functools.partial(f, x)`.
    pub(super) fn deferred(&self, callee: &str, node: Id) -> Option<Deferred> {
        let place = match self.program.function_of(callee) {
            Some(Function::Deferred | Function::Partial) => 0,
            _ if callee.ends_with(".run_in_executor") => 1,
            _ if callee.ends_with(".submit")
                && (callee.contains("Executor") || callee.contains("pool")) =>
            {
                0
            }
            _ => return None,
        };
        let function = *self.program.given(node).get(place)?;
        if !matches!(self.program.kind(function), Kind::Name | Kind::Attribute) {
            return None;
        }
        Some(Deferred {
            callee: Spanned {
                value: self.program.callee_of(function),
                span: self.program.origin(function),
            },
            place,
        })
    }

    /// The file that `x.write(…)`, `print(…, file=x)` or `dump(…, x)` writes to, as the argument `path`.
    pub(super) fn written_to(&self, call: &Call, node: Id) -> Option<Argument> {
        let program = self.program;
        let vocabulary = &program.vocabulary;
        let name = call.callee.value.rsplit('.').next()?;
        let path = if let Some((object, _)) = program.method(node)
            && has(&vocabulary.writers, name)
        {
            program.spanned(object, EvalContext::START)
        } else if has(&vocabulary.writers_to, name) {
            let mut arguments = call.arguments.iter();
            let is_file = |argument: &&Argument| {
                let name = argument.name.as_ref().map(|name| name.value.as_str());
                matches!(name, None | Some("file" | "stream" | "fp" | "f"))
                    && matches!(&argument.value.value, Value::Call(call) if opens(call))
            };
            arguments.find(is_file)?.value.clone()
        } else {
            return None;
        };
        path_of(path)
    }

    /// Whether a call is given a default.
    pub(super) fn has_default(&self, node: Id) -> bool {
        let program = self.program;
        program.given(node).into_iter().any(|argument| {
            let name = program.child(argument, Role::Name);
            program.kind(argument) == Kind::Keyword
                && name.is_some_and(|name| program.bytes(name) == DEFAULT.as_bytes())
        })
    }

    /// `add_argument("--hf-token", default="…")` is the setting `hf_token`.
    pub(super) fn option_default(&self, call: &Call, node: Id, sink: &mut FactSink) {
        let is_default = |argument: &&Argument| {
            let name = argument.name.as_ref();
            name.is_some_and(|name| name.value == DEFAULT)
        };
        let Some(default) = call.arguments.iter().find(is_default) else {
            return;
        };
        let option = call.arguments.iter().find_map(|argument| {
            match (&argument.name, &argument.value.value) {
                (None, Value::Literal(text)) if text.starts_with("--") => Some(Spanned {
                    value: text.trim_start_matches('-').replace('-', "_"),
                    span: argument.value.span.clone(),
                }),
                _ => None,
            }
        });
        if let Some(key) = option {
            let setting = Setting {
                path: vec![key],
                value: default.value.clone(),
            };
            sink.fact(FactKind::Setting(setting), self.program.origin(node));
        }
    }
}

/// A function that is handed on to be called.
pub(super) struct Deferred {
    callee: Spanned<String>,
    /// Its place among the arguments.
    place: usize,
}

impl Deferred {
    /// The call of it, out of that which hands it on.
    pub(super) fn with(self, call: &Call) -> Option<Call> {
        Some(Call {
            callee: self.callee,
            arguments: call.arguments.get(self.place + 1..)?.to_vec(),
        })
    }
}

/// The path that an opened file, or a path, was made of: `open(path)`, `Path(path)`, `path.open()`.
fn path_of(file: Spanned<Value>) -> Option<Argument> {
    let mut path = file;
    let mut is_opened = false;
    for _ in 0..4 {
        let Value::Call(call) = path.value else { break };
        is_opened |= opens(&call);
        path = call.arguments.into_iter().next()?.value;
    }
    let known = matches!(path.value, Value::Literal(_) | Value::Text(_));
    (known || is_opened).then(|| Argument {
        name: Some(Spanned {
            value: "path".to_owned(),
            span: path.span.clone(),
        }),
        value: path,
    })
}

/// Whether a call opens a file.
fn opens(call: &Call) -> bool {
    let name = call.callee.value.rsplit('.').next();
    name.is_some_and(|name| name == "open" || name == "Path")
}
