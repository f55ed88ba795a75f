//! The history of a repository: all that its references reach, and where each content came from.

use std::collections::{BTreeSet, HashMap, HashSet};

use bstr::{BStr, BString};
use gix::hash::ObjectId;
use gix::objs::TreeRefIter;

use super::since::Named;
use super::{GitError, Reader, Repository, Seen, WALKED, below};

/// How deep folders may lie; Git itself goes half as deep.
const DEEPEST: u16 = 4096;

/// Which part of history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Range {
    /// A revision or range; none is all references.
    pub revisions: Option<String>,
    /// Whether also commits that nothing refers to any more; their names.
    pub also: Vec<ObjectId>,
}

/// The history, and the names of what is in it.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// The commits, parents before children.
    pub commits: Vec<ObjectId>,
    /// Tags with messages.
    pub tags: BTreeSet<ObjectId>,
    /// Whether it is cut off, since the clone is shallow.
    pub is_cut: bool,
    /// The commit that `HEAD` names.
    pub tip: Option<ObjectId>,
    /// Files that it holds.
    pub head: HashMap<ObjectId, BString>,
    /// The names of its references.
    pub references: Vec<BString>,
    /// How many submodules it has, or had.
    pub submodules: u64,
    folders: Vec<(u32, BString)>,
    files: HashMap<ObjectId, (u32, BString, u32)>,
    /// Names that may hold something, of files and folders: the folder, the name, the commit.
    names: Vec<(u32, BString, u32)>,
    left_out: HashSet<ObjectId>,
}

/// Where a content came into history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// Its path.
    pub path: BString,
    /// The commit, by its place in [`History::commits`]; none if a reference names it without one.
    pub commit: Option<usize>,
}

/// Which part of it is looked at.
pub(crate) struct Filter<'a> {
    /// Whether a path is not left out; none if none is.
    pub covers: Option<&'a dyn Fn(&BStr) -> bool>,
    /// Whether the name of a file or folder may hold something itself.
    pub is_name_wanted: &'a dyn Fn(&[u8]) -> bool,
}

impl Repository {
    /// Walks the history and names every content in it by the first path, in the first commit, that is
    /// not left out. If that goes by paths, folders are looked into at every path.
    ///
    /// # Errors
    ///
    /// If a reference, commit or tree cannot be read.
    pub(crate) fn history(&self, range: &Range, filter: &Filter<'_>) -> Result<History, GitError> {
        let reader = self.reader();
        let mut new = Named::default();
        let mut history = History::default();
        let mut known = match &range.revisions {
            Some(revisions) => reader.range(revisions, &mut new, &mut history.commits)?,
            None => {
                history.references = reader.everything(&mut new)?;
                new.commits.extend(range.also.iter().copied());
                history.commits = reader.between(&new.commits, &[])?;
                Vec::new()
            }
        };
        known.sort();
        known.dedup();
        history.tags = new.tags;
        history.is_cut = history.commits.iter().any(|id| reader.shallow.contains(id));
        history.folders.push((0, BString::default()));
        for (name, blob) in new.blobs {
            history.files.entry(blob).or_insert((0, name, NO_COMMIT));
        }
        let mut walk = Walk {
            reader: &reader,
            filter,
            seen: HashSet::new(),
            places: HashMap::new(),
            depths: vec![0],
            submodules: HashSet::new(),
            history,
            buffer: Vec::new(),
        };
        // What was there before the range did not come in with it.
        for commit in known {
            walk.tree(reader.tree_of(commit)?, 0, BEFORE)?;
        }
        for number in 0..walk.history.commits.len() {
            walk.commit(number)?;
        }
        for (name, tree) in new.trees {
            let place = walk.place(0, name.as_ref())?;
            walk.tree(tree, place, NO_COMMIT)?;
        }
        let mut history = walk.history;
        history.submodules = walk.submodules.len() as u64;
        history.files.retain(|_, (.., commit)| *commit != BEFORE);
        history.names.retain(|(.., commit)| *commit != BEFORE);
        if let Some(head) = reader.head()? {
            history.tip = Some(head);
            history.head = reader.files(head, filter.covers)?;
        }
        Ok(history)
    }
}

