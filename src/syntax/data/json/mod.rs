//! JSON, and what people write in its place: comments, trailing commas, JSON5's keys and quotes.
//!
//! The reader is a loop over tokens with a stack of its own. It keeps what a damaged file says up
//! to and after the damage, where the crates for JSON5 and JSONC stop, and it decodes each string
//! with the bytes that every character came from.

#[cfg(test)]
mod tests;

use super::tree::{self, Body, Key, NodeId, Tree};
use crate::span::Span;
use crate::syntax::Value;
use crate::syntax::escape;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::template;

/// Lowers a JSON file.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let mut reader = Reader::new(text);
    reader.read(0..text.bytes().len());
    reader.finish(sink);
}

/// Lowers a file with a document on each line. Damage ends with its line.
pub(crate) fn lower_lines(text: &MappedText, sink: &mut FactSink) {
    let mut reader = Reader::new(text);
    let mut start = 0;
    let feeds = memchr::memchr_iter(b'\n', text.bytes());
    for end in feeds.chain([text.bytes().len()]) {
        reader.read(start..end);
        start = end + 1;
    }
    reader.finish(sink);
}

/// The tree of a JSON document, and whether all of it could be parsed.
pub(crate) fn parse(text: &MappedText) -> (Tree, bool) {
    let mut reader = Reader::new(text);
    reader.read(0..text.bytes().len());
    (reader.tree, !reader.has_errors)
}

struct Reader<'t> {
    text: &'t MappedText,
    at: usize,
    end: usize,
    tree: Tree,
    open: Vec<Open>,
    /// How many maps and lists are open: a bracket that closes none of its kind is skipped.
    open_maps: usize,
    has_errors: bool,
}

