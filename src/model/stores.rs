//! Files in which credentials are kept: by tools, by git, by people.

use serde::Deserialize;

use super::names::{ClassId, Names};
use super::path::is_like;

/// A file or folder with credentials in it, as a model file says it. Paths end like one of the patterns,
/// whose parts may begin with `*`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct StoreFile {
    /// What it is, for a message.
    pub(super) what: String,
    /// The class of credentials that it keeps, if it is of one.
    #[serde(default)]
    pub(super) of: Option<String>,
    /// How programs and commands name it.
    #[serde(default)]
    path: Vec<String>,
    /// How it is named in a tree where it has no business. The working folder may stand before it.
    #[serde(default)]
    in_tree: Vec<String>,
    /// Of a file in a tree: texts of which a line must hold one. `{hf-token} =` is a key of that class
    /// with a value.
    #[serde(default)]
    holds: Vec<String>,
    /// Of a file in a tree: what the line that is pointed at holds.
    #[serde(default)]
    line: Vec<String>,
    /// Of a file in a tree: whether its first line must be one word.
    #[serde(default)]
    one_word: bool,
    /// What it is.
    #[serde(default)]
    role: Role,
}

/// What a place with credentials is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Role {
    /// A file that a credential is written to, to be found there.
    #[default]
    Store,
    /// A file of settings with credentials among them.
    Settings,
    /// A folder, of which a copy or a mount gives the credentials away.
    Folder,
}

/// The same, ready for use.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    /// What it is, for a message.
    pub(crate) what: String,
    class: Option<ClassId>,
    path: Vec<String>,
    in_tree: Vec<String>,
    /// What a line of it must hold, in a tree.
    pub(crate) holds: Vec<Holds>,
    /// What the line that is pointed at holds; anything, if there is none.
    pub(crate) line: Vec<String>,
    /// Whether its first line must be one word, in a tree.
    pub(crate) one_word: bool,
    role: Role,
}

/// What a line must hold.
#[derive(Clone, Debug)]
pub(crate) enum Holds {
    /// A text.
    Text(String),
    /// A key of a class that is given a value.
    Key(ClassId),
}

impl Store {
    pub(super) fn new(file: StoreFile, names: &Names) -> Result<Self, String> {
        let holds = file.holds.into_iter().map(|text| {
            let class = text
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix("} ="));
            Ok(match class {
                Some(class) => Holds::Key(names.class(class)?),
                None => Holds::Text(text),
            })
        });
        Ok(Self {
            what: file.what,
            class: file.of.map(|class| names.class(&class)).transpose()?,
            path: file.path,
            in_tree: file.in_tree,
            holds: holds.collect::<Result<_, String>>()?,
            line: file.line,
            one_word: file.one_word,
            role: file.role,
        })
    }

    /// Whether a path in a tree is that of such a file.
    pub(crate) fn is_in_tree(&self, path: &str) -> bool {
        self.in_tree.iter().any(|pattern| ends_like(path, pattern))
    }

    /// Whether a program or command that names this path means it.
    pub(crate) fn is_at(&self, path: &str) -> bool {
        let path = path.replace('\\', "/");
        let path = path.trim_end_matches('/');
        self.path.iter().any(|pattern| ends_like(path, pattern))
    }

    /// Whether it is a file where a credential of a class is kept.
    pub(crate) fn keeps(&self, class: ClassId) -> bool {
        self.role == Role::Store && self.class.is_none_or(|known| known == class)
    }

    /// Whether it is a folder that a container must not be shown.
    pub(crate) fn is_mounted(&self) -> bool {
        self.role == Role::Folder
    }

    /// Whether a command names a path to it, and it is one of a class alone.
    pub(crate) fn is_read(&self, command: &str, class: ClassId) -> bool {
        let mut paths = self.path.iter();
        let named = |path: &String| command.contains(path.trim_start_matches('*'));
        self.class == Some(class) && paths.any(named)
    }

    /// Its paths, as far as they are known, as a whole.
    pub(crate) fn paths(&self) -> impl Iterator<Item = String> {
        self.path
            .iter()
            .map(|path| path.trim_start_matches('*').to_owned())
    }
}

/// Whether the last parts of a path are like those of a pattern.
fn ends_like(path: &str, pattern: &str) -> bool {
    let mut parts = path.rsplit(['/', '\\']);
    pattern
        .rsplit('/')
        .all(|wanted| parts.next().is_some_and(|part| is_like(wanted, part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_end_like_patterns() {
        for (path, pattern, like) in [
            ("/root/.cache/huggingface/token", "*huggingface/token", true),
            ("$HF_HOME/token", "*HF_HOME/token", true),
            ("token", "*huggingface/token", false),
            ("a\\huggingface\\token", "*huggingface/token", true),
            ("x/.netrc", ".netrc", true),
            ("x/a.netrc", ".netrc", false),
        ] {
            assert_eq!(ends_like(path, pattern), like, "{path}");
        }
    }
}
