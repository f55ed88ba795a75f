//! A parsed program in Python.

use std::borrow::Cow;

use super::names::Names;
use super::{string, value};
use crate::span::Span;
use crate::syntax::Value;
use crate::syntax::program::cst::{Id, Tree};
use crate::syntax::program::{self, Depth, Language, Piece};

/// A program and all that is known of its names.
pub(super) type Source<'t> = program::Source<'t, Names>;

impl Language for Names {
    const SPREAD: &str = "list_splat";
    const JOINED: &str = "binary_operator";
    const FORMATS_BY_OPERATOR: bool = true;

    fn is_scope_of(tree: &Tree, parent: Id, node: Id) -> bool {
        match tree.kind(parent) {
            "function_definition" | "class_definition" | "lambda" => {
                tree.field_of(node) == Some("body")
            }
            "list_comprehension"
            | "set_comprehension"
            | "dictionary_comprehension"
            | "generator_expression" => true,
            _ => false,
        }
    }

    fn called_name(tree: &Tree, node: Id) -> Option<Id> {
        if tree.kind(node) != "call" {
            return None;
        }
        let function = tree.field(node, "function")?;
        let name = tree.field(function, "attribute").unwrap_or(function);
        (tree.kind(name) == "identifier").then_some(name)
    }

    fn collect(source: &Source<'_>) -> Self {
        Self::of(source)
    }

    fn stands_for(source: &Source<'_>, node: Id, depth: Depth<'_>) -> Value {
        source.stands_for(node, depth)
    }

    fn inner(source: &Source<'_>, node: Id) -> Span {
        value::inner(source, node)
    }

    fn pieces(source: &Source<'_>, node: Id) -> Option<Vec<Piece>> {
        string::pieces(source, node)
    }

    fn followed(source: &Source<'_>, node: Id) -> Id {
        super::embedded::followed(source, node)
    }
}

impl Source<'_> {
    /// The class that a node stands in.
    pub(super) fn class(&self, node: Id) -> Option<Id> {
        let mut around = self.scopes_around(node);
        around.find(|scope| self.tree.kind(*scope) == "class_definition")
    }

    /// `a.b.c`, if an expression is just that.
    pub(super) fn dotted(&self, node: Id) -> Option<Cow<'_, str>> {
        let mut parts = Vec::new();
        let mut at = node;
        let mut length = 0;
        while self.tree.kind(at) == "attribute" && parts.len() < 8 {
            let attribute = self.tree.field(at, "attribute")?;
            length += self.tree.span(attribute).len() + 1;
            parts.push(attribute);
            at = self.tree.field(at, "object")?;
        }
        if self.tree.kind(at) != "identifier" {
            return None;
        }
        length += self.tree.span(at).len();
        if length == self.tree.span(node).len() {
            // There is nothing else in it, such as the end of a line.
            return Some(self.string(node));
        }
        parts.push(at);
        let parts: Vec<_> = parts
            .into_iter()
            .rev()
            .map(|part| self.string(part))
            .collect();
        Some(Cow::Owned(parts.join(".")))
    }
}
