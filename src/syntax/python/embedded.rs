//! Documents and commands in a program: scripts in strings, `subprocess`, IPython.

use super::facts::Facts;
use super::source::Source;
use super::string::{self, Piece};
use crate::syntax::cst::Id;
use crate::syntax::lowering::Lowering;
use crate::syntax::program::{
    Bound, Depth, dedented, document_of_argv, identifier, is_python, plain,
};
use crate::syntax::text::Text;
use crate::syntax::{FactKind, Format, Place, Spanned, Value};

/// How many names and parts lead to a document.
const MAX_STEPS: usize = 12;

impl Facts<'_, '_> {
    /// The document that is given to a parameter or key, if its name says that there is one.
    pub(super) fn document_of(
        &mut self,
        path: &[Spanned<String>],
        value: Id,
        lowering: &mut Lowering,
    ) {
        let Some(key) = path.last() else { return };
        match key.value.as_str() {
            "command" | "cmd" | "entrypoint" => self.command(value, lowering),
            "script" | "source" | "code" => {
                let Some((string, text)) = self.text_of(value, Format::Python) else {
                    return;
                };
                let bytes = text.bytes();
                let lines = bytes.contains(&b'\n');
                let spaces = bytes.iter().any(u8::is_ascii_whitespace);
                if lines && is_python(bytes) {
                    self.nested(string, Format::Python, &dedented(&text), lowering);
                } else if key.value == "script" && spaces {
                    self.shell(value, lowering);
                }
            }
            _ => {}
        }
    }

    /// The commands and documents that a call runs.
    pub(super) fn documents(&mut self, callee: &str, node: Id, lowering: &mut Lowering) {
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
                    self.shell(first, lowering);
                }
            }
            "subprocess.run"
            | "subprocess.call"
            | "subprocess.check_call"
            | "subprocess.check_output"
            | "subprocess.Popen" => {
                if let Some(first) = first.or_else(|| keyword("args")) {
                    self.command(first, lowering);
                }
            }
            "os.execvp" | "os.execv" | "os.execvpe" | "os.execve" | "os.posix_spawn" => {
                if let Some(argv) = given.get(1) {
                    self.command(*argv, lowering);
                }
            }
            "asyncio.create_subprocess_exec" => self.argv(list, &given, lowering),
            "os.execlp" | "os.execl" => {
                self.argv(list, given.get(1..).unwrap_or_default(), lowering);
            }
            "get_ipython().run_line_magic" | "get_ipython().run_cell_magic" => {
                let name = first.map(|first| self.source.key(first, Depth::START).value);
                let format = name.and_then(|name| match name.as_str() {
                    "system" | "sx" => Some(Format::Shell),
                    name => Format::of_language(name),
                });
                if let (Some(Format::Shell), Some(body)) = (format, given.last()) {
                    self.shell(*body, lowering);
                }
            }
            _ => {}
        }
    }

    /// A command that is a list, or a text for the shell.
    fn command(&mut self, value: Id, lowering: &mut Lowering) {
        let node = followed(self.source, value);
        if matches!(self.source.tree.kind(node), "list" | "tuple") {
            let words: Vec<Id> = self.source.tree.items(node).collect();
            self.argv(node, &words, lowering);
            return;
        }
        match self.source.spanned(value, Depth::START) {
            // A list that is put together.
            Spanned {
                value: Value::List(words),
                span,
            } => {
                lowering.within(Place::Embedded, |lowering| {
                    lowering.fact(FactKind::Command(plain(words)), span);
                });
            }
            _ => self.shell(value, lowering),
        }
    }

    /// A command whose words are expressions; `bash -c` and `python -c` hold a document.
    fn argv(&mut self, list: Id, words: &[Id], lowering: &mut Lowering) {
        if !self.embedded.insert(list) {
            return;
        }
        let mut argv: Vec<Spanned<Value>> = Vec::new();
        let mut nodes = Vec::new();
        for word in words {
            if self.source.tree.kind(*word) == "list_splat"
                && let Some(inner) = self.source.tree.only(*word)
                && let Value::List(items) = self.source.value(inner, Depth::START)
            {
                nodes.extend(items.iter().map(|_| *word));
                argv.extend(items);
            } else {
                argv.push(self.source.spanned(*word, Depth::START));
                nodes.push(*word);
            }
        }
        let document =
            document_of_argv(&argv).and_then(|(place, format)| Some((*nodes.get(place)?, format)));
        lowering.within(Place::Embedded, |lowering| {
            lowering.fact(FactKind::Command(plain(argv)), self.source.origin(list));
        });
        match document {
            Some((node, Format::Python)) => {
                if let Some((string, text)) = self.text_of(node, Format::Python) {
                    self.nested(string, Format::Python, &dedented(&text), lowering);
                }
            }
            Some((node, _)) => self.shell(node, lowering),
            None => {}
        }
    }

    fn shell(&mut self, node: Id, lowering: &mut Lowering) {
        if let Some((string, text)) = self.text_of(node, Format::Shell) {
            self.nested(string, Format::Shell, &text, lowering);
        }
    }

    fn nested(&mut self, string: Id, format: Format, text: &Text, lowering: &mut Lowering) {
        if self.embedded.insert(string) {
            lowering.nested(Place::Embedded, format, text);
        }
    }

    /// The text that an expression stands for, and the string that it is made of.
    fn text_of(&self, node: Id, format: Format) -> Option<(Id, Text)> {
        let string = followed(self.source, node);
        let mut text = Text::default();
        let writer = Writer {
            source: self.source,
            format,
        };
        match self.source.tree.kind(string) {
            "string" | "concatenated_string" => writer.string(string, &mut text),
            "binary_operator" => writer.sum(string, &mut text)?,
            _ => return None,
        }
        let left = self.source.budget.spend_text(text.bytes().len());
        left.then_some((string, text))
    }
}

