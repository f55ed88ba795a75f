//! What is scanned: where a text came from, how it is encoded, and where its bytes lie.

use std::path::Path;

use crate::span::{Position, Span, wide};

/// Where a text came from. The same origin is shared by every finding in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The path as it is shown: relative to the working folder where it lies below it, with `/`.
    pub path: String,
    /// The place inside an archive or a compressed file, such as `run/1.txt`; in an archive inside
    /// it, `inner.zip!run/1.txt`.
    pub member: Option<String>,
    /// The commit that a blob of Git history was found in.
    pub commit: Option<String>,
}

impl Origin {
    /// An origin for a plain file or for standard input.
    #[must_use]
    pub(crate) fn file(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            ..Self::default()
        }
    }

    /// The name that decides what kind of file this is: that of the innermost member, if there is
    /// one.
    #[must_use]
    pub(crate) fn name(&self) -> &str {
        let member = self.member.as_deref().and_then(|m| m.rsplit('!').next());
        member.unwrap_or(&self.path)
    }

    /// The file extension of [`Origin::name`] in lower case, without its dot.
    #[must_use]
    pub(crate) fn extension(&self) -> Option<String> {
        let extension = Path::new(self.name()).extension()?.to_str()?;
        Some(extension.to_ascii_lowercase())
    }
}

/// How a text stores its characters. Anything that is not UTF-16 is treated as UTF-8, in which a
/// stray byte counts as one code point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, ASCII, or bytes of no known encoding.
    #[default]
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

impl Encoding {
    /// Reads the byte order mark, or, without one, the zero bytes that ASCII text has in UTF-16.
    #[must_use]
    pub(crate) fn sniff(head: &[u8]) -> Self {
        match head {
            [0xFF, 0xFE, ..] => return Self::Utf16Le,
            [0xFE, 0xFF, ..] => return Self::Utf16Be,
            _ => {}
        }
        let head = head.get(..head.len().min(512)).unwrap_or_default();
        if memchr::memchr(0, head).is_none() {
            return Self::Utf8;
        }
        let (pairs, _) = head.as_chunks::<2>();
        let mostly = |count: usize| pairs.len() >= 2 && count * 10 >= pairs.len() * 9;
        if mostly(pairs.iter().filter(|p| p[0] != 0 && p[1] == 0).count()) {
            Self::Utf16Le
        } else if mostly(pairs.iter().filter(|p| p[0] == 0 && p[1] != 0).count()) {
            Self::Utf16Be
        } else {
            Self::Utf8
        }
    }

    /// Decodes bytes for a person to read; what is no character becomes U+FFFD.
    #[must_use]
    pub(crate) fn decode(self, bytes: &[u8]) -> String {
        let unit = match self {
            Self::Utf8 => return String::from_utf8_lossy(bytes).into_owned(),
            Self::Utf16Le => u16::from_le_bytes,
            Self::Utf16Be => u16::from_be_bytes,
        };
        let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
        char::decode_utf16(units)
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    }

    /// Counts code points. Continuation bytes and low surrogates count nothing.
    fn count(self, bytes: &[u8]) -> usize {
        let high_byte = match self {
            Self::Utf8 => return bytes.iter().filter(|b| *b & 0xC0 != 0x80).count(),
            Self::Utf16Le => 1,
            Self::Utf16Be => 0,
        };
        let pairs = bytes.as_chunks::<2>().0;
        pairs.iter().filter(|p| p[high_byte] & 0xFC != 0xDC).count()
    }
}

/// A piece of a text in memory: the whole file, or a window of a large one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Where the first of them lies in the file.
    pub start: Position,
    /// How the file stores its characters.
    pub encoding: Encoding,
}

