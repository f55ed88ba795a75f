//! Import statements.

use super::source::Source;
use crate::syntax::Import;
use crate::syntax::program::cst::Id;

/// The names that a statement imports, and what they stand for. `from x import *` is the name `*`.
pub(super) fn of(source: &Source<'_>, node: Id) -> Vec<Import> {
    let tree = &source.tree;
    let module = tree
        .field(node, "module_name")
        .map(|module| compact(source, module));
    let mut imports = Vec::new();
    for child in tree.children(node) {
        if tree.kind(child) == "wildcard_import" {
            imports.push(Import {
                target: format!("{}.*", module.as_deref().unwrap_or_default()),
                name: "*".to_owned(),
            });
        }
        if tree.field_of(child) != Some("name") {
            continue;
        }
        let alias = tree.field(child, "alias");
        let name = compact(source, tree.field(child, "name").unwrap_or(child));
        imports.push(match (&module, alias) {
            (Some(module), alias) => Import {
                target: within(module, &name),
                name: alias.map_or(name, |alias| compact(source, alias)),
            },
            (None, Some(alias)) => Import {
                target: name,
                name: compact(source, alias),
            },
            // `import a.b` gives the name `a`.
            (None, None) => {
                let first = name.split('.').next().unwrap_or_default().to_owned();
                Import {
                    target: first.clone(),
                    name: first,
                }
            }
        });
    }
    imports
}

/// A thing of a module, which may be relative.
fn within(module: &str, name: &str) -> String {
    if module.ends_with('.') {
        format!("{module}{name}")
    } else {
        format!("{module}.{name}")
    }
}

/// A dotted name without white space.
fn compact(source: &Source<'_>, node: Id) -> String {
    let mut name = source.string(node).into_owned();
    name.retain(|c| !c.is_whitespace() && c != '\\');
    name
}
