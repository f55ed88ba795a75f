//! What modules give: `import`, `require`, `import(…)`.

use tree_sitter::Node;

use crate::span::Span;
use crate::syntax::Import;
use crate::syntax::program::sitter::{children, span};

/// The names that an import statement gives, and what they stand for. A module that is only run
/// has the name `*`.
pub(super) fn of(text: &[u8], node: Node<'_>) -> Vec<(Span, Import)> {
    let mut imports = Vec::new();
    // `import x = require("m")` has the module further down.
    let module = node.child_by_field_name("source");
    let module = module.map_or_else(String::new, |module| module_of(text, module));
    let mut left = vec![node];
    while let Some(at) = left.pop() {
        let mut add = |node: Node<'_>, name: Node<'_>, target: String| {
            let name = text_of(text, name);
            imports.push((span(node), Import { target, name }));
        };
        for part in children(at) {
            let part = part.node;
            match part.kind() {
                "import_clause" | "named_imports" => left.push(part),
                "identifier" => add(part, part, module.clone()),
                "namespace_import" => {
                    if let Some(name) = children(part).first() {
                        add(part, name.node, module.clone());
                    }
                }
                "import_specifier" => {
                    let Some(given) = part.child_by_field_name("name") else {
                        continue;
                    };
                    let target = match text_of(text, given).as_str() {
                        "default" => module.clone(),
                        name => format!("{module}.{name}"),
                    };
                    add(
                        part,
                        part.child_by_field_name("alias").unwrap_or(given),
                        target,
                    );
                }
                "import_require_clause" => {
                    let required = part.child_by_field_name("source");
                    if let (Some(required), Some(name)) = (required, children(part).first()) {
                        add(part, name.node, module_of(text, required));
                    }
                }
                _ => {}
            }
        }
    }
    if imports.is_empty() && node.child_by_field_name("source").is_some() {
        let name = "*".to_owned();
        let import = Import {
            target: module,
            name,
        };
        imports.push((span(node), import));
    }
    imports
}

fn module_of(text: &[u8], string: Node<'_>) -> String {
    module(&text_of(text, string))
}

/// A name, or what a string holds.
fn text_of(text: &[u8], node: Node<'_>) -> String {
    let written = String::from_utf8_lossy(text.get(span(node)).unwrap_or_default());
    match node.kind() {
        "string" => written.trim_matches(['"', '\'']).to_owned(),
        _ => written.into_owned(),
    }
}

/// A module without what says where it comes from: `node:fs`, `npm:x@1`,
/// `https://esm.sh/@huggingface/inference@2.8.0/+esm`, `./jobs.js`.
pub(in crate::syntax::program) fn module(written: &str) -> String {
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
