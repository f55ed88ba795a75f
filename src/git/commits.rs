//! Commits: which there are between two points, and what each of them changes.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice as _};
use gix::hash::{ObjectId, oid};
use gix::objs::{Data, Find, Kind as ObjectKind};
use gix::traverse::commit::topo;

use super::{Change, Entry, GitError, Kind, Reader, Repository, Seen, Snapshot, below, renames};

/// How many files of vanished folders are looked at, in search of those that moved.
const VANISHED: usize = 20_000;

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its name, in hex.
    pub id: String,
    /// When its author made it, in the form of ISO 8601; none if it does not say.
    pub date: Option<String>,
    /// What it says.
    pub message: BString,
    tree: ObjectId,
    parents: Vec<ObjectId>,
}

/// Commits of a range, and what they add.
#[derive(Debug)]
pub struct Since {
    /// The commits, parents before children.
    pub commits: Vec<Commit>,
    /// What each of them changes, by its place among them.
    pub changes: Vec<(usize, Change)>,
    /// What all of them come to: files that differ between both ends.
    pub whole: Vec<Change>,
    /// All files that the last commit holds.
    pub files: Snapshot,
}

impl Repository {
    /// Whether a word names a revision or a range.
    #[must_use]
    pub fn knows(&self, word: &str) -> bool {
        self.inner.to_thread_local().rev_parse(word).is_ok()
    }

