//! The content of scalars, with the bytes that each part of it came from.
//!
//! The parser gives a value and roughly where it stands. The value is read again here, piece by
//! piece; where the two readings differ, the parser's holds, as one piece.

use saphyr_parser::ScalarStyle;

use crate::span::Span;
use crate::syntax::mapped_text::MappedText;

/// A scalar in the text of a document.
#[derive(Debug)]
pub(super) struct Scalar {
    /// Where it stands, with its quotes.
    pub(super) span: Span,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    /// Bytes that stand for themselves.
    Piece(Span),
    /// Escapes, folded or indented lines.
    Decoded(MappedText),
}

/// A text of a document, and the copy of it that was parsed.
#[derive(Clone, Copy)]
pub(super) struct Source<'t> {
    pub(super) text: &'t MappedText,
    pub(super) copy: &'t str,
}

/// Finds a scalar. `span` is what the parser says: it may begin with an anchor or a tag, and end
/// with blanks.
pub(super) fn read(source: Source<'_>, span: Span, style: ScalarStyle, value: &str) -> Scalar {
    let end = span.end.min(source.copy.len());
    let span = span.start.min(end)..end;
    let found = match style {
        ScalarStyle::Literal | ScalarStyle::Folded => block(source, &span, style, value),
        ScalarStyle::Plain | ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
            flow(source, &span, style, value)
        }
    };
    found.unwrap_or_else(|| {
        let mut decoded = MappedText::default();
        decoded.push(value.as_bytes(), source.text.origin(span.clone()));
        Scalar {
            span,
            content: Content::Decoded(decoded),
        }
    })
}

fn flow(source: Source<'_>, span: &Span, style: ScalarStyle, value: &str) -> Option<Scalar> {
    let bytes = source.copy.as_bytes();
    let start = past_properties(bytes, span.clone());
    let quote = match style {
        ScalarStyle::SingleQuoted => Some(b'\''),
        ScalarStyle::DoubleQuoted => Some(b'"'),
        _ => None,
    };
    let Some(quote) = quote else {
        let length = bytes.get(start..span.end)?.trim_ascii_end().len();
        // An empty value may have blanks, or what follows it, in its span.
        let length = if value.is_empty() { 0 } else { length };
        let content = start..start + length;
        return piece(source, content.clone(), content, quote, value);
    };
    (bytes.get(start) == Some(&quote)).then_some(())?;
    let mut end = start + 1;
    loop {
        match *bytes.get(end..span.end)?.first()? {
            b'\\' if quote == b'"' => end += 2,
            b'\'' if quote == b'\'' && bytes.get(end + 1) == Some(&b'\'') => end += 2,
            byte if byte == quote => break,
            _ => end += 1,
        }
    }
    piece(source, start..end + 1, start + 1..end, Some(quote), value)
}

/// The content of a flow scalar, if it reads as its value.
fn piece(
    source: Source<'_>,
    span: Span,
    content: Span,
    quote: Option<u8>,
    value: &str,
) -> Option<Scalar> {
    let bytes = source.copy.as_bytes();
    if bytes.get(content.clone())? == value.as_bytes() {
        let content = Content::Piece(content);
        return Some(Scalar { span, content });
    }
    let mut out = Pieces::new(source);
    let mut at = content.start;
    while at < content.end {
        let rest = bytes.get(at..content.end)?;
        let run = memchr::memchr3(b'\\', b'\'', b'\n', rest).unwrap_or(rest.len());
        let special = rest.get(run);
        // Blanks at a line's end are folded with it.
        let kept = match special {
            Some(b'\n') => rest.get(..run)?.trim_ascii_end().len(),
            _ => run,
        };
        out.copy(at..at + kept);
        at += run;
        at += match special {
            None => 0,
            Some(b'\n') => {
                let blank = bytes.get(at..content.end)?;
                let length = blank.len() - blank.trim_ascii_start().len();
                let feeds = memchr::memchr_iter(b'\n', blank.get(..length)?).count();
                let folded = if feeds > 1 {
                    "\n".repeat(feeds - 1)
                } else {
                    " ".to_owned()
                };
                out.put(folded.as_bytes(), at - (run - kept)..at + length);
                length
            }
            Some(b'\'') if quote == Some(b'\'') => {
                out.put(b"'", at..at + 2);
                2
            }
            Some(b'\\') if quote == Some(b'"') => escape(&mut out, at, content.end)?,
            Some(_) => {
                out.copy(at..at + 1);
                1
            }
        };
    }
    let content = out.finish(value)?;
    Some(Scalar { span, content })
}

