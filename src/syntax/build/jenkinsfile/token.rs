//! Words, strings and brackets of Groovy.

use crate::span::Span;

/// A piece of Groovy. Spans are in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// All of it, with quotes.
    pub(super) span: Span,
}

/// What a piece is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, a keyword, a number.
    Word,
    /// A string: what is between its quotes, and what may be in it.
    String(Span, Quotes),
    /// A bracket, an operator of one byte. `==` and its kin are `~`.
    Sign(u8),
    /// The end of a line.
    Newline,
}

/// What may be in a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Escapes: `'…'`.
    Single,
    /// Escapes and `${…}`: `"…"`.
    Double,
    /// `${…}`: `/…/`.
    Slashes,
}

/// How many quotes without an end are looked into. A line that is full of them would cost its length
/// for each.
const MAX_UNCLOSED: usize = 100;

/// The pieces of a program, and for each the place of its closing bracket, if it opens one. A
/// bracket that is never closed closes at the end.
pub(super) fn tokens(bytes: &[u8]) -> (Vec<Token>, Vec<usize>) {
    let mut tokens: Vec<Token> = Vec::new();
    let mut unclosed = 0;
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let last = tokens.last().map(|token| &token.kind);
        let (kind, length) = token(rest, at, last, unclosed < MAX_UNCLOSED);
        let looked = match kind {
            Some(Kind::Sign(b'\'' | b'"')) => true,
            Some(Kind::Sign(b'/')) => begins_slashes(last),
            _ => false,
        };
        unclosed += usize::from(looked);
        if let Some(kind) = kind {
            let span = at..at + length;
            tokens.push(Token { kind, span });
        }
        at += length.max(1);
    }
    let mut close = vec![tokens.len(); tokens.len()];
    let mut open: Vec<usize> = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Sign(b'(' | b'[' | b'{') => open.push(place),
            Kind::Sign(b')' | b']' | b'}') => {
                if let Some(closed) = open.pop().and_then(|open| close.get_mut(open)) {
                    *closed = place;
                }
            }
            _ => {}
        }
    }
    (tokens, close)
}

/// The piece that a text begins with, if it means anything, and its length.
fn token(rest: &[u8], at: usize, last: Option<&Kind>, strings: bool) -> (Option<Kind>, usize) {
    let line = || memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    match rest {
        [b'\n', ..] => (Some(Kind::Newline), 1),
        [b'/', b'/', ..] | [b'#', b'!', ..] => (None, line()),
        [b'/', b'*', inner @ ..] => {
            let end = memchr::memmem::find(inner, b"*/");
            (None, end.map_or(rest.len(), |end| end + 4))
        }
        [b'\'' | b'"', ..] if strings => string(rest, at),
        [b'/', inner @ ..] if strings && begins_slashes(last) => {
            let end = end_of_string(Some(inner), b"/");
            match end {
                Some(end) => {
                    let inner = at + 1..at + 1 + end;
                    (Some(Kind::String(inner, Quotes::Slashes)), end + 2)
                }
                None => (Some(Kind::Sign(b'/')), 1),
            }
        }
        [b'=' | b'!' | b'<' | b'>', b'=' | b'~', ..] => (Some(Kind::Sign(b'~')), 2),
        [b'-', b'>', ..] | [b'?', b':', ..] => (Some(Kind::Sign(b'~')), 2),
        [b'\\', b'\n', ..] => (None, 2),
        [byte, ..] if is_word(*byte) => {
            let length = rest.iter().position(|byte| !is_word(*byte));
            (Some(Kind::Word), length.unwrap_or(rest.len()))
        }
        [byte, ..] if byte.is_ascii_punctuation() => (Some(Kind::Sign(*byte)), 1),
        _ => (None, 1),
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Whether a slash after this begins a string, and is no division.
fn begins_slashes(last: Option<&Kind>) -> bool {
    matches!(
        last,
        Some(Kind::Sign(b'(' | b',' | b'=' | b'~' | b'[' | b':'))
    )
}

fn string(rest: &[u8], at: usize) -> (Option<Kind>, usize) {
    let quote = rest.first().copied().unwrap_or(b'"');
    let quotes = match quote {
        b'\'' => Quotes::Single,
        _ => Quotes::Double,
    };
    let triple = [quote; 3];
    if rest.starts_with(&triple) {
        let inner = rest.get(3..);
        // What is never closed goes on to the end.
        let length = end_of_string(inner, &triple);
        let end = length.map_or(rest.len(), |length| length + 3);
        let whole = length.map_or(rest.len(), |length| length + 6);
        return (Some(Kind::String(at + 3..at + end, quotes)), whole);
    }
    match end_of_string(rest.get(1..), &[quote]) {
        Some(length) => {
            let inner = at + 1..at + 1 + length;
            (Some(Kind::String(inner, quotes)), length + 2)
        }
        None => (Some(Kind::Sign(quote)), 1),
    }
}

/// Where a string ends, but for what is escaped or interpolated. One with a single quote ends with
/// its line.
fn end_of_string(inner: Option<&[u8]>, end: &[u8]) -> Option<usize> {
    let inner = inner?;
    let double = end.first() == Some(&b'"');
    let one_line = end.len() == 1;
    let mut at = 0;
    while let Some(rest) = inner.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(end) {
            return Some(at);
        }
        at += match rest {
            [b'\n', ..] if one_line => return None,
            [b'\\', b'\n', ..] if one_line => return None,
            [b'\\', ..] => 2,
            [b'$', b'{', ..] if double => interpolated(rest).unwrap_or(1),
            _ => 1,
        };
    }
    None
}

/// The length of the `${…}` that a text begins with. It may hold strings and braces.
pub(super) fn interpolated(rest: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, byte) in rest.iter().enumerate().take(400) {
        match (quote, byte) {
            (_, b'\n') => return None,
            (Some(open), byte) if open == *byte => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"') => quote = Some(*byte),
            (None, b'{') => depth += 1,
            (None, b'}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}
