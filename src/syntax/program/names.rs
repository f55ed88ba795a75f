//! What the names of a program stand for: the last assignment before a use, in the same scope or
//! one around it, and what was put into it since.

use std::collections::{HashMap, HashSet};

use super::bindings::{Binding, Each, Names, Parameter};
use super::source::Program;
use super::targets;
use super::tree::{Id, Kind, Role, Tree};
use crate::model::Effect;
use crate::syntax::Import;

/// Gathers what the names of a program stand for.
#[derive(Debug, Default)]
struct Gathering {
    names: Names,
    /// The scopes that declare a name.
    declared: HashMap<String, HashSet<Id>>,
    /// Names that a scope has from outside: `global x`.
    globals: HashSet<(Id, String)>,
    /// What is given to names that are declared elsewhere.
    given: Vec<Given>,
}

#[derive(Debug)]
struct Given {
    name: String,
    /// Where the name is used.
    node: Id,
    at: usize,
    binding: Binding,
}

/// What the names of a program stand for.
pub(super) fn of(program: &Program<'_>) -> Names {
    let mut gathering = Gathering::default();
    if program.language.follows_loops {
        gathering.names.loops = loops(&program.tree);
    }
    for node in 0..program.tree.len() {
        gathering.visit(program, node);
    }
    let Gathering {
        mut names,
        declared,
        given,
        ..
    } = gathering;
    for given in given {
        let scopes = declared.get(&given.name);
        let declares = |scope: &Id| scopes.is_some_and(|scopes| scopes.contains(scope));
        let scope = program
            .scopes_around(given.node)
            .find(declares)
            .unwrap_or_default();
        names
            .table
            .bind((scope, given.at), given.name, given.binding);
    }
    names.table.finish();
    names
}

impl Gathering {
    fn visit(&mut self, program: &Program<'_>, node: Id) {
        let child = |role| program.child(node, role);
        let end = program.tree.span(node).end;
        match program.kind(node) {
            Kind::Assignment => {
                if let Some(target) = child(Role::Target) {
                    self.assign(program, target, given(program, node), end);
                }
            }
            Kind::Declaration | Kind::FunctionWide => {
                let scope = match program.kind(node) {
                    Kind::FunctionWide => program.function(node),
                    _ => program.scope(node),
                };
                if let Some(target) = child(Role::Target) {
                    self.declare(program, (target, scope, end), given(program, node));
                }
            }
            Kind::AddTo | Kind::MergeInto | Kind::DefaultTo | Kind::Change => {
                self.augmented(program, node);
            }
            Kind::For | Kind::ForClause => self.turns(program, node),
            Kind::Catch => {
                if let Some(target) = child(Role::Target) {
                    let at = program.tree.span(target).end;
                    self.declare(program, (target, node, at), Binding::Unknown);
                }
            }
            Kind::Alias => {
                if let Some(target) = child(Role::Target) {
                    let binding = child(Role::Value).map_or(Binding::Unknown, Binding::Value);
                    self.assign(program, target, binding, end);
                }
            }
            Kind::Import => self.import(program, node),
            Kind::Global => {
                for name in program.tree.children(node) {
                    let name = program.string(name).into_owned();
                    self.globals.insert((program.scope(node), name));
                }
            }
            Kind::Delete => {
                for target in program.tree.children(node) {
                    if let Some((holding, keys)) = targets::entry_path(program, target)
                        && let [key] = keys.as_slice()
                    {
                        self.change(program, holding, Binding::Remove(*key), end);
                    }
                }
            }
            Kind::Function => self.function(program, node),
            Kind::Class => {
                if let Some(name) = child(Role::Name) {
                    self.define(program, (node, name), Binding::Class(node));
                }
            }
            Kind::Field => {
                if let (Some(name), Some(value)) = (child(Role::Target), child(Role::Value)) {
                    self.own(program, (node, name), Binding::Value(value));
                }
            }
            Kind::Call => {
                self.required(program, node);
                self.method(program, node);
            }
            _ => {}
        }
    }

    fn bind(&mut self, (scope, at): (Id, usize), name: String, binding: Binding) {
        let global = !self.globals.is_empty() && self.globals.contains(&(scope, name.clone()));
        let scope = if global { 0 } else { scope };
        let scopes = self.declared.entry(name.clone()).or_default();
        scopes.insert(scope);
        self.names.table.bind((scope, at), name, binding);
    }

