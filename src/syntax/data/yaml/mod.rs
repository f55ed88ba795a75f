//! YAML, also with the directives of templates in it.
//!
//! The parser is one of events in Rust: the C grammar for tree-sitter aborts the process on deep
//! nesting. It stops at the first error; the reader then goes on at the next line that fits into
//! what was open.

mod resume;
mod scalar;

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use self::scalar::{Content, Source};
use super::blank::blank;
use super::tree::{self, Body, Key, NodeId, Tree};
use crate::span::Span;
use crate::syntax::Value;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;

/// How many bytes the parser may be given in all for its attempts at a damaged file, and how many
/// attempts there may be.
const MAX_WORK: usize = 16 << 20;
const MAX_ATTEMPTS: usize = 200;

/// Lowers a YAML file.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let copy = blank(text.bytes());
    let source = Source { text, copy: &copy };
    let mut reader = Reader::new(source);
    let bom = text.bytes().starts_with(b"\xEF\xBB\xBF");
    let mut next = Some(if bom { 3 } else { 0 });
    let attempts = (MAX_WORK / copy.len().max(1)).clamp(4, MAX_ATTEMPTS);
    for _ in 0..attempts {
        let Some(start) = next else { break };
        next = match reader.read(start) {
            Ok(()) => None,
            Err(at) => {
                sink.mark_errors();
                resume::place(&mut reader, start, at)
            }
        };
    }
    tree::lower(&reader.tree, text, sink);
}

/// A map or list that is not ended.
struct Open {
    id: NodeId,
    is_map: bool,
    /// The column of its keys or dashes; none in flow style.
    column: Option<usize>,
    /// The key whose value comes next.
    key: Option<Key>,
}

struct Reader<'t> {
    source: Source<'t>,
    tree: Tree,
    open: Vec<Open>,
    /// What the anchors of the document name.
    anchors: HashMap<usize, NodeId>,
    /// Whether the first map or list that the parser finds is one that is open already.
    resumed: bool,
    /// Where the last scalar that was read begins and ends.
    last: Span,
    /// From the start of its line to the map or list that was found last.
    line: Span,
}

impl<'t> Reader<'t> {
    fn new(source: Source<'t>) -> Self {
        Self {
            source,
            tree: Tree::default(),
            open: Vec::new(),
            anchors: HashMap::new(),
            resumed: false,
            last: 0..0,
            line: 0..0,
        }
    }

