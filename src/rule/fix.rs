//! How a rule mends what it finds: edits of the source, as data.

use serde::Deserialize;

use super::text::Texts;

/// One way to mend a finding. Of several the first counts whose edits all fit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct FixRule {
    /// What it does, in a few words.
    pub says: String,
    /// Whether it may change what the program does, or needs something to be done first.
    #[serde(default, rename = "unsafe")]
    pub is_unsafe: bool,
    /// Files that it is for, by their names; any, if there are none. `*` stands for any characters.
    #[serde(default)]
    pub(crate) file: Texts,
    /// What is replaced.
    #[serde(default)]
    pub edit: Vec<EditRule>,
    /// The map beside the one that holds the entry, into which the entry moves: `secrets`.
    #[serde(default, rename = "move")]
    pub move_to: Option<String>,
    /// Other names of which none may be given.
    #[serde(default)]
    pub(crate) unless: Texts,
    /// Whether the entry must be the only one that is given in its way.
    #[serde(default)]
    pub alone: bool,
    /// A name of Python that the new text needs, with its module: `huggingface_hub.get_token`. `{import}` in
    /// the new text stands for the name.
    #[serde(default)]
    pub import: Option<String>,
}

/// A replacement of what a regular expression matches in a part of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct EditRule {
    /// Where to look.
    pub at: Slot,
    /// The regular expression, over bytes. `{key}` stands for the name of the entry.
    pub from: String,
    /// The new text. `$1` or `${name}` stand for groups, `{key}` for the name of the entry.
    pub to: String,
}

/// A part of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Slot {
    /// The callee, or the command with all its words.
    Subject,
    /// What is reported.
    Entry,
    /// The name of the entry.
    Key,
    /// The value of the entry with its quotes.
    Value,
    /// The whole file; everything that matches is replaced.
    File,
}

impl FixRule {
    /// What is wrong with it.
    pub(super) fn fault(&self) -> Option<String> {
        if self.edit.is_empty() == self.move_to.is_none() {
            return Some("a fix has either `edit` or `move`".to_owned());
        }
        let filled = |edit: &EditRule| edit.from.replace("{key}", "KEY");
        let mut patterns = self.edit.iter().map(filled);
        patterns.find_map(|pattern| match super::compile(&pattern) {
            Err(error) => Some(format!("bad pattern: {error}")),
            Ok(regex) if regex.is_match(b"") => Some(format!("`{pattern}` matches the empty text")),
            Ok(_) => None,
        })
    }
}
