//! Grammars of the parser. Their names are looked up once, not for every document.

use std::num::NonZero;
use std::sync::LazyLock;

use tree_sitter::Language;

/// JavaScript, with JSX.
pub(crate) static JAVASCRIPT: LazyLock<Grammar> =
    LazyLock::new(|| Grammar::new(tree_sitter_javascript::LANGUAGE.into()));

/// JSON.
pub(crate) static JSON: LazyLock<Grammar> =
    LazyLock::new(|| Grammar::new(tree_sitter_json::LANGUAGE.into()));

/// Python.
pub(crate) static PYTHON: LazyLock<Grammar> =
    LazyLock::new(|| Grammar::new(tree_sitter_python::LANGUAGE.into()));

/// TypeScript without JSX.
pub(crate) static TYPESCRIPT: LazyLock<Grammar> =
    LazyLock::new(|| Grammar::new(tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into()));

/// TypeScript with JSX.
pub(crate) static TSX: LazyLock<Grammar> =
    LazyLock::new(|| Grammar::new(tree_sitter_typescript::LANGUAGE_TSX.into()));

/// A grammar, and what it calls things.
#[derive(Debug)]
pub(crate) struct Grammar {
    pub(crate) language: Language,
    kinds: Vec<String>,
    /// By their numbers, which begin at one.
    fields: Vec<&'static str>,
}

impl Grammar {
    fn new(language: Language) -> Self {
        let kinds = (0..=u16::MAX)
            .map_while(|id| language.node_kind_for_id(id).map(str::to_owned))
            .collect();
        let fields = (1..=u16::MAX)
            .map_while(|id| language.field_name_for_id(id).map(known))
            .collect();
        Self {
            language,
            kinds,
            fields,
        }
    }

    /// What a kind of node is called.
    pub(crate) fn kind(&self, id: u16) -> &str {
        // Errors have the largest number of all.
        let kind = self.kinds.get(usize::from(id));
        kind.map_or("ERROR", String::as_str)
    }

    /// What a field is called; all that no front-end asks for are called the same.
    pub(crate) fn field(&self, id: NonZero<u16>) -> &'static str {
        let field = self.fields.get(usize::from(id.get() - 1));
        field.copied().unwrap_or(OTHER)
    }
}

/// A field that no front-end asks for.
const OTHER: &str = "other";

/// The fields that front-ends ask for.
const FIELDS: [&str; 30] = [
    "alias",
    "alternative",
    "argument",
    "arguments",
    "attribute",
    "body",
    "condition",
    "consequence",
    "constructor",
    "expression",
    "function",
    "index",
    "key",
    "kind",
    "left",
    "module",
    "module_name",
    "name",
    "object",
    "operator",
    "operators",
    "parameter",
    "parameters",
    "pattern",
    "property",
    "right",
    "source",
    "subscript",
    "type",
    "value",
];

/// A field's name for as long as the program runs.
fn known(field: &str) -> &'static str {
    FIELDS
        .binary_search(&field)
        .ok()
        .and_then(|place| FIELDS.get(place).copied())
        .unwrap_or(OTHER)
}
