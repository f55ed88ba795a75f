//! Scans of what Git holds, instead of files on disk.

use std::path::{Component, Path, PathBuf};

use clap::Args;

use super::exit::Failure;
use crate::git::{GitError, Repository};
use crate::scan::{Outcome, Progress, Scanner, Scope};

/// What of a Git repository to scan.
#[derive(Args, Debug)]
#[command(next_help_heading = "Git")]
pub(super) struct GitArgs {
    /// Scan what is staged in Git's index, not the work tree
    #[arg(long)]
    pub(super) staged: bool,
}

impl GitArgs {
    /// Whether something of Git is to be scanned.
    pub(super) fn any(&self) -> bool {
        self.staged
    }

    /// Scans it.
    pub(super) fn scan(
        &self,
        scanner: &Scanner,
        scope: &Scope,
        progress: &Progress,
    ) -> Result<Outcome, GitError> {
        let here = std::env::current_dir().unwrap_or_default();
        let repository = Repository::open(&here)?;
        scanner.scan_staged(&repository, scope, progress)
    }
}

/// A path from the root of the file system, without `.` and `..`. Git follows no links either.
pub(super) fn absolute(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in std::path::absolute(path).unwrap_or_default().components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
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
