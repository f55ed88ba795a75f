//! Statements.

use ruff_python_ast::{
    Alias, ExceptHandler, Operator, Pattern, Stmt, StmtAssign, StmtClassDef, StmtFunctionDef,
    StmtImportFrom, StmtTry,
};
use ruff_text_size::{Ranged, TextRange};

use super::adapter::{Adapter, Part, Steps, expression};
use super::compact;
use crate::syntax::Import;
use crate::syntax::program::tree::{Kind, Role, Step};

fn suite(statements: &[Stmt], role: Role) -> Step<Part<'_>> {
    Step::Node(Part::Suite(statements), role)
}

impl<'a> Adapter<'a> {
    pub(super) fn statement(&self, node: &'a Stmt, steps: &mut Steps<'a>) {
        match node {
            Stmt::Expr(statement) => {
                steps.push(expression(&statement.value, Role::Item));
                return;
            }
            Stmt::Import(statement) => {
                for alias in &statement.names {
                    self.import(alias, statement.range, steps);
                }
                return;
            }
            Stmt::ImportFrom(statement) => return self.import_from(statement, steps),
            Stmt::Assign(statement) => {
                return self.assign(statement, steps);
            }
            _ => {}
        }
        let kind = match node {
            Stmt::FunctionDef(_) => Kind::Function,
            Stmt::ClassDef(_) => Kind::Class,
            Stmt::Return(_) => Kind::Return,
            Stmt::Delete(_) => Kind::Delete,
            Stmt::AugAssign(statement) => match statement.op {
                Operator::Add => Kind::AddTo,
                Operator::BitOr => Kind::MergeInto,
                _ => Kind::Change,
            },
            Stmt::AnnAssign(_) => Kind::Assignment,
            Stmt::For(_) => Kind::For,
            Stmt::Global(_) => Kind::Global,
            _ => Kind::Other,
        };
        steps.push(Step::Open(kind, Role::Item, self.span(node.range())));
        self.parts(node, steps);
        steps.push(Step::Close);
    }

    fn parts(&self, node: &'a Stmt, steps: &mut Steps<'a>) {
        match node {
            Stmt::FunctionDef(definition) => self.function(definition, steps),
            Stmt::ClassDef(definition) => self.class(definition, steps),
            Stmt::Return(statement) => {
                let value = statement.value.iter();
                steps.extend(value.map(|value| expression(value, Role::Value)));
            }
            Stmt::Delete(statement) => {
                let targets = statement.targets.iter();
                steps.extend(targets.map(|target| expression(target, Role::Item)));
            }
            Stmt::AugAssign(statement) => {
                steps.push(expression(&statement.target, Role::Target));
                steps.push(expression(&statement.value, Role::Value));
            }
            Stmt::AnnAssign(statement) => {
                steps.push(expression(&statement.target, Role::Target));
                steps.push(expression(&statement.annotation, Role::Type));
                let value = statement.value.iter();
                steps.extend(value.map(|value| expression(value, Role::Value)));
            }
            Stmt::For(statement) => {
                steps.push(expression(&statement.target, Role::Target));
                steps.push(expression(&statement.iter, Role::Over));
                steps.push(suite(&statement.body, Role::Body));
                steps.push(suite(&statement.orelse, Role::Item));
            }
            Stmt::While(statement) => {
                steps.push(expression(&statement.test, Role::Item));
                steps.push(suite(&statement.body, Role::Item));
                steps.push(suite(&statement.orelse, Role::Item));
            }
            Stmt::If(statement) => {
                steps.push(expression(&statement.test, Role::Item));
                steps.push(suite(&statement.body, Role::Item));
                for clause in &statement.elif_else_clauses {
                    let test = clause.test.iter();
                    steps.extend(test.map(|test| expression(test, Role::Item)));
                    steps.push(suite(&clause.body, Role::Item));
                }
            }
            Stmt::With(statement) => {
                for item in &statement.items {
                    let Some(target) = &item.optional_vars else {
                        steps.push(expression(&item.context_expr, Role::Item));
                        continue;
                    };
                    let span = self.span(item.range);
                    steps.push(Step::Open(Kind::Alias, Role::Item, span));
                    steps.push(expression(&item.context_expr, Role::Value));
                    steps.push(expression(target, Role::Target));
                    steps.push(Step::Close);
                }
                steps.push(suite(&statement.body, Role::Item));
            }
            Stmt::Match(statement) => {
                steps.push(expression(&statement.subject, Role::Item));
                for case in &statement.cases {
                    steps.push(Step::Node(Part::Pattern(&case.pattern), Role::Item));
                    let guard = case.guard.iter();
                    steps.extend(guard.map(|guard| expression(guard, Role::Item)));
                    steps.push(suite(&case.body, Role::Item));
                }
            }
            Stmt::Raise(statement) => {
                let parts = [&statement.exc, &statement.cause].into_iter().flatten();
                steps.extend(parts.map(|part| expression(part, Role::Item)));
            }
            Stmt::Assert(statement) => {
                steps.push(expression(&statement.test, Role::Item));
                let message = statement.msg.iter();
                steps.extend(message.map(|message| expression(message, Role::Item)));
            }
            Stmt::Try(statement) => self.attempt(statement, steps),
            Stmt::Global(statement) => {
                let names = statement.names.iter().map(|name| self.span(name.range));
                steps.extend(names.map(|span| Step::Leaf(Kind::Name, Role::Item, span)));
            }
            _ => {}
        }
    }

