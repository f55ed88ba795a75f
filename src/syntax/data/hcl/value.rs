//! What an expression of HCL stands for, as far as it is no map or list of its own.

use super::Reader;
use crate::span::Span;
use crate::syntax::data::tree::Body;
use crate::syntax::escape::{self, Escapes};
use crate::syntax::mapped_text::MappedText;
use crate::syntax::mapped_text::trim;
use crate::syntax::template::{self, Dialect};
use crate::syntax::{Argument, Call, Format, Spanned, Value};

/// How deep calls are looked into: each level is read anew.
const MAX_DEPTH: usize = 4;

/// The most arguments of a call, or entries of a map in one.
const MAX_ITEMS: usize = 100;

/// What an expression says, and the language that its heredoc's marker names.
pub(super) fn body(reader: &mut Reader<'_>, span: Span) -> (Body, Option<Format>) {
    if let Some(found) = text(reader, &span) {
        return found;
    }
    let content = reader.scanner.bytes.get(span.clone()).unwrap_or_default();
    let body = match is_plain(content) {
        true => Body::Piece(span),
        false => Body::Value(value(reader, span, 0)),
    };
    (body, None)
}

/// An expression that is one string or heredoc.
fn text(reader: &mut Reader<'_>, span: &Span) -> Option<(Body, Option<Format>)> {
    let bytes = reader.scanner.bytes;
    match bytes.get(span.start)? {
        b'"' => {
            let quoted = reader.scanner.quoted(span.start);
            (quoted.end == span.end).then_some(())?;
            reader.has_errors |= !quoted.is_closed;
            Some((string(reader.text, quoted.content), None))
        }
        b'<' => {
            let found = reader.scanner.heredoc(span.start);
            // One without an end goes on to that of the file.
            let heredoc = found.filter(|found| found.end == span.end || !found.is_closed)?;
            reader.has_errors |= !heredoc.is_closed;
            let marker = std::str::from_utf8(bytes.get(heredoc.marker)?).ok()?;
            let body = lines(reader.text, heredoc.body, heredoc.is_indented);
            Some((body, Format::of_language(marker)))
        }
        _ => None,
    }
}

/// Whether an expression is what it is written as: a number, a truth value, a variable in a file of
/// another kind.
fn is_plain(content: &[u8]) -> bool {
    matches!(content, b"true" | b"false")
        || content.starts_with(b"${")
        || matches!(content, [b'0'..=b'9', ..] | [b'-', b'0'..=b'9', ..])
}

/// The text of a string in quotes.
fn string(text: &MappedText, content: Span) -> Body {
    let bytes = text.slice(&content);
    if !bytes.contains(&b'\\') && !has_doubled(bytes) {
        return Body::Piece(content);
    }
    let mut decoded = MappedText::default();
    push(text, content, true, &mut decoded);
    Body::Decoded(decoded.into())
}

/// The text of a heredoc.
fn lines(text: &MappedText, body: Span, is_indented: bool) -> Body {
    let bytes = text.slice(&body);
    let body = body.start..body.start + bytes.trim_ascii_end().len();
    let bytes = text.slice(&body);
    if !is_indented && !has_doubled(bytes) {
        return Body::Piece(body);
    }
    let width = |line: &[u8]| {
        line.iter()
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count()
    };
    let full = bytes
        .split(|b| *b == b'\n')
        .filter(|line| !line.trim_ascii().is_empty());
    let indent = full.map(width).min().filter(|_| is_indented).unwrap_or(0);
    let mut decoded = MappedText::default();
    let mut at = body.start;
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let end = at + line.len();
        let skipped = indent.min(width(line));
        push(text, at + skipped..end, false, &mut decoded);
        at = end;
    }
    Body::Decoded(decoded.into())
}

/// Whether a text holds `$${` or `%%{`, which stand for `${` and `%{`.
fn has_doubled(bytes: &[u8]) -> bool {
    next_doubled(bytes).is_some()
}

fn next_doubled(bytes: &[u8]) -> Option<usize> {
    let dollars = memchr::memmem::find(bytes, b"$${");
    let reach = bytes.get(..dollars.unwrap_or(bytes.len()))?;
    memchr::memmem::find(reach, b"%%{").or(dollars)
}

/// Appends a piece of a text with its escapes resolved.
fn push(text: &MappedText, span: Span, escapes: bool, into: &mut MappedText) {
    let mut plain = |span: Span| match escapes {
        true => escape::unescape(text, span, Escapes::Data, into),
        false => into.push_from(text, span),
    };
    let mut at = span.start;
    while let Some(found) = next_doubled(text.bytes().get(at..span.end).unwrap_or_default()) {
        plain(at..at + found);
        plain(at + found + 1..at + found + 3);
        at += found + 3;
    }
    plain(at..span.end);
}

