//! What data formats have in common: a tree of maps, lists and scalars, and how it becomes facts.
//!
//! YAML, JSON, TOML and HCL fill the same tree; [`facts`] makes settings, commands and nested
//! documents of it, so that a Kubernetes `env` list means the same in each of them.
//!
//! The tree is an arena in the order of the file. Nothing that fills or reads it recurses, so a
//! deeply nested file costs no stack.

mod commands;
mod facts;
mod keys;
mod pairs;
mod scripts;
mod walk;

use std::collections::HashMap;
use std::rc::Rc;

use crate::span::Span;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Format, Spanned, Value};

pub(crate) use facts::lower;
pub(crate) use keys::{Role, is_variable};

/// The nodes that aliases may add to a tree: a few lines can ask for billions.
const MAX_COPIES: usize = 20_000;

/// A node of a tree, by its place in the arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(usize);

/// The data of one document of a file.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    copies: usize,
    /// The formats of texts that say what they are: a heredoc `<<YAML`.
    formats: HashMap<NodeId, Format>,
}

/// A map, a list or a scalar.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) parent: Option<NodeId>,
    pub(crate) key: Key,
    pub(crate) body: Body,
    /// The whole of it, with quotes, in the text of the document.
    pub(crate) span: Span,
    /// How many nodes it lies in.
    depth: usize,
    children: Vec<NodeId>,
}

/// How a node is called in its parent.
#[derive(Clone, Debug)]
pub(crate) enum Key {
    /// It has no parent.
    Root,
    /// Under a name; the span is in the file.
    Name(Rc<Spanned<String>>),
    /// At a place of a list, from 0.
    Place(usize),
    /// Under nothing that paths tell of: a block of HCL, which may be one of several.
    Unnamed,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// A map.
    Map,
    /// A list.
    List,
    /// Bytes of the document's text as they stand there.
    Piece(Span),
    /// A text that was read through escapes or indentation.
    Decoded(Rc<MappedText>),
    /// A value that is no text of the document's own.
    Value(Value),
}

impl Tree {
    /// Adds a node, after all that are there.
    pub(crate) fn add(
        &mut self,
        parent: Option<NodeId>,
        key: Key,
        body: Body,
        span: Span,
    ) -> NodeId {
        let id = NodeId(self.nodes.len());
        let mut depth = 0;
        if let Some(parent) = parent.and_then(|parent| self.nodes.get_mut(parent.0)) {
            depth = parent.depth + 1;
            parent.children.push(id);
        }
        self.nodes.push(Node {
            parent,
            key,
            body,
            span,
            depth,
            children: Vec::new(),
        });
        id
    }

    /// Says where a map or list ends, once that is known.
    pub(crate) fn end(&mut self, id: NodeId, at: usize) {
        if let Some(node) = self.nodes.get_mut(id.0) {
            node.span.end = node.span.end.max(at);
        }
    }

    /// Says what the text of a scalar is.
    pub(crate) fn is_in(&mut self, id: NodeId, format: Format) {
        self.formats.insert(id, format);
    }

    /// The key for the next node of a list.
    pub(crate) fn next_place(&self, list: NodeId) -> Key {
        Key::Place(self.children(list).len())
    }

    /// Adds a copy of a node and of all in it, for an alias at `span`. Whether it was whole.
    pub(crate) fn copy(&mut self, from: NodeId, parent: NodeId, key: Key, span: Span) -> bool {
        let mut todo = vec![(from, parent, key, Some(span))];
        while let Some((from, parent, key, site)) = todo.pop() {
            self.copies += 1;
            if self.copies > MAX_COPIES {
                return false;
            }
            let Some(node) = self.node(from) else {
                continue;
            };
            let span = site.unwrap_or_else(|| node.span.clone());
            let (body, children) = (node.body.clone(), node.children.clone());
            let copied = self.add(Some(parent), key, body, span);
            for child in children.into_iter().rev() {
                if let Some(node) = self.node(child) {
                    todo.push((child, copied, node.key.clone(), None));
                }
            }
        }
        true
    }

    pub(crate) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0)
    }

    /// The first map that lies in no other.
    pub(crate) fn root(&self) -> Option<NodeId> {
        let roots = self.ids().filter(|id| self.parent(*id).is_none());
        roots.into_iter().find(|id| self.is_map(*id))
    }

    /// All nodes, each before those that lie in it.
    fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len()).map(NodeId)
    }

    fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id)?.parent
    }

    pub(crate) fn children(&self, id: NodeId) -> &[NodeId] {
        self.node(id).map_or(&[], |node| &node.children)
    }

    /// The name of a node; list places have none.
    fn name(&self, id: NodeId) -> Option<&Rc<Spanned<String>>> {
        match &self.node(id)?.key {
            Key::Name(name) => Some(name),
            Key::Root | Key::Place(_) | Key::Unnamed => None,
        }
    }

    /// The entry of a map whose key is one of some names. Only the first entries are looked at:
    /// the maps whose shape matters are small.
    pub(crate) fn entry(&self, map: NodeId, names: &[&str]) -> Option<NodeId> {
        let entries = self.children(map).iter().take(64);
        entries
            .copied()
            .find(|child| matches!(self.name(*child), Some(name) if names.contains(&&*name.value)))
    }

    fn is_map(&self, id: NodeId) -> bool {
        self.node(id)
            .is_some_and(|node| matches!(node.body, Body::Map))
    }

    fn is_list(&self, id: NodeId) -> bool {
        self.node(id)
            .is_some_and(|node| matches!(node.body, Body::List))
    }

    fn is_scalar(&self, id: NodeId) -> bool {
        !self.is_map(id) && !self.is_list(id)
    }

    /// The text of a scalar: the text that holds it, and the bytes of that.
    pub(crate) fn text<'t>(
        &'t self,
        id: NodeId,
        document: &'t MappedText,
    ) -> Option<(&'t MappedText, Span)> {
        match &self.node(id)?.body {
            Body::Piece(span) => Some((document, span.clone())),
            Body::Decoded(text) => Some((text, 0..text.bytes().len())),
            Body::Map | Body::List | Body::Value(_) => None,
        }
    }

    /// The text of a scalar, if it is UTF-8.
    pub(crate) fn str<'t>(&'t self, id: NodeId, document: &'t MappedText) -> Option<&'t str> {
        let (text, span) = self.text(id, document)?;
        std::str::from_utf8(text.bytes().get(span)?).ok()
    }
}

/// A name as a key of a file.
pub(crate) fn name(value: impl Into<String>, span: Span) -> Key {
    Key::Name(Rc::new(Spanned {
        value: value.into(),
        span,
    }))
}
