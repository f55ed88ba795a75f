//! The parser's tree, taken apart.

use tree_sitter::Node;

use crate::syntax::Import;
use crate::syntax::program::sitter::{self, children, span};
use crate::syntax::program::tree::{self, Kind, Role, Step};

type Steps<'t> = Vec<Step<Node<'t>>>;

/// Turns a program into our tree.
pub(super) struct Adapter<'s> {
    pub(super) text: &'s [u8],
}

/// Kinds of nodes that become one of ours with the same parts.
fn alike(kind: &str) -> Option<(Kind, &'static [(&'static str, Role)])> {
    Some(match kind {
        "selector_expression" => (
            Kind::Attribute,
            &[("operand", Role::Object), ("field", Role::Member)],
        ),
        "qualified_type" => (
            Kind::Attribute,
            &[("package", Role::Object), ("name", Role::Member)],
        ),
        "index_expression" => (
            Kind::Subscript,
            &[("operand", Role::Object), ("index", Role::Key)],
        ),
        "call_expression" => (
            Kind::Call,
            &[("function", Role::Callee), ("arguments", Role::Arguments)],
        ),
        "argument_list" => (Kind::Arguments, &[]),
        "type_conversion_expression" | "type_assertion_expression" => {
            (Kind::Wrapped, &[("operand", Role::Value)])
        }
        "func_literal" | "function_declaration" | "method_declaration" => (
            Kind::Function,
            &[
                ("name", Role::Name),
                ("parameters", Role::Parameters),
                ("body", Role::Body),
            ],
        ),
        "block"
        | "if_statement"
        | "for_statement"
        | "expression_switch_statement"
        | "type_switch_statement"
        | "select_statement"
        | "expression_case"
        | "type_case"
        | "default_case"
        | "communication_case" => (Kind::Block, &[]),
        _ => return None,
    })
}

impl<'t> tree::Adapter for Adapter<'t> {
    type Node = Node<'t>;

    fn expand(&self, node: Node<'t>, role: Role, steps: &mut Steps<'t>) {
        if let Some((kind, roles)) = alike(node.kind()) {
            sitter::node((node, kind, role), roles, steps, |node| node);
            return;
        }
        let leaf = match node.kind() {
            "identifier" | "type_identifier" | "package_identifier" => Kind::Name,
            "field_identifier" => Kind::Key,
            "int_literal" | "float_literal" | "imaginary_literal" | "rune_literal" | "true"
            | "false" | "iota" => Kind::Literal,
            "nil" => Kind::Null,
            "type_declaration" | "struct_type" | "interface_type" | "type_parameter_list" => {
                Kind::Other
            }
            _ => return self.other(node, role, steps),
        };
        steps.push(Step::Leaf(leaf, role, span(node)));
    }
}

impl<'t> Adapter<'t> {
    fn bytes(&self, node: Node<'_>) -> &[u8] {
        self.text.get(span(node)).unwrap_or_default()
    }

    fn operator(&self, node: Node<'_>) -> &[u8] {
        let operator = node.child_by_field_name("operator");
        operator.map_or(b"", |operator| self.bytes(operator))
    }

