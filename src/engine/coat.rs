//! What a token wears: base64, UTF-16, escapes, and literals that are split in two.
//!
//! Each coat has its own keywords. Where one stands, a small piece of text around it is unwrapped
//! into a [`View`] that knows the bytes that each of its characters came from. Every piece is
//! bounded, so that no input makes this slow.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::prefilter::Trigger;
use super::split;
use crate::finding::Hit;
use crate::span::Span;

/// The prefixes that are looked for under a coat.
const PREFIXES: [&str; 3] = ["hf_", "api_org_", "HFAK"];

/// How many characters are unwrapped before a prefix, for context, and after it.
pub(super) const BEFORE: usize = 64;
pub(super) const AFTER: usize = 192;

/// How many are unwrapped after a prefix that starts a JSON web token.
const AFTER_JWS: usize = 4096;

/// A base64 literal up to this length is reported whole; of a longer one, only the token's part.
const LITERAL: usize = 1024;

/// A way in which a token can be wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coat {
    /// Base64; `lead` characters of a group of four stand before the keyword.
    Base64 { lead: usize },
    /// UTF-16 of either byte order.
    Wide,
    /// An underscore that is written as an escape.
    Escape,
    /// Pieces that a program joins, or that a terminal or a logger parted.
    Split,
    /// The second piece of such a token, where the first is its first letter alone.
    Tail,
}

/// Unwrapped text.
#[derive(Clone, Debug)]
pub(super) struct View {
    /// The text.
    pub(super) text: Vec<u8>,
    /// Where the keyword stands in it.
    pub(super) anchor: usize,
    /// For each byte, the bytes of the outer text that it came from.
    places: Vec<Span>,
    /// What to report in place of the exact bytes.
    whole: Option<Span>,
    /// What to say of it.
    pub(super) note: &'static str,
}

impl Coat {
    /// The keywords of all coats.
    pub(super) fn needles() -> Vec<(Vec<u8>, Trigger)> {
        let mut needles = Vec::new();
        let mut add = |text: &[u8], coat| needles.push((text.to_vec(), Trigger::Coat(coat)));
        for prefix in PREFIXES {
            let wide: Vec<u8> = prefix.bytes().flat_map(|b| [b, 0]).collect();
            // The zero after the last letter may belong to the next character.
            add(wide.get(..wide.len() - 1).unwrap_or_default(), Self::Wide);
        }
        for (prefix, length) in [("hf_", 4), ("api_org_", 8)] {
            for (lead, text) in base64_needles(prefix, length) {
                add(&text, Self::Base64 { lead });
            }
            add(prefix.as_bytes(), Self::Split);
        }
        // `hf%5F`, `hf\\x5f`, `hf\\u005f`.
        for text in ["hf%", "hf\\"] {
            add(text.as_bytes(), Self::Escape);
        }
        for text in ["hf\"", "hf'", "hf\n", "hf\r", "hf\x1b"] {
            add(text.as_bytes(), Self::Split);
        }
        // Between the line feed and the rest may stand what a logger puts before each line.
        for text in ["\nf_", " f_", "\tf_", "\"f_", "mf_"] {
            add(text.as_bytes(), Self::Tail);
        }
        needles
    }

    /// Whether it puts pieces together.
    pub(super) fn joins(self) -> bool {
        matches!(self, Self::Split | Self::Tail)
    }

    /// Unwraps the text around a keyword at `at`, if it really is wrapped: in several ways, of which
    /// the first that holds a token is right.
    pub(super) fn unwrap(self, text: &[u8], at: usize, parity: u64) -> Vec<View> {
        let view = match self {
            Self::Base64 { lead } => at.checked_sub(lead).and_then(|at| base64(text, at)),
            Self::Wide => wide(text, at, parity),
            Self::Escape => escape(text, at),
            Self::Split => return split::split(text, at),
            Self::Tail => return split::tail(text, at + 1),
        };
        view.into_iter().collect()
    }
}

impl View {
    /// A view of nothing yet.
    pub(super) fn new(note: &'static str) -> Self {
        Self {
            text: Vec::new(),
            anchor: 0,
            places: Vec::new(),
            whole: None,
            note,
        }
    }

