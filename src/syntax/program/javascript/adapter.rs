//! The parser's tree, taken apart.

use tree_sitter::Node;

use super::imports;
use crate::syntax::program::sitter::{self, Child, children, span};
use crate::syntax::program::tree::{self, Kind, Role, Step};

/// A node of the parser's tree, and what it is taken for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'t> {
    pub(super) node: Node<'t>,
    pub(super) as_: As,
}

/// What a node is taken for, which does not show in itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum As {
    Itself,
    /// A declaration that holds in the whole function.
    FunctionWide,
    Parameter,
    /// The one parameter of an arrow function, without parentheses.
    Parameters,
}

type Steps<'t> = Vec<Step<Source<'t>>>;

fn itself(node: Node<'_>) -> Source<'_> {
    Source {
        node,
        as_: As::Itself,
    }
}

/// Turns a program into our tree.
pub(super) struct Adapter<'s> {
    pub(super) text: &'s [u8],
}

/// Kinds of nodes that become one of ours with the same parts.
fn alike(kind: &str) -> Option<(Kind, &'static [(&'static str, Role)])> {
    Some(match kind {
        "member_expression" => (
            Kind::Attribute,
            &[("object", Role::Object), ("property", Role::Member)],
        ),
        "nested_type_identifier" => (
            Kind::Attribute,
            &[("module", Role::Object), ("name", Role::Member)],
        ),
        "nested_identifier" => (
            Kind::Attribute,
            &[("object", Role::Object), ("property", Role::Member)],
        ),
        "subscript_expression" => (
            Kind::Subscript,
            &[("object", Role::Object), ("index", Role::Key)],
        ),
        "array" => (Kind::List, &[]),
        "object" => (Kind::Map, &[]),
        "pair" => (Kind::Pair, &[("key", Role::Key), ("value", Role::Value)]),
        "call_expression" => (
            Kind::Call,
            &[("function", Role::Callee), ("arguments", Role::Arguments)],
        ),
        "new_expression" => (
            Kind::New,
            &[
                ("constructor", Role::Callee),
                ("arguments", Role::Arguments),
            ],
        ),
        "arguments" => (Kind::Arguments, &[]),
        "assignment_expression" => (
            Kind::Assignment,
            &[("left", Role::Target), ("right", Role::Value)],
        ),
        "variable_declarator" => (
            Kind::Declaration,
            &[
                ("name", Role::Target),
                ("type", Role::Type),
                ("value", Role::Value),
            ],
        ),
        "ternary_expression" => (
            Kind::Conditional,
            &[("consequence", Role::Then), ("alternative", Role::Else)],
        ),
        "class_declaration" | "abstract_class_declaration" => {
            (Kind::Class, &[("name", Role::Name), ("body", Role::Body)])
        }
        "class" => (Kind::Class, &[("body", Role::Body)]),
        "class_body" => (Kind::Suite, &[]),
        "field_definition" => (
            Kind::Field,
            &[("property", Role::Target), ("value", Role::Value)],
        ),
        "public_field_definition" | "enum_assignment" => (
            Kind::Field,
            &[("name", Role::Target), ("value", Role::Value)],
        ),
        "statement_block" | "switch_body" | "for_statement" => (Kind::Block, &[]),
        "catch_clause" => (
            Kind::Catch,
            &[("parameter", Role::Target), ("body", Role::Body)],
        ),
        "object_pattern" => (Kind::MapPattern, &[]),
        "array_pattern" => (Kind::ListPattern, &[]),
        "pair_pattern" => (
            Kind::PairPattern,
            &[("key", Role::Key), ("value", Role::Value)],
        ),
        "object_assignment_pattern" | "assignment_pattern" => (
            Kind::DefaultPattern,
            &[("left", Role::Target), ("right", Role::Value)],
        ),
        _ => return None,
    })
}

/// Types and their parts, in which no value stands.
fn is_type(kind: &str) -> bool {
    matches!(
        kind,
        "type_arguments"
            | "type_parameters"
            | "interface_declaration"
            | "type_alias_declaration"
            | "regex"
            | "jsx_text"
    )
}

impl<'t> tree::Adapter for Adapter<'t> {
    type Node = Source<'t>;

    fn expand(&self, source: Source<'t>, role: Role, steps: &mut Steps<'t>) {
        let node = source.node;
        match source.as_ {
            As::Itself => self.node(node, role, steps),
            As::FunctionWide => {
                let roles = alike("variable_declarator").map_or(&[][..], |(_, roles)| roles);
                sitter::node((node, Kind::FunctionWide, role), roles, steps, itself);
            }
            As::Parameter => self.parameter(node, steps),
            As::Parameters => {
                steps.push(Step::Open(Kind::Parameters, role, span(node)));
                steps.push(parameter(node));
                steps.push(Step::Close);
            }
        }
    }
}

