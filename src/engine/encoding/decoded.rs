//! Decoded text, and the way back to the bytes that it came from.

use super::Prefixes;
use crate::finding::Hit;
use crate::span::Span;

/// How many characters are decoded before a prefix, for context, and after it.
pub(super) const BEFORE: usize = 64;
pub(super) const AFTER: usize = 192;

/// How many are decoded after a prefix of long tokens.
const AFTER_LONG: usize = 4096;

/// Decoded text.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Decoded {
    /// The text.
    pub(in crate::engine) text: Vec<u8>,
    /// Where the keyword stands in it.
    pub(in crate::engine) anchor: usize,
    /// For each byte, the bytes of the outer text that it came from.
    places: Vec<Span>,
    /// What to report in place of the exact bytes.
    pub(super) whole: Option<Span>,
    /// What to say of it.
    pub(super) note: &'static str,
}

impl Decoded {
    /// Nothing yet.
    pub(super) fn new(note: &'static str) -> Self {
        Self {
            text: Vec::new(),
            anchor: 0,
            places: Vec::new(),
            whole: None,
            note,
        }
    }

    pub(super) fn push(&mut self, byte: u8, place: Span) {
        self.text.push(byte);
        self.places.push(place);
    }

    /// Takes bytes over as they are.
    pub(super) fn push_range(&mut self, text: &[u8], range: Span) {
        for at in range {
            if let Some(byte) = text.get(at) {
                self.push(*byte, at..at + 1);
            }
        }
    }

    /// Whether as many bytes as are wanted after the prefix have been decoded.
    pub(super) fn is_full(&self, prefixes: &Prefixes) -> bool {
        let body = self.text.get(self.anchor..).unwrap_or_default();
        let most = match prefixes.is_long(body) {
            true => AFTER_LONG,
            false => AFTER,
        };
        body.len() >= most
    }

    fn place(&self, span: &Span) -> Span {
        let first = self.places.get(span.start);
        let last = self.places.get(span.end.saturating_sub(1));
        match (first, last) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => 0..0,
        }
    }

    /// The pieces of the outer text that some bytes came from.
    fn pieces(&self, span: &Span) -> Vec<Span> {
        let mut pieces: Vec<Span> = Vec::new();
        for place in self.places.get(span.clone()).unwrap_or_default() {
            match pieces.last_mut() {
                Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
                _ => pieces.push(place.clone()),
            }
        }
        pieces
    }

    /// A hit in the decoded text as a hit in the outer text.
    pub(in crate::engine) fn outward(&self, mut hit: Hit) -> Hit {
        hit.pieces = hit.pieces.iter().flat_map(|p| self.pieces(p)).collect();
        let exact = self.place(&hit.span);
        let reported = self.whole.clone().unwrap_or_else(|| exact.clone());
        for hide in &mut hit.hide {
            let same = *hide == hit.span;
            *hide = if same {
                reported.clone()
            } else {
                self.place(hide)
            };
        }
        hit.span = reported;
        hit.context.push(self.note.to_owned());
        hit
    }
}
