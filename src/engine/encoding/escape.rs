//! Letters of a token that are written as escapes: of URLs, programs, HTML, mail, Markdown and LaTeX.

use std::collections::BTreeSet;

use super::Prefixes;
use super::decoded::{AFTER, BEFORE, Decoded};

/// The escapes of an underscore alone, beside those of any letter.
const UNDERSCORE: [&str; 2] = ["\\_", "&lowbar;"];

/// With what escapes begin.
const STARTS: [u8; 4] = [b'%', b'\\', b'&', b'='];

/// What stands before the digits of a letter, behind them, and what base they have.
const NUMBERS: [(&str, &str, u32); 7] = [
    ("%", "", 16),
    ("\\x", "", 16),
    ("\\u00", "", 16),
    ("\\u{", "}", 16),
    ("&#x", ";", 16),
    ("&#", ";", 10),
    ("=", "", 16),
];

/// A percent sign that is escaped itself, once or more often.
const PERCENT: &[u8] = b"25";

/// How many letters of a prefix are looked for where all of them are escapes.
const LETTERS: usize = 2;

/// How many decimal digits a letter has at most.
const DIGITS: usize = 3;

/// The longest prefix of which any letter may be an escape, in bytes; of others it is an underscore. Each letter costs a
/// search for several texts, and short prefixes are those of most tokens.
const SHORT: usize = 3;

/// What a prefix is with one of its letters, or all of them, as escapes; and what stands before each underscore,
/// with the beginning of an escape: `hf%`, `hf\`.
pub(super) fn keywords(prefix: &[u8]) -> BTreeSet<Vec<u8>> {
    let mut keywords = BTreeSet::new();
    for at in memchr::memchr_iter(b'_', prefix).filter(|at| *at >= 2) {
        let before = prefix.get(..at).unwrap_or_default();
        keywords.extend(STARTS.map(|start| [before, &[start]].concat()));
    }
    if prefix.len() > SHORT {
        return keywords;
    }
    for number in NUMBERS {
        let letters = prefix.iter().take(LETTERS);
        let all: Vec<Vec<Vec<u8>>> = letters.map(|byte| written(*byte, number)).collect();
        let mut texts = vec![Vec::new()];
        for forms in all {
            let longer = texts
                .iter()
                .flat_map(|text| forms.iter().map(move |form| [&**text, &**form].concat()));
            texts = longer.collect();
        }
        keywords.extend(texts);
        for (at, byte) in prefix.iter().enumerate().filter(|(_, byte)| **byte != b'_') {
            let (before, rest) = prefix.split_at(at);
            let after = rest.get(1..).unwrap_or_default();
            let forms = written(*byte, number).into_iter();
            keywords.extend(forms.map(|form| [before, &form, after].concat()));
        }
    }
    keywords
}

/// A letter as a number, in small and in capital digits.
fn written(byte: u8, (before, behind, base): (&str, &str, u32)) -> Vec<Vec<u8>> {
    let digits = match base {
        10 => vec![byte.to_string()],
        _ => vec![format!("{byte:02x}"), format!("{byte:02X}")],
    };
    let mut forms: Vec<Vec<u8>> = digits
        .iter()
        .map(|digits| format!("{before}{digits}{behind}").into_bytes())
        .collect();
    forms.dedup();
    forms
}

/// Reads escapes in the token at `at` as what they are.
pub(super) fn decode(text: &[u8], at: usize, prefixes: &Prefixes) -> Option<Decoded> {
    let mut decoded = Decoded::new("with escaped letters");
    decoded.push_range(text, at.saturating_sub(BEFORE)..at);
    decoded.anchor = decoded.text.len();
    let mut from = at;
    let mut letters = 0;
    while let Some(rest) = text.get(from..).filter(|_| letters < AFTER) {
        let is_prefix = prefixes.begin(decoded.text.get(decoded.anchor..)?);
        let (byte, length) = match escape(rest) {
            Some(escape) => escape,
            None => match rest.first() {
                Some(byte) if is_prefix || byte.is_ascii_alphanumeric() || *byte == b'_' => {
                    (*byte, 1)
                }
                _ => break,
            },
        };
        decoded.push(byte, from..from + length);
        from += length;
        letters += 1;
    }
    prefixes
        .begin(decoded.text.get(decoded.anchor..)?)
        .then_some(decoded)
}

/// The letter, digit or underscore that a text begins with as an escape, and the length of that.
fn escape(text: &[u8]) -> Option<(u8, usize)> {
    let (start, mut rest) = text.split_first()?;
    if !STARTS.contains(start) {
        return None;
    }
    let named = UNDERSCORE.iter().find(|name| {
        let head = text.get(..name.len()).unwrap_or_default();
        head.eq_ignore_ascii_case(name.as_bytes())
    });
    if let Some(name) = named {
        return Some((b'_', name.len()));
    }
    while *start == b'%' && rest.starts_with(PERCENT) {
        rest = rest.get(PERCENT.len()..)?;
    }
    let (byte, behind) = NUMBERS.iter().find_map(|(before, behind, base)| {
        let before = before.as_bytes().strip_prefix(&[*start])?;
        let head = rest.get(..before.len())?;
        let digits = rest.get(before.len()..)?;
        let most = if *base == 10 { DIGITS } else { 2 };
        let digit = |byte: &&u8| char::from(**byte).is_digit(*base);
        let count = digits.iter().take(most).take_while(digit).count();
        let (number, rest) = digits.split_at_checked(count)?;
        let number = std::str::from_utf8(number).ok()?;
        let byte = u8::from_str_radix(number, *base).ok()?;
        let rest = rest.strip_prefix(behind.as_bytes())?;
        let known = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        (head.eq_ignore_ascii_case(before) && known).then_some((byte, rest))
    })?;
    Some((byte, text.len() - behind.len()))
}
