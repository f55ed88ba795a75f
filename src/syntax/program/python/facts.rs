//! The facts of a program, node by node.

use super::callee;
use super::names::{self, Names};
use super::source::Source;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::program::cst::Id;
use crate::syntax::program::{Depth, Embedded};
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
            "assignment" => {
                if let (Some(left), Some(right)) = (field("left"), field("right")) {
                    self.assignment(node, left, names::assigned(source, right), sink);
                }
            }
            "named_expression" | "default_parameter" | "typed_default_parameter" => {
                if let (Some(name), Some(value)) = (field("name"), field("value")) {
                    self.assignment(node, name, value, sink);
                }
            }
            "pair" => {
                if let (Some(_), Some(value)) = (field("key"), field("value")) {
                    let path = self.path_to(value);
                    self.document_of(&path, value, sink);
                    self.setting(node, path, value, sink);
                }
            }
            "keyword_argument" => self.keyword(node, sink),
            "dictionary" => self.name_and_value(node, sink),
            "call" => self.call(node, sink),
            "print_statement" => self.print(node, sink),
            "comparison_operator" => self.membership(node, sink),
            "subscript" => self.read(node, sink),
            _ => {}
        }
    }

    fn assignment(&self, node: Id, left: Id, value: Id, sink: &mut FactSink) {
        let tree = &self.source.tree;
        if matches!(tree.kind(left), "pattern_list" | "tuple_pattern") {
            let targets: Vec<Id> = tree.items(left).collect();
            let values: Vec<Id> = tree.items(value).collect();
            if targets.len() == values.len() {
                for (target, value) in targets.into_iter().zip(values) {
                    self.setting(value, self.target(target), value, sink);
                }
            }
            return;
        }
        self.setting(node, self.target(left), value, sink);
    }

    fn setting(&self, node: Id, path: Vec<Spanned<String>>, value: Id, sink: &mut FactSink) {
        if path.is_empty() {
            return;
        }
        let value = self.source.spanned(value, Depth::START);
        let setting = Setting { path, value };
        sink.fact(FactKind::Setting(setting), self.source.origin(node));
    }

    /// The keys of what is assigned to: `os.environ["X"]`, `self.token`.
    fn target(&self, target: Id) -> Vec<Spanned<String>> {
        let tree = &self.source.tree;
        let mut path = Vec::new();
        let mut at = target;
        while path.len() < MAX_PATH {
            let (key, holder) = match tree.kind(at) {
                "attribute" => (tree.field(at, "attribute"), tree.field(at, "object")),
                "subscript" => (tree.field(at, "subscript"), tree.field(at, "value")),
                "identifier" => (Some(at), None),
                _ => break,
            };
            let Some(key) = key else { break };
            path.push(if tree.kind(at) == "subscript" {
                self.source.key(key, Depth::START)
            } else {
                self.source.written(key)
            });
            match holder {
                Some(holder) => at = holder,
                None => break,
            }
        }
        path.reverse();
        path
    }

    /// The keys, parameter or name that an expression is given to.
    fn path_to(&self, value: Id) -> Vec<Spanned<String>> {
        let tree = &self.source.tree;
        let mut path = Vec::new();
        let mut at = value;
        // Twice as many nodes as keys: a map and a pair each.
        for _ in 0..3 * MAX_PATH {
            let Some(parent) = tree.parent(at) else { break };
            match (tree.kind(parent), tree.field_of(at)) {
                ("pair", Some("value")) => {
                    if let Some(key) = tree.field(parent, "key") {
                        path.push(self.source.key(key, Depth::START));
                    }
                }
                ("keyword_argument", Some("value")) => {
                    if let Some(name) = tree.field(parent, "name") {
                        path.push(self.source.written(name));
                    }
                    break;
                }
                ("assignment" | "augmented_assignment", Some("right")) => {
                    if let Some(left) = tree.field(parent, "left") {
                        path.extend(self.target(left).into_iter().rev());
                    }
                    break;
                }
                ("default_parameter" | "typed_default_parameter", Some("value")) => {
                    if let Some(name) = tree.field(parent, "name") {
                        path.extend(self.target(name).into_iter().rev());
                    }
                    break;
                }
                (
                    "dictionary"
                    | "list"
                    | "tuple"
                    | "parenthesized_expression"
                    | "dictionary_splat"
                    | "binary_operator"
                    | "boolean_operator"
                    | "conditional_expression",
                    _,
                ) => {}
                _ => break,
            }
            at = parent;
        }
        path.reverse();
        path
    }

    /// `{"name": "X", "value": y}` is the setting `X`.
    fn name_and_value(&self, node: Id, sink: &mut FactSink) {
        let tree = &self.source.tree;
        let (mut key, mut value) = (None, None);
        for pair in tree.items(node).take(8) {
            let (Some(name), Some(given)) = (tree.field(pair, "key"), tree.field(pair, "value"))
            else {
                return;
            };
            match self.source.key(name, Depth::START).value.as_str() {
                "name" | "key" => key = Some(given),
                "value" => value = Some(given),
                _ => {}
            }
        }
        if let (Some(key), Some(value)) = (key, value) {
            let mut path = self.path_to(node);
            path.push(self.source.key(key, Depth::START));
            self.setting(node, path, value, sink);
        }
    }

    /// The keywords of calls that make a map or add to one; documents in any.
    fn keyword(&mut self, node: Id, sink: &mut FactSink) {
        let tree = &self.source.tree;
        let (Some(name), Some(value)) = (tree.field(node, "name"), tree.field(node, "value"))
        else {
            return;
        };
        let key = self.source.written(name);
        self.document_of(std::slice::from_ref(&key), value, sink);
        let call = tree.parent(node).and_then(|list| tree.parent(list));
        let function = call.and_then(|call| tree.field(call, "function").map(|f| (call, f)));
        let Some((call, function)) = function else {
            return;
        };
        let mut path = match tree.field(function, "attribute") {
            Some(method) if self.source.bytes(method) == b"update" => tree
                .field(function, "object")
                .map_or_else(Vec::new, |object| self.target(object)),
            None if self.source.bytes(function) == b"dict" => self.path_to(call),
            _ => return,
        };
        path.push(key);
        self.setting(node, path, value, sink);
    }

    fn call(&mut self, node: Id, sink: &mut FactSink) {
        let mut call = self.source.call(node, Depth::START);
        let span = self.source.origin(node);
        self.option_default(&call, node, sink);
        self.put(node, sink);
        let callee = call.callee.value.clone();
        call.arguments.extend(self.written_to(node));
        let deferred = self.deferred(&call, node);
        let turns = self.turns(&call, node);
        for call in std::iter::once(call).chain(turns).chain(deferred) {
            sink.fact(FactKind::Call(call), span.clone());
        }
        self.documents(&callee, node, sink);
    }

    /// `add_argument("--hf-token", default="…")` is the setting `hf_token`.
    fn option_default(&self, call: &Call, node: Id, sink: &mut FactSink) {
        let named = |name: &str| {
            let is = |argument: &&Argument| argument.name.as_ref().is_some_and(|n| n.value == name);
            call.arguments.iter().find(is).map(|found| &found.value)
        };
        let Some(default) = named("default") else {
            return;
        };
        let option = call.arguments.iter().find_map(|argument| {
            match (&argument.name, &argument.value.value) {
                (None, Value::Literal(text)) if text.starts_with("--") => Some(Spanned {
                    value: text.trim_start_matches('-').replace('-', "_"),
                    span: argument.value.span.clone(),
                }),
                _ => None,
            }
        });
        if let Some(key) = option {
            let setting = Setting {
                path: vec![key],
                value: default.clone(),
            };
            sink.fact(FactKind::Setting(setting), self.source.origin(node));
        }
    }

    /// `x.setdefault("X", y)`, `os.putenv("X", y)`
    fn put(&self, node: Id, sink: &mut FactSink) {
        let tree = &self.source.tree;
        let parts = || {
            let function = tree.field(node, "function")?;
            let method = tree.field(function, "attribute")?;
            let mut arguments = tree.items(tree.field(node, "arguments")?);
            let mut path = self.target(tree.field(function, "object")?);
            if !matches!(
                self.source.bytes(method),
                b"setdefault" | b"putenv" | b"__setitem__"
            ) {
                return None;
            }
            path.push(self.source.key(arguments.next()?, Depth::START));
            Some((path, arguments.next()?))
        };
        if let Some((path, value)) = parts() {
            self.setting(node, path, value, sink);
        }
    }

    /// `print x` of Python 2.
    fn print(&self, node: Id, sink: &mut FactSink) {
        let tree = &self.source.tree;
        let arguments = tree
            .children(node)
            .filter(|child| tree.field_of(*child) == Some("argument"))
            .map(|argument| Argument {
                name: None,
                value: self.source.spanned(argument, Depth::START),
            })
            .collect();
        self.made_up("print", node, arguments, sink);
    }

    /// `"X" in os.environ`
    fn membership(&self, node: Id, sink: &mut FactSink) {
        let tree = &self.source.tree;
        let operator = tree
            .children(node)
            .find(|child| tree.field_of(*child) == Some("operators"));
        let Some(operator) = operator else { return };
        if !matches!(self.source.bytes(operator), b"in" | b"not in") {
            return;
        }
        let mut sides = tree.items(node);
        if let (Some(key), Some(holder), None) = (sides.next(), sides.next(), sides.next())
            && callee::resolve(self.source, holder) == "os.environ"
        {
            let value = self.source.spanned(key, Depth::START);
            let arguments = vec![Argument { name: None, value }];
            self.made_up("os.environ.__contains__", node, arguments, sink);
        }
    }

    /// `os.environ["X"]`, when it is read.
    fn read(&self, node: Id, sink: &mut FactSink) {
        let tree = &self.source.tree;
        let (Some(object), Some(key)) = (tree.field(node, "value"), tree.field(node, "subscript"))
        else {
            return;
        };
        let written = tree.field_of(node) == Some("left")
            && tree
                .parent(node)
                .is_some_and(|parent| tree.kind(parent) == "assignment");
        if !written && callee::resolve(self.source, object) == "os.environ" {
            let value = self.source.spanned(key, Depth::START);
            let arguments = vec![Argument { name: None, value }];
            self.made_up("os.environ.__getitem__", node, arguments, sink);
        }
    }

    /// A call that is written in another way.
    fn made_up(&self, callee: &str, node: Id, arguments: Vec<Argument>, sink: &mut FactSink) {
        let span = self.source.origin(node);
        let call = Call {
            callee: Spanned {
                value: callee.to_owned(),
                span: span.clone(),
            },
            arguments,
        };
        sink.fact(FactKind::Call(call), span);
    }
}
