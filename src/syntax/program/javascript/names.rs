//! What the names of a program stand for: the last assignment before a use, in the same scope or
//! one around it, and what was put into it since.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::source::{Source, is_function};
use super::{imports, patterns};
use crate::syntax::Import;
use crate::syntax::program::cst::Id;
use crate::syntax::program::{Bound, Found, Parameter, Table};

/// The names of a program; fields are `this.x`.
#[derive(Debug, Default)]
pub(super) struct Names {
    table: Table,
    /// The scopes that declare a name.
    declared: HashMap<String, HashSet<Id>>,
    /// What is given to names that are declared elsewhere.
    given: Vec<Given>,
    /// The imports in the order of the program.
    pub(super) imports: Vec<Import>,
}

#[derive(Debug)]
struct Given {
    name: String,
    /// Where the name is used.
    node: Id,
    at: usize,
    bound: Bound,
}

impl Names {
    pub(super) fn of(source: &Source<'_>) -> Self {
        let mut names = Self::default();
        for node in 0..source.tree.len() {
            names.visit(source, node);
        }
        for given in std::mem::take(&mut names.given) {
            let scopes = names.declared.get(&given.name);
            let declares = |scope: &Id| scopes.is_some_and(|scopes| scopes.contains(scope));
            let scope = source
                .scopes_around(given.node)
                .find(declares)
                .unwrap_or_default();
            names.table.bind((scope, given.at), given.name, given.bound);
        }
        names.table.finish();
        names
    }

