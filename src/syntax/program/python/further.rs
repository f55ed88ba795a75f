//! What a call says beside its own arguments: the function that it hands on, the file that it writes
//! to, and what it is given in each turn of a loop.

use super::callee;
use super::facts::Facts;
use crate::syntax::program::Depth;
use crate::syntax::program::cst::Id;
use crate::syntax::{Argument, Call, Spanned, Value};

impl Facts<'_, '_> {
    /// The call in the turns of the loop around it, where they differ.
    pub(super) fn turns(&self, call: &Call, node: Id) -> Vec<Call> {
        let Some((of, turns)) = self.source.turns_around(node, Depth::START) else {
            return Vec::new();
        };
        let mut calls: Vec<Call> = Vec::new();
        for turn in 0..turns {
            let depth = Depth {
                turn: Some((of, turn)),
                ..Depth::START
            };
            let given = self.source.call(node, depth);
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
    pub(super) fn deferred(&self, call: &Call, node: Id) -> Option<Call> {
        let name = call.callee.value.as_str();
        let place = match name {
            "asyncio.to_thread"
            | "anyio.to_thread.run_sync"
            | "starlette.concurrency.run_in_threadpool"
            | "fastapi.concurrency.run_in_threadpool"
            | "functools.partial" => 0,
            _ if name.ends_with(".run_in_executor") => 1,
            _ if name.ends_with(".submit")
                && (name.contains("Executor") || name.contains("pool")) =>
            {
                0
            }
            _ => return None,
        };
        let tree = &self.source.tree;
        let function = tree.items(tree.field(node, "arguments")?).nth(place)?;
        if !matches!(tree.kind(function), "identifier" | "attribute") {
            return None;
        }
        Some(Call {
            callee: Spanned {
                value: callee::resolve(self.source, function),
                span: self.source.origin(function),
            },
            arguments: call.arguments.get(place + 1..)?.to_vec(),
        })
    }

    /// The file that `x.write(…)` writes to, as the argument `path`.
    pub(super) fn written_to(&self, node: Id) -> Option<Argument> {
        let tree = &self.source.tree;
        let function = tree.field(node, "function")?;
        let method = tree.field(function, "attribute")?;
        if !matches!(
            self.source.bytes(method),
            b"write" | b"write_text" | b"write_bytes" | b"writelines"
        ) {
            return None;
        }
        let mut path = self
            .source
            .spanned(tree.field(function, "object")?, Depth::START);
        // `open(path)`, `Path(path)`, `path.open()`
        for _ in 0..4 {
            let Value::Call(call) = path.value else { break };
            path = call.arguments.into_iter().next()?.value;
        }
        let known = matches!(path.value, Value::Literal(_) | Value::Text(_));
        known.then(|| Argument {
            name: Some(Spanned {
                value: "path".to_owned(),
                span: path.span.clone(),
            }),
            value: path,
        })
    }
}
