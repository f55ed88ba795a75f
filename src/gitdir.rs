//! The folder in which Git keeps a repository: knowing it, and seeing that what the library of Git reads of
//! it are files. An unpacked archive may hold a repository whose `HEAD` is a device.

use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};

use crate::regular;

/// The largest file that holds a name or a path, in bytes.
const LINE: u64 = 64 << 10;

/// The largest file that grows with a repository, in bytes.
const LARGE: u64 = 1 << 30;

/// The files that are read of a repository, and how large they may be.
const FILES: [(&str, u64); 12] = [
    ("HEAD", LINE),
    ("commondir", LINE),
    ("gitdir", LINE),
    ("config", regular::TEXT),
    ("config.worktree", regular::TEXT),
    ("index", LARGE),
    ("packed-refs", LARGE),
    ("shallow", LARGE),
    ("MERGE_HEAD", LINE),
    ("logs/refs/stash", LARGE),
    ("objects/info/alternates", LINE),
    ("objects/info/commit-graph", LARGE),
];

/// A file that cannot be read as it should be.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}: {error}", path.display())]
pub(crate) struct Unreadable {
    /// Which.
    pub(crate) path: PathBuf,
    /// Why.
    pub(crate) error: io::Error,
}

impl Unreadable {
    fn new(path: PathBuf, error: io::Error) -> Self {
        Self { path, error }
    }
}

/// A repository, by what it keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GitDir {
    /// What belongs to one work tree: `HEAD`, the index.
    pub(crate) own: PathBuf,
    /// What all work trees share: references and objects.
    pub(crate) common: PathBuf,
}

impl GitDir {
    /// The repository that a folder is; none if it is none.
    pub(crate) fn at(own: &Path) -> Option<Self> {
        let head = regular::read(&own.join("HEAD"), LINE).ok()?;
        let names = head.starts_with(b"ref: ")
            || head.trim_ascii().len() >= 40 && head.trim_ascii().iter().all(u8::is_ascii_hexdigit);
        let common = match regular::read_text(&own.join("commondir"), LINE) {
            Ok(path) => own.join(path.trim_end_matches(['\n', '\r'])),
            Err(_) => own.to_owned(),
        };
        let is_one = names && common.join("objects").is_dir() && common.join("refs").is_dir();
        is_one.then(|| Self {
            own: own.to_owned(),
            common,
        })
    }

    /// The repository whose files a folder holds, by its `.git`; none if it holds none.
    pub(crate) fn of(worktree: &Path) -> Option<Self> {
        let git = worktree.join(".git");
        if git.is_dir() {
            return Self::at(&git);
        }
        let text = regular::read_text(&git, LINE).ok()?;
        let path = text
            .strip_prefix("gitdir: ")?
            .trim_end_matches(['\n', '\r']);
        Self::at(&worktree.join(path))
    }

    /// Sees that all that is read of it, before anything is looked for in it, are files.
    pub(crate) fn check(&self) -> Result<(), Unreadable> {
        for (name, most) in FILES {
            let mut folders = vec![&self.own];
            if self.common != self.own {
                folders.push(&self.common);
            }
            for folder in folders {
                let path = folder.join(name);
                regular::check_if_there(&path, most)
                    .map_err(|error| Unreadable::new(path, error))?;
            }
        }
        match self.head() {
            Some(path) => regular::check_if_there(&path, LINE)
                .map(drop)
                .map_err(|error| Unreadable::new(path, error)),
            None => Ok(()),
        }
    }

    /// The file of the branch that is checked out, which need not be there.
    fn head(&self) -> Option<PathBuf> {
        let head = regular::read_text(&self.own.join("HEAD"), LINE).ok()?;
        let name = head.strip_prefix("ref: ")?.trim();
        Some(self.common.join(name))
    }

    /// Whether there was a commit, as far as files tell.
    pub(crate) fn has_commits(&self) -> bool {
        let branch = self.head();
        branch.is_none_or(|branch| branch.exists())
            || self.common.join("packed-refs").exists()
            || self.common.join("reftable").exists()
    }

    /// Sees that all its references are files, and those of its work trees.
    pub(crate) fn check_references(&self) -> Result<(), Unreadable> {
        let mut folders = vec![self.common.join("refs"), self.own.join("refs")];
        folders.dedup();
        for (worktree, _) in list(&self.common.join("worktrees"))? {
            for name in ["HEAD", "commondir", "gitdir"] {
                let path = worktree.join(name);
                check_line(&path).map_err(|error| Unreadable::new(path, error))?;
            }
        }
        while let Some(folder) = folders.pop() {
            for (path, kind) in list(&folder)? {
                if kind.is_dir() {
                    folders.push(path);
                } else if let Err(error) = regular::check_if_there(&path, LINE) {
                    return Err(Unreadable::new(path, error));
                }
            }
        }
        Ok(())
    }
}

/// Sees that what is at a path, if anything, is a file that may hold a name or a path.
pub(crate) fn check_line(path: &Path) -> io::Result<()> {
    regular::check_if_there(path, LINE).map(drop)
}

/// Sees that all objects that a folder holds are files. That takes no call for each.
pub(crate) fn check_objects(folder: &Path) -> Result<(), Unreadable> {
    for (path, kind) in list(folder)? {
        let name = path.file_name().unwrap_or_default();
        if !kind.is_file() && (name.len() == 2 || name == "pack") {
            for (path, kind) in list(&path)? {
                if !kind.is_file() && !kind.is_dir() {
                    regular::check_if_there(&path, u64::MAX)
                        .map_err(|error| Unreadable::new(path, error))?;
                }
            }
        }
    }
    Ok(())
}

/// What lies in a folder, if it is there.
fn list(folder: &Path) -> Result<Vec<(PathBuf, FileType)>, Unreadable> {
    let failed = |error| Unreadable::new(folder.to_owned(), error);
    match folder.read_dir() {
        Ok(entries) => entries
            .map(|entry| entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))))
            .collect::<io::Result<_>>()
            .map_err(failed),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(failed(error)),
    }
}
