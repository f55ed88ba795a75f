//! The facts of a program, node by node.

use super::calls::writes_down;
use super::names::Names;
use super::source::{Source, is_function};
use super::{callee, environment, patterns};
use crate::syntax::fact_sink::FactSink;
use crate::syntax::program::cst::Id;
use crate::syntax::program::{Bound, Depth, Embedded};
use crate::syntax::{Argument, Call, FactKind, Setting, Spanned, Value};

/// How many keys a path has at most.
const MAX_PATH: usize = 16;

/// Writes the facts of a program.
pub(super) struct Facts<'s, 't> {
    pub(super) source: &'s Source<'t>,
    /// What its strings hold.
    pub(super) embedded: Embedded<'s, 't, Names>,
}

impl<'s, 't> Facts<'s, 't> {
    pub(super) fn new(source: &'s Source<'t>) -> Self {
        Self {
            source,
            embedded: Embedded::new(source),
        }
    }

    /// Adds the facts of one node, without those below it.
    pub(super) fn visit(&mut self, node: Id, sink: &mut FactSink) {
        let source = self.source;
        source.budget.begin();
        let field = |name| source.tree.field(node, name);
        match source.tree.kind(node) {
            "variable_declarator" => {
                if let (Some(name), Some(value)) = (field("name"), field("value")) {
                    self.assignment(node, name, value, sink);
                }
            }
            "assignment_expression"
            | "augmented_assignment_expression"
            | "assignment_pattern"
            | "object_assignment_pattern" => {
                if let (Some(left), Some(right)) = (field("left"), field("right")) {
                    self.assignment(node, left, right, sink);
                }
            }
            "field_definition"
            | "public_field_definition"
            | "enum_assignment"
            | "required_parameter"
            | "optional_parameter" => {
                let name = field("property").or_else(|| field("name"));
                let path = match (name, field("pattern")) {
                    (Some(name), _) => vec![source.key(name, Depth::START)],
                    (None, Some(pattern)) => self.target(pattern),
                    (None, None) => Vec::new(),
                };
                if let Some(value) = field("value") {
                    self.setting(node, path, value, sink);
                }
            }
            "jsx_attribute" => {
                let mut parts = source.tree.items(node);
                if let (Some(name), Some(value)) = (parts.next(), parts.next()) {
                    let path = vec![self.source.written(name)];
                    self.setting(node, path, value, sink);
                }
            }
            "pair" => {
                if let (Some(_), Some(value)) = (field("key"), field("value")) {
                    let path = self.path_to(value);
                    self.document_of(&path, value, sink);
                    self.setting(node, path, value, sink);
                }
            }
            "shorthand_property_identifier" => {
                let mut path = self.path_to(node);
                path.push(self.source.written(node));
                self.setting(node, path, node, sink);
            }
            "object" => self.name_and_value(node, sink),
            "call_expression" | "new_expression" => self.call(node, sink),
            "member_expression" | "subscript_expression" => self.read(node, sink),
            "import_specifier" => self.imported(node, sink),
            _ => {}
        }
    }

    fn assignment(&self, node: Id, left: Id, value: Id, sink: &mut FactSink) {
        let tree = &self.source.tree;
        let pattern = matches!(tree.kind(left), "object_pattern" | "array_pattern");
        if !pattern {
            self.setting(node, self.target(left), value, sink);
            return;
        }
        for (target, bound) in patterns::targets(self.source, left, Bound::Value(value)) {
            let Bound::Part(..) = bound else { continue };
            let value = self.source.part_value(&bound, Depth::START);
            if matches!(value, Value::Unknown) {
                continue;
            }
            if let Bound::Part(whole, keys, _) = &bound {
                let resolved = callee::resolve(self.source, *whole);
                let name = format!("{resolved}.{}", keys.join("."));
                self.was_read(target, &name, sink);
            }
            let span = self.source.origin(target);
            let setting = Setting {
                path: self.target(target),
                value: Spanned {
                    value,
                    span: span.clone(),
                },
            };
            if !setting.path.is_empty() {
                sink.fact(FactKind::Setting(setting), span);
            }
        }
    }

    fn setting(&self, node: Id, path: Vec<Spanned<String>>, value: Id, sink: &mut FactSink) {
        if path.is_empty() {
            return;
        }
        let kind = self.source.tree.kind(self.source.bare(value));
        if is_function(kind) || kind == "class" {
            return;
        }
        let value = self.source.spanned(value, Depth::START);
        let setting = Setting { path, value };
        sink.fact(FactKind::Setting(setting), self.source.origin(node));
    }

    /// The keys of what is assigned to: `process.env.X`, `this.token`.
    fn target(&self, target: Id) -> Vec<Spanned<String>> {
        let tree = &self.source.tree;
        let mut path = Vec::new();
        let mut at = target;
        while path.len() < MAX_PATH {
            at = self.source.bare(at);
            let key = match tree.kind(at) {
                "member_expression" => tree.field(at, "property"),
                "subscript_expression" => tree.field(at, "index"),
                "identifier" | "shorthand_property_identifier_pattern" | "this" => {
                    path.push(self.source.written(at));
                    break;
                }
                _ => break,
            };
            let Some(key) = key else { break };
            path.push(self.source.key(key, Depth::START));
            match tree.field(at, "object") {
                Some(object) => at = object,
                None => break,
            }
        }
        path.reverse();
        path
    }

