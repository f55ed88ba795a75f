//! A text inside a file, and the way back to the file's bytes.

use super::Spanned;
use crate::span::Span;

/// A piece of text that was taken out of a file, perhaps through escapes and indentation, with the
/// bytes of the file that each part of it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MappedText {
    bytes: Vec<u8>,
    /// Parts in order; together they cover `bytes`.
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    /// Where the part begins in the text.
    start: usize,
    /// The bytes of the file that it came from. A part as long as its origin maps byte by byte;
    /// any other, such as an escape, maps as a whole.
    origin: Span,
}

impl MappedText {
    /// A whole file.
    #[must_use]
    pub(crate) fn whole(bytes: &[u8]) -> Self {
        let mut text = Self::default();
        text.push(bytes, 0..bytes.len());
        text
    }

    /// The text itself.
    #[must_use]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the text begins, behind the mark that says that it is UTF-8.
    pub(crate) fn start(&self) -> usize {
        match self.bytes.starts_with(b"\xef\xbb\xbf") {
            true => 3,
            false => 0,
        }
    }

    /// The bytes of a piece; none, if the text has no such piece.
    pub(crate) fn slice(&self, span: &Span) -> &[u8] {
        self.bytes.get(span.clone()).unwrap_or_default()
    }

    /// A piece as a text of its own.
    pub(crate) fn cut(&self, span: Span) -> Self {
        let mut piece = Self::default();
        piece.push_from(self, span);
        piece
    }

    /// A piece as a name, with the bytes of the file that it came from.
    pub(crate) fn name(&self, span: Span) -> Spanned<String> {
        Spanned {
            value: String::from_utf8_lossy(self.slice(&span)).into_owned(),
            span: self.origin(span),
        }
    }

    /// Appends bytes that came from `origin` of the file.
    pub(crate) fn push(&mut self, bytes: &[u8], origin: Span) {
        if bytes.is_empty() {
            return;
        }
        let exact = bytes.len() == origin.len();
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        // Byte-for-byte neighbours join, so that a large text has few parts.
        if let Some(last) = self.parts.last_mut() {
            let last_exact = last.origin.len() == start - last.start;
            if exact && last_exact && last.origin.end == origin.start {
                last.origin.end = origin.end;
                return;
            }
        }
        self.parts.push(Part { start, origin });
    }

    /// Appends a piece of another text of the same file.
    pub(crate) fn push_from(&mut self, other: &Self, span: Span) {
        let mut at = span.start;
        while at < span.end {
            let Some(part) = other.part(at) else { return };
            let end = span.end.min(other.part_end(part));
            let origin = other.origin(at..end);
            self.push(other.bytes.get(at..end).unwrap_or_default(), origin);
            at = end;
        }
    }

    /// The bytes of the file that a piece of the text came from.
    #[must_use]
    pub(crate) fn origin(&self, span: Span) -> Span {
        let Some(first) = self.part(span.start) else {
            let end = self.parts.last().map_or(0, |part| part.origin.end);
            return end..end;
        };
        let start = self.place(first, span.start, false);
        if span.end <= span.start {
            return start..start;
        }
        let end = self
            .part(span.end - 1)
            .map_or(start, |last| self.place(last, span.end, true));
        start..end.max(start)
    }

    /// The part that holds a byte of the text.
    fn part(&self, at: usize) -> Option<usize> {
        (at < self.bytes.len()).then(|| self.parts.partition_point(|part| part.start <= at) - 1)
    }

    fn part_end(&self, part: usize) -> usize {
        self.parts
            .get(part + 1)
            .map_or(self.bytes.len(), |next| next.start)
    }

    fn place(&self, part: usize, at: usize, is_end: bool) -> usize {
        let Some(found) = self.parts.get(part) else {
            return 0;
        };
        let exact = found.origin.len() == self.part_end(part) - found.start;
        match (exact, is_end) {
            (true, _) => found.origin.start + (at - found.start),
            (false, false) => found.origin.start,
            (false, true) => found.origin.end,
        }
    }
}

/// A piece of a text without the blanks at its ends.
pub(crate) fn trim(bytes: &[u8], span: Span) -> Span {
    let end = span.end.max(span.start);
    let content = bytes.get(span.start..end).unwrap_or_default();
    let front = content.trim_ascii_start().len();
    let start = span.start + content.len() - front;
    start..start + content.trim_ascii().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_lead_back_through_escapes() {
        // The file holds  ab\ncd  where \n is two bytes.
        let mut text = MappedText::default();
        text.push(b"ab", 10..12);
        text.push(b"\n", 12..14);
        text.push(b"cd", 14..16);
        assert_eq!(text.bytes(), b"ab\ncd");
        assert_eq!(text.origin(0..2), 10..12);
        assert_eq!(text.origin(1..4), 11..15);
        assert_eq!(text.origin(2..3), 12..14);
        assert_eq!(text.origin(5..5), 16..16);
        let mut inner = MappedText::default();
        inner.push_from(&text, 1..5);
        assert_eq!(inner.bytes(), b"b\ncd");
        assert_eq!(inner.origin(0..4), 11..16);
    }
}
