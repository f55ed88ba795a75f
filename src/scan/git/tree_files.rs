//! The files around those that are scanned, as Git has them: what is on disk does not count.

use std::path::{Component, Path};

use bstr::{BStr, BString, ByteSlice as _, ByteVec as _};
use gix::hash::ObjectId;

use super::absolute;
use crate::git::{Reader, Repository, Snapshot};
use crate::problem::ProblemKind;
use crate::scan::cross_file::{FileSystem, MAX_RUNNER};
use crate::scan::{Outcome, Scanner};

/// All files of a state of a repository.
pub(super) struct TreeFiles<'a> {
    pub(super) repository: &'a Repository,
    pub(super) reader: &'a Reader,
    pub(super) files: &'a Snapshot,
}

impl FileSystem for TreeFiles<'_> {
    fn read(&self, path: &Path, most: u64) -> Option<Vec<u8>> {
        let path = below(self.repository.root(), path)?;
        let blob = self.files.find(self.reader, path.as_ref()).ok()??;
        self.reader.small_blob(blob, most).ok()?
    }
}

/// A path below a root, as Git writes it. Git follows no links.
fn below(root: &Path, path: &Path) -> Option<BString> {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for component in path.strip_prefix(root).ok()?.components() {
        match component {
            Component::Normal(part) => parts.push(Vec::from_path_lossy(Path::new(part)).into()),
            Component::ParentDir => {
                parts.pop()?;
            }
            _ => {}
        }
    }
    Some(bstr::join("/", parts).into())
}

impl Scanner {
    /// Whether a file may run scripts, by its name.
    pub(super) fn may_run(&self, path: &BStr) -> bool {
        self.engine.runs_scripts(&path.to_str_lossy())
    }

    /// Looks for what runs the scripts in which something was found that counts only then, among all
    /// files of a state of a repository.
    pub(super) fn find_runs_in(
        &self,
        repository: &Repository,
        files: &Snapshot,
        outcome: &mut Outcome,
    ) {
        let reader = repository.reader();
        let runners = |outcome: &mut Outcome| match files.files(&reader, |path| self.may_run(path))
        {
            Ok(files) => self.named(repository, files),
            Err(error) => {
                outcome.fail(String::new(), ProblemKind::Unreadable, error.message);
                Vec::new()
            }
        };
        self.find_runs(outcome, runners, |outcome, path, blob| {
            let content = reader.small_blob(blob, MAX_RUNNER);
            content.unwrap_or_else(|error| {
                outcome.fail(path.to_owned(), ProblemKind::Unreadable, error.message);
                None
            })
        });
    }

    /// Files as they are shown.
    pub(super) fn named(
        &self,
        repository: &Repository,
        files: Vec<(BString, ObjectId)>,
    ) -> Vec<(String, ObjectId)> {
        let shown = |path: &BString| self.show(&absolute(repository, path.as_ref()));
        let files = files.into_iter();
        files.map(|(path, blob)| (shown(&path), blob)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_below_the_root_or_none() {
        let root = Path::new("/r");
        let path = |path: &str| below(root, Path::new(path)).map(|path| path.to_string());
        assert_eq!(path("/r/a/b").as_deref(), Some("a/b"));
        assert_eq!(path("/r/a/../b/./c").as_deref(), Some("b/c"));
        assert_eq!(path("/r/a/../../b"), None);
        assert_eq!(path("/b"), None);
    }
}
