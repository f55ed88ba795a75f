//! Places in a text: bytes here; lines and units of an encoding in an editor.

use lsp_types::{Position, PositionEncodingKind, Range};

use crate::span::Span;

/// How an editor counts within a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Units {
    /// Bytes.
    Utf8,
    /// What every editor understands: units of UTF-16.
    Utf16,
    /// Code points.
    Utf32,
}

impl Units {
    /// The best of those that an editor offers: bytes, since nothing is counted then.
    pub(super) fn choose(offered: &[PositionEncodingKind]) -> Self {
        if offered.contains(&PositionEncodingKind::UTF8) {
            Self::Utf8
        } else if offered.contains(&PositionEncodingKind::UTF32)
            && !offered.contains(&PositionEncodingKind::UTF16)
        {
            Self::Utf32
        } else {
            Self::Utf16
        }
    }

    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn width(self, c: char) -> usize {
        match self {
            Self::Utf8 => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// Where the lines of a text begin. They end with `\n`, `\r\n` or `\r`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            let ends = bytes.get(at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n');
            if ends {
                starts.push(at + 1);
            }
        }
        Self { starts }
    }

    /// The bytes of a line, with its end; lines count from 0.
    fn line(&self, text: &str, line: usize) -> Span {
        let at = |line: usize| self.starts.get(line).copied().unwrap_or(text.len());
        at(line)..at(line + 1)
    }

    /// The line that holds a byte.
    pub(super) fn line_of(&self, byte: usize) -> usize {
        self.starts
            .partition_point(|start| *start <= byte)
            .saturating_sub(1)
    }

    /// The byte at a position. What lies beyond a line is its end; beyond the text, its end.
    pub(super) fn byte(&self, text: &str, position: Position, units: Units) -> usize {
        let line = usize::try_from(position.line).unwrap_or(usize::MAX);
        if line >= self.starts.len() {
            return text.len();
        }
        let span = self.line(text, line);
        let content = text.get(span.clone()).unwrap_or_default();
        let content = content.trim_end_matches(['\n', '\r']);
        let wanted = usize::try_from(position.character).unwrap_or(usize::MAX);
        let mut counted = 0;
        for (at, c) in content.char_indices() {
            // In the middle of a character is before it.
            counted += units.width(c);
            if counted > wanted {
                return span.start + at;
            }
        }
        span.start + content.len()
    }

    /// The position of a byte.
    pub(super) fn position(&self, text: &str, byte: usize, units: Units) -> Position {
        let byte = (0..=byte.min(text.len()))
            .rev()
            .find(|at| text.is_char_boundary(*at));
        let byte = byte.unwrap_or(0);
        let line = self.line_of(byte);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let before = text.get(start..byte).unwrap_or_default();
        let character = match units {
            Units::Utf8 => before.len(),
            _ => before.chars().map(|c| units.width(c)).sum(),
        };
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Position::new(narrow(line), narrow(character))
    }

    pub(super) fn range(&self, text: &str, span: &Span, units: Units) -> Range {
        let position = |byte| self.position(text, byte, units);
        Range::new(position(span.start), position(span.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_go_there_and_back_in_all_units() {
        let text = "a\u{1f917}b\r\n\u{e4}\r\n\rx\ny";
        let lines = Lines::of(text);
        assert_eq!(lines.starts, [0, 8, 12, 13, 15]);
        for units in [Units::Utf8, Units::Utf16, Units::Utf32] {
            for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
                let position = lines.position(text, at, units);
                // A line's end is one place, however it is written.
                if c != '\n' {
                    assert_eq!(lines.byte(text, position, units), at, "{units:?} {at}");
                }
            }
        }
        let b = |units| lines.position(text, 5, units).character;
        assert_eq!(
            (b(Units::Utf8), b(Units::Utf16), b(Units::Utf32)),
            (5, 3, 2)
        );
    }

    #[test]
    fn what_lies_beyond_is_the_end() {
        let text = "a\u{1f917}\r\nb";
        let lines = Lines::of(text);
        let byte = |line, character| lines.byte(text, Position::new(line, character), Units::Utf16);
        assert_eq!(
            [byte(0, 9), byte(0, 2), byte(9, 0), byte(1, 9)],
            [5, 1, 8, 8]
        );
    }
}
