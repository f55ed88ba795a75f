//! What commits of a range add, and what goes out with a push.

use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bstr::{BStr, BString, ByteSlice as _};
use gix::hash::ObjectId;
use gix::objs::Kind as ObjectKind;

use super::{Change, Commit, Entry, GitError, Kind, Reader, Repository, Seen, Snapshot, below};

/// Of how many branches that are pushed at once it is looked up what they hold today.
const TIPS: usize = 8;

/// What is new, and what it adds.
#[derive(Debug)]
pub(crate) struct Since {
    /// The commits, parents before children.
    pub commits: Vec<Commit>,
    /// What each of them changes, by its place among them.
    pub changes: Vec<(usize, Change)>,
    /// Tags with messages.
    pub tags: Vec<ObjectId>,
    /// Files that references or tags name without a commit, and under which name.
    pub files: Vec<(BString, ObjectId)>,
    /// The names of what is pushed.
    pub names: Vec<BString>,
    /// How many submodules are new, or changed.
    pub submodules: u64,
    /// The last commits; their files are what is there today.
    pub tips: Vec<ObjectId>,
}

/// Which commits another repository has already.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Known<'a> {
    /// Those that are reached by what was fetched from a remote repository or, without a name, from any.
    Remote(Option<&'a BStr>),
    /// Those that references reach.
    Referenced,
}

/// A reference that is pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Update {
    /// Its name on the other side.
    pub name: BString,
    /// What it is to name; a name of the object in hex, or a revision.
    pub tip: String,
    /// What it names there until then, if it is there.
    pub before: Option<String>,
}

/// What references name, tags followed.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) commits: Vec<ObjectId>,
    pub(super) tags: BTreeSet<ObjectId>,
    pub(super) trees: Vec<(BString, ObjectId)>,
    pub(super) blobs: Vec<(BString, ObjectId)>,
}

impl Repository {
    /// What the commits add that are reachable from `HEAD` and not from a revision or, if that is a
    /// range `A..B`, from `B` and not from `A`.
    ///
    /// # Errors
    ///
    /// If the revision, or a commit between, is not here.
    pub(crate) fn since(&self, revision: &str) -> Result<Since, GitError> {
        let reader = self.reader();
        let (revision, tip) = ends(revision);
        let base = reader.resolve(revision)?;
        let head = match tip {
            Some(tip) => reader.resolve(tip)?,
            None => reader.head()?.ok_or_else(|| {
                GitError::new("there is no commit yet, so nothing was added since another")
            })?,
        };
        let ids = reader.between(&[head], &[base])?;
        if ids.iter().any(|id| reader.shallow.contains(id)) {
            return Err(reader.no_fork(revision));
        }
        let since = reader.since(&ids, vec![head])?;
        let new: HashSet<ObjectId> = ids.iter().copied().collect();
        let mut parents = since.commits.iter().flat_map(|commit| &commit.parents);
        if !ids.is_empty() && parents.all(|parent| new.contains(parent)) {
            return Err(reader.no_fork(revision));
        }
        Ok(since)
    }

    /// What a push adds to a repository: commits that it does not have, what tags say, and whatever else
    /// references name.
    ///
    /// # Errors
    ///
    /// If something of it is not here.
    pub(crate) fn pushed(&self, updates: &[Update], known: Known<'_>) -> Result<Since, GitError> {
        let reader = self.reader();
        let mut new = Named::default();
        let mut old = Named::default();
        for update in updates {
            let missing = || GitError::new(format!("there is no object `{}` here", update.tip));
            let tip = reader.object(&update.tip).ok_or_else(missing)?;
            reader.name(tip, update.name.as_ref(), &mut new)?;
            // What was never fetched says nothing about what is new.
            let before = update
                .before
                .as_ref()
                .and_then(|before| reader.object(before));
            if let Some(before) = before.filter(|id| reader.has(*id)) {
                reader.name(before, update.name.as_ref(), &mut old)?;
            }
        }
        for (name, id) in reader.references()? {
            let is_known = match known {
                Known::Referenced => true,
                Known::Remote(remote) => name.strip_prefix(b"refs/remotes/").is_some_and(|rest| {
                    remote.is_none_or(|remote| {
                        let rest = rest.strip_prefix(remote.as_bytes());
                        rest.is_some_and(|rest| rest.starts_with(b"/"))
                    })
                }),
            };
            if is_known && Reader::is_branch(name.as_ref()) {
                old.commits.push(id);
            } else if is_known {
                reader.name(id, name.as_ref(), &mut old)?;
            }
        }
        let ids = reader.between(&new.commits, &old.commits)?;
        let mut since = reader.since(&ids, new.commits)?;
        since.tags = new.tags.difference(&old.tags).copied().collect();
        since.files = new.blobs;
        for (name, tree) in new.trees {
            reader.files_below(name, tree, &mut since.files)?;
        }
        since.names = updates.iter().map(|update| update.name.clone()).collect();
        Ok(since)
    }
}

