//! String literals and their parts.

use super::context::EvalContext;
use super::source::Program;
use super::tree::{Id, Kind, Role};
use crate::syntax::escape::unescape;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Spanned, Value};

/// A part of a string literal.
#[derive(Debug)]
pub(super) enum Piece {
    /// Text as it is written, with escapes resolved.
    Plain(MappedText),
    /// An expression that is put into it.
    Expression(Id),
}

impl Program<'_> {
    /// The parts of a string, or of several that stand side by side; none of anything else.
    pub(super) fn pieces(&self, node: Id) -> Option<Vec<Piece>> {
        let strings = match self.kind(node) {
            Kind::String => vec![node],
            Kind::Strings => self.items(Some(node)),
            _ => return None,
        };
        let mut pieces = Vec::new();
        let mut plain = MappedText::default();
        for string in strings {
            for part in self.items(self.child(string, Role::Inside)) {
                let span = self.tree.span(part);
                match self.kind(part) {
                    Kind::Text => unescape(self.text, span, self.language.escapes, &mut plain),
                    Kind::RawText => plain.push_from(self.text, span),
                    _ => {
                        flush(&mut plain, &mut pieces);
                        let value = self.child(part, Role::Value);
                        pieces.extend(value.map(Piece::Expression));
                    }
                }
            }
        }
        flush(&mut plain, &mut pieces);
        Some(pieces)
    }

    /// The parts of a string literal as values.
    pub(super) fn parts(&self, node: Id, context: EvalContext<'_>) -> Vec<Spanned<Value>> {
        let pieces = self.pieces(node).unwrap_or_default();
        let part = |piece| match piece {
            Piece::Plain(text) => Spanned {
                value: Value::Literal(String::from_utf8_lossy(text.bytes()).into_owned()),
                span: text.origin(0..text.bytes().len()),
            },
            Piece::Expression(expression) => self.spanned(expression, context),
        };
        pieces.into_iter().map(part).collect()
    }

    /// The text of a string literal without expressions in it.
    pub(super) fn plain(&self, node: Id) -> Option<MappedText> {
        let mut pieces = self.pieces(node)?;
        match (pieces.pop(), pieces.is_empty()) {
            (None, _) => Some(MappedText::default()),
            (Some(Piece::Plain(text)), true) => Some(text),
            _ => None,
        }
    }
}

fn flush(plain: &mut MappedText, pieces: &mut Vec<Piece>) {
    if !plain.bytes().is_empty() {
        pieces.push(Piece::Plain(std::mem::take(plain)));
    }
}
