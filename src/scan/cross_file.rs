//! What one file says about another: that it runs it, that it hands it on.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;

use super::runs::{Known, drop_lesser, name};
use super::{DEFECT, Outcome, Scanner};
use crate::engine::Engine;
use crate::finding::{Run, Runner};
use crate::problem::ProblemKind;
use crate::source::Origin;

/// How many folders above a script a file that it names is looked for in.
const MAX_UP: usize = 6;

/// The largest file of variables that is read, in bytes.
const MAX_VARIABLES: u64 = 1 << 20;

/// The largest file that is looked into for the scripts that it runs, in bytes.
pub(super) const MAX_RUNNER: u64 = 1 << 20;

/// How many scripts that run each other are followed.
const MAX_CHAIN: usize = 4;

/// Where a file lies, and among which others.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    /// Its path on disk, or the one that it would have there.
    pub(super) path: &'a Path,
    /// The files around it.
    pub(super) files: &'a dyn FileSystem,
}

impl<'a> Site<'a> {
    /// That of a file on disk.
    pub(super) fn on_disk(path: &'a Path) -> Self {
        let files = &Disk;
        Self { path, files }
    }

    /// The absolute path of the file.
    pub(super) fn absolute(self) -> Option<PathBuf> {
        std::path::absolute(self.path).ok()
    }
}

/// Files that lie around one that is scanned: on disk, or where Git has it.
pub(super) trait FileSystem {
    /// The content of the file at an absolute path; none if there is none, or if it has more than
    /// `most` bytes.
    fn read(&self, path: &Path, most: u64) -> Option<Vec<u8>>;
}

/// Files on disk.
pub(super) struct Disk;

impl FileSystem for Disk {
    fn read(&self, path: &Path, most: u64) -> Option<Vec<u8>> {
        let data = path.symlink_metadata().ok()?;
        let fits = data.is_file() && data.len() <= most;
        fits.then(|| std::fs::read(path).ok()).flatten()
    }
}

impl Outcome {
    /// Takes note of the scripts that a file runs.
    pub(super) fn ran(&mut self, by: &str, runs: Vec<(Runner, String)>) {
        self.runs
            .extend(runs.into_iter().map(|(runner, script)| Run {
                runner,
                script,
                by: by.to_owned(),
            }));
    }

    /// Drops what counts only in a script that something runs, where nothing does.
    pub(super) fn drop_what_nothing_runs(&mut self) {
        let run = Known::new(self).run(&self.runs);
        let run: BTreeSet<(Runner, String)> = run
            .into_iter()
            .map(|(runner, path)| (runner, path.to_owned()))
            .collect();
        self.findings.retain(|finding| {
            let path = &finding.location.origin.path;
            finding
                .run_by
                .is_none_or(|runner| run.contains(&(runner, path.clone())))
        });
        drop_lesser(&mut self.findings);
    }
}

impl Scanner {
    /// Looks for what runs the scripts in which something was found that counts only then. `others` are
    /// files that may run them: their names, and what they are to `read`.
    pub(super) fn find_runs<T: Clone>(
        &self,
        outcome: &mut Outcome,
        others: impl FnOnce(&mut Outcome) -> Vec<(String, T)>,
        read: impl Fn(&mut Outcome, &str, T) -> Option<Vec<u8>>,
    ) {
        let mut pending = self.pending(outcome);
        if pending.is_empty() {
            return;
        }
        let mut others = others(outcome);
        // A script may be run by one that another runs.
        for _ in 0..MAX_CHAIN {
            // Most files name none of them, and need no parser.
            let Ok(names) = AhoCorasick::new(&pending) else {
                return;
            };
            let mut left = Vec::new();
            for (path, file) in others {
                let Some(text) = read(outcome, &path, file.clone()) else {
                    continue;
                };
                if !names.is_match(&text) {
                    left.push((path, file));
                    continue;
                }
                let origin = Origin::file(path);
                match catch_unwind(AssertUnwindSafe(|| self.engine.runs(&text, &origin))) {
                    Ok(runs) => outcome.ran(&origin.path, runs),
                    Err(_) => outcome.fail(origin.path, ProblemKind::Internal, DEFECT.to_owned()),
                }
            }
            others = left;
            let known = std::mem::replace(&mut pending, self.pending(outcome));
            if pending.is_subset(&known) {
                return;
            }
        }
    }

    /// Texts of which a file holds one that runs a script in which something was found that counts only then.
    fn pending(&self, outcome: &Outcome) -> BTreeSet<String> {
        let known = Known::new(outcome);
        let run = known.run(&outcome.runs);
        let wanted = outcome.findings.iter().filter_map(|finding| {
            let path = finding.location.origin.path.as_str();
            let runner = finding.run_by?;
            (!run.contains(&(runner, path))).then_some(path)
        });
        let wanted: BTreeSet<&str> = wanted.collect();
        let through = known.through(&outcome.runs, &wanted);
        wanted.into_iter().chain(through).map(mentioned).collect()
    }
}

/// What a file holds that runs a script: its name, without the ending, which the name of a module has not.
fn mentioned(path: &str) -> String {
    let name = name(path);
    if name == "__main__.py" {
        let folder = path.rsplit('/').nth(1);
        return folder.unwrap_or(name).to_owned();
    }
    name.strip_suffix(".py").unwrap_or(name).to_owned()
}

/// Whether the file of variables that a script names has a key of a class of credentials in it. It is looked
/// for beside the script, and in the folders above it.
pub(super) fn holds_key(
    engine: &Engine,
    script: Option<Site<'_>>,
    name: &str,
    class: &str,
) -> bool {
    let relative = Path::new(name);
    if name.is_empty() || relative.is_absolute() || name.contains('$') {
        return false;
    }
    let Some((path, files)) = script.and_then(|site| Some((site.absolute()?, site.files))) else {
        return false;
    };
    let folders = path.ancestors().skip(1).take(MAX_UP);
    let mut candidates = folders.map(|folder| folder.join(relative));
    let text = candidates.find_map(|file| files.read(&file, MAX_VARIABLES));
    text.is_some_and(|text| engine.has_key(&text, class))
}