    fn function(&self, definition: &'a StmtFunctionDef, steps: &mut Steps<'a>) {
        let decorators = definition.decorator_list.iter();
        steps.extend(decorators.map(|of| expression(&of.expression, Role::Item)));
        let name = self.span(definition.name.range);
        steps.push(Step::Leaf(Kind::Key, Role::Name, name));
        let parameters = Part::Parameters(&definition.parameters);
        steps.push(Step::Node(parameters, Role::Parameters));
        let returned = definition.returns.iter();
        steps.extend(returned.map(|returned| expression(returned, Role::Item)));
        steps.push(suite(&definition.body, Role::Body));
    }

    fn class(&self, definition: &'a StmtClassDef, steps: &mut Steps<'a>) {
        let decorators = definition.decorator_list.iter();
        steps.extend(decorators.map(|of| expression(&of.expression, Role::Item)));
        let name = self.span(definition.name.range);
        steps.push(Step::Leaf(Kind::Key, Role::Name, name));
        if let Some(bases) = &definition.arguments {
            self.arguments(bases, steps);
        }
        steps.push(suite(&definition.body, Role::Body));
    }

    fn attempt(&self, statement: &'a StmtTry, steps: &mut Steps<'a>) {
        steps.push(suite(&statement.body, Role::Item));
        for ExceptHandler::ExceptHandler(handler) in &statement.handlers {
            let caught = handler.type_.as_deref();
            if let (Some(caught), Some(name)) = (caught, &handler.name) {
                let span = self.span(caught.range().cover(name.range));
                steps.push(Step::Open(Kind::Alias, Role::Item, span));
                steps.push(expression(caught, Role::Item));
                steps.push(Step::Leaf(Kind::Name, Role::Target, self.span(name.range)));
                steps.push(Step::Close);
            } else {
                steps.extend(caught.map(|caught| expression(caught, Role::Item)));
            }
            steps.push(suite(&handler.body, Role::Item));
        }
        steps.push(suite(&statement.orelse, Role::Item));
        steps.push(suite(&statement.finalbody, Role::Item));
    }

    /// `a = b = value`, as an assignment in an assignment.
    fn assign(&self, statement: &'a StmtAssign, steps: &mut Steps<'a>) {
        let end = self.span(statement.range).end;
        let mut start = self.span(statement.range).start;
        let mut role = Role::Item;
        for target in &statement.targets {
            if role == Role::Value {
                start = self.span(target.range()).start;
            }
            steps.push(Step::Open(Kind::Assignment, role, start..end));
            steps.push(expression(target, Role::Target));
            role = Role::Value;
        }
        steps.push(expression(&statement.value, role));
        steps.extend(statement.targets.iter().map(|_| Step::Close));
    }

    fn import(&self, alias: &Alias, statement: TextRange, steps: &mut Steps<'a>) {
        let name = compact(self.str(alias.name.range));
        let import = match &alias.asname {
            Some(given) => Import {
                target: name.into_owned(),
                name: self.str(given.range).to_owned(),
            },
            // `import a.b` gives the name `a`.
            None => {
                let first = name.split('.').next().unwrap_or_default().to_owned();
                Import {
                    target: first.clone(),
                    name: first,
                }
            }
        };
        let end = self.span(statement).end;
        steps.push(Step::Import(self.span(alias.range), end, import));
    }

    /// The names that a statement imports. `from x import *` is the name `*`.
    fn import_from(&self, statement: &StmtImportFrom, steps: &mut Steps<'a>) {
        let named = statement.module.as_ref();
        let named = named.map_or("", |module| self.str(module.range));
        let mut module = ".".repeat(statement.level as usize) + &compact(named);
        if module == "__future__" {
            return;
        }
        if !module.ends_with('.') {
            module.push('.');
        }
        let end = self.span(statement.range).end;
        for alias in &statement.names {
            let name = self.str(alias.name.range);
            let given = alias
                .asname
                .as_ref()
                .map_or(alias.name.range, |as_| as_.range);
            let import = Import {
                target: format!("{module}{name}"),
                name: self.str(given).to_owned(),
            };
            steps.push(Step::Import(self.span(alias.range), end, import));
        }
    }

    /// The expressions in a pattern, and the names that a part of one is given.
    pub(super) fn pattern(&self, pattern: &'a Pattern, steps: &mut Steps<'a>) {
        let node = |pattern| Step::Node(Part::Pattern(pattern), Role::Item);
        match pattern {
            Pattern::MatchValue(value) => steps.push(expression(&value.value, Role::Item)),
            Pattern::MatchSequence(parts) => steps.extend(parts.patterns.iter().map(node)),
            Pattern::MatchOr(parts) => steps.extend(parts.patterns.iter().map(node)),
            Pattern::MatchMapping(map) => {
                for (key, pattern) in map.keys.iter().zip(&map.patterns) {
                    steps.push(expression(key, Role::Item));
                    steps.push(node(pattern));
                }
            }
            Pattern::MatchClass(class) => {
                steps.push(expression(&class.cls, Role::Item));
                steps.extend(class.arguments.patterns.iter().map(node));
                let keywords = class.arguments.keywords.iter();
                steps.extend(keywords.map(|keyword| node(&keyword.pattern)));
            }
            Pattern::MatchAs(whole) => {
                if let (Some(inner), Some(name)) = (&whole.pattern, &whole.name) {
                    let span = self.span(whole.range);
                    steps.push(Step::Open(Kind::Alias, Role::Item, span));
                    steps.push(node(inner));
                    steps.push(Step::Leaf(Kind::Name, Role::Target, self.span(name.range)));
                    steps.push(Step::Close);
                }
            }
            Pattern::MatchSingleton(_) | Pattern::MatchStar(_) => {}
        }
    }
}
