//! A parsed program: its tree, its scopes and its names.

use std::collections::HashMap;

use super::names::Names;
use crate::span::Span;
use crate::syntax::Value;
use crate::syntax::cst::{Id, Tree};
use crate::syntax::program::{Budget, Memo};
use crate::syntax::text::Text;

/// How many scopes around a use are looked at, but for the outermost.
const MAX_SCOPES: usize = 100;

/// A program and all that is known of its names.
pub(super) struct Source<'t> {
    pub(super) text: &'t Text,
    pub(super) tree: Tree,
    pub(super) names: Names,
    /// The scope of each node: the function, block or class around it, or the root.
    scopes: Vec<Id>,
    /// The calls of each function, by the last part of its name.
    calls: HashMap<String, Vec<Id>>,
    /// What may still be worked out.
    pub(super) budget: Budget,
    /// What expressions are called by, each with how many steps were left.
    pub(super) callees: Memo<(Id, usize), String>,
    /// What names were given, each with how far it could be followed.
    pub(super) values: Memo<(Id, usize, usize), Value>,
}

impl<'t> Source<'t> {
    pub(super) fn new(text: &'t Text, tree: Tree) -> Self {
        let mut source = Self {
            text,
            scopes: scopes(&tree),
            tree,
            names: Names::default(),
            calls: HashMap::new(),
            budget: Budget::new(),
            callees: Memo::new(),
            values: Memo::new(),
        };
        source.calls = source.find_calls();
        source.names = Names::collect(&source);
        source
    }

    /// The text of a node.
    pub(super) fn bytes(&self, node: Id) -> &[u8] {
        let span = self.tree.span(node);
        self.text.bytes().get(span).unwrap_or_default()
    }

    /// The text of a node.
    pub(super) fn string(&self, node: Id) -> String {
        String::from_utf8_lossy(self.bytes(node)).into_owned()
    }

    /// The bytes of the file that a node stands at.
    pub(super) fn origin(&self, node: Id) -> Span {
        self.text.origin(self.tree.span(node))
    }

    /// The scope that a node stands in.
    pub(super) fn scope(&self, node: Id) -> Id {
        self.scopes.get(node).copied().unwrap_or_default()
    }

    /// The scopes from the one that a node stands in to the root.
    pub(super) fn around(&self, node: Id) -> impl Iterator<Item = Id> + '_ {
        let mut next = Some(self.scope(node));
        let mut left = MAX_SCOPES;
        std::iter::from_fn(move || {
            let scope = next?;
            left = left.saturating_sub(1);
            next = match scope {
                0 => None,
                _ if left == 0 => Some(0),
                _ => Some(self.scope(scope)),
            };
            Some(scope)
        })
    }

    /// The function that a node stands in, or the root.
    pub(super) fn function(&self, node: Id) -> Id {
        let mut around = self.around(node);
        let found = around.find(|scope| is_function(self.tree.kind(*scope)));
        found.unwrap_or_default()
    }

    /// The body of the class that a node stands in.
    pub(super) fn class(&self, node: Id) -> Option<Id> {
        let mut around = self.around(node);
        around.find(|scope| self.tree.kind(*scope) == "class_body")
    }

    /// The one call of a function, if there is just one.
    pub(super) fn only_call(&self, function: &str) -> Option<Id> {
        match self.calls.get(function)?.as_slice() {
            [call] => Some(*call),
            _ => None,
        }
    }

    /// `a` or `this.a`, if an expression is just that.
    pub(super) fn simple(&self, node: Id) -> Option<String> {
        match self.tree.kind(node) {
            "identifier" | "shorthand_property_identifier" => Some(self.string(node)),
            "member_expression" => {
                let object = self.tree.field(node, "object")?;
                let property = self.tree.field(node, "property")?;
                let own = self.tree.kind(object) == "this";
                own.then(|| format!("this.{}", self.string(property)))
            }
            _ => None,
        }
    }

    /// What is called: of `f(…)` and of `new F(…)`.
    pub(super) fn called(&self, call: Id) -> Option<Id> {
        let field = |name| self.tree.field(call, name);
        field("function").or_else(|| field("constructor"))
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

    fn find_calls(&self) -> HashMap<String, Vec<Id>> {
        let mut calls: HashMap<String, Vec<Id>> = HashMap::new();
        for node in 0..self.tree.len() {
            if !matches!(self.tree.kind(node), "call_expression" | "new_expression") {
                continue;
            }
            let Some(function) = self.called(node) else {
                continue;
            };
            let function = self.tree.field(function, "property").unwrap_or(function);
            if self.tree.kind(function).ends_with("identifier") {
                calls.entry(self.string(function)).or_default().push(node);
            }
        }
        calls
    }
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

fn scopes(tree: &Tree) -> Vec<Id> {
    let mut scopes: Vec<Id> = Vec::with_capacity(tree.len());
    for node in 0..tree.len() {
        let parent = tree.parent(node).unwrap_or_default();
        let kind = tree.kind(parent);
        let opens = is_function(kind)
            || matches!(
                kind,
                "statement_block"
                    | "class_body"
                    | "for_statement"
                    | "for_in_statement"
                    | "catch_clause"
                    | "switch_body"
            );
        let outer = scopes.get(parent).copied().unwrap_or_default();
        scopes.push(if opens { parent } else { outer });
    }
    scopes
}
