//! What the commits of a range add, such as those of a pull request or a push.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice as _};
use gix::hash::ObjectId;

use super::dedup::{Found, Past, dedup};
use super::worker::{Name, Worker};
use super::{
    COMMIT_HEADER, COMMIT_MESSAGE, REFERENCE, Scope, TAG_HEADER, TAG_MESSAGE, Task, absolute,
    unchanged,
};
use crate::git::{Change, GitError, Known, Repository, Since, Update};
use crate::scan::{Outcome, Progress, Scanner};

/// Something that is new.
enum Item<'a> {
    Change(usize, &'a Change),
    Commit(usize),
    Tag(ObjectId),
    File(&'a BString, ObjectId),
    Reference(&'a BString),
}

impl Scanner {
    /// Scans what the commits add that are reachable from `HEAD` and not from a revision. What one of
    /// them adds and a later one removes counts: it is in what is pushed.
    ///
    /// # Errors
    ///
    /// If it cannot be told what that is.
    pub(crate) fn scan_since(
        &self,
        repository: &Repository,
        revision: &str,
        scope: &Scope,
        progress: &Progress,
    ) -> Result<Outcome, GitError> {
        let since = repository.since(revision)?;
        if since.commits.is_empty() {
            return Ok(unchanged(&format!(
                "there is no commit since `{}`, so nothing was scanned",
                self.engine.mask(revision)
            )));
        }
        let mut outcome = self.scan_new(repository, &since, scope, progress)?;
        outcome.say_absent();
        Ok(outcome)
    }

    /// Scans what a push adds to a repository. What Git LFS has is not pushed to a repository that
    /// receives, so there it is counted alone.
    ///
    /// # Errors
    ///
    /// If it cannot be told what that is.
    pub(crate) fn scan_pushed(
        &self,
        repository: &Repository,
        (updates, known): (&[Update], Known<'_>),
        scope: &Scope,
        progress: &Progress,
    ) -> Result<Outcome, GitError> {
        let since = repository.pushed(updates, known)?;
        let mut outcome = self.scan_new(repository, &since, scope, progress)?;
        if outcome.stats.files == 0 && outcome.problems.is_empty() {
            let nothing = unchanged("nothing is pushed that is not there already");
            outcome.problems = nothing.problems;
        }
        if matches!(known, Known::Remote(_)) {
            outcome.say_absent();
        }
        Ok(outcome)
    }

    fn scan_new(
        &self,
        repository: &Repository,
        since: &Since,
        scope: &Scope,
        progress: &Progress,
    ) -> Result<Outcome, GitError> {
        let items = items(repository, since, scope);
        let files = Arc::new(since.snapshot());
        let task = Task::new(repository, &files, scope, progress);
        let mut outcome = Outcome::default();
        let mut found = Vec::new();
        let scan = |worker: &mut Worker<'_>, item: &Item<'_>| worker.item(since, item);
        for (item, mut of_item) in items.iter().zip(self.each(task, &items, scan)) {
            let (commit, path) = match item {
                Item::Change(number, change) => (Some(*number), Some(&change.path)),
                Item::Commit(number) => (Some(*number), None),
                Item::File(path, _) => (None, Some(*path)),
                Item::Tag(_) | Item::Reference(_) => (None, None),
            };
            for finding in std::mem::take(&mut of_item.findings) {
                // The name of a file is not in it.
                let path = path.filter(|_| !finding.is_in_name());
                found.push(Found {
                    commit,
                    path: path.cloned(),
                    finding,
                });
            }
            outcome.merge(of_item);
        }
        outcome.pass_over_submodules(self.show(repository.root()), since.submodules);
        let head = if found.is_empty() {
            Vec::new()
        } else {
            self.today(task, since)?
        };
        let today: Vec<_> = head.iter().map(|(_, finding)| finding.clone()).collect();
        outcome.findings = self.settle(repository, since, found, head);
        self.find_runs_in(repository, &files, &mut outcome);
        self.reused(&mut outcome, Some(&today));
        Ok(outcome)
    }

    /// What is found today in the files that changed.
    fn today(
        &self,
        task: Task<'_>,
        since: &Since,
    ) -> Result<Vec<(BString, crate::finding::Finding)>, GitError> {
        let reader = task.repository.reader();
        let paths = since.changes.iter().map(|(_, change)| &change.path);
        let paths: BTreeSet<&BString> = paths.collect();
        let today = reader.today(&since.tips, paths.iter().copied())?;
        let scan = |worker: &mut Worker<'_>, (path, blob): &(&BString, ObjectId)| {
            worker.file(path.as_bstr(), *blob)
        };
        let found = self.each(task, &today, scan);
        let of_files = today.iter().zip(found);
        Ok(of_files
            .flat_map(|((path, _), of_file)| {
                let findings = of_file.findings.into_iter();
                findings.map(|finding| ((*path).clone(), finding))
            })
            .collect())
    }

    /// One finding a leak.
    fn settle(
        &self,
        repository: &Repository,
        since: &Since,
        found: Vec<Found>,
        head: Vec<(BString, crate::finding::Finding)>,
    ) -> Vec<crate::finding::Finding> {
        let reader = repository.reader();
        let mut moves: HashMap<&BString, Vec<(usize, &BString)>> = HashMap::new();
        for (number, change) in &since.changes {
            for was in change.bases.iter().filter_map(|base| base.path.as_ref()) {
                moves.entry(was).or_default().push((*number, &change.path));
            }
        }
        let later = |path: &BString, since: usize| {
            let (mut path, mut since) = (path, since);
            let next = |path: &BString, since: usize| {
                let moves = moves.get(path)?;
                moves.iter().find(|(number, _)| *number > since).copied()
            };
            while let Some((number, to)) = next(path, since) {
                (path, since) = (to, number);
            }
            path.clone()
        };
        let past = Past {
            commit: &|number| since.commits.get(number).cloned(),
            moved_away: &|path: &BStr, number| {
                let commit = since.commits.get(number);
                commit.is_some_and(|commit| reader.moved_away(commit, path))
            },
            later: &later,
        };
        dedup(found, head, &past)
    }
}

/// All that is to be scanned.
fn items<'a>(repository: &Repository, since: &'a Since, scope: &Scope) -> Vec<Item<'a>> {
    let covers = scope.filter();
    let is_in = |path: &BString| covers(&absolute(repository, path.as_ref()));
    let changes = since.changes.iter();
    let changes = changes.filter(|(_, change)| is_in(&change.path));
    let mut items: Vec<Item<'_>> = changes
        .map(|(number, change)| Item::Change(*number, change))
        .collect();
    if scope.within.is_empty() {
        items.extend((0..since.commits.len()).map(Item::Commit));
        items.extend(since.tags.iter().copied().map(Item::Tag));
        items.extend(since.files.iter().map(|(path, id)| Item::File(path, *id)));
        items.extend(since.names.iter().map(Item::Reference));
    }
    items
}

