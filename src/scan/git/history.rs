//! The whole history.
//!
//! All objects are decoded once, as they are stored, to see which hold anything at all; meanwhile the
//! commits are walked for the names of what is in them. Then the few that hold something are scanned
//! under their names.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bstr::{BStr, BString, ByteSlice as _};
use gix::hash::ObjectId;

use super::dedup::{self, Found, dedup};
use super::worker::Worker;
use super::{Scope, Task, absolute};
use crate::decode;
use crate::finding::Finding;
use crate::git::{Body, Filter, GitError, History, Pointer, Range, Reader, Repository};
use crate::git::{Snapshot, Stored};
use crate::problem::ProblemKind;
use crate::scan::cross_file::MAX_RUNNER;
use crate::scan::names::may_hold;
use crate::scan::{Outcome, Progress, Scanner};

/// Which part of history to scan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Past {
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
    /// The path of a file.
    path: Option<BString>,
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
    pub(crate) fn scan_history(
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
        let filter = scope.filter();
        let covers = |path: &BStr| filter(&absolute(repository, path));
        let covers: Option<&(dyn Fn(&BStr) -> bool + Sync)> = (!scope.is_all()).then_some(&covers);
        let walk = |range: &Range| {
            let covers = covers.map(|covers| move |path: &BStr| covers(path));
            let covers = covers
                .as_ref()
                .map(|covers| covers as &dyn Fn(&BStr) -> bool);
            let filter = Filter {
                covers,
                is_name_wanted: &may_hold,
            };
            repository.history(range, &filter)
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
        let mut outcome = Outcome::default();
        outcome.pass_over_submodules(self.show(repository.root()), history.submodules);
        say_nothing(&history, past, scope, &mut outcome);
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
        outcome.say_absent();
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
            .each_object(task.scope.threads, &|kind, id, body| {
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
        if decode::is_packed(content) || Pointer::parse(content).is_some() {
            return true;
        }
        self.engine.may_hold(content)
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
            worker.files = Arc::new(Snapshot::Commit(item.holder));
            match (item.kind, &item.path) {
                (Stored::Tag, _) => worker.tag(item.id),
                (Stored::Blob, Some(path)) => worker.file(path.as_ref(), item.id),
                (Stored::Blob, None) => worker.blob(item.id),
                (Stored::Commit, _) => match worker.reader.commit(item.id) {
                    Ok(commit) => worker.commit(commit.header.as_ref(), commit.message.as_ref()),
                    Err(error) => {
                        let mut outcome = Outcome::default();
                        outcome.fail(String::new(), ProblemKind::Unreadable, error.message);
                        outcome
                    }
                },
            }
        };
        let mut found = Vec::new();
        let mut head: Vec<(BString, Finding)> = Vec::new();
        for (item, mut of_item) in items.iter().zip(self.each(task, items, scan)) {
            for finding in std::mem::take(&mut of_item.findings) {
                if let Some(path) = item.path.as_ref().filter(|_| item.in_head) {
                    head.push((path.clone(), finding.clone()));
                }
                found.push(Found {
                    commit: item.commit,
                    path: item.path.clone(),
                    finding,
                });
            }
            outcome.merge(of_item);
        }
        let today: Vec<_> = head.iter().map(|(_, finding)| finding.clone()).collect();
        found.extend(self.past_names(task, history));
        let reader = task.repository.reader();
        let commit = |number| reader.commit(*history.commits.get(number)?).ok();
        let past = dedup::Past {
            commit: &commit,
            moved_away: &|path, number| {
                commit(number).is_some_and(|commit| reader.moved_away(&commit, path))
            },
            later: &|path, _| path.clone(),
        };
        outcome.findings = dedup(found, head, &past);
        self.find_past_runs(task.repository, history, &reader, outcome);
        self.reused(outcome, Some(&today));
    }

    /// Looks for credentials in the names of files, folders, branches and tags.
    fn past_names(&self, task: Task<'_>, history: &History) -> Vec<Found> {
        let scan = |worker: &mut Worker<'_>, name: &crate::git::Name| {
            let mut outcome = Outcome::default();
            let last = name.path.rsplit_str("/").next().unwrap_or_default();
            worker.name(name.path.as_ref(), last, &mut outcome);
            outcome
        };
        let names: Vec<_> = history.names().collect();
        let mut found = Vec::new();
        for (name, outcome) in names.iter().zip(self.each(task, &names, scan)) {
            let findings = outcome.findings.into_iter();
            found.extend(findings.map(|finding| Found {
                commit: name.commit,
                path: None,
                finding,
            }));
        }
        if task.scope.within.is_empty() {
            let scan = |worker: &mut Worker<'_>, name: &BString| {
                let mut outcome = Outcome::default();
                worker.reference(name.as_ref(), &mut outcome);
                outcome
            };
            let outcomes = self.each(task, &history.references, scan).into_iter();
            found.extend(
                outcomes
                    .flat_map(|outcome| outcome.findings)
                    .map(|finding| Found {
                        commit: None,
                        path: None,
                        finding,
                    }),
            );
        }
        found
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
                self.may_run(path.as_ref()).then_some((path, id))
            });
            self.named(repository, files.collect())
        };
        // What is not there was said to be missing.
        self.find_runs(outcome, runners, |_, _, blob| {
            reader.small_blob(blob, MAX_RUNNER).ok().flatten()
        });
    }
}

/// Says that there is nothing to scan, if it is so. A range may hold nothing; all of history has something.
fn say_nothing(history: &History, past: &Past, scope: &Scope, outcome: &mut Outcome) {
    if history.blobs().next().is_some() {
        return;
    }
    let is_empty = history.commits.is_empty() && history.tags.is_empty();
    let range = past.revisions.as_ref();
    let is_range = range.is_some_and(|range| range.contains(".."));
    let message = match (is_empty, is_range) {
        (true, true) => "the range holds no commit, so nothing was scanned",
        (true, false) => "there is no commit yet, so there is no history to scan",
        _ if scope.is_all() => return,
        _ => "the history holds no file that is to be scanned",
    };
    let kind = if is_range {
        ProblemKind::Unchanged
    } else {
        ProblemKind::Nothing
    };
    outcome.fail(String::new(), kind, message.to_owned());
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
        let (path, commit) = match kind {
            Stored::Blob => match history.name(id) {
                Some(name) => {
                    let today = history.head.get(&id).cloned();
                    (Some(today.unwrap_or(name.path)), name.commit)
                }
                None if history.leaves_out(id) || !unreached => return None,
                None => (None, None),
            },
            Stored::Commit => (None, Some(*numbers.get(&id)?)),
            Stored::Tag if history.tags.contains(&id) || unreached => (None, None),
            Stored::Tag => return None,
        };
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
