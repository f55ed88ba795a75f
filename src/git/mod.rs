//! What Git holds: staged content, commits, objects. Knows nothing of rules.
//!
//! Objects are read as they are stored: `refs/replace` is not honoured, since it could show another
//! content than the one that gets pushed. Nothing that a repository's configuration names is run.

mod commits;
mod history;
mod large;
mod lines;
mod objects;
mod renames;
mod snapshot;
mod staged;

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice as _};
use gix::hash::ObjectId;

pub use commits::{Commit, Since};
pub use history::{History, Name, Range};
pub use lines::{Added, added};
pub use objects::{Body, Stored};
pub use snapshot::Snapshot;
pub use staged::Staged;

/// How many bytes of objects that others are stored as changes of a thread keeps.
const BASES: usize = 24 << 20;

/// The longest path, in bytes.
const LONGEST: usize = 1 << 16;

/// How many folders are told apart by their paths.
const WALKED: usize = 20_000;

/// A repository.
#[derive(Debug)]
pub struct Repository {
    inner: gix::ThreadSafeRepository,
    root: PathBuf,
}

/// A repository, as one thread reads it.
#[derive(Debug)]
pub struct Reader {
    inner: gix::Repository,
    /// The commits where the history of a shallow clone was cut off.
    shallow: BTreeSet<ObjectId>,
}

/// A file whose content came to be, or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its path in the repository.
    pub path: BString,
    /// Its content.
    pub blob: ObjectId,
    /// What it was before: one content for each parent; none if it was not there in one of them.
    pub bases: Vec<ObjectId>,
}

/// Why Git's data could not be read, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct GitError {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl GitError {
    fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
        }
    }

    /// An error of the library, and what it hindered.
    fn because(what: &str, error: &dyn std::fmt::Display) -> Self {
        Self::new(format!("{what}: {error}"))
    }
}

impl Repository {
    /// Opens the repository that a folder lies in, or that `GIT_DIR` and its kin name, as they do
    /// while Git runs a hook.
    ///
    /// # Errors
    ///
    /// If there is none, or it cannot be read.
    pub fn open(folder: &Path) -> Result<Self, GitError> {
        // Of the configuration, only what says how objects are stored matters, whoever owns it.
        let options = gix::open::Options::default()
            .permissions(gix::open::Permissions {
                config: gix::open::permissions::Config::isolated(),
                ..gix::open::Permissions::default()
            })
            .filter_config_section(|_| true)
            .config_overrides(["core.useReplaceRefs=false"]);
        let upwards = gix::discover::upwards::Options {
            match_ceiling_dir_or_error: false,
            ..Default::default()
        };
        let trust = gix::sec::trust::Mapping {
            full: options.clone(),
            reduced: options,
        };
        let inner = gix::ThreadSafeRepository::discover_with_environment_overrides_opts(
            folder, upwards, trust,
        )
        .map_err(|error| GitError {
            message: format!("there is no Git repository here: {error}"),
            help: Some("run hfscan in a repository, or scan files: hfscan PATH".to_owned()),
        })?;
        let root = inner.work_dir().unwrap_or_else(|| inner.git_dir());
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        Ok(Self { inner, root })
    }

    /// The folder that paths in the repository are relative to: that of its files or, if it has
    /// none, its own.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A reader for a thread.
    #[must_use]
    pub fn reader(&self) -> Reader {
        let mut inner = self.inner.to_thread_local();
        inner.object_cache_size_if_unset(4 << 20);
        let bases = || gix::odb::pack::cache::lru::MemoryCappedHashmap::new(BASES);
        inner.objects.set_pack_cache(move || Box::new(bases()));
        let shallow = inner.shallow_commits().ok().flatten();
        let shallow = shallow.map(|shallow| shallow.iter().copied().collect());
        Reader {
            inner,
            shallow: shallow.unwrap_or_default(),
        }
    }
}

impl Reader {
    /// The content of a file.
    ///
    /// # Errors
    ///
    /// If it is not there, or damaged.
    pub fn blob(&self, id: ObjectId) -> Result<Vec<u8>, GitError> {
        let mut object = self
            .inner
            .find_object(id)
            .map_err(|error| GitError::because("cannot read it from Git", &error))?;
        Ok(std::mem::take(&mut object.data))
    }

    /// The same, for one that is to be no larger than `most` bytes; none if it is.
    ///
    /// # Errors
    ///
    /// If it is not there, or damaged.
    pub fn small_blob(&self, id: ObjectId, most: u64) -> Result<Option<Vec<u8>>, GitError> {
        let header = self
            .inner
            .find_header(id)
            .map_err(|error| GitError::because("cannot read it from Git", &error))?;
        (header.size() <= most).then(|| self.blob(id)).transpose()
    }

    /// The entries of a folder: name, kind, and what it is.
    fn entries(&self, tree: ObjectId) -> Result<Vec<Entry>, GitError> {
        let read = |error: &dyn std::fmt::Display| {
            GitError::because(&format!("cannot read the tree {tree} from Git"), error)
        };
        let tree = self.inner.find_tree(tree).map_err(|error| read(&error))?;
        tree.iter()
            .map(|entry| {
                let entry = entry.map_err(|error| read(&error))?;
                let mode = entry.mode();
                Ok(Entry {
                    name: entry.filename().to_owned(),
                    kind: if mode.is_tree() {
                        Kind::Folder
                    } else if mode.is_commit() {
                        Kind::Submodule
                    } else {
                        Kind::File
                    },
                    id: entry.oid().to_owned(),
                })
            })
            .collect()
    }

    /// The file at a path below a tree.
    fn lookup(&self, tree: ObjectId, path: &BStr) -> Result<Option<ObjectId>, GitError> {
        let mut at = tree;
        let mut parts = path.split_str("/").peekable();
        while let Some(part) = parts.next() {
            let wanted = if parts.peek().is_some() {
                Kind::Folder
            } else {
                Kind::File
            };
            let entries = self.entries(at)?;
            match entries
                .into_iter()
                .find(|e| e.name == part && e.kind == wanted)
            {
                Some(entry) => at = entry.id,
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }
}

/// What an entry of a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Folder,
    /// A file or a symbolic link, whose content is its target.
    File,
    /// A commit of another repository, whose content is not here.
    Submodule,
}

/// An entry of a folder.
#[derive(Clone, Debug)]
struct Entry {
    name: BString,
    kind: Kind,
    id: ObjectId,
}

/// A path, one step deeper. No honest path is so long that this fails, and copies of longer ones
/// would take all memory.
fn below(folder: &BStr, name: &BStr) -> Result<BString, GitError> {
    let mut path = folder.to_owned();
    if !path.is_empty() {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    if path.len() > LONGEST {
        return Err(GitError::new(format!(
            "a tree holds a path of more than {LONGEST} bytes"
        )));
    }
    Ok(path)
}

/// Folders that were looked into: each once, and, as long as there are not too many, once at every
/// path. A few small trees that hold each other many times stand for more paths than can be walked.
#[derive(Debug, Default)]
struct Seen(HashSet<(ObjectId, BString)>);

impl Seen {
    /// Notes a folder; false if it was looked into before.
    fn insert(&mut self, tree: ObjectId, path: &BStr) -> bool {
        let path = if self.0.len() < WALKED {
            path.to_owned()
        } else {
            BString::default()
        };
        self.0.insert((tree, path))
    }
}
