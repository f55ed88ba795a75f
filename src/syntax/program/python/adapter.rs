//! The parser's tree, taken apart.

use std::collections::BTreeMap;

use ruff_python_ast::{
    Comprehension, Expr, InterpolatedStringElements, Keyword, Parameters, Pattern, Stmt,
};
use ruff_text_size::{Ranged, TextRange};

use crate::span::Span;
use crate::syntax::program::tree::{self, Kind, Role, Step};

/// A part of the parser's tree.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'a> {
    Statement(&'a Stmt),
    Suite(&'a [Stmt]),
    Expression(&'a Expr),
    Keyword(&'a Keyword),
    Parameters(&'a Parameters),
    Clause(&'a Comprehension),
    Pattern(&'a Pattern),
    /// The expressions in a format specification.
    Specification(&'a InterpolatedStringElements),
}

pub(super) type Steps<'a> = Vec<Step<Part<'a>>>;

/// Turns a module into our tree.
pub(super) struct Adapter<'a> {
    pub(super) text: &'a str,
    /// Where the module begins in the text that it is a part of.
    pub(super) offset: usize,
    /// Where statements `print` begin, each with whether they print to a file.
    pub(super) prints: BTreeMap<usize, bool>,
}

impl Adapter<'_> {
    /// The bytes of a range.
    pub(super) fn span(&self, range: TextRange) -> Span {
        let (start, end) = (range.start().to_usize(), range.end().to_usize());
        start + self.offset..end + self.offset
    }

    /// The text of a range.
    pub(super) fn str(&self, range: TextRange) -> &str {
        let range = range.start().to_usize()..range.end().to_usize();
        self.text.get(range).unwrap_or_default()
    }
}

/// A step for an expression.
pub(super) fn expression(expression: &Expr, role: Role) -> Step<Part<'_>> {
    Step::Node(Part::Expression(expression), role)
}

impl<'a> tree::Adapter for Adapter<'a> {
    type Node = Part<'a>;

    fn expand(&self, part: Part<'a>, role: Role, steps: &mut Steps<'a>) {
        match part {
            Part::Statement(statement) => self.statement(statement, steps),
            Part::Expression(expression) => self.expression(expression, role, steps),
            Part::Suite(statements) => {
                let span = match (statements.first(), statements.last()) {
                    (Some(first), Some(last)) => self.span(first.range().cover(last.range())),
                    _ => 0..0,
                };
                steps.push(Step::Open(Kind::Suite, role, span));
                let statements = statements.iter().map(Part::Statement);
                steps.extend(statements.map(|part| Step::Node(part, Role::Item)));
                steps.push(Step::Close);
            }
            Part::Keyword(keyword) => {
                let span = self.span(keyword.range);
                let kind = match &keyword.arg {
                    Some(_) => Kind::Keyword,
                    None => Kind::SpreadMap,
                };
                steps.push(Step::Open(kind, Role::Item, span));
                let name = keyword.arg.iter();
                let name =
                    name.map(|name| Step::Leaf(Kind::Key, Role::Name, self.span(name.range)));
                steps.extend(name);
                steps.push(expression(&keyword.value, Role::Value));
                steps.push(Step::Close);
            }
            Part::Parameters(parameters) => self.parameters(parameters, steps),
            Part::Clause(clause) => {
                let span = self.span(clause.target.range().cover(clause.iter.range()));
                steps.push(Step::Open(Kind::ForClause, Role::Item, span));
                steps.push(expression(&clause.target, Role::Target));
                steps.push(expression(&clause.iter, Role::Over));
                steps.push(Step::Close);
                let conditions = clause.ifs.iter();
                steps.extend(conditions.map(|condition| expression(condition, Role::Item)));
            }
            Part::Pattern(pattern) => self.pattern(pattern, steps),
            Part::Specification(elements) => {
                for element in elements.interpolations() {
                    self.interpolation(element, steps);
                }
            }
        }
    }
}

impl<'a> Adapter<'a> {
    fn parameters(&self, parameters: &'a Parameters, steps: &mut Steps<'a>) {
        let span = self.span(parameters.range);
        steps.push(Step::Open(Kind::Parameters, Role::Parameters, span));
        let by_place = parameters.posonlyargs.iter().chain(&parameters.args);
        let by_name = parameters.kwonlyargs.iter();
        let add = |parameter: &'a ruff_python_ast::ParameterWithDefault, steps: &mut Steps<'a>| {
            let span = self.span(parameter.range);
            let name = self.span(parameter.parameter.name.range);
            steps.push(Step::Open(Kind::Parameter, Role::Item, span));
            steps.push(Step::Leaf(Kind::Name, Role::Target, name));
            let annotation = parameter.parameter.annotation.iter();
            steps.extend(annotation.map(|annotation| expression(annotation, Role::Type)));
            let default = parameter.default.iter();
            steps.extend(default.map(|default| expression(default, Role::Value)));
            steps.push(Step::Close);
        };
        let rest = |parameter: Option<&'a ruff_python_ast::Parameter>, steps: &mut Steps<'a>| {
            let span = parameter.map_or(0..0, |parameter| self.span(parameter.range));
            steps.push(Step::Open(Kind::RestParameter, Role::Item, span));
            let annotation = parameter.and_then(|parameter| parameter.annotation.as_deref());
            steps.extend(annotation.map(|annotation| expression(annotation, Role::Type)));
            steps.push(Step::Close);
        };
        by_place.for_each(|parameter| add(parameter, steps));
        rest(parameters.vararg.as_deref(), steps);
        by_name.for_each(|parameter| add(parameter, steps));
        if parameters.kwarg.is_some() {
            rest(parameters.kwarg.as_deref(), steps);
        }
        steps.push(Step::Close);
    }
}