/// What an expression stands for.
fn value(reader: &mut Reader<'_>, span: Span, depth: usize) -> Value {
    let bytes = reader.scanner.bytes;
    let span = trim(bytes, span);
    let content = bytes.get(span.clone()).unwrap_or_default();
    if content.is_empty() || content == b"null" {
        return Value::Null;
    }
    if is_plain(content) {
        return template::read(reader.text, span, Dialect::Data).value;
    }
    let end = reader.scanner.expression(span.start);
    let whole = trim(bytes, span.start..end).end == span.end;
    let last = span.end - 1;
    match content.first() {
        Some(b'"' | b'<') => match text(reader, &span) {
            Some((Body::Piece(span), _)) => template::read(reader.text, span, Dialect::Data).value,
            Some((Body::Decoded(text), _)) => {
                template::read(&text, 0..text.bytes().len(), Dialect::Data).value
            }
            _ => Value::Unknown,
        },
        _ if depth == MAX_DEPTH || !whole || is_loop(content) => Value::Unknown,
        Some(b'(') if closes(reader, span.start, last, b")") => {
            value(reader, span.start + 1..last, depth + 1)
        }
        Some(b'[') if closes(reader, span.start, last, b"]") => {
            let items = items(reader, span.start + 1..last);
            Value::List(
                items
                    .into_iter()
                    .map(|item| spanned(reader, item, depth))
                    .collect(),
            )
        }
        Some(b'{') if closes(reader, span.start, last, b"}") => {
            let items = items(reader, span.start + 1..last);
            let entries = items
                .into_iter()
                .filter_map(|item| entry(reader, item, depth));
            Value::Map(entries.collect())
        }
        _ => named(reader, span, depth),
    }
}

/// Whether an expression makes a list or map of another: `[for x in y : …]`.
pub(super) fn is_loop(content: &[u8]) -> bool {
    let inner = content.strip_prefix(b"[").or(content.strip_prefix(b"{"));
    inner.is_some_and(|inner| inner.trim_ascii_start().starts_with(b"for "))
}

/// Whether the bracket at one byte is closed by the one at another.
fn closes(reader: &mut Reader<'_>, open: usize, close: usize, bracket: &[u8]) -> bool {
    let bytes = reader.scanner.bytes;
    let ends = bytes.get(close..close + 1) == Some(bracket);
    ends && open < close && {
        let mut at = open + 1;
        loop {
            at = reader.scanner.expression(at);
            match bytes.get(at) {
                Some(b'\n' | b',' | b';') => at += 1,
                Some(b'#' | b'/') => at += reader.scanner.comment(at).unwrap_or(1),
                _ => break at == close,
            }
        }
    }
}

fn spanned(reader: &mut Reader<'_>, span: Span, depth: usize) -> Spanned<Value> {
    Spanned {
        value: value(reader, span.clone(), depth + 1),
        span: reader.text.origin(span),
    }
}

/// What commas or lines divide between two brackets.
fn items(reader: &mut Reader<'_>, span: Span) -> Vec<Span> {
    let mut items = Vec::new();
    let mut at = reader.scanner.skip(span.start);
    while at < span.end && items.len() < MAX_ITEMS {
        let end = reader.scanner.expression(at).min(span.end);
        items.push(trim(reader.scanner.bytes, at..end));
        at = reader.scanner.skip(end.max(at + 1));
    }
    items
}

/// `key = value` of a map that is an argument.
fn entry(
    reader: &mut Reader<'_>,
    item: Span,
    depth: usize,
) -> Option<(Spanned<String>, Spanned<Value>)> {
    let bytes = reader.scanner.bytes;
    let content = bytes.get(item.clone())?;
    let sign = item.start + memchr::memchr2(b'=', b':', content)?;
    let name = trim(bytes, item.start..sign);
    let name = match bytes.get(name.clone())? {
        [b'"', .., b'"'] => name.start + 1..name.end - 1,
        _ => name,
    };
    let key = Spanned {
        value: String::from_utf8_lossy(bytes.get(name.clone())?).into_owned(),
        span: reader.text.origin(name),
    };
    let value = trim(bytes, sign + 1..item.end);
    Some((key, spanned(reader, value, depth)))
}

/// A variable such as `var.hf_token`, or a call.
fn named(reader: &mut Reader<'_>, span: Span, depth: usize) -> Value {
    let content = reader.scanner.bytes.get(span.clone()).unwrap_or_default();
    let Ok(text) = std::str::from_utf8(content) else {
        return Value::Unknown;
    };
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    let length = text.find(|c| !part(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(length).unwrap_or_default();
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return Value::Unknown;
    }
    if rest.is_empty() && !name.contains('.') {
        return Value::Name(name.to_owned());
    }
    let last = span.end - 1;
    let open = span.start + length;
    if rest.starts_with('(') && closes(reader, open, last, b")") {
        return call(reader, name, span.start..open, last, depth);
    }
    // `var.tokens["HF_TOKEN"].value`, `data.x[0].y`.
    let index = |c: char| part(c) || matches!(c, '[' | ']' | '"' | '*');
    if !text.chars().all(index) {
        return Value::Unknown;
    }
    let path = text.replace(['[', ']', '"'], ".");
    let parts: Vec<&str> = path.split('.').filter(|part| !part.is_empty()).collect();
    Value::Variable(parts.join("."), None)
}

/// A call whose arguments end at a byte.
fn call(reader: &mut Reader<'_>, name: &str, at: Span, end: usize, depth: usize) -> Value {
    let items = items(reader, at.end + 1..end);
    let values = items.into_iter().map(|item| spanned(reader, item, depth));
    let mut values: Vec<Spanned<Value>> = values.collect();
    // Packer, Terragrunt.
    if matches!(name, "env" | "get_env" | "getenv")
        && let Some(Value::Literal(variable)) = values.first().map(|value| &value.value)
    {
        let variable = variable.clone();
        let default = (values.len() > 1).then(|| Box::new(values.remove(1)));
        return Value::Environment(variable, default);
    }
    let arguments = values
        .into_iter()
        .map(|value| Argument { name: None, value });
    Value::Call(Box::new(Call {
        callee: Spanned {
            value: name.to_owned(),
            span: reader.text.origin(at),
        },
        arguments: arguments.collect(),
    }))
}
