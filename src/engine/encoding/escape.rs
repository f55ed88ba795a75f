//! An underscore of a token's prefix that is written as an escape.

use super::Prefixes;
use super::decoded::{AFTER, BEFORE, Decoded};

/// The escapes of an underscore, in small letters: of URLs, programs, Markdown and LaTeX, HTML, and mail.
const ESCAPES: [&str; 9] = [
    "%5f", "\\x5f", "\\u005f", "\\u{5f}", "\\_", "&#95;", "&#x5f;", "&lowbar;", "=5f",
];

/// With what they begin.
const STARTS: [u8; 4] = [b'%', b'\\', b'&', b'='];

/// A percent sign that is escaped itself, once or more often.
const PERCENT: &[u8] = b"25";

/// What stands before each underscore of a prefix, with the beginning of an escape: `hf%`, `hf\`.
pub(super) fn keywords(prefix: &[u8]) -> Vec<Vec<u8>> {
    let underscores = memchr::memchr_iter(b'_', prefix).filter(|at| *at >= 2);
    let keywords = underscores.flat_map(|at| {
        let before = prefix.get(..at).unwrap_or_default();
        STARTS.map(|start| [before, &[start]].concat())
    });
    keywords.collect()
}

/// Reads escaped underscores in the prefix at `at` as what they are.
pub(super) fn decode(text: &[u8], at: usize, prefixes: &Prefixes) -> Option<Decoded> {
    let mut decoded = Decoded::new("with an escaped underscore");
    decoded.push_range(text, at.saturating_sub(BEFORE)..at);
    decoded.anchor = decoded.text.len();
    let mut from = at;
    while !prefixes.begin(decoded.text.get(decoded.anchor..)?) {
        if let Some(length) = escape(text.get(from..)?) {
            decoded.push(b'_', from..from + length);
            from += length;
        } else if text
            .get(from)
            .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
            && from - at < AFTER
        {
            decoded.push_range(text, from..from + 1);
            from += 1;
        } else {
            return None;
        }
    }
    decoded.push_range(text, from..text.len().min(from + AFTER));
    Some(decoded)
}

/// The length of the escape of an underscore that a text begins with.
fn escape(text: &[u8]) -> Option<usize> {
    let (start, mut rest) = text.split_first()?;
    while *start == b'%' && rest.starts_with(PERCENT) {
        rest = rest.get(PERCENT.len()..)?;
    }
    let found = ESCAPES.iter().find_map(|escape| {
        let more = escape.as_bytes().strip_prefix(&[*start])?;
        let written = rest.get(..more.len())?;
        written.eq_ignore_ascii_case(more).then_some(more.len())
    });
    Some(text.len() - rest.len() + found?)
}
