//! What is staged: the index, as against the commit that it will follow. The work tree is not looked
//! at.

use std::collections::HashMap;

use bstr::{BStr, BString, ByteSlice as _, ByteVec as _};
use gix::hash::ObjectId;
use gix::index::entry::{Flags, Mode, Stage};
use gix::index::{File as Index, extension};

use super::commits::Difference;
use super::{Base, Change, GitError, Kind, Reader, Repository, Snapshot, below, renames};
use crate::regular;
use crate::span::Span;

/// How many files of vanished folders are looked at, in search of those that moved.
const VANISHED: usize = 20_000;

/// What is staged.
#[derive(Debug)]
pub(crate) struct Staged {
    /// The files that the next commit would add or change, in order of their paths. After a merge
    /// that waits for its commit, only what differs from every parent.
    pub changes: Vec<Change>,
    /// All files that it will hold.
    pub files: Snapshot,
    /// How many submodules it would add or change.
    pub submodules: u64,
}

impl Repository {
    /// What is staged.
    ///
    /// # Errors
    ///
    /// If the index or the last commit cannot be read.
    pub(crate) fn staged(&self) -> Result<Staged, GitError> {
        let reader = self.reader();
        let Some(index) = self.index()? else {
            // Whoever asks there would hear for ever that all is well.
            if reader.head()?.is_some() && self.inner.work_dir().is_some() {
                return Err(GitError {
                    message: "there is no index of Git, although there are commits".to_owned(),
                    help: Some("git reset makes one".to_owned()),
                });
            }
            if self.inner.work_dir().is_none() {
                return Err(GitError {
                    message: "nothing can be staged in a bare repository".to_owned(),
                    help: Some(
                        "scan what is pushed with --since, or all with --history".to_owned(),
                    ),
                });
            }
            return Ok(Staged {
                changes: Vec::new(),
                files: Snapshot::Commit(None),
                submodules: 0,
            });
        };
        let mut parents = vec![reader.head_tree()?];
        for commit in self.merged()? {
            parents.push(Some(reader.tree_of(commit)?));
        }
        let (head, others) = parents.split_first().unwrap_or((&None, &[]));
        let mut found = Comparison::new(&reader, &index, *head)?.finish()?;
        for other in others.iter().flatten() {
            found.changes = reader.against(found.changes, *other)?;
        }
        renames::pair(&reader, &mut found.changes, &found.vanished);
        Ok(Staged {
            changes: found.changes,
            submodules: found.submodules,
            files: Snapshot::Index(Box::new(index)),
        })
    }

    fn index(&self) -> Result<Option<Index>, GitError> {
        let repository = self.inner.to_thread_local();
        let path = repository.index_path();
        if !path.exists() {
            return Ok(None);
        }
        // Its checksum is not verified: Git itself leaves that to `git fsck`.
        let index = Index::at(
            path,
            repository.object_hash(),
            true,
            gix::index::decode::Options::default(),
        );
        index
            .map(Some)
            .map_err(|error| GitError::because("cannot read Git's index", &error))
    }

    /// The commits that a merge has brought in, if one waits for its commit.
    fn merged(&self) -> Result<Vec<ObjectId>, GitError> {
        let path = self.inner.git_dir().join("MERGE_HEAD");
        let read =
            |error: &dyn std::fmt::Display| GitError::because("cannot read MERGE_HEAD", error);
        if regular::check_if_there(&path, regular::TEXT)
            .map_err(|e| read(&e))?
            .is_none()
        {
            return Ok(Vec::new());
        }
        let text = regular::read(&path, regular::TEXT).map_err(|error| read(&error))?;
        text.lines()
            .map(|line| {
                ObjectId::from_hex(line.trim())
                    .map_err(|error| GitError::because("cannot read MERGE_HEAD", &error))
            })
            .collect()
    }
}

impl Reader {
    /// The tree of the commit that is checked out; none before the first commit.
    fn head_tree(&self) -> Result<Option<ObjectId>, GitError> {
        self.head()?.map(|head| self.tree_of(head)).transpose()
    }
}

/// A comparison of the index with a tree.
struct Comparison<'a> {
    reader: &'a Reader,
    index: &'a Index,
    /// Files of the tree, but for those in folders that the index holds unchanged, and whether the
    /// index has them too.
    files: HashMap<BString, (ObjectId, bool)>,
    /// Submodules of the tree, in the same folders.
    links: HashMap<BString, ObjectId>,
    /// How many submodules are new, or changed.
    submodules: u64,
    /// Entries of the index that are unchanged, as Git noted in it.
    unchanged: Vec<Span>,
}

