//! Escapes in string literals, resolved into texts that know where their bytes came from.

use super::mapped_text::MappedText;
use crate::span::Span;

/// The escapes of a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escapes {
    /// Python: an unknown escape stands for itself, backslash and all.
    Python,
    /// JavaScript: an unknown escape stands for its character.
    JavaScript,
    /// JSON, TOML, YAML and HCL: as in JavaScript, and a line goes on after the blanks of the next.
    Data,
}

/// A string of a data format, without its quotes.
pub(super) fn decode(text: &MappedText, content: Span) -> MappedText {
    let mut decoded = MappedText::default();
    unescape(text, content, Escapes::Data, &mut decoded);
    decoded
}

/// Appends a piece of a text, with its escapes resolved, to another.
pub(super) fn unescape(text: &MappedText, span: Span, escapes: Escapes, into: &mut MappedText) {
    let bytes = text.slice(&span);
    let mut at = 0;
    while let Some(next) = memchr::memchr(b'\\', bytes.get(at..).unwrap_or_default()) {
        into.push_from(text, span.start + at..span.start + at + next);
        at += next;
        let rest = bytes.get(at..).unwrap_or_default();
        match escape(rest, escapes) {
            Some((plain, length)) => {
                let origin = text.origin(span.start + at..span.start + at + length);
                push(into, plain, origin);
                at += length;
            }
            // The backslash goes; the character after it stays.
            None if escapes != Escapes::Python => at += 1,
            // Two bytes, so that the second is not read as a beginning.
            None => {
                let end = (at + 2).min(bytes.len());
                into.push_from(text, span.start + at..span.start + end);
                at = end;
            }
        }
    }
    into.push_from(text, span.start + at..span.end);
}

/// An escape is never as long as what it stands for, or it would be mapped byte by byte.
fn push(into: &mut MappedText, plain: Option<char>, origin: Span) {
    if let Some(plain) = plain {
        into.push(plain.encode_utf8(&mut [0; 4]).as_bytes(), origin);
    }
}

/// The character that an escape stands for, if for one, and the length of the escape.
fn escape(text: &[u8], escapes: Escapes) -> Option<(Option<char>, usize)> {
    let plain = match text.get(1)? {
        blank if escapes == Escapes::Data && blank.is_ascii_whitespace() => {
            return Some((None, 1 + continued(text.get(1..)?)?));
        }
        b'\n' => return Some((None, 2)),
        b'\r' if text.get(2) == Some(&b'\n') => return Some((None, 3)),
        b'\r' => return Some((None, 2)),
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'v' => '\u{b}',
        b'a' if escapes == Escapes::Python => '\u{7}',
        b'\\' => '\\',
        b'\'' => '\'',
        b'"' => '"',
        b'/' if escapes != Escapes::Python => '/',
        b'e' if escapes == Escapes::Data => '\u{1b}',
        b'0'..=b'7' if escapes != Escapes::Data => return Some(octal(text)),
        b'x' => return number(text, 2, 2),
        b'U' if escapes != Escapes::JavaScript => return number(text, 2, 8),
        b'u' if text.get(2) == Some(&b'{') => {
            let length = text.iter().take(12).position(|b| *b == b'}')?;
            return number(text.get(..length)?, 3, length - 3).map(|(c, n)| (c, n + 1));
        }
        b'u' => return surrogates(text).or_else(|| number(text, 2, 4)),
        _ => return None,
    };
    Some((Some(plain), 2))
}

/// The length of the blanks over which a line goes on, if a line ends among them.
fn continued(text: &[u8]) -> Option<usize> {
    let blanks = text.len() - text.trim_ascii_start().len();
    memchr::memchr(b'\n', text.get(..blanks)?).map(|_| blanks)
}

fn octal(text: &[u8]) -> (Option<char>, usize) {
    let digits = text.iter().skip(1).take(3);
    let digits = digits.take_while(|b| (b'0'..=b'7').contains(b));
    let (value, count) = digits.fold((0, 0), |(value, count), b| {
        (value * 8 + u32::from(b - b'0'), count + 1)
    });
    (char::from_u32(value), count + 1)
}

/// A number of hexadecimal digits that begins at `from`.
fn number(text: &[u8], from: usize, digits: usize) -> Option<(Option<char>, usize)> {
    let value = hexadecimal(text.get(from..from + digits)?)?;
    let plain = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
    Some((Some(plain), from + digits))
}

/// `\ud83d\ude00`: two halves of one character.
fn surrogates(text: &[u8]) -> Option<(Option<char>, usize)> {
    let high = hexadecimal(text.get(2..6)?)?.checked_sub(0xd800)?;
    let second = text.get(6..12)?.strip_prefix(b"\\u")?;
    let low = hexadecimal(second)?.checked_sub(0xdc00)?;
    if high >= 0x400 || low >= 0x400 {
        return None;
    }
    Some((char::from_u32(0x10000 + high * 0x400 + low), 12))
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(source: &str, escapes: Escapes) -> String {
        let text = MappedText::whole(source.as_bytes());
        let mut into = MappedText::default();
        unescape(&text, 0..source.len(), escapes, &mut into);
        String::from_utf8_lossy(into.bytes()).into_owned()
    }

    #[test]
    fn escapes_of_python() {
        for (source, expected) in [
            (r"a\nb\t\\", "a\nb\t\\"),
            (r"\x41\u0042\U00000043", "ABC"),
            (r"\101\0", "A\0"),
            ("a\\\nb\\\r\nc", "abc"),
            (r"\d\q", r"\d\q"),
            (r"\", "\\"),
            (r"\x4", r"\x4"),
            (r"\ud800", "\u{fffd}"),
        ] {
            assert_eq!(plain(source, Escapes::Python), expected, "{source}");
        }
    }

    #[test]
    fn escapes_of_javascript() {
        for (source, expected) in [
            (r"\u{1F600}\ud83d\ude00", "\u{1F600}\u{1F600}"),
            (r"a\/b\q\`", "a/bq`"),
            (r"\", ""),
            (r"\u{}x", "u{}x"),
        ] {
            assert_eq!(plain(source, Escapes::JavaScript), expected, "{source}");
        }
    }

    #[test]
    fn escapes_of_data() {
        for (source, expected) in [
            (r"a\n\tb\e", "a\n\tb\u{1b}"),
            (r"\u00e9\U0001F917\ud83e\udd17\xe9", "\u{e9}🤗🤗\u{e9}"),
            (r"\ud83e \u12 \q\0", "\u{fffd} u12 q0"),
            ("a\\\n   b\\ c", "ab c"),
            ("a\\", "a"),
        ] {
            assert_eq!(plain(source, Escapes::Data), expected, "{source}");
        }
    }

    #[test]
    fn the_way_back() {
        let text = MappedText::whole(br"x\nabc");
        let mut into = MappedText::default();
        unescape(&text, 0..6, Escapes::Python, &mut into);
        assert_eq!(into.origin(0..1), 0..1);
        assert_eq!(into.origin(1..2), 1..3);
        assert_eq!(into.origin(2..5), 3..6);
    }
}
