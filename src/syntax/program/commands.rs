//! Which documents and commands a program runs: scripts in strings, child processes, notebooks.

use super::context::EvalContext;
use super::embedded::command;
use super::facts::Facts;
use super::literal::followed;
use super::resolve::has;
use super::scripts::{dedented, is_python};
use super::source::Program;
use super::tree::{Id, Kind, Role};
use crate::model::Runner;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::{Format, Spanned, Value};

impl Facts<'_, '_> {
    /// The document that is given to a parameter or key, if its name says that there is one.
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
        let program = self.program;
        let Some(list) = program.child(node, Role::Arguments) else {
            return;
        };
        let all = program.given(node);
        if program.kind(list) != Kind::Arguments {
            // zx, execa and Bun: $`hf jobs run`
            let tag = callee.rsplit('.').next().unwrap_or(callee);
            if has(&program.vocabulary.templates, tag) {
                self.embedded.shell(list, sink);
            }
            return;
        }
        let Some(runner) = runner(program, callee) else {
            return;
        };
        let is_positional = |argument: &&Id| program.kind(**argument) != Kind::Keyword;
        let given: Vec<Id> = all.iter().take_while(is_positional).copied().collect();
        let keyword = |name: &str| {
            let mut arguments = all.iter();
            let found = arguments.find(|argument| {
                let keyword = program.child(**argument, Role::Name);
                keyword.is_some_and(|keyword| program.bytes(keyword) == name.as_bytes())
            });
            found.and_then(|found| program.child(*found, Role::Value))
        };
        let first = given.first().copied();
        match runner {
            Runner::Shell => {
                if let Some(first) = first.or_else(|| keyword("cmd")) {
                    self.embedded.shell(first, sink);
                }
            }
            Runner::Command => {
                if let Some(first) = first.or_else(|| keyword("args")) {
                    self.command(first, sink);
                }
            }
            Runner::CommandBehind => {
                if let Some(argv) = given.get(1) {
                    self.command(*argv, sink);
                }
            }
            Runner::Words => self.argv(list, &given, sink),
            Runner::WordsBehind => self.argv(list, given.get(1..).unwrap_or_default(), sink),
            Runner::Program | Runner::ProgramAndOptions => {
                let Some(first) = first else { return };
                let second = given.get(1).copied().or_else(|| keyword("args"));
                let mut words = second.map(|second| followed(program, second));
                if runner == Runner::ProgramAndOptions {
                    words = words.and_then(|options| self.member(options, "args"));
                }
                match words {
                    Some(list) if program.kind(list) == Kind::List => {
                        self.program_and(first, list, sink);
                    }
                    // `spawn("hf jobs run", { shell: true })`
                    _ if runner == Runner::Program => self.embedded.shell(first, sink),
                    _ => {}
                }
            }
            Runner::Magic => {
                let name = first.map(|first| program.key(first, EvalContext::START).value);
                let format = name.and_then(|name| match name.as_str() {
                    "system" | "sx" => Some(Format::Shell),
                    name => Format::of_language(name),
                });
                if let (Some(Format::Shell), Some(body)) = (format, given.last()) {
                    self.embedded.shell(*body, sink);
                }
            }
        }
    }

    fn argv(&mut self, list: Id, words: &[Id], sink: &mut FactSink) {
        let span = self.program.origin(list);
        self.embedded.argv((list, span), words, sink);
    }

    /// A program and the list of its words.
    fn program_and(&mut self, first: Id, list: Id, sink: &mut FactSink) {
        let mut words = vec![first];
        words.extend(self.program.tree.children(list));
        let span = self.program.origin(list);
        let start = self.program.origin(first).start.min(span.end);
        self.embedded.argv((list, start..span.end), &words, sink);
    }

    /// What a map has under a key, as it is written.
    fn member(&self, map: Id, key: &str) -> Option<Id> {
        let program = self.program;
        let is = |pair: &Id| {
            let held = program.child(*pair, Role::Key);
            held.is_some_and(|held| program.bytes(held) == key.as_bytes())
        };
        let pair = program.tree.children(map).find(is)?;
        Some(followed(program, program.child(pair, Role::Value)?))
    }

    /// A command that is a list, or a text for the shell.
    fn command(&mut self, value: Id, sink: &mut FactSink) {
        let node = followed(self.program, value);
        if self.program.kind(node) == Kind::List {
            let words = self.program.items(Some(node));
            self.argv(node, &words, sink);
            return;
        }
        match self.program.spanned(value, EvalContext::START) {
            // A list that is put together.
            Spanned {
                value: Value::List(words),
                span,
            } => command(words, span, sink),
            _ => self.embedded.shell(value, sink),
        }
    }
}

/// What a function runs that is called so, by whatever name the notebook has.
fn runner(program: &Program<'_>, callee: &str) -> Option<Runner> {
    let runners = &program.vocabulary.runners;
    let callee = callee.strip_prefix("IPython.").unwrap_or(callee);
    let notebook = callee.strip_prefix("get_ipython.get_ipython()");
    match notebook {
        Some(rest) => runners.get(&format!("get_ipython(){rest}")).copied(),
        None => runners.get(callee).copied(),
    }
}
