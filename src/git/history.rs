//! The history of a repository: all that its references reach, and where each content came from.

use std::collections::{BTreeSet, HashMap, HashSet};

use bstr::{BStr, BString, ByteSlice as _};
use gix::hash::ObjectId;
use gix::objs::{Kind as ObjectKind, TreeRefIter};

use super::{Commit, GitError, Reader, Repository, Seen, WALKED, below};

/// How deep folders may lie; Git itself goes half as deep.
const DEEPEST: u16 = 4096;

/// Which part of history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// A revision or range; none is all references.
    pub revisions: Option<String>,
    /// Whether also commits that nothing refers to any more; their names.
    pub also: Vec<ObjectId>,
}

/// The history, and the names of what is in it.
#[derive(Debug, Default)]
pub struct History {
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
    folders: Vec<(u32, BString)>,
    files: HashMap<ObjectId, (u32, BString, u32)>,
    left_out: HashSet<ObjectId>,
}

/// Where a content came into history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its path.
    pub path: BString,
    /// The commit, by its place in [`History::commits`].
    pub commit: usize,
}

/// Where commits start and end, as references and ranges say.
#[derive(Default)]
struct Ends {
    tips: Vec<ObjectId>,
    ends: Vec<ObjectId>,
    tags: BTreeSet<ObjectId>,
    /// Files that references name without a commit, and the references.
    blobs: Vec<(ObjectId, BString)>,
}

impl Repository {
    /// Walks the history and names every content in it by the first path, in the first commit, that
    /// `covers` does not leave out. If that goes by paths, folders are looked into at every path.
    ///
    /// # Errors
    ///
    /// If a reference, commit or tree cannot be read.
    pub fn history(
        &self,
        range: &Range,
        covers: Option<&dyn Fn(&BStr) -> bool>,
    ) -> Result<History, GitError> {
        let reader = self.reader();
        let mut ends = match &range.revisions {
            Some(revisions) => reader.range(revisions)?,
            None => reader.references()?,
        };
        ends.tips.extend(range.also.iter().copied());
        let mut history = History {
            commits: reader.between(&ends.tips, &ends.ends)?,
            tags: ends.tags,
            ..History::default()
        };
        history.is_cut = history.commits.iter().any(|id| reader.shallow.contains(id));
        let mut walk = Walk {
            reader: &reader,
            covers,
            seen: HashSet::new(),
            places: HashMap::new(),
            depths: vec![0],
            history,
            buffer: Vec::new(),
        };
        for (blob, name) in ends.blobs {
            walk.history.files.entry(blob).or_insert((0, name, 0));
        }
        walk.history.folders.push((0, BString::default()));
        walk.mark_ends(&ends.ends)?;
        for number in 0..walk.history.commits.len() {
            walk.commit(number)?;
        }
        let mut history = walk.history;
        history.files.retain(|_, (.., commit)| *commit != BEFORE);
        if let Some(head) = reader.head()? {
            history.tip = Some(head);
            history.head = reader.files(head, covers)?;
        }
        Ok(history)
    }
}

impl History {
    /// Where a content came in; none if the history does not hold it.
    #[must_use]
    pub fn name(&self, blob: ObjectId) -> Option<Name> {
        let (folder, file, commit) = self.files.get(&blob)?;
        let mut parts = vec![file.as_bstr()];
        let mut at = *folder;
        while at != 0 {
            let (above, name) = self.folders.get(at as usize)?;
            parts.push(name.as_ref());
            at = *above;
        }
        parts.reverse();
        Some(Name {
            path: bstr::join("/", parts).into(),
            commit: *commit as usize,
        })
    }

    /// Whether a content is in the history, but left out.
    #[must_use]
    pub fn leaves_out(&self, blob: ObjectId) -> bool {
        self.left_out.contains(&blob)
    }

    /// All contents, in no order.
    pub fn blobs(&self) -> impl Iterator<Item = ObjectId> {
        self.files.keys().copied()
    }
}

impl Reader {
    /// Whether an object is stored here.
    #[must_use]
    pub fn has(&self, id: ObjectId) -> bool {
        self.inner.has_object(id)
    }

    /// Reads a commit of a history.
    ///
    /// # Errors
    ///
    /// If it is not there, or damaged.
    pub fn read_commit(&self, id: ObjectId) -> Result<Commit, GitError> {
        self.commit(id)
    }

    /// The message of a tag.
    ///
    /// # Errors
    ///
    /// If it is not there, or damaged.
    pub fn tag_message(&self, id: ObjectId) -> Result<BString, GitError> {
        let data = self.blob(id)?;
        let message = data.find(b"\n\n").and_then(|at| data.get(at + 2..));
        Ok(message.unwrap_or_default().into())
    }

