//! Documents and commands in a program: `child_process` and its kin, scripts in strings.

use super::facts::Facts;
use super::source::Source;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::program::cst::Id;
use crate::syntax::program::{Bound, dedented, is_python};
use crate::syntax::{Format, Spanned};

/// How many names and parts lead to a document.
const MAX_STEPS: usize = 12;

impl Facts<'_, '_> {
    /// The document that is given to a key, if its name says that there is one.
    pub(super) fn document_of(&mut self, path: &[Spanned<String>], value: Id, sink: &mut FactSink) {
        let Some(key) = path.last() else { return };
        match key.value.as_str() {
            "command" | "cmd" | "entrypoint" => self.command(value, sink),
            "script" | "source" | "code" => {
                let Some((string, text)) = self.embedded.text_of(value, Format::Python) else {
                    return;
                };
                let bytes = text.bytes();
                let spaces = bytes.iter().any(u8::is_ascii_whitespace);
                if bytes.contains(&b'\n') && is_python(bytes) {
                    let program = dedented(&text);
                    self.embedded
                        .document(string, Format::Python, &program, sink);
                } else if key.value == "script" && spaces {
                    self.embedded.shell(value, sink);
                }
            }
            _ => {}
        }
    }

    /// The commands and documents that a call runs.
    pub(super) fn documents(&mut self, callee: &str, node: Id, sink: &mut FactSink) {
        let given = self.source.given(node);
        let Some(first) = given.first().copied() else {
            return;
        };
        if self.source.is_template_call(node) {
            // zx, execa and Bun: $`hf jobs run`
            let tag = callee.rsplit('.').next().unwrap_or(callee);
            if matches!(tag, "$" | "$()" | "$sync" | "execaCommand" | "sh") {
                self.embedded.shell(first, sink);
            }
            return;
        }
        let name = callee.strip_prefix("child_process.").unwrap_or(callee);
        match name {
            "exec"
            | "execSync"
            | "shelljs.exec"
            | "shell.exec"
            | "execa.execaCommand"
            | "execa.execaCommandSync"
            | "execaCommand"
            | "execaCommandSync" => self.embedded.shell(first, sink),
            "spawn"
            | "spawnSync"
            | "execFile"
            | "execFileSync"
            | "cross-spawn"
            | "cross-spawn.sync"
            | "execa"
            | "execa.execa"
            | "execa.execaSync"
            | "execaSync"
            | "@actions/exec.exec"
            | "@actions/exec.getExecOutput"
            | "node-pty.spawn" => {
                match given.get(1).map(|second| followed(self.source, *second)) {
                    Some(list) if self.source.tree.kind(list) == "array" => {
                        self.argv(list, Some(first), sink);
                    }
                    // `spawn("hf jobs run", { shell: true })`
                    _ => self.embedded.shell(first, sink),
                }
            }
            "Bun.spawn" | "Bun.spawnSync" => self.command(first, sink),
            // `new Deno.Command("hf", { args: ["jobs"] })`
            "Deno.Command" => {
                let options = given.get(1).map(|second| followed(self.source, *second));
                let arguments = options.and_then(|options| self.member(options, b"args"));
                if let Some(list) = arguments.map(|list| followed(self.source, list)) {
                    self.argv(list, Some(first), sink);
                }
            }
            _ => {}
        }
    }

    /// What an object has under a key, as it is written.
    fn member(&self, object: Id, key: &[u8]) -> Option<Id> {
        let tree = &self.source.tree;
        let is = |pair: &Id| {
            let held = tree.field(*pair, "key");
            held.is_some_and(|held| self.source.bytes(held) == key)
        };
        tree.field(tree.items(object).find(is)?, "value")
    }

    /// A command that is a list, or a text for the shell.
    fn command(&mut self, value: Id, sink: &mut FactSink) {
        let node = followed(self.source, value);
        if self.source.tree.kind(node) == "array" {
            self.argv(node, None, sink);
        } else {
            self.embedded.shell(value, sink);
        }
    }

    fn argv(&mut self, list: Id, program: Option<Id>, sink: &mut FactSink) {
        let words = program.into_iter().chain(self.source.tree.items(list));
        let words: Vec<Id> = words.collect();
        let span = self.source.origin(list);
        let start = program.map_or(span.start, |program| self.source.origin(program).start);
        let span = start.min(span.end)..span.end;
        self.embedded.argv((list, span), &words, sink);
    }
}

/// The literal that an expression leads to, through names and calls that change nothing else.
pub(super) fn followed(source: &Source<'_>, node: Id) -> Id {
    let tree = &source.tree;
    let mut at = source.bare(node);
    for _ in 0..MAX_STEPS {
        let next = match tree.kind(at) {
            "identifier" | "shorthand_property_identifier" | "member_expression" => {
                source.simple(at).and_then(|name| {
                    let found = source.names.find(source, &name, at)?;
                    match found.base? {
                        Bound::Value(value) if found.changes.is_empty() => Some(*value),
                        _ => None,
                    }
                })
            }
            "call_expression" => same(source, at),
            _ => None,
        };
        match next {
            Some(next) => at = source.bare(next),
            None => break,
        }
    }
    at
}

/// What a call gives back as good as unchanged.
fn same(source: &Source<'_>, call: Id) -> Option<Id> {
    let tree = &source.tree;
    let function = tree.field(call, "function")?;
    let property = tree.field(function, "property");
    match source.bytes(property.unwrap_or(function)) {
        b"trim" | b"trimStart" | b"trimEnd" | b"replace" | b"replaceAll" => {
            tree.field(function, "object")
        }
        // A list of lines.
        b"raw" | b"dedent" | b"String" => source.given(call).first().copied(),
        _ => None,
    }
}
