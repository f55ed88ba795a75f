//! The pipeline: from paths to a sorted report.
//!
//! Files are scanned in parallel as the walk comes upon them; each thread keeps what it finds, and
//! all is put in order at the end, so that the same input gives the same report on any machine.

mod cells;
mod cross_file;
pub mod examples;
mod file;
mod finish;
mod git;
mod masks;
mod names;
mod options;
mod packed;
mod policy;
mod project;
mod raw;
mod repair;
mod reuse;
mod runs;
mod table;
mod value;

pub(crate) use git::{Past, Scope};
pub use options::Options;
pub(crate) use policy::{Policy, Tags};
pub(crate) use project::{Project, Projects};
pub(crate) use repair::{Repaired, Wanted};

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use self::cross_file::{Disk, FileSystem as _, MAX_RUNNER};
use crate::config::PathPatterns;
use crate::engine::{Engine, LOOKBACK, REACH};
use crate::finding::{Confidence, Finding, Run};
use crate::git::Pointer;
use crate::gitdir::GitDir;
use crate::input::{Entry, Shown, Visitor, Walk};
use crate::problem::{Problem, ProblemKind, Unread, UnreadKind};
use crate::redact::Mask;
use crate::report::Stats;
use crate::rule::RuleSet;
use crate::source::Origin;
use crate::stream::{Overlap, Windows};

/// What is said of a file in whose scan hfscan failed.
const DEFECT: &str = "a defect of hfscan ended the scan of this file: please report it";

/// What is said of a folder that was named and holds no file, beside others.
const EMPTY: &str = "there is no file to scan in it: it is empty, or everything in it is left out";

/// A time in seconds since 1970; none that is earlier is told apart.
pub(crate) fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH);
    i64::try_from(since.map_or(0, |since| since.as_secs())).unwrap_or(i64::MAX)
}

/// Windows that show the engine what it looks at around a match.
pub(crate) fn windows() -> Windows {
    Windows::new(Overlap {
        before: LOOKBACK,
        after: REACH,
    })
}

/// Compiled rules, and how to judge what they find.
#[derive(Debug)]
pub struct Scanner {
    /// The rules.
    pub(crate) engine: Engine,
    /// The judgement.
    pub(crate) policy: Policy,
    /// How paths are shown.
    pub(crate) shown: Shown,
}

/// What to walk.
#[derive(Debug)]
pub struct Paths {
    /// Files and folders, as the user gave them.
    pub roots: Vec<PathBuf>,
    /// How many threads work.
    pub threads: usize,
    /// Whether to leave out what `.gitignore` and its kin name.
    pub honour_gitignore: bool,
    /// What else to leave out, unless it is named.
    pub exclude: Vec<PathPatterns>,
}

/// What a scan found, in no order yet.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was found, suppressed findings among it.
    pub findings: Vec<Finding>,
    /// What could not be scanned.
    pub problems: Vec<Problem>,
    /// What was passed over.
    pub unread: Vec<Unread>,
    /// What was.
    pub stats: Stats,
    /// Scripts that CI configurations and Dockerfiles run, as these name them.
    pub(crate) runs: BTreeSet<Run>,
    /// Files that are scripts by their names.
    pub(crate) scripts: Vec<String>,
    /// What points at a content that Git LFS keeps, in the last file.
    pub(crate) pointers: Vec<Pointer>,
    /// Files whose content Git LFS does not have here.
    pub(crate) absent: BTreeSet<String>,
    /// Files that, by their names, may run scripts.
    pub(crate) runners: BTreeSet<PathBuf>,
}

/// Hears of a finding as soon as it is final.
pub type FindingSink<'t> = dyn FnMut(&Finding) + 't;

/// How far a scan is, for whoever shows it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Files scanned.
    pub files: AtomicU64,
    /// Bytes scanned.
    pub bytes: AtomicU64,
}

impl Outcome {
    /// Adds what another scan found.
    pub fn merge(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.problems.extend(other.problems);
        self.unread.extend(other.unread);
        self.runs.extend(other.runs);
        self.scripts.extend(other.scripts);
        self.runners.extend(other.runners);
        self.absent.extend(other.absent);
        self.stats.files += other.stats.files;
        self.stats.bytes += other.stats.bytes;
        self.stats.links += other.stats.links;
        self.stats.special += other.stats.special;
        self.stats.submodules += other.stats.submodules;
        self.stats.pointers += other.stats.pointers;
        self.stats.unopened += other.stats.unopened;
        self.stats.unparsed += other.stats.unparsed;
        self.stats.partly_parsed += other.stats.partly_parsed;
    }

    /// Puts everything in order, when all files are scanned. What was come upon twice counts once;
    /// what counts only in a script that something runs does not, if nothing runs it.
    pub fn sort(&mut self) {
        self.drop_what_nothing_runs();
        self.findings
            .sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        self.findings
            .dedup_by(|a, b| a.sort_key() == b.sort_key() && a.secret == b.secret);
        self.problems.sort();
        self.problems.dedup();
        self.unread.sort();
    }

