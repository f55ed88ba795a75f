//! Trees of a grammar, flat in memory, so that no walk over them needs a stack as deep as the input.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tree_sitter::{ParseOptions, Parser, TreeCursor};

use super::grammar::Grammar;
use crate::span::Span;

/// The place of a node in its tree.
pub(crate) type Id = usize;

/// How many nodes a tree may have: enough for the largest files that people write.
const MAX_NODES: usize = 4_000_000;

/// How long any text may be parsed.
const LEAST_PATIENCE: Duration = Duration::from_secs(2);

/// How much longer a text may be parsed for its length: a hundred times what programs take, so that
/// the clock decides over hostile texts alone, also on slow machines.
const PATIENCE_PER_MEGABYTE: Duration = Duration::from_secs(5);

/// The named nodes of one or more parsed texts, in the order of the text, below one root.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    /// That of its texts, once one is parsed.
    grammar: Option<&'static Grammar>,
    /// How long its texts may still be parsed.
    patience: Duration,
}

#[derive(Debug)]
struct Node {
    kind: u16,
    field: Option<&'static str>,
    span: Span,
    parent: Id,
    /// The first node that is not below this one.
    end: Id,
}

impl Tree {
    /// A tree with a root and nothing else.
    pub(crate) fn new(length: usize) -> Self {
        let root = Node {
            // No grammar has that many.
            kind: u16::MAX,
            field: None,
            span: 0..length,
            parent: 0,
            end: 1,
        };
        Self {
            nodes: vec![root],
            grammar: None,
            patience: LEAST_PATIENCE
                + PATIENCE_PER_MEGABYTE * u32::try_from(length >> 20).unwrap_or_default(),
        }
    }

    /// Parses a text that begins at `offset`, and adds it below the root. Says whether all of it
    /// could be parsed. All texts of a tree are of one grammar.
    pub(crate) fn parse(&mut self, grammar: &'static Grammar, text: &[u8], offset: usize) -> bool {
        let mut parser = Parser::new();
        if parser.set_language(&grammar.language).is_err() {
            return false;
        }
        self.grammar = Some(grammar);
        // Recovery from errors may take more than linear time. Steps are counted first, so that the
        // same input gives the same facts; but a step may itself take as long as what was read is.
        let mut steps = 2_000 + text.len() / 4;
        let begun = Instant::now();
        let patience = self.patience;
        let mut progress = |_: &tree_sitter::ParseState| match steps.checked_sub(1) {
            Some(less) if begun.elapsed() < patience => {
                steps = less;
                ControlFlow::Continue(())
            }
            _ => ControlFlow::Break(()),
        };
        let options = ParseOptions::new().progress_callback(&mut progress);
        let mut input = |at: usize, _| text.get(at..).unwrap_or_default();
        let parsed = parser.parse_with_options(&mut input, None, Some(options));
        self.patience = self.patience.saturating_sub(begun.elapsed());
        let Some(tree) = parsed else {
            return false;
        };
        self.nodes
            .reserve(tree.root_node().descendant_count().min(MAX_NODES));
        self.add(&mut tree.walk(), grammar, offset) && !tree.root_node().has_error()
    }

    /// Adds all named nodes and all that have a field.
    fn add(&mut self, cursor: &mut TreeCursor<'_>, grammar: &Grammar, offset: usize) -> bool {
        // Nodes that are open, each with whether it was kept.
        let mut open: Vec<(Id, bool)> = vec![(0, true)];
        loop {
            let node = cursor.node();
            let field = cursor.field_id().map(|field| grammar.field(field));
            let kept = (node.is_named() || field.is_some()) && !node.is_missing();
            let parent = open.last().map_or(0, |(id, _)| *id);
            if kept {
                if self.nodes.len() >= MAX_NODES {
                    self.close(&open);
                    return false;
                }
                self.nodes.push(Node {
                    kind: node.kind_id(),
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
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// What the grammar calls a node.
    pub(crate) fn kind(&self, id: Id) -> &'static str {
        match (self.nodes.get(id), self.grammar) {
            (Some(node), Some(grammar)) => grammar.kind(node.kind),
            _ => "ERROR",
        }
    }

    /// What a node is to its parent.
    pub(crate) fn field_of(&self, id: Id) -> Option<&'static str> {
        self.nodes.get(id).and_then(|node| node.field)
    }

    /// The bytes of a node in the text.
    pub(crate) fn span(&self, id: Id) -> Span {
        self.nodes.get(id).map_or(0..0, |node| node.span.clone())
    }

    /// The node above.
    pub(crate) fn parent(&self, id: Id) -> Option<Id> {
        (id != 0).then(|| self.nodes.get(id).map(|node| node.parent))?
    }

    /// The first id that is not below a node.
    pub(crate) fn end(&self, id: Id) -> Id {
        self.nodes.get(id).map_or(id + 1, |node| node.end)
    }

    /// The nodes right below.
    pub(crate) fn children(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let end = self.end(id);
        let mut next = id + 1;
        std::iter::from_fn(move || {
            let child = (next < end).then_some(next)?;
            next = self.end(child);
            Some(child)
        })
    }

    /// The children that are neither comments nor without a name in the grammar.
    pub(crate) fn items(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        self.children(id).filter(|child| {
            let kind = self.kind(*child);
            kind != "comment"
                && kind.starts_with(|c: char| c.is_ascii_alphabetic())
                && !matches!(self.field_of(*child), Some("operator" | "operators"))
        })
    }

    /// The child that is a certain thing to its parent.
    pub(crate) fn field(&self, id: Id, name: &str) -> Option<Id> {
        self.children(id)
            .find(|child| self.field_of(*child) == Some(name))
    }

    /// The only item below a node that wraps another, such as parentheses.
    pub(crate) fn only(&self, id: Id) -> Option<Id> {
        self.items(id).next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::program::grammar;

    fn json(text: &str) -> (Tree, bool) {
        let mut tree = Tree::new(text.len());
        let whole = tree.parse(&grammar::JSON, text.as_bytes(), 0);
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
    fn patience_ends() {
        // Each operator takes the parser as long as all before it.
        let text = "<-".repeat(50_000);
        let mut tree = Tree::new(text.len());
        assert!(!tree.parse(&grammar::PYTHON, text.as_bytes(), 0));
    }

    #[test]
    fn depth_costs_no_stack() {
        let (tree, whole) = json(&"[".repeat(50_000));
        assert!(!whole);
        assert!(tree.len() > 1);
    }
}