    /// What the commits add that are reachable from `HEAD` and not from a revision or, if that is a
    /// range `A..B`, from `B` and not from `A`.
    ///
    /// # Errors
    ///
    /// If the revision, or a commit between, is not here.
    pub fn since(&self, revision: &str) -> Result<Since, GitError> {
        let reader = self.reader();
        let (revision, tip) = ends(revision);
        let base = reader.resolve(revision)?;
        let head = match tip {
            Some(tip) => reader.resolve(tip)?,
            None => reader.head()?.ok_or_else(|| {
                GitError::new("there is no commit yet, so nothing was added since another")
            })?,
        };
        let fork = reader.inner.merge_base(base, head).ok().flatten();
        let fork = fork.ok_or_else(|| reader.no_fork(revision))?.detach();
        let ids = reader.between(&[head], &[base])?;
        if ids.iter().any(|id| reader.shallow.contains(id)) {
            return Err(reader.no_fork(revision));
        }
        let mut since = Since {
            commits: Vec::new(),
            changes: Vec::new(),
            whole: Vec::new(),
            files: Snapshot::Commit(Some(head)),
        };
        let mut added = Seen::default();
        for id in ids {
            let commit = reader.commit(id)?;
            let changes = reader.changes_of(&commit, &mut added)?;
            let number = since.commits.len();
            since
                .changes
                .extend(changes.into_iter().map(|change| (number, change)));
            since.commits.push(commit);
        }
        let ends = (reader.tree_of(fork)?, reader.tree_of(head)?);
        since.whole = reader
            .difference(Some(ends.0), ends.1, &mut Seen::default())?
            .0;
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
    /// The commit that a revision names.
    pub(super) fn resolve(&self, revision: &str) -> Result<ObjectId, GitError> {
        let spec = format!("{revision}^{{commit}}");
        let found = self.inner.rev_parse_single(spec.as_bytes());
        let known = found.ok().map(gix::Id::detach);
        known
            .filter(|id| self.inner.find_commit(*id).is_ok())
            .ok_or_else(|| GitError {
                message: format!("there is no commit `{revision}` here"),
                help: Some(self.how_to_find(revision)),
            })
    }

    fn no_fork(&self, revision: &str) -> GitError {
        if self.shallow.is_empty() {
            return GitError {
                message: format!("`{revision}` and HEAD have no commit in common"),
                help: Some("name a revision that HEAD was made from".to_owned()),
            };
        }
        GitError {
            message: format!(
                "this clone is shallow: its history ends before it reaches `{revision}`"
            ),
            help: Some(
                "fetch the rest: git fetch --unshallow (in GitHub Actions: fetch-depth: 0 for \
                 actions/checkout)"
                    .to_owned(),
            ),
        }
    }

    /// What to do about a revision that is not here.
    fn how_to_find(&self, revision: &str) -> String {
        let example = "origin/main, v1.0, HEAD~3";
        if revision.is_empty() {
            return format!("name one, such as {example}");
        }
        if revision.bytes().all(|byte| byte == b'0') {
            return "zeros stand for a branch that is new: name what it was made from, such as \
                    origin/main"
                .to_owned();
        }
        let counts = revision.contains(['~', '^', '@']) && self.shallow.is_empty();
        let is_local = self.inner.remote_names().is_empty()
            && !revision.starts_with("origin/")
            && !revision.bytes().all(|byte| byte.is_ascii_hexdigit());
        if counts || is_local {
            return format!("name one that `git log --all` shows, such as {example}");
        }
        self.how_to_fetch(revision)
    }

    /// The command that brings a revision.
    fn how_to_fetch(&self, revision: &str) -> String {
        let remotes = self.inner.remote_names();
        let remote = remotes.iter().find_map(|name| {
            let name = name.to_string();
            let rest = revision.strip_prefix(&name)?.strip_prefix('/')?;
            Some((name.clone(), rest.to_owned()))
        });
        let (remote, rest) = remote.unwrap_or_else(|| {
            let first = remotes.iter().next().map(ToString::to_string);
            let first = first.unwrap_or_else(|| "origin".to_owned());
            let rest = revision.strip_prefix(&format!("{first}/"));
            (first.clone(), rest.unwrap_or(revision).to_owned())
        });
        let word = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
        let rest: String = rest.chars().take_while(|c| word(*c)).collect();
        let depth = if self.shallow.is_empty() {
            ""
        } else {
            " --unshallow"
        };
        let is_id = rest.len() >= 40 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_id || rest.is_empty() {
            format!("fetch it: git fetch{depth} {remote} {rest}")
        } else {
            format!("fetch it: git fetch{depth} {remote} {rest}:refs/remotes/{remote}/{rest}")
        }
    }

    /// The commit that is checked out; none before the first.
    pub(super) fn head(&self) -> Result<Option<ObjectId>, GitError> {
        let head = self.inner.head();
        let head = head.map_err(|error| GitError::because("cannot read HEAD", &error))?;
        Ok(head.id().map(gix::Id::detach))
    }

    /// The commits that are reachable from tips and not from ends, parents before children, older
    /// ones first.
    pub(super) fn between(
        &self,
        tips: &[ObjectId],
        ends: &[ObjectId],
    ) -> Result<Vec<ObjectId>, GitError> {
        let broken =
            |error: &dyn std::fmt::Display| GitError::because("cannot read the history", error);
        // The walk would give a tip that is an end too.
        let tips: Vec<ObjectId> = tips
            .iter()
            .filter(|id| !ends.contains(id))
            .copied()
            .collect();
        if tips.is_empty() {
            return Ok(tips);
        }
        let find = Grafted(self);
        let walk = topo::Builder::from_iters(find, tips, Some(ends.iter().copied()))
            .sorting(topo::Sorting::DateOrder)
            .build()
            .map_err(|error| broken(&error))?;
        let mut ids = Vec::new();
        for commit in walk {
            ids.push(commit.map_err(|error| broken(&error))?.id);
        }
        ids.reverse();
        Ok(ids)
    }

    /// Reads a commit.
    pub(super) fn commit(&self, id: ObjectId) -> Result<Commit, GitError> {
        let broken = |error: &dyn std::fmt::Display| {
            GitError::because(&format!("cannot read the commit {id}"), error)
        };
        let commit = self.inner.find_commit(id).map_err(|error| broken(&error))?;
        let tree = commit.tree_id().map_err(|error| broken(&error))?.detach();
        let time = commit.author().ok().and_then(|author| author.time().ok());
        let date = time.and_then(|time| time.format(gix::date::time::format::ISO8601_STRICT).ok());
        let parents = if self.shallow.contains(&id) {
            Vec::new()
        } else {
            commit.parent_ids().map(gix::Id::detach).collect()
        };
        Ok(Commit {
            id: id.to_string(),
            date,
            message: commit.message_raw_sloppy().to_owned(),
            tree,
            parents,
        })
    }

    /// What a commit changes; a merge, only what differs from every parent.
    fn changes_of(&self, commit: &Commit, added: &mut Seen) -> Result<Vec<Change>, GitError> {
        let mut parents = Vec::new();
        for parent in &commit.parents {
            parents.push(self.tree_of(*parent)?);
        }
        let first = parents.first().copied();
        let (mut changes, vanished) = self.difference(first, commit.tree, added)?;
        for other in parents.iter().skip(1) {
            changes = self.against(changes, *other)?;
        }
        renames::pair(self, &mut changes, &vanished);
        Ok(changes)
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
                change.bases.extend(base);
                left.push(change);
            }
        }
        Ok(left)
    }

    /// The files that two trees do not share: those that the new one adds or changes, and those
    /// that are in the old one alone. Folders that are wholly new are noted in `added`, and looked
    /// into once.
    #[expect(
        clippy::type_complexity,
        reason = "two lists, told apart by their names"
    )]
    fn difference(
        &self,
        old: Option<ObjectId>,
        new: ObjectId,
        added: &mut Seen,
    ) -> Result<(Vec<Change>, Vec<(BString, ObjectId)>), GitError> {
        let mut changes = Vec::new();
        let mut vanished = Vec::new();
        let mut folders = vec![(BString::default(), old, Some(new))];
        while let Some((path, old, new)) = folders.pop() {
            let seen = |new, added: &mut Seen| !added.insert(new, path.as_ref());
            if old == new || (old.is_none() && new.is_some_and(|new| seen(new, added))) {
                continue;
            }
            if new.is_none() && vanished.len() > VANISHED {
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
                let was_folder = was.clone().filter(|was| was.kind == Kind::Folder);
                let was_file = was.filter(|was| was.kind == Kind::File).map(|was| was.id);
                let path = below(path.as_ref(), name.as_ref())?;
                match entry.kind {
                    Kind::Folder => {
                        vanished.extend(was_file.map(|id| (path.clone(), id)));
                        folders.push((path, was_folder.map(|was| was.id), Some(entry.id)));
                    }
                    Kind::File => {
                        if let Some(was) = was_folder {
                            folders.push((path.clone(), Some(was.id), None));
                        }
                        if was_file != Some(entry.id) {
                            changes.push(Change {
                                path,
                                blob: entry.id,
                                bases: was_file.into_iter().collect(),
                            });
                        }
                    }
                    Kind::Submodule => {}
                }
            }
            for (name, was) in before {
                let path = below(path.as_ref(), name.as_ref())?;
                match was.kind {
                    Kind::Folder => folders.push((path, Some(was.id), None)),
                    Kind::File => vanished.push((path, was.id)),
                    Kind::Submodule => {}
                }
            }
        }
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        vanished.sort();
        Ok((changes, vanished))
    }
}

/// Objects, in which the commits where a shallow clone was cut off have no parents.
struct Grafted<'a>(&'a Reader);

impl Find for Grafted<'_> {
    fn try_find<'a>(&self, id: &oid, buffer: &'a mut Vec<u8>) -> gix::Result<Option<Data<'a>>> {
        let found = self.0.inner.objects.try_find(id, buffer)?;
        let Some((kind, object_hash)) = found.map(|data| (data.kind, data.object_hash)) else {
            return Ok(None);
        };
        if kind == ObjectKind::Commit && self.0.shallow.contains(id) {
            *buffer = without_parents(buffer);
        }
        Ok(Some(Data {
            kind,
            object_hash,
            data: buffer,
        }))
    }
}

/// A commit without its parents.
fn without_parents(commit: &[u8]) -> Vec<u8> {
    let (head, rest) = match commit.find(b"\n\n") {
        Some(end) => commit.split_at(end),
        None => (commit, &[][..]),
    };
    let lines = head.split_inclusive(|byte| *byte == b'\n');
    let kept = lines.filter(|line: &&[u8]| !line.starts_with(b"parent "));
    let mut out = kept.collect::<Vec<_>>().concat();
    out.extend_from_slice(rest);
    out
}
