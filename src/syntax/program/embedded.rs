//! Documents and commands that a program runs, out of its strings and lists.

use std::collections::HashSet;

use super::context::EvalContext;
use super::literal::followed;
use super::scripts::{dedented, document_of_argv, identifier, plain};
use super::source::Program;
use super::strings::Piece;
use super::tree::{Id, Kind, Role};
use crate::span::Span;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{FactKind, Format, Place, Spanned, Value};

/// Lowers what lies in the strings of a program, each once.
pub(super) struct Embedded<'p, 't> {
    program: &'p Program<'t>,
    lowered: HashSet<Id>,
}

impl<'p, 't> Embedded<'p, 't> {
    pub(super) fn new(program: &'p Program<'t>) -> Self {
        Self {
            program,
            lowered: HashSet::new(),
        }
    }

    /// A command whose words are expressions; `bash -c` and `python -c` hold a document. It goes by
    /// the list that it is written as, and stands at `span` of the file.
    pub(super) fn argv(&mut self, (list, span): (Id, Span), words: &[Id], sink: &mut FactSink) {
        if !self.lowered.insert(list) {
            return;
        }
        let program = self.program;
        let mut argv: Vec<Spanned<Value>> = Vec::new();
        let mut nodes = Vec::new();
        for word in words {
            if program.kind(*word) == Kind::Spread
                && let Some(inner) = program.child(*word, Role::Value)
                && let Value::List(items) = program.value(inner, EvalContext::START)
            {
                nodes.extend(items.iter().map(|_| *word));
                argv.extend(items);
            } else {
                argv.push(program.spanned(*word, EvalContext::START));
                nodes.push(*word);
            }
        }
        if let Some(first) = argv.first_mut()
            && first.value == Value::Name("sys.executable".to_owned())
        {
            first.value = Value::Literal("python".to_owned());
        }
        if argv.is_empty() {
            return;
        }
        let document =
            document_of_argv(&argv).and_then(|(place, format)| Some((*nodes.get(place)?, format)));
        command(argv, span, sink);
        match document {
            Some((node, Format::Python)) => {
                if let Some((string, text)) = self.text_of(node, Format::Python) {
                    self.document(string, Format::Python, &dedented(&text), sink);
                }
            }
            Some((node, _)) => self.shell(node, sink),
            None => {}
        }
    }

    /// An expression that is a script for the shell.
    pub(super) fn shell(&mut self, node: Id, sink: &mut FactSink) {
        if let Some((string, text)) = self.text_of(node, Format::Shell) {
            self.document(string, Format::Shell, &text, sink);
        }
    }

    /// A document that is written as a string.
    pub(super) fn document(
        &mut self,
        string: Id,
        format: Format,
        text: &MappedText,
        sink: &mut FactSink,
    ) {
        if self.lowered.insert(string) {
            sink.nested(Place::Embedded, format, text);
        }
    }

    /// The text that an expression stands for, and the string that it is made of.
    pub(super) fn text_of(&self, node: Id, format: Format) -> Option<(Id, MappedText)> {
        let program = self.program;
        let string = followed(program, node);
        let writer = Writer { program, format };
        let mut text = MappedText::default();
        match program.pieces(string) {
            Some(pieces) => writer.string(pieces, &mut text),
            None => writer.sum(string, &mut text)?,
        }
        let left = program.budget.spend_text(text.bytes().len());
        left.then_some((string, text))
    }
}

/// A command that is a list of words.
pub(super) fn command(words: Vec<Spanned<Value>>, span: Span, sink: &mut FactSink) {
    if words.is_empty() {
        return;
    }
    sink.within(Place::Embedded, |sink| {
        sink.fact(FactKind::Command(plain(words)), span);
    });
}

struct Writer<'p, 't> {
    program: &'p Program<'t>,
    format: Format,
}

impl Writer<'_, '_> {
    fn string(&self, pieces: Vec<Piece>, into: &mut MappedText) {
        for piece in pieces {
            match piece {
                Piece::Plain(text) => into.push_from(&text, 0..text.bytes().len()),
                Piece::Expression(expression) => self.expression(expression, into),
            }
        }
    }

    /// `"a" + b + "c"`
    fn sum(&self, node: Id, into: &mut MappedText) -> Option<()> {
        let program = self.program;
        let mut parts = Vec::new();
        let mut at = node;
        loop {
            match program.kind(at) {
                Kind::Add => parts.push(program.child(at, Role::Right)?),
                // `"…" % x` is as good as the text.
                Kind::Format | Kind::Merge | Kind::Repeat | Kind::Divide | Kind::Binary
                    if program.language.formats_by_operator =>
                {
                    parts.clear();
                }
                Kind::Or | Kind::And | Kind::Binary => return None,
                _ => break,
            }
            at = program.child(at, Role::Left)?;
        }
        parts.push(at);
        let mut texts = 0;
        for part in parts.into_iter().rev() {
            match program.pieces(followed(program, part)) {
                Some(pieces) => {
                    texts += 1;
                    self.string(pieces, into);
                }
                None => self.expression(part, into),
            }
        }
        (texts > 0).then_some(())
    }

    /// What stands for an expression: a variable of the same name in a shell script; in a program,
    /// the expression in braces.
    fn expression(&self, node: Id, into: &mut MappedText) {
        let program = self.program;
        let origin = program.origin(node);
        if self.format != Format::Shell {
            into.push(b"{", origin.start..origin.start);
            into.push_from(program.text, program.tree.span(node));
            into.push(b"}", origin.end..origin.end);
            return;
        }
        let text = match program.value(node, EvalContext::START) {
            Value::Literal(text) => text,
            Value::Environment(name, _) | Value::Name(name) => {
                format!("${{{}}}", identifier(&name))
            }
            _ => format!("${{{}}}", identifier(&program.string(node))),
        };
        into.push(text.as_bytes(), origin);
    }
}