impl Worker<'_> {
    /// Scans something that is new.
    fn item(&mut self, since: &Since, item: &Item<'_>) -> Outcome {
        match item {
            Item::Change(_, change) => self.change(change),
            Item::File(path, blob) => self.file(path.as_bstr(), *blob),
            Item::Tag(id) => self.tag(*id),
            Item::Reference(name) => {
                let mut outcome = Outcome::default();
                self.reference(name.as_bstr(), &mut outcome);
                outcome
            }
            Item::Commit(number) => match since.commits.get(*number) {
                Some(commit) => self.commit(commit.header.as_ref(), commit.message.as_ref()),
                None => Outcome::default(),
            },
        }
    }

    /// Scans what a commit says, and what stands above it.
    pub(super) fn commit(&mut self, header: &BStr, message: &BStr) -> Outcome {
        let mut outcome = self.text(COMMIT_MESSAGE, message);
        let above = self.text(COMMIT_HEADER, header);
        outcome.findings.extend(above.findings);
        outcome
    }

    /// The same for a tag.
    pub(super) fn tag(&mut self, id: ObjectId) -> Outcome {
        self.guard(Name::Text(TAG_MESSAGE), |worker| {
            let (header, message) = worker.reader.tag(id)?;
            let mut outcome = worker.text(TAG_MESSAGE, &message);
            let above = worker.text(TAG_HEADER, &header);
            outcome.findings.extend(above.findings);
            Ok(outcome)
        })
    }

    /// Looks for credentials in the name of a reference.
    pub(super) fn reference(&self, name: &BStr, outcome: &mut Outcome) {
        for part in name.split_str("/") {
            self.scanner.scan_name(REFERENCE, part, outcome);
        }
    }
}
