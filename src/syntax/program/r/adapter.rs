//! The parser's tree, taken apart.

use tree_sitter::Node;

use crate::span::Span;
use crate::syntax::program::sitter::{self, children, span};
use crate::syntax::program::tree::{self, Kind, Role, Step};

type Steps<'t> = Vec<Step<Node<'t>>>;

/// Turns a program into our tree.
pub(super) struct Adapter<'s> {
    pub(super) text: &'s [u8],
}

impl<'t> tree::Adapter for Adapter<'t> {
    type Node = Node<'t>;

    fn expand(&self, node: Node<'t>, role: Role, steps: &mut Steps<'t>) {
        let leaf = match node.kind() {
            "identifier" | "dots" | "dot_dot_i" => Kind::Name,
            "integer" | "float" | "complex" | "true" | "false" | "na" | "inf" | "nan" => {
                Kind::Literal
            }
            "null" => Kind::Null,
            "comma" | "break" | "next" => Kind::Other,
            _ => return self.node(node, role, steps),
        };
        steps.push(Step::Leaf(leaf, role, span(node)));
    }
}

impl<'t> Adapter<'t> {
    fn bytes(&self, node: Node<'_>) -> &[u8] {
        self.text.get(span(node)).unwrap_or_default()
    }

    fn node(&self, node: Node<'t>, role: Role, steps: &mut Steps<'t>) {
        let field = |name| node.child_by_field_name(name);
        let of = |kind: Kind, roles: &[(&str, Role)], steps: &mut Steps<'t>| {
            sitter::node((node, kind, role), roles, steps, |node| node);
        };
        match node.kind() {
            "string" => self.string(node, role, steps),
            "call" => self.call(node, role, steps),
            "arguments" => {
                steps.push(Step::Open(Kind::Arguments, role, span(node)));
                self.arguments(node, Kind::Keyword, steps);
                steps.push(Step::Close);
            }
            "argument" => match field("value") {
                Some(value) => steps.push(Step::Node(value, role)),
                None => steps.push(Step::Leaf(Kind::Other, role, span(node))),
            },
            "extract_operator" | "namespace_operator" => {
                steps.push(Step::Open(Kind::Attribute, role, span(node)));
                steps.extend(field("lhs").map(|object| Step::Node(object, Role::Object)));
                let member = field("rhs").map(|member| self.unquoted(member));
                steps.extend(member.map(|span| Step::Leaf(Kind::Key, Role::Member, span)));
                steps.push(Step::Close);
            }
            "subset" | "subset2" => {
                steps.push(Step::Open(Kind::Subscript, role, span(node)));
                steps.extend(field("function").map(|object| Step::Node(object, Role::Object)));
                let mut keys = field("arguments").map_or_else(Vec::new, children);
                keys.retain(|key| key.node.kind() == "argument");
                for (place, key) in keys.iter().enumerate() {
                    let role = if place == 0 { Role::Key } else { Role::Item };
                    steps.push(Step::Node(key.node, role));
                }
                steps.push(Step::Close);
            }
            "binary_operator" => self.operator(node, role, steps),
            "unary_operator" => {
                let operand = field("rhs").map(|operand| operand.kind());
                if matches!(operand, Some("integer" | "float")) {
                    steps.push(Step::Leaf(Kind::Signed, role, span(node)));
                } else {
                    of(Kind::Other, &[], steps);
                }
            }
            "parenthesized_expression" => of(Kind::Wrapped, &[("body", Role::Value)], steps),
            "braced_expression" => of(Kind::Suite, &[], steps),
            "function_definition" => {
                steps.push(Step::Open(Kind::Function, role, span(node)));
                let parts = [
                    (field("parameters"), Role::Parameters),
                    (field("body"), Role::Body),
                ];
                for (part, role) in parts {
                    steps.extend(part.map(|part| Step::Node(part, role)));
                }
                steps.push(Step::Close);
            }
            "parameters" => {
                of(Kind::Parameters, &[], steps);
                steps.retain(|step| !matches!(step, Step::Node(node, _) if node.kind() == "comma"));
            }
            "parameter" => {
                let roles = [("name", Role::Target), ("default", Role::Value)];
                of(Kind::Parameter, &roles, steps);
            }
            "for_statement" => {
                let roles = [
                    ("variable", Role::Target),
                    ("sequence", Role::Over),
                    ("body", Role::Body),
                ];
                of(Kind::For, &roles, steps);
            }
            _ => of(Kind::Other, &[], steps),
        }
    }

    /// The bytes of a name without its quotes.
    fn unquoted(&self, name: Node<'_>) -> Span {
        let whole = span(name);
        let bytes = self.bytes(name);
        let quoted = bytes.len() >= 2 && matches!(bytes.first(), Some(b'"' | b'\'' | b'`'));
        match quoted {
            true => whole.start + 1..whole.end - 1,
            false => whole,
        }
    }

    fn string(&self, node: Node<'t>, role: Role, steps: &mut Steps<'t>) {
        let field = |name| node.child_by_field_name(name);
        let (Some(open), Some(close)) = (field("open"), field("close")) else {
            steps.push(Step::Leaf(Kind::Other, role, span(node)));
            return;
        };
        let is_raw = matches!(self.bytes(open).first(), Some(b'r' | b'R'));
        let kind = if is_raw { Kind::RawText } else { Kind::Text };
        let inner = open.end_byte()..close.start_byte().max(open.end_byte());
        steps.push(Step::Open(Kind::String, role, span(node)));
        steps.push(Step::Open(Kind::Inside, Role::Inside, inner.clone()));
        if !inner.is_empty() {
            steps.push(Step::Leaf(kind, Role::Item, inner));
        }
        steps.push(Step::Close);
        steps.push(Step::Close);
    }

    fn call(&self, node: Node<'t>, role: Role, steps: &mut Steps<'t>) {
        let field = |name| node.child_by_field_name(name);
        let callee = field("function");
        let list = field("arguments");
        let parts = list.map_or_else(Vec::new, children);
        let named = |part: &sitter::Child<'_>| part.node.child_by_field_name("name").is_some();
        let kind = match callee.map_or(&b""[..], |callee| self.bytes(callee)) {
            b"c" | b"list" if parts.iter().any(named) => Kind::Map,
            b"c" | b"list" => Kind::List,
            b"return" => Kind::Return,
            _ => Kind::Call,
        };
        steps.push(Step::Open(kind, role, span(node)));
        match (kind, list) {
            (Kind::Return, Some(list)) => {
                let value = children(list);
                let value = value.first().map(|value| value.node);
                steps.extend(value.map(|value| Step::Node(value, Role::Value)));
            }
            (Kind::Map | Kind::List, Some(list)) => self.arguments(list, Kind::Pair, steps),
            (_, list) => {
                steps.extend(callee.map(|callee| Step::Node(callee, Role::Callee)));
                steps.extend(list.map(|list| Step::Node(list, Role::Arguments)));
            }
        }
        steps.push(Step::Close);
    }

    /// Arguments; those with a name as nodes of a kind.
    fn arguments(&self, list: Node<'t>, kind: Kind, steps: &mut Steps<'t>) {
        for argument in children(list) {
            let argument = argument.node;
            let field = |name| argument.child_by_field_name(name);
            if argument.kind() != "argument" {
                continue;
            }
            let Some(name) = field("name") else {
                steps.push(Step::Node(argument, Role::Item));
                continue;
            };
            let role = match kind {
                Kind::Pair => Role::Key,
                _ => Role::Name,
            };
            steps.push(Step::Open(kind, Role::Item, span(argument)));
            steps.push(Step::Leaf(Kind::Key, role, self.unquoted(name)));
            steps.extend(field("value").map(|value| Step::Node(value, Role::Value)));
            steps.push(Step::Close);
        }
    }

    fn operator(&self, node: Node<'t>, role: Role, steps: &mut Steps<'t>) {
        let field = |name| node.child_by_field_name(name);
        let operator = field("operator").map_or(&b""[..], |operator| self.bytes(operator));
        let (kind, left, right) = match operator {
            b"<-" | b"<<-" | b"=" | b":=" => (Kind::Assignment, Role::Target, Role::Value),
            b"->" | b"->>" => (Kind::Assignment, Role::Value, Role::Target),
            b"%||%" => (Kind::Or, Role::Left, Role::Right),
            b"|>" | b"%>%" => {
                if let (Some(given), Some(call)) = (field("lhs"), field("rhs"))
                    && call.kind() == "call"
                {
                    return self.pipe((node, role), (given, call), steps);
                }
                (Kind::Binary, Role::Left, Role::Right)
            }
            _ => (Kind::Binary, Role::Left, Role::Right),
        };
        let roles = [("lhs", left), ("rhs", right)];
        sitter::node((node, kind, role), &roles, steps, |node| node);
    }

    /// `x |> f(y)` is `f(x, y)`.
    fn pipe(
        &self,
        (node, role): (Node<'t>, Role),
        (given, call): (Node<'t>, Node<'t>),
        steps: &mut Steps<'t>,
    ) {
        steps.push(Step::Open(Kind::Call, role, span(node)));
        let callee = call.child_by_field_name("function");
        steps.extend(callee.map(|callee| Step::Node(callee, Role::Callee)));
        steps.push(Step::Open(Kind::Arguments, Role::Arguments, span(node)));
        steps.push(Step::Node(given, Role::Item));
        if let Some(list) = call.child_by_field_name("arguments") {
            self.arguments(list, Kind::Keyword, steps);
        }
        steps.push(Step::Close);
        steps.push(Step::Close);
    }
}