impl History {
    /// Where a content came in; none if the history does not hold it.
    #[must_use]
    pub(crate) fn name(&self, blob: ObjectId) -> Option<Name> {
        let (folder, file, commit) = self.files.get(&blob)?;
        Some(self.named(*folder, file.as_ref(), *commit))
    }

    /// The names of files and folders that may hold something.
    pub(crate) fn names(&self) -> impl Iterator<Item = Name> {
        let names = self.names.iter();
        names.map(|(folder, name, commit)| self.named(*folder, name.as_ref(), *commit))
    }

    fn named(&self, folder: u32, name: &BStr, commit: u32) -> Name {
        let mut parts = vec![name];
        let mut at = folder;
        while let Some((above, name)) = self.folders.get(at as usize).filter(|_| at != 0) {
            parts.push(name.as_ref());
            at = *above;
        }
        parts.reverse();
        Name {
            path: bstr::join("/", parts).into(),
            commit: (commit < NO_COMMIT).then_some(commit as usize),
        }
    }

    /// Whether a content is in the history, but left out.
    #[must_use]
    pub(crate) fn leaves_out(&self, blob: ObjectId) -> bool {
        self.left_out.contains(&blob)
    }

    /// All contents, in no order.
    pub(crate) fn blobs(&self) -> impl Iterator<Item = ObjectId> {
        self.files.keys().copied()
    }
}

impl Reader {
    /// Whether an object is stored here.
    #[must_use]
    pub(crate) fn has(&self, id: ObjectId) -> bool {
        self.inner.has_object(id)
    }

    /// Where all references start: branches, tags, notes, stashes, the heads of all work trees. Returns
    /// their names.
    fn everything(&self, new: &mut Named) -> Result<Vec<BString>, GitError> {
        new.commits.extend(self.head()?);
        new.commits.extend(self.other_heads()?);
        new.commits.extend(self.stashes());
        let references = self.references()?;
        for (name, id) in &references {
            self.name(*id, name.as_ref(), new)?;
        }
        Ok(references.into_iter().map(|(name, _)| name).collect())
    }

    /// The commits of a revision or range, and what else it names. Returns the commits before it.
    fn range(
        &self,
        revisions: &str,
        new: &mut Named,
        commits: &mut Vec<ObjectId>,
    ) -> Result<Vec<ObjectId>, GitError> {
        let ends = self.ends(revisions)?;
        let mut old = Named::default();
        for (ids, named) in [(&ends.tips, &mut *new), (&ends.known, &mut old)] {
            for id in ids {
                self.name(*id, revisions.into(), named)?;
            }
        }
        *commits = self.between(&new.commits, &old.commits)?;
        if !ends.is_symmetric {
            return Ok(old.commits);
        }
        // No commit of one side was made from one of the other.
        commits.extend(self.between(&old.commits, &new.commits)?);
        new.tags.append(&mut old.tags);
        new.blobs.append(&mut old.blobs);
        new.trees.append(&mut old.trees);
        let inside: HashSet<ObjectId> = commits.iter().copied().collect();
        let mut before = Vec::new();
        for id in commits {
            let (parents, _) = self.links(*id)?;
            before.extend(parents.into_iter().filter(|id| !inside.contains(id)));
        }
        Ok(before)
    }

    /// The files of a commit, by their content.
    fn files(
        &self,
        commit: ObjectId,
        covers: Option<&dyn Fn(&BStr) -> bool>,
    ) -> Result<HashMap<ObjectId, BString>, GitError> {
        let mut files = HashMap::new();
        let mut seen = Seen::default();
        let mut folders = vec![(BString::default(), self.tree_of(commit)?)];
        while let Some((path, tree)) = folders.pop() {
            let at: &BStr = if covers.is_some() {
                path.as_ref()
            } else {
                "".into()
            };
            if !seen.insert(tree, at) {
                continue;
            }
            for entry in self.entries(tree)? {
                let path = below(path.as_ref(), entry.name.as_ref())?;
                match entry.kind {
                    super::Kind::Folder => folders.push((path, entry.id)),
                    super::Kind::File if covers.is_none_or(|covers| covers(path.as_ref())) => {
                        files.entry(entry.id).or_insert(path);
                    }
                    super::Kind::File | super::Kind::Submodule => {}
                }
            }
        }
        Ok(files)
    }
}

