//! How the names of the language are seen.

use crate::syntax::escape::Escapes;
use crate::syntax::program::language::Language;

pub(super) static R: Language = Language {
    name: "r",
    escapes: Escapes::JavaScript,
    assignment_declares: true,
    hoists: false,
    parameters_see_each_other: true,
    members_are_entries: true,
    follows_loops: true,
    joins_parts: true,
    formats_by_operator: false,
    changes_are_settings: false,
    literals_have_types: false,
    has_default_members: false,
    instances: &[],
    constructors: &[],
    globals: &["base.", "utils."],
    environments_have_members: false,
};
