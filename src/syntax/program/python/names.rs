//! What the names of a program stand for: the last assignment before a use, in the same scope or
//! one around it, and what was put into it since.

use std::collections::HashSet;

use super::imports;
use super::source::Source;
use crate::syntax::Import;
use crate::syntax::program::cst::{Id, Tree};
use crate::syntax::program::{Bound, Each, Found, Parameter, Table};

/// How many names one value is given to at once, at most.
const MAX_CHAIN: usize = 64;

/// The names of a program, also dotted ones such as `self.api`.
#[derive(Debug, Default)]
pub(super) struct Names {
    table: Table,
    globals: HashSet<(Id, String)>,
    /// The loop that each node stands in, or the root.
    loops: Vec<Id>,
    /// The imports in the order of the program.
    pub(super) imports: Vec<Import>,
}

impl Names {
    pub(super) fn of(source: &Source<'_>) -> Self {
        let mut names = Self {
            loops: loops(&source.tree),
            ..Self::default()
        };
        for node in 0..source.tree.len() {
            names.visit(source, node);
        }
        names.table.finish();
        names
    }

    /// What a name stands for where a node uses it.
    pub(super) fn find(&self, source: &Source<'_>, name: &str, node: Id) -> Option<Found<'_>> {
        let at = source.tree.span(node).start;
        if let Some(attribute) = of_instance(name) {
            let class = source.class(node)?;
            let found = |name| self.table.find_in(class, name, at);
            return found(name).or_else(|| found(attribute));
        }
        let own = source.scope(node);
        // The names of a class are not seen by its methods.
        let is_class = |scope| source.tree.kind(scope) == "class_definition";
        let seen = source
            .scopes_around(node)
            .map(|scope| (scope, scope == own))
            .filter(|(scope, own)| *own || !is_class(*scope));
        self.table.find(name, at, seen)
    }

    /// The loop whose turns a node is run in, if there is one.
    pub(super) fn turns_of(&self, node: Id) -> Option<Id> {
        self.loops.get(node).copied().filter(|of| *of != 0)
    }

    /// What a name of a class stands for: `Config.TOKEN`.
    pub(super) fn of_class(&self, class: Id, name: &str) -> Option<&Bound> {
        self.table.last(class, name)
    }

    fn visit(&mut self, source: &Source<'_>, node: Id) {
        let tree = &source.tree;
        let field = |name| tree.field(node, name);
        match tree.kind(node) {
            "assignment" => {
                let Some(left) = field("left") else { return };
                let bound = match (field("right"), field("type")) {
                    (Some(right), _) => Bound::Value(assigned(source, right)),
                    (None, Some(annotation)) => Bound::Instance(annotation),
                    (None, None) => Bound::Unknown,
                };
                self.target(source, left, bound, tree.span(node).end);
            }
            "augmented_assignment" => self.augmented(source, node),
            "named_expression" => {
                if let (Some(name), Some(value)) = (field("name"), field("value")) {
                    self.target(source, name, Bound::Value(value), tree.span(node).end);
                }
            }
            "as_pattern" => self.alias(source, node),
            "for_statement" | "for_in_clause" => {
                if let (Some(left), Some(over)) = (field("left"), field("right")) {
                    self.turns(source, node, left, over);
                }
            }
            "import_statement" | "import_from_statement" => {
                for import in imports::of(source, node) {
                    if import.name != "*" {
                        let bound = Bound::Import(import.target.clone());
                        let place = (source.scope(node), tree.span(node).end);
                        self.bind(place, import.name.clone(), bound);
                    }
                    self.imports.push(import);
                }
            }
            "global_statement" => {
                for name in tree.items(node) {
                    self.globals
                        .insert((source.scope(node), source.string(name).into_owned()));
                }
            }
            "delete_statement" => {
                for target in tree.items(node) {
                    let field = |name| tree.field(target, name);
                    if let (Some(object), Some(key)) = (field("value"), field("subscript")) {
                        self.change(source, object, Bound::Remove(key), tree.span(node).end);
                    }
                }
            }
            "function_definition" => self.function(source, node),
            "class_definition" => {
                if let Some(name) = field("name") {
                    let bound = Bound::Class(node);
                    self.target(source, name, bound, tree.span(name).end);
                }
            }
            "call" => self.method(source, node),
            _ => {}
        }
    }

    fn bind(&mut self, (scope, at): (Id, usize), name: String, bound: Bound) {
        let global = !self.globals.is_empty() && self.globals.contains(&(scope, name.clone()));
        let scope = if global { 0 } else { scope };
        self.table.bind((scope, at), name, bound);
    }

    /// Binds what stands on the left of an assignment.
    fn target(&mut self, source: &Source<'_>, target: Id, bound: Bound, at: usize) {
        let tree = &source.tree;
        // Patterns within patterns, each with what it is given.
        let mut left = vec![(target, bound)];
        while let Some((target, bound)) = left.pop() {
            match tree.kind(target) {
                "identifier" | "attribute" => {
                    if let Some(name) = source.dotted(target) {
                        self.bind(
                            (holder(source, target, &name), at),
                            name.into_owned(),
                            bound,
                        );
                    }
                }
                "subscript" => {
                    if let Bound::Value(value) = bound {
                        self.entry(source, target, value, at);
                    }
                }
                "pattern_list"
                | "tuple_pattern"
                | "list_pattern"
                | "expression_list"
                | "tuple"
                | "as_pattern_target"
                | "parenthesized_expression" => {
                    let targets: Vec<Id> = tree.items(target).collect();
                    let values: Vec<Id> = match &bound {
                        Bound::Value(value) => tree.items(*value).collect(),
                        _ => Vec::new(),
                    };
                    let single = matches!(
                        tree.kind(target),
                        "as_pattern_target" | "parenthesized_expression"
                    );
                    for (place, part) in targets.iter().enumerate() {
                        let bound = match values.get(place) {
                            _ if single => bound.clone(),
                            Some(value) if values.len() == targets.len() => Bound::Value(*value),
                            _ => Bound::Unknown,
                        };
                        left.push((*part, bound));
                    }
                }
                "list_splat_pattern" => {
                    let part = tree.only(target).map(|part| (part, Bound::Unknown));
                    left.extend(part);
                }
                _ => {}
            }
        }
    }

    /// `x["a"]["b"] = value`
    fn entry(&mut self, source: &Source<'_>, target: Id, value: Id, at: usize) {
        let Some((holding, keys)) = entry_path(source, target) else {
            return;
        };
        if let Some(name) = source.dotted(holding) {
            let place = (holder(source, holding, &name), at);
            self.bind(place, name.into_owned(), Bound::Entry(keys, value));
        }
    }

    fn augmented(&mut self, source: &Source<'_>, node: Id) {
        let field = |name| source.tree.field(node, name);
        let (Some(left), Some(right)) = (field("left"), field("right")) else {
            return;
        };
        let bound = match field("operator").map(|operator| source.tree.kind(operator)) {
            Some("|=") => Bound::Merge(right),
            Some("+=") => Bound::Add(right),
            _ => Bound::Unknown,
        };
        self.target(source, left, bound, source.tree.span(node).end);
    }

    /// The names that a loop gives something to.
    fn turns(&mut self, source: &Source<'_>, of: Id, left: Id, over: Id) {
        let tree = &source.tree;
        // What a comprehension makes stands before its loop.
        let at = match (tree.kind(of), tree.parent(of)) {
            ("for_in_clause", Some(comprehension)) => tree.span(comprehension).start,
            _ => tree.span(left).end,
        };
        let mut open = vec![(left, Vec::new())];
        while let Some((target, path)) = open.pop() {
            let pattern = matches!(tree.kind(target), "pattern_list" | "tuple_pattern");
            if pattern && path.len() < 3 {
                for (place, part) in tree.items(target).enumerate() {
                    let mut path = path.clone();
                    path.push(place);
                    open.push((part, path));
                }
                continue;
            }
            let bound = match tree.kind(target) {
                "identifier" => Bound::Each(Each { of, over, path }),
                _ => Bound::Unknown,
            };
            self.target(source, target, bound, at);
        }
    }

    /// `with x as name`; what `except` and `case` give is not known.
    fn alias(&mut self, source: &Source<'_>, node: Id) {
        let tree = &source.tree;
        let Some(alias) = tree.field(node, "alias") else {
            return;
        };
        let with = tree
            .parent(node)
            .is_some_and(|parent| tree.kind(parent) == "with_item");
        let bound = match tree.only(node) {
            Some(value) if with => Bound::Value(value),
            _ => Bound::Unknown,
        };
        self.target(source, alias, bound, tree.span(node).end);
    }

    fn function(&mut self, source: &Source<'_>, node: Id) {
        let tree = &source.tree;
        if let Some(name) = tree.field(node, "name") {
            self.target(source, name, Bound::Function(node), tree.span(name).end);
        }
        let Some(parameters) = tree.field(node, "parameters") else {
            return;
        };
        let mut index = Some(0);
        for (place, parameter) in tree.items(parameters).enumerate() {
            let named = tree.field(parameter, "name");
            let name = match tree.kind(parameter) {
                "identifier" => Some(parameter),
                "default_parameter" | "typed_default_parameter" => named,
                "typed_parameter" => tree.only(parameter),
                _ => {
                    index = None;
                    None
                }
            };
            let Some(name) = name.filter(|name| tree.kind(*name) == "identifier") else {
                continue;
            };
            let name = source.string(name).into_owned();
            if place == 0 && matches!(name.as_str(), "self" | "cls") {
                continue;
            }
            let bound = Bound::Parameter(Parameter {
                function: node,
                index,
                default: tree.field(parameter, "value"),
                annotation: tree.field(parameter, "type"),
            });
            self.bind((node, tree.span(parameters).end), name, bound);
            index = index.map(|index| index + 1);
        }
    }

    /// Calls that put something into a map or a list.
    fn method(&mut self, source: &Source<'_>, node: Id) {
        let tree = &source.tree;
        let parts = || {
            let function = tree.field(node, "function")?;
            let attribute = tree.field(function, "attribute")?;
            let object = tree.field(function, "object")?;
            let arguments = tree.field(node, "arguments")?;
            Some((object, source.bytes(attribute), arguments))
        };
        let Some((object, method, arguments)) = parts() else {
            return;
        };
        let mut given = tree.items(arguments);
        let (first, second) = (given.next(), given.next());
        let bound = match (method, first, second) {
            (b"update", _, _) => Bound::Update(node),
            (b"setdefault" | b"__setitem__", Some(key), Some(value)) => {
                Bound::Entry(vec![key], value)
            }
            (b"append" | b"add", Some(value), None) => Bound::Append(value),
            (b"extend", Some(value), None) => Bound::Add(value),
            (b"pop" | b"__delitem__", Some(key), _) => Bound::Remove(key),
            _ => return,
        };
        self.change(source, object, bound, tree.span(node).end);
    }

    /// Does something to what a name stands for.
    fn change(&mut self, source: &Source<'_>, object: Id, bound: Bound, at: usize) {
        if let Some(name) = source.dotted(object) {
            let place = (holder(source, object, &name), at);
            self.bind(place, name.into_owned(), bound);
        }
    }
}

/// The thing that `x["a"]["b"]` is an entry of, and the keys.
pub(super) fn entry_path(source: &Source<'_>, target: Id) -> Option<(Id, Vec<Id>)> {
    let mut keys = Vec::new();
    let mut holding = target;
    while source.tree.kind(holding) == "subscript" && keys.len() < 16 {
        keys.push(source.tree.field(holding, "subscript")?);
        holding = source.tree.field(holding, "value")?;
    }
    keys.reverse();
    Some((holding, keys))
}

/// The value of `a = b = value`.
pub(super) fn assigned(source: &Source<'_>, right: Id) -> Id {
    let mut value = right;
    for _ in 0..MAX_CHAIN {
        match source.tree.field(value, "right") {
            Some(inner) if source.tree.kind(value) == "assignment" => value = inner,
            _ => break,
        }
    }
    value
}

/// The attribute of `self.x` or `cls.x`.
fn of_instance(name: &str) -> Option<&str> {
    name.strip_prefix("self.")
        .or_else(|| name.strip_prefix("cls."))
}

/// The scope that holds a name: that of the class for `self.x`.
fn holder(source: &Source<'_>, node: Id, name: &str) -> Id {
    of_instance(name)
        .and_then(|_| source.class(node))
        .unwrap_or_else(|| source.scope(node))
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
