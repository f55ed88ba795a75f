//! The facts of a program, node by node.

use super::bindings::Binding;
use super::context::EvalContext;
use super::embedded::Embedded;
use super::resolve::has;
use super::runners::Runners;
use super::source::Program;
use super::targets;
use super::tree::{Id, Kind, Role};
use crate::model::Function;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::{Argument, Call, FactKind, Setting, Spanned, Value};

/// How many keys a path has at most.
const MAX_PATH: usize = 16;

/// What Python 2 prints with.
const PRINT: &str = "print";

/// Writes the facts of a program.
pub(super) struct Facts<'p, 't> {
    pub(super) program: &'p Program<'t>,
    /// What its strings hold.
    pub(super) embedded: Embedded<'p, 't>,
    /// Its functions that run what they are given.
    pub(super) runners: Runners,
}

impl<'p, 't> Facts<'p, 't> {
    pub(super) fn new(program: &'p Program<'t>) -> Self {
        Self {
            program,
            embedded: Embedded::new(program),
            runners: Runners::new(program),
        }
    }

    /// Adds the facts of one node, without those below it.
    pub(super) fn visit(&mut self, node: Id, sink: &mut FactSink) {
        let program = self.program;
        program.budget.begin();
        let child = |role| program.child(node, role);
        match program.kind(node) {
            Kind::Assignment | Kind::Declaration | Kind::FunctionWide | Kind::DefaultPattern => {
                if let (Some(target), Some(value)) = (child(Role::Target), child(Role::Value)) {
                    let value = targets::assigned(program, value);
                    self.documents_of_name(target, value, sink);
                    self.assignment(node, (target, value), sink);
                }
            }
            Kind::Parameter | Kind::FieldParameter => {
                if let (Some(target), Some(value)) = (child(Role::Target), child(Role::Value)) {
                    self.setting(node, self.target(target), value, sink);
                }
            }
            Kind::AddTo | Kind::MergeInto | Kind::DefaultTo | Kind::Change
                if program.language.changes_are_settings =>
            {
                if let (Some(target), Some(value)) = (child(Role::Target), child(Role::Value)) {
                    self.setting(node, self.target(target), value, sink);
                }
            }
            Kind::Field => {
                if let (Some(name), Some(value)) = (child(Role::Target), child(Role::Value)) {
                    let path = vec![program.key(name, EvalContext::START)];
                    self.setting(node, path, value, sink);
                }
            }
            Kind::Property => {
                if let (Some(name), Some(value)) = (child(Role::Name), child(Role::Value)) {
                    self.setting(node, vec![program.written(name)], value, sink);
                }
            }
            Kind::Pair => {
                if let (Some(_), Some(value)) = (child(Role::Key), child(Role::Value)) {
                    let path = self.path_to(value);
                    self.document_of(&path, value, sink);
                    self.setting(node, path, value, sink);
                }
            }
            Kind::Shorthand => {
                let in_map = program.tree.parent(node).map(|parent| program.kind(parent));
                if in_map == Some(Kind::Map) {
                    let mut path = self.path_to(node);
                    path.push(program.written(node));
                    self.setting(node, path, node, sink);
                }
            }
            Kind::Keyword => self.keyword(node, sink),
            Kind::Map => self.name_and_value(node, sink),
            Kind::Call | Kind::New => self.call(node, sink),
            Kind::Print => self.print(node, sink),
            Kind::Contains => self.membership(node, sink),
            Kind::Attribute | Kind::Subscript => self.read(node, sink),
            Kind::String | Kind::Strings => self.document_in(node, sink),
            Kind::Import => self.imported(node, sink),
            _ => {}
        }
    }

    fn assignment(&self, node: Id, (target, value): (Id, Id), sink: &mut FactSink) {
        let program = self.program;
        let is_pattern = matches!(program.kind(target), Kind::MapPattern | Kind::ListPattern);
        if !is_pattern {
            self.setting(node, self.target(target), value, sink);
            return;
        }
        for (target, binding) in targets::of(program, target, Binding::Value(value)) {
            match binding {
                Binding::Part(..) => self.part(target, &binding, sink),
                Binding::Value(value) if !program.language.members_are_entries => {
                    self.setting(value, self.target(target), value, sink);
                }
                _ => {}
            }
        }
    }

    /// What a pattern takes out of a value.
    fn part(&self, target: Id, binding: &Binding, sink: &mut FactSink) {
        let value = self.program.part_value(binding, EvalContext::START);
        if matches!(value, Value::Unknown) {
            return;
        }
        if let Binding::Part(whole, keys, _) = binding {
            let resolved = self.program.callee_of(*whole);
            let name = format!("{resolved}.{}", keys.join("."));
            self.was_read(target, &name, sink);
        }
        let span = self.program.origin(target);
        let path = self.target(target);
        if !path.is_empty() {
            let value = Spanned {
                value,
                span: span.clone(),
            };
            sink.fact(FactKind::Setting(Setting { path, value }), span);
        }
    }