struct Open {
    id: NodeId,
    is_map: bool,
    /// The key whose value comes next.
    key: Option<Key>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t MappedText) -> Self {
        Self {
            text,
            at: 0,
            end: 0,
            tree: Tree::default(),
            open: Vec::new(),
            open_maps: 0,
            has_errors: false,
        }
    }

    fn finish(self, sink: &mut FactSink) {
        if self.has_errors {
            sink.mark_errors();
        }
        tree::lower(&self.tree, self.text, sink);
    }

    /// Reads the documents in a piece of the text.
    fn read(&mut self, span: Span) {
        self.at = span.start;
        self.end = span.end;
        if self.rest().starts_with(b"\xEF\xBB\xBF") {
            self.at += 3;
        }
        while self.skip_blank() {
            self.token();
        }
        while let Some(open) = self.open.pop() {
            self.has_errors = true;
            self.tree.end(open.id, self.end);
        }
        self.open_maps = 0;
    }

    fn rest(&self) -> &'t [u8] {
        self.text.bytes().get(self.at..self.end).unwrap_or_default()
    }

    /// Passes blanks and comments. Whether anything follows.
    fn skip_blank(&mut self) -> bool {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_ascii_start().len();
            self.at += blank;
            let rest = self.rest();
            if rest.starts_with(b"//") || rest.starts_with(b"#") {
                self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            } else if rest.starts_with(b"/*") {
                let end = memchr::memmem::find(rest, b"*/");
                self.at += end.map_or(rest.len(), |end| end + 2);
            } else {
                return !rest.is_empty();
            }
        }
    }

    fn token(&mut self) {
        let rest = self.rest();
        let directive = template::directive_length(rest);
        match rest.first() {
            _ if directive.is_some() => {
                let start = self.at;
                self.at += directive.unwrap_or(1);
                // A directive among the entries, such as a condition, is no value.
                if self
                    .open
                    .last()
                    .is_none_or(|open| open.key.is_some() || !open.is_map)
                {
                    self.leaf(Body::Value(Value::Unknown), start..self.at);
                }
            }
            Some(b'{') => self.open(true),
            Some(b'[') => self.open(false),
            Some(b'}') => self.close(true),
            Some(b']') => self.close(false),
            Some(b',') => {
                self.at += 1;
                if let Some(open) = self.open.last_mut()
                    && open.key.take().is_some()
                {
                    self.has_errors = true;
                }
            }
            Some(quote @ (b'"' | b'\'' | b'`')) => self.string(*quote),
            Some(b':') => {
                self.at += 1;
                self.has_errors = true;
            }
            _ => self.word(),
        }
    }

    fn open(&mut self, is_map: bool) {
        let body = if is_map { Body::Map } else { Body::List };
        let start = self.at;
        self.at += 1;
        let id = self.leaf(body, start..self.at);
        self.open_maps += usize::from(is_map);
        self.open.push(Open {
            id,
            is_map,
            key: None,
        });
    }

    /// Closes the innermost map or list, and what was not closed in it.
    fn close(&mut self, is_map: bool) {
        self.at += 1;
        let open_lists = self.open.len() - self.open_maps;
        if (if is_map { self.open_maps } else { open_lists }) == 0 {
            self.has_errors = true;
            return;
        }
        while let Some(open) = self.open.pop() {
            self.tree.end(open.id, self.at);
            self.open_maps -= usize::from(open.is_map);
            if open.is_map == is_map {
                return;
            }
            self.has_errors = true;
        }
    }

    fn string(&mut self, quote: u8) {
        let start = self.at;
        let inner = start + 1;
        let mut at = inner;
        let mut escapes = false;
        let closed = loop {
            let rest = self.text.bytes().get(at..self.end).unwrap_or_default();
            let Some(next) = memchr::memchr3(quote, b'\\', b'\n', rest) else {
                at = self.end;
                break false;
            };
            at += next;
            match rest.get(next) {
                Some(b'\\') => {
                    escapes = true;
                    at = (at + 2).min(self.end);
                }
                // Templates of JavaScript have lines; a string that has none was not closed.
                Some(b'\n') if quote == b'`' => at += 1,
                Some(b'\n') => break false,
                _ => break true,
            }
        };
        self.has_errors |= !closed;
        self.at = at + usize::from(closed);
        let content = inner.min(at)..at;
        let body = if escapes {
            Body::Decoded(escape::decode(self.text, content.clone()).into())
        } else {
            Body::Piece(content.clone())
        };
        if !self.is_key() {
            self.leaf(body, start..self.at);
            return;
        }
        let value = match &body {
            Body::Decoded(text) => String::from_utf8_lossy(text.bytes()).into_owned(),
            _ => self.lossy(content.clone()),
        };
        self.key(value, content);
    }

    /// A number, a name of a value, a key without quotes.
    fn word(&mut self) {
        let start = self.at;
        let bytes = self.rest();
        let mut length = 0;
        while let Some(byte) = bytes.get(length) {
            match byte {
                // `${X}` without quotes, which a template will replace.
                b'{' if length > 0 && bytes.get(length - 1) == Some(&b'$') => {
                    let reach = bytes.get(length..bytes.len().min(length + 200));
                    let Some(close) = memchr::memchr(b'}', reach.unwrap_or_default()) else {
                        break;
                    };
                    length += close + 1;
                }
                b',' | b':' | b'{' | b'}' | b'[' | b']' | b'"' | b'\'' | b'`' => break,
                b'/' if matches!(bytes.get(length + 1), Some(b'/' | b'*')) => break,
                byte if byte.is_ascii_whitespace() => break,
                _ => length += 1,
            }
        }
        self.at += length.max(1);
        let span = start..self.at;
        if self.is_key() {
            self.key(self.lossy(span.clone()), span);
            return;
        }
        let body = match bytes.get(..length) {
            Some(b"null" | b"undefined") => Body::Value(Value::Null),
            _ => Body::Piece(span.clone()),
        };
        self.leaf(body, span);
    }

    fn lossy(&self, span: Span) -> String {
        let bytes = self.text.bytes().get(span).unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// Whether what was read is a key: a colon follows it in a map that waits for a key. The colon
    /// is passed.
    fn is_key(&mut self) -> bool {
        if !matches!(self.open.last(), Some(open) if open.is_map && open.key.is_none()) {
            return false;
        }
        let before = self.at;
        let colon = self.skip_blank() && self.rest().starts_with(b":");
        self.at = if colon { self.at + 1 } else { before };
        colon
    }

    fn key(&mut self, value: String, span: Span) {
        let key = tree::name(value, self.text.origin(span));
        if let Some(open) = self.open.last_mut() {
            open.key = Some(key);
        }
    }

    /// Adds a node where the reader stands.
    fn leaf(&mut self, body: Body, span: Span) -> NodeId {
        let Some(open) = self.open.last_mut() else {
            return self.tree.add(None, Key::Root, body, span);
        };
        let (parent, key) = (open.id, open.key.take());
        let key = match key {
            Some(key) => key,
            None => {
                // A value without a key goes by its place, as in a list.
                self.has_errors |= open.is_map;
                self.tree.next_place(parent)
            }
        };
        self.tree.add(Some(parent), key, body, span)
    }
}
