//! INI and its kin: `.ini`, `.cfg`, `.conf`, Java properties, git's and systemd's files, `.netrc`.
//!
//! The crates that read them keep no bytes of where things stand, and each knows one dialect and
//! stops at a line of another. Here a line that is not understood costs itself.

mod netrc;

use super::tree::{self, Body, Key, NodeId, Tree};
use crate::span::Span;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::{MappedText, trim};
use crate::syntax::{Format, Value, escape};

/// The longest name of a setting or section, in bytes.
const MAX_NAME: usize = 256;

/// Lowers an INI file.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    if is_braced(text.bytes()) {
        return Format::Hcl.lower(text, sink);
    }
    let mut reader = Reader::new(text);
    if netrc::is(text.bytes()) {
        netrc::read(&mut reader);
    } else {
        reader.read();
    }
    if reader.has_errors {
        sink.mark_errors();
    }
    tree::lower(&reader.tree, text, sink);
}

struct Reader<'t> {
    text: &'t MappedText,
    tree: Tree,
    root: NodeId,
    /// Where settings go: the last section.
    section: NodeId,
    has_errors: bool,
}

/// A line with a name and a value.
struct Assignment {
    name: Span,
    value: Span,
}

impl<'t> Reader<'t> {
    fn new(text: &'t MappedText) -> Self {
        let mut tree = Tree::default();
        let root = tree.add(None, Key::Root, Body::Map, 0..text.bytes().len());
        Self {
            text,
            tree,
            root,
            section: root,
            has_errors: false,
        }
    }

