//! Trees of a grammar, flat in memory, so that no walk over them needs a stack as deep as the input.

use std::ops::ControlFlow;

use tree_sitter::{Language, ParseOptions, Parser, TreeCursor};

use crate::span::Span;

/// The place of a node in its tree.
pub(super) type Id = usize;

/// How many nodes a tree may have: enough for the largest files that people write.
const MAX_NODES: usize = 4_000_000;

/// The named nodes of one or more parsed texts, in the order of the text, below one root.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// The grammar's names of its kinds of node.
    kinds: Vec<String>,
}

#[derive(Debug)]
struct Node {
    kind: usize,
    field: Option<&'static str>,
    span: Span,
    parent: Id,
    /// The first node that is not below this one.
    end: Id,
}

impl Tree {
    /// A tree with a root and nothing else.
    pub(super) fn new(length: usize) -> Self {
        let root = Node {
            // No grammar has that many.
            kind: usize::MAX,
            field: None,
            span: 0..length,
            parent: 0,
            end: 1,
        };
        Self {
            nodes: vec![root],
            kinds: Vec::new(),
        }
    }

    /// Parses a text that begins at `offset`, and adds it below the root. Says whether all of it
    /// could be parsed. All texts of a tree are of one language.
    pub(super) fn parse(&mut self, language: &Language, text: &[u8], offset: usize) -> bool {
        let mut parser = Parser::new();
        if parser.set_language(language).is_err() {
            return false;
        }
        if self.kinds.is_empty() {
            let ids = 0..=u16::MAX;
            let kinds = ids.map_while(|id| language.node_kind_for_id(id).map(str::to_owned));
            self.kinds = kinds.collect();
        }
        // Recovery from errors may take more than linear time. Steps are counted, not seconds, so
        // that the same input gives the same facts.
        let mut steps = 2_000 + text.len() / 4;
        let mut progress = |_: &tree_sitter::ParseState| match steps.checked_sub(1) {
            Some(less) => {
                steps = less;
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(()),
        };
        let options = ParseOptions::new().progress_callback(&mut progress);
        let mut input = |at: usize, _| text.get(at..).unwrap_or_default();
        let Some(tree) = parser.parse_with_options(&mut input, None, Some(options)) else {
            return false;
        };
        self.add(&mut tree.walk(), offset) && !tree.root_node().has_error()
    }

    /// Adds all named nodes and all that have a field.
    fn add(&mut self, cursor: &mut TreeCursor<'_>, offset: usize) -> bool {
        // Nodes that are open, each with whether it was kept.
        let mut open: Vec<(Id, bool)> = vec![(0, true)];
        loop {
            let node = cursor.node();
            let field = cursor.field_name().map(known);
            let kept = (node.is_named() || field.is_some()) && !node.is_missing();
            let parent = open.last().map_or(0, |(id, _)| *id);
            if kept {
                if self.nodes.len() >= MAX_NODES {
                    self.close(&open);
                    return false;
                }
                self.nodes.push(Node {
                    kind: usize::from(node.kind_id()),
                    field,
                    span: node.start_byte() + offset..node.end_byte() + offset,
                    parent,
                    end: self.nodes.len() + 1,
                });
            }
            let id = if kept { self.nodes.len() - 1 } else { parent };
            if cursor.goto_first_child() {
                open.push((id, kept));
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    self.close(&open);
                    return true;
                }
                if let Some(closed) = open.pop() {
                    self.close(&[closed]);
                }
            }
        }
    }

    fn close(&mut self, open: &[(Id, bool)]) {
        let end = self.nodes.len();
        for (id, kept) in open {
            if let (Some(node), true) = (self.nodes.get_mut(*id), *kept) {
                node.end = end;
            }
        }
        if let Some(root) = self.nodes.first_mut() {
            root.end = end;
        }
    }

