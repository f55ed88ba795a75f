//! Content of Git: what is staged, what commits add, the whole history.
//!
//! Each file is scanned whole, so that a shape is seen with what surrounds it; where only what is new
//! was asked for, what was there before is then left out.

mod dedup;
mod history;
mod since;
mod tree_files;

pub use history::Past;

use std::collections::BTreeSet;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bstr::{BStr, ByteSlice as _};
use gix::hash::ObjectId;

use self::tree_files::TreeFiles;
use super::cross_file::Site;
use super::file::{self, Input};
use super::{Outcome, Progress, Scanner};
use crate::config::PathPatterns;
use crate::finding::Finding;
use crate::git::{Added, Change, GitError, Reader, Repository, Snapshot, Staged, added};
use crate::problem::ProblemKind;
use crate::source::Origin;
use crate::span::Span;
use crate::stream::{Stream, Windows};

/// What stands in place of the path of a commit's message.
const COMMIT_MESSAGE: &str = "<commit message>";

/// What stands in place of the path of a tag's message.
const TAG_MESSAGE: &str = "<tag message>";

/// Which files of a repository are scanned.
#[derive(Debug, Default)]
pub struct Scope {
    /// Files and folders as absolute paths; none is all.
    pub within: Vec<PathBuf>,
    /// What to leave out.
    pub exclude: Vec<PathPatterns>,
    /// How many threads work.
    pub threads: usize,
}

impl Scope {
    /// Whether a file, given as an absolute path, is to be scanned.
    fn covers(&self, path: &Path) -> bool {
        let within = self.within.is_empty() || self.within.iter().any(|w| path.starts_with(w));
        within && !self.exclude.iter().any(|patterns| patterns.cover(path))
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
    pub fn scan_staged(
        &self,
        repository: &Repository,
        scope: &Scope,
        progress: &Progress,
    ) -> Result<Outcome, GitError> {
        let Staged { mut changes, files } = repository.staged()?;
        let nothing = changes.is_empty();
        changes.retain(|change| scope.covers(&absolute(repository, change.path.as_ref())));
        if changes.is_empty() {
            return Ok(unchanged(if nothing {
                "nothing is staged: no file would be added or changed, so nothing was scanned"
            } else {
                "nothing that is staged is to be scanned: it is all left out"
            }));
        }
        let work = |worker: &mut Worker<'_>, change: &Change| worker.change(change);
        let mut outcome = Outcome::default();
        let files = Arc::new(files);
        let task = Task::new(repository, &files, scope, progress);
        for (_, found) in self.each(task, &changes, work) {
            outcome.merge(found);
        }
        self.find_runs_in(repository, &files, &mut outcome);
        self.reused(&mut outcome, None);
        Ok(outcome)
    }

    /// Does some work on every item, in parallel; gives what came of each, by its place.
    fn each<T: Sync>(
        &self,
        Task {
            repository,
            files,
            threads,
            progress,
        }: Task<'_>,
        items: &[T],
        scan: impl Fn(&mut Worker<'_>, &T) -> Outcome + Sync,
    ) -> Vec<(usize, Outcome)> {
        let total = Mutex::new(Vec::new());
        let next = AtomicUsize::new(0);
        let work = || {
            let mut worker = Worker {
                scanner: self,
                repository,
                reader: repository.reader(),
                files: Arc::clone(files),
                windows: super::windows(),
            };
            let mut outcomes = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(number) else { break };
                let outcome = scan(&mut worker, item);
                progress.files.fetch_add(1, Ordering::Relaxed);
                progress
                    .bytes
                    .fetch_add(outcome.stats.bytes, Ordering::Relaxed);
                outcomes.push((number, outcome));
            }
            let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
            total.extend(outcomes);
        };
        // A thread costs more than the scan of a few files.
        let threads = threads.min(items.len().div_ceil(8));
        if threads <= 1 {
            work();
        } else {
            std::thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(work);
                }
            });
        }
        total.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What threads share that scan the same repository.
#[derive(Clone, Copy)]
struct Task<'a> {
    repository: &'a Repository,
    /// All files beside which those are that are scanned.
    files: &'a Arc<Snapshot>,
    threads: usize,
    progress: &'a Progress,
}

