//! A tree on its way to facts: where its nodes stand, and what was learnt of them.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::{Body, Key, NodeId, Tree};
use crate::model::Models;
use crate::span::Span;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::template::{self, Dialect};
use crate::syntax::{FactKind, Setting, Spanned, Value};

/// The key of YAML that merges a map into the one that it stands in.
const MERGE: &str = "<<";

/// A tree on its way to facts, and what the nodes that were passed said about those in them.
pub(crate) struct Walk<'t, 'l> {
    pub(crate) tree: &'t Tree,
    pub(crate) text: &'t MappedText,
    pub(crate) sink: &'l mut FactSink,
    pub(crate) models: Arc<Models>,
    /// Scalars that another fact has told of.
    pub(crate) taken: HashSet<NodeId>,
    /// Nodes that go by another name than their key.
    pub(crate) renamed: HashMap<NodeId, Rc<Spanned<String>>>,
    /// Nodes whose key says nothing, and is left out of paths.
    pub(crate) elided: HashSet<NodeId>,
    /// Lists whose items are scripts.
    pub(crate) lines: HashSet<NodeId>,
    /// Scalars that are a part of a command, not a script.
    pub(crate) argvs: HashSet<NodeId>,
}

impl<'t, 'l> Walk<'t, 'l> {
    /// A walk over a tree that was read from a text.
    pub(crate) fn new(tree: &'t Tree, text: &'t MappedText, sink: &'l mut FactSink) -> Self {
        Self {
            tree,
            text,
            models: sink.models(),
            sink,
            taken: HashSet::new(),
            renamed: HashMap::new(),
            elided: HashSet::new(),
            lines: HashSet::new(),
            argvs: HashSet::new(),
        }
    }

    /// Adds a setting; `span` is the whole of it in the file.
    pub(crate) fn setting(
        &mut self,
        path: Vec<Spanned<String>>,
        value: Spanned<Value>,
        span: Span,
    ) {
        let setting = Setting { path, value };
        self.sink.fact(FactKind::Setting(setting), span);
    }

    /// The value of a scalar.
    pub(crate) fn value(&self, id: NodeId) -> Spanned<Value> {
        if let Some((text, span)) = self.tree.text(id, self.text) {
            return template::read(text, span, Dialect::Data);
        }
        let node = self.tree.node(id);
        Spanned {
            value: match node.map(|node| &node.body) {
                Some(Body::Value(value)) => value.clone(),
                _ => Value::Unknown,
            },
            span: self.span(id),
        }
    }

    /// The bytes of a node in the file.
    pub(crate) fn span(&self, id: NodeId) -> Span {
        let node = self.tree.node(id);
        self.text
            .origin(node.map_or(0..0, |node| node.span.clone()))
    }

    /// The bytes of a node in the file, with its key.
    pub(crate) fn whole(&self, id: NodeId) -> Span {
        // The value of a pair stands for the pair.
        let holder = self.tree.parent(id);
        let span = match holder.filter(|_| self.elided.contains(&id)) {
            Some(holder) => return self.span(holder),
            None => self.span(id),
        };
        match self.tree.name(id) {
            // The key of what an alias stands for may be elsewhere.
            Some(name) if name.span.start <= span.start => name.span.start..span.end,
            _ => span,
        }
    }

    /// The keys from the root to a node.
    pub(crate) fn path(&self, id: NodeId) -> Vec<Spanned<String>> {
        let mut path = Vec::new();
        let mut at = Some(id);
        while let Some(id) = at {
            if let Some(key) = self.key(id) {
                path.push(key);
            }
            at = self.tree.parent(id);
        }
        path.reverse();
        path
    }

    /// The path of a node as a text, for the place of what lies in it.
    pub(crate) fn dotted(&self, id: NodeId) -> String {
        let keys: Vec<String> = self.path(id).into_iter().map(|key| key.value).collect();
        keys.join(".")
    }

    /// Whether a node is one of several maps that are merged.
    fn is_merged(&self, id: NodeId) -> bool {
        let holder = self.tree.parent(id).and_then(|id| self.tree.name(id));
        holder.is_some_and(|name| name.value == MERGE)
    }

    fn key(&self, id: NodeId) -> Option<Spanned<String>> {
        if self.elided.contains(&id) {
            return None;
        }
        if let Some(name) = self.renamed.get(&id) {
            return Some(name.as_ref().clone());
        }
        match &self.tree.node(id)?.key {
            Key::Root | Key::Unnamed => None,
            // A merge puts its entries where it stands.
            Key::Name(name) if name.value == MERGE => None,
            Key::Place(_) if self.is_merged(id) => None,
            Key::Name(name) => Some(name.as_ref().clone()),
            Key::Place(place) => {
                let start = self.span(id).start;
                Some(Spanned {
                    value: place.to_string(),
                    span: start..start,
                })
            }
        }
    }
}
