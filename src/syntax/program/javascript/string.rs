//! String and template literals.

use super::source::Source;
use crate::syntax::escape::{Escapes, unescape};
use crate::syntax::mapped_text::MappedText;
use crate::syntax::program::Piece;
use crate::syntax::program::cst::Id;

/// The bytes between the quotes.
pub(super) fn inner(source: &Source<'_>, node: Id) -> crate::span::Span {
    let span = source.tree.span(node);
    let bytes = source.bytes(node);
    let closed = bytes.len() >= 2 && bytes.first() == bytes.last();
    let start = (span.start + 1).min(span.end);
    start..if closed { span.end - 1 } else { span.end }
}

/// The parts of a string or template; none of anything else.
pub(super) fn pieces(source: &Source<'_>, node: Id) -> Option<Vec<Piece>> {
    if !is_literal(source, node) {
        return None;
    }
    let mut pieces = Vec::new();
    let mut plain = MappedText::default();
    let span = inner(source, node);
    let mut at = span.start;
    let substitutions = source
        .tree
        .children(node)
        .filter(|child| source.tree.kind(*child) == "template_substitution");
    for substitution in substitutions {
        let there = source.tree.span(substitution);
        unescape(
            source.text,
            at..there.start,
            Escapes::JavaScript,
            &mut plain,
        );
        at = there.end;
        flush(&mut plain, &mut pieces);
        if let Some(expression) = source.tree.only(substitution) {
            pieces.push(Piece::Expression(expression));
        }
    }
    if at < span.end {
        unescape(source.text, at..span.end, Escapes::JavaScript, &mut plain);
    }
    flush(&mut plain, &mut pieces);
    Some(pieces)
}

/// Whether a node is a string or a template.
pub(super) fn is_literal(source: &Source<'_>, node: Id) -> bool {
    matches!(source.tree.kind(node), "string" | "template_string")
}

fn flush(plain: &mut MappedText, pieces: &mut Vec<Piece>) {
    if !plain.bytes().is_empty() {
        pieces.push(Piece::Plain(std::mem::take(plain)));
    }
}
