//! What is called: names with imports and receivers resolved.

use std::borrow::Cow;

use super::source::Source;
use crate::syntax::program::Bound;
use crate::syntax::program::cst::Id;

/// How many parts of a callee are resolved, and how many names are followed for it.
const MAX_STEPS: usize = 24;

/// What an expression is called by: `huggingface_hub.HfApi().run_job`.
pub(super) fn resolve(source: &Source<'_>, node: Id) -> String {
    Resolver { source }.expression(node, MAX_STEPS)
}

/// The call of `functools.partial` that a name stands for.
pub(super) fn partial(source: &Source<'_>, function: Id) -> Option<Id> {
    let found = source
        .names
        .find(source, &source.dotted(function)?, function)?;
    let Some(Bound::Value(call)) = found.base else {
        return None;
    };
    let callee = source.tree.field(*call, "function")?;
    (resolve(source, callee) == "functools.partial").then_some(*call)
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
        let field = |name| tree.field(node, name);
        match tree.kind(node) {
            "identifier" => self.name(&self.source.string(node), node, steps),
            "attribute" => self.attribute(node, steps),
            "call" => field("function")
                .map_or_else(String::new, |function| self.call(node, function, steps)),
            "subscript" => {
                let value = field("value").map(|value| self.expression(value, steps));
                let key = field("subscript").map(|key| self.key(key));
                format!(
                    "{}.{}",
                    value.unwrap_or_default(),
                    key.as_deref().unwrap_or("*")
                )
            }
            "parenthesized_expression" | "await" | "type" => {
                let inner = tree.only(node);
                inner.map_or_else(String::new, |inner| self.expression(inner, steps))
            }
            "named_expression" => {
                field("value").map_or_else(String::new, |value| self.expression(value, steps))
            }
            // `Path.home() / "x"`
            "binary_operator" if field("operator").is_some_and(|o| tree.kind(o) == "/") => {
                field("left").map_or_else(String::new, |left| self.expression(left, steps))
            }
            "string" | "concatenated_string" => "str".to_owned(),
            "list" | "list_comprehension" => "list".to_owned(),
            "dictionary" | "dictionary_comprehension" => "dict".to_owned(),
            _ => "?".to_owned(),
        }
    }

    fn name(&self, name: &str, node: Id, steps: usize) -> String {
        let found = self.source.names.find(self.source, name, node);
        let resolved = match found.and_then(|found| found.base) {
            Some(Bound::Import(target)) => Some(target.clone()),
            Some(Bound::Value(value)) => self.value(*value, steps),
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
        let tree = &self.source.tree;
        match tree.kind(value) {
            "call" => {
                let function = tree.field(value, "function")?;
                let callee = self.expression(function, steps.checked_sub(1)?);
                if callee == "functools.partial" {
                    let arguments = tree.field(value, "arguments")?;
                    let wrapped = tree.only(arguments)?;
                    return Some(self.expression(wrapped, steps.checked_sub(1)?));
                }
                Some(self.expression(value, steps))
            }
            "identifier"
            | "attribute"
            | "subscript"
            | "await"
            | "parenthesized_expression"
            | "named_expression" => Some(self.expression(value, steps)),
            // `api = api or HfApi()`
            "boolean_operator" => self.value(tree.field(value, "right")?, steps.checked_sub(1)?),
            "conditional_expression" => {
                self.value(tree.items(value).last()?, steps.checked_sub(1)?)
            }
            _ => None,
        }
        .filter(|name| name != "?")
    }

    fn attribute(&self, node: Id, steps: usize) -> String {
        let tree = &self.source.tree;
        if let Some(dotted) = self.source.dotted(node)
            && let Some(found) = self.source.names.find(self.source, &dotted, node)
            && found.base.is_some()
        {
            return self.name(&dotted, node, steps);
        }
        let object = tree
            .field(node, "object")
            .map_or_else(String::new, |object| self.expression(object, steps));
        let attribute = tree
            .field(node, "attribute")
            .map_or_else(Cow::default, |attribute| self.source.string(attribute));
        format!("{object}.{attribute}")
    }

    fn call(&self, node: Id, function: Id, steps: usize) -> String {
        let callee = self.expression(function, steps);
        let mut arguments = self
            .source
            .tree
            .field(node, "arguments")
            .into_iter()
            .flat_map(|arguments| self.source.tree.items(arguments));
        match (callee.as_str(), arguments.next(), arguments.next()) {
            ("getattr", Some(object), Some(name)) => {
                format!("{}.{}", self.expression(object, steps), self.key(name))
            }
            ("__import__" | "importlib.import_module", Some(name), _) => self.key(name),
            _ => callee + "()",
        }
    }

    /// A key or name given as a string.
    fn key(&self, node: Id) -> String {
        match self.source.plain(node) {
            Some(text) => String::from_utf8_lossy(text.bytes()).into_owned(),
            None if self.source.tree.kind(node) == "integer" => {
                self.source.string(node).into_owned()
            }
            None => "*".to_owned(),
        }
    }

    /// Something of a type: `HfApi`, `Optional[HfApi]`, `"HfApi"`, `HfApi | None`.
    fn instance(&self, annotation: Id, steps: usize) -> Option<String> {
        let tree = &self.source.tree;
        let mut node = annotation;
        for _ in 0..8 {
            node = match tree.kind(node) {
                "type" | "union_type" | "parenthesized_expression" => tree.only(node)?,
                "binary_operator" => tree.field(node, "left")?,
                "generic_type" => {
                    let mut parts = tree.items(node);
                    let name = self.source.string(parts.next()?);
                    let parameters = parts.next()?;
                    wraps(&name).then(|| tree.only(parameters))??
                }
                "subscript" => {
                    let name = self.source.string(tree.field(node, "value")?);
                    wraps(&name).then(|| tree.field(node, "subscript"))??
                }
                "identifier" | "attribute" => {
                    return Some(self.expression(node, steps) + "()");
                }
                "string" => {
                    let text = self.source.plain(node)?;
                    let name = String::from_utf8_lossy(text.bytes()).into_owned();
                    return Some(self.name(&name, node, steps.checked_sub(1)?) + "()");
                }
                _ => return None,
            };
        }
        None
    }
}

/// Whether a generic type is as good as its first parameter.
fn wraps(name: &str) -> bool {
    matches!(
        name.rsplit('.').next(),
        Some("Optional" | "Annotated" | "Union")
    )
}
