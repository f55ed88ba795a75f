//! Documents and commands in a program: scripts in strings, `subprocess`, IPython.

use super::facts::Facts;
use super::source::Source;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::program::cst::Id;
use crate::syntax::program::{self, Bound, Depth, dedented, is_python};
use crate::syntax::{Format, Spanned, Value};

/// How many names and parts lead to a document.
const MAX_STEPS: usize = 12;

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
                let lines = bytes.contains(&b'\n');
                let spaces = bytes.iter().any(u8::is_ascii_whitespace);
                if lines && is_python(bytes) {
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
        let tree = &self.source.tree;
        let Some(list) = tree.field(node, "arguments") else {
            return;
        };
        let keyword = |name: &str| {
            let mut arguments = tree.items(list);
            let found = arguments.find(|argument| {
                let keyword = tree.field(*argument, "name");
                keyword.is_some_and(|keyword| self.source.bytes(keyword) == name.as_bytes())
            });
            found.and_then(|found| tree.field(found, "value"))
        };
        let given: Vec<Id> = tree
            .items(list)
            .take_while(|argument| tree.kind(*argument) != "keyword_argument")
            .collect();
        let first = given.first().copied();
        let callee = callee.strip_prefix("IPython.").unwrap_or(callee);
        let callee = callee
            .strip_prefix("get_ipython.get_ipython()")
            .map_or_else(|| callee.to_owned(), |rest| format!("get_ipython(){rest}"));
        match callee.as_str() {
            "os.system"
            | "os.popen"
            | "subprocess.getoutput"
            | "subprocess.getstatusoutput"
            | "commands.getoutput"
            | "asyncio.create_subprocess_shell"
            | "pexpect.spawn"
            | "pexpect.run"
            | "get_ipython().system"
            | "get_ipython().getoutput"
            | "get_ipython().system_raw" => {
                if let Some(first) = first.or_else(|| keyword("cmd")) {
                    self.embedded.shell(first, sink);
                }
            }
            "subprocess.run"
            | "subprocess.call"
            | "subprocess.check_call"
            | "subprocess.check_output"
            | "subprocess.Popen" => {
                if let Some(first) = first.or_else(|| keyword("args")) {
                    self.command(first, sink);
                }
            }
            "os.execvp" | "os.execv" | "os.execvpe" | "os.execve" | "os.posix_spawn" => {
                if let Some(argv) = given.get(1) {
                    self.command(*argv, sink);
                }
            }
            "asyncio.create_subprocess_exec" => self.argv(list, &given, sink),
            "os.execlp" | "os.execl" => {
                self.argv(list, given.get(1..).unwrap_or_default(), sink);
            }
            "get_ipython().run_line_magic" | "get_ipython().run_cell_magic" => {
                let name = first.map(|first| self.source.key(first, Depth::START).value);
                let format = name.and_then(|name| match name.as_str() {
                    "system" | "sx" => Some(Format::Shell),
                    name => Format::of_language(name),
                });
                if let (Some(Format::Shell), Some(body)) = (format, given.last()) {
                    self.embedded.shell(*body, sink);
                }
            }
            _ => {}
        }
    }

    fn argv(&mut self, list: Id, words: &[Id], sink: &mut FactSink) {
        let span = self.source.origin(list);
        self.embedded.argv((list, span), words, sink);
    }

    /// A command that is a list, or a text for the shell.
    fn command(&mut self, value: Id, sink: &mut FactSink) {
        let node = followed(self.source, value);
        if matches!(self.source.tree.kind(node), "list" | "tuple") {
            let words: Vec<Id> = self.source.tree.items(node).collect();
            self.argv(node, &words, sink);
            return;
        }
        match self.source.spanned(value, Depth::START) {
            // A list that is put together.
            Spanned {
                value: Value::List(words),
                span,
            } => {
                program::command(words, span, sink);
            }
            _ => self.embedded.shell(value, sink),
        }
    }
}

/// The string that an expression leads to, through names and calls that change nothing else.
pub(super) fn followed(source: &Source<'_>, node: Id) -> Id {
    let tree = &source.tree;
    let mut at = node;
    for _ in 0..MAX_STEPS {
        let next = match tree.kind(at) {
            "parenthesized_expression" | "await" => tree.only(at),
            "identifier" | "attribute" => source.dotted(at).and_then(|name| {
                let found = source.names.find(source, &name, at)?;
                match found.base? {
                    Bound::Value(value) if found.changes.is_empty() => Some(*value),
                    _ => None,
                }
            }),
            "call" => same(source, at),
            _ => None,
        };
        match next {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}

/// What a call gives back as good as unchanged.
fn same(source: &Source<'_>, call: Id) -> Option<Id> {
    let tree = &source.tree;
    let function = tree.field(call, "function")?;
    let first = || tree.only(tree.field(call, "arguments")?);
    let name = tree.field(function, "attribute").unwrap_or(function);
    match source.bytes(name) {
        b"strip" | b"lstrip" | b"rstrip" | b"format" | b"encode" | b"replace" => {
            tree.field(function, "object")
        }
        b"dedent" | b"cleandoc" | b"str" | b"list" => first(),
        b"split" if source.bytes(function) == b"shlex.split" => first(),
        _ => None,
    }
}
