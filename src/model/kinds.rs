//! Kinds of files, told by their paths and their keys: a workflow, a compose file, a manifest. The same
//! fact is a leak in one and nothing in another.

use serde::Deserialize;

use super::names::Names;
use super::path::PathPattern;

/// A kind of file, as a model file says it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct KindFile {
    /// What rules call it.
    name: String,
    /// What else it is: `ci`.
    #[serde(default)]
    also: Vec<String>,
    /// Folders that it may lie in, with both slashes: `/.github/workflows/`.
    #[serde(default)]
    folder: Vec<String>,
    /// Names of such files. `*` stands for any characters.
    #[serde(default)]
    file: Vec<String>,
    /// Names without the ending of YAML, to which something may be added: `compose.gpu.yaml`.
    #[serde(default)]
    stem: Vec<String>,
    /// Whether only YAML is of the kind by its folder.
    #[serde(default)]
    yaml: bool,
    /// Whether only scripts are of the kind by its folder.
    #[serde(default)]
    scripts: bool,
    /// Choices of settings that such a file has; `!` stands before one that it must not have.
    #[serde(default)]
    keys: Vec<Vec<String>>,
    /// With what its first line begins.
    #[serde(default)]
    first_line: Vec<String>,
    /// With what one of its first lines begins.
    #[serde(default)]
    line: Vec<String>,
    /// Whether it runs scripts that lie in files of their own.
    #[serde(default)]
    runs_scripts: bool,
}

/// The same, ready for use.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    /// What rules call it.
    pub(crate) name: String,
    /// What else it is.
    pub(crate) also: Vec<String>,
    /// Whether it runs scripts that lie in files of their own.
    pub(crate) runs_scripts: bool,
    folder: Vec<String>,
    file: Vec<String>,
    stem: Vec<String>,
    yaml: bool,
    scripts: bool,
    keys: Vec<Vec<Key>>,
    first_line: Vec<String>,
    line: Vec<String>,
}

#[derive(Clone, Debug)]
struct Key {
    pattern: PathPattern,
    is_there: bool,
}

/// How much of a file is looked at for its lines, in bytes.
const HEAD: usize = 4096;

impl Kind {
    pub(super) fn new(file: KindFile, names: &Names) -> Result<Self, String> {
        let key = |text: String| {
            let pattern = text.strip_prefix('!');
            Ok(Key {
                is_there: pattern.is_none(),
                pattern: PathPattern::parse(pattern.unwrap_or(&text), names)?,
            })
        };
        let keys = file.keys.into_iter();
        let keys = keys.map(|choice| {
            choice
                .into_iter()
                .map(key)
                .collect::<Result<Vec<_>, String>>()
        });
        Ok(Self {
            name: file.name,
            also: file.also,
            runs_scripts: file.runs_scripts,
            folder: file.folder,
            file: file.file,
            stem: file.stem,
            yaml: file.yaml,
            scripts: file.scripts,
            keys: keys.collect::<Result<_, String>>()?,
            first_line: file.first_line,
            line: file.line,
        })
    }

    /// Whether a file is of this kind by its path, which begins with `/` and is in small letters, and its
    /// name without what copies add.
    pub(crate) fn is_at(&self, path: &str, name: &str) -> bool {
        let stem = name
            .strip_suffix(".yml")
            .or_else(|| name.strip_suffix(".yaml"));
        let in_folder = self
            .folder
            .iter()
            .any(|folder| path.contains(folder.as_str()));
        let named = self
            .file
            .iter()
            .any(|file| super::path::is_like(file, name));
        let stems = stem.is_some_and(|stem| self.stem.iter().any(|base| is_stem(stem, base)));
        let fits = (!self.yaml || stem.is_some()) && (!self.scripts || is_script(name));
        (in_folder && fits) || named || stems
    }

    /// Whether a file is of this kind by its first bytes.
    pub(crate) fn begins(&self, text: &[u8]) -> bool {
        let starts = |line: &[u8], starts: &[String]| {
            starts
                .iter()
                .any(|start| line.starts_with(start.as_bytes()))
        };
        let head = text.get(..text.len().min(HEAD)).unwrap_or_default();
        starts(text, &self.first_line)
            || (!self.line.is_empty()
                && head
                    .split(|b| *b == b'\n')
                    .any(|line| starts(line, &self.line)))
    }

    /// Whether a file is of this kind by the paths of its settings.
    pub(crate) fn has_keys<S: AsRef<str>>(&self, paths: &[Vec<S>], names: &Names) -> bool {
        let holds =
            |key: &Key| paths.iter().any(|path| key.pattern.fits(path, names)) == key.is_there;
        self.keys.iter().any(|choice| choice.iter().all(holds))
    }
}

/// Endings of scripts; one without an ending may be one too.
const SCRIPTS: [&str; 8] = ["sh", "bash", "py", "ps1", "js", "mjs", "ts", "r"];

fn is_script(name: &str) -> bool {
    name.rsplit_once('.')
        .is_none_or(|(_, ending)| SCRIPTS.contains(&ending))
}

/// Whether a name is a base with something added: `compose.gpu`, `values-prod`, `ml.gitlab-ci`.
fn is_stem(stem: &str, base: &str) -> bool {
    let after = stem.strip_prefix(base);
    after.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
        || stem
            .strip_suffix(base.trim_start_matches('.'))
            .is_some_and(|rest| rest.ends_with('.'))
}
