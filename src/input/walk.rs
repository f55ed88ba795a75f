//! Walking folders in parallel.
//!
//! Hidden files are in and `.git` is out. `.gitignore` is honoured, but a file that Git tracks is
//! scanned whatever it says: a forced `.env` is the classic leak. What the user named is never
//! filtered away. Links are not followed, so that nothing outside is scanned and no loop is walked.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fs, io};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use super::{git, ignore_files};
use crate::gitdir::{GitDir, Unreadable};

/// What the walk came upon.
#[derive(Debug)]
pub(crate) enum Entry<'a> {
    /// A file to scan.
    File {
        /// Its path: a root joined with the way from it.
        path: &'a Path,
        /// Whether the user named this very file.
        named: bool,
    },
    /// A folder whose files come with it, or have come.
    Folder {
        /// Its path: a root joined with the way from it.
        path: &'a Path,
    },
    /// A symbolic link, which is not followed.
    Link {
        /// Its path: a root joined with the way from it.
        path: &'a Path,
        /// Whether it leads to something that lies in no root of the walk.
        leads_out: bool,
    },
    /// A FIFO, socket or device, which is not read.
    Special {
        /// Its path: a root joined with the way from it.
        path: &'a Path,
    },
    /// Submodules whose files are not here.
    AbsentSubmodules {
        /// Where their repository has its files.
        path: &'a Path,
        /// How many there are.
        number: u64,
    },
    /// A root without a file to scan, beside others.
    Empty {
        /// The root.
        path: &'a Path,
    },
    /// Something that could not be listed.
    Failed {
        /// The path, if it is known.
        path: Option<&'a Path>,
        /// Why.
        error: String,
    },
}

/// Takes what a walk comes upon, on one thread.
pub(crate) trait Visitor: Send {
    /// Takes one entry.
    fn visit(&mut self, entry: Entry<'_>);
}

/// Whether a path (and whether it is a folder) is to be left out, with all that lies in it. What lies
/// in a folder that is left out is not asked for.
pub(crate) type Exclude = Arc<dyn Fn(&Path, bool) -> bool + Send + Sync>;

/// A walk.
pub(crate) struct Walk {
    /// Files and folders to start from. They exist.
    pub roots: Vec<PathBuf>,
    /// How many threads walk and scan.
    pub threads: usize,
    /// Whether to leave out what `.gitignore` and its kin name.
    pub honour_gitignore: bool,
    /// What else to leave out.
    pub exclude: Option<Exclude>,
}

impl Walk {
    /// Walks, with one visitor a thread.
    pub(crate) fn run<V: Visitor>(&self, make: impl Fn() -> V + Sync) {
        let seen = Seen {
            full: (self.roots.len() > 1).then(Mutex::default),
            ..Seen::default()
        };
        let mut failed = Vec::new();
        let mut roots = Vec::new();
        // What was left out of the walk since its ignore files cannot be read: nothing is ignored there.
        let mut unruled = Vec::new();
        for root in &self.roots {
            let is_ruled = self.honour_gitignore && root.is_dir();
            match is_ruled.then(|| ignore_files::check_root(root)) {
                Some(Err(error)) => {
                    failed.push(error);
                    unruled.push(root.clone());
                }
                Some(Ok(false)) => unruled.push(root.clone()),
                _ => roots.push(root.clone()),
            }
        }
        let left_out = self.walk(&roots, self.honour_gitignore, &seen, &make);
        for (folder, error) in left_out {
            unruled.push(folder);
            failed.extend(error);
        }
        self.walk(&unruled, false, &seen, &make);
        let mut visitor = make();
        for Unreadable { path, error } in failed {
            let path = Some(path.as_path());
            let error = format!("{error}; so nothing in its folder was taken for ignored");
            visitor.visit(Entry::Failed { path, error });
        }
        drop(visitor);
        if self.honour_gitignore {
            self.scan_tracked(&seen, &make);
        }
        if let Some(full) = &seen.full {
            let full = lock(full);
            let is_full =
                |root: &PathBuf| full.contains(root) || unruled.iter().any(|f| f.starts_with(root));
            let mut visitor = make();
            for path in self
                .roots
                .iter()
                .filter(|root| root.is_dir() && !is_full(root))
            {
                visitor.visit(Entry::Empty { path });
            }
        }
    }

