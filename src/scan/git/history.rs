//! The whole history.
//!
//! All objects are decoded once, as they are stored, to see which hold anything at all; meanwhile the
//! commits are walked for the names of what is in them. Then the few that hold something are scanned
//! under their names.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bstr::{BStr, BString};
use gix::hash::ObjectId;

use super::dedup::{Found, dedup};
use super::tree_files::may_run;
use super::{COMMIT_MESSAGE, Scope, TAG_MESSAGE, Task, Worker, absolute, unchanged};
use crate::decode;
use crate::finding::Finding;
use crate::git::{Body, GitError, History, Range, Reader, Repository, Snapshot, Stored};
use crate::problem::ProblemKind;
use crate::scan::cross_file::MAX_RUNNER;
use crate::scan::{Outcome, Progress, Scanner};
use crate::source::Origin;

/// Which part of history to scan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// A revision or range; none is all that references reach.
    pub revisions: Option<String>,
    /// Whether also what nothing reaches any more.
    pub all_objects: bool,
}

/// What a first look at all objects gave.
#[derive(Default)]
struct FirstLook {
    /// Objects that may hold something.
    promising: Vec<(Stored, ObjectId)>,
    /// Commits, if they are wanted.
    commits: Vec<ObjectId>,
    errors: Vec<GitError>,
    files: u64,
    bytes: u64,
}

/// Something to be scanned under its name.
struct Item {
    kind: Stored,
    id: ObjectId,
    path: BString,
    commit: Option<usize>,
    /// The commit that shows what lay around it: the last that is known to hold it.
    holder: Option<ObjectId>,
    in_head: bool,
}

impl Scanner {
    /// Scans the history of a repository.
    ///
    /// # Errors
    ///
    /// If it cannot be told what belongs to it.
    pub fn scan_history(
        &self,
        repository: &Repository,
        past: &Past,
        scope: &Scope,
        progress: &Progress,
    ) -> Result<Outcome, GitError> {
        let mut range = Range {
            revisions: past.revisions.clone(),
            also: Vec::new(),
        };
        let covers = |path: &BStr| scope.covers(&absolute(repository, path));
        let covers: Option<&(dyn Fn(&BStr) -> bool + Sync)> = (!scope.is_all()).then_some(&covers);
        let walk = |range: &Range| {
            let covers = covers.map(|covers| move |path: &BStr| covers(path));
            let covers = covers
                .as_ref()
                .map(|covers| covers as &dyn Fn(&BStr) -> bool);
            repository.history(range, covers)
        };
        let files = Arc::new(Snapshot::Commit(None));
        let task = Task::new(repository, &files, scope, progress);
        let look = || self.first_look(task, past.all_objects);
        let (look, history) = if range.revisions.is_some() {
            (None, walk(&range)?)
        } else if past.all_objects {
            let look = look();
            range.also.clone_from(&look.commits);
            (Some(look), walk(&range)?)
        } else {
            std::thread::scope(|threads| {
                let history = threads.spawn(|| walk(&range));
                let look = look();
                let history = history.join().unwrap_or_else(|_| {
                    Err(GitError {
                        message: "a defect of hfscan ended the walk through the history".to_owned(),
                        help: None,
                    })
                });
                history.map(|history| (Some(look), history))
            })?
        };
        if history.commits.is_empty() && past.revisions.is_some() {
            return Ok(unchanged(
                "the range holds no commit, so nothing was scanned",
            ));
        }
        let mut outcome = Outcome::default();
        if history.commits.is_empty() {
            let message = "there is no commit yet, so there is no history to scan".to_owned();
            outcome.fail(String::new(), ProblemKind::Nothing, message);
        }
        if history.is_cut {
            let message = "this clone is shallow, so older commits could not be scanned: fetch \
                           them with git fetch --unshallow";
            outcome.fail(String::new(), ProblemKind::Limit, message.to_owned());
        }
        self.missing(repository, &history, &mut outcome);
        let items = items(
            look.as_ref(),
            &history,
            past.all_objects && scope.within.is_empty(),
        );
        self.scan_items(task, &history, &items, &mut outcome);
        if let Some(look) = look {
            outcome.stats.files = look.files;
            outcome.stats.bytes = look.bytes;
            for error in look.errors {
                outcome.fail(String::new(), ProblemKind::Unreadable, error.message);
            }
        }
        Ok(outcome)
    }