    /// Gives something to the names of a pattern, in a scope from a place on.
    fn declare(
        &mut self,
        program: &Program<'_>,
        (pattern, scope, at): (Id, Id, usize),
        binding: Binding,
    ) {
        for (target, binding) in targets::of(program, pattern, binding) {
            if matches!(program.kind(target), Kind::Name | Kind::Shorthand) {
                let name = program.string(target).into_owned();
                self.bind((scope, at), name, binding);
            }
        }
    }

    /// Binds the name of a function or class.
    fn define(&mut self, program: &Program<'_>, (node, name): (Id, Id), binding: Binding) {
        let at = match program.language.hoists {
            true => 0,
            false => program.tree.span(name).end,
        };
        let name = program.string(name).into_owned();
        self.bind((program.scope(node), at), name, binding);
    }

    /// Binds a field of the class that a node stands in.
    fn own(&mut self, program: &Program<'_>, (node, name): (Id, Id), binding: Binding) {
        if let Some(class) = program.class(node) {
            let place = (class, program.tree.span(node).end);
            let name = program.string(name).into_owned();
            self.names.table.bind(place, name, binding);
        }
    }

    /// Gives something to what stands on the left of an assignment.
    fn assign(&mut self, program: &Program<'_>, pattern: Id, binding: Binding, at: usize) {
        for (target, binding) in targets::of(program, pattern, binding) {
            let Some((holding, keys)) = targets::entry_path(program, target) else {
                continue;
            };
            let binding = match binding {
                binding if keys.is_empty() => binding,
                Binding::Value(value) => Binding::Entry(keys, value),
                _ => continue,
            };
            self.change(program, holding, binding, at);
        }
    }

    /// Does something to what a name stands for.
    fn change(&mut self, program: &Program<'_>, node: Id, binding: Binding, at: usize) {
        let Some(name) = program.dotted(node) else {
            return;
        };
        let name = name.into_owned();
        if program.language.of_instance(&name).is_some()
            && let Some(class) = program.class(node)
        {
            self.names.table.bind((class, at), name, binding);
        } else if program.language.assignment_declares {
            self.bind((program.scope(node), at), name, binding);
        } else {
            self.given.push(Given {
                name,
                node,
                at,
                binding,
            });
        }
    }

    fn augmented(&mut self, program: &Program<'_>, node: Id) {
        let child = |role| program.child(node, role);
        let (Some(target), Some(value)) = (child(Role::Target), child(Role::Value)) else {
            return;
        };
        let end = program.tree.span(node).end;
        let binding = match program.kind(node) {
            Kind::AddTo => Binding::Add(value),
            Kind::MergeInto => Binding::Merge(value),
            Kind::DefaultTo => return self.assign(program, target, Binding::Value(value), end),
            _ => Binding::Unknown,
        };
        self.change(program, target, binding, end);
    }

    /// The names that a loop gives something to.
    fn turns(&mut self, program: &Program<'_>, of: Id) {
        let tree = &program.tree;
        let Some(target) = tree.child(of, Role::Target) else {
            return;
        };
        let Some(over) = tree
            .child(of, Role::Over)
            .filter(|_| program.language.follows_loops)
        else {
            let at = tree.span(target).end;
            let scope = match program.language.assignment_declares {
                true => program.scope(of),
                false => of,
            };
            return self.declare(program, (target, scope, at), Binding::Unknown);
        };
        // What a comprehension makes stands before its loop.
        let at = match (tree.kind(of), tree.parent(of)) {
            (Kind::ForClause, Some(comprehension)) => tree.span(comprehension).start,
            _ => tree.span(target).end,
        };
        let mut open = vec![(target, Vec::new())];
        while let Some((target, path)) = open.pop() {
            if tree.kind(target) == Kind::ListPattern && path.len() < 3 {
                for (place, part) in tree.children(target).enumerate() {
                    let mut path = path.clone();
                    path.push(place);
                    open.push((part, path));
                }
                continue;
            }
            let binding = match tree.kind(target) {
                Kind::Name => Binding::Each(Each { of, over, path }),
                _ => Binding::Unknown,
            };
            self.assign(program, target, binding, at);
        }
    }

    fn import(&mut self, program: &Program<'_>, node: Id) {
        let Some((import, at)) = program.tree.import(node) else {
            return;
        };
        if import.name != "*" {
            let at = if program.language.hoists { 0 } else { *at };
            let binding = Binding::Import(import.target.clone());
            self.bind((program.scope(node), at), import.name.clone(), binding);
        }
        self.names.imports.push(import.clone());
    }