    pub(super) fn setting(
        &self,
        node: Id,
        path: Vec<Spanned<String>>,
        value: Id,
        sink: &mut FactSink,
    ) {
        let kind = self.program.kind(self.program.bare(value));
        if path.is_empty() || matches!(kind, Kind::Function | Kind::Class) {
            return;
        }
        let value = match sink.wants_settings() {
            true => self.program.spanned(value, EvalContext::START),
            false => Spanned {
                value: Value::Unknown,
                span: self.program.origin(value),
            },
        };
        let setting = Setting { path, value };
        sink.fact(FactKind::Setting(setting), self.program.origin(node));
    }

    /// The keys of what is assigned to: `os.environ["X"]`, `self.token`.
    fn target(&self, target: Id) -> Vec<Spanned<String>> {
        let program = self.program;
        let mut path = Vec::new();
        let mut at = target;
        while path.len() < MAX_PATH {
            at = program.bare(at);
            let key = match program.kind(at) {
                Kind::Attribute => program.child(at, Role::Member),
                Kind::Subscript => program.child(at, Role::Key),
                Kind::Name | Kind::Shorthand | Kind::This => {
                    path.push(program.written(at));
                    break;
                }
                _ => break,
            };
            let Some(key) = key else { break };
            path.push(program.key(key, EvalContext::START));
            match program.child(at, Role::Object) {
                Some(object) => at = object,
                None => break,
            }
        }
        path.reverse();
        path
    }

    /// The keys, parameter or name that an expression is given to.
    pub(super) fn path_to(&self, value: Id) -> Vec<Spanned<String>> {
        let program = self.program;
        let mut path = Vec::new();
        let mut at = value;
        // More nodes than keys: a map and a pair each, and what lies around them.
        for _ in 0..3 * MAX_PATH {
            let Some(parent) = program.tree.parent(at) else {
                break;
            };
            let child = |role| program.child(parent, role);
            match (program.kind(parent), program.tree.role(at)) {
                (Kind::Pair, Role::Value) => {
                    let key = child(Role::Key);
                    path.extend(key.map(|key| program.key(key, EvalContext::START)));
                }
                (Kind::Keyword, Role::Value) => {
                    path.extend(child(Role::Name).map(|name| program.written(name)));
                    break;
                }
                (Kind::Field, Role::Value) => {
                    let name = child(Role::Target);
                    path.extend(name.map(|name| program.key(name, EvalContext::START)));
                    break;
                }
                (
                    Kind::Assignment
                    | Kind::Declaration
                    | Kind::FunctionWide
                    | Kind::AddTo
                    | Kind::MergeInto
                    | Kind::DefaultTo
                    | Kind::Change
                    | Kind::Parameter,
                    Role::Value,
                ) => {
                    let target = child(Role::Target).map(|target| self.target(target));
                    path.extend(target.into_iter().flat_map(|keys| keys.into_iter().rev()));
                    break;
                }
                (Kind::Call, Role::Arguments) => {
                    let callee = child(Role::Callee).map(|callee| program.callee_of(callee));
                    let function = callee.and_then(|callee| program.function_of(&callee));
                    if function != Some(Function::Written) {
                        break;
                    }
                }
                (kind, _) if lies_around(kind) => {}
                _ => break,
            }
            at = parent;
        }
        path.reverse();
        path
    }

    /// `{"name": "X", "value": y}` is the setting `X`.
    fn name_and_value(&self, node: Id, sink: &mut FactSink) {
        let program = self.program;
        let (mut key, mut value) = (None, None);
        for pair in program.tree.children(node).take(8) {
            let child = |role| program.child(pair, role);
            let (name, given) = match (program.kind(pair), child(Role::Key), child(Role::Value)) {
                (Kind::Shorthand, ..) => (pair, pair),
                (_, Some(name), Some(given)) => (name, given),
                _ => return,
            };
            match program.key(name, EvalContext::START).value.as_str() {
                "name" | "key" => key = Some(given),
                "value" => value = Some(given),
                _ => {}
            }
        }
        if let (Some(key), Some(value)) = (key, value)
            && program.kind(key) != Kind::Shorthand
        {
            let mut path = self.path_to(node);
            path.push(program.key(key, EvalContext::START));
            self.setting(node, path, value, sink);
        }
    }

    /// The keywords of calls that make a map or add to one; documents in any.
    fn keyword(&mut self, node: Id, sink: &mut FactSink) {
        let program = self.program;
        let child = |role| program.child(node, role);
        let (Some(name), Some(value)) = (child(Role::Name), child(Role::Value)) else {
            return;
        };
        let key = program.written(name);
        self.document_of(std::slice::from_ref(&key), value, sink);
        let list = program.tree.parent(node);
        let Some(call) = list.and_then(|list| program.tree.parent(list)) else {
            return;
        };
        let callee = program.child(call, Role::Callee);
        let is_maker = |callee| {
            let callee = program.string(callee);
            has(&program.vocabulary.makers, &callee)
        };
        let mut path = match program.method(call) {
            Some((object, b"update")) => self.target(object),
            _ if callee.is_some_and(is_maker) => self.path_to(call),
            _ => return,
        };
        path.push(key);
        self.setting(node, path, value, sink);
    }