    /// Looks at all objects for those that may hold something.
    fn first_look(&self, task: Task<'_>, commits: bool) -> FirstLook {
        let progress = task.progress;
        let promising = Mutex::new(Vec::new());
        let all_commits = Mutex::new(Vec::new());
        let (files, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
        let errors = task
            .repository
            .each_object(task.threads, &|kind, id, body| {
                if kind == Stored::Blob {
                    files.fetch_add(1, Ordering::Relaxed);
                    let length = match body {
                        Body::Whole(content) => content.len() as u64,
                        Body::Large(size) => size,
                    };
                    bytes.fetch_add(length, Ordering::Relaxed);
                    progress.files.fetch_add(1, Ordering::Relaxed);
                    progress.bytes.fetch_add(length, Ordering::Relaxed);
                } else if kind == Stored::Commit && commits {
                    let mut all = all_commits.lock().unwrap_or_else(PoisonError::into_inner);
                    all.push(id.to_owned());
                }
                // What makes hfscan fail is looked at again, where that is said of its file.
                let holds = catch_unwind(AssertUnwindSafe(|| match body {
                    Body::Whole(content) => self.may_hold(content),
                    Body::Large(_) => true,
                }));
                if holds.unwrap_or(true) {
                    let mut promising = promising.lock().unwrap_or_else(PoisonError::into_inner);
                    promising.push((kind, id.to_owned()));
                }
            });
        let mut promising = promising
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        promising.sort();
        promising.dedup();
        let mut commits = all_commits
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        commits.sort();
        commits.dedup();
        FirstLook {
            promising,
            commits,
            errors,
            files: files.into_inner(),
            bytes: bytes.into_inner(),
        }
    }

    /// Whether a content may hold something, whatever its name is.
    fn may_hold(&self, content: &[u8]) -> bool {
        if decode::is_packed(content) {
            return true;
        }
        let matches = self
            .engine
            .scan(content, 0..content.len(), 0, &Origin::default());
        !matches.hits.is_empty()
            || !matches.markers.is_empty()
            || (matches.anchored && self.engine.may_want_facts(content))
    }

    /// Says which contents of the history are not stored here.
    fn missing(&self, repository: &Repository, history: &History, outcome: &mut Outcome) {
        let reader = repository.reader();
        let missing: Vec<ObjectId> = history.blobs().filter(|id| !reader.has(*id)).collect();
        let first = missing.iter().min().and_then(|id| history.name(*id));
        if let Some(first) = first {
            let message = format!(
                "{} files of the history are not in this clone, such as {}, so they could not be \
                 scanned: make a clone without --filter",
                missing.len(),
                self.engine.mask(&first.path.to_string())
            );
            outcome.fail(String::new(), ProblemKind::Unreadable, message);
        }
    }

    /// Scans items under their names.
    fn scan_items(&self, task: Task<'_>, history: &History, items: &[Item], outcome: &mut Outcome) {
        let scan = |worker: &mut Worker<'_>, item: &Item| {
            let path: &BStr = item.path.as_ref();
            worker.files = Arc::new(Snapshot::Commit(item.holder));
            match item.kind {
                Stored::Blob => worker.file(path, item.id),
                Stored::Commit => worker.guard(path, |worker| {
                    let message = worker.reader.read_commit(item.id)?.message;
                    Ok(worker.scan(path, &message))
                }),
                Stored::Tag => worker.guard(path, |worker| {
                    let message = worker.reader.tag_message(item.id)?;
                    Ok(worker.scan(path, &message))
                }),
            }
        };
        let mut found = Vec::new();
        let mut head: Vec<Finding> = Vec::new();
        for (place, mut of_item) in self.each(task, items, scan) {
            let Some(item) = items.get(place) else {
                continue;
            };
            for finding in std::mem::take(&mut of_item.findings) {
                if item.in_head {
                    head.push(finding.clone());
                }
                let commit = item.commit;
                found.push(Found { commit, finding });
            }
            outcome.merge(of_item);
        }
        let reader = task.repository.reader();
        outcome.findings = dedup(found, head.clone(), |number| {
            let id = history.commits.get(number)?;
            reader.read_commit(*id).ok()
        });
        self.find_past_runs(task.repository, history, &reader, outcome);
        self.reused(outcome, Some(&head));
    }

    /// Looks for what ran scripts among all that is known of the past.
    fn find_past_runs(
        &self,
        repository: &Repository,
        history: &History,
        reader: &Reader,
        outcome: &mut Outcome,
    ) {
        let runners = |_: &mut Outcome| {
            let files = history.blobs().filter_map(|id| {
                let path = history.name(id)?.path;
                may_run(path.as_ref()).then_some((path, id))
            });
            self.named(repository, files.collect())
        };
        // What is not there was said to be missing.
        self.find_runs(outcome, runners, |_, _, blob| {
            reader.small_blob(blob, MAX_RUNNER).ok().flatten()
        });
    }
}

/// What is to be scanned under its name: what the first look found promising or, without one, all.
/// `unreached` is whether that goes also for what the history does not hold.
fn items(look: Option<&FirstLook>, history: &History, unreached: bool) -> Vec<Item> {
    let numbers = || history.commits.iter().enumerate();
    let numbers: std::collections::HashMap<_, _> = numbers().map(|(at, id)| (*id, at)).collect();
    let all = || {
        let blobs = history.blobs().map(|id| (Stored::Blob, id));
        let commits = history.commits.iter().map(|id| (Stored::Commit, *id));
        let tags = history.tags.iter().map(|id| (Stored::Tag, *id));
        let mut all: Vec<_> = blobs.chain(commits).chain(tags).collect();
        all.sort();
        all
    };
    let promising = look.map_or_else(all, |look| look.promising.clone());
    let named = promising.into_iter().filter_map(|(kind, id)| {
        let unnamed = |what: &str| {
            let short = id.to_hex_with_len(12);
            unreached.then(|| (BString::from(format!("<{what} {short}>")), None))
        };
        let (path, commit) = match kind {
            Stored::Blob => match history.name(id) {
                Some(name) => {
                    let today = history.head.get(&id).cloned();
                    Some((today.unwrap_or(name.path), Some(name.commit)))
                }
                None if history.leaves_out(id) => None,
                None => unnamed("blob"),
            },
            Stored::Commit => numbers
                .get(&id)
                .map(|number| (COMMIT_MESSAGE.into(), Some(*number))),
            Stored::Tag if history.tags.contains(&id) => Some((TAG_MESSAGE.into(), None)),
            Stored::Tag => unnamed("tag"),
        }?;
        let in_head = kind == Stored::Blob && history.head.contains_key(&id);
        let first = commit.and_then(|commit| history.commits.get(commit).copied());
        Some(Item {
            kind,
            id,
            path,
            commit,
            holder: if in_head { history.tip } else { first },
            in_head,
        })
    });
    named.collect()
}
