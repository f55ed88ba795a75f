//! What a commit changes.

use std::collections::BTreeMap;

use bstr::BString;
use gix::hash::ObjectId;

use super::{Base, Change, Commit, Entry, GitError, Kind, Reader, Seen, below, renames};

/// How many files of vanished folders are looked at, in search of those that moved.
const VANISHED: usize = 20_000;

/// What trees differ in.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// Files that are new, or changed.
    pub(super) changes: Vec<Change>,
    /// Files that are there no more.
    pub(super) vanished: Vec<(BString, ObjectId)>,
    /// How many submodules are new, or changed.
    pub(super) submodules: u64,
}

impl Reader {
    /// What a commit changes; a merge, only what differs from every parent.
    pub(super) fn changes_of(
        &self,
        commit: &Commit,
        added: &mut Seen,
    ) -> Result<Difference, GitError> {
        let mut parents = Vec::new();
        for parent in &commit.parents {
            parents.push(self.tree_of(*parent)?);
        }
        let first = parents.first().copied();
        let mut found = self.difference(first, commit.tree, added)?;
        for other in parents.iter().skip(1) {
            found.changes = self.against(found.changes, *other)?;
        }
        renames::pair(self, &mut found.changes, &found.vanished);
        Ok(found)
    }

    /// Leaves out of changes what is the same in another parent.
    pub(super) fn against(
        &self,
        changes: Vec<Change>,
        parent: ObjectId,
    ) -> Result<Vec<Change>, GitError> {
        let mut left = Vec::new();
        for mut change in changes {
            let base = self.lookup(parent, change.path.as_ref())?;
            if base != Some(change.blob) {
                change.bases.extend(base.map(Base::here));
                left.push(change);
            }
        }
        Ok(left)
    }

    /// The files that two trees do not share: those that the new one adds or changes, and those
    /// that are in the old one alone. Folders that are wholly new are noted in `added`, and looked
    /// into once.
    fn difference(
        &self,
        old: Option<ObjectId>,
        new: ObjectId,
        added: &mut Seen,
    ) -> Result<Difference, GitError> {
        let mut found = Difference::default();
        let mut folders = vec![(BString::default(), old, Some(new))];
        while let Some((path, old, new)) = folders.pop() {
            let seen = |new, added: &mut Seen| !added.insert(new, path.as_ref());
            if old == new || (old.is_none() && new.is_some_and(|new| seen(new, added))) {
                continue;
            }
            if new.is_none() && found.vanished.len() > VANISHED {
                continue;
            }
            let read = |tree: Option<ObjectId>| tree.map_or(Ok(Vec::new()), |t| self.entries(t));
            let named = |entries: Vec<Entry>| -> BTreeMap<BString, Entry> {
                let named = entries.into_iter().map(|entry| (entry.name.clone(), entry));
                named.collect()
            };
            let mut before = named(read(old)?);
            for (name, entry) in named(read(new)?) {
                let was = before.remove(&name);
                let was_submodule = was.clone().filter(|was| was.kind == Kind::Submodule);
                let was_folder = was.clone().filter(|was| was.kind == Kind::Folder);
                let was_file = was.filter(|was| was.kind == Kind::File).map(|was| was.id);
                let path = below(path.as_ref(), name.as_ref())?;
                match entry.kind {
                    Kind::Folder => {
                        found.vanished.extend(was_file.map(|id| (path.clone(), id)));
                        folders.push((path, was_folder.map(|was| was.id), Some(entry.id)));
                    }
                    Kind::File => {
                        if let Some(was) = was_folder {
                            folders.push((path.clone(), Some(was.id), None));
                        }
                        if was_file != Some(entry.id) {
                            found.changes.push(Change {
                                path,
                                blob: entry.id,
                                bases: was_file.map(Base::here).into_iter().collect(),
                            });
                        }
                    }
                    Kind::Submodule => {
                        let is_new = was_submodule.is_none_or(|was| was.id != entry.id);
                        found.submodules += u64::from(is_new);
                    }
                }
            }
            for (name, was) in before {
                let path = below(path.as_ref(), name.as_ref())?;
                match was.kind {
                    Kind::Folder => folders.push((path, Some(was.id), None)),
                    Kind::File => found.vanished.push((path, was.id)),
                    Kind::Submodule => {}
                }
            }
        }
        found.changes.sort_by(|a, b| a.path.cmp(&b.path));
        found.vanished.sort();
        Ok(found)
    }
}
