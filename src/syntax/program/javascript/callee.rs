//! What is called: names with imports and receivers resolved.

use std::borrow::Cow;

use super::imports;
use super::source::Source;
use crate::syntax::program::Bound;
use crate::syntax::program::cst::Id;

/// How many parts of a callee are resolved, and how many names are followed for it.
const MAX_STEPS: usize = 24;

/// What an expression is called by: `@huggingface/inference.InferenceClient().chat`.
pub(super) fn resolve(source: &Source<'_>, node: Id) -> String {
    global(Resolver { source }.expression(node, MAX_STEPS))
}

/// A name without the global object before it; but for what a static Space shows of its variables,
/// which has it always.
fn global(name: String) -> String {
    let rest = ["globalThis.", "global.", "window.", "self."]
        .iter()
        .find_map(|global| name.strip_prefix(global));
    match rest {
        Some(rest) if rest.starts_with("huggingface.") => format!("window.{rest}"),
        Some(rest) => rest.to_owned(),
        None if name.starts_with("huggingface.variables") => format!("window.{name}"),
        None => name,
    }
}

struct Resolver<'s, 't> {
    source: &'s Source<'t>,
}

impl Resolver<'_, '_> {
    fn expression(&self, node: Id, steps: usize) -> String {
        let written = |steps| self.written(node, steps);
        self.source.callee(node, steps, written)
    }

    fn written(&self, node: Id, steps: usize) -> String {
        let tree = &self.source.tree;
        let node = self.source.bare(node);
        let field = |name| tree.field(node, name);
        match tree.kind(node) {
            "identifier" | "type_identifier" | "shorthand_property_identifier" => {
                self.name(&self.source.string(node), node, steps)
            }
            "this" | "super" | "import" | "meta_property" => self.source.string(node).into_owned(),
            "member_expression" | "nested_type_identifier" | "nested_identifier" => {
                self.member(node, steps)
            }
            "subscript_expression" => {
                let object = field("object").map(|object| self.expression(object, steps));
                let key = field("index").map(|key| self.key(key));
                let key = key.as_deref().unwrap_or("*");
                format!("{}.{key}", object.unwrap_or_default())
            }
            "call_expression" => match imports::loaded(self.source, node) {
                Some(module) => module,
                None => {
                    let function = field("function");
                    let callee = function.map(|function| self.expression(function, steps));
                    called(callee.unwrap_or_default())
                }
            },
            "new_expression" => {
                let made = field("constructor").map(|made| self.expression(made, steps));
                made.unwrap_or_default() + "()"
            }
            "instantiation_expression" => {
                let function = tree.only(node);
                function.map_or_else(String::new, |function| self.expression(function, steps))
            }
            // `window.huggingface?.variables ?? {}`, `api ?? new Api()`
            "binary_expression" | "ternary_expression" => {
                self.value(node, steps).unwrap_or_else(|| "?".to_owned())
            }
            _ => "?".to_owned(),
        }
    }

    fn name(&self, name: &str, node: Id, steps: usize) -> String {
        let found = self.source.names.find(self.source, name, node);
        let resolved = match found.and_then(|found| found.base) {
            Some(Bound::Import(target)) => Some(target.clone()),
            Some(Bound::Value(value)) => self.value(*value, steps),
            Some(Bound::Part(whole, keys, _)) => {
                let loaded = imports::loaded(self.source, self.source.bare(*whole));
                match loaded {
                    Some(module) => Some(imports::member(&module, &keys.join("."))),
                    None => self
                        .value(*whole, steps)
                        // The first of two that a call gives says nothing.
                        .filter(|_| !keys.iter().any(|key| is_place(key)))
                        .map(|whole| format!("{whole}.{}", keys.join("."))),
                }
            }
            Some(Bound::Instance(annotation)) => self.instance(*annotation, steps),
            Some(Bound::Parameter(parameter)) => parameter
                .annotation
                .and_then(|annotation| self.instance(annotation, steps)),
            _ => None,
        };
        resolved.unwrap_or_else(|| name.to_owned())
    }

    /// What a value is called by, if it has a name.
    fn value(&self, value: Id, steps: usize) -> Option<String> {
        let steps = steps.checked_sub(1)?;
        let tree = &self.source.tree;
        let value = self.source.bare(value);
        match tree.kind(value) {
            "call_expression" => {
                let callee = self.expression(value, steps);
                if matches!(callee.as_str(), "util.promisify()" | "promisify()") {
                    let wrapped = tree.only(tree.field(value, "arguments")?)?;
                    return Some(self.expression(wrapped, steps));
                }
                Some(callee)
            }
            "identifier"
            | "member_expression"
            | "subscript_expression"
            | "new_expression"
            | "this" => Some(self.expression(value, steps)),
            "binary_expression" => {
                let field = |name| tree.field(value, name);
                let operator = self.source.bytes(field("operator")?);
                match operator {
                    b"||" | b"??" => self
                        .value(field("left")?, steps)
                        .or_else(|| self.value(field("right")?, steps)),
                    b"&&" => self.value(field("right")?, steps),
                    _ => None,
                }
            }
            "ternary_expression" => {
                let side = |name| self.value(tree.field(value, name)?, steps);
                side("consequence").or_else(|| side("alternative"))
            }
            _ => None,
        }
        .filter(|name| name != "?")
    }

    fn member(&self, node: Id, steps: usize) -> String {
        let tree = &self.source.tree;
        if let Some(name) = self.source.simple(node)
            && let Some(found) = self.source.names.find(self.source, &name, node)
            && !matches!(found.base, None | Some(Bound::Function(_)))
        {
            return self.name(&name, node, steps);
        }
        let object = tree
            .field(node, "object")
            .or_else(|| tree.field(node, "module"));
        let object = object.map_or_else(String::new, |object| self.expression(object, steps));
        let property = tree
            .field(node, "property")
            .or_else(|| tree.field(node, "name"));
        let property = property.map_or_else(Cow::default, |property| self.source.string(property));
        imports::member(&object, &property)
    }

    /// A key or name given as a string.
    fn key(&self, node: Id) -> String {
        match self.source.plain(node) {
            Some(text) => String::from_utf8_lossy(text.bytes()).into_owned(),
            None if self.source.tree.kind(node) == "number" => {
                self.source.string(node).into_owned()
            }
            None => "*".to_owned(),
        }
    }

    /// Something of a type: `Client`, `Promise<Client>`, `Client | null`.
    fn instance(&self, annotation: Id, steps: usize) -> Option<String> {
        let tree = &self.source.tree;
        let mut node = annotation;
        for _ in 0..8 {
            node = match tree.kind(node) {
                "type_annotation" | "union_type" | "parenthesized_type" | "readonly_type" => {
                    tree.only(node)?
                }
                "generic_type" => tree.field(node, "name")?,
                "type_identifier" | "nested_type_identifier" => {
                    return Some(self.expression(node, steps) + "()");
                }
                _ => return None,
            };
        }
        None
    }
}

/// What a call gives, as a name.
fn called(callee: String) -> String {
    callee + "()"
}

fn is_place(key: &str) -> bool {
    key.bytes().all(|b| b.is_ascii_digit())
}
