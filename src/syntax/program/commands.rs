//! Which documents and commands a program runs: scripts in strings, child processes, notebooks.

use super::context::EvalContext;
use super::embedded::command;
use super::facts::Facts;
use super::literal::followed;
use super::resolve::has;
use super::runners::runner;
use super::scripts::{begins_as_python, dedented, has_lines, is_python, sniffed};
use super::source::Program;
use super::tree::{Id, Kind, Role as Part};
use crate::model::Runner;
use crate::syntax::data::Role;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Format, Spanned, Value};

/// The shortest string that may be a document, in bytes.
const SHORTEST: usize = 16;

impl Facts<'_, '_> {
    /// The document that is given to a parameter or key, if its name says that there is one.
    pub(super) fn document_of(&mut self, path: &[Spanned<String>], value: Id, sink: &mut FactSink) {
        let Some(key) = path.last() else { return };
        let role = Role::of(&key.value, &self.program.models.lists);
        match (role, key.value.as_str()) {
            (Role::Argv, _) => self.command(value, sink),
            (_, "script" | "source" | "code") => self.program_or_script(&key.value, value, sink),
            (Role::Script, _) => self.scripts(value, sink),
            (Role::Arguments, _) => {
                // `args=["a b && c"]` behind `command=["sh", "-c"]`
                let list = followed(self.program, value);
                for item in self.program.items(Some(list)) {
                    let word = self.program.plain(item);
                    if word.is_some_and(|word| word.bytes().contains(&b' ')) {
                        self.embedded.shell(item, sink);
                    }
                }
            }
            _ => {}
        }
    }

    /// The scripts that are given to a name which says so: several, or one of several lines. One line may be
    /// what a message says.
    pub(super) fn documents_of_name(&mut self, target: Id, value: Id, sink: &mut FactSink) {
        let program = self.program;
        let name = program.string(target);
        if Role::of(&name, &program.models.lists) != Role::Script {
            return;
        }
        let lines = || {
            let text = program.plain(value);
            text.is_some_and(|text| text.bytes().contains(&b'\n'))
        };
        if program.kind(value) == Kind::List || lines() {
            self.scripts(value, sink);
        }
    }

    /// A script for the shell, or a list of them.
    fn scripts(&mut self, value: Id, sink: &mut FactSink) {
        let program = self.program;
        let node = followed(program, value);
        if program.kind(node) != Kind::List {
            // A program in Python is read as one where it is given to what runs it.
            let is_program = |text: MappedText| begins_as_python(text.bytes());
            if !program.plain(node).is_some_and(is_program) {
                self.embedded.shell(value, sink);
            }
            return;
        }
        for item in program.items(Some(node)) {
            let inner = program.child(item, Part::Value).unwrap_or(item);
            self.embedded.shell(inner, sink);
        }
    }

    /// A program in Python, or a script for the shell.
    fn program_or_script(&mut self, key: &str, value: Id, sink: &mut FactSink) {
        let Some((string, text)) = self.embedded.text_of(value, Format::Python) else {
            return;
        };
        let bytes = text.bytes();
        let spaces = bytes.iter().any(u8::is_ascii_whitespace);
        if bytes.contains(&b'\n') && is_python(bytes) {
            let program = dedented(&text);
            self.embedded
                .document(string, Format::Python, &program, sink);
        } else if key == "script" && spaces {
            self.embedded.shell(value, sink);
        }
    }

    /// A string that is a document of its own by what is in it: a script, a Dockerfile, settings.
    pub(super) fn document_in(&mut self, node: Id, sink: &mut FactSink) {
        let program = self.program;
        let parent = program.tree.parent(node).map(|parent| program.kind(parent));
        // A string by itself says something to people.
        if matches!(
            parent,
            None | Some(Kind::Root | Kind::Suite | Kind::Block | Kind::Strings)
        ) {
            return;
        }
        let bytes = program.bytes(node);
        if bytes.len() < SHORTEST || !has_lines(bytes) {
            return;
        }
        let Some((_, text)) = self.embedded.text_of(node, Format::Yaml) else {
            return;
        };
        if let Some(format) = sniffed(text.bytes())
            && let Some((string, text)) = self.embedded.text_of(node, format)
        {
            self.embedded
                .document(string, format, &dedented(&text), sink);
        }
    }

    /// The commands and documents that a call runs.
    pub(super) fn documents(&mut self, callee: &str, node: Id, sink: &mut FactSink) {
        let program = self.program;
        let Some(list) = program.child(node, Part::Arguments) else {
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
        if let Some((function, argument)) = self.runners.of(program, node) {
            return self.run(function, argument, sink);
        }
        let Some(runner) = runner(program, callee) else {
            return;
        };
        let is_positional = |argument: &&Id| program.kind(**argument) != Kind::Keyword;
        let given: Vec<Id> = all.iter().take_while(is_positional).copied().collect();
        let keyword = |name: &str| {
            let mut arguments = all.iter();
            let found = arguments.find(|argument| {
                let keyword = program.child(**argument, Part::Name);
                keyword.is_some_and(|keyword| program.bytes(keyword) == name.as_bytes())
            });
            found.and_then(|found| program.child(*found, Part::Value))
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
            Runner::Any => match (first, given.len()) {
                (Some(first), 1) => self.command(first, sink),
                (Some(first), _) if is_word(program, first) => self.argv(list, &given, sink),
                (Some(first), _) => self.command(first, sink),
                _ => {}
            },
            Runner::Scripts => {
                for script in &given {
                    self.scripts(*script, sink);
                }
            }
            Runner::WordsBehind => self.argv(list, given.get(1..).unwrap_or_default(), sink),
            Runner::Program | Runner::ProgramAndOptions => {
                let second = given.get(1).copied().or_else(|| keyword("args"));
                if let Some(first) = first {
                    self.started(runner, first, second, sink);
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

    /// A program and its words apart, or what stands in their place.
    fn started(&mut self, runner: Runner, first: Id, second: Option<Id>, sink: &mut FactSink) {
        let program = self.program;
        let mut words = second.map(|second| followed(program, second));
        if runner == Runner::ProgramAndOptions {
            words = words.and_then(|options| self.member(options, "args"));
        }
        match words {
            Some(list) if program.kind(list) == Kind::List => self.program_and(first, list, sink),
            // `spawn("hf jobs run", { shell: true })`
            _ if runner == Runner::Program => self.embedded.shell(first, sink),
            _ => {}
        }
    }

    /// What a function of the program runs that is given it.
    fn run(&mut self, runner: Runner, argument: Id, sink: &mut FactSink) {
        match runner {
            Runner::Shell => self.embedded.shell(argument, sink),
            _ => self.command(argument, sink),
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
            let held = program.child(*pair, Part::Key);
            held.is_some_and(|held| program.bytes(held) == key.as_bytes())
        };
        let pair = program.tree.children(map).find(is)?;
        Some(followed(program, program.child(pair, Part::Value)?))
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

/// Whether an expression is a text without blanks: a word of a command rather than a line.
fn is_word(program: &Program<'_>, node: Id) -> bool {
    let text = program.plain(followed(program, node));
    text.is_some_and(|text| !text.bytes().iter().any(u8::is_ascii_whitespace))
}