fn parameter(node: Node<'_>) -> Step<Source<'_>> {
    let as_ = As::Parameter;
    Step::Node(Source { node, as_ }, Role::Item)
}

impl Adapter<'_> {
    fn node<'t>(&self, node: Node<'t>, role: Role, steps: &mut Steps<'t>) {
        let kind = node.kind();
        if let Some((kind, roles)) = alike(kind) {
            sitter::node((node, kind, role), roles, steps, itself);
            return;
        }
        let leaf = match kind {
            "identifier" | "type_identifier" => Kind::Name,
            "this" | "super" | "import" | "meta_property" => Kind::This,
            "property_identifier" | "private_property_identifier" | "statement_identifier" => {
                Kind::Key
            }
            "shorthand_property_identifier" | "shorthand_property_identifier_pattern" => {
                Kind::Shorthand
            }
            "number" | "true" | "false" => Kind::Literal,
            "null" | "undefined" => Kind::Null,
            _ if is_type(kind) => Kind::Other,
            _ => return self.other(node, role, steps),
        };
        steps.push(Step::Leaf(leaf, role, span(node)));
    }

    fn other<'t>(&self, node: Node<'t>, role: Role, steps: &mut Steps<'t>) {
        let through = |child: Option<&Child<'t>>, steps: &mut Steps<'t>| match child {
            Some(child) => steps.push(Step::Node(itself(child.node), role)),
            None => steps.push(Step::Leaf(Kind::Other, role, span(node))),
        };
        match node.kind() {
            "string" => self.string(node, role, steps),
            "template_string" => self.template(node, role, steps),
            "parenthesized_expression"
            | "jsx_expression"
            | "await_expression"
            | "as_expression"
            | "satisfies_expression"
            | "non_null_expression"
            | "instantiation_expression"
            | "type_annotation"
            | "union_type"
            | "parenthesized_type"
            | "readonly_type" => valued((node, Kind::Wrapped, role), 0, steps),
            "type_assertion" | "sequence_expression" => {
                let last = children(node).len().saturating_sub(1);
                valued((node, Kind::Wrapped, role), last, steps);
            }
            "generic_type" => {
                let parts = children(node);
                through(parts.iter().find(|part| part.field == Some("name")), steps);
            }
            "spread_element" => valued((node, Kind::Spread, role), 0, steps),
            "rest_pattern" => valued((node, Kind::RestPattern, role), 0, steps),
            "return_statement" => valued((node, Kind::Return, role), 0, steps),
            "computed_property_name" | "expression_statement" => {
                let parts = children(node);
                match parts.as_slice() {
                    [only] => through(Some(only), steps),
                    _ => sitter::node((node, Kind::Other, role), &[], steps, itself),
                }
            }
            "augmented_assignment_expression" | "binary_expression" | "unary_expression" => {
                self.operation(node, role, steps);
            }
            "variable_declaration" => function_wide(node, role, steps),
            "for_in_statement" => {
                let roles: &[_] = match node.child_by_field_name("kind") {
                    Some(_) => &[
                        ("left", Role::Target),
                        ("right", Role::Over),
                        ("body", Role::Body),
                    ],
                    None => &[("right", Role::Over), ("body", Role::Body)],
                };
                sitter::node((node, Kind::For, role), roles, steps, itself);
            }
            "function_declaration"
            | "function_expression"
            | "generator_function"
            | "generator_function_declaration"
            | "arrow_function"
            | "method_definition" => function(node, role, steps),
            "formal_parameters" => {
                steps.push(Step::Open(Kind::Parameters, role, span(node)));
                steps.extend(children(node).iter().map(|child| parameter(child.node)));
                steps.push(Step::Close);
            }
            "jsx_attribute" => {
                steps.push(Step::Open(Kind::Property, role, span(node)));
                let roles = [Role::Name, Role::Value];
                for (child, role) in children(node).iter().zip(roles) {
                    steps.push(Step::Node(itself(child.node), role));
                }
                steps.push(Step::Close);
            }
            "import_statement" => {
                let imports = imports::of(self.text, node).into_iter();
                let end = node.end_byte();
                steps.extend(imports.map(|(span, import)| Step::Import(span, end, import)));
            }
            _ => sitter::node((node, Kind::Other, role), &[], steps, itself),
        }
    }

    fn operation<'t>(&self, node: Node<'t>, role: Role, steps: &mut Steps<'t>) {
        match node.kind() {
            "augmented_assignment_expression" => {
                let kind = match self.operator(node) {
                    b"+=" => Kind::AddTo,
                    b"??=" | b"||=" | b"&&=" => Kind::DefaultTo,
                    _ => Kind::Change,
                };
                let roles = [("left", Role::Target), ("right", Role::Value)];
                sitter::node((node, kind, role), &roles, steps, itself);
            }
            "binary_expression" => {
                let kind = match self.operator(node) {
                    b"+" => Kind::Add,
                    b"||" | b"??" => Kind::Or,
                    b"&&" => Kind::And,
                    _ => Kind::Binary,
                };
                let roles = [("left", Role::Left), ("right", Role::Right)];
                sitter::node((node, kind, role), &roles, steps, itself);
            }
            _ => {
                let argument = node.child_by_field_name("argument");
                let kind = match self.operator(node) {
                    b"delete" => Kind::Delete,
                    _ => Kind::Other,
                };
                if argument.is_some_and(|argument| argument.kind() == "number") {
                    steps.push(Step::Leaf(Kind::Signed, role, span(node)));
                } else {
                    sitter::node((node, kind, role), &[], steps, itself);
                }
            }
        }
    }

    /// The text of a node.
    fn bytes(&self, node: Node<'_>) -> &[u8] {
        self.text.get(span(node)).unwrap_or_default()
    }

    fn operator(&self, node: Node<'_>) -> &[u8] {
        let operator = node.child_by_field_name("operator");
        operator.map_or(b"", |operator| self.bytes(operator))
    }

    /// A parameter, for which TypeScript has a node of its own.
    fn parameter<'t>(&self, node: Node<'t>, steps: &mut Steps<'t>) {
        let role = Role::Item;
        match node.kind() {
            "assignment_pattern" => {
                let roles = [("left", Role::Target), ("right", Role::Value)];
                sitter::node((node, Kind::Parameter, role), &roles, steps, itself);
            }
            "required_parameter" | "optional_parameter" => {
                let parts = children(node);
                let makes_field = |child: &Child<'_>| {
                    matches!(child.node.kind(), "accessibility_modifier" | "readonly")
                };
                let mut cursor = node.walk();
                let readonly = node
                    .children(&mut cursor)
                    .any(|child| child.kind() == "readonly");
                let kind = match readonly || parts.iter().any(makes_field) {
                    true => Kind::FieldParameter,
                    false => Kind::Parameter,
                };
                let roles = [
                    ("pattern", Role::Target),
                    ("type", Role::Type),
                    ("value", Role::Value),
                ];
                sitter::node((node, kind, role), &roles, steps, itself);
            }
            _ => {
                steps.push(Step::Open(Kind::Parameter, role, span(node)));
                steps.push(Step::Node(itself(node), Role::Target));
                steps.push(Step::Close);
            }
        }
    }

    fn string<'t>(&self, node: Node<'t>, role: Role, steps: &mut Steps<'t>) {
        let bytes = self.bytes(node);
        let closed = bytes.len() >= 2 && bytes.first() == bytes.last();
        if closed {
            sitter::string((node, role), (Kind::Text, 1), steps);
        } else {
            steps.push(Step::Leaf(Kind::Other, role, span(node)));
        }
    }

    fn template<'t>(&self, node: Node<'t>, role: Role, steps: &mut Steps<'t>) {
        let whole = span(node);
        let bytes = self.bytes(node);
        let closed = bytes.len() >= 2 && bytes.last() == Some(&b'`');
        let start = (whole.start + 1).min(whole.end);
        let end = whole.end - usize::from(closed);
        steps.push(Step::Open(Kind::String, role, whole));
        let inside = start..end.max(start);
        steps.push(Step::Open(Kind::Inside, Role::Inside, inside));
        let mut at = start;
        for child in children(node) {
            if child.node.kind() != "template_substitution" {
                continue;
            }
            let there = span(child.node);
            if at < there.start {
                steps.push(Step::Leaf(Kind::Text, Role::Item, at..there.start));
            }
            at = there.end;
            valued((child.node, Kind::Interpolation, Role::Item), 0, steps);
        }
        if at < end {
            steps.push(Step::Leaf(Kind::Text, Role::Item, at..end));
        }
        steps.push(Step::Close);
        steps.push(Step::Close);
    }
}

