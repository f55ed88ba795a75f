//! Trees of the grammars for tree-sitter.

use std::ops::ControlFlow;

use tree_sitter::{Language, Node, ParseOptions, Parser, Tree};

use super::tree::{self, Kind, Role, Step};
use crate::span::Span;
use crate::syntax::{Coverage, Reading};

/// The tree of a text; none if that takes too many steps. Recovery from errors may take more than linear
/// time. Steps are counted, and no clock, so that the same input gives the same facts on any machine.
fn parse(language: &Language, text: &[u8]) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(language).ok()?;
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
    parser.parse_with_options(&mut input, None, Some(options))
}

/// Our tree of a text, and how much of the text is in it.
pub(super) fn filled(
    language: &Language,
    text: &[u8],
    fill: impl FnOnce(&mut tree::Tree, Node<'_>),
) -> (tree::Tree, Reading) {
    let mut tree = tree::Tree::new(text.len());
    let Some(parsed) = parse(language, text) else {
        return (tree, Coverage::Limited.into());
    };
    fill(&mut tree, parsed.root_node());
    let reading = Reading::of(tree.is_full(), errors(&parsed));
    (tree, reading)
}

/// How many errors are in a tree: what was passed over, and what had to be added.
fn errors(tree: &Tree) -> usize {
    let mut count = 0;
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        let is_error = node.is_error() || node.is_missing();
        count += usize::from(is_error);
        if node.has_error() && !is_error && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return count;
            }
        }
    }
}

/// A child of a node, and what the grammar says that it is to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Child<'t> {
    pub(super) node: Node<'t>,
    pub(super) field: Option<&'t str>,
}

impl<'t> Child<'t> {
    /// What one of a few fields makes of a child.
    pub(super) fn role(&self, roles: &[(&str, Role)]) -> Role {
        let mut roles = roles.iter();
        let found = roles.find(|(field, _)| self.field == Some(*field));
        found.map_or(Role::Item, |(_, role)| *role)
    }
}

/// The named children of a node, without comments.
pub(super) fn children<'t>(node: Node<'t>) -> Vec<Child<'t>> {
    let mut cursor = node.walk();
    let mut children = Vec::new();
    let mut more = cursor.goto_first_child();
    while more {
        let node = cursor.node();
        if node.is_named() && !node.is_missing() && !node.is_extra() | node.is_error() {
            let field = cursor.field_name();
            children.push(Child { node, field });
        }
        more = cursor.goto_next_sibling();
    }
    children
}

/// The bytes of a node.
pub(super) fn span(node: Node<'_>) -> Span {
    node.start_byte()..node.end_byte()
}

/// A node of a kind, whose children are what their fields say.
pub(super) fn node<'t, N>(
    (of, kind, role): (Node<'t>, Kind, Role),
    roles: &[(&str, Role)],
    steps: &mut Vec<Step<N>>,
    wrap: impl Fn(Node<'t>) -> N,
) {
    steps.push(Step::Open(kind, role, span(of)));
    for child in children(of) {
        steps.push(Step::Node(wrap(child.node), child.role(roles)));
    }
    steps.push(Step::Close);
}

/// A string that has no more than quotes around a text, of so many bytes.
pub(super) fn string<N>(
    (of, role): (Node<'_>, Role),
    (kind, quotes): (Kind, usize),
    steps: &mut Vec<Step<N>>,
) {
    let whole = span(of);
    let start = (whole.start + quotes).min(whole.end);
    let inner = start..whole.end.saturating_sub(quotes).max(start);
    steps.push(Step::Open(Kind::String, role, whole));
    steps.push(Step::Open(Kind::Inside, Role::Inside, inner.clone()));
    if !inner.is_empty() {
        steps.push(Step::Leaf(kind, Role::Item, inner));
    }
    steps.push(Step::Close);
    steps.push(Step::Close);
}