/// Reads an escape of a string in double quotes, and gives its length.
fn escape(out: &mut Pieces<'_>, at: usize, end: usize) -> Option<usize> {
    let bytes = out.source.copy.as_bytes().get(at..end)?;
    let coded = |digits: usize| {
        let digits = std::str::from_utf8(bytes.get(2..2 + digits)?).ok()?;
        char::from_u32(u32::from_str_radix(digits, 16).ok()?)
    };
    let (character, length) = match bytes.get(1)? {
        b'0' => ('\0', 2),
        b'a' => ('\x07', 2),
        b'b' => ('\x08', 2),
        b't' | b'\t' => ('\t', 2),
        b'n' => ('\n', 2),
        b'v' => ('\x0b', 2),
        b'f' => ('\x0c', 2),
        b'r' => ('\r', 2),
        b'e' => ('\x1b', 2),
        b'N' => ('\u{85}', 2),
        b'_' => ('\u{a0}', 2),
        b'L' => ('\u{2028}', 2),
        b'P' => ('\u{2029}', 2),
        b'x' => (coded(2)?, 4),
        b'u' => (coded(4)?, 6),
        b'U' => (coded(8)?, 10),
        b'\n' | b'\r' => {
            // The line goes on after the blanks of the next one.
            let rest = bytes.get(1..)?;
            let blank = rest.len() - rest.trim_ascii_start().len();
            let feeds = memchr::memchr_iter(b'\n', rest.get(..blank)?).count();
            out.put(
                "\n".repeat(feeds.saturating_sub(1)).as_bytes(),
                at..at + 1 + blank,
            );
            return Some(1 + blank);
        }
        other => (char::from(*other), 2),
    };
    let mut buffer = [0; 4];
    out.put(
        character.encode_utf8(&mut buffer).as_bytes(),
        at..at + length,
    );
    Some(length)
}

/// Reads a block scalar line by line beside its value.
fn block(source: Source<'_>, span: &Span, style: ScalarStyle, value: &str) -> Option<Scalar> {
    let bytes = source.copy.as_bytes();
    let mut at = block_start(bytes, span);
    let mut out = Pieces::new(source);
    let mut rest = value.as_bytes();
    let mut end = at;
    while !rest.is_empty() && at < bytes.len() {
        let tail = bytes.get(at..)?;
        let length = memchr::memchr(b'\n', tail).unwrap_or(tail.len());
        let line = tail.get(..length)?;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let taken = match style {
            ScalarStyle::Literal => literal_line(line, rest)?,
            _ => folded_line(line, rest)?,
        };
        let content = at + line.len() - taken..at + line.len();
        if taken > 0 {
            end = content.end;
        }
        rest = rest.get(taken..)?;
        out.copy(content.clone());
        let feed = content.end..(at + length + 1).min(bytes.len());
        at += length + 1;
        // A folded line is followed by a blank, and an empty one may be gone.
        let gone = style == ScalarStyle::Folded && taken == 0 && rest.first() != Some(&b'\n');
        if let Some(next) = rest.first().filter(|_| !gone) {
            let next = [*next];
            matches!(next, [b'\n' | b' ']).then_some(())?;
            if next == *b"\n" && feed.len() == 1 {
                out.copy(feed);
            } else {
                out.put(&next, feed);
            }
            rest = rest.get(1..)?;
        }
    }
    let content = out.finish(value)?;
    let start = span.start.min(end);
    Some(Scalar {
        span: start..end,
        content,
    })
}

