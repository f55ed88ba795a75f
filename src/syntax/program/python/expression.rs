//! Expressions.

use ruff_python_ast::{
    ArgOrKeyword, Arguments, CmpOp, Comprehension, Expr, ExprCall, ExprContext, ExprSubscript,
    FStringPart, InterpolatedElement, InterpolatedStringElements, Operator, UnaryOp,
};
use ruff_text_size::{Ranged, TextRange};

use super::adapter::{Adapter, Part, Steps, expression};
use crate::span::Span;
use crate::syntax::program::tree::{Kind, Role, Step};

impl<'a> Adapter<'a> {
    pub(super) fn expression(&self, node: &'a Expr, role: Role, steps: &mut Steps<'a>) {
        let span = self.span(node.range());
        let leaf = |kind| Step::Leaf(kind, role, span.clone());
        match node {
            Expr::Name(_) => steps.push(leaf(Kind::Name)),
            Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) | Expr::EllipsisLiteral(_) => {
                steps.push(leaf(Kind::Literal));
            }
            Expr::NoneLiteral(_) => steps.push(leaf(Kind::Null)),
            Expr::IpyEscapeCommand(_) => steps.push(leaf(Kind::Other)),
            Expr::StringLiteral(string) => {
                let parts: Vec<_> = string.value.iter().map(|part| (part.range, None)).collect();
                self.strings(&parts, (role, span), steps);
            }
            Expr::BytesLiteral(bytes) => {
                let parts: Vec<_> = bytes.value.iter().map(|part| (part.range, None)).collect();
                self.strings(&parts, (role, span), steps);
            }
            Expr::FString(string) => {
                let parts = string.value.iter().map(|part| match part {
                    FStringPart::Literal(part) => (part.range, None),
                    FStringPart::FString(part) => (part.range, Some(&part.elements)),
                });
                let parts: Vec<_> = parts.collect();
                self.strings(&parts, (role, span), steps);
            }
            Expr::TString(string) => {
                let parts = string.value.iter();
                let parts: Vec<_> = parts
                    .map(|part| (part.range, Some(&part.elements)))
                    .collect();
                self.strings(&parts, (role, span), steps);
            }
            Expr::UnaryOp(unary)
                if unary.op != UnaryOp::Not
                    && matches!(&*unary.operand, Expr::NumberLiteral(_)) =>
            {
                steps.push(leaf(Kind::Signed));
            }
            Expr::BoolOp(operation) => self.chain(node, &operation.values, role, steps),
            _ => {
                steps.push(Step::Open(self.kind(node), role, span));
                self.children(node, steps);
                steps.push(Step::Close);
            }
        }
    }

    fn kind(&self, node: &Expr) -> Kind {
        let is_target = |context| context == ExprContext::Store;
        match node {
            Expr::Named(_) => Kind::Assignment,
            Expr::BinOp(operation) => match operation.op {
                Operator::Add => Kind::Add,
                Operator::Mod => Kind::Format,
                Operator::BitOr => Kind::Merge,
                Operator::Mult => Kind::Repeat,
                Operator::Div => Kind::Divide,
                _ => Kind::Binary,
            },
            Expr::Lambda(_) => Kind::Lambda,
            Expr::If(_) => Kind::Conditional,
            Expr::Dict(_) => Kind::Map,
            Expr::Set(_) => Kind::List,
            Expr::List(list) if is_target(list.ctx) => Kind::ListPattern,
            Expr::Tuple(tuple) if is_target(tuple.ctx) => Kind::ListPattern,
            Expr::List(_) | Expr::Tuple(_) => Kind::List,
            Expr::Starred(starred) if is_target(starred.ctx) => Kind::RestPattern,
            Expr::Starred(_) => Kind::Spread,
            Expr::ListComp(_) | Expr::SetComp(_) => Kind::Comprehension,
            Expr::DictComp(_) => Kind::MapComprehension,
            Expr::Generator(_) => Kind::Generator,
            Expr::Await(_) => Kind::Await,
            Expr::Yield(_) if self.print(node).is_some() => Kind::Print,
            Expr::Compare(comparison) => match *comparison.ops {
                [CmpOp::In | CmpOp::NotIn] => Kind::Contains,
                _ => Kind::Other,
            },
            Expr::Call(_) => Kind::Call,
            Expr::Attribute(_) => Kind::Attribute,
            Expr::Subscript(_) => Kind::Subscript,
            Expr::Slice(_) => Kind::Slice,
            _ => Kind::Other,
        }
    }

    /// Whether a `yield` stands in for `print`, and whether that prints to a file.
    fn print(&self, node: &Expr) -> Option<bool> {
        self.prints.get(&node.start().to_usize()).copied()
    }

    fn children(&self, node: &'a Expr, steps: &mut Steps<'a>) {
        let items = |items: &'a [Expr], steps: &mut Steps<'a>| {
            steps.extend(items.iter().map(|item| expression(item, Role::Item)));
        };
        match node {
            Expr::Named(named) => {
                steps.push(expression(&named.target, Role::Target));
                steps.push(expression(&named.value, Role::Value));
            }
            Expr::BinOp(operation) => {
                steps.push(expression(&operation.left, Role::Left));
                steps.push(expression(&operation.right, Role::Right));
            }
            Expr::UnaryOp(unary) => steps.push(expression(&unary.operand, Role::Item)),
            Expr::Lambda(lambda) => {
                let parameters = lambda.parameters.iter();
                let parameters = parameters.map(|parameters| Part::Parameters(parameters));
                steps.extend(parameters.map(|part| Step::Node(part, Role::Parameters)));
                steps.push(expression(&lambda.body, Role::Body));
            }
            Expr::If(choice) => {
                steps.push(expression(&choice.body, Role::Then));
                steps.push(expression(&choice.test, Role::Item));
                steps.push(expression(&choice.orelse, Role::Else));
            }
            Expr::Dict(map) => {
                for item in &map.items {
                    self.pair((item.key.as_ref(), &item.value), Role::Item, steps);
                }
            }
            Expr::Set(set) => items(&set.elts, steps),
            Expr::List(list) => items(&list.elts, steps),
            Expr::Tuple(tuple) => items(&tuple.elts, steps),
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::Generator(_) | Expr::DictComp(_) => {
                self.comprehension(node, steps);
            }
            Expr::Await(waiting) => steps.push(expression(&waiting.value, Role::Value)),
            Expr::Yield(given) => match (given.value.as_deref(), self.print(node)) {
                (Some(Expr::Tuple(tuple)), Some(to_file)) if !tuple.parenthesized => {
                    let skipped = usize::from(to_file);
                    items(tuple.elts.get(skipped..).unwrap_or_default(), steps);
                }
                (Some(_), Some(true)) | (None, _) => {}
                (Some(value), _) => steps.push(expression(value, Role::Item)),
            },
            Expr::YieldFrom(given) => steps.push(expression(&given.value, Role::Item)),
            Expr::Compare(comparison) => {
                steps.push(expression(&comparison.left, Role::Left));
                let others = comparison.comparators.iter();
                steps.extend(others.map(|other| expression(other, Role::Right)));
            }
            Expr::Call(call) => self.call(call, steps),
            Expr::Attribute(attribute) => {
                steps.push(expression(&attribute.value, Role::Object));
                let member = self.span(attribute.attr.range);
                steps.push(Step::Leaf(Kind::Key, Role::Member, member));
            }
            Expr::Subscript(subscript) => self.subscript(subscript, steps),
            Expr::Starred(starred) => steps.push(expression(&starred.value, Role::Value)),
            Expr::Slice(slice) => {
                let parts = [&slice.lower, &slice.upper, &slice.step];
                let parts = parts.into_iter().flatten();
                steps.extend(parts.map(|part| expression(part, Role::Item)));
            }
            _ => {}
        }
    }

    fn comprehension(&self, node: &'a Expr, steps: &mut Steps<'a>) {
        let (element, clauses) = match node {
            Expr::ListComp(list) => (&list.elt, &list.generators),
            Expr::SetComp(set) => (&set.elt, &set.generators),
            Expr::Generator(generator) => (&generator.elt, &generator.generators),
            Expr::DictComp(map) => {
                self.pair((map.key.as_deref(), &map.value), Role::Element, steps);
                return steps.extend(map.generators.iter().map(clause));
            }
            _ => return,
        };
        steps.push(expression(element, Role::Element));
        steps.extend(clauses.iter().map(clause));
    }

    /// An entry of a map; without a key it is unpacked.
    fn pair(&self, (key, value): (Option<&'a Expr>, &'a Expr), role: Role, steps: &mut Steps<'a>) {
        let range = key.map_or(value.range(), |key| key.range().cover(value.range()));
        let kind = match key {
            Some(_) => Kind::Pair,
            None => Kind::SpreadMap,
        };
        steps.push(Step::Open(kind, role, self.span(range)));
        steps.extend(key.map(|key| expression(key, Role::Key)));
        steps.push(expression(value, Role::Value));
        steps.push(Step::Close);
    }

    /// `a or b or c`, as two that lie on the left of one.
    fn chain(&self, node: &'a Expr, values: &'a [Expr], role: Role, steps: &mut Steps<'a>) {
        let kind = match node {
            Expr::BoolOp(operation) if operation.op == ruff_python_ast::BoolOp::And => Kind::And,
            _ => Kind::Or,
        };
        let mut role = role;
        for last in values.iter().skip(1).rev() {
            let span = self.span(node.range().cover_offset(node.start()));
            let end = self.span(last.range()).end;
            steps.push(Step::Open(kind, role, span.start..end));
            role = Role::Left;
        }
        let mut values = values.iter();
        steps.extend(values.next().map(|first| expression(first, role)));
        for value in values {
            steps.push(expression(value, Role::Right));
            steps.push(Step::Close);
        }
    }

    fn call(&self, call: &'a ExprCall, steps: &mut Steps<'a>) {
        steps.push(expression(&call.func, Role::Callee));
        let arguments = &call.arguments;
        let span = self.span(arguments.range);
        // `f(x for x in y)`
        if let [Expr::Generator(generator)] = &*arguments.args
            && !generator.parenthesized
            && arguments.keywords.is_empty()
        {
            steps.push(Step::Open(Kind::Generator, Role::Arguments, span));
            self.children(arguments.args.first().unwrap_or(&call.func), steps);
            steps.push(Step::Close);
            return;
        }
        self.arguments(arguments, steps);
    }

    pub(super) fn arguments(&self, arguments: &'a Arguments, steps: &mut Steps<'a>) {
        let span = self.span(arguments.range);
        steps.push(Step::Open(Kind::Arguments, Role::Arguments, span));
        for argument in arguments.iter_source_order() {
            steps.push(match argument {
                ArgOrKeyword::Arg(argument) => expression(argument, Role::Item),
                ArgOrKeyword::Keyword(keyword) => Step::Node(Part::Keyword(keyword), Role::Item),
            });
        }
        steps.push(Step::Close);
    }

    fn subscript(&self, subscript: &'a ExprSubscript, steps: &mut Steps<'a>) {
        steps.push(expression(&subscript.value, Role::Object));
        match &*subscript.slice {
            // The first of several keys says most.
            Expr::Tuple(tuple) if !tuple.parenthesized => {
                let mut keys = tuple.elts.iter();
                steps.extend(keys.next().map(|key| expression(key, Role::Key)));
                steps.extend(keys.map(|key| expression(key, Role::Item)));
            }
            key => steps.push(expression(key, Role::Key)),
        }
    }

    /// String literals side by side, each with the expressions in it.
    fn strings(
        &self,
        parts: &[(TextRange, Option<&'a InterpolatedStringElements>)],
        (role, span): (Role, Span),
        steps: &mut Steps<'a>,
    ) {
        if let [(range, elements)] = parts {
            self.string((*range, role), *elements, steps);
            return;
        }
        steps.push(Step::Open(Kind::Strings, role, span));
        for (range, elements) in parts {
            self.string((*range, Role::Item), *elements, steps);
        }
        steps.push(Step::Close);
    }

    /// What lies between the quotes and around the expressions is text.
    fn string(
        &self,
        (range, role): (TextRange, Role),
        elements: Option<&'a InterpolatedStringElements>,
        steps: &mut Steps<'a>,
    ) {
        let span = self.span(range);
        let literal = self.str(range);
        let (before, after) = quotes(literal);
        let start = (span.start + before).min(span.end);
        let inner = start..(span.end - after.min(span.len())).max(start);
        let is_raw = literal
            .bytes()
            .take_while(u8::is_ascii_alphabetic)
            .any(|b| matches!(b, b'r' | b'R'));
        let kind = if is_raw { Kind::RawText } else { Kind::Text };
        steps.push(Step::Open(Kind::String, role, span));
        steps.push(Step::Open(Kind::Inside, Role::Inside, inner.clone()));
        let mut at = inner.start;
        for element in elements
            .into_iter()
            .flat_map(|elements| elements.interpolations())
        {
            let there = self.span(element.range);
            self.text((kind, at..there.start), true, steps);
            at = there.end;
            self.interpolation(element, steps);
        }
        self.text((kind, at..inner.end), elements.is_some(), steps);
        steps.push(Step::Close);
        steps.push(Step::Close);
    }

    /// A text in a string. `{{` and `}}` stand for one brace where expressions may be.
    fn text(&self, (kind, span): (Kind, Span), has_braces: bool, steps: &mut Steps<'a>) {
        let offset = self.offset;
        let range = span.start.saturating_sub(offset)..span.end.saturating_sub(offset);
        let bytes = self.text.as_bytes().get(range).unwrap_or_default();
        let mut from = 0;
        let mut at = 0;
        while has_braces && at + 1 < bytes.len() {
            if matches!(bytes.get(at..at + 2), Some(b"{{" | b"}}")) {
                let part = span.start + from..span.start + at + 1;
                steps.push(Step::Leaf(kind, Role::Item, part));
                at += 1;
                from = at + 1;
            }
            at += 1;
        }
        if span.start + from < span.end {
            steps.push(Step::Leaf(kind, Role::Item, span.start + from..span.end));
        }
    }

    pub(super) fn interpolation(&self, element: &'a InterpolatedElement, steps: &mut Steps<'a>) {
        let span = self.span(element.range);
        steps.push(Step::Open(Kind::Interpolation, Role::Item, span));
        steps.push(expression(&element.expression, Role::Value));
        if let Some(specification) = &element.format_spec {
            let part = Part::Specification(&specification.elements);
            steps.push(Step::Node(part, Role::Item));
        }
        steps.push(Step::Close);
    }
}

fn clause(clause: &Comprehension) -> Step<Part<'_>> {
    Step::Node(Part::Clause(clause), Role::Item)
}

/// How many bytes stand before and behind what a string literal holds.
fn quotes(literal: &str) -> (usize, usize) {
    let letters = literal.bytes().take_while(u8::is_ascii_alphabetic).count();
    let quoted = literal.as_bytes().get(letters..).unwrap_or_default();
    let length = match quoted {
        [a, b, c, ..] if a == b && b == c && quoted.len() >= 6 => 3,
        [_, ..] => 1,
        [] => 0,
    };
    let quote = quoted.get(..length).unwrap_or_default();
    let is_closed = quoted.len() >= 2 * length && quoted.ends_with(quote);
    (letters + length, if is_closed { length } else { 0 })
}