/// A node one of whose children is its value.
fn valued<'t>((node, kind, role): (Node<'t>, Kind, Role), value: usize, steps: &mut Steps<'t>) {
    steps.push(Step::Open(kind, role, span(node)));
    for (place, child) in children(node).into_iter().enumerate() {
        let role = match place == value {
            true => Role::Value,
            false => Role::Item,
        };
        steps.push(Step::Node(itself(child.node), role));
    }
    steps.push(Step::Close);
}

fn function<'t>(node: Node<'t>, role: Role, steps: &mut Steps<'t>) {
    steps.push(Step::Open(Kind::Function, role, span(node)));
    for child in children(node) {
        let (as_, role) = match child.field {
            Some("name") => (As::Itself, Role::Name),
            Some("parameters") => (As::Itself, Role::Parameters),
            Some("parameter") => (As::Parameters, Role::Parameters),
            Some("body") => (As::Itself, Role::Body),
            Some("return_type") => continue,
            _ => (As::Itself, Role::Item),
        };
        let node = child.node;
        steps.push(Step::Node(Source { node, as_ }, role));
    }
    steps.push(Step::Close);
}

/// `var a = b, c`, which holds in the whole function.
fn function_wide<'t>(node: Node<'t>, role: Role, steps: &mut Steps<'t>) {
    steps.push(Step::Open(Kind::Other, role, span(node)));
    for child in children(node) {
        let as_ = match child.node.kind() {
            "variable_declarator" => As::FunctionWide,
            _ => As::Itself,
        };
        let node = child.node;
        steps.push(Step::Node(Source { node, as_ }, Role::Item));
    }
    steps.push(Step::Close);
}
