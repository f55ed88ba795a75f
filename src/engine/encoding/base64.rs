//! Base64 around a token, at any of its three alignments.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Prefixes;
use super::decoded::{BEFORE, Decoded};
use crate::span::Span;

/// How many characters a keyword has: enough to be rare, and few enough to be fixed by a short prefix and
/// what may come after it.
const KEYWORD: std::ops::RangeInclusive<usize> = 4..=8;

/// A literal up to this length, in bytes, is reported whole; of a longer one, only the token's part.
const LITERAL: usize = 1024;

/// The characters of base64, in both alphabets. Nearly every byte of a scan is asked for its kind.
static CODES: [bool; 256] = {
    let mut codes = [false; 256];
    let mut byte = u8::MAX;
    while byte > 0 {
        codes[byte as usize] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
        byte -= 1;
    }
    codes
};

/// How far into its group of four a prefix may begin, in bytes, and how many bytes are looked at for it.
const INTO_GROUP: usize = 2;

/// The texts that a prefix has in base64, with the number of characters before each in its group of four, at
/// all three alignments.
pub(super) fn keywords(prefix: &[u8]) -> BTreeSet<(usize, Vec<u8>)> {
    let mut keywords = BTreeSet::new();
    for before in 0..3 {
        // The first character all of whose bits belong to the prefix, and the first of whose do not.
        let lead = (before * 8_usize).div_ceil(6);
        let end = (before + prefix.len()) * 8 / 6;
        let length = (end - lead).clamp(*KEYWORD.start(), *KEYWORD.end());
        // What follows the prefix may be in the last character.
        for next in (b'0'..=b'9').chain(b'A'..=b'Z').chain(b'a'..=b'z') {
            let mut plain = vec![0; before];
            plain.extend(prefix);
            plain.extend([next; 3]);
            let coded = STANDARD.encode(plain).into_bytes();
            if let Some(keyword) = coded.get(lead..lead + length) {
                keywords.insert((lead, keyword.to_vec()));
            }
        }
    }
    keywords
}

pub(super) fn is_base64(byte: u8) -> bool {
    CODES[usize::from(byte)]
}

/// Decodes base64 around the group of four that starts at `group`. Line breaks inside are skipped.
pub(super) fn decode(text: &[u8], group: usize, prefixes: &Prefixes) -> Option<Decoded> {
    let code = |at: usize| text.get(at).copied().filter(|b| is_base64(*b));
    let mut start = group;
    while start >= 4 && group - start < BEFORE && (start - 4..start).all(|at| code(at).is_some()) {
        start -= 4;
    }
    let mut decoded = Decoded::new("base64-encoded");
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
            decoded.anchor = decoded.text.len();
        }
        sextets.push((sextet(byte), at));
        at += 1;
        if sextets.len() == 4 {
            flush(&mut decoded, &mut sextets);
            if at > group && decoded.is_full(prefixes) {
                break;
            }
        }
    }
    flush(&mut decoded, &mut sextets);
    let from = decoded.anchor;
    let ahead = decoded.text.get(from..)?;
    let longest = prefixes.roots().map(<[u8]>::len).max()?;
    let ahead = ahead.get(..ahead.len().min(longest + INTO_GROUP))?;
    decoded.anchor += prefixes.find(ahead)?;
    decoded.whole = whole_literal(text, group);
    Some(decoded)
}

/// Writes the bytes of up to four base64 characters, with the characters that each came from.
fn flush(decoded: &mut Decoded, sextets: &mut Vec<(u32, usize)>) {
    let bits = sextets
        .iter()
        .fold(0, |bits, (sextet, _)| bits << 6 | sextet)
        << (6 * (4 - sextets.len()));
    let bytes = bits.to_be_bytes();
    for (i, pair) in sextets.windows(2).enumerate() {
        if let Some(byte) = bytes.get(i + 1) {
            decoded.push(*byte, pair[0].1..pair[1].1 + 1);
        }
    }
    sextets.clear();
}

pub(super) fn sextet(byte: u8) -> u32 {
    u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        _ => 63,
    })
}

/// Where the text goes on after a line break and the indentation behind it.
pub(super) fn line_break(text: &[u8], at: usize) -> Option<usize> {
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
