//! What the commits of a range add, such as those of a pull request or a push.

use std::sync::Arc;

use bstr::ByteSlice as _;

use super::dedup::{Found, dedup};
use super::{COMMIT_MESSAGE, Scope, Task, Worker, absolute, unchanged};
use crate::git::{Change, GitError, Repository};
use crate::scan::{Outcome, Progress, Scanner};

/// Something that a commit adds.
enum Item<'a> {
    Change(usize, &'a Change),
    Message(usize),
}

impl Scanner {
    /// Scans what the commits add that are reachable from `HEAD` and not from a revision. What one of
    /// them adds and a later one removes counts: it is in what is pushed.
    ///
    /// # Errors
    ///
    /// If it cannot be told what that is.
    pub fn scan_since(
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
        let is_in = |change: &Change| scope.covers(&absolute(repository, change.path.as_ref()));
        let changes = since.changes.iter().filter(|(_, change)| is_in(change));
        let mut items: Vec<Item<'_>> = changes
            .map(|(number, change)| Item::Change(*number, change))
            .collect();
        if scope.within.is_empty() {
            items.extend((0..since.commits.len()).map(Item::Message));
        }
        let scan = |worker: &mut Worker<'_>, item: &Item<'_>| match item {
            Item::Change(_, change) => worker.change(change),
            Item::Message(number) => {
                let commit = since.commits.get(*number);
                let message = commit.map(|commit| commit.message.as_bytes());
                worker.guard(COMMIT_MESSAGE.into(), |worker| {
                    Ok(worker.scan(COMMIT_MESSAGE.into(), message.unwrap_or_default()))
                })
            }
        };
        let files = Arc::new(since.files);
        let task = Task::new(repository, &files, scope, progress);
        let mut outcome = Outcome::default();
        let mut found = Vec::new();
        for (place, mut of_item) in self.each(task, &items, scan) {
            let commit = items.get(place).map(|item| match item {
                Item::Change(number, _) | Item::Message(number) => *number,
            });
            let findings = std::mem::take(&mut of_item.findings).into_iter();
            found.extend(findings.map(|finding| Found { commit, finding }));
            outcome.merge(of_item);
        }
        let mut head = Vec::new();
        if !found.is_empty() {
            let scan = |worker: &mut Worker<'_>, change: &Change| {
                worker.file(change.path.as_ref(), change.blob)
            };
            let whole = self.each(task, &since.whole, scan);
            head.extend(whole.into_iter().flat_map(|(_, of_file)| of_file.findings));
        }
        let commit = |number: usize| since.commits.get(number).cloned();
        outcome.findings = dedup(found, head.clone(), commit);
        self.find_runs_in(repository, &files, &mut outcome);
        self.reused(&mut outcome, Some(&head));
        Ok(outcome)
    }
}
