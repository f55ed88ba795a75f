//! UTF-16 and UTF-32 of either byte order around a token.

use super::Prefixes;
use super::decoded::{BEFORE, Decoded};

/// How many bytes a character has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Width {
    /// Two: UTF-16.
    Two,
    /// Four: UTF-32.
    Four,
}

impl Width {
    fn bytes(self) -> usize {
        match self {
            Self::Two => 2,
            Self::Four => 4,
        }
    }

    fn note(self) -> &'static str {
        match self {
            Self::Two => "in UTF-16",
            Self::Four => "in UTF-32",
        }
    }

    /// How much of a prefix is looked for, in characters: enough to be rare.
    fn letters(self) -> usize {
        match self {
            Self::Two => usize::MAX,
            Self::Four => 2,
        }
    }
}

/// What a prefix is in characters of several bytes, in either byte order. The zeros after the last letter may
/// belong to the next character.
pub(super) fn keyword(prefix: &[u8], width: Width) -> Vec<u8> {
    let mut wide = Vec::new();
    for byte in prefix.iter().take(width.letters()) {
        wide.push(*byte);
        wide.resize(wide.len() + width.bytes() - 1, 0);
    }
    while wide.last() == Some(&0) {
        wide.pop();
    }
    wide
}

/// Narrows the text whose first letter lies at `at`. `parity` is the text's place in its file.
pub(super) fn decode(
    text: &[u8],
    at: usize,
    (parity, width): (u64, Width),
    prefixes: &Prefixes,
) -> Option<Decoded> {
    let step = width.bytes();
    let zeros = |from: usize| {
        let zeros = text.get(from..from + step - 1);
        zeros.is_some_and(|zeros| zeros.iter().all(|byte| *byte == 0))
    };
    // In text of the usual alignment the letters of the low-byte-first kind begin their characters.
    let aligned = (parity + at as u64).is_multiple_of(step as u64);
    let high_first = !aligned && at.checked_sub(step - 1).is_some_and(zeros);
    let letter = |at: usize| {
        let high = match high_first {
            true => at.checked_sub(step - 1)?,
            false => at + 1,
        };
        let byte = text.get(at).copied()?;
        (zeros(high) && byte != 0 && byte.is_ascii()).then_some(byte)
    };
    let mut start = at;
    while start >= step && at - start < step * BEFORE && letter(start - step).is_some() {
        start -= step;
    }
    let mut decoded = Decoded::new(width.note());
    let shift = if high_first { step - 1 } else { 0 };
    let mut from = start;
    while let Some(byte) = letter(from) {
        if from == at {
            decoded.anchor = decoded.text.len();
        }
        decoded.push(byte, from - shift..from + step - shift);
        from += step;
        if from > at && decoded.is_full(prefixes) {
            break;
        }
    }
    (from > at).then_some(decoded)
}