    fn other(&self, node: Node<'t>, role: Role, steps: &mut Steps<'t>) {
        match node.kind() {
            "interpreted_string_literal" => {
                sitter::string((node, role), (Kind::Text, 1), steps);
            }
            "raw_string_literal" => sitter::string((node, role), (Kind::RawText, 1), steps),
            "composite_literal" => self.composite(node, role, steps),
            "literal_value" => self.literal((node, role), false, steps),
            "literal_element" | "expression_statement" => {
                steps.extend(
                    children(node)
                        .iter()
                        .map(|child| Step::Node(child.node, role)),
                );
            }
            "statement_list" | "expression_list" | "var_spec_list" | "import_spec_list" => {
                let parts = children(node);
                steps.extend(parts.iter().map(|child| Step::Node(child.node, Role::Item)));
            }
            "slice_expression" => self.slice(node, role, steps),
            "parenthesized_expression" => valued((node, Kind::Wrapped, role), steps),
            "variadic_argument" => valued((node, Kind::Spread, role), steps),
            "pointer_type" => valued((node, Kind::Wrapped, role), steps),
            "return_statement" => {
                steps.push(Step::Open(Kind::Return, role, span(node)));
                let lists = children(node);
                let values = lists.iter().flat_map(|list| children(list.node));
                for (place, value) in values.enumerate() {
                    let role = if place == 0 { Role::Value } else { Role::Item };
                    steps.push(Step::Node(value.node, role));
                }
                steps.push(Step::Close);
            }
            "unary_expression" => {
                let operand = node.child_by_field_name("operand");
                let is_number = operand.is_some_and(|operand| operand.kind().ends_with("_literal"));
                match self.operator(node) {
                    b"&" | b"*" => valued((node, Kind::Wrapped, role), steps),
                    b"-" | b"+" if is_number => {
                        steps.push(Step::Leaf(Kind::Signed, role, span(node)));
                    }
                    _ => sitter::node((node, Kind::Other, role), &[], steps, |node| node),
                }
            }
            "binary_expression" => {
                let kind = match self.operator(node) {
                    b"+" => Kind::Add,
                    _ => Kind::Binary,
                };
                let roles = [("left", Role::Left), ("right", Role::Right)];
                sitter::node((node, kind, role), &roles, steps, |node| node);
            }
            "short_var_declaration" | "range_clause" => {
                self.assignments(Kind::Declaration, node, steps);
            }
            "assignment_statement" => {
                let kind = match self.operator(node) {
                    b"=" => Kind::Assignment,
                    b"+=" => Kind::AddTo,
                    _ => Kind::Change,
                };
                self.assignments(kind, node, steps);
            }
            "var_spec" | "const_spec" => self.assignments(Kind::Declaration, node, steps),
            "parameter_list" => parameters(node, role, steps),
            "import_spec" => self.import(node, steps),
            _ => sitter::node((node, Kind::Other, role), &[], steps, |node| node),
        }
    }

    /// Each name with what it is given. Of several that one call gives, the first is what counts; the
    /// others are errors and the like.
    fn assignments(&self, kind: Kind, node: Node<'t>, steps: &mut Steps<'t>) {
        let parts = children(node);
        let all = |fields: &[&str]| {
            let found = parts
                .iter()
                .filter(|part| part.field.is_some_and(|field| fields.contains(&field)));
            let parts = found.flat_map(|part| match part.node.kind() {
                "expression_list" => children(part.node).iter().map(|part| part.node).collect(),
                _ => vec![part.node],
            });
            parts.collect::<Vec<_>>()
        };
        let targets = all(&["left", "name"]);
        let values = match node.kind() {
            // What a loop gives is not known.
            "range_clause" => Vec::new(),
            _ => all(&["right", "value"]),
        };
        let annotation = node.child_by_field_name("type");
        for (place, target) in targets.iter().enumerate() {
            let value = values.get(place);
            let end = value.map_or(target.end_byte(), Node::end_byte);
            let whole = match targets.len() {
                1 => span(node),
                _ => target.start_byte()..end.max(target.end_byte()),
            };
            steps.push(Step::Open(kind, Role::Item, whole));
            steps.push(Step::Node(*target, Role::Target));
            steps.extend(annotation.map(|annotation| Step::Node(annotation, Role::Type)));
            steps.extend(value.map(|value| Step::Node(*value, Role::Value)));
            steps.push(Step::Close);
        }
        let rest = values.get(targets.len()..).unwrap_or_default();
        steps.extend(rest.iter().map(|value| Step::Node(*value, Role::Item)));
        if node.kind() == "range_clause" {
            let over = node.child_by_field_name("right");
            steps.extend(over.map(|over| Step::Node(over, Role::Item)));
        }
    }

    /// `T{a: b}`, `[]T{a, b}`, `map[string]T{"a": b}`
    fn composite(&self, node: Node<'t>, role: Role, steps: &mut Steps<'t>) {
        let body = node.child_by_field_name("body");
        let made = node.child_by_field_name("type");
        let is_map = made.is_some_and(|made| made.kind() == "map_type");
        match body {
            Some(body) => self.literal((body, role), is_map, steps),
            None => steps.push(Step::Leaf(Kind::Other, role, span(node))),
        }
    }

