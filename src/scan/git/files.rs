//! Files that are named one by one, as pre-commit does it, among those of a repository.

use std::path::{Path, PathBuf};

use super::{Scope, unchanged};
use crate::git::{GitError, Repository};
use crate::input::absolute;
use crate::scan::{Outcome, Paths, Progress, Scanner};

impl Scanner {
    /// Scans files as they are on disk and, where they are staged, as they are staged. What runs them is
    /// looked for among all files of the index: they may be a part of a longer list.
    ///
    /// # Errors
    ///
    /// If the index cannot be read.
    pub(crate) fn scan_files(
        &self,
        repository: &Repository,
        files: &[PathBuf],
        scope: &Scope,
        progress: &Progress,
    ) -> Result<Outcome, GitError> {
        let within = files.iter().map(|file| absolute(file)).collect();
        let staged = Scope {
            within,
            exclude: scope.exclude.clone(),
            threads: scope.threads,
        };
        let mut outcome = self.scan_staged(repository, &staged, progress)?;
        outcome.problems.retain(|problem| problem.is_incomplete());
        let mut roots = Vec::new();
        for file in files {
            match file.symlink_metadata() {
                // Of a link, Git has where it leads, and of a submodule a commit.
                Ok(data) if data.is_symlink() => {
                    outcome.stats.files += 1;
                    self.scan_link(file, &mut outcome);
                }
                Ok(data) if data.is_dir() => outcome.pass_over_submodules(self.show(file), 1),
                _ if scope.covers_file(&absolute(file)) => roots.push(file.clone()),
                _ => {}
            }
        }
        let paths = Paths {
            roots,
            threads: scope.threads,
            honour_gitignore: false,
            exclude: Vec::new(),
        };
        outcome.merge(self.scan_paths(paths, progress));
        if outcome.stats.files == 0 && outcome.problems.is_empty() {
            let nothing = unchanged("nothing of what is named is a file that is to be scanned");
            outcome.problems = nothing.problems;
        }
        let files = repository.staged()?.files;
        self.find_runs_in(repository, &files, &mut outcome);
        Ok(outcome)
    }

    /// Which of some files are staged.
    ///
    /// # Errors
    ///
    /// If the index cannot be read.
    pub(crate) fn are_staged(repository: &Repository, files: &[PathBuf]) -> Result<bool, GitError> {
        let staged = repository.staged()?.changes;
        let is_staged = |file: &Path| {
            let path = repository.below(&absolute(file));
            path.is_some_and(|path| {
                let found = staged.binary_search_by(|change| change.path.cmp(&path));
                found.is_ok()
            })
        };
        Ok(files.iter().all(|file| is_staged(file)))
    }
}
