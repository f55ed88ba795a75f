//! All files as one state of a repository has them: its index, or a commit.

use bstr::{BStr, BString, ByteSlice as _};
use gix::hash::ObjectId;
use gix::index::File as Index;
use gix::index::entry::{Mode, Stage};

use super::{GitError, Kind, Reader, Seen, below};

/// A state of a repository.
#[derive(Debug)]
pub(crate) enum Snapshot {
    /// What its index holds, and so what the next commit will.
    Index(Box<Index>),
    /// What a commit holds; none is nothing.
    Commit(Option<ObjectId>),
}

impl Snapshot {
    /// What is at a path.
    ///
    /// # Errors
    ///
    /// If a tree on the way cannot be read.
    pub(crate) fn find(&self, reader: &Reader, path: &BStr) -> Result<Option<ObjectId>, GitError> {
        let index = match self {
            Self::Index(index) => index,
            Self::Commit(None) => return Ok(None),
            Self::Commit(Some(commit)) => return reader.lookup(reader.tree_of(*commit)?, path),
        };
        for side in [Stage::Unconflicted, Stage::Ours, Stage::Theirs] {
            if let Some(entry) = index.entry_by_path_and_stage(path, side) {
                let is_file = entry.mode != Mode::COMMIT && entry.mode != Mode::DIR;
                return Ok(is_file.then_some(entry.id));
            }
        }
        // A sparse index has a folder as one entry, whose path ends with a slash.
        for slash in path.find_iter(b"/") {
            let (folder, rest) = path.split_at(slash + 1);
            let entry = index.entry_by_path_and_stage(folder.as_bstr(), Stage::Unconflicted);
            if let Some(entry) = entry.filter(|entry| entry.mode == Mode::DIR) {
                return reader.lookup(entry.id, rest.as_bstr());
            }
        }
        Ok(None)
    }

    /// The files whose paths are wanted, in no order.
    ///
    /// # Errors
    ///
    /// If a tree cannot be read.
    pub(crate) fn files(
        &self,
        reader: &Reader,
        wanted: impl Fn(&BStr) -> bool,
    ) -> Result<Vec<(BString, ObjectId)>, GitError> {
        let mut files = Vec::new();
        let mut folders = Vec::new();
        match self {
            Self::Commit(None) => {}
            Self::Commit(Some(commit)) => {
                folders.push((BString::default(), reader.tree_of(*commit)?));
            }
            Self::Index(index) => {
                for entry in index.entries() {
                    let path = entry.path(index);
                    if entry.mode == Mode::DIR {
                        let path = path.strip_suffix(b"/").unwrap_or(path);
                        folders.push((path.into(), entry.id));
                    } else if entry.mode != Mode::COMMIT
                        && entry.stage() != Stage::Base
                        && wanted(path)
                    {
                        files.push((path.to_owned(), entry.id));
                    }
                }
            }
        }
        let mut seen = Seen::default();
        while let Some((path, tree)) = folders.pop() {
            if !seen.insert(tree, path.as_ref()) {
                continue;
            }
            for entry in reader.entries(tree)? {
                let path = below(path.as_ref(), entry.name.as_ref())?;
                match entry.kind {
                    Kind::Folder => folders.push((path, entry.id)),
                    Kind::File if wanted(path.as_ref()) => files.push((path, entry.id)),
                    Kind::File | Kind::Submodule => {}
                }
            }
        }
        Ok(files)
    }
}
