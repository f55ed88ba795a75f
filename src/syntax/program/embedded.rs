//! Documents and commands that a program runs, out of its strings and lists.

use std::collections::HashSet;

use super::depth::Depth;
use super::language::{Language, Piece};
use super::scripts::{dedented, document_of_argv, identifier, plain};
use super::source::Source;
use crate::span::Span;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::program::cst::Id;
use crate::syntax::{FactKind, Format, Place, Spanned, Value};

/// Lowers what lies in the strings of a program, each once.
pub(in crate::syntax) struct Embedded<'s, 't, N> {
    source: &'s Source<'t, N>,
    lowered: HashSet<Id>,
}

impl<'s, 't, N: Language> Embedded<'s, 't, N> {
    pub(in crate::syntax) fn new(source: &'s Source<'t, N>) -> Self {
        Self {
            source,
            lowered: HashSet::new(),
        }
    }

    /// A command whose words are expressions; `bash -c` and `python -c` hold a document. It goes by
    /// the list that it is written as, and stands at `span` of the file.
    pub(in crate::syntax) fn argv(
        &mut self,
        (list, span): (Id, Span),
        words: &[Id],
        sink: &mut FactSink,
    ) {
        if !self.lowered.insert(list) {
            return;
        }
        let tree = &self.source.tree;
        let mut argv: Vec<Spanned<Value>> = Vec::new();
        let mut nodes = Vec::new();
        for word in words {
            if tree.kind(*word) == N::SPREAD
                && let Some(inner) = tree.only(*word)
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
    pub(in crate::syntax) fn shell(&mut self, node: Id, sink: &mut FactSink) {
        if let Some((string, text)) = self.text_of(node, Format::Shell) {
            self.document(string, Format::Shell, &text, sink);
        }
    }

    /// A document that is written as a string.
    pub(in crate::syntax) fn document(
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
    pub(in crate::syntax) fn text_of(&self, node: Id, format: Format) -> Option<(Id, MappedText)> {
        let source = self.source;
        let string = N::followed(source, node);
        let writer = Writer { source, format };
        let mut text = MappedText::default();
        match N::pieces(source, string) {
            Some(pieces) => writer.string(pieces, &mut text),
            None if source.tree.kind(string) == N::JOINED => writer.sum(string, &mut text)?,
            None => return None,
        }
        let left = source.budget.spend_text(text.bytes().len());
        left.then_some((string, text))
    }
}

/// A command that is a list of words.
pub(in crate::syntax) fn command(words: Vec<Spanned<Value>>, span: Span, sink: &mut FactSink) {
    sink.within(Place::Embedded, |sink| {
        sink.fact(FactKind::Command(plain(words)), span);
    });
}

struct Writer<'s, 't, N> {
    source: &'s Source<'t, N>,
    format: Format,
}

impl<N: Language> Writer<'_, '_, N> {
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
        let tree = &self.source.tree;
        let mut parts = Vec::new();
        let mut at = node;
        while tree.kind(at) == N::JOINED {
            if self.source.bytes(tree.field(at, "operator")?) == b"+" {
                parts.push(tree.field(at, "right")?);
            } else if N::FORMATS_BY_OPERATOR {
                parts.clear();
            } else {
                return None;
            }
            at = tree.field(at, "left")?;
        }
        parts.push(at);
        let mut texts = 0;
        for part in parts.into_iter().rev() {
            match N::pieces(self.source, N::followed(self.source, part)) {
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