    fn slice(&self, span: Span) -> &'t [u8] {
        self.text.bytes().get(span).unwrap_or_default()
    }

    fn read(&mut self) {
        let bytes = self.text.bytes();
        let mut at = self.text.start();
        while at < bytes.len() {
            let whole = line(bytes, at);
            at = whole.end + 1;
            let content = trim(bytes, whole.clone());
            if is_blank(self.slice(content.clone())) {
                continue;
            }
            if self.slice(content.clone()).starts_with(b"[") && self.open(content.clone()) {
                continue;
            }
            let Some(found) = self.assignment(content.clone()) else {
                self.has_errors = true;
                continue;
            };
            at = self.setting(&found, &whole);
        }
    }

    /// Opens a section: `[name]`, or `[name "inner name"]` of git. Whether the line is one.
    fn open(&mut self, line: Span) -> bool {
        let content = self.slice(line.clone());
        let Some(close) = memchr::memrchr(b']', content) else {
            return false;
        };
        let after = content.get(close + 1..).unwrap_or_default().trim_ascii();
        if !is_blank(after) || close > MAX_NAME {
            return false;
        }
        let name = trim(self.text.bytes(), line.start + 1..line.start + close);
        let quoted = self.slice(name.clone()).strip_suffix(b"\"");
        let inner = quoted.and_then(|name| memchr::memchr(b'"', name));
        let (outer, inner) = match inner {
            Some(at) => (
                trim(self.text.bytes(), name.start..name.start + at),
                Some(name.start + at + 1..name.end - 1),
            ),
            None => (name, None),
        };
        self.section = self.root;
        for part in [Some(outer), inner].into_iter().flatten() {
            let key = self.key(part);
            self.section = self
                .tree
                .add(Some(self.section), key, Body::Map, line.clone());
        }
        true
    }

    fn key(&self, name: Span) -> Key {
        let name = self.text.name(name);
        tree::name(name.value, name.span)
    }

    /// The name and value of a line: `name = value`, `name: value`, `name value`.
    fn assignment(&self, line: Span) -> Option<Assignment> {
        let bytes = self.text.bytes();
        let content = self.slice(line.clone());
        let reach = content.get(..content.len().min(MAX_NAME))?;
        let sign = memchr::memchr2(b'=', b':', reach);
        let named =
            sign.filter(|sign| is_name(reach.get(..*sign).unwrap_or_default().trim_ascii()));
        let blank = || reach.iter().position(u8::is_ascii_whitespace);
        let (end, value) = match named {
            Some(sign) => (sign, sign + 1),
            // Of Java, redis and ssh; a word alone is a switch.
            None => blank().map_or((content.len(), content.len()), |at| (at, at)),
        };
        let mut name = trim(bytes, line.start..line.start + end);
        // `export` and `set` are no part of a name.
        if let Some(rest) = self.slice(name.clone()).strip_prefix(b"export ") {
            name = trim(bytes, name.end - rest.len()..name.end);
        }
        is_name(self.slice(name.clone())).then_some(())?;
        Some(Assignment {
            name,
            value: trim(bytes, line.start + value..line.end),
        })
    }

    /// Adds a setting, and says where the line after it begins.
    fn setting(&mut self, found: &Assignment, line: &Span) -> usize {
        let bytes = self.text.bytes();
        let column = found.name.start - line.start;
        let first = without_comment(bytes, found.value.clone());
        let (value, next) = self.continued(first, column, line);
        let key = self.key(found.name.clone());
        if is_environment(self.slice(found.name.clone()))
            && let Some(variables) = variables(self.slice(value.clone()))
        {
            let map = self
                .tree
                .add(Some(self.section), key, Body::Map, value.clone());
            for (name, inner) in variables {
                let shift = |span: Span| span.start + value.start..span.end + value.start;
                let key = self.key(shift(name));
                let inner = shift(inner);
                self.tree
                    .add(Some(map), key, Body::Piece(inner.clone()), inner);
            }
            return next;
        }
        let body = self.body(value.clone());
        self.tree.add(Some(self.section), key, body, value);
        next
    }

    /// The whole of a value that begins on a line, and where the line after it begins. A line that
    /// stands deeper than the name goes on with its value; so does one after a backslash.
    fn continued(&self, first: Span, column: usize, line_of: &Span) -> (Span, usize) {
        let bytes = self.text.bytes();
        let mut end = first.end;
        let mut next = line_of.end + 1;
        let mut slash = ends_with_backslash(self.slice(first.clone()));
        let mut at = next;
        while at < bytes.len() {
            let whole = line(bytes, at);
            let content = trim(bytes, whole.clone());
            let text = self.slice(content.clone());
            let deeper = content.start - whole.start > column;
            at = whole.end + 1;
            if is_blank(text) {
                if slash && text.is_empty() {
                    break;
                }
                continue;
            }
            // What looks like a setting is one, if the value before it was whole.
            let setting = || {
                text.starts_with(b"[")
                    || memchr::memchr(b'=', text).is_some_and(|sign| {
                        let name = text.get(..sign).unwrap_or_default().trim_ascii();
                        let twice = matches!(text.get(sign + 1), Some(b'=' | b'>'));
                        !twice && is_name(name) && !name.contains(&b' ')
                    })
            };
            let goes_on = if slash {
                deeper || !setting()
            } else {
                deeper && (first.is_empty() || !setting())
            };
            if !goes_on {
                break;
            }
            slash = ends_with_backslash(text);
            end = content.end;
            next = at;
        }
        let start = if first.is_empty() && end > first.end {
            trim(bytes, first.start..end).start
        } else {
            first.start
        };
        (start..end, next)
    }

    /// What a value says.
    fn body(&self, value: Span) -> Body {
        let content = self.slice(value.clone());
        if let Some(reference) = reference(content) {
            return Body::Value(reference);
        }
        match content {
            [quote @ (b'"' | b'\''), inner @ ..]
                if memchr::memrchr(*quote, inner).is_some_and(|at| at + 1 == inner.len()) =>
            {
                let content = value.start + 1..value.end - 1;
                // A path of Windows has backslashes that mean nothing.
                if inner.windows(2).any(|pair| pair == b"\\\"") {
                    return Body::Decoded(escape::decode(self.text, content).into());
                }
                Body::Piece(content)
            }
            // What systemd is told of a command is no part of it.
            [b'-' | b'@' | b'+' | b'!', b'/', ..] => Body::Piece(value.start + 1..value.end),
            // A command of git.
            [b'!', ..] => Body::Piece(value.start + 1..value.end),
            _ => Body::Piece(value),
        }
    }
}

/// The line that a byte begins, without its end.
fn line(bytes: &[u8], at: usize) -> Span {
    let rest = bytes.get(at..).unwrap_or_default();
    at..memchr::memchr(b'\n', rest).map_or(bytes.len(), |feed| at + feed)
}