impl<'a> Chunk<'a> {
    /// A whole file.
    #[must_use]
    pub(crate) fn whole(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            start: Position::START,
            encoding: Encoding::sniff(bytes),
        }
    }

    /// Bytes of the chunk; out of range is empty.
    #[must_use]
    pub(crate) fn get(&self, span: Span) -> &'a [u8] {
        self.bytes.get(span).unwrap_or_default()
    }

    /// The first place at or after `at` where no character is cut in two.
    #[must_use]
    pub(crate) fn next_boundary(&self, at: usize) -> usize {
        if self.encoding != Encoding::Utf8 {
            let odd = !(self.start.byte + wide(at)).is_multiple_of(2);
            return (at + usize::from(odd)).min(self.bytes.len());
        }
        let rest = self.get(at..self.bytes.len());
        let inside = rest.iter().take(3).take_while(|b| *b & 0xC0 == 0x80);
        at + inside.count()
    }

    /// Whether the line feed at `at` ends a line in this encoding.
    fn ends_line(&self, at: usize) -> bool {
        let aligned = (self.start.byte + wide(at)).is_multiple_of(2);
        let byte = |at: usize| self.bytes.get(at).copied();
        match self.encoding {
            Encoding::Utf8 => true,
            Encoding::Utf16Le => aligned && byte(at + 1).unwrap_or(0) == 0,
            Encoding::Utf16Be => !aligned && at > 0 && byte(at - 1) == Some(0),
        }
    }

    /// How many bytes of a line end stand at and after its line feed.
    fn line_feed_width(&self) -> usize {
        if self.encoding == Encoding::Utf16Le {
            2
        } else {
            1
        }
    }

    /// The bytes of the line that holds `at`, without its line end. A line that begins before the
    /// chunk or ends after it is cut there.
    #[must_use]
    pub(crate) fn line_around(&self, at: usize) -> Span {
        let at = at.min(self.bytes.len());
        let start = memchr::memrchr_iter(b'\n', self.get(0..at))
            .find(|&lf| self.ends_line(lf))
            .map_or(0, |lf| (lf + self.line_feed_width()).min(at));
        let end = memchr::memchr_iter(b'\n', self.get(at..self.bytes.len()))
            .map(|lf| at + lf)
            .find(|&lf| self.ends_line(lf))
            .map_or(self.bytes.len(), |lf| {
                lf - usize::from(self.encoding == Encoding::Utf16Be)
            });
        start..end.max(start)
    }

    /// The position of the byte at `at`, counted on from `from`, a position that was computed for
    /// the byte at `from_at` of the same chunk. Counting on keeps many findings linear.
    #[must_use]
    pub(crate) fn advance(&self, from: Position, from_at: usize, at: usize) -> Position {
        let between = self.get(from_at..at);
        let mut line = from.line;
        let mut line_start = None;
        if self.encoding == Encoding::Utf8 {
            line += wide(memchr::memchr_iter(b'\n', between).count());
            line_start = memchr::memrchr(b'\n', between).map(|lf| lf + 1);
        } else {
            for lf in memchr::memchr_iter(b'\n', between) {
                if self.ends_line(from_at + lf) {
                    line += 1;
                    line_start = Some((lf + self.line_feed_width()).min(between.len()));
                }
            }
        }
        let (column, rest) = match line_start {
            Some(start) => (1, between.get(start..).unwrap_or_default()),
            None => (from.column, between),
        };
        Position {
            line,
            column: column + wide(self.encoding.count(rest)),
            byte: from.byte + wide(at - from_at),
        }
    }

    /// The position of the byte at `at`.
    #[must_use]
    pub(crate) fn position(&self, at: usize) -> Position {
        self.advance(self.start, 0, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn columns_count_code_points() {
        let chunk = Chunk::whole("ä🤗x\nöy".as_bytes());
        assert_eq!(chunk.position(6).column, 3);
        let last = chunk.position(10);
        assert_eq!((last.line, last.column, last.byte), (2, 2, 10));
    }

    #[test]
    fn utf16_lines_and_columns() {
        for (unit, encoding) in [
            (u16::to_le_bytes as fn(u16) -> [u8; 2], Encoding::Utf16Le),
            (u16::to_be_bytes, Encoding::Utf16Be),
        ] {
            let bytes = utf16("ab\r\n\u{0a0a}🤗x plain ascii text follows", unit);
            let chunk = Chunk {
                bytes: &bytes,
                start: Position::START,
                encoding,
            };
            let x = chunk.position(2 * 7);
            assert_eq!((x.line, x.column), (2, 3));
            let line = chunk.line_around(2);
            assert_eq!(encoding.decode(chunk.get(line)), "ab\r");
        }
    }

    #[test]
    fn utf16_is_known_with_and_without_a_mark() {
        let text = "token=abc";
        assert_eq!(
            Encoding::sniff(&utf16(text, u16::to_le_bytes)),
            Encoding::Utf16Le
        );
        assert_eq!(
            Encoding::sniff(&utf16(text, u16::to_be_bytes)),
            Encoding::Utf16Be
        );
        assert_eq!(Encoding::sniff(b"\xff\xfea\0"), Encoding::Utf16Le);
        assert_eq!(Encoding::sniff(text.as_bytes()), Encoding::Utf8);
        assert_eq!(Encoding::sniff(b""), Encoding::Utf8);
    }

    #[test]
    fn windows_agree_with_the_whole() {
        let text = "aé\nbb🤗\n\nccc".as_bytes();
        let whole = Chunk::whole(text);
        for cut in 0..text.len() {
            let start = whole.position(cut);
            let window = Chunk {
                bytes: &text[cut..],
                start,
                encoding: Encoding::Utf8,
            };
            for at in cut..=text.len() {
                assert_eq!(window.position(at - cut), whole.position(at));
            }
        }
    }
}
