//! Where programs read environment variables.

use super::source::Source;
use crate::syntax::Value;
use crate::syntax::program::cst::Id;

/// Objects and modules whose members are environment variables, the last of them in all clients.
const ROOTS: [&str; 11] = [
    "process.env",
    "import.meta.env",
    "Bun.env",
    "$env/static/public",
    "$env/static/private",
    "$env/dynamic/public.env",
    "$env/dynamic/private.env",
    "astro:env/client",
    "astro:env/server",
    "Deno.env",
    VARIABLES,
];

/// What a static Space shows of its variables and secrets to everybody.
const VARIABLES: &str = "window.huggingface.variables";

/// An environment, or a variable of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read<'n> {
    /// The environment.
    pub(super) root: &'static str,
    /// The variable.
    pub(super) name: Option<&'n str>,
}

/// What a resolved name reads from an environment.
pub(super) fn read(name: &str) -> Option<Read<'_>> {
    let (root, rest) = ROOTS
        .iter()
        .find_map(|root| Some((*root, name.strip_prefix(root)?)))?;
    if rest.is_empty() {
        return Some(Read { root, name: None });
    }
    let variable = rest.strip_prefix('.')?;
    let is_method = root == "Deno.env" || variable.ends_with("()");
    (!variable.is_empty() && !variable.contains('.') && !is_method).then_some(Read {
        root,
        name: Some(variable),
    })
}

/// A resolved name as a value.
pub(super) fn named(name: String) -> Value {
    match read(&name) {
        _ if name == "?" => Value::Unknown,
        Some(Read {
            root: VARIABLES, ..
        })
        | None => Value::Name(name),
        Some(Read { name: None, .. }) => Value::WholeEnvironment,
        Some(Read {
            name: Some(variable),
            ..
        }) => Value::Environment(variable.to_owned(), None),
    }
}

/// Whether a member expression is read rather than assigned to.
pub(super) fn is_read(source: &Source<'_>, node: Id) -> bool {
    let tree = &source.tree;
    let assigned = tree
        .parent(node)
        .is_some_and(|parent| tree.kind(parent) == "assignment_expression");
    !(assigned && tree.field_of(node) == Some("left"))
}