    /// Makes problems of all that was passed over.
    pub(crate) fn be_strict(&mut self) {
        let problems = self.unread.iter().map(Unread::problem);
        self.problems.extend(problems);
    }

    /// Takes note of something that was passed over.
    fn pass_over(&mut self, origin: &Origin, kind: UnreadKind, what: &str) {
        self.unread.push(Unread {
            path: origin.path.clone(),
            member: origin.member.clone(),
            kind,
            what: what.to_owned(),
        });
    }

    /// The same for submodules of a repository whose files are in this folder.
    fn pass_over_submodules(&mut self, folder: String, number: u64) {
        if number > 0 {
            self.stats.submodules += number;
            let what = match number {
                1 => "a submodule".to_owned(),
                _ => format!("{number} submodules"),
            };
            self.pass_over(&Origin::file(folder), UnreadKind::Submodule, &what);
        }
    }

    fn fail(&mut self, path: String, kind: ProblemKind, message: String) {
        self.problems.push(Problem {
            path,
            kind,
            message,
        });
    }
}

impl Scanner {
    /// A scanner that has all rules of a set on, and judges as the program does without options. `now` is the
    /// time that expiry dates are held against.
    #[must_use]
    pub fn new(rules: &RuleSet, now: SystemTime) -> Self {
        let all = vec![true; rules.rules().len()];
        Self {
            engine: Engine::new(rules, all, seconds(now)),
            policy: Policy::default(),
            shown: Shown::relative_to(None),
        }
    }

    /// The same, but all is reported, however unsure it is and whatever comments say.
    #[must_use]
    pub fn thorough(mut self) -> Self {
        self.policy.min_confidence = Confidence::Low;
        self.policy.honour_comments = false;
        self
    }

    /// Where the credentials of a text stand, and what may be shown in their place.
    #[must_use]
    pub fn masks(&self, text: &[u8]) -> Vec<Mask> {
        self.engine.masks(text, 0)
    }

    /// A text without the credentials in it.
    #[must_use]
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.engine.mask(text)
    }

    /// Scans the bytes of a file, whose name tells what they are. What is found is in order.
    #[must_use]
    pub fn scan_bytes(&self, name: &str, bytes: &[u8]) -> Outcome {
        let mut outcome = self.scan_stream(name, bytes, &Progress::default());
        outcome.sort();
        outcome
    }

    /// Scans files and folders.
    pub fn scan_paths(&self, paths: Paths, progress: &Progress) -> Outcome {
        let total = Mutex::new(Outcome::default());
        let mut roots = Vec::new();
        for root in paths.roots {
            match root.metadata() {
                Ok(_) => roots.push(root),
                Err(error) => {
                    let message = file::io_message(&error);
                    let shown = self.show(&root);
                    total.lock().unwrap_or_else(PoisonError::into_inner).fail(
                        shown,
                        ProblemKind::Unreadable,
                        message,
                    );
                }
            }
        }
        let exclude = paths.exclude;
        let walk = Walk {
            roots,
            threads: paths.threads,
            honour_gitignore: paths.honour_gitignore,
            exclude: (!exclude.is_empty()).then(|| {
                let excluded = move |path: &Path, is_dir| {
                    exclude.iter().any(|patterns| patterns.name(path, is_dir))
                };
                Arc::new(excluded) as crate::input::Exclude
            }),
        };
        walk.run(|| Worker {
            scanner: self,
            windows: windows(),
            outcome: Outcome::default(),
            total: &total,
            progress,
        });
        let mut outcome = total.into_inner().unwrap_or_else(PoisonError::into_inner);
        let runners = |outcome: &mut Outcome| {
            let runners = std::mem::take(&mut outcome.runners).into_iter();
            runners
                .map(|path| (self.show(&path), path))
                .collect::<Vec<_>>()
        };
        // Whichever cannot be read was said to be so when it was scanned.
        self.find_runs(&mut outcome, runners, |_, _, path| {
            Disk.read(&path, MAX_RUNNER)
        });
        self.reused(&mut outcome, None);
        outcome
    }

    /// Scans a stream.
    pub fn scan_stream(
        &self,
        name: &str,
        mut stream: impl Read + Send,
        progress: &Progress,
    ) -> Outcome {
        let origin = Origin::file(self.engine.mask(name));
        let outcome = file::stream(self, origin, &mut stream);
        progress.files.fetch_add(1, Ordering::Relaxed);
        outcome
    }

    /// Scans a stream that someone may still write to, such as standard input. `tell` hears of each
    /// finding that is reported as soon as it is sure, which a pause of the stream makes it.
    pub fn follow_stream(
        &self,
        name: &str,
        mut stream: impl Read + Send,
        progress: &Progress,
        tell: Option<&mut FindingSink<'_>>,
    ) -> Outcome {
        let origin = Origin::file(self.engine.mask(name));
        let outcome = file::follow(self, origin, &mut stream, tell);
        progress.files.fetch_add(1, Ordering::Relaxed);
        outcome
    }

    /// Scans where a link leads: Git keeps that as the content of a file. It is not followed.
    fn scan_link(&self, path: &Path, outcome: &mut Outcome) {
        if let Ok(target) = path.read_link() {
            let origin = Origin::file(self.show(path));
            let mut target = std::io::Cursor::new(target.as_os_str().as_encoded_bytes());
            let found = file::stream(self, origin, &mut target);
            outcome.findings.extend(found.findings);
        }
    }

    /// A path, as it is shown: short, and without credentials.
    fn show(&self, path: &Path) -> String {
        self.mask_path(&self.shown.path(path)).into_owned()
    }
}