/// Whether a line without blanks at its ends says nothing.
fn is_blank(line: &[u8]) -> bool {
    matches!(line.first(), None | Some(b'#' | b';' | b'!')) || line.starts_with(b"//")
}

fn is_name(name: &[u8]) -> bool {
    let allowed =
        |b: &u8| b.is_ascii_alphanumeric() || !b.is_ascii() || b"_-./@*+$%[]() \\".contains(b);
    let first = |b: &u8| b.is_ascii_alphanumeric() || !b.is_ascii() || b"_-.*@/%$".contains(b);
    name.first().is_some_and(first) && name.len() <= MAX_NAME && name.iter().all(allowed)
}

fn ends_with_backslash(line: &[u8]) -> bool {
    let slashes = line.iter().rev().take_while(|b| **b == b'\\').count();
    slashes % 2 == 1
}

/// A value without the comment after it: one that begins after a blank, outside quotes.
fn without_comment(bytes: &[u8], value: Span) -> Span {
    let content = bytes.get(value.clone()).unwrap_or_default();
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in content.iter().enumerate() {
        match (quote, byte) {
            (None, b'#' | b';') if before.is_ascii_whitespace() => {
                return trim(bytes, value.start..value.start + at);
            }
            (None, b'"' | b'\'') if before.is_ascii_whitespace() || before == b'=' => {
                quote = Some(*byte);
            }
            (Some(open), close) if open == *close && before != b'\\' => quote = None,
            _ => {}
        }
        before = *byte;
    }
    // A quote that is not closed is a text, and what follows it may be a comment.
    value
}

/// `%(NAME)s` of Python, `%(ENV_NAME)s` of supervisor.
fn reference(value: &[u8]) -> Option<Value> {
    let name = value.strip_prefix(b"%(")?.strip_suffix(b")s")?;
    let name = std::str::from_utf8(name).ok()?;
    if !tree::is_variable(name) {
        return None;
    }
    Some(match name.strip_prefix("ENV_") {
        Some(name) => Value::Environment(name.to_owned(), None),
        None => Value::Variable(name.to_owned(), None),
    })
}

/// Whether a name is that under which supervisor and systemd hold variables.
fn is_environment(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"environment") || name.eq_ignore_ascii_case(b"defaultenvironment")
}

/// The variables of `A="b",C=d` (supervisor) or `"A=b" C=d` (systemd): names and values. None if
/// it is something else.
fn variables(value: &[u8]) -> Option<Vec<(Span, Span)>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(byte) = value.get(at) {
        if byte.is_ascii_whitespace() || matches!(byte, b',' | b'\\') {
            at += 1;
            continue;
        }
        let outer = matches!(byte, b'"' | b'\'').then_some(*byte);
        let start = at + usize::from(outer.is_some());
        let rest = value.get(start..)?;
        let equals = memchr::memchr(b'=', rest.get(..rest.len().min(MAX_NAME))?)?;
        let name = std::str::from_utf8(rest.get(..equals)?).ok()?.trim();
        if !tree::is_variable(name) {
            return None;
        }
        let mut from = start + equals + 1;
        let quote = outer.or_else(|| {
            let quote = value.get(from).copied();
            quote.filter(|quote| matches!(quote, b'"' | b'\''))
        });
        if outer.is_none() && quote.is_some() {
            from += 1;
        }
        let rest = value.get(from..)?;
        let length = match quote {
            Some(quote) => memchr::memchr(quote, rest),
            None => rest
                .iter()
                .position(|b| b.is_ascii_whitespace() || *b == b','),
        };
        let length = length.unwrap_or(rest.len());
        found.push((start..start + name.len(), from..from + length));
        at = from + length + usize::from(quote.is_some());
    }
    (!found.is_empty()).then_some(found)
}

/// The lines that say something.
fn said(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let lines = head.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    lines.filter(|line| !is_blank(line))
}

/// Whether a `.conf` is one of blocks in braces: nginx, HOCON.
fn is_braced(bytes: &[u8]) -> bool {
    said(bytes).take(40).any(|line| {
        let named = line.first().is_some_and(u8::is_ascii_alphabetic);
        line == b"{" || (named && line.ends_with(b" {") && !line.contains(&b'='))
    })
}

#[cfg(test)]
mod tests;