    fn push(&mut self, byte: u8, place: Span) {
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

    /// How many more bytes are wanted after the prefix that has been unwrapped so far.
    pub(super) fn is_full(&self) -> bool {
        let body = self.text.get(self.anchor..).unwrap_or_default();
        body.len() >= if is_jws(body) { AFTER_JWS } else { AFTER }
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

    /// A hit in the view as a hit in the outer text.
    pub(super) fn outward(&self, mut hit: Hit) -> Hit {
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

/// Whether a token is a JSON web token, which is long and has dots and hyphens.
pub(super) fn is_jws(token: &[u8]) -> bool {
    token.starts_with(b"hf_oauth_") || token.starts_with(b"hf_jwt_")
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// The texts of a given length that a prefix followed by a letter has in base64, with the number of
/// characters before each in its group of four, at all three alignments.
fn base64_needles(prefix: &str, length: usize) -> BTreeSet<(usize, Vec<u8>)> {
    let mut needles = BTreeSet::new();
    for before in 0..3 {
        // The first character all of whose bits belong to the prefix.
        let lead = (before * 8_usize).div_ceil(6);
        for letter in (b'A'..=b'Z').chain(b'a'..=b'z') {
            let mut plain = vec![0; before];
            plain.extend(prefix.bytes());
            plain.extend([letter; 3]);
            let coded = STANDARD.encode(plain).into_bytes();
            if let Some(needle) = coded.get(lead..lead + length) {
                needles.insert((lead, needle.to_vec()));
            }
        }
    }
    needles
}

/// Decodes base64 around the group of four that starts at `group`. Line breaks inside are skipped.
fn base64(text: &[u8], group: usize) -> Option<View> {
    let code = |at: usize| text.get(at).copied().filter(|b| is_base64(*b));
    let mut start = group;
    while start >= 4 && group - start < BEFORE && (start - 4..start).all(|at| code(at).is_some()) {
        start -= 4;
    }
    let mut view = View::new("base64-encoded");
    let mut at = start;
    let mut sextets: Vec<(u32, usize)> = Vec::with_capacity(4);
    loop {
        let Some(byte) = code(at) else {
            match line_break(text, at) {
                Some(next) if at > group => {
                    at = next;
                    continue;
                }
                _ => break,
            }
        };
        if at == group {
            view.anchor = view.text.len();
        }
        sextets.push((sextet(byte), at));
        at += 1;
        if sextets.len() == 4 {
            flush(&mut view, &mut sextets);
            if at > group && view.is_full() {
                break;
            }
        }
    }
    flush(&mut view, &mut sextets);
    // The keyword stands up to two bytes into its group.
    let from = view.anchor;
    let ahead = view.text.get(from..from + 10.min(view.text.len() - from))?;
    view.anchor += PREFIXES
        .iter()
        .filter_map(|p| find(ahead, p.as_bytes()))
        .min()?;
    view.whole = whole_literal(text, group);
    Some(view)
}

/// Writes the bytes of up to four base64 characters, with the characters that each came from.
fn flush(view: &mut View, sextets: &mut Vec<(u32, usize)>) {
    let bits = sextets
        .iter()
        .fold(0, |bits, (sextet, _)| bits << 6 | sextet)
        << (6 * (4 - sextets.len()));
    let bytes = bits.to_be_bytes();
    for (i, pair) in sextets.windows(2).enumerate() {
        if let Some(byte) = bytes.get(i + 1) {
            view.push(*byte, pair[0].1..pair[1].1 + 1);
        }
    }
    sextets.clear();
}

fn sextet(byte: u8) -> u32 {
    u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        _ => 63,
    })
}

/// Where the text goes on after a line break and the indentation behind it.
fn line_break(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let end = rest
        .strip_prefix(b"\r\n")
        .or_else(|| rest.strip_prefix(b"\n"))?;
    let indent = end.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    Some(text.len() - end.len() + indent)
}

/// The literal around a place in base64, with its padding, unless it is long.
fn whole_literal(text: &[u8], at: usize) -> Option<Span> {
    let before = text.get(at.saturating_sub(LITERAL)..at)?;
    let left = before.iter().rev().take_while(|b| is_base64(**b)).count();
    let after = text.get(at..text.len().min(at + LITERAL))?;
    let body = after.iter().take_while(|b| is_base64(**b)).count();
    let padding = after
        .iter()
        .skip(body)
        .take(2)
        .take_while(|b| **b == b'=')
        .count();
    let span = at - left..at + body + padding;
    (span.len() < LITERAL).then_some(span)
}

fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, needle)
}

/// Narrows UTF-16 whose first letter lies at `at`.
fn wide(text: &[u8], at: usize, parity: u64) -> Option<View> {
    // In UTF-16 of the usual alignment the letters of the low-byte-first kind lie at even bytes.
    let high_first =
        !(parity + at as u64).is_multiple_of(2) && at > 0 && text.get(at - 1) == Some(&0);
    let letter = |at: usize| {
        let high = if high_first {
            at.checked_sub(1)?
        } else {
            at + 1
        };
        let byte = text.get(at).copied()?;
        (text.get(high) == Some(&0) && byte != 0 && byte.is_ascii()).then_some(byte)
    };
    let mut start = at;
    while start >= 2 && at - start < 2 * BEFORE && letter(start - 2).is_some() {
        start -= 2;
    }
    let mut view = View::new("in UTF-16");
    let shift = usize::from(high_first);
    let mut from = start;
    while let Some(byte) = letter(from) {
        if from == at {
            view.anchor = view.text.len();
        }
        view.push(byte, from - shift..from + 2 - shift);
        from += 2;
        if from > at && view.is_full() {
            break;
        }
    }
    (from > at).then_some(view)
}

/// Reads an escaped underscore after `hf` as one.
fn escape(text: &[u8], at: usize) -> Option<View> {
    let written = text.get(at + 2..)?;
    let escape = ["%5f", "\\x5f", "\\u005f"].iter().find_map(|escape| {
        let written = written.get(..escape.len())?;
        let same = written.eq_ignore_ascii_case(escape.as_bytes());
        same.then_some(escape.len())
    })?;
    let mut view = View::new("with an escaped underscore");
    view.push_range(text, at.saturating_sub(BEFORE)..at);
    view.anchor = view.text.len();
    view.push_range(text, at..at + 2);
    let rest = at + 2 + escape;
    view.push(b'_', at + 2..rest);
    view.push_range(text, rest..text.len().min(rest + AFTER));
    Some(view)
}
