//! A parsed program: its tree, its scopes and its calls.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::bindings::{Known, Names, Resolution};
use super::context::Budget;
use super::language::Language;
use super::memo::Memo;
use super::tree::{Id, Kind, Role, Tree};
use crate::model::{Models, Vocabulary};
use crate::span::Span;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Spanned, Value};

/// How many scopes around a use are looked at, but for the outermost.
const MAX_SCOPES: usize = 100;

/// How many parts a dotted name has.
const MAX_PARTS: usize = 8;

/// A program and all that is known of its names.
pub(super) struct Program<'t> {
    pub(super) text: &'t MappedText,
    pub(super) tree: Tree,
    pub(super) language: &'static Language,
    pub(super) models: Arc<Models>,
    /// What the functions of its language do.
    pub(super) vocabulary: Arc<Vocabulary>,
    pub(super) names: Names,
    /// Names that are given to what takes a credential.
    pub(super) known: Known,
    /// The scope of each node: the node that opens it, or the root.
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

impl<'t> Program<'t> {
    /// A program whose names are still to be read: see [`super::names`].
    pub(super) fn new(
        text: &'t MappedText,
        tree: Tree,
        language: &'static Language,
        models: Arc<Models>,
    ) -> Self {
        let mut program = Self {
            text,
            scopes: scopes(&tree, language),
            tree,
            language,
            vocabulary: models
                .languages
                .get(language.name)
                .cloned()
                .unwrap_or_default(),
            models,
            names: Names::default(),
            known: Known::new(),
            calls: HashMap::new(),
            budget: Budget::new(),
            callees: Memo::new(),
            values: Memo::new(),
        };
        program.calls = program.find_calls();
        program
    }

    pub(super) fn kind(&self, node: Id) -> Kind {
        self.tree.kind(node)
    }

    pub(super) fn child(&self, node: Id, role: Role) -> Option<Id> {
        self.tree.child(node, role)
    }

    /// The children of a node that may be missing.
    pub(super) fn items(&self, node: Option<Id>) -> Vec<Id> {
        let items = node.into_iter().flat_map(|node| self.tree.children(node));
        items.collect()
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

    /// A name as it is written, with its bytes.
    pub(super) fn written(&self, name: Id) -> Spanned<String> {
        Spanned {
            value: self.string(name).into_owned(),
            span: self.origin(name),
        }
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

    /// The class that a node stands in.
    pub(super) fn class(&self, node: Id) -> Option<Id> {
        let mut around = self.scopes_around(node);
        around.find(|scope| self.kind(*scope) == Kind::Class)
    }

    /// The function that a node stands in, or the root.
    pub(super) fn function(&self, node: Id) -> Id {
        let mut around = self.scopes_around(node);
        let found = around.find(|scope| self.kind(*scope) == Kind::Function);
        found.unwrap_or_default()
    }

    /// What a name stands for where a node uses it.
    pub(super) fn find(&self, name: &str, node: Id) -> Option<Resolution<'_>> {
        let at = self.tree.span(node).start;
        if let Some(attribute) = self.language.of_instance(name) {
            let class = self.class(node)?;
            // What is given to a field, and what is done to it, stands in other places than the class
            // gives it first.
            let own = self.names.table.find_in(class, name, at);
            let declared = self.names.table.find_in(class, attribute, at);
            return match (own, declared) {
                (Some(mut own), Some(declared)) if own.base.is_none() => {
                    own.base = declared.base;
                    own.changes.splice(0..0, declared.changes);
                    Some(own)
                }
                (own, declared) => own.or(declared),
            };
        }
        let mut own = true;
        let innermost = self.scope(node);
        let seen = self.scopes_around(node).filter_map(|scope| {
            let seen = (scope, own);
            let kind = self.kind(scope);
            let opens = matches!(kind, Kind::Function | Kind::Lambda | Kind::Class);
            own = own && !opens;
            // The names of a class are not seen by its methods.
            (kind != Kind::Class || scope == innermost).then_some(seen)
        });
        self.names.table.find(name, at, seen)
    }

    /// The one call of a function, if there is just one.
    pub(super) fn only_call(&self, function: &str) -> Option<Id> {
        match self.calls.get(function)?.as_slice() {
            [call] => Some(*call),
            _ => None,
        }
    }

    /// The calls of a function or method of this name.
    pub(super) fn calls_of(&self, function: &str) -> &[Id] {
        self.calls.get(function).map_or(&[], Vec::as_slice)
    }

    /// The name of the method that a call calls, and its object.
    pub(super) fn method(&self, call: Id) -> Option<(Id, &[u8])> {
        let callee = self.child(call, Role::Callee)?;
        let member = self.child(callee, Role::Member)?;
        Some((self.child(callee, Role::Object)?, self.bytes(member)))
    }

    /// What is given to a call: one template, or a list.
    pub(super) fn given(&self, call: Id) -> Vec<Id> {
        match self.child(call, Role::Arguments) {
            Some(list) if self.kind(list) == Kind::Arguments => self.items(Some(list)),
            Some(other) => vec![other],
            None => Vec::new(),
        }
    }

    /// The name of a variable, `a.b` of a variable or `this.a`, if an expression is just that and has
    /// a meaning as a whole.
    pub(super) fn dotted(&self, node: Id) -> Option<Cow<'_, str>> {
        let mut parts = Vec::new();
        let mut at = node;
        while self.kind(at) == Kind::Attribute && parts.len() < MAX_PARTS {
            parts.push(self.child(at, Role::Member)?);
            at = self.child(at, Role::Object)?;
        }
        match self.kind(at) {
            Kind::Name | Kind::Shorthand => {}
            Kind::This if !parts.is_empty() => {}
            _ => return None,
        }
        let of_instance =
            || parts.len() == 1 && self.language.instances.contains(&&*self.string(at));
        if parts.is_empty() {
            return Some(self.string(at));
        }
        if self.language.members_are_entries && !of_instance() {
            return None;
        }
        parts.push(at);
        let parts = parts.into_iter().rev().map(|part| self.string(part));
        Some(Cow::Owned(parts.collect::<Vec<_>>().join(".")))
    }

