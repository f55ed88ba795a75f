//! Hexadecimal around a token.

use super::Prefixes;
use super::decoded::{BEFORE, Decoded};

/// How many letters of a prefix are looked for: so many digits are rare.
const LETTERS: usize = 4;

/// What a prefix begins with in hexadecimal, in small and in capital digits.
pub(super) fn keywords(prefix: &[u8]) -> Vec<Vec<u8>> {
    let letters = prefix.get(..LETTERS).unwrap_or(prefix);
    let small: String = letters.iter().map(|byte| format!("{byte:02x}")).collect();
    let capital = small.to_ascii_uppercase();
    let mut keywords = vec![small.into_bytes(), capital.into_bytes()];
    keywords.dedup();
    keywords
}

/// Decodes the digits around a place.
pub(super) fn decode(text: &[u8], at: usize, prefixes: &Prefixes) -> Option<Decoded> {
    let byte = |at: usize| {
        let digits = text.get(at..at + 2)?;
        let digits = std::str::from_utf8(digits).ok()?;
        u8::from_str_radix(digits, 16).ok()
    };
    let mut start = at;
    while start >= 2 && at - start < 2 * BEFORE && byte(start - 2).is_some() {
        start -= 2;
    }
    let mut decoded = Decoded::new("in hexadecimal");
    let mut from = start;
    while let Some(byte) = byte(from) {
        if from == at {
            decoded.anchor = decoded.text.len();
        }
        decoded.push(byte, from..from + 2);
        from += 2;
        if from > at && decoded.is_full(prefixes) {
            break;
        }
    }
    (from > at).then_some(decoded)
}
