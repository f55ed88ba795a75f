//! How a rule mends what it finds: edits of the source, as data.

use serde::Deserialize;

use super::text::Texts;
use crate::model::Models;

/// One way to mend a finding. Of several the first counts whose parts all fit.
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
    /// What parts of the finding must look like.
    #[serde(default)]
    pub when: Vec<WhenRule>,
    /// What is replaced.
    #[serde(default)]
    pub edit: Vec<EditRule>,
    /// What is beside the map that holds the entry, and which the entry moves to: `secrets`.
    #[serde(default, rename = "move")]
    pub move_to: Option<String>,
    /// Whether that is a list of names, so that the entry leaves its value behind.
    #[serde(default)]
    pub names: bool,
    /// Whether what is found is taken out: a command of a script, a pair of a Dockerfile's instruction.
    #[serde(default)]
    pub drop: Option<DropRule>,
    /// What is set elsewhere in the file.
    #[serde(default)]
    pub set: Option<SetRule>,
    /// Build secrets of a Dockerfile.
    #[serde(default)]
    pub mount: Option<MountRule>,
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

/// What a part of a finding must look like.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct WhenRule {
    /// Where to look.
    pub at: Slot,
    /// The regular expression, over bytes, that must match. `{key}` stands for the name of the entry.
    #[serde(default)]
    pub is: Option<String>,
    /// Those that must not; `@name` stands for a list of them in a model.
    #[serde(default)]
    pub(crate) not: Texts,
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

/// How a thing is taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct DropRule {
    /// The items of a list that go with a command which is all of their script: `jobs.*.steps.*`.
    #[serde(default)]
    pub(crate) item: Texts,
    /// The names that such an item may have.
    #[serde(default)]
    pub(crate) with: Texts,
}

/// A setting that a fix needs. A `*` in its path is what stands there in the path of the script that has the
/// command.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SetRule {
    /// The path of the setting.
    pub path: String,
    /// Others that serve as well.
    #[serde(default)]
    pub(crate) given: Texts,
    /// The regular expression that must match the command.
    pub from: String,
    /// The value, with `$1` for groups. None if the value is that of another setting.
    #[serde(default)]
    pub to: Option<String>,
    /// Settings of which the first that is there has the value: their paths, with `$1` for groups.
    #[serde(default)]
    pub(crate) of: Texts,
}

/// A build secret for the `RUN` instructions behind a finding, in the same stage.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct MountRule {
    /// The name of the secret, and of the variable; `{key}` stands for the name of the entry.
    pub secret: String,
    /// The regular expression that the instructions match which need it.
    pub at: String,
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
    /// The line that holds what is reported, with its end; what matches must hold all that is reported.
    Line,
    /// The whole file; everything that matches is replaced.
    File,
}

impl FixRule {
    /// Resolves the names of lists in it.
    ///
    /// # Errors
    ///
    /// If a list is named that does not exist.
    pub(super) fn resolve(&mut self, models: &Models) -> Result<(), String> {
        for when in &mut self.when {
            when.not = Texts(when.not.expanded(models)?);
        }
        Ok(())
    }

    /// What is wrong with it.
    pub(super) fn fault(&self) -> Option<String> {
        let ways = [
            !self.edit.is_empty(),
            self.move_to.is_some(),
            self.drop.is_some(),
        ];
        if ways.iter().filter(|way| **way).count() != 1 {
            return Some("a fix has one of `edit`, `move` and `drop`".to_owned());
        }
        let edits = self.edit.iter().map(|edit| &edit.from);
        let set = self.set.iter().map(|set| &set.from);
        let mount = self.mount.iter().map(|mount| &mount.at);
        let when = self.when.iter();
        let when = when.flat_map(|when| when.is.iter().chain(&when.not.0));
        let patterns = edits.chain(set).chain(mount).chain(when);
        let filled = patterns.map(|pattern| pattern.replace("{key}", "KEY"));
        filled
            .into_iter()
            .find_map(|pattern| match super::compile(&pattern) {
                Err(error) => Some(format!("bad pattern: {error}")),
                Ok(regex) if regex.is_match(b"") => {
                    Some(format!("`{pattern}` matches the empty text"))
                }
                Ok(_) => None,
            })
    }
}
