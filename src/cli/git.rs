//! Scans of what Git holds, instead of files on disk.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use bstr::BString;
use clap::Args;

use super::exit::{Failure, safe};
use crate::git::{GitError, Known, Repository, Update};
use crate::input::absolute;
use crate::scan::{Outcome, Past, Progress, Scanner, Scope};

/// What of a Git repository to scan.
#[derive(Args, Debug)]
#[command(next_help_heading = "Git")]
pub(super) struct GitArgs {
    /// Scan what is staged in Git's index, not the work tree
    #[arg(long, conflicts_with_all = ["since", "history"])]
    pub(super) staged: bool,
    /// Scan what the commits add that are not in REV, as in a pull request or a push; A..B names the
    /// last commit too
    #[arg(long, value_name = "REV", conflicts_with = "history")]
    pub(super) since: Option<String>,
    /// Look for credentials in all that was ever committed [default: by any reference]; for other
    /// mistakes too if --select names them
    #[arg(long, value_name = "RANGE", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "the flag, and its value")]
    pub(super) history: Option<Option<String>>,
    /// With --history, scan also what nothing refers to any more
    #[arg(long, requires = "history")]
    pub(super) all_objects: bool,
    /// Whether files would be named, were there any.
    #[arg(skip)]
    pub(super) names_files: bool,
    /// What hooks ask for.
    #[arg(skip)]
    pub(super) of_hook: Option<OfHook>,
}

/// What the hooks of Git, and those of pre-commit, ask for.
#[derive(Clone, Debug)]
pub(super) enum OfHook {
    /// What is pushed, and to where: a remote repository, or any.
    Sent(Vec<Update>, Option<BString>),
    /// What this repository is to take.
    Received(Vec<Update>),
    /// Files as they are on disk, all of them.
    Files(Vec<PathBuf>),
}

impl GitArgs {
    /// Whether something of Git is to be scanned.
    pub(super) fn any(&self) -> bool {
        let of_hook = self.of_hook.is_some();
        self.staged || self.since.is_some() || self.history.is_some() || of_hook
    }

    /// Whether all that references reach is to be scanned.
    pub(super) fn is_whole_history(&self) -> bool {
        self.history == Some(None)
    }

    /// Tells `--history PATH` from `--history RANGE`, as Git does: a word that is no revision, but a
    /// path, is one. And refuses what is not in Git.
    pub(super) fn part(&mut self, paths: &mut Vec<PathBuf>) -> Result<(), Failure> {
        if let Some(Some(word)) = &self.history
            && Path::new(word).exists()
            && !open(&[]).is_ok_and(|repository| repository.knows(word))
        {
            paths.insert(0, PathBuf::from(word));
            self.history = Some(None);
        }
        if self.any() && paths.iter().any(|path| path == Path::new("-")) {
            return Err(Failure::new("standard input is not in Git")
                .help("leave out `-`, or the options that scan what Git holds"));
        }
        Ok(())
    }

    /// Scans it.
    pub(super) fn scan(
        &self,
        scanner: &Scanner,
        scope: &Scope,
        progress: &Progress,
    ) -> Result<Outcome, GitError> {
        let repository = open(&scope.within)?;
        match (&self.of_hook, &self.since, &self.history) {
            (Some(OfHook::Sent(updates, remote)), ..) => {
                let known = Known::Remote(remote.as_ref().map(AsRef::as_ref));
                scanner.scan_pushed(&repository, (updates, known), scope, progress)
            }
            (Some(OfHook::Received(updates)), ..) => {
                scanner.scan_pushed(&repository, (updates, Known::Referenced), scope, progress)
            }
            (Some(OfHook::Files(files)), ..) => {
                scanner.scan_files(&repository, files, scope, progress)
            }
            (None, Some(since), _) => scanner.scan_since(&repository, since, scope, progress),
            (None, None, Some(revisions)) => {
                let past = Past {
                    revisions: revisions.clone(),
                    all_objects: self.all_objects,
                };
                scanner.scan_history(&repository, &past, scope, progress)
            }
            (None, None, None) => scanner.scan_staged(&repository, scope, progress),
        }
    }

    /// Tells whether a path is no more, where the scan looked: on disk, in the index, in the last commit.
    /// What cannot be told is taken to be there, so that it hides nothing elsewhere.
    pub(super) fn is_gone(&self, paths: &[PathBuf]) -> Box<dyn Fn(&Path) -> bool> {
        if !self.any() || matches!(self.of_hook, Some(OfHook::Files(_))) {
            return Box::new(|path| path.symlink_metadata().is_err());
        }
        let within: Vec<PathBuf> = paths.iter().map(|path| absolute(path)).collect();
        let (staged, tip) = (self.staged, self.tip());
        // It is seldom asked at all.
        let state = OnceCell::new();
        Box::new(move |path| {
            let state = state.get_or_init(|| {
                let repository = open(&within).ok()?;
                let state = if staged {
                    repository.staged().ok()?.files
                } else {
                    repository.at(tip.as_deref()).ok()?
                };
                Some((repository.reader(), repository, state))
            });
            state.as_ref().is_some_and(|(reader, repository, state)| {
                repository
                    .below(path)
                    .is_none_or(|path| matches!(state.find(reader, path.as_ref()), Ok(None)))
            })
        })
    }

    /// The revision at which files count as there; none is `HEAD`.
    fn tip(&self) -> Option<String> {
        match (&self.of_hook, &self.since) {
            (Some(OfHook::Sent(updates, _) | OfHook::Received(updates)), _) => {
                updates.first().map(|update| update.tip.clone())
            }
            (_, Some(range)) => {
                let (_, tip) = range.split_once("..")?;
                let tip = tip.trim_start_matches('.');
                Some(tip.to_owned()).filter(|tip| !tip.is_empty())
            }
            _ => None,
        }
    }
}

/// The repository that these paths are in; without any, the one that hfscan runs in.
fn open(paths: &[PathBuf]) -> Result<Repository, GitError> {
    let here = std::env::current_dir().unwrap_or_default();
    // A file of the past may have no folder any more.
    let folder = paths
        .first()
        .and_then(|path| path.ancestors().find(|folder| folder.is_dir()));
    let repository = Repository::open(folder.unwrap_or(&here))?;
    let root = repository.root();
    match paths.iter().find(|path| !path.starts_with(root)) {
        // To scan nothing for it would look like a pass.
        Some(outside) => Err(GitError {
            message: format!(
                "{} is not in the Git repository {}",
                safe(&outside.display().to_string()),
                safe(&root.display().to_string())
            ),
            help: Some("name paths of one repository, as they lie in it".to_owned()),
        }),
        None => Ok(repository),
    }
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        let failure = Self::new(error.message);
        match error.help {
            Some(help) => failure.help(help),
            None => failure,
        }
    }
}