    /// How many nodes there are; ids are below it.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// What the grammar calls a node.
    pub(super) fn kind(&self, id: Id) -> &str {
        let kind = self
            .nodes
            .get(id)
            .and_then(|node| self.kinds.get(node.kind));
        // Errors have the largest number of all.
        kind.map_or("ERROR", String::as_str)
    }

    /// What a node is to its parent.
    pub(super) fn field_of(&self, id: Id) -> Option<&'static str> {
        self.nodes.get(id).and_then(|node| node.field)
    }

    /// The bytes of a node in the text.
    pub(super) fn span(&self, id: Id) -> Span {
        self.nodes.get(id).map_or(0..0, |node| node.span.clone())
    }

    /// The node above.
    pub(super) fn parent(&self, id: Id) -> Option<Id> {
        (id != 0).then(|| self.nodes.get(id).map(|node| node.parent))?
    }

    /// The first id that is not below a node.
    pub(super) fn end(&self, id: Id) -> Id {
        self.nodes.get(id).map_or(id + 1, |node| node.end)
    }

    /// The nodes right below.
    pub(super) fn children(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let end = self.end(id);
        let mut next = id + 1;
        std::iter::from_fn(move || {
            let child = (next < end).then_some(next)?;
            next = self.end(child);
            Some(child)
        })
    }

    /// The children that are neither comments nor without a name in the grammar.
    pub(super) fn items(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        self.children(id).filter(|child| {
            let kind = self.kind(*child);
            kind != "comment"
                && kind.starts_with(|c: char| c.is_ascii_alphabetic())
                && !matches!(self.field_of(*child), Some("operator" | "operators"))
        })
    }

    /// The child that is a certain thing to its parent.
    pub(super) fn field(&self, id: Id, name: &str) -> Option<Id> {
        self.children(id)
            .find(|child| self.field_of(*child) == Some(name))
    }

    /// The only item below a node that wraps another, such as parentheses.
    pub(super) fn only(&self, id: Id) -> Option<Id> {
        self.items(id).next()
    }
}

/// The fields that front-ends ask for.
const FIELDS: [&str; 30] = [
    "alias",
    "alternative",
    "argument",
    "arguments",
    "attribute",
    "body",
    "condition",
    "consequence",
    "constructor",
    "expression",
    "function",
    "index",
    "key",
    "kind",
    "left",
    "module",
    "module_name",
    "name",
    "object",
    "operator",
    "operators",
    "parameter",
    "parameters",
    "pattern",
    "property",
    "right",
    "source",
    "subscript",
    "type",
    "value",
];

/// A field's name for as long as the program runs; all that are not asked for look the same.
fn known(field: &str) -> &'static str {
    FIELDS
        .binary_search(&field)
        .ok()
        .and_then(|place| FIELDS.get(place).copied())
        .unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> (Tree, bool) {
        let mut tree = Tree::new(text.len());
        let whole = tree.parse(&tree_sitter_json::LANGUAGE.into(), text.as_bytes(), 0);
        (tree, whole)
    }

    #[test]
    fn nodes_know_their_place() {
        let (tree, whole) = json(r#"{"a": [1, {"b": 2}], "c": 3}"#);
        assert!(whole);
        let object = tree
            .children(0)
            .next()
            .and_then(|document| tree.only(document))
            .unwrap();
        assert_eq!(tree.kind(object), "object");
        let pairs: Vec<Id> = tree.items(object).collect();
        assert_eq!(pairs.len(), 2);
        let value = tree.field(pairs[0], "value").unwrap();
        assert_eq!(tree.span(value), 6..19);
        assert_eq!(tree.items(value).count(), 2);
        assert_eq!(tree.parent(value), Some(pairs[0]));
        assert_eq!(tree.end(object), tree.len());
    }

    #[test]
    fn depth_costs_no_stack() {
        let (tree, whole) = json(&"[".repeat(50_000));
        assert!(!whole);
        assert!(tree.len() > 1);
    }
}