    /// Where all references start: branches, tags, notes, stashes, the heads of all work trees.
    fn references(&self) -> Result<Ends, GitError> {
        let broken =
            |error: &dyn std::fmt::Display| GitError::because("cannot read the references", error);
        let mut ends = Ends::default();
        ends.tips.extend(self.head()?);
        for tree in self.inner.worktrees().unwrap_or_default() {
            let other = tree.into_repo_with_possibly_inaccessible_worktree();
            let head = other
                .ok()
                .and_then(|other| Some(other.head_id().ok()?.detach()));
            ends.tips.extend(head);
        }
        let platform = self.inner.references().map_err(|error| broken(&error))?;
        for reference in platform.all().map_err(|error| broken(&error))? {
            let reference = reference.map_err(|error| broken(&error))?;
            let name = reference.name().as_bstr().to_owned();
            if let Some(id) = reference.try_id() {
                self.start(id.detach(), name.as_ref(), &mut ends)?;
            }
            // Older stashes are in its log alone.
            if name == "refs/stash" {
                let mut log = reference.log_iter();
                let lines = log.all().ok().flatten().into_iter().flatten();
                let ids = lines.filter_map(|line| Some(line.ok()?.new_oid()));
                ends.tips.extend(ids.filter(|id| self.inner.has_object(id)));
            }
        }
        Ok(ends)
    }

    /// Follows tags to what they name.
    fn start(&self, mut id: ObjectId, name: &BStr, ends: &mut Ends) -> Result<(), GitError> {
        loop {
            let object = self.inner.find_object(id).map_err(|error| {
                GitError::because(&format!("cannot read what {name} names"), &error)
            })?;
            match object.kind {
                ObjectKind::Commit => ends.tips.push(id),
                ObjectKind::Blob => ends.blobs.push((id, name.to_owned())),
                ObjectKind::Tree => {}
                ObjectKind::Tag => {
                    if ends.tags.insert(id) {
                        let target = object.into_tag().target_id();
                        id = target
                            .map_err(|error| GitError::because("cannot read a tag", &error))?
                            .detach();
                        continue;
                    }
                }
            }
            return Ok(());
        }
    }

    /// Where a revision or range starts and ends.
    fn range(&self, revisions: &str) -> Result<Ends, GitError> {
        use gix::revision::plumbing::Spec;
        let mut ends = Ends::default();
        let spec = self.inner.rev_parse(revisions).map_err(|_| GitError {
            message: format!("there is no revision or range `{revisions}` here"),
            help: Some("name a branch, a tag or a range: main, v1.0, v1.0..main".to_owned()),
        })?;
        let tip = |id: ObjectId, ends: &mut Ends| self.start(id, revisions.into(), ends);
        match spec.detach() {
            Spec::Include(id) => tip(id, &mut ends)?,
            Spec::Range { from, to } => {
                tip(from, &mut ends)?;
                ends.ends.append(&mut ends.tips);
                ends.tags.clear();
                tip(to, &mut ends)?;
            }
            Spec::Merge { theirs, ours } => {
                let bases = self.inner.merge_bases_many(theirs, &[ours]);
                let bases = bases.map_err(|error| GitError::because("no merge base", &error))?;
                ends.ends.extend(bases.into_iter().map(gix::Id::detach));
                tip(theirs, &mut ends)?;
                tip(ours, &mut ends)?;
            }
            Spec::Exclude(_) | Spec::IncludeOnlyParents(_) | Spec::ExcludeParents(_) => {
                return Err(GitError::new(format!(
                    "`{revisions}` names no range of commits"
                )));
            }
        }
        Ok(ends)
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
    covers: Option<&'a dyn Fn(&BStr) -> bool>,
    /// Trees that were walked; and at which path, if that matters.
    seen: HashSet<(ObjectId, u32)>,
    /// The folders of the history, by the folder above and the name.
    places: HashMap<(u32, BString), u32>,
    /// How deep each of them lies.
    depths: Vec<u16>,
    history: History,
    buffer: Vec<u8>,
}

/// The commit number of what was there before the range.
const BEFORE: u32 = u32::MAX;

impl Walk<'_> {
    /// Marks what the commits hold that a range starts after: it did not come in with the range.
    fn mark_ends(&mut self, ends: &[ObjectId]) -> Result<(), GitError> {
        for end in ends {
            let tree = self.reader.tree_of(*end)?;
            self.tree(tree, BEFORE)?;
        }
        Ok(())
    }

    fn commit(&mut self, number: usize) -> Result<(), GitError> {
        let Some(id) = self.history.commits.get(number) else {
            return Ok(());
        };
        let tree = self.reader.tree_of(*id)?;
        self.tree(tree, u32::try_from(number).unwrap_or(BEFORE - 1))
    }

    /// Names what is new in a tree.
    fn tree(&mut self, root: ObjectId, commit: u32) -> Result<(), GitError> {
        let hash = self.reader.inner.object_hash();
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut folders = vec![(root, 0)];
        while let Some((tree, place)) = folders.pop() {
            let by_path = self.covers.is_some() && self.seen.len() < WALKED;
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
                if entry.mode.is_tree() {
                    let below = self.place(place, entry.filename)?;
                    folders.push((entry.oid.to_owned(), below));
                } else if !entry.mode.is_commit() {
                    self.file(entry.oid.to_owned(), place, entry.filename, commit);
                }
            }
        }
        self.buffer = buffer;
        Ok(())
    }

    fn file(&mut self, blob: ObjectId, folder: u32, name: &BStr, commit: u32) {
        if self.history.files.contains_key(&blob) {
            return;
        }
        let named = (folder, name.to_owned(), commit);
        if let Some(covers) = self.covers {
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
