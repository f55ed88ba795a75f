//! Texts in binary records: nothing parts one from the next, and the byte beside a token may happen to be a
//! letter.
//!
//! A length that stands before a text says where it ends, in whatever way the format writes numbers. Where
//! there is none, as between the literals of a compiled program, the structure of a token has to do.

use std::ops::RangeInclusive;

use super::encoding::Prefixes;
use super::random;
use crate::span::Span;

/// How much of a file's beginning tells whether it is binary, in bytes.
const HEAD: usize = 8 << 10;

/// How far around a token bytes are looked for that no text has.
const NEAR: usize = 256;

/// How far before its text the header of a record may begin, in bytes.
const RECORD: usize = 1024;

/// A text beside a token tells by so many bytes whether it is random too.
const TELLING: RangeInclusive<usize> = 16..=64;

/// Where a text lies in its file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// How many bytes stand before it.
    pub(super) start: u64,
    /// Whether one of them is not zero.
    pub(super) begun: bool,
}

impl Head {
    /// Whether the beginning of the file, as far as it stands before a place, is binary: it has a zero, but for
    /// those before everything, which a log has that was cut while its program went on. What follows the place
    /// says nothing, so that a stream is judged as a file is.
    pub(super) fn is_binary(&self, text: &[u8], end: usize) -> bool {
        let head = self.within(text, end);
        let zeros = |from: usize| memchr::memchr(0, head.get(from..).unwrap_or_default());
        match self.begun {
            true => zeros(0).is_some(),
            false => head
                .iter()
                .position(|byte| *byte != 0)
                .and_then(zeros)
                .is_some(),
        }
    }

    /// Whether a byte that is not zero stands in the beginning of the file before a place, or before the text.
    pub(super) fn is_begun(&self, text: &[u8], end: usize) -> bool {
        self.begun || self.within(text, end).iter().any(|byte| *byte != 0)
    }

    /// What of the text up to a place is the beginning of the file.
    fn within<'t>(&self, text: &'t [u8], end: usize) -> &'t [u8] {
        let most = HEAD.saturating_sub(usize::try_from(self.start).unwrap_or(usize::MAX));
        text.get(..end.min(most).min(text.len()))
            .unwrap_or_default()
    }
}

/// Whether bytes around a place belong to no text. Terminals are told things with some control characters.
pub(super) fn is_near_binary(text: &[u8], span: &Span) -> bool {
    let end = text.len().min(span.end + NEAR);
    let near = text.get(span.start.saturating_sub(NEAR)..end);
    let odd = |byte: &u8| matches!(byte, 0..=6 | 0x0E..=0x1A | 0x1C..=0x1F);
    near.unwrap_or_default().iter().any(odd)
}

/// Whether a length in decimal digits before a text reaches its end, as in bencode: `37:hf_…`.
pub(super) fn is_counted(text: &[u8], span: &Span) -> bool {
    let before = text.get(..span.start).and_then(|t| t.strip_suffix(b":"));
    let before = before.unwrap_or_default();
    let digits = before
        .iter()
        .rev()
        .take(8)
        .take_while(|b| b.is_ascii_digit());
    let digits = digits.count();
    let number = before.get(before.len() - digits..).unwrap_or_default();
    let number = std::str::from_utf8(number)
        .ok()
        .and_then(|n| n.parse().ok());
    number == Some(span.len())
}

/// Whether a field of a binary record is this text and nothing else.
pub(super) fn is_whole(text: &[u8], span: &Span) -> bool {
    lengths(text, span.start).any(|length| length == span.len()) || is_in_row(text, span)
}

