//! Documents and commands in a program: `child_process` and its kin, scripts in strings.

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
    /// The document that is given to a key, if its name says that there is one.
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
                let spaces = bytes.iter().any(u8::is_ascii_whitespace);
                if bytes.contains(&b'\n') && is_python(bytes) {
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
        let given = self.source.given(node);
        let Some(first) = given.first().copied() else {
            return;
        };
        if self.source.is_template_call(node) {
            // zx, execa and Bun: $`hf jobs run`
            let tag = callee.rsplit('.').next().unwrap_or(callee);
            if matches!(tag, "$" | "$()" | "$sync" | "execaCommand" | "sh") {
                self.shell(first, lowering);
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
            | "execaCommandSync" => self.shell(first, lowering),
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
                        self.argv(list, Some(first), lowering);
                    }
                    // `spawn("hf jobs run", { shell: true })`
                    _ => self.shell(first, lowering),
                }
            }
            "Bun.spawn" | "Bun.spawnSync" => self.command(first, lowering),
            // `new Deno.Command("hf", { args: ["jobs"] })`
            "Deno.Command" => {
                let options = given.get(1).map(|second| followed(self.source, *second));
                let arguments = options.and_then(|options| self.member(options, b"args"));
                if let Some(list) = arguments.map(|list| followed(self.source, list)) {
                    self.argv(list, Some(first), lowering);
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
    fn command(&mut self, value: Id, lowering: &mut Lowering) {
        let node = followed(self.source, value);
        if self.source.tree.kind(node) == "array" {
            self.argv(node, None, lowering);
        } else {
            self.shell(value, lowering);
        }
    }

    /// A command whose words are expressions; `bash -c` and `python -c` hold a document.
    fn argv(&mut self, list: Id, program: Option<Id>, lowering: &mut Lowering) {
        if !self.embedded.insert(list) {
            return;
        }
        let tree = &self.source.tree;
        let mut argv: Vec<Spanned<Value>> = Vec::new();
        let mut nodes = Vec::new();
        for word in program.into_iter().chain(tree.items(list)) {
            if tree.kind(word) == "spread_element"
                && let Some(inner) = tree.only(word)
                && let Value::List(items) = self.source.value(inner, Depth::START)
            {
                nodes.extend(items.iter().map(|_| word));
                argv.extend(items);
            } else {
                argv.push(self.source.spanned(word, Depth::START));
                nodes.push(word);
            }
        }
        let document =
            document_of_argv(&argv).and_then(|(place, format)| Some((*nodes.get(place)?, format)));
        let span = self.source.origin(list);
        let start = program.map_or(span.start, |program| self.source.origin(program).start);
        lowering.within(Place::Embedded, |lowering| {
            lowering.fact(
                FactKind::Command(plain(argv)),
                start.min(span.end)..span.end,
            );
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
            "string" | "template_string" => writer.string(string, &mut text),
            "binary_expression" => writer.sum(string, &mut text)?,
            _ => return None,
        }
        let left = self.source.budget.spend_text(text.bytes().len());
        left.then_some((string, text))
    }
}

/// The literal that an expression leads to, through names and calls that change nothing else.
fn followed(source: &Source<'_>, node: Id) -> Id {
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
        while tree.kind(at) == "binary_expression" {
            if self.source.bytes(tree.field(at, "operator")?) != b"+" {
                return None;
            }
            parts.push(tree.field(at, "right")?);
            at = tree.field(at, "left")?;
        }
        parts.push(at);
        let mut texts = 0;
        for part in parts.into_iter().rev() {
            let inner = followed(self.source, part);
            if string::is_literal(self.source, inner) {
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
            Value::Environment(name, _) | Value::Name(name) => {
                format!("${{{}}}", identifier(&name))
            }
            _ => format!("${{{}}}", identifier(&self.source.string(node))),
        };
        into.push(text.as_bytes(), origin);
    }
}
