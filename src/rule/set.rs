//! The catalogue: built-in rules, users' rules, and choosing among them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::{Rule, file};
use crate::regular;
use crate::tomlfile::{TomlError, closest};

/// The rule files in the binary: family, id, text.
static BUILT_IN: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// Rules with distinct ids, sorted by id.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    rules: Vec<Rule>,
}

impl RuleSet {
    /// The rules in the binary as a scan needs them: without examples, and not checked again.
    ///
    /// # Errors
    ///
    /// If a rule file is wrong, which a test rules out.
    pub fn built_in() -> Result<Self, TomlError> {
        Self::in_binary(file::load_checked)
    }

    /// The rules in the binary with their examples.
    ///
    /// # Errors
    ///
    /// If a rule file is wrong, which a test rules out.
    pub fn built_in_with_examples() -> Result<Self, TomlError> {
        Self::in_binary(file::load)
    }

    fn in_binary(
        load: fn(&Path, &str, &str, &str) -> Result<Rule, TomlError>,
    ) -> Result<Self, TomlError> {
        let mut set = Self::default();
        for (family, id, text) in BUILT_IN {
            let path = PathBuf::from(format!("rules/{family}/{id}.toml"));
            let rule = Rule {
                built_in: true,
                ..load(&path, family, id, text)?
            };
            set.add(rule, &path)?;
        }
        Ok(set)
    }

    /// Adds every `.toml` file in and below a folder.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read or holds no rule, if a file is no good rule, or if an id is
    /// taken.
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), TomlError> {
        let unreadable = |path: &Path, error: &io::Error| TomlError {
            path: path.to_owned(),
            line: None,
            message: format!("cannot read rules: {error}"),
        };
        let files = rule_files(folder).map_err(|error| unreadable(folder, &error))?;
        if files.is_empty() {
            return Err(TomlError {
                path: folder.to_owned(),
                line: None,
                message: "holds no rule: expected one `.toml` file a rule".to_owned(),
            });
        }
        for path in files {
            let text = regular::read_text(&path, regular::TEXT);
            let text = text.map_err(|error| unreadable(&path, &error))?;
            let id = path.file_stem().unwrap_or_default().to_string_lossy();
            let family = path
                .parent()
                .filter(|parent| *parent != folder)
                .and_then(Path::file_name)
                .map_or("user".into(), |name| name.to_string_lossy());
            self.add(file::load(&path, &family, &id, &text)?, &path)?;
        }
        Ok(())
    }

    fn add(&mut self, rule: Rule, path: &Path) -> Result<(), TomlError> {
        match self
            .rules
            .binary_search_by(|known| known.meta.id.cmp(&rule.meta.id))
        {
            Ok(_) => Err(TomlError {
                path: path.to_owned(),
                line: None,
                message: format!(
                    "there is a rule `{}` already: rename the file",
                    rule.meta.id
                ),
            }),
            Err(at) => {
                self.rules.insert(at, rule);
                Ok(())
            }
        }
    }

    /// All rules, sorted by id.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Leaves of each rule only what it says of bytes, so that no file is parsed: every version of
    /// every file is too much to parse.
    pub fn keep_bytes(&mut self) {
        for rule in &mut self.rules {
            rule.facts.clear();
        }
    }

    /// The rule with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Rule> {
        let at = self
            .rules
            .binary_search_by(|rule| (*rule.meta.id).cmp(id))
            .ok()?;
        self.rules.get(at)
    }

    /// The id that is nearest to a misspelt one.
    #[must_use]
    pub fn closest(&self, id: &str) -> Option<&str> {
        closest(id, self.rules.iter().map(|rule| &*rule.meta.id))
    }
}

fn rule_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .build()
    {
        let path = entry.map_err(io::Error::other)?.into_path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
            && path.is_file()
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Which rules are looked for. Names are rule ids or families.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these; all, if empty.
    pub select: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
}

/// A name in a selection that is neither a rule nor a family.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no rule or family `{name}`{}", .suggestion.as_ref().map(|s| format!("; did you mean `{s}`?")).unwrap_or_default())]
pub struct SelectionError {
    name: String,
    suggestion: Option<String>,
}

impl Selection {
    /// Marks the rules of a set that are selected, in the set's order.
    ///
    /// # Errors
    ///
    /// If a name is neither a rule nor a family: a misspelt rule must not pass as a clean scan.
    pub fn resolve(&self, set: &RuleSet) -> Result<Vec<bool>, SelectionError> {
        let mut names: BTreeMap<&str, ()> = BTreeMap::new();
        for rule in set.rules() {
            names.insert(&rule.meta.id, ());
            names.insert(&rule.meta.family, ());
        }
        for name in self.select.iter().chain(&self.ignore) {
            if !names.contains_key(name.as_str()) {
                let suggestion = closest(name, names.keys().copied()).map(str::to_owned);
                return Err(SelectionError {
                    name: name.clone(),
                    suggestion,
                });
            }
        }
        let names = |list: &[String], rule: &Rule| {
            list.iter()
                .any(|name| **name == *rule.meta.id || *name == rule.meta.family)
        };
        Ok(set
            .rules()
            .iter()
            .map(|rule| {
                (self.select.is_empty() || names(&self.select, rule)) && !names(&self.ignore, rule)
            })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_scans_are_those_that_are_checked() {
        let mut checked = RuleSet::built_in_with_examples().unwrap();
        assert!(checked.rules.len() > 30);
        for rule in &mut checked.rules {
            assert!(!rule.examples.is_empty(), "{}", rule.meta.id);
            rule.examples.clear();
        }
        let scanned = RuleSet::built_in().unwrap();
        assert_eq!(format!("{scanned:?}"), format!("{checked:?}"));
    }
}
