//! Content of Git: what is staged. Each file is scanned whole, so that a shape is seen with what
//! surrounds it; then what was there before is left out.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use bstr::{BStr, ByteSlice as _};

use super::file::{self, Input};
use super::window::Buffers;
use super::{Outcome, Progress, Scanner};
use crate::config::PathPatterns;
use crate::finding::Finding;
use crate::git::{Added, Change, GitError, Reader, Repository, added};
use crate::problem::ProblemKind;
use crate::source::Origin;
use crate::span::Span;

/// Which files of a repository are scanned.
#[derive(Debug, Default)]
pub struct Scope {
    /// Files and folders as absolute paths; none is all.
    pub within: Vec<std::path::PathBuf>,
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
        let mut changes = repository.staged()?;
        let mut outcome = Outcome::default();
        if changes.is_empty() {
            let message = "nothing is staged: no file would be added or changed, so nothing was \
                           scanned"
                .to_owned();
            outcome.fail(String::new(), ProblemKind::Unchanged, message);
        }
        changes.retain(|change| scope.covers(&absolute(repository, change.path.as_ref())));
        if changes.is_empty() && outcome.problems.is_empty() {
            let message = "nothing that is staged is to be scanned: it is all left out".to_owned();
            outcome.fail(String::new(), ProblemKind::Unchanged, message);
        }
        outcome.merge(self.scan_changes(repository, &changes, scope.threads, progress));
        Ok(outcome)
    }

    /// Scans changes in parallel.
    fn scan_changes(
        &self,
        repository: &Repository,
        changes: &[Change],
        threads: usize,
        progress: &Progress,
    ) -> Outcome {
        let total = Mutex::new(Outcome::default());
        let next = AtomicUsize::new(0);
        let work = || {
            let mut worker = Worker {
                scanner: self,
                repository,
                reader: repository.reader(),
                buffers: Buffers::default(),
            };
            let mut outcome = Outcome::default();
            while let Some(change) = changes.get(next.fetch_add(1, Ordering::Relaxed)) {
                let found = worker.change(change);
                progress.files.fetch_add(1, Ordering::Relaxed);
                progress
                    .bytes
                    .fetch_add(found.stats.bytes, Ordering::Relaxed);
                outcome.merge(found);
            }
            let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
            total.merge(outcome);
        };
        // A thread costs more than the scan of a few files.
        let threads = threads.min(changes.len().div_ceil(8));
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

/// The path that a file of a repository has, or would have, on disk.
fn absolute(repository: &Repository, path: &BStr) -> std::path::PathBuf {
    repository.root().join(path.to_path_lossy())
}

/// One thread of a scan.
struct Worker<'a> {
    scanner: &'a Scanner,
    repository: &'a Repository,
    reader: Reader,
    buffers: Buffers,
}

impl Worker<'_> {
    /// Scans a change. A panic in it is an error of its file alone.
    fn change(&mut self, change: &Change) -> Outcome {
        let scan = AssertUnwindSafe(|| self.try_change(change));
        let (kind, message) = match catch_unwind(scan) {
            Ok(Ok(outcome)) => return outcome,
            Ok(Err(error)) => (ProblemKind::Unreadable, error.message),
            Err(_) => {
                self.buffers = Buffers::default();
                (ProblemKind::Internal, super::DEFECT.to_owned())
            }
        };
        let mut outcome = Outcome::default();
        let path = absolute(self.repository, change.path.as_ref());
        outcome.fail(self.scanner.show(&path), kind, message);
        outcome
    }

    fn try_change(&mut self, change: &Change) -> Result<Outcome, GitError> {
        let new = self.reader.blob(change.blob)?;
        let mut outcome = self.scan(change.path.as_ref(), &new);
        if change.bases.is_empty() || outcome.findings.is_empty() {
            return Ok(outcome);
        }
        let mut lines = Added::All;
        let mut known: Option<BTreeSet<String>> = None;
        for base in &change.bases {
            let old = self.reader.blob(*base)?;
            lines = lines.and(added(&old, &new));
            let before = self.scan(change.path.as_ref(), &old).findings;
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
        let mut outcome = Outcome::default();
        let path = absolute(self.repository, path);
        let input = Input {
            origin: Origin::file(self.scanner.show(&path)),
            path: Some(&path),
        };
        let mut stream = Cursor::new(bytes);
        file::scan(
            self.scanner,
            &mut self.buffers,
            input,
            &mut stream,
            &mut outcome,
        );
        outcome
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
