//! What Git tracks, read from a repository's index.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bstr::ByteSlice as _;
use gix::hash::Kind;
use gix::index::entry::{Mode, Stage};

use crate::gitdir::GitDir;

/// A repository with a work tree, and the walked folders in it.
#[derive(Debug)]
pub(super) struct Repository {
    git_dir: GitDir,
    /// The root of its files, with links resolved.
    worktree: PathBuf,
    /// Walked folders that lie in it, or that it lies in: as they were given, and resolved.
    folders: Vec<(PathBuf, PathBuf)>,
}

/// What the index of a repository names in the walked folders.
#[derive(Debug, Default)]
pub(super) struct Tracked<'a> {
    /// Files, each as a walked folder and the way from it. They need not exist.
    pub(super) files: Vec<(&'a Path, PathBuf)>,
    /// Submodules whose files are not here.
    pub(super) absent: u64,
}

/// The repositories that walked folders lie in, and those that were found below them.
pub(super) fn repositories<'a>(
    folders: impl Iterator<Item = &'a PathBuf> + Clone,
    found: &[PathBuf],
) -> Vec<Repository> {
    let resolved: Vec<(PathBuf, PathBuf)> = folders
        .filter_map(|folder| Some((folder.clone(), folder.canonicalize().ok()?)))
        .collect();
    let found: Vec<PathBuf> = found.iter().filter_map(|f| f.canonicalize().ok()).collect();
    let mut all = BTreeMap::new();
    for start in resolved.iter().map(|(_, resolved)| resolved).chain(&found) {
        let mut above = start.ancestors();
        let repository = above.find_map(|folder| Some((folder, GitDir::of(folder)?)));
        let Some((worktree, git_dir)) = repository else {
            continue;
        };
        let folders = resolved.clone();
        let worktree = worktree.to_owned();
        all.entry(worktree.clone()).or_insert(Repository {
            git_dir,
            worktree,
            folders,
        });
    }
    all.into_values().collect()
}

impl Repository {
    /// The root of its files.
    pub(super) fn worktree(&self) -> &Path {
        &self.worktree
    }

    /// What the index names.
    ///
    /// # Errors
    ///
    /// If there is an index that cannot be read, or none although there should be.
    pub(super) fn tracked(&self) -> Result<Tracked<'_>, String> {
        let unknown = |why: &dyn std::fmt::Display| {
            format!(
                "cannot read Git's index, so files that it tracks and .gitignore names were not \
                 looked for: {why}"
            )
        };
        self.git_dir.check().map_err(|error| unknown(&error))?;
        let path = self.git_dir.own.join("index");
        if !path.exists() {
            if self.git_dir.has_commits() {
                return Err(unknown(&"there is none; git reset makes one"));
            }
            return Ok(Tracked::default());
        }
        let read =
            |kind| gix::index::File::at(&path, kind, true, gix::index::decode::Options::default());
        let index = read(Kind::Sha1).or_else(|_| read(Kind::Sha256));
        let index = index.map_err(|error| unknown(&error))?;
        let mut tracked = Tracked::default();
        for entry in index.entries() {
            // Of a conflict, one side is enough: the file on disk is the same.
            let is_there = matches!(
                entry.stage(),
                Stage::Unconflicted | Stage::Ours | Stage::Theirs
            );
            let is_submodule = entry.mode == Mode::COMMIT;
            let is_file = entry.mode == Mode::FILE || entry.mode == Mode::FILE_EXECUTABLE;
            if !is_there || !(is_file || is_submodule) {
                continue;
            }
            let Ok(relative) = entry.path(&index).to_path() else {
                continue;
            };
            let absolute = self.worktree.join(relative);
            let mut folders = self.folders.iter();
            if is_submodule {
                let is_walked = folders.any(|(_, resolved)| absolute.starts_with(resolved));
                tracked.absent += u64::from(is_walked && !absolute.join(".git").exists());
                continue;
            }
            for (given, resolved) in folders {
                if let Ok(below) = absolute.strip_prefix(resolved) {
                    tracked.files.push((given.as_path(), below.to_owned()));
                }
            }
        }
        Ok(tracked)
    }
}
