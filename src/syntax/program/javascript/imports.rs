//! What modules give: `import`, `require`, `import(…)`.

use super::source::Source;
use crate::syntax::Import;
use crate::syntax::program::cst::Id;

/// The names that an import statement gives, and what they stand for. A module that is only run
/// has the name `*`.
pub(super) fn of(source: &Source<'_>, node: Id) -> Vec<Import> {
    let tree = &source.tree;
    let mut imports = Vec::new();
    // `import x = require("m")` has the module further down.
    let mut left = vec![(node, String::new())];
    if let Some(module) = tree.field(node, "source") {
        left = vec![(node, module_of(source, module))];
    }
    let mut add = |name: Id, target: String| {
        let name = source.string(name).into_owned();
        imports.push(Import { target, name });
    };
    while let Some((at, module)) = left.pop() {
        for part in tree.items(at) {
            match tree.kind(part) {
                "import_clause" | "named_imports" => left.push((part, module.clone())),
                "identifier" => add(part, module.clone()),
                "namespace_import" => {
                    if let Some(name) = tree.only(part) {
                        add(name, module.clone());
                    }
                }
                "import_specifier" => {
                    let Some(given) = tree.field(part, "name") else {
                        continue;
                    };
                    let target = member(&module, &text_of(source, given));
                    add(tree.field(part, "alias").unwrap_or(given), target);
                }
                "import_require_clause" => {
                    let required = tree.field(part, "source");
                    let name = tree.items(part).next();
                    if let (Some(required), Some(name)) = (required, name) {
                        add(name, module_of(source, required));
                    }
                }
                _ => {}
            }
        }
    }
    if imports.is_empty()
        && let Some(module) = tree.field(node, "source")
    {
        let target = module_of(source, module);
        let name = "*".to_owned();
        imports.push(Import { target, name });
    }
    imports
}

/// The module that a call of `require` or `import` loads.
pub(super) fn loaded(source: &Source<'_>, call: Id) -> Option<String> {
    let function = source.tree.field(call, "function")?;
    if !matches!(source.bytes(function), b"require" | b"import") {
        return None;
    }
    let first = source.tree.only(source.tree.field(call, "arguments")?)?;
    source.plain(first).map(|_| module_of(source, first))
}

/// Something that a module gives.
pub(super) fn member(module: &str, name: &str) -> String {
    match name {
        "default" => module.to_owned(),
        _ => format!("{module}.{name}"),
    }
}

fn module_of(source: &Source<'_>, string: Id) -> String {
    module(&text_of(source, string))
}

fn text_of(source: &Source<'_>, node: Id) -> String {
    match source.plain(node) {
        Some(text) => String::from_utf8_lossy(text.bytes()).into_owned(),
        None => source.string(node).into_owned(),
    }
}

/// A module without what says where it comes from: `node:fs`, `npm:x@1`,
/// `https://esm.sh/@huggingface/inference@2.8.0/+esm`, `./jobs.js`.
fn module(written: &str) -> String {
    let mut name = written;
    for scheme in ["node:", "npm:", "jsr:"] {
        name = name.strip_prefix(scheme).unwrap_or(name);
    }
    let address = name
        .strip_prefix("https://")
        .or_else(|| name.strip_prefix("http://"));
    if let Some((_, path)) = address.and_then(|address| address.split_once('/')) {
        name = path;
        for folder in ["npm/", "gh/", "v135/", "pin/"] {
            name = name.strip_prefix(folder).unwrap_or(name);
        }
        name = name.split(['?', '#']).next().unwrap_or(name);
        name = name.strip_suffix("/+esm").unwrap_or(name);
    }
    if name.starts_with('.') {
        for ending in [".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx"] {
            if let Some(stem) = name.strip_suffix(ending) {
                return stem.to_owned();
            }
        }
        return name.to_owned();
    }
    // A version stands behind an `@` that is not the first character.
    let version = name.get(1..).and_then(|rest| rest.find('@'));
    let Some((package, rest)) = version.and_then(|at| name.split_at_checked(at + 1)) else {
        return name.to_owned();
    };
    let below = rest.find('/').and_then(|at| rest.get(at..));
    format!("{package}{}", below.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_have_one_name() {
        for (written, name) in [
            ("node:child_process", "child_process"),
            ("@huggingface/hub", "@huggingface/hub"),
            ("npm:@huggingface/hub@1.2.3", "@huggingface/hub"),
            (
                "https://esm.sh/@huggingface/inference",
                "@huggingface/inference",
            ),
            (
                "https://cdn.jsdelivr.net/npm/@huggingface/inference@2.8.0/+esm",
                "@huggingface/inference",
            ),
            ("zx@8/globals", "zx/globals"),
            ("./jobs.js", "./jobs"),
            ("", ""),
            ("é@1", "é@1"),
        ] {
            assert_eq!(module(written), name);
        }
    }
}
