//! The escapes of quoted strings that JSON, TOML and HCL share, decoded with the bytes that every
//! character came from.

use super::text::Text;
use crate::span::Span;

/// Decodes a string, without its quotes.
pub(super) fn decode(text: &Text, content: Span) -> Text {
    let mut decoded = Text::default();
    let mut at = content.start;
    while at < content.end {
        let rest = text.bytes().get(at..content.end).unwrap_or_default();
        let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        decoded.push_from(text, at..at + plain);
        at += plain;
        let Some(escape) = rest.get(plain..).filter(|escape| !escape.is_empty()) else {
            break;
        };
        let (character, length) = unescape(escape);
        let mut buffer = [0; 4];
        let bytes = match &character {
            Character::Char(c) => c.encode_utf8(&mut buffer).as_bytes(),
            Character::Bytes(bytes) => bytes,
        };
        decoded.push(bytes, text.origin(at..at + length));
        at += length;
    }
    decoded
}

enum Character<'t> {
    Char(char),
    Bytes(&'t [u8]),
}

/// What the escape at the start of a text stands for, and its length.
fn unescape(text: &[u8]) -> (Character<'_>, usize) {
    let simple = match text.get(1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'u') => match unicode(text) {
            Some((c, length)) => return (Character::Char(c), length),
            None => 'u',
        },
        Some(b'e') => '\u{1b}',
        Some(b'U') => match hex(text.get(2..10)).and_then(char::from_u32) {
            Some(c) => return (Character::Char(c), 10),
            None => 'U',
        },
        Some(b'x') => match hex(text.get(2..4)).and_then(char::from_u32) {
            Some(c) => return (Character::Char(c), 4),
            None => 'x',
        },
        // A line that goes on after the blanks of the next one.
        Some(blank) if blank.is_ascii_whitespace() => {
            let rest = text.get(1..).unwrap_or_default();
            let blanks = rest.len() - rest.trim_ascii_start().len();
            return match memchr::memchr(b'\n', rest.get(..blanks).unwrap_or_default()) {
                Some(_) => (Character::Bytes(b""), 1 + blanks),
                None => (Character::Bytes(text.get(1..2).unwrap_or_default()), 2),
            };
        }
        Some(_) => return (Character::Bytes(text.get(1..2).unwrap_or_default()), 2),
        None => return (Character::Bytes(b"\\"), 1),
    };
    (Character::Char(simple), 2)
}

/// `\u1234`, also as two halves of a surrogate pair.
fn unicode(text: &[u8]) -> Option<(char, usize)> {
    let first = hex(text.get(2..6))?;
    if let Some(c) = char::from_u32(first) {
        return Some((c, 6));
    }
    let second = text.get(6..8).filter(|mark| *mark == b"\\u");
    let second = second.and_then(|_| hex(text.get(8..12)));
    let pair = second.and_then(|second| {
        let low = second.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
        let high = first.checked_sub(0xD800).filter(|high| *high < 0x400)?;
        char::from_u32(0x10000 + (high << 10) + low)
    });
    Some(pair.map_or((char::REPLACEMENT_CHARACTER, 6), |c| (c, 12)))
}

fn hex(digits: Option<&[u8]>) -> Option<u32> {
    let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_what_is_none() {
        for (written, decoded) in [
            (r"a\n\tb", "a\n\tb"),
            (r"\u00e9\U0001F917\ud83e\udd17\xe9", "\u{e9}🤗🤗\u{e9}"),
            (r"\ud83e \u12 \q", "\u{fffd} u12 q"),
            ("a\\\n   b\\ c", "ab c"),
            ("a\\", "a\\"),
        ] {
            let text = Text::whole(written.as_bytes());
            let found = decode(&text, 0..written.len());
            assert_eq!(String::from_utf8_lossy(found.bytes()), decoded, "{written}");
            assert_eq!(found.origin(0..found.bytes().len()), 0..written.len());
        }
    }
}
