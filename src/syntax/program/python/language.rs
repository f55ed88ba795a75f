//! How the names of the language are seen.

use crate::syntax::escape::Escapes;
use crate::syntax::program::language::Language;

pub(super) static PYTHON: Language = Language {
    name: "python",
    escapes: Escapes::Python,
    assignment_declares: true,
    hoists: false,
    parameters_see_each_other: false,
    members_are_entries: false,
    follows_loops: true,
    joins_parts: false,
    formats_by_operator: true,
    changes_are_settings: false,
    literals_have_types: true,
    has_default_members: false,
    instances: &["self", "cls"],
    constructors: &["__init__"],
    globals: &[],
    environments_have_members: false,
};
