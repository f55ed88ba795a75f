//! The catalogue: built-in rules, users' rules, and choosing among them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::file::{self, Source};
use super::{Contexts, Rule};
use crate::model::{Models, ModelsBuilder};
use crate::regular;
use crate::tomlfile::{TomlError, closest, suggestion};

/// The rule files in the binary: family, id, text.
static BUILT_IN: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The folder of models in a folder of rules.
const MODELS: &str = "models";

/// Rules with distinct ids, sorted by id, and the models that they are resolved with.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    rules: Vec<Rule>,
    models: Arc<Models>,
    contexts: Arc<Contexts>,
}

/// What is loaded of each rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// What a scan needs: rules in the binary without examples, and not checked again.
    ForScan,
    /// All of it.
    WithExamples,
}

/// A user's rule file.
struct UserFile {
    path: PathBuf,
    family: String,
    id: String,
    text: String,
}

impl RuleSet {
    /// The rules in the binary, and those in folders of users, with their models.
    ///
    /// # Errors
    ///
    /// If a folder cannot be read or holds neither rules nor models, if a file is no good rule or model, or
    /// if an id is taken.
    pub fn load(folders: &[PathBuf], load: Load) -> Result<Self, TomlError> {
        let mut builder = ModelsBuilder::built_in()?;
        let mut files = Vec::new();
        for folder in folders {
            read_folder(folder, &mut builder, &mut files)?;
        }
        let in_folder = |message: String| TomlError {
            path: folders
                .first()
                .map_or_else(|| "rules".into(), |folder| folder.join(MODELS)),
            line: None,
            message,
        };
        let models = builder.build().map_err(in_folder)?;
        let contexts = Contexts::new(&models).map_err(in_folder)?;
        let mut set = Self::default();
        let of_binary = match load {
            Load::ForScan => file::load_checked,
            Load::WithExamples => file::load,
        };
        let built_in = BUILT_IN.par_iter().map(|(family, id, text)| {
            let path = PathBuf::from(format!("rules/{family}/{id}.toml"));
            let source = Source {
                path: &path,
                family,
                id,
                text,
            };
            let rule = Rule {
                built_in: true,
                ..of_binary(source, &models, &contexts)?
            };
            Ok((path, rule))
        });
        for (path, rule) in built_in.collect::<Result<Vec<_>, TomlError>>()? {
            set.add(rule, &path)?;
        }
        for UserFile {
            path,
            family,
            id,
            text,
        } in &files
        {
            let source = Source {
                path,
                family,
                id,
                text,
            };
            let rule = file::load(source, &models, &contexts)?;
            if rule.meta.response.is_some() {
                return Err(TomlError {
                    path: path.clone(),
                    line: None,
                    message:
                        "`[response]` belongs to rules in the binary: no other may have what it \
                              finds sent anywhere"
                            .to_owned(),
                });
            }
            set.add(rule, path)?;
        }
        set.models = Arc::new(models);
        set.contexts = Arc::new(contexts);
        Ok(set)
    }

    /// The rules in the binary as a scan needs them.
    ///
    /// # Errors
    ///
    /// If a rule file is wrong, which a test rules out.
    pub fn built_in() -> Result<Self, TomlError> {
        Self::load(&[], Load::ForScan)
    }

    /// The rules in the binary with their examples.
    ///
    /// # Errors
    ///
    /// If a rule file is wrong, which a test rules out.
    pub fn built_in_with_examples() -> Result<Self, TomlError> {
        Self::load(&[], Load::WithExamples)
    }

    /// What the rules call things by.
    pub(crate) fn models(&self) -> &Arc<Models> {
        &self.models
    }

    /// The places that the rules may name.
    pub(crate) fn contexts(&self) -> &Arc<Contexts> {
        &self.contexts
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
    pub(crate) fn keep_bytes(&mut self) {
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
    pub(crate) fn closest(&self, id: &str) -> Option<&str> {
        closest(id, self.rules.iter().map(|rule| &*rule.meta.id))
    }
}

/// Reads every `.toml` file in and below a folder: models in its folder `models`, rules elsewhere.
fn read_folder(
    folder: &Path,
    models: &mut ModelsBuilder,
    rules: &mut Vec<UserFile>,
) -> Result<(), TomlError> {
    let unreadable = |path: &Path, error: &io::Error| TomlError {
        path: path.to_owned(),
        line: None,
        message: format!("cannot read rules: {error}"),
    };
    let paths = toml_files(folder).map_err(|error| unreadable(folder, &error))?;
    if paths.is_empty() {
        return Err(TomlError {
            path: folder.to_owned(),
            line: None,
            message: "holds no rule: expected one `.toml` file a rule".to_owned(),
        });
    }
    for path in paths {
        let text = regular::read_text(&path, regular::TEXT);
        let text = text.map_err(|error| unreadable(&path, &error))?;
        if path.starts_with(folder.join(MODELS)) {
            models.add(&path, &text)?;
            continue;
        }
        let family = path.parent().filter(|parent| *parent != folder);
        let family = family.and_then(Path::file_name);
        rules.push(UserFile {
            family: family
                .map_or_else(|| "user".into(), |name| name.to_string_lossy().into_owned()),
            id: path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            path,
            text,
        });
    }
    Ok(())
}

fn toml_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
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
pub(crate) struct Selection {
    /// Only these; all, if empty.
    pub select: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
}

/// A name in a selection that is neither a rule nor a family.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no rule or family `{name}`{suggestion}")]
pub struct SelectionError {
    name: String,
    suggestion: String,
}

impl Selection {
    /// Marks the rules of a set that are selected, in the set's order.
    ///
    /// # Errors
    ///
    /// If a name is neither a rule nor a family: a misspelt rule must not pass as a clean scan.
    pub(crate) fn resolve(&self, set: &RuleSet) -> Result<Vec<bool>, SelectionError> {
        let mut names: BTreeMap<&str, ()> = BTreeMap::new();
        for rule in set.rules() {
            names.insert(&rule.meta.id, ());
            names.insert(&rule.meta.family, ());
        }
        for name in self.select.iter().chain(&self.ignore) {
            if !names.contains_key(name.as_str()) {
                return Err(SelectionError {
                    name: name.clone(),
                    suggestion: suggestion(name, names.keys().copied(), str::to_owned),
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
        assert!(format!("{:?}", scanned.rules) == format!("{:?}", checked.rules));
    }
}