    /// The expression in parentheses, behind `await` and the like.
    pub(super) fn bare(&self, node: Id) -> Id {
        let mut node = node;
        while let (Kind::Wrapped | Kind::Await, Some(inner)) =
            (self.kind(node), self.child(node, Role::Value))
        {
            node = inner;
        }
        node
    }

    /// The bytes of an expression: those between the quotes, if it is a string.
    pub(super) fn inner(&self, node: Id) -> Span {
        let mut node = node;
        while let (Kind::Wrapped, Some(inner)) = (self.kind(node), self.child(node, Role::Value)) {
            node = inner;
        }
        let inside = |string: Id| {
            let inside = self.child(string, Role::Inside);
            inside.map(|inside| self.tree.span(inside))
        };
        let span = match self.kind(node) {
            Kind::String => inside(node),
            Kind::Strings => {
                let parts = self.items(Some(node));
                let first = parts.first().and_then(|first| inside(*first));
                let last = parts.last().and_then(|last| inside(*last));
                first.zip(last).map(|(first, last)| first.start..last.end)
            }
            _ => None,
        };
        span.unwrap_or_else(|| self.tree.span(node))
    }

    fn find_calls(&self) -> HashMap<String, Vec<Id>> {
        let mut calls: HashMap<String, Vec<Id>> = HashMap::new();
        for node in 0..self.tree.len() {
            if !matches!(self.kind(node), Kind::Call | Kind::New) {
                continue;
            }
            let Some(callee) = self.child(node, Role::Callee) else {
                continue;
            };
            let name = self.child(callee, Role::Member).unwrap_or(callee);
            if matches!(self.kind(name), Kind::Name | Kind::Key) {
                let name = self.string(name).into_owned();
                calls.entry(name).or_default().push(node);
            }
        }
        calls
    }
}

fn scopes(tree: &Tree, language: &Language) -> Vec<Id> {
    let mut scopes: Vec<Id> = Vec::with_capacity(tree.len());
    for node in 0..tree.len() {
        let parent = tree.parent(node).unwrap_or_default();
        let outer = scopes.get(parent).copied().unwrap_or_default();
        let opened = match tree.kind(parent) {
            Kind::Function | Kind::Lambda | Kind::Class => match tree.role(node) {
                Role::Body => true,
                Role::Parameters => language.parameters_see_each_other,
                _ => false,
            },
            Kind::Comprehension | Kind::MapComprehension | Kind::Generator => true,
            Kind::Block | Kind::Catch => true,
            Kind::For => !language.assignment_declares,
            _ => false,
        };
        scopes.push(if opened { parent } else { outer });
    }
    scopes
}