    /// The elements of a literal. A name is a key of its own in all but maps, where it is a variable.
    fn literal(&self, (node, role): (Node<'t>, Role), is_map: bool, steps: &mut Steps<'t>) {
        let parts = children(node);
        let keyed = parts.iter().any(|part| part.node.kind() == "keyed_element");
        let kind = if keyed { Kind::Map } else { Kind::List };
        steps.push(Step::Open(kind, role, span(node)));
        for part in parts {
            let element = |field| part.node.child_by_field_name(field);
            let (Some(key), Some(value)) = (element("key"), element("value")) else {
                steps.push(Step::Node(part.node, Role::Item));
                continue;
            };
            steps.push(Step::Open(Kind::Pair, Role::Item, span(part.node)));
            let is_name = children(key)
                .first()
                .is_some_and(|inner| inner.node.kind() == "identifier");
            steps.push(match is_name && !is_map {
                true => Step::Leaf(Kind::Key, Role::Key, span(key)),
                false => Step::Node(key, Role::Key),
            });
            steps.push(Step::Node(value, Role::Value));
            steps.push(Step::Close);
        }
        steps.push(Step::Close);
    }

    /// `a[1:2]`
    fn slice(&self, node: Node<'t>, role: Role, steps: &mut Steps<'t>) {
        let whole = span(node);
        steps.push(Step::Open(Kind::Subscript, role, whole.clone()));
        let operand = node.child_by_field_name("operand");
        steps.extend(operand.map(|operand| Step::Node(operand, Role::Object)));
        let start = operand.map_or(whole.start, |operand| operand.end_byte() + 1);
        let end = whole.end.saturating_sub(1).max(start);
        steps.push(Step::Leaf(Kind::Slice, Role::Key, start..end));
        steps.push(Step::Close);
    }

    fn import(&self, node: Node<'t>, steps: &mut Steps<'t>) {
        let Some(path) = node.child_by_field_name("path") else {
            return;
        };
        let path = String::from_utf8_lossy(self.bytes(path));
        let path = path.trim_matches(['"', '`']);
        let name = match node.child_by_field_name("name") {
            Some(name) => String::from_utf8_lossy(self.bytes(name)).into_owned(),
            None => package(path).to_owned(),
        };
        let target = path.to_owned();
        let import = Import { target, name };
        steps.push(Step::Import(span(node), node.end_byte(), import));
    }
}

/// The name of the package at a path: `x` of `example.com/x/v2`.
fn package(path: &str) -> &str {
    let is_version = |part: &&str| {
        let number = part.strip_prefix('v');
        !number.is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
    };
    path.rsplit('/').find(is_version).unwrap_or(path)
}

fn valued<'t>((node, kind, role): (Node<'t>, Kind, Role), steps: &mut Steps<'t>) {
    steps.push(Step::Open(kind, role, span(node)));
    let parts = children(node);
    steps.extend(parts.first().map(|part| Step::Node(part.node, Role::Value)));
    steps.push(Step::Close);
}

/// `(a, b string, c ...int)`
fn parameters<'t>(node: Node<'t>, role: Role, steps: &mut Steps<'t>) {
    steps.push(Step::Open(Kind::Parameters, role, span(node)));
    for declaration in children(node) {
        let declaration = declaration.node;
        if declaration.kind() != "parameter_declaration" {
            steps.push(Step::Leaf(
                Kind::RestParameter,
                Role::Item,
                span(declaration),
            ));
            continue;
        }
        let annotation = declaration.child_by_field_name("type");
        let parts = children(declaration);
        for name in parts.iter().filter(|part| part.field == Some("name")) {
            steps.push(Step::Open(Kind::Parameter, Role::Item, span(name.node)));
            steps.push(Step::Node(name.node, Role::Target));
            steps.extend(annotation.map(|annotation| Step::Node(annotation, Role::Type)));
            steps.push(Step::Close);
        }
    }
    steps.push(Step::Close);
}
