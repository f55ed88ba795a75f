//! String literals: prefixes, escapes, f-strings.

use super::source::Source;
use crate::syntax::escape::{Escapes, unescape};
use crate::syntax::mapped_text::MappedText;
use crate::syntax::program::Piece;
use crate::syntax::program::cst::Id;

/// The parts of a string, or of several that stand side by side; none of anything else.
pub(super) fn pieces(source: &Source<'_>, node: Id) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut plain = MappedText::default();
    match source.tree.kind(node) {
        "string" => collect(source, node, &mut plain, &mut pieces),
        "concatenated_string" => {
            for string in source.tree.items(node) {
                collect(source, string, &mut plain, &mut pieces);
            }
        }
        _ => return None,
    }
    flush(&mut plain, &mut pieces);
    Some(pieces)
}

fn flush(plain: &mut MappedText, pieces: &mut Vec<Piece>) {
    if !plain.bytes().is_empty() {
        pieces.push(Piece::Plain(std::mem::take(plain)));
    }
}

/// What lies between the quotes and around the expressions is text: the grammar's own nodes for it
/// leave out some white space.
fn collect(source: &Source<'_>, string: Id, plain: &mut MappedText, pieces: &mut Vec<Piece>) {
    let mut prefix = Prefix::default();
    let mut at = source.tree.span(string).start;
    for child in source.tree.children(string) {
        let span = source.tree.span(child);
        match source.tree.kind(child) {
            "string_start" => {
                prefix = Prefix::of(source.bytes(child));
                at = span.end;
            }
            "interpolation" => {
                prefix.text(source, at..span.start, plain);
                at = span.end;
                flush(plain, pieces);
                if let Some(expression) = source.tree.field(child, "expression") {
                    pieces.push(Piece::Expression(expression));
                }
            }
            "string_end" => {
                prefix.text(source, at..span.start, plain);
                return;
            }
            _ => {}
        }
    }
}

/// What the letters before a quote say.
#[derive(Clone, Copy, Debug, Default)]
struct Prefix {
    raw: bool,
    formatted: bool,
}

impl Prefix {
    fn of(start: &[u8]) -> Self {
        Self {
            raw: start.iter().any(|b| matches!(b, b'r' | b'R')),
            formatted: start.iter().any(|b| matches!(b, b'f' | b'F' | b't' | b'T')),
        }
    }

    fn text(self, source: &Source<'_>, span: std::ops::Range<usize>, plain: &mut MappedText) {
        if !self.formatted {
            self.unescaped(source, span, plain);
            return;
        }
        // `{{` and `}}` stand for one brace.
        let bytes = source.text.bytes().get(span.clone()).unwrap_or_default();
        let mut from = 0;
        let mut at = 0;
        while at + 1 < bytes.len() {
            if matches!(bytes.get(at..at + 2), Some(b"{{" | b"}}")) {
                self.unescaped(source, span.start + from..span.start + at + 1, plain);
                at += 1;
                from = at + 1;
            }
            at += 1;
        }
        self.unescaped(source, span.start + from..span.end, plain);
    }

    fn unescaped(self, source: &Source<'_>, span: std::ops::Range<usize>, plain: &mut MappedText) {
        if self.raw {
            plain.push_from(source.text, span);
        } else {
            unescape(source.text, span, Escapes::Python, plain);
        }
    }
}
