//! What Git tracks, read from a repository's index.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bstr::ByteSlice as _;
use gix::hash::Kind;
use gix::index::entry::{Mode, Stage};

/// A repository with a work tree, and the walked folders in it.
#[derive(Debug)]
pub(super) struct Repository {
    /// Where its index is.
    git_dir: PathBuf,
    /// The root of its files, with links resolved.
    worktree: PathBuf,
    /// Walked folders that lie in it, or that it lies in: as they were given, and resolved.
    folders: Vec<(PathBuf, PathBuf)>,
}

/// The repositories that walked folders lie in, and those that were found below them.
pub(super) fn repositories<'a>(
    folders: impl Iterator<Item = &'a PathBuf> + Clone,
    found: &[PathBuf],
) -> Vec<Repository> {
    let resolved: Vec<(PathBuf, PathBuf)> = folders
        .filter_map(|folder| Some((folder.clone(), folder.canonicalize().ok()?)))
        .collect();
    let mut all = BTreeMap::new();
    for start in resolved.iter().map(|(given, _)| given).chain(found) {
        let Ok((path, _)) = gix::discover::upwards(start) else {
            continue;
        };
        let (git_dir, Some(worktree)) = path.into_repository_and_work_tree_directories() else {
            continue;
        };
        let Ok(worktree) = worktree.canonicalize() else {
            continue;
        };
        let folders = resolved.clone();
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

    /// All files that the index names, each as a walked folder and the way from it. They need not
    /// exist.
    ///
    /// # Errors
    ///
    /// If there is an index that cannot be read.
    pub(super) fn tracked(&self) -> Result<Vec<(&Path, PathBuf)>, String> {
        let path = self.git_dir.join("index");
        if !path.exists() {
            return Ok(Vec::new());
        }
        let read =
            |kind| gix::index::File::at(&path, kind, true, gix::index::decode::Options::default());
        let index = read(Kind::Sha1).or_else(|_| read(Kind::Sha256)).map_err(|error| {
            format!("cannot read Git's index, so files that it tracks and .gitignore names were not \
                     looked for: {error}")
        })?;
        let mut paths = Vec::new();
        for entry in index.entries() {
            let is_file = entry.mode == Mode::FILE || entry.mode == Mode::FILE_EXECUTABLE;
            // Of a conflict, one side is enough: the file on disk is the same.
            let is_there = matches!(
                entry.stage(),
                Stage::Unconflicted | Stage::Ours | Stage::Theirs
            );
            if !is_file || !is_there {
                continue;
            }
            let Some(relative) = local_path(entry.path(&index)) else {
                continue;
            };
            let absolute = self.worktree.join(relative);
            for (given, resolved) in &self.folders {
                if let Ok(below) = absolute.strip_prefix(resolved) {
                    paths.push((given.as_path(), below.to_owned()));
                }
            }
        }
        Ok(paths)
    }
}

/// A path of Git as one of this system.
fn local_path(path: &bstr::BStr) -> Option<PathBuf> {
    path.to_path().ok().map(Path::to_owned)
}