    fn function(&mut self, program: &Program<'_>, node: Id) {
        let child = |role| program.child(node, role);
        if let Some(name) = child(Role::Name) {
            self.define(program, (node, name), Binding::Function(node));
        }
        let Some(parameters) = child(Role::Parameters) else {
            return;
        };
        let mut index = Some(0);
        for (place, parameter) in program.tree.children(parameters).enumerate() {
            if program.kind(parameter) == Kind::RestParameter {
                index = None;
                continue;
            }
            let Some(target) = program.child(parameter, Role::Target) else {
                continue;
            };
            let is_name = program.kind(target) == Kind::Name;
            let is_instance = is_name
                && program
                    .language
                    .instances
                    .contains(&&*program.string(target));
            if place == 0 && is_instance {
                continue;
            }
            let default = program.child(parameter, Role::Value);
            let binding = match is_name {
                true => Binding::Parameter(Parameter {
                    function: node,
                    index,
                    default,
                    annotation: program.child(parameter, Role::Type),
                }),
                false => default.map_or(Binding::Unknown, Binding::Value),
            };
            index = index.map(|index| index + 1);
            if is_name && program.kind(parameter) == Kind::FieldParameter {
                self.own(program, (node, target), binding.clone());
            }
            let at = match program.language.parameters_see_each_other {
                true => program.tree.span(parameter).end,
                false => program.tree.span(parameters).end,
            };
            self.declare(program, (target, node, at), binding);
        }
    }

    /// What `require` and `import(…)` load, as imports.
    fn required(&mut self, program: &Program<'_>, node: Id) {
        if program.language.assignment_declares {
            return;
        }
        let Some(module) = program.loaded(node) else {
            return;
        };
        let tree = &program.tree;
        let mut holder = tree.parent(node);
        while let Some(parent) =
            holder.filter(|parent| matches!(tree.kind(*parent), Kind::Wrapped | Kind::Await))
        {
            holder = tree.parent(parent);
        }
        let is_declaration =
            |holder: &Id| matches!(tree.kind(*holder), Kind::Declaration | Kind::FunctionWide);
        let pattern = holder
            .filter(is_declaration)
            .and_then(|holder| tree.child(holder, Role::Target));
        let mut given = Vec::new();
        if let Some(pattern) = pattern {
            for (target, binding) in targets::of(program, pattern, Binding::Value(node)) {
                let target_name = match binding {
                    Binding::Part(_, keys, _) => program.member_of(&module, &keys.join(".")),
                    _ => module.clone(),
                };
                given.push((target_name, program.string(target).into_owned()));
            }
        }
        if given.is_empty() {
            given.push((module, "*".to_owned()));
        }
        let imports = given.into_iter();
        self.names
            .imports
            .extend(imports.map(|(target, name)| Import { target, name }));
    }

    /// Calls that put something into a map or a list.
    fn method(&mut self, program: &Program<'_>, node: Id) {
        let Some((object, name)) = program.method(node) else {
            return;
        };
        let effect = std::str::from_utf8(name)
            .ok()
            .and_then(|name| program.vocabulary.changes.get(name).copied());
        let Some(effect) = effect else { return };
        let given = program.given(node);
        let (changed, binding) = match (effect, given.as_slice()) {
            (Effect::Update, _) => (object, Binding::Update(node)),
            (Effect::Assign, [first, _, ..]) if program.bytes(object) == b"Object" => {
                (*first, Binding::Assign(node))
            }
            (Effect::Entry, [key, value, ..]) => (object, Binding::Entry(vec![*key], *value)),
            (Effect::Append, [value]) => (object, Binding::Append(*value)),
            (Effect::Extend, [value]) => (object, Binding::Add(*value)),
            (Effect::Remove, [key, ..]) => (object, Binding::Remove(*key)),
            _ => return,
        };
        self.change(program, changed, binding, program.tree.span(node).end);
    }
}

/// What an assignment or declaration gives to its target.
fn given(program: &Program<'_>, node: Id) -> Binding {
    let child = |role| program.child(node, role);
    match (child(Role::Value), child(Role::Type)) {
        (Some(value), _) => Binding::Value(targets::assigned(program, value)),
        (None, Some(annotation)) => Binding::Instance(annotation),
        (None, None) => Binding::Unknown,
    }
}

fn loops(tree: &Tree) -> Vec<Id> {
    let mut loops: Vec<Id> = Vec::with_capacity(tree.len());
    for node in 0..tree.len() {
        let parent = tree.parent(node).unwrap_or_default();
        let outer = loops.get(parent).copied().unwrap_or_default();
        loops.push(match tree.kind(parent) {
            Kind::For if tree.role(node) == Role::Body => parent,
            Kind::Function | Kind::Lambda => 0,
            _ => outer,
        });
    }
    loops
}
