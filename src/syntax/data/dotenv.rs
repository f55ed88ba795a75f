//! `.env` files: `NAME=value` lines, with quotes, comments and `export`.
//!
//! The crates that read them set or return variables and keep no spans, and stop at the first line
//! that they do not know; so the lines are read here.

use crate::span::Span;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::{MappedText, trim};
use crate::syntax::template;
use crate::syntax::template::Dialect;
use crate::syntax::{FactKind, Setting, Spanned, Value};

/// A line, or a few if its quotes span them.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The name of the variable.
    pub(crate) name: Spanned<String>,
    /// Its value; nothing if the name stands alone.
    pub(crate) value: Spanned<Value>,
    /// The whole of it in the file.
    pub(crate) span: Span,
    /// Whether there is a name and a `=`.
    pub(crate) is_assignment: bool,
}

/// Lowers a `.env` file.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    for entry in entries(text, 0..text.bytes().len()) {
        if entry.name.value.is_empty() {
            sink.mark_errors();
            continue;
        }
        let setting = Setting {
            path: vec![entry.name],
            value: entry.value,
        };
        sink.fact(FactKind::Setting(setting), entry.span);
    }
}

/// Reads the lines in a piece of a text. A line that is no variable has an empty name.
pub(crate) fn entries(text: &MappedText, span: Span) -> Vec<Entry> {
    let end = span.end.min(text.bytes().len());
    let mut entries = Vec::new();
    let mut at = span.start;
    if text.bytes().starts_with(b"\xEF\xBB\xBF") {
        at = at.max(3);
    }
    while at < end {
        let line = line(text.bytes(), at, end);
        let (entry, next) = entry(text, line.clone(), end);
        entries.extend(entry);
        at = next.max(line.end + 1);
    }
    entries
}

/// The line that begins at a byte, without its end.
fn line(bytes: &[u8], at: usize, end: usize) -> Span {
    let rest = bytes.get(at..end).unwrap_or_default();
    at..memchr::memchr(b'\n', rest).map_or(end, |feed| at + feed)
}

/// Reads a line, and says where the next one begins, if not after it.
fn entry(text: &MappedText, line: Span, end: usize) -> (Option<Entry>, usize) {
    let bytes = text.bytes();
    let mut line = trim(bytes, line);
    if line.is_empty() || bytes.get(line.start) == Some(&b'#') {
        return (None, 0);
    }
    if bytes
        .get(line.clone())
        .is_some_and(|line| line.starts_with(b"export "))
    {
        line = trim(bytes, line.start + 7..line.end);
    }
    let content = bytes.get(line.clone()).unwrap_or_default();
    let equals = memchr::memchr(b'=', content);
    let key = trim(
        bytes,
        line.start..equals.map_or(line.end, |at| line.start + at),
    );
    let name = bytes
        .get(key.clone())
        .and_then(|name| std::str::from_utf8(name).ok());
    let name = name.filter(|name| is_name(name)).unwrap_or_default();
    let mut next = 0;
    let (value, whole) = match equals {
        Some(at) => {
            let rest = trim(bytes, line.start + at + 1..line.end);
            let (value, value_end) = value(text, rest, end);
            next = value_end;
            (value, key.start..value_end.max(key.end))
        }
        None => {
            let at = text.origin(key.end.max(1) - 1..key.end).end;
            let null = Spanned {
                value: Value::Null,
                span: at..at,
            };
            (null, line)
        }
    };
    let entry = Entry {
        name: Spanned {
            value: name.to_owned(),
            span: text.origin(key),
        },
        value,
        span: text.origin(whole),
        is_assignment: equals.is_some() && !name.is_empty(),
    };
    (Some(entry), next)
}

fn is_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
    !name.is_empty() && name.len() <= 256 && name.bytes().all(allowed)
}

/// Reads what stands right of a `=` on its line, and where that ends.
fn value(text: &MappedText, rest: Span, end: usize) -> (Spanned<Value>, usize) {
    let bytes = text.bytes();
    let quote = bytes.get(rest.start).copied().filter(|_| !rest.is_empty());
    if let Some(quote @ (b'"' | b'\'' | b'`')) = quote {
        let inner = rest.start + 1;
        let close = closing_quote(bytes, inner, rest.end, end, quote);
        let content = inner..close.unwrap_or(rest.end);
        let after = close.map_or(rest.end, |at| at + 1);
        return (quoted(text, content, quote), after);
    }
    // A comment begins after a blank.
    let content = bytes.get(rest.clone()).unwrap_or_default();
    let comment = content
        .windows(2)
        .position(|pair| pair[0].is_ascii_whitespace() && pair[1] == b'#');
    let content = if content.starts_with(b"#") {
        rest.start..rest.start
    } else {
        trim(
            bytes,
            rest.start..comment.map_or(rest.end, |at| rest.start + at),
        )
    };
    let after = content.end;
    (template::read(text, content, Dialect::Data), after)
}

/// The quote that ends a value: on its line, or on a later one if nothing but a comment follows it
/// there. Otherwise a quote that was forgotten would swallow the next variable.
fn closing_quote(
    bytes: &[u8],
    from: usize,
    line_end: usize,
    end: usize,
    quote: u8,
) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = bytes.get(at..end)?;
        at += memchr::memchr2(quote, b'\\', rest)?;
        if bytes.get(at) == Some(&b'\\') {
            // A backslash is itself within single quotes.
            at += if quote == b'"' { 2 } else { 1 };
            continue;
        }
        let tail = trim(bytes, line(bytes, at + 1, end));
        let ends = tail.is_empty() || bytes.get(tail.start) == Some(&b'#');
        return (at < line_end || ends).then_some(at);
    }
}

/// Reads a value in quotes.
fn quoted(text: &MappedText, content: Span, quote: u8) -> Spanned<Value> {
    let bytes = text.slice(&content);
    if quote != b'"' {
        return template::read(text, content, Dialect::Plain);
    }
    if !bytes.contains(&b'\\') {
        return template::read(text, content, Dialect::Data);
    }
    let mut decoded = MappedText::default();
    let mut at = content.start;
    while at < content.end {
        let rest = text.bytes().get(at..content.end).unwrap_or_default();
        let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        decoded.push_from(text, at..at + plain);
        at += plain;
        if at + 1 >= content.end {
            decoded.push_from(text, at..content.end);
            break;
        }
        let escaped = match text.bytes().get(at + 1) {
            Some(b'n') => b"\n",
            Some(b'r') => b"\r",
            Some(b't') => b"\t",
            _ => text.bytes().get(at + 1..at + 2).unwrap_or_default(),
        };
        decoded.push(escaped, text.origin(at..at + 2));
        at += 2;
    }
    let mut value = template::read(&decoded, 0..decoded.bytes().len(), Dialect::Data);
    value.span = text.origin(content);
    value
}

#[cfg(test)]
mod tests {
    use crate::syntax::Format;
    use crate::syntax::testing::bears;

    #[test]
    fn hostile_files_are_borne() {
        bears(Format::Dotenv, 100_000, PIECES);
    }

    const PIECES: &[&str] = &[
        "b", "\\n", "$A", "${B:-c}", "{{ d }}", "export ", "A=b\n", "A=\"", "$(c)", "`d`", "set ",
    ];
}