    fn call(&mut self, node: Id, sink: &mut FactSink) {
        let program = self.program;
        let function = program.child(node, Role::Callee).unwrap_or(node);
        let callee = program.callee_of(function);
        self.put(node, sink);
        let deferred = self.deferred(&callee, node);
        let wanted = sink.wants_call(&callee);
        if wanted || deferred.is_some() || (sink.wants_settings() && self.has_default(node)) {
            let mut call = program.call(node, EvalContext::START);
            self.option_default(&call, node, sink);
            call.arguments.extend(self.written_to(&call, node));
            let deferred = deferred.and_then(|deferred| deferred.with(&call));
            let turns = self.turns(&call, node);
            for call in std::iter::once(call).chain(turns).chain(deferred) {
                sink.fact(FactKind::Call(call), program.origin(node));
            }
        }
        self.documents(&callee, node, sink);
    }

    /// `x.setdefault("X", y)`, `os.putenv("X", y)`, `headers.set("X", y)`
    fn put(&self, node: Id, sink: &mut FactSink) {
        let program = self.program;
        let Some((object, name)) = program.method(node) else {
            return;
        };
        let mut setters = program.vocabulary.setters.iter();
        if !setters.any(|setter| setter.as_bytes() == name) {
            return;
        }
        if let [key, value] = *program.given(node).as_slice() {
            let mut path = self.target(object);
            path.push(program.key(key, EvalContext::START));
            self.setting(node, path, value, sink);
        }
    }

    /// `print x` of Python 2.
    fn print(&self, node: Id, sink: &mut FactSink) {
        if !sink.wants_call(PRINT) {
            return;
        }
        let arguments = self.program.tree.children(node);
        let arguments = arguments.map(|argument| Argument {
            name: None,
            value: self.program.spanned(argument, EvalContext::START),
        });
        self.made_up(PRINT, node, arguments.collect(), sink);
    }

    /// `"X" in os.environ`
    fn membership(&self, node: Id, sink: &mut FactSink) {
        let child = |role| self.program.child(node, role);
        if let (Some(key), Some(holder)) = (child(Role::Left), child(Role::Right)) {
            self.looked_up("__contains__", node, (key, holder), sink);
        }
    }

    /// `os.environ["X"]`, `process.env.X`, when it is read.
    fn read(&self, node: Id, sink: &mut FactSink) {
        let program = self.program;
        let parent = program.tree.parent(node).map(|parent| program.kind(parent));
        if parent == Some(Kind::Assignment) && program.tree.role(node) == Role::Target {
            return;
        }
        if program.language.environments_have_members {
            let name = program.callee_of(node);
            self.was_read(node, &name, sink);
            return;
        }
        let child = |role| program.child(node, role);
        if program.kind(node) == Kind::Subscript
            && let (Some(object), Some(key)) = (child(Role::Object), child(Role::Key))
        {
            self.looked_up("__getitem__", node, (key, object), sink);
        }
    }

    /// What an operator does to an environment, as a call of a method.
    fn looked_up(&self, method: &str, node: Id, (key, holder): (Id, Id), sink: &mut FactSink) {
        let Some(root) = self.program.vocabulary.environments.first() else {
            return;
        };
        let callee = format!("{root}.{method}");
        if sink.wants_call(&callee) && self.program.callee_of(holder) == *root {
            let value = self.program.spanned(key, EvalContext::START);
            let arguments = vec![Argument { name: None, value }];
            self.made_up(&callee, node, arguments, sink);
        }
    }

    /// `import { PUBLIC_X } from "$env/static/public"`
    fn imported(&self, node: Id, sink: &mut FactSink) {
        if self.program.language.environments_have_members
            && let Some((import, _)) = self.program.tree.import(node)
        {
            self.was_read(node, &import.target, sink);
        }
    }

    /// The reading of a variable as a call.
    fn was_read(&self, node: Id, name: &str, sink: &mut FactSink) {
        let program = self.program;
        let read = program.read(name);
        let Some((root, variable)) = read.and_then(|read| Some((read.root, read.name?))) else {
            return;
        };
        let child = |role| program.child(node, role);
        let key = child(Role::Member).or_else(|| child(Role::Key));
        let argument = Argument {
            name: Some(Spanned {
                value: variable.to_owned(),
                span: program.origin(key.unwrap_or(node)),
            }),
            value: Spanned {
                value: program.thing(name.to_owned()),
                span: program.origin(node),
            },
        };
        self.made_up(&format!("{root}.__getitem__"), node, vec![argument], sink);
    }

    /// A call that is written in another way.
    fn made_up(&self, callee: &str, node: Id, arguments: Vec<Argument>, sink: &mut FactSink) {
        if !sink.wants_call(callee) {
            return;
        }
        let span = self.program.origin(node);
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

/// What an expression may lie in on the way to the key that it is given to.
fn lies_around(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Map
            | Kind::List
            | Kind::Arguments
            | Kind::Spread
            | Kind::SpreadMap
            | Kind::Or
            | Kind::And
            | Kind::Add
            | Kind::Format
            | Kind::Merge
            | Kind::Repeat
            | Kind::Divide
            | Kind::Binary
            | Kind::Conditional
            | Kind::Wrapped
    )
}
