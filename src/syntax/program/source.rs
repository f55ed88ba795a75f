//! A parsed program: its tree, its scopes and its calls.

use std::borrow::Cow;
use std::collections::HashMap;

use super::depth::Budget;
use super::language::Language;
use super::memo::Memo;
use crate::span::Span;
use crate::syntax::Value;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::program::cst::{Id, Tree};

/// How many scopes around a use are looked at, but for the outermost.
const MAX_SCOPES: usize = 100;

/// A program and all that is known of its names.
pub(in crate::syntax) struct Source<'t, N> {
    pub(in crate::syntax) text: &'t MappedText,
    pub(in crate::syntax) tree: Tree,
    pub(in crate::syntax) names: N,
    /// The scope of each node: the node that opens it, or the root.
    scopes: Vec<Id>,
    /// The calls of each function, by the last part of its name.
    calls: HashMap<String, Vec<Id>>,
    /// What may still be worked out.
    pub(in crate::syntax) budget: Budget,
    /// What expressions are called by, each with how many steps were left.
    callees: Memo<(Id, usize), String>,
    /// What names were given, each with how far it could be followed.
    pub(super) values: Memo<(Id, usize, usize), Value>,
}

impl<'t, N: Language> Source<'t, N> {
    pub(in crate::syntax) fn new(text: &'t MappedText, tree: Tree) -> Self {
        let mut source = Self {
            text,
            scopes: scopes::<N>(&tree),
            tree,
            names: N::default(),
            calls: HashMap::new(),
            budget: Budget::new(),
            callees: Memo::new(),
            values: Memo::new(),
        };
        source.calls = source.find_calls();
        source.names = N::collect(&source);
        source
    }

    /// What an expression is called by, as `written` finds out with the steps that are left; `?` if
    /// that is too much.
    pub(in crate::syntax) fn callee(
        &self,
        node: Id,
        steps: usize,
        written: impl FnOnce(usize) -> String,
    ) -> String {
        let Some(steps) = steps.checked_sub(1).filter(|_| self.budget.spend(1)) else {
            return "?".to_owned();
        };
        self.callees.get_or((node, steps), &self.budget, || {
            let name = written(steps);
            if self.budget.spend_text(name.len()) {
                name
            } else {
                "?".to_owned()
            }
        })
    }

    /// The text of a node.
    pub(in crate::syntax) fn bytes(&self, node: Id) -> &[u8] {
        let span = self.tree.span(node);
        self.text.bytes().get(span).unwrap_or_default()
    }

    /// The text of a node.
    pub(in crate::syntax) fn string(&self, node: Id) -> Cow<'_, str> {
        String::from_utf8_lossy(self.bytes(node))
    }

    /// The bytes of the file that a node stands at.
    pub(in crate::syntax) fn origin(&self, node: Id) -> Span {
        self.text.origin(self.tree.span(node))
    }

    /// The scope that a node stands in.
    pub(in crate::syntax) fn scope(&self, node: Id) -> Id {
        self.scopes.get(node).copied().unwrap_or_default()
    }

    /// The scopes from the one that a node stands in to the root.
    pub(in crate::syntax) fn scopes_around(&self, node: Id) -> impl Iterator<Item = Id> + '_ {
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

    /// The one call of a function, if there is just one.
    pub(in crate::syntax) fn only_call(&self, function: &str) -> Option<Id> {
        match self.calls.get(function)?.as_slice() {
            [call] => Some(*call),
            _ => None,
        }
    }

    fn find_calls(&self) -> HashMap<String, Vec<Id>> {
        let mut calls: HashMap<String, Vec<Id>> = HashMap::new();
        for node in 0..self.tree.len() {
            if let Some(name) = N::called_name(&self.tree, node) {
                let name = self.string(name).into_owned();
                calls.entry(name).or_default().push(node);
            }
        }
        calls
    }
}

fn scopes<N: Language>(tree: &Tree) -> Vec<Id> {
    let mut scopes: Vec<Id> = Vec::with_capacity(tree.len());
    for node in 0..tree.len() {
        let parent = tree.parent(node).unwrap_or_default();
        let outer = scopes.get(parent).copied().unwrap_or_default();
        let opened = N::is_scope_of(tree, parent, node);
        scopes.push(if opened { parent } else { outer });
    }
    scopes
}