/// Where a text that begins at `start` ends, if a length says so that stands before it or before the text
/// that it is the end of. Of several ways to read that, the one that reaches the farthest end is right.
pub(super) fn end(text: &[u8], start: usize, ends: RangeInclusive<usize>) -> Option<usize> {
    let before = text.get(start.saturating_sub(NEAR)..start)?;
    let is_text = |byte: &&u8| matches!(**byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let within = before.iter().rev().take_while(is_text).count();
    // The last byte of a length may look like text, too.
    let begin = start - within;
    let begins = [start, begin, (begin + 1).min(start)];
    let found = begins.into_iter().flat_map(|begin| {
        let found = lengths(text, begin).map(move |length| begin.saturating_add(length));
        found.filter(|end| ends.contains(end))
    });
    found.max()
}

/// What the bytes before a place may say as a length: a byte, two, four or eight of them in either order,
/// or seven bits a byte.
fn lengths(text: &[u8], at: usize) -> impl Iterator<Item = usize> {
    let before = move |count: usize| text.get(at.checked_sub(count)?..at);
    let fixed = [1, 2, 4, 8].into_iter().flat_map(move |count| {
        let big = before(count).map(|bytes| number(bytes.iter()));
        let little = before(count).map(|bytes| number(bytes.iter().rev()));
        [big, little].into_iter().flatten()
    });
    let groups = (2..=4).filter_map(move |count| {
        let (last, first) = before(count)?.split_last()?;
        let goes_on = first.iter().all(|byte| byte & 0x80 != 0) && last & 0x80 == 0;
        goes_on.then(|| seven_bits(before(count).unwrap_or_default()))
    });
    fixed.chain(groups)
}

fn number<'a>(bytes: impl Iterator<Item = &'a u8>) -> usize {
    let number = bytes.fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Seven bits a byte, the lowest first.
fn seven_bits(bytes: &[u8]) -> usize {
    let bits = bytes.iter().rev();
    bits.fold(0, |number, byte| number << 7 | usize::from(byte & 0x7F))
}

/// Whether a text is a column of a row of SQLite: its header tells the lengths of all columns, which follow
/// one another.
fn is_in_row(text: &[u8], span: &Span) -> bool {
    let from = span.start.saturating_sub(RECORD);
    (from..span.start).rev().any(|header| {
        let size = text.get(header).copied().map_or(0, usize::from);
        let types = text.get(header + 1..header + size.max(1));
        (2..0x80).contains(&size)
            && header + size <= span.start
            && types.is_some_and(|types| has_column(types, span.start - header - size, span.len()))
    })
}

/// Whether one of the columns of a row, by their types, begins and ends there.
fn has_column(mut types: &[u8], start: usize, length: usize) -> bool {
    let mut at = 0;
    while let Some((kind, rest)) = high_bits_first(types) {
        types = rest;
        let width = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return false,
            _ => (kind - 12) / 2,
        };
        if at == start && width == length && kind > 12 && kind % 2 == 1 {
            return true;
        }
        at += width;
        if at > start {
            return false;
        }
    }
    false
}

/// A number of seven bits a byte, the highest first, and what follows it.
fn high_bits_first(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let length = bytes.iter().take(4).position(|byte| byte & 0x80 == 0)? + 1;
    let (number, rest) = bytes.split_at_checked(length)?;
    let bits = number.iter();
    let number = bits.fold(0, |number, byte| number << 7 | usize::from(byte & 0x7F));
    Some((number, rest))
}

