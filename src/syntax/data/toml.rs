//! TOML, by the events of `toml_parser`, which recovers from errors line by line.

use std::collections::HashMap;

use toml_parser::decoder::Encoding;
use toml_parser::parser::{Event, EventKind, RecursionGuard, parse_document};
use toml_parser::{ParseError, Source};

use super::blank::blank;
use super::tree::{self, Body, Key, NodeId, Tree};
use crate::span::Span;
use crate::syntax::escape;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;

/// How deep values may lie in each other: the parser calls itself for each level.
const MAX_DEPTH: u32 = 100;

/// Lowers a TOML file.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let copy = blank(text.bytes());
    let tokens = Source::new(&copy).lex().into_vec();
    let mut events: Vec<Event> = Vec::new();
    let mut errors: Vec<ParseError> = Vec::new();
    let mut guard = RecursionGuard::new(&mut events, MAX_DEPTH);
    parse_document(&tokens, &mut guard, &mut errors);
    if !errors.is_empty() {
        sink.mark_errors();
    }
    let mut reader = Reader::new(text);
    for event in events {
        reader.event(event);
    }
    tree::lower(&reader.tree, text, sink);
}

struct Reader<'t> {
    text: &'t MappedText,
    tree: Tree,
    root: NodeId,
    /// The table that a header opened, and the arrays and inline tables open in it.
    open: Vec<NodeId>,
    /// The keys read since the last value or header.
    keys: Vec<(String, Span)>,
    /// Whether a value comes next for the keys.
    waits: bool,
    /// The tables by their names, which later headers may name again.
    tables: HashMap<(NodeId, String), NodeId>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t MappedText) -> Self {
        let mut tree = Tree::default();
        let root = tree.add(None, Key::Root, Body::Map, 0..text.bytes().len());
        Self {
            text,
            tree,
            root,
            open: vec![root],
            keys: Vec::new(),
            waits: false,
            tables: HashMap::new(),
        }
    }

    fn event(&mut self, event: Event) {
        let span = event.span().start()..event.span().end();
        match event.kind() {
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                self.open = vec![self.root];
                self.keys.clear();
                self.waits = false;
            }
            EventKind::StdTableClose => {
                let table = self.descend(self.root, span.end);
                self.open = vec![table];
            }
            EventKind::ArrayTableClose => {
                let table = self.array_table(span);
                self.open = vec![table];
            }
            EventKind::InlineTableOpen => self.start(Body::Map, span),
            EventKind::ArrayOpen => self.start(Body::List, span),
            EventKind::InlineTableClose | EventKind::ArrayClose => {
                if self.open.len() > 1
                    && let Some(id) = self.open.pop()
                {
                    self.tree.end(id, span.end);
                }
                self.keys.clear();
                self.waits = false;
            }
            EventKind::SimpleKey => {
                // Keys that had no value are those of a damaged line.
                if self.waits {
                    self.keys.clear();
                    self.waits = false;
                }
                let key = self.key(span, event.encoding());
                self.keys.push(key);
            }
            EventKind::KeyValSep => self.waits = true,
            EventKind::Scalar => {
                let (body, span) = self.scalar(span, event.encoding());
                self.add(body, span);
            }
            EventKind::Newline if self.open.len() == 1 => {
                self.keys.clear();
                self.waits = false;
            }
            EventKind::KeySep
            | EventKind::ValueSep
            | EventKind::Whitespace
            | EventKind::Comment
            | EventKind::Newline
            | EventKind::Error => {}
        }
    }

    fn start(&mut self, body: Body, span: Span) {
        let id = self.add(body, span);
        self.open.push(id);
    }

    /// Adds a value for the keys that were read, or to the array that is open.
    fn add(&mut self, body: Body, span: Span) -> NodeId {
        let holder = self.open.last().copied().unwrap_or(self.root);
        self.waits = false;
        let Some((name, at)) = self.keys.pop() else {
            let key = self.tree.next_place(holder);
            return self.tree.add(Some(holder), key, body, span);
        };
        let parent = self.descend(holder, span.start);
        let key = tree::name(name, self.text.origin(at));
        self.tree.add(Some(parent), key, body, span)
    }

    /// The table that the keys name, from one that holds them. The keys are used up.
    fn descend(&mut self, from: NodeId, end: usize) -> NodeId {
        let mut at = from;
        for (name, span) in std::mem::take(&mut self.keys) {
            let known = self.tables.get(&(at, name.clone())).copied();
            at = known.unwrap_or_else(|| {
                let key = tree::name(name.clone(), self.text.origin(span.clone()));
                let table = self.tree.add(Some(at), key, Body::Map, span.start..end);
                self.tables.insert((at, name), table);
                table
            });
            // Of an array of tables, the last one is meant.
            let is_array = self
                .tree
                .node(at)
                .is_some_and(|node| matches!(node.body, Body::List));
            if is_array && let Some(last) = self.tree.children(at).last() {
                at = *last;
            }
        }
        at
    }

    /// The table that `[[name]]` adds.
    fn array_table(&mut self, span: Span) -> NodeId {
        let Some((name, at)) = self.keys.pop() else {
            return self.root;
        };
        let parent = self.descend(self.root, span.end);
        let known = self.tables.get(&(parent, name.clone())).copied();
        let list = known.unwrap_or_else(|| {
            let key = tree::name(name.clone(), self.text.origin(at.clone()));
            let list = self.tree.add(Some(parent), key, Body::List, at);
            self.tables.insert((parent, name), list);
            list
        });
        let key = self.tree.next_place(list);
        self.tree.add(Some(list), key, Body::Map, span)
    }

    fn key(&self, span: Span, encoding: Option<Encoding>) -> (String, Span) {
        let content = self.content(span, encoding);
        let decoded;
        let bytes = if has_escapes(encoding) {
            decoded = escape::decode(self.text, content.clone());
            decoded.bytes()
        } else {
            self.text.slice(&content)
        };
        (String::from_utf8_lossy(bytes).into_owned(), content)
    }

    fn scalar(&self, span: Span, encoding: Option<Encoding>) -> (Body, Span) {
        let content = self.content(span.clone(), encoding);
        let bytes = self.text.slice(&content);
        let body = if has_escapes(encoding) && bytes.contains(&b'\\') {
            Body::Decoded(escape::decode(self.text, content).into())
        } else {
            Body::Piece(content)
        };
        (body, span)
    }

    /// The bytes in the quotes of a string, as far as those are there.
    fn content(&self, span: Span, encoding: Option<Encoding>) -> Span {
        let bytes = self.text.slice(&span);
        let quote: &[u8] = match encoding {
            Some(Encoding::LiteralString) => b"'",
            Some(Encoding::BasicString) => b"\"",
            Some(Encoding::MlLiteralString) => b"'''",
            Some(Encoding::MlBasicString) => b"\"\"\"",
            None => return span,
        };
        let Some(inner) = bytes.strip_prefix(quote) else {
            return span;
        };
        let mut start = span.start + quote.len();
        // The first line end of a long string is not its own.
        if quote.len() == 3 {
            let feed = [&b"\r\n"[..], b"\n"];
            let feed = feed.iter().find(|feed| inner.starts_with(feed));
            start += feed.map_or(0, |feed| feed.len());
        }
        let end = if inner.ends_with(quote) {
            span.end - quote.len()
        } else {
            span.end
        };
        start..end.max(start)
    }
}

fn has_escapes(encoding: Option<Encoding>) -> bool {
    matches!(
        encoding,
        Some(Encoding::BasicString | Encoding::MlBasicString)
    )
}

#[cfg(test)]
mod tests {
    use crate::syntax::Format;
    use crate::syntax::testing::{bears, checked};

    #[test]
    fn hostile_files_are_borne() {
        bears(Format::Toml, 100_000, PIECES);
        let nested = "[".repeat(10_000) + &"]".repeat(10_000);
        checked(Format::Toml, format!("a = {nested}").as_bytes());
    }

    const PIECES: &[&str] = &[
        "a=",
        "a=[",
        "a={b=",
        "\"\"\"",
        "a.",
        "[a]\n",
        "[[a]]\n",
        "a=[\n",
        "b",
        "\\n",
        "$A",
        "${B:-c}",
        "{{ d }}",
        "[c.d]\n",
        "e = [1, {f = \"g\\n\"}]\n",
        "i = \"\"\"\nj\"\"\"\n",
        "k.l = 1\n",
    ];
}