/// Both ends of a range; a revision alone is where it begins. What `git diff` means by three dots is
/// what is meant here by two as well.
fn ends(revision: &str) -> (&str, Option<&str>) {
    match revision.split_once("..") {
        Some((base, tip)) => {
            let tip = tip.strip_prefix('.').unwrap_or(tip);
            (base, Some(tip).filter(|tip| !tip.is_empty()))
        }
        None => (revision, None),
    }
}

impl Reader {
    /// What some commits change.
    fn since(&self, ids: &[ObjectId], tips: Vec<ObjectId>) -> Result<Since, GitError> {
        let mut since = Since {
            commits: Vec::new(),
            changes: Vec::new(),
            tags: Vec::new(),
            files: Vec::new(),
            names: Vec::new(),
            submodules: 0,
            tips,
        };
        let mut added = Seen::default();
        for id in ids {
            let commit = self.commit(*id)?;
            let found = self.changes_of(&commit, &mut added)?;
            let number = since.commits.len();
            let changes = found.changes.into_iter();
            since.changes.extend(changes.map(|change| (number, change)));
            since.submodules += found.submodules;
            since.commits.push(commit);
        }
        Ok(since)
    }

    /// Follows tags to what they name.
    pub(super) fn name(
        &self,
        mut id: ObjectId,
        name: &BStr,
        named: &mut Named,
    ) -> Result<(), GitError> {
        let what = || format!("cannot read what {name} names");
        loop {
            let header = self.inner.find_header(id);
            let header = header.map_err(|error| GitError::because(&what(), &error))?;
            match header.kind() {
                ObjectKind::Commit => named.commits.push(id),
                ObjectKind::Blob => named.blobs.push((name.to_owned(), id)),
                ObjectKind::Tree => named.trees.push((name.to_owned(), id)),
                ObjectKind::Tag => {
                    if named.tags.insert(id) {
                        id = self.target(id)?;
                        continue;
                    }
                }
            }
            return Ok(());
        }
    }

    /// Lists the files below a tree.
    fn files_below(
        &self,
        name: BString,
        tree: ObjectId,
        files: &mut Vec<(BString, ObjectId)>,
    ) -> Result<(), GitError> {
        let mut seen = Seen::default();
        let mut folders = vec![(name, tree)];
        while let Some((path, tree)) = folders.pop() {
            if !seen.insert(tree, path.as_ref()) {
                continue;
            }
            for entry in self.entries(tree)? {
                let path = below(path.as_ref(), entry.name.as_ref())?;
                match entry.kind {
                    Kind::Folder => folders.push((path, entry.id)),
                    Kind::File => files.push((path, entry.id)),
                    Kind::Submodule => {}
                }
            }
        }
        Ok(())
    }

    /// Whether a path was there before a commit, and is not in it.
    #[must_use]
    pub(crate) fn moved_away(&self, commit: &Commit, path: &BStr) -> bool {
        let holds = |tree| matches!(self.lookup(tree, path), Ok(Some(_)));
        let mut parents = commit.parents.iter();
        !holds(commit.tree) && parents.any(|id| self.tree_of(*id).is_ok_and(holds))
    }

    /// Which of some files the last commits hold, and as what.
    ///
    /// # Errors
    ///
    /// If a tree cannot be read.
    pub(crate) fn today<'p>(
        &self,
        tips: &[ObjectId],
        paths: impl Iterator<Item = &'p BString> + Clone,
    ) -> Result<Vec<(&'p BString, ObjectId)>, GitError> {
        let mut folders = HashMap::new();
        let mut files = BTreeMap::new();
        for tip in tips.iter().take(TIPS) {
            let root = self.tree_of(*tip)?;
            let mut new = Vec::new();
            for path in paths.clone().filter(|path| !files.contains_key(*path)) {
                if let Some(id) = self.find(root, path.as_ref(), &mut folders)? {
                    new.push((path, id));
                }
            }
            files.extend(new);
        }
        Ok(files.into_iter().collect())
    }

    /// The file at a path below a tree; folders that were read before are not read again.
    fn find(
        &self,
        tree: ObjectId,
        path: &BStr,
        folders: &mut HashMap<ObjectId, BTreeMap<BString, Entry>>,
    ) -> Result<Option<ObjectId>, GitError> {
        let mut at = tree;
        let mut parts = path.split_str("/").peekable();
        while let Some(part) = parts.next() {
            let folder = match folders.entry(at) {
                Slot::Occupied(folder) => folder.into_mut(),
                Slot::Vacant(place) => {
                    let entries = self.entries(at)?.into_iter();
                    let named = entries.map(|entry| (entry.name.clone(), entry));
                    place.insert(named.collect())
                }
            };
            let wanted = if parts.peek().is_some() {
                Kind::Folder
            } else {
                Kind::File
            };
            let entry = folder.get(part.as_bstr());
            match entry.filter(|entry| entry.kind == wanted) {
                Some(entry) => at = entry.id,
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }
}

impl Since {
    /// All files that the last commit holds.
    #[must_use]
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot::Commit(self.tips.first().copied())
    }
}