/// Whether a text beside a match, on the side where a word goes on, is as random as a token: then the match
/// is a piece of something longer. What begins another token is no such thing.
pub(super) fn goes_on(text: &[u8], span: &Span, sides: (bool, bool), prefixes: &Prefixes) -> bool {
    let is_code = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'_' | b'-');
    let most = *TELLING.end();
    let before = text.get(..span.start).unwrap_or_default();
    let left = before.iter().rev().take(most).take_while(is_code).count();
    let left = before.get(before.len() - left..).unwrap_or_default();
    let after = text.get(span.end..).unwrap_or_default();
    let right = after.iter().take(most).take_while(is_code).count();
    let right = after.get(..right).unwrap_or_default();
    let more = |side: bool, text: &[u8]| {
        side && TELLING.contains(&text.len())
            && random::is_random(text)
            && prefixes.find(text).is_none()
    };
    more(sides.0, left) || more(sides.1, right)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"a text of so many bytes";

    fn whole(before: &[u8]) -> bool {
        let text = [before, TEXT, b"next"].concat();
        is_whole(&text, &(before.len()..before.len() + TEXT.len()))
    }

    #[test]
    fn a_length_before_a_text_says_that_it_is_a_whole() {
        for before in [
            &b"\x17"[..],
            b"U\x17",
            b"\x00\x17",
            b"\x17\x00",
            b"x\x17\0\0\0",
            b"x\0\0\0\x17",
            b"\x17\0\0\0\0\0\0\0",
            b"\xff\0\0\0\0\0\0\0\x17",
        ] {
            assert!(whole(before), "{before:?}");
        }
        for before in [
            &b""[..],
            b"x",
            b"\x18",
            b"\x17\0\0",
            b"\x17x",
            b"\x17\x01\0\0",
        ] {
            assert!(!whole(before), "{before:?}");
        }
        let long = [&b"\xac\x02"[..], &[b'x'; 301]].concat();
        assert!(is_whole(&long, &(2..302)));
        assert!(!is_whole(&long, &(2..303)));
    }

    #[test]
    fn a_row_of_sqlite_knows_its_columns() {
        // A number, a key, the text, and a name of 200 bytes.
        let types = [6, 1, 13 + 2 * 9, 13 + 2 * 23, 0x83, 0x1D];
        let before = [&types[..], b"\x07", b"hub_token"].concat();
        assert!(whole(&before));
        assert!(!whole(&before[1..]));
        assert!(!whole(&[&before[..], b"x"].concat()));
    }

    #[test]
    fn the_end_of_a_field_is_the_end_of_its_text() {
        for (before, text) in [
            (&b"\x0cXXX"[..], &b"Bearer abcde"[..]),
            (b"X\x0c\0\0\0", b"Bearer abcde"),
            (b"\0\x0c", b"Bearer abcde"),
            (b"\x8c\x05", b"abcde"),
        ] {
            let all = [before, text, b"fghij"].concat();
            let start = all.len() - 10;
            let found = end(&all, start, start + 3..=start + 10);
            let wanted = (!before.ends_with(b"X")).then_some(start + 5);
            assert_eq!(found, wanted, "{before:?}");
        }
    }

    #[test]
    fn what_is_binary() {
        let is_binary = |start, begun, text: &[u8]| {
            let head = Head { start, begun };
            head.is_binary(text, text.len())
        };
        assert!(is_binary(0, false, b"\x7fELF\x02\0"));
        assert!(!is_binary(0, false, b"\0\0\0\0 a log that was cut"));
        assert!(is_binary(4, true, b"\0\0\0\0 a program"));
        assert!(!is_binary(9000, true, b"\0\0\0\0 far behind"));
        assert!(!is_binary(0, false, "plain \x1b[1m text é".as_bytes()));
        assert!(is_near_binary(b"abc\x01", &(0..3)));
        assert!(!is_near_binary(b"abc\x1b[0m\x07\x08", &(0..3)));
        assert!(is_counted(b"5:37:hf", &(5..42)));
        assert!(!is_counted(b"x:hf", &(2..4)));
    }

    #[test]
    fn a_piece_of_something_random_is_no_token() {
        let prefixes = Prefixes::default();
        let random = b"kR4vXq9ZbTmW2sLpYc7N";
        let is_piece = |before: &[u8], after: &[u8]| {
            let text = [before, b"token", after].concat();
            let span = before.len()..before.len() + 5;
            goes_on(&text, &span, (true, true), &prefixes)
        };
        assert!(is_piece(random, b""));
        assert!(is_piece(b"", random));
        assert!(!is_piece(b"q", b"XaB"));
        assert!(!is_piece(
            b"could not open the file",
            b"3f2a9c0d1e4b5a6978877665544332211"
        ));
    }
}
