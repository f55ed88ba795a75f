//! Content of Git: what is staged, what commits add, the whole history.
//!
//! Each file is scanned whole, so that a shape is seen with what surrounds it; where only what is new
//! was asked for, what was there before is then left out.

mod dedup;
mod files;
mod history;
mod since;
mod tree_files;
mod worker;

pub(crate) use history::Past;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bstr::{BStr, ByteSlice as _};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use self::worker::Worker;
use super::{Outcome, Progress, Scanner, windows};
use crate::config::PathPatterns;
use crate::git::{Change, GitError, Repository, Snapshot, Staged};
use crate::problem::ProblemKind;

/// What stands in place of the path of a commit's message.
const COMMIT_MESSAGE: &str = "<commit message>";

/// The same for what stands above it: names, signatures.
const COMMIT_HEADER: &str = "<commit header>";

/// What stands in place of the path of a tag's message.
const TAG_MESSAGE: &str = "<tag message>";

/// The same for what stands above it.
const TAG_HEADER: &str = "<tag header>";

/// What stands in place of a path where a branch or a tag has a credential in its own name.
const REFERENCE: &str = "<reference>";

/// How many items a thread does at least: it costs more than the scan of a few files.
const SHARE: usize = 8;

/// Which files of a repository are scanned.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// Files and folders as absolute paths; none is all.
    pub within: Vec<PathBuf>,
    /// What to leave out.
    pub exclude: Vec<PathPatterns>,
    /// How many threads work.
    pub threads: usize,
}

impl Scope {
    /// Whether a file is not left out.
    fn covers_file(&self, path: &Path) -> bool {
        !self.exclude.iter().any(|patterns| patterns.cover(path))
    }

    /// Tells whether a file, given as an absolute path, is to be scanned. There may be many that are named:
    /// they are looked up, and not gone through.
    fn filter(&self) -> impl Fn(&Path) -> bool {
        let within: BTreeSet<&Path> = self.within.iter().map(PathBuf::as_path).collect();
        move |path| {
            let within = within.is_empty() || path.ancestors().any(|above| within.contains(above));
            within && self.covers_file(path)
        }
    }

    /// Whether that goes for every file.
    fn is_all(&self) -> bool {
        self.within.is_empty() && self.exclude.is_empty()
    }
}

impl Scanner {
    /// Scans what is staged.
    ///
    /// # Errors
    ///
    /// If it cannot be told what that is.
    pub(crate) fn scan_staged(
        &self,
        repository: &Repository,
        scope: &Scope,
        progress: &Progress,
    ) -> Result<Outcome, GitError> {
        let Staged {
            mut changes,
            files,
            submodules,
        } = repository.staged()?;
        let nothing = changes.is_empty();
        let covers = scope.filter();
        changes.retain(|change| covers(&absolute(repository, change.path.as_ref())));
        if changes.is_empty() {
            let mut outcome = unchanged(if nothing {
                "nothing is staged: no file would be added or changed, so nothing was scanned"
            } else {
                "nothing that is staged is to be scanned: it is all left out"
            });
            outcome.pass_over_submodules(self.show(repository.root()), submodules);
            return Ok(outcome);
        }
        let work = |worker: &mut Worker<'_>, change: &Change| worker.change(change);
        let mut outcome = Outcome::default();
        let files = Arc::new(files);
        let task = Task::new(repository, &files, scope, progress);
        for found in self.each(task, &changes, work) {
            outcome.merge(found);
        }
        outcome.pass_over_submodules(self.show(repository.root()), submodules);
        outcome.say_absent();
        self.find_runs_in(repository, &files, &mut outcome);
        self.reused(&mut outcome, None);
        Ok(outcome)
    }

    /// Does some work on every item, in parallel; gives what came of each, in order.
    fn each<T: Sync>(
        &self,
        task: Task<'_>,
        items: &[T],
        scan: impl Fn(&mut Worker<'_>, &T) -> Outcome + Sync,
    ) -> Vec<Outcome> {
        let make = || Worker {
            scanner: self,
            repository: task.repository,
            reader: task.repository.reader(),
            files: Arc::clone(task.files),
            scope: task.scope,
            windows: windows(),
        };
        let scan = |worker: &mut Worker<'_>, item: &T| {
            let outcome = scan(worker, item);
            let progress = task.progress;
            progress.files.fetch_add(1, Ordering::Relaxed);
            let bytes = outcome.stats.bytes;
            progress.bytes.fetch_add(bytes, Ordering::Relaxed);
            outcome
        };
        let threads = task.scope.threads.min(items.len().div_ceil(SHARE));
        let pool = (threads > 1).then(|| ThreadPoolBuilder::new().num_threads(threads).build());
        match pool {
            Some(Ok(pool)) => pool.install(|| {
                let items = items.par_iter().with_min_len(SHARE);
                items.map_init(make, scan).collect()
            }),
            // One thread will do, or there is no other to be had.
            _ => {
                let mut worker = make();
                items.iter().map(|item| scan(&mut worker, item)).collect()
            }
        }
    }
}

impl Outcome {
    /// Says what Git LFS does not have here. What was asked for is then not scanned.
    fn say_absent(&mut self) {
        let Some(first) = self.absent.first() else {
            return;
        };
        let message = match self.absent.len() {
            1 => format!("the content of the Git LFS file {first} is"),
            number => format!("the contents of {number} Git LFS files, such as {first}, are"),
        };
        let message = format!("{message} not here, so not scanned: fetch with git lfs fetch --all");
        self.fail(String::new(), ProblemKind::Unreadable, message);
    }
}

/// What threads share that scan the same repository.
#[derive(Clone, Copy)]
struct Task<'a> {
    repository: &'a Repository,
    /// All files beside which those are that are scanned.
    files: &'a Arc<Snapshot>,
    scope: &'a Scope,
    progress: &'a Progress,
}

impl<'a> Task<'a> {
    fn new(
        repository: &'a Repository,
        files: &'a Arc<Snapshot>,
        scope: &'a Scope,
        progress: &'a Progress,
    ) -> Self {
        Self {
            repository,
            files,
            scope,
            progress,
        }
    }
}

/// The outcome of a scan for which there was nothing new.
fn unchanged(message: &str) -> Outcome {
    let mut outcome = Outcome::default();
    outcome.fail(String::new(), ProblemKind::Unchanged, message.to_owned());
    outcome
}

/// The path that a file of a repository has, or would have, on disk.
fn absolute(repository: &Repository, path: &BStr) -> PathBuf {
    repository.root().join(path.to_path_lossy())
}