/// One thread of a scan.
struct Worker<'a> {
    scanner: &'a Scanner,
    windows: Windows,
    outcome: Outcome,
    total: &'a Mutex<Outcome>,
    progress: &'a Progress,
}

impl Visitor for Worker<'_> {
    fn visit(&mut self, entry: Entry<'_>) {
        match entry {
            Entry::File { path, named } => {
                let before = self.outcome.stats.bytes;
                self.file(path, named);
                for pointer in std::mem::take(&mut self.outcome.pointers) {
                    self.pointer(path, &pointer);
                }
                self.scanner.scan_path(path, &mut self.outcome);
                if self.scanner.engine.runs_scripts(&path.to_string_lossy()) {
                    self.outcome.runners.insert(path.to_owned());
                }
                let bytes = self.outcome.stats.bytes - before;
                self.progress.files.fetch_add(1, Ordering::Relaxed);
                self.progress.bytes.fetch_add(bytes, Ordering::Relaxed);
            }
            Entry::Folder { path } => self.scanner.scan_path(path, &mut self.outcome),
            Entry::Link { path, leads_out } => {
                self.outcome.stats.links += 1;
                if leads_out {
                    self.pass_over(path, UnreadKind::Link, "symbolic link");
                }
                self.scanner.scan_path(path, &mut self.outcome);
                self.scanner.scan_link(path, &mut self.outcome);
            }
            Entry::AbsentSubmodules { path, number } => {
                let path = self.scanner.show(path);
                self.outcome.pass_over_submodules(path, number);
            }
            Entry::Empty { path } => {
                let shown = self.scanner.show(path);
                self.outcome
                    .fail(shown, ProblemKind::Nothing, EMPTY.to_owned());
            }
            Entry::Special { path } => {
                self.outcome.stats.special += 1;
                self.pass_over(path, UnreadKind::Special, "special file");
            }
            Entry::Failed { path, error } => {
                let shown = path.map(|path| self.scanner.show(path)).unwrap_or_default();
                self.outcome.fail(shown, ProblemKind::Unreadable, error);
            }
        }
    }
}

impl Worker<'_> {
    /// Takes note of something that was passed over.
    fn pass_over(&mut self, path: &Path, kind: UnreadKind, what: &str) {
        let origin = Origin::file(self.scanner.show(path));
        self.outcome.pass_over(&origin, kind, what);
    }

    /// Scans what a pointer of Git LFS stands for, if it is here.
    fn pointer(&mut self, path: &Path, pointer: &Pointer) {
        let path = std::path::absolute(path).unwrap_or_default();
        let repository = path.ancestors().skip(1).find_map(GitDir::of);
        let Some(mut file) = repository.and_then(|own| pointer.open(&own.common.join("lfs")))
        else {
            self.outcome.stats.pointers += 1;
            self.pass_over(&path, UnreadKind::Pointer, "Git LFS file");
            return;
        };
        let scan = AssertUnwindSafe(|| {
            let origin = Origin::file(self.scanner.show(&path));
            let site = Some(cross_file::Site::on_disk(&path));
            let input = file::Input { origin, site };
            let outcome = &mut self.outcome;
            file::scan(self.scanner, &mut self.windows, input, &mut file, outcome);
        });
        if catch_unwind(scan).is_err() {
            self.windows = windows();
            let shown = self.scanner.show(&path);
            let outcome = &mut self.outcome;
            outcome.fail(shown, ProblemKind::Internal, DEFECT.to_owned());
        }
        self.outcome.pointers.clear();
    }

    /// Scans a file. A panic in it is an error of this file alone.
    fn file(&mut self, path: &Path, named: bool) {
        let scan = AssertUnwindSafe(|| {
            file::open(
                self.scanner,
                &mut self.windows,
                path,
                named,
                &mut self.outcome,
            );
        });
        if catch_unwind(scan).is_err() {
            self.windows = windows();
            let shown = self.scanner.show(path);
            self.outcome
                .fail(shown, ProblemKind::Internal, DEFECT.to_owned());
        }
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        let outcome = std::mem::take(&mut self.outcome);
        let mut total = self.total.lock().unwrap_or_else(PoisonError::into_inner);
        total.merge(outcome);
    }
}
