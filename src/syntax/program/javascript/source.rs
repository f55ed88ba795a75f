//! A parsed program in JavaScript or TypeScript.

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
    const SPREAD: &str = "spread_element";
    const JOINED: &str = "binary_expression";
    const FORMATS_BY_OPERATOR: bool = false;

    fn is_scope_of(tree: &Tree, parent: Id, _: Id) -> bool {
        let kind = tree.kind(parent);
        is_function(kind)
            || matches!(
                kind,
                "statement_block"
                    | "class_body"
                    | "for_statement"
                    | "for_in_statement"
                    | "catch_clause"
                    | "switch_body"
            )
    }

    fn called_name(tree: &Tree, node: Id) -> Option<Id> {
        if !matches!(tree.kind(node), "call_expression" | "new_expression") {
            return None;
        }
        let function = called(tree, node)?;
        let name = tree.field(function, "property").unwrap_or(function);
        tree.kind(name).ends_with("identifier").then_some(name)
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
    /// The function that a node stands in, or the root.
    pub(super) fn function(&self, node: Id) -> Id {
        let mut around = self.scopes_around(node);
        let found = around.find(|scope| is_function(self.tree.kind(*scope)));
        found.unwrap_or_default()
    }

    /// The body of the class that a node stands in.
    pub(super) fn class(&self, node: Id) -> Option<Id> {
        let mut around = self.scopes_around(node);
        around.find(|scope| self.tree.kind(*scope) == "class_body")
    }

    /// `a` or `this.a`, if an expression is just that.
    pub(super) fn simple(&self, node: Id) -> Option<Cow<'_, str>> {
        match self.tree.kind(node) {
            "identifier" | "shorthand_property_identifier" => Some(self.string(node)),
            "member_expression" => {
                let object = self.tree.field(node, "object")?;
                let property = self.tree.field(node, "property")?;
                let own = self.tree.kind(object) == "this";
                own.then(|| format!("this.{}", self.string(property)).into())
            }
            _ => None,
        }
    }

    /// What is called: of `f(…)` and of `new F(…)`.
    pub(super) fn called(&self, call: Id) -> Option<Id> {
        called(&self.tree, call)
    }

    /// The expression in parentheses, behind `await`, `as T`, `!` and the like.
    pub(super) fn bare(&self, node: Id) -> Id {
        let mut node = node;
        while let Some(inner) = self.wrapped(node) {
            node = inner;
        }
        node
    }

    /// What an expression wraps without changing it.
    pub(super) fn wrapped(&self, node: Id) -> Option<Id> {
        match self.tree.kind(node) {
            "parenthesized_expression"
            | "jsx_expression"
            | "await_expression"
            | "as_expression"
            | "satisfies_expression"
            | "non_null_expression" => self.tree.only(node),
            "type_assertion" | "sequence_expression" => self.tree.items(node).last(),
            _ => None,
        }
    }
}

fn called(tree: &Tree, call: Id) -> Option<Id> {
    let field = |name| tree.field(call, name);
    field("function").or_else(|| field("constructor"))
}

/// Whether a node is a function of any kind.
pub(super) fn is_function(kind: &str) -> bool {
    matches!(
        kind,
        "function_declaration"
            | "function_expression"
            | "generator_function"
            | "generator_function_declaration"
            | "arrow_function"
            | "method_definition"
    )
}