/// The string that an expression leads to, through names and calls that change nothing else.
fn followed(source: &Source<'_>, node: Id) -> Id {
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

struct Writer<'s, 't> {
    source: &'s Source<'t>,
    format: Format,
}

impl Writer<'_, '_> {
    fn string(&self, node: Id, into: &mut Text) {
        for piece in string::pieces(self.source, node) {
            match piece {
                Piece::Plain(text) => into.push_from(&text, 0..text.bytes().len()),
                Piece::Expression(expression) => self.expression(expression, into),
            }
        }
    }

    /// `"a" + b + "c"`
    fn sum(&self, node: Id, into: &mut Text) -> Option<()> {
        let tree = &self.source.tree;
        let mut parts = Vec::new();
        let mut at = node;
        while tree.kind(at) == "binary_operator" {
            if self.source.bytes(tree.field(at, "operator")?) != b"+" {
                // `"…" % x`: the text is on the left.
                parts.clear();
            } else {
                parts.push(tree.field(at, "right")?);
            }
            at = tree.field(at, "left")?;
        }
        parts.push(at);
        let mut texts = 0;
        for part in parts.into_iter().rev() {
            let inner = followed(self.source, part);
            if matches!(tree.kind(inner), "string" | "concatenated_string") {
                texts += 1;
                self.string(inner, into);
            } else {
                self.expression(part, into);
            }
        }
        (texts > 0).then_some(())
    }

    /// What stands for an expression: a variable of the same name in a shell script; in a program,
    /// the expression in braces.
    fn expression(&self, node: Id, into: &mut Text) {
        let origin = self.source.origin(node);
        if self.format != Format::Shell {
            into.push(b"{", origin.start..origin.start);
            into.push_from(self.source.text, self.source.tree.span(node));
            into.push(b"}", origin.end..origin.end);
            return;
        }
        let text = match self.source.value(node, Depth::START) {
            Value::Literal(text) => text,
            Value::Environment(name, _) => format!("${{{}}}", identifier(&name)),
            Value::Name(name) => format!("${{{}}}", identifier(&name)),
            _ => format!("${{{}}}", identifier(&self.source.string(node))),
        };
        into.push(text.as_bytes(), origin);
    }
}