    /// The keys or name that an expression is given to.
    fn path_to(&self, value: Id) -> Vec<Spanned<String>> {
        let tree = &self.source.tree;
        let mut path = Vec::new();
        let mut at = value;
        // More nodes than keys: an object and a pair each, and what lies around them.
        for _ in 0..3 * MAX_PATH {
            let Some(parent) = tree.parent(at) else { break };
            let field = |name| tree.field(parent, name);
            match (tree.kind(parent), tree.field_of(at)) {
                ("pair", Some("value")) => {
                    path.extend(field("key").map(|key| self.source.key(key, Depth::START)));
                }
                ("variable_declarator", Some("value")) => {
                    path.extend(
                        field("name")
                            .into_iter()
                            .flat_map(|left| self.reversed(left)),
                    );
                    break;
                }
                ("assignment_expression" | "augmented_assignment_expression", Some("right")) => {
                    path.extend(
                        field("left")
                            .into_iter()
                            .flat_map(|left| self.reversed(left)),
                    );
                    break;
                }
                ("field_definition" | "public_field_definition", Some("value")) => {
                    let name = field("property").or_else(|| field("name"));
                    path.extend(name.map(|name| self.source.key(name, Depth::START)));
                    break;
                }
                ("call_expression", Some("arguments")) => {
                    let function = field("function");
                    let same = |f| writes_down(&callee::resolve(self.source, f));
                    if !function.is_some_and(same) {
                        break;
                    }
                }
                (
                    "object"
                    | "array"
                    | "arguments"
                    | "spread_element"
                    | "binary_expression"
                    | "ternary_expression"
                    | "parenthesized_expression"
                    | "as_expression"
                    | "satisfies_expression"
                    | "non_null_expression"
                    | "await_expression"
                    | "type_assertion",
                    _,
                ) => {}
                _ => break,
            }
            at = parent;
        }
        path.reverse();
        path
    }

    fn reversed(&self, left: Id) -> impl Iterator<Item = Spanned<String>> {
        self.target(left).into_iter().rev()
    }

    /// `{ name: "X", value: y }` is the setting `X`.
    fn name_and_value(&self, node: Id, sink: &mut FactSink) {
        let tree = &self.source.tree;
        let (mut key, mut value) = (None, None);
        for pair in tree.items(node).take(8) {
            let (name, given) = match tree.kind(pair) {
                "shorthand_property_identifier" => (pair, pair),
                _ => match (tree.field(pair, "key"), tree.field(pair, "value")) {
                    (Some(name), Some(given)) => (name, given),
                    _ => return,
                },
            };
            match self.source.key(name, Depth::START).value.as_str() {
                "name" | "key" => key = Some(given),
                "value" => value = Some(given),
                _ => {}
            }
        }
        if let (Some(key), Some(value)) = (key, value) {
            let mut path = self.path_to(node);
            path.push(match tree.kind(key) {
                "shorthand_property_identifier" => return,
                _ => self.source.key(key, Depth::START),
            });
            self.setting(node, path, value, sink);
        }
    }

    fn call(&mut self, node: Id, sink: &mut FactSink) {
        let call = self.source.call(node, Depth::START);
        let span = self.source.origin(node);
        self.put(node, sink);
        let callee = call.callee.value.clone();
        sink.fact(FactKind::Call(call), span);
        self.documents(&callee, node, sink);
    }

    /// `headers.set("X", y)`, `localStorage.setItem("X", y)`
    fn put(&self, node: Id, sink: &mut FactSink) {
        let tree = &self.source.tree;
        let parts = || {
            let function = tree.field(node, "function")?;
            let method = tree.field(function, "property")?;
            if !matches!(
                self.source.bytes(method),
                b"set" | b"append" | b"setItem" | b"setHeader"
            ) {
                return None;
            }
            let mut path = self.target(tree.field(function, "object")?);
            let mut given = self.source.given(node).into_iter();
            path.push(self.source.key(given.next()?, Depth::START));
            let value = given.next()?;
            given.next().is_none().then_some((path, value))
        };
        if let Some((path, value)) = parts() {
            self.setting(node, path, value, sink);
        }
    }

    /// `process.env.X`, when it is read.
    fn read(&self, node: Id, sink: &mut FactSink) {
        if environment::is_read(self.source, node) {
            let name = callee::resolve(self.source, node);
            self.was_read(node, &name, sink);
        }
    }

    /// `import { PUBLIC_X } from "$env/static/public"`
    fn imported(&self, node: Id, sink: &mut FactSink) {
        let source = self.source;
        let name = source.tree.field(node, "alias");
        if let Some(name) = name.or_else(|| source.tree.field(node, "name"))
            && let Some(found) = source.names.find(source, &source.string(name), name)
            && let Some(Bound::Import(target)) = found.base
        {
            self.was_read(node, target, sink);
        }
    }

    /// The reading of a variable as a call.
    fn was_read(&self, node: Id, name: &str, sink: &mut FactSink) {
        let Some(environment::Read {
            root,
            name: Some(variable),
        }) = environment::read(name)
        else {
            return;
        };
        let span = self.source.origin(node);
        let tree = &self.source.tree;
        let key = tree
            .field(node, "property")
            .or_else(|| tree.field(node, "index"));
        let argument = Argument {
            name: Some(Spanned {
                value: variable.to_owned(),
                span: self.source.origin(key.unwrap_or(node)),
            }),
            value: Spanned {
                value: environment::named(name.to_owned()),
                span: span.clone(),
            },
        };
        let call = Call {
            callee: Spanned {
                value: format!("{root}.__getitem__"),
                span: span.clone(),
            },
            arguments: vec![argument],
        };
        sink.fact(FactKind::Call(call), span);
    }
}