    /// Reads from a byte on, to the end or to the byte where the parser fails.
    fn read(&mut self, start: usize) -> Result<(), usize> {
        self.anchors.clear();
        let source = self.source;
        let mut parser = Parser::new_from_str(source.copy.get(start..).unwrap_or_default());
        while let Some(event) = parser.next_event() {
            let (event, span) = event.map_err(|error| start + error.marker().index())?;
            let span = start + span.start.index()..start + span.end.index();
            match event {
                Event::StreamEnd => break,
                Event::DocumentEnd => self.anchors.clear(),
                Event::DocumentStart(true) => {
                    self.open.clear();
                    self.resumed = false;
                }
                event => self.event(event, span),
            }
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let scalar = scalar::read(self.source, span, style, &value);
                self.last = scalar.span.clone();
                if self.is_key() {
                    self.key(&scalar.content, scalar.span);
                    return;
                }
                let bare = style == ScalarStyle::Plain && tag.is_none();
                let is_null = matches!(&*value, "" | "~" | "null" | "Null" | "NULL");
                let body = match scalar.content {
                    _ if bare && is_null => Body::Value(Value::Null),
                    Content::Piece(span) => Body::Piece(span),
                    Content::Decoded(text) => Body::Decoded(text.into()),
                };
                let body = tag.and_then(|tag| tagged(&tag, &value)).unwrap_or(body);
                let id = self.node(body, scalar.span);
                self.anchor(anchor, id);
            }
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::MappingStart(anchor, _) => self.start(true, anchor, span),
            Event::SequenceStart(anchor, _) => self.start(false, anchor, span),
            Event::MappingEnd | Event::SequenceEnd => self.end(span),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => {}
        }
    }

    /// Whether a key comes next.
    fn is_key(&self) -> bool {
        matches!(self.open.last(), Some(open) if open.is_map && open.key.is_none())
    }

    fn key(&mut self, content: &Content, span: Span) {
        let text = self.source.text;
        let (bytes, span) = match content {
            Content::Piece(span) => (text.bytes().get(span.clone()), span.clone()),
            Content::Decoded(text) => (Some(text.bytes()), span),
        };
        let name = String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        let key = tree::name(name, text.origin(span));
        if let Some(open) = self.open.last_mut() {
            open.key = Some(key);
        }
    }

    /// Adds a node where the reader stands.
    fn node(&mut self, body: Body, span: Span) -> NodeId {
        let Some((parent, key)) = self.seat() else {
            return self.tree.add(None, Key::Root, body, span);
        };
        self.tree.add(Some(parent), key, body, span)
    }

    /// Where the next node goes: its parent and key.
    fn seat(&mut self) -> Option<(NodeId, Key)> {
        let open = self.open.last_mut()?;
        let key = open.key.take();
        if open.is_map && key.is_none() {
            // A map or list as a key: it is a value by its place, and what follows is its value.
            let at = self.source.text.origin(self.last.end..self.last.end);
            open.key = Some(tree::name("?", at.start..at.start));
        }
        let key = key.unwrap_or_else(|| self.tree.next_place(open.id));
        Some((open.id, key))
    }

    fn start(&mut self, is_map: bool, anchor: usize, span: Span) {
        if std::mem::take(&mut self.resumed)
            && self.open.last().is_some_and(|open| open.is_map == is_map)
        {
            return;
        }
        let body = if is_map { Body::Map } else { Body::List };
        // A flow collection begins with its bracket, perhaps after an anchor or a tag.
        let given = self.source.copy.get(span.clone()).unwrap_or_default();
        let is_flow = given.ends_with(['{', '[']);
        let column = (!is_flow).then(|| resume::column(self, span.start, is_map));
        let id = self.node(body, span);
        self.anchor(anchor, id);
        self.open.push(Open {
            id,
            is_map,
            column,
            key: None,
        });
    }

    fn end(&mut self, span: Span) {
        if let Some(open) = self.open.pop() {
            // A collection in block style ends with what is in it, not where the next thing begins.
            let end = if open.column.is_some() {
                self.last.end
            } else {
                self.last.end = span.end;
                span.end
            };
            self.tree.end(open.id, end);
        }
    }

    fn anchor(&mut self, anchor: usize, id: NodeId) {
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
    }

    /// Copies what an alias stands for to its place.
    fn alias(&mut self, anchor: usize, span: Span) {
        self.last = span.clone();
        let from = self.anchors.get(&anchor).copied();
        // What is not ended yet would hold itself.
        let from = from.filter(|from| self.open.iter().all(|open| open.id != *from));
        let seat = self.seat();
        let (Some((parent, key)), Some(from)) = (seat, from) else {
            return;
        };
        if !self.tree.copy(from, parent, key.clone(), span.clone()) {
            let body = Body::Value(Value::Unknown);
            self.tree.add(Some(parent), key, body, span);
        }
    }
}

/// What a tag of an application makes of a scalar, if it is known.
fn tagged(tag: &Tag, value: &str) -> Option<Body> {
    if tag.is_yaml_core_schema() {
        return None;
    }
    let value = match tag.suffix.as_str() {
        // Home Assistant, ESPHome.
        "secret" => Value::CiSecret(value.to_owned()),
        "env" | "ENV" | "env_var" | "Env" if !value.contains(['$', ' ']) => {
            Value::Environment(value.to_owned(), None)
        }
        // Ansible, CloudFormation, GitLab.
        "vault" | "Ref" | "GetAtt" | "ImportValue" | "reference" => Value::Unknown,
        _ => return None,
    };
    Some(Body::Value(value))
}

#[cfg(test)]
mod tests;