impl<'a> Task<'a> {
    fn new(
        repository: &'a Repository,
        files: &'a Arc<Snapshot>,
        scope: &Scope,
        progress: &'a Progress,
    ) -> Self {
        Self {
            repository,
            files,
            threads: scope.threads,
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

/// One thread of a scan.
struct Worker<'a> {
    scanner: &'a Scanner,
    repository: &'a Repository,
    reader: Reader,
    files: Arc<Snapshot>,
    windows: Windows,
}

impl Worker<'_> {
    /// Scans a change, and keeps what is new in it.
    fn change(&mut self, change: &Change) -> Outcome {
        self.guard(change.path.as_ref(), |worker| worker.try_change(change))
    }

    /// Scans all of a file.
    fn file(&mut self, path: &BStr, blob: ObjectId) -> Outcome {
        self.guard(path, |worker| {
            if let Some(mut stream) = worker.repository.large(&worker.reader, blob)? {
                return Ok(worker.stream(path, &mut stream));
            }
            let bytes = worker.reader.blob(blob)?;
            Ok(worker.scan(path, &bytes))
        })
    }

    /// Does some work on a file. A panic in it is an error of this file alone.
    fn guard(
        &mut self,
        path: &BStr,
        work: impl FnOnce(&mut Self) -> Result<Outcome, GitError>,
    ) -> Outcome {
        let (kind, message) = match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(Ok(outcome)) => return outcome,
            Ok(Err(error)) => (ProblemKind::Unreadable, error.message),
            Err(_) => {
                self.windows = super::windows();
                (ProblemKind::Internal, super::DEFECT.to_owned())
            }
        };
        let mut outcome = Outcome::default();
        outcome.fail(self.input(path).0.path, kind, message);
        outcome
    }

    fn try_change(&mut self, change: &Change) -> Result<Outcome, GitError> {
        let path = change.path.as_ref();
        let large = self.repository.large(&self.reader, change.blob)?;
        let (new, mut outcome) = if let Some(mut stream) = large {
            (None, self.stream(path, &mut stream))
        } else {
            let new = self.reader.blob(change.blob)?;
            let outcome = self.scan(path, &new);
            (Some(new), outcome)
        };
        if change.bases.is_empty() || outcome.findings.is_empty() {
            return Ok(outcome);
        }
        let mut lines = Added::All;
        let mut known: Option<BTreeSet<String>> = None;
        for base in &change.bases {
            let large = self.repository.large(&self.reader, *base)?;
            let before = if let Some(mut stream) = large {
                lines = lines.and(Added::Unknown);
                self.stream(path, &mut stream)
            } else {
                let old = self.reader.blob(*base)?;
                let new = new.as_ref().map(|new| added(&old, new));
                lines = lines.and(new.unwrap_or(Added::Unknown));
                self.scan(path, &old)
            };
            let before = before.findings;
            let before = before.into_iter().filter(Finding::is_active);
            let before = before.map(|finding| finding.fingerprint).collect();
            known = Some(match known {
                Some(known) => &known | &before,
                None => before,
            });
        }
        let known = known.unwrap_or_default();
        outcome.findings.retain(|finding| {
            let added = span(finding).is_some_and(|span| lines.touches(&span));
            added || !known.contains(&finding.fingerprint)
        });
        Ok(outcome)
    }

    /// Scans a content as that of a file.
    fn scan(&mut self, path: &BStr, bytes: &[u8]) -> Outcome {
        self.stream(path, &mut Cursor::new(bytes))
    }

    /// The same for one that is not in memory.
    fn stream(&mut self, path: &BStr, stream: &mut Stream<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        let (origin, path) = self.input(path);
        let files = TreeFiles {
            repository: self.repository,
            reader: &self.reader,
            files: &self.files,
        };
        let site = path.as_deref().map(|path| Site {
            path,
            files: &files,
        });
        let input = Input { origin, site };
        file::scan(self.scanner, &mut self.windows, input, stream, &mut outcome);
        outcome
    }

    /// How a file is named, and where it would lie on disk. What has no path has a name in its place.
    fn input(&self, path: &BStr) -> (Origin, Option<PathBuf>) {
        if path.starts_with(b"<") {
            return (Origin::file(path.to_string()), None);
        }
        let path = absolute(self.repository, path);
        (Origin::file(self.scanner.show(&path)), Some(path))
    }
}

/// The bytes of its file that a finding lies in; none if it lies in what was unpacked from it.
fn span(finding: &Finding) -> Option<Span> {
    let at = &finding.location;
    let byte = |byte: u64| usize::try_from(byte).unwrap_or(usize::MAX);
    at.origin
        .member
        .is_none()
        .then(|| byte(at.start.byte)..byte(at.end.byte))
}