    /// Walks some roots. Returns the folders in them whose ignore files are not to be read, and what cannot
    /// be read of them; they are left out.
    fn walk<V: Visitor>(
        &self,
        roots: &[PathBuf],
        honour: bool,
        seen: &Seen,
        make: &(impl Fn() -> V + Sync),
    ) -> Vec<(PathBuf, Option<Unreadable>)> {
        let Some((first, rest)) = roots.split_first() else {
            return Vec::new();
        };
        let mut builder = WalkBuilder::new(first);
        for root in rest {
            builder.add(root);
        }
        builder
            .standard_filters(false)
            .git_ignore(honour)
            .git_exclude(honour)
            .git_global(honour)
            .parents(honour)
            .threads(self.threads);
        let exclude = self.exclude.clone();
        let nested = Arc::clone(&seen.repositories);
        let left_out = Arc::new(Mutex::new(Vec::new()));
        let unreadable = Arc::clone(&left_out);
        builder.filter_entry(move |entry| {
            if entry.depth() == 0 {
                return true;
            }
            let path = entry.path();
            let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
            if entry.file_name() == OsStr::new(".git") {
                // A folder of that name which is no repository is a folder like others.
                let is_repository = is_dir && GitDir::at(path).is_some();
                if let Some(parent) = path.parent().filter(|_| is_repository || !is_dir) {
                    lock(&nested).push(parent.to_owned());
                }
                if is_repository {
                    return false;
                }
            }
            if exclude
                .as_ref()
                .is_some_and(|exclude| exclude(path, is_dir))
            {
                return false;
            }
            let why = match (honour && is_dir).then(|| ignore_files::check(path)) {
                Some(Ok(false)) => None,
                Some(Err(error)) => Some(error),
                _ => return true,
            };
            lock(&unreadable).push((path.to_owned(), why));
            false
        });
        let real = self.roots.iter().map(fs::canonicalize);
        let roots: Vec<PathBuf> = real.filter_map(Result::ok).collect();
        let roots = &roots;
        let mut workers = Workers { make, roots, seen };
        builder.build_parallel().visit(&mut workers);
        let mut left_out = std::mem::take(&mut *lock(&left_out));
        left_out.sort_by(|(a, _), (b, _)| a.cmp(b));
        left_out
    }

    /// Whether a file, or a folder on the way to it from a root, is to be left out.
    fn leaves_out(&self, root: &Path, below: &Path) -> bool {
        self.exclude.as_ref().is_some_and(|exclude| {
            below
                .ancestors()
                .take_while(|part| !part.as_os_str().is_empty())
                .any(|part| exclude(&root.join(part), part != below))
        })
    }

    /// Scans the files that Git tracks and that `.gitignore` kept from the walk.
    fn scan_tracked<V: Visitor>(&self, seen: &Seen, make: &(impl Fn() -> V + Sync)) {
        let folders = self.roots.iter().filter(|root| root.is_dir());
        let mut visitor = make();
        let mut missed = Vec::new();
        let visited = lock(&seen.paths);
        for repository in git::repositories(folders, &lock(&seen.repositories)) {
            let tracked = match repository.tracked() {
                Ok(tracked) => {
                    let (path, number) = (repository.worktree(), tracked.absent);
                    visitor.visit(Entry::AbsentSubmodules { path, number });
                    tracked.files
                }
                Err(error) => {
                    let path = Some(repository.worktree());
                    visitor.visit(Entry::Failed { path, error });
                    continue;
                }
            };
            missed.extend(tracked.into_iter().filter_map(|(root, below)| {
                let path = root.join(&below);
                let is_missed = !visited.contains(&seen.hasher.hash_one(path.as_path()))
                    && !self.leaves_out(root, &below)
                    && fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file());
                if is_missed && let Some(full) = &seen.full {
                    lock(full).insert(root.to_owned());
                }
                is_missed.then_some(path)
            }));
        }
        drop(visitor);
        missed.sort();
        missed.dedup();
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..self.threads.clamp(1, missed.len().max(1)) {
                scope.spawn(|| {
                    let mut visitor = make();
                    while let Some(path) = missed.get(next.fetch_add(1, Ordering::Relaxed)) {
                        visitor.visit(Entry::File { path, named: false });
                    }
                });
            }
        });
    }
}