/// How much of the end of a line is the next line of a value.
fn literal_line(line: &[u8], value: &[u8]) -> Option<usize> {
    let length = memchr::memchr(b'\n', value).unwrap_or(value.len());
    let indent = line.len().checked_sub(length)?;
    let matches = line.get(indent..)? == value.get(..length)?;
    let indented = line.get(..indent)?.iter().all(|b| *b == b' ');
    (matches && indented).then_some(length)
}

/// The same of a folded value, whose lines do not end with the lines of the file.
fn folded_line(line: &[u8], value: &[u8]) -> Option<usize> {
    let blanks = |text: &[u8]| text.iter().take_while(|b| **b == b' ').count();
    let indent = blanks(line);
    let body = line.get(indent..)?;
    if body.is_empty() {
        return Some(0);
    }
    let kept = blanks(value).min(indent);
    value
        .get(kept..)?
        .starts_with(body)
        .then_some(kept + body.len())
}

/// The first byte of the first line of a block scalar.
fn block_start(bytes: &[u8], span: &Span) -> usize {
    let line_start = |at: usize| {
        let before = bytes.get(..at).unwrap_or_default();
        memchr::memrchr(b'\n', before).map_or(0, |feed| feed + 1)
    };
    let is_blank = |span: Span| {
        let line = bytes.get(span).unwrap_or_default();
        line.iter().all(u8::is_ascii_whitespace)
    };
    let mut start = line_start(span.start);
    if !is_blank(start..span.start) {
        // The header stands here.
        let rest = bytes.get(span.start..).unwrap_or_default();
        return span.start + memchr::memchr(b'\n', rest).map_or(rest.len(), |feed| feed + 1);
    }
    // Empty lines before the content belong to it.
    while start > 0 {
        let previous = line_start(start - 1);
        if !is_blank(previous..start) {
            break;
        }
        start = previous;
    }
    start
}

/// Where a scalar begins after its anchor, its tag and comments.
fn past_properties(bytes: &[u8], span: Span) -> usize {
    let mut at = span.start;
    loop {
        let rest = bytes.get(at..span.end).unwrap_or_default();
        let blank = rest.len() - rest.trim_ascii_start().len();
        let rest = rest.get(blank..).unwrap_or_default();
        let length = match rest.first() {
            Some(b'&' | b'!') => {
                let ends = |b: &u8| b.is_ascii_whitespace() || b",[]{}".contains(b);
                rest.iter().position(ends).unwrap_or(rest.len())
            }
            Some(b'#') => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
            _ => return at + blank,
        };
        at += blank + length.max(1);
    }
}

/// A text that is put together from the document's, and what the parser would have made of it.
struct Pieces<'t> {
    source: Source<'t>,
    text: MappedText,
    parsed: Vec<u8>,
}

impl<'t> Pieces<'t> {
    fn new(source: Source<'t>) -> Self {
        Self {
            source,
            text: MappedText::default(),
            parsed: Vec::new(),
        }
    }

    /// Adds bytes as they stand.
    fn copy(&mut self, span: Span) {
        let parsed = self.source.copy.as_bytes().get(span.clone());
        self.parsed.extend_from_slice(parsed.unwrap_or_default());
        self.text.push_from(self.source.text, span);
    }

    /// Adds what some bytes stand for.
    fn put(&mut self, bytes: &[u8], span: Span) {
        self.parsed.extend_from_slice(bytes);
        self.text.push(bytes, self.source.text.origin(span));
    }

    /// The content, if it is the value.
    fn finish(self, value: &str) -> Option<Content> {
        (self.parsed == value.as_bytes()).then_some(Content::Decoded(self.text))
    }
}
