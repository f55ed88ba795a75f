//! A parsed program: its tree, its scopes and its names.

use std::borrow::Cow;
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
    /// The scope of each node: the function, class or comprehension around it, or the root.
    scopes: Vec<Id>,
    /// The loop that each node stands in, or the root.
    loops: Vec<Id>,
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
            loops: loops(&tree),
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
    pub(super) fn string(&self, node: Id) -> Cow<'_, str> {
        String::from_utf8_lossy(self.bytes(node))
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
    pub(super) fn scopes_around(&self, node: Id) -> impl Iterator<Item = Id> + '_ {
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

    /// The loop whose turns a node is run in, if there is one.
    pub(super) fn around(&self, node: Id) -> Option<Id> {
        self.loops.get(node).copied().filter(|of| *of != 0)
    }

    /// The class that a node stands in.
    pub(super) fn class(&self, node: Id) -> Option<Id> {
        let mut scope = self.scope(node);
        while scope != 0 {
            if self.tree.kind(scope) == "class_definition" {
                return Some(scope);
            }
            scope = self.scope(scope);
        }
        None
    }

    /// The one call of a function, if there is just one.
    pub(super) fn only_call(&self, function: &str) -> Option<Id> {
        match self.calls.get(function)?.as_slice() {
            [call] => Some(*call),
            _ => None,
        }
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

    fn find_calls(&self) -> HashMap<String, Vec<Id>> {
        let mut calls: HashMap<String, Vec<Id>> = HashMap::new();
        for node in 0..self.tree.len() {
            if self.tree.kind(node) != "call" {
                continue;
            }
            let Some(mut function) = self.tree.field(node, "function") else {
                continue;
            };
            if let Some(attribute) = self.tree.field(function, "attribute") {
                function = attribute;
            }
            if self.tree.kind(function) == "identifier" {
                calls
                    .entry(self.string(function).into_owned())
                    .or_default()
                    .push(node);
            }
        }
        calls
    }
}

fn scopes(tree: &Tree) -> Vec<Id> {
    let mut scopes: Vec<Id> = Vec::with_capacity(tree.len());
    for node in 0..tree.len() {
        let parent = tree.parent(node).unwrap_or_default();
        let opens = match tree.kind(parent) {
            "function_definition" | "class_definition" | "lambda" => {
                tree.field_of(node) == Some("body")
            }
            "list_comprehension"
            | "set_comprehension"
            | "dictionary_comprehension"
            | "generator_expression" => true,
            _ => false,
        };
        let outer = scopes.get(parent).copied().unwrap_or_default();
        scopes.push(if opens { parent } else { outer });
    }
    scopes
}

fn loops(tree: &Tree) -> Vec<Id> {
    let mut loops: Vec<Id> = Vec::with_capacity(tree.len());
    for node in 0..tree.len() {
        let parent = tree.parent(node).unwrap_or_default();
        let outer = loops.get(parent).copied().unwrap_or_default();
        loops.push(match tree.kind(parent) {
            "for_statement" if tree.field_of(node) == Some("body") => parent,
            "function_definition" | "lambda" => 0,
            _ => outer,
        });
    }
    loops
}