impl<'a> Comparison<'a> {
    fn new(reader: &'a Reader, index: &'a Index, tree: Option<ObjectId>) -> Result<Self, GitError> {
        let mut comparison = Self {
            reader,
            index,
            files: HashMap::new(),
            links: HashMap::new(),
            submodules: 0,
            unchanged: Vec::new(),
        };
        if let Some(tree) = tree {
            comparison.collect(tree)?;
        }
        comparison.unchanged.sort_by_key(|range| range.start);
        Ok(comparison)
    }

    /// Collects the files of a tree, and passes over the folders that did not change. Git commits
    /// the trees that it notes in the index without a look at the entries below them; so what they
    /// say is what will be committed.
    fn collect(&mut self, root: ObjectId) -> Result<(), GitError> {
        let mut vanished = 0;
        let mut folders = vec![(BString::default(), root, self.index.tree())];
        while let Some((path, tree, noted)) = folders.pop() {
            let mut prefix = path.clone();
            if !prefix.is_empty() {
                prefix.push_byte(b'/');
            }
            let range = self.index.prefixed_entries_range(prefix.as_ref());
            if noted.is_some_and(|noted| noted.num_entries.is_some() && noted.id == tree) {
                self.unchanged.extend(range);
                continue;
            }
            // A folder that is gone is looked into only for files that moved.
            let gone = range.is_none();
            if gone && vanished > VANISHED {
                continue;
            }
            let children = children(noted);
            for entry in self.reader.entries(tree)? {
                vanished += usize::from(gone);
                let path = below(path.as_ref(), entry.name.as_ref())?;
                match entry.kind {
                    Kind::Folder => {
                        let noted = children.get(entry.name.as_bstr()).copied();
                        folders.push((path, entry.id, noted));
                    }
                    Kind::File => {
                        self.files.insert(path, (entry.id, false));
                    }
                    Kind::Submodule => {
                        self.links.insert(path, entry.id);
                    }
                }
            }
        }
        Ok(())
    }

    /// The changes, and the files that are in the tree alone.
    fn finish(mut self) -> Result<Difference, GitError> {
        let mut changes: Vec<Change> = Vec::new();
        let mut at = 0;
        let entries = self.index.entries();
        let all = entries.len()..entries.len();
        for unchanged in std::mem::take(&mut self.unchanged).into_iter().chain([all]) {
            for entry in entries.get(at..unchanged.start).unwrap_or_default() {
                let side = entry.stage();
                // Of a conflict, the common ancestor is no content to come.
                if side == Stage::Base || entry.flags.contains(Flags::INTENT_TO_ADD) {
                    continue;
                }
                let path = entry.path(self.index);
                if entry.mode == Mode::DIR {
                    self.sparse(path, entry.id, &mut changes)?;
                } else if entry.mode != Mode::COMMIT {
                    self.compare(path, entry.id, &mut changes);
                } else if self.links.get(path) != Some(&entry.id) {
                    self.submodules += 1;
                }
            }
            at = at.max(unchanged.end);
        }
        changes.sort_by(|a, b| (&a.path, a.blob).cmp(&(&b.path, b.blob)));
        changes.dedup();
        let vanished = self.files.into_iter().filter(|(_, (_, there))| !there);
        let mut vanished: Vec<_> = vanished.map(|(path, (id, _))| (path, id)).collect();
        vanished.sort();
        Ok(Difference {
            changes,
            vanished,
            submodules: self.submodules,
        })
    }

    fn compare(&mut self, path: &BStr, blob: ObjectId, changes: &mut Vec<Change>) {
        let base = self.files.get_mut(path).map(|(id, there)| {
            *there = true;
            *id
        });
        if base != Some(blob) {
            changes.push(Change {
                path: path.to_owned(),
                blob,
                bases: base.map(Base::here).into_iter().collect(),
            });
        }
    }

    /// Compares a folder that a sparse index holds as one entry.
    fn sparse(
        &mut self,
        path: &BStr,
        tree: ObjectId,
        changes: &mut Vec<Change>,
    ) -> Result<(), GitError> {
        let path = path.strip_suffix(b"/").unwrap_or(path).as_bstr().to_owned();
        let mut folders = vec![(path, tree)];
        while let Some((path, tree)) = folders.pop() {
            for entry in self.reader.entries(tree)? {
                let path = below(path.as_ref(), entry.name.as_ref())?;
                match entry.kind {
                    Kind::Folder => folders.push((path, entry.id)),
                    Kind::File => self.compare(path.as_ref(), entry.id, changes),
                    Kind::Submodule => {}
                }
            }
        }
        Ok(())
    }
}

/// What the index notes of the folders below a folder, by name: there may be very many.
fn children(noted: Option<&extension::Tree>) -> HashMap<&BStr, &extension::Tree> {
    let children = noted.into_iter().flat_map(|noted| &noted.children);
    children
        .map(|child| (child.name.as_slice().as_bstr(), child))
        .collect()
}
