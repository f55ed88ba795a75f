//! How the names of the language are seen.

use crate::syntax::escape::Escapes;
use crate::syntax::program::language::Language;

pub(super) static JAVASCRIPT: Language = Language {
    name: "javascript",
    escapes: Escapes::JavaScript,
    assignment_declares: false,
    hoists: true,
    parameters_see_each_other: true,
    members_are_entries: true,
    follows_loops: false,
    joins_parts: true,
    formats_by_operator: false,
    changes_are_settings: true,
    literals_have_types: false,
    has_default_members: true,
    instances: &["this"],
    constructors: &["constructor"],
    globals: &["globalThis.", "global.", "window.", "self."],
    environments_have_members: true,
};
