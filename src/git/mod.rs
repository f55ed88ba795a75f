//! What Git holds: staged content, commits, objects. Knows nothing of rules.
//!
//! Objects are read as they are stored: `refs/replace` is not honoured, since it could show another
//! content than the one that gets pushed. Nothing that a repository's configuration names is run.

mod commit;
mod commits;
mod history;
mod large;
mod lfs;
mod lines;
mod objects;
mod open;
pub(crate) mod program;
mod range;
mod refs;
mod renames;
mod revision;
mod since;
mod snapshot;
mod staged;

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice as _};
use gix::hash::ObjectId;

use refs::Backend;

pub(crate) use commit::Commit;
pub(crate) use history::{Filter, History, Name, Range};
pub(crate) use lfs::Pointer;
pub(crate) use lines::{Added, added};
pub(crate) use objects::{Body, Stored};
pub(crate) use since::{Known, Since, Update};
pub(crate) use snapshot::Snapshot;
pub(crate) use staged::Staged;

/// How many bytes of objects that others are stored as changes of a thread keeps.
const BASES: usize = 24 << 20;

/// The longest path, in bytes.
const LONGEST: usize = 1 << 16;

/// How many folders are told apart by their paths.
const WALKED: usize = 20_000;

/// A repository.
#[derive(Debug)]
pub(crate) struct Repository {
    inner: gix::ThreadSafeRepository,
    root: PathBuf,
    backend: Backend,
    /// What names the folders of objects that a push brings; it goes with the repository.
    _quarantine: Option<tempfile::TempDir>,
}

/// A repository, as one thread reads it.
#[derive(Debug)]
pub(crate) struct Reader {
    inner: gix::Repository,
    /// The commits where the history of a shallow clone was cut off.
    shallow: BTreeSet<ObjectId>,
    backend: Backend,
}

/// A file whose content came to be, or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// Its path in the repository.
    pub path: BString,
    /// Its content.
    pub blob: ObjectId,
    /// What it was before: one content for each parent; none if it was not there in one of them.
    pub bases: Vec<Base>,
}

/// What a file was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base {
    /// Its content.
    pub blob: ObjectId,
    /// Its path, if that was another.
    pub path: Option<BString>,
}

impl Base {
    /// What was there at the same path.
    fn here(blob: ObjectId) -> Self {
        Self { blob, path: None }
    }
}

impl Change {
    /// Whether there was nothing at its path.
    #[must_use]
    pub(crate) fn is_at_new_path(&self) -> bool {
        self.bases.iter().all(|base| base.path.is_some())
    }
}

/// Why Git's data could not be read, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct GitError {
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
    /// The folder that paths in the repository are relative to: that of its files or, if it has
    /// none, its own.
    #[must_use]
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The path of a file in it; none if it does not lie in it.
    #[must_use]
    pub(crate) fn below(&self, path: &Path) -> Option<BString> {
        let below = path.strip_prefix(&self.root).ok()?;
        let parts = below.components();
        let parts: Vec<&[u8]> = parts
            .map(|part| part.as_os_str().as_encoded_bytes())
            .collect();
        Some(bstr::join("/", parts).into())
    }

    /// All files at a revision; none is `HEAD`.
    ///
    /// # Errors
    ///
    /// If it names no commit.
    pub(crate) fn at(&self, revision: Option<&str>) -> Result<Snapshot, GitError> {
        let reader = self.reader();
        let commit = match revision {
            Some(revision) => Some(reader.resolve(revision)?),
            None => reader.head()?,
        };
        Ok(Snapshot::Commit(commit))
    }

    /// What all its work trees share.
    fn common_dir(&self) -> &Path {
        let common = self.inner.common_dir.as_deref();
        common.unwrap_or_else(|| self.inner.git_dir())
    }
}

impl Reader {
    /// The content of a file.
    ///
    /// # Errors
    ///
    /// If it is not there, or damaged.
    pub(crate) fn blob(&self, id: ObjectId) -> Result<Vec<u8>, GitError> {
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
    pub(crate) fn small_blob(&self, id: ObjectId, most: u64) -> Result<Option<Vec<u8>>, GitError> {
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