/// What the walk has come upon, to find later what it was kept from.
#[derive(Default)]
struct Seen {
    /// Hashes of the paths of visited files. With 64 random bits, the chance that one of a million
    /// files hides another is below one in ten million.
    paths: Mutex<HashSet<u64>>,
    hasher: RandomState,
    /// Folders with a `.git` in them.
    repositories: Arc<Mutex<Vec<PathBuf>>>,
    /// Roots with a file in them; none if there is one root alone.
    full: Option<Mutex<HashSet<PathBuf>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Workers<'s, F> {
    make: &'s F,
    roots: &'s [PathBuf],
    seen: &'s Seen,
}

struct Worker<'s, V> {
    visitor: V,
    roots: &'s [PathBuf],
    seen: &'s Seen,
    hashes: Vec<u64>,
    /// The last root that a file was in.
    root: PathBuf,
}

impl<'s, V: Visitor + 's, F: Fn() -> V> ParallelVisitorBuilder<'s> for Workers<'s, F> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 's> {
        Box::new(Worker {
            visitor: (self.make)(),
            roots: self.roots,
            seen: self.seen,
            hashes: Vec::new(),
            root: PathBuf::new(),
        })
    }
}

impl<V: Visitor> ParallelVisitor for Worker<'_, V> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) => self.take(&entry),
            Err(error) => self.fail(&error),
        }
        WalkState::Continue
    }
}

impl<V: Visitor> Worker<'_, V> {
    fn take(&mut self, entry: &DirEntry) {
        let path = entry.path();
        let Some(kind) = entry.file_type() else {
            return;
        };
        let named = entry.depth() == 0;
        if kind.is_file() || (named && !path.is_dir()) {
            self.hashes.push(self.seen.hasher.hash_one(path));
            self.note_root(entry);
            self.visitor.visit(Entry::File { path, named });
        } else if kind.is_symlink() {
            let leads_out = self.leads_out(path);
            self.visitor.visit(Entry::Link { path, leads_out });
        } else if kind.is_dir() {
            self.visitor.visit(Entry::Folder { path });
        } else {
            self.visitor.visit(Entry::Special { path });
        }
    }

    /// Whether a link leads to something that is not walked.
    fn leads_out(&self, link: &Path) -> bool {
        let target = fs::canonicalize(link);
        target.is_ok_and(|target| !self.roots.iter().any(|root| target.starts_with(root)))
    }

    /// Notes that there is a file in the root of an entry.
    fn note_root(&mut self, entry: &DirEntry) {
        if let Some(full) = &self.seen.full
            && let Some(root) = entry.path().ancestors().nth(entry.depth())
            && root != self.root
        {
            root.clone_into(&mut self.root);
            lock(full).insert(root.to_owned());
        }
    }

    fn fail(&mut self, error: &ignore::Error) {
        let error_of_file = error.io_error().map(io::Error::to_string);
        let path = path_of(error);
        self.visitor.visit(Entry::Failed {
            path,
            error: error_of_file.unwrap_or_else(|| error.to_string()),
        });
    }
}

impl<V> Drop for Worker<'_, V> {
    fn drop(&mut self) {
        lock(&self.seen.paths).extend(self.hashes.drain(..));
    }
}

/// The path in an error of the walker.
fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        ignore::Error::Partial(errors) => errors.iter().find_map(path_of),
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}
