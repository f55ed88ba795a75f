//! What the evaluator asks about a language: how its names are seen. What its functions do, models say.

use crate::syntax::escape::Escapes;

/// A language.
#[derive(Debug)]
pub(super) struct Language {
    /// What models call it.
    pub(super) name: &'static str,
    pub(super) escapes: Escapes,
    /// Whether an assignment declares a name in the scope that it stands in.
    pub(super) assignment_declares: bool,
    /// Whether functions, classes and imports are there before anything is run.
    pub(super) hoists: bool,
    /// Whether the default of a parameter sees the others.
    pub(super) parameters_see_each_other: bool,
    /// Whether `x.a` is the entry `a` of a map `x`, rather than a name with a dot.
    pub(super) members_are_entries: bool,
    /// Whether the turns of a loop over known things are gone through.
    pub(super) follows_loops: bool,
    /// Whether strings whose parts are all known are one text.
    pub(super) joins_parts: bool,
    /// Whether an operator on a text gives that text, with something put into it.
    pub(super) formats_by_operator: bool,
    /// Whether `x += y` is a setting.
    pub(super) changes_are_settings: bool,
    /// Whether literals are called by their type: `str`, `list`, `dict`.
    pub(super) literals_have_types: bool,
    /// Whether a module's member `default` is the module.
    pub(super) has_default_members: bool,
    /// What the object of the class is called that a function stands in.
    pub(super) instances: &'static [&'static str],
    /// What constructors are called.
    pub(super) constructors: &'static [&'static str],
    /// What stands before the name of a global thing without a meaning.
    pub(super) globals: &'static [&'static str],
    /// Whether environment variables are members of objects that hold them.
    pub(super) environments_have_members: bool,
}

impl Language {
    /// The attribute of `self.x` or `this.x`.
    pub(super) fn of_instance<'n>(&self, name: &'n str) -> Option<&'n str> {
        let (object, attribute) = name.split_once('.')?;
        self.instances.contains(&object).then_some(attribute)
    }
}
