//! UTF-16 of either byte order around a token.

use super::Prefixes;
use super::decoded::{BEFORE, Decoded};

/// What a prefix is in UTF-16, in either byte order. The zero after the last letter may belong to the next
/// character.
pub(super) fn keyword(prefix: &[u8]) -> Vec<u8> {
    let mut wide: Vec<u8> = prefix.iter().flat_map(|b| [*b, 0]).collect();
    wide.pop();
    wide
}

/// Narrows UTF-16 whose first letter lies at `at`. `parity` is the text's place in its file.
pub(super) fn decode(text: &[u8], at: usize, parity: u64, prefixes: &Prefixes) -> Option<Decoded> {
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
    let mut decoded = Decoded::new("in UTF-16");
    let shift = usize::from(high_first);
    let mut from = start;
    while let Some(byte) = letter(from) {
        if from == at {
            decoded.anchor = decoded.text.len();
        }
        decoded.push(byte, from - shift..from + 2 - shift);
        from += 2;
        if from > at && decoded.is_full(prefixes) {
            break;
        }
    }
    (from > at).then_some(decoded)
}