    /// What a name stands for where a node uses it.
    pub(super) fn find(&self, source: &Source<'_>, name: &str, node: Id) -> Option<Found<'_>> {
        let at = source.tree.span(node).start;
        if name.starts_with("this.") {
            return self.table.find_in(source.class(node)?, name, at);
        }
        let mut own = true;
        let seen = source.scopes_around(node).map(|scope| {
            let seen = (scope, own);
            own = own && !is_function(source.tree.kind(scope));
            seen
        });
        self.table.find(name, at, seen)
    }

    /// What a static field of a class stands for: `Config.TOKEN`.
    pub(super) fn of_class(&self, body: Id, name: &str) -> Option<&Bound> {
        self.table.last(body, &format!("this.{name}"))
    }

    fn visit(&mut self, source: &Source<'_>, node: Id) {
        let tree = &source.tree;
        let field = |name| tree.field(node, name);
        let end = tree.span(node).end;
        match tree.kind(node) {
            "variable_declarator" => self.declarator(source, node),
            "for_in_statement" => {
                if let (Some(left), Some(_)) = (field("left"), field("kind")) {
                    let at = tree.span(left).end;
                    self.declare(source, (left, node, at), Bound::Unknown);
                }
            }
            "catch_clause" => {
                if let Some(parameter) = field("parameter") {
                    let at = tree.span(parameter).end;
                    self.declare(source, (parameter, node, at), Bound::Unknown);
                }
            }
            "assignment_expression" => {
                if let (Some(left), Some(right)) = (field("left"), field("right")) {
                    self.assign(source, left, Bound::Value(right), end);
                }
            }
            "augmented_assignment_expression" => self.augmented(source, node),
            "import_statement" => {
                for import in imports::of(source, node) {
                    if import.name != "*" {
                        let bound = Bound::Import(import.target.clone());
                        // Imports are there before anything is run.
                        self.bind((source.scope(node), 0), import.name.clone(), bound);
                    }
                    self.imports.push(import);
                }
            }
            "class_declaration" | "abstract_class_declaration" => {
                if let Some(name) = field("name") {
                    let place = (source.scope(node), 0);
                    self.bind(place, source.string(name).into_owned(), Bound::Class(node));
                }
            }
            "field_definition" | "public_field_definition" => {
                let name = field("property").or_else(|| field("name"));
                if let (Some(name), Some(value)) = (name, field("value")) {
                    self.own(source, node, name, Bound::Value(value));
                }
            }
            "call_expression" => {
                self.required(source, node);
                self.method(source, node);
            }
            "unary_expression" => {
                let operator = field("operator").map(|operator| source.bytes(operator));
                if let (Some(b"delete"), Some(target)) = (operator, field("argument"))
                    && let Some((holding, keys)) = patterns::entry_path(source, target)
                    && let [key] = keys.as_slice()
                {
                    self.change(source, holding, Bound::Remove(*key), end);
                }
            }
            kind if is_function(kind) => self.function(source, node),
            _ => {}
        }
    }

    fn declarator(&mut self, source: &Source<'_>, node: Id) {
        let tree = &source.tree;
        let Some(name) = tree.field(node, "name") else {
            return;
        };
        let bound = match (tree.field(node, "value"), tree.field(node, "type")) {
            (Some(value), _) => Bound::Value(value),
            (None, Some(annotation)) => Bound::Instance(annotation),
            (None, None) => Bound::Unknown,
        };
        let hoisted = tree
            .parent(node)
            .is_some_and(|parent| tree.kind(parent) == "variable_declaration");
        let scope = if hoisted {
            source.function(node)
        } else {
            source.scope(node)
        };
        self.declare(source, (name, scope, tree.span(node).end), bound);
    }

    fn declare(&mut self, source: &Source<'_>, place: (Id, Id, usize), bound: Bound) {
        let (pattern, scope, at) = place;
        for (target, bound) in patterns::targets(source, pattern, bound) {
            if source.tree.kind(target).contains("identifier") {
                self.bind((scope, at), source.string(target).into_owned(), bound);
            }
        }
    }

    fn bind(&mut self, place: (Id, usize), name: String, bound: Bound) {
        let scopes = self.declared.entry(name.clone()).or_default();
        scopes.insert(place.0);
        self.table.bind(place, name, bound);
    }

    /// Binds a field of the class that a node stands in.
    fn own(&mut self, source: &Source<'_>, node: Id, name: Id, bound: Bound) {
        if let Some(class) = source.class(node) {
            let name = format!("this.{}", source.string(name));
            let place = (class, source.tree.span(node).end);
            self.table.bind(place, name, bound);
        }
    }

    /// Gives something to what is declared elsewhere.
    fn assign(&mut self, source: &Source<'_>, pattern: Id, bound: Bound, at: usize) {
        for (target, bound) in patterns::targets(source, pattern, bound) {
            let Some((holding, keys)) = patterns::entry_path(source, target) else {
                continue;
            };
            let bound = match bound {
                bound if keys.is_empty() => bound,
                Bound::Value(value) => Bound::Entry(keys, value),
                _ => continue,
            };
            self.change(source, holding, bound, at);
        }
    }

    /// Does something to a name that is declared elsewhere.
    fn change(&mut self, source: &Source<'_>, node: Id, bound: Bound, at: usize) {
        let name = match source.tree.kind(node) {
            "shorthand_property_identifier_pattern" => Some(source.string(node)),
            _ => source.simple(node),
        };
        let Some(name) = name.map(Cow::into_owned) else {
            return;
        };
        if name.starts_with("this.") {
            if let Some(class) = source.class(node) {
                self.table.bind((class, at), name, bound);
            }
            return;
        }
        self.given.push(Given {
            name,
            node,
            at,
            bound,
        });
    }

    fn augmented(&mut self, source: &Source<'_>, node: Id) {
        let field = |name| source.tree.field(node, name);
        let (Some(left), Some(right)) = (field("left"), field("right")) else {
            return;
        };
        let end = source.tree.span(node).end;
        match field("operator").map(|operator| source.bytes(operator)) {
            Some(b"+=") => self.change(source, left, Bound::Add(right), end),
            Some(b"??=" | b"||=" | b"&&=") => {
                self.assign(source, left, Bound::Value(right), end);
            }
            _ => {}
        }
    }

    fn function(&mut self, source: &Source<'_>, node: Id) {
        let tree = &source.tree;
        let field = |name| tree.field(node, name);
        if let Some(name) = field("name") {
            let bound = Bound::Function(node);
            if tree.kind(node) == "method_definition" {
                self.own(source, node, name, bound);
            } else {
                // Functions are there before anything is run.
                self.bind(
                    (source.scope(node), 0),
                    source.string(name).into_owned(),
                    bound,
                );
            }
        }
        if let Some(parameter) = field("parameter") {
            self.parameter(source, (node, 0), parameter);
        }
        let parameters = field("parameters").into_iter();
        for (index, parameter) in parameters.flat_map(|list| tree.items(list)).enumerate() {
            self.parameter(source, (node, index), parameter);
        }
    }

    fn parameter(&mut self, source: &Source<'_>, (function, index): (Id, usize), node: Id) {
        let tree = &source.tree;
        let field = |name| tree.field(node, name);
        // TypeScript has a node of its own for each.
        let mut pattern = field("pattern").unwrap_or(node);
        let mut default = field("value");
        if tree.kind(pattern) == "assignment_pattern" {
            default = tree.field(pattern, "right");
            pattern = tree.field(pattern, "left").unwrap_or(pattern);
        }
        let at = tree.span(node).end;
        let bound = match tree.kind(pattern) {
            "identifier" => Bound::Parameter(Parameter {
                function,
                index: Some(index),
                default,
                annotation: field("type"),
            }),
            _ => default.map_or(Bound::Unknown, Bound::Value),
        };
        // `constructor(private token: string)` makes a field.
        let makes_field = tree
            .items(node)
            .any(|item| matches!(tree.kind(item), "accessibility_modifier" | "readonly"));
        if makes_field && tree.kind(pattern) == "identifier" {
            self.own(source, function, pattern, bound.clone());
        }
        self.declare(source, (pattern, function, at), bound);
    }

    /// What `require` and `import(…)` load, as imports.
    fn required(&mut self, source: &Source<'_>, node: Id) {
        let tree = &source.tree;
        let Some(module) = imports::loaded(source, node) else {
            return;
        };
        let mut holder = tree.parent(node);
        while let Some(parent) = holder.filter(|parent| source.wrapped(*parent).is_some()) {
            holder = tree.parent(parent);
        }
        let name = holder
            .filter(|holder| tree.kind(*holder) == "variable_declarator")
            .and_then(|holder| tree.field(holder, "name"));
        let mut given = Vec::new();
        if let Some(pattern) = name {
            for (target, bound) in patterns::targets(source, pattern, Bound::Value(node)) {
                let target_name = match bound {
                    Bound::Part(_, keys, _) => imports::member(&module, &keys.join(".")),
                    _ => module.clone(),
                };
                given.push((target_name, source.string(target).into_owned()));
            }
        }
        if given.is_empty() {
            given.push((module, "*".to_owned()));
        }
        let imports = given.into_iter();
        self.imports
            .extend(imports.map(|(target, name)| Import { target, name }));
    }

    /// Calls that put something into an object or a list.
    fn method(&mut self, source: &Source<'_>, node: Id) {
        let tree = &source.tree;
        let parts = || {
            let function = tree.field(node, "function")?;
            let property = tree.field(function, "property")?;
            let object = tree.field(function, "object")?;
            let arguments = tree.field(node, "arguments")?;
            Some((object, source.bytes(property), arguments))
        };
        let Some((object, method, arguments)) = parts() else {
            return;
        };
        let mut given = tree.items(arguments);
        let (first, second) = (given.next(), given.next());
        let (changed, bound) = match (method, first, second) {
            (b"assign", Some(first), Some(_)) if source.bytes(object) == b"Object" => {
                (first, Bound::Update(node))
            }
            (b"set" | b"append" | b"setItem", Some(key), Some(value)) => {
                (object, Bound::Entry(vec![key], value))
            }
            (b"push" | b"add", Some(value), None) => (object, Bound::Append(value)),
            _ => return,
        };
        self.change(source, changed, bound, tree.span(node).end);
    }
}