/// A walk through trees.
struct Walk<'a> {
    reader: &'a Reader,
    filter: &'a Filter<'a>,
    /// Trees that were walked; and at which path, if that matters.
    seen: HashSet<(ObjectId, u32)>,
    /// The folders of the history, by the folder above and the name.
    places: HashMap<(u32, BString), u32>,
    /// How deep each of them lies.
    depths: Vec<u16>,
    /// Submodules, by their folder and name.
    submodules: HashSet<(u32, BString)>,
    history: History,
    buffer: Vec<u8>,
}

/// The commit number of what was there before the range.
const BEFORE: u32 = u32::MAX;

/// The commit number of what references name without a commit.
const NO_COMMIT: u32 = u32::MAX - 1;

impl Walk<'_> {
    fn commit(&mut self, number: usize) -> Result<(), GitError> {
        let Some(id) = self.history.commits.get(number) else {
            return Ok(());
        };
        let tree = self.reader.tree_of(*id)?;
        self.tree(tree, 0, u32::try_from(number).unwrap_or(NO_COMMIT))
    }

    /// Names what is new in a tree, that of a folder or the root.
    fn tree(&mut self, root: ObjectId, place: u32, commit: u32) -> Result<(), GitError> {
        let hash = self.reader.inner.object_hash();
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut folders = vec![(root, place)];
        while let Some((tree, place)) = folders.pop() {
            let by_path = self.filter.covers.is_some() && self.seen.len() < WALKED;
            let at = if by_path { place } else { 0 };
            if !self.seen.insert((tree, at)) {
                continue;
            }
            let broken = |error: &dyn std::fmt::Display| {
                GitError::because(&format!("cannot read the tree {tree}"), error)
            };
            let found = gix::objs::Find::try_find(&self.reader.inner, &tree, &mut buffer);
            let data = found
                .map_err(|error| broken(&error))?
                .ok_or_else(|| broken(&"it is not there"))?;
            for entry in TreeRefIter::from_bytes(data.data, hash) {
                let entry = entry.map_err(|error| broken(&error))?;
                if (self.filter.is_name_wanted)(entry.filename) {
                    self.name(place, entry.filename, commit);
                }
                if entry.mode.is_tree() {
                    let below = self.place(place, entry.filename)?;
                    folders.push((entry.oid.to_owned(), below));
                } else if entry.mode.is_commit() {
                    self.submodules.insert((place, entry.filename.to_owned()));
                } else {
                    self.file(entry.oid.to_owned(), place, entry.filename, commit);
                }
            }
        }
        self.buffer = buffer;
        Ok(())
    }

    /// Notes a name that may hold something.
    fn name(&mut self, folder: u32, name: &BStr, commit: u32) {
        let path = self.history.named(folder, name, commit).path;
        if self
            .filter
            .covers
            .is_none_or(|covers| covers(path.as_ref()))
        {
            self.history.names.push((folder, name.to_owned(), commit));
        }
    }

    fn file(&mut self, blob: ObjectId, folder: u32, name: &BStr, commit: u32) {
        if self.history.files.contains_key(&blob) {
            return;
        }
        let named = (folder, name.to_owned(), commit);
        if let Some(covers) = self.filter.covers {
            self.history.files.insert(blob, named);
            let path = self.history.name(blob).map(|name| name.path);
            if !path.is_some_and(|path| covers(path.as_ref())) {
                self.history.files.remove(&blob);
                self.history.left_out.insert(blob);
            }
        } else {
            self.history.files.insert(blob, named);
        }
    }

    /// The number of a folder.
    fn place(&mut self, above: u32, name: &BStr) -> Result<u32, GitError> {
        let key = (above, name.to_owned());
        if let Some(place) = self.places.get(&key) {
            return Ok(*place);
        }
        let depth = self.depths.get(above as usize).map_or(0, |depth| depth + 1);
        if depth > DEEPEST {
            let message = format!("a tree holds folders that lie more than {DEEPEST} deep");
            return Err(GitError::new(message));
        }
        self.depths.push(depth);
        let place = u32::try_from(self.history.folders.len()).unwrap_or(0);
        self.history.folders.push((above, key.1.clone()));
        self.places.insert(key, place);
        Ok(place)
    }
}
