//! References: branches, tags, notes, stashes, and what is checked out.
//!
//! The library reads those that are files. How else they are kept, as in a reftable, Git itself is asked.

use std::ffi::OsStr;
use std::path::PathBuf;

use bstr::{BStr, BString, ByteSlice as _};
use gix::hash::ObjectId;

use super::{GitError, Reader, program};
use crate::gitdir::GitDir;

/// A reference, and the object that it names.
pub(super) type Reference = (BString, ObjectId);

/// Who reads references.
#[derive(Clone, Debug)]
pub(super) enum Backend {
    /// The library: they are files.
    Files(GitDir),
    /// Git, for this repository.
    Program(PathBuf),
}

impl Backend {
    /// The one that reads those of a repository.
    pub(super) fn of(repository: &gix::Repository) -> Self {
        let storage = repository.config_snapshot().string("extensions.refStorage");
        let own = repository.git_dir().to_owned();
        if storage.is_none_or(|storage| storage == "files") {
            let common = repository.common_dir().to_owned();
            Self::Files(GitDir { own, common })
        } else {
            Self::Program(own)
        }
    }
}

fn broken(error: &dyn std::fmt::Display) -> GitError {
    GitError::because("cannot read the references", error)
}

impl Reader {
    /// The commit that is checked out; none before the first.
    pub(super) fn head(&self) -> Result<Option<ObjectId>, GitError> {
        let Backend::Program(folder) = &self.backend else {
            let head = self.inner.head();
            let head = head.map_err(|error| GitError::because("cannot read HEAD", &error))?;
            return Ok(head.id().map(gix::Id::detach));
        };
        // What Git cannot resolve may be missing, or a branch without a commit.
        match ask(folder, ["rev-parse", "--verify", "--quiet", "HEAD"])? {
            Ok(said) => ids(&said).map(|ids| ids.first().copied()),
            Err(why) if why.is_empty() => Ok(None),
            Err(why) => Err(broken(&why)),
        }
    }

    /// The object that a revision names, tags not followed; none if there is none.
    pub(super) fn object(&self, revision: &str) -> Option<ObjectId> {
        if revision.starts_with('-') {
            return None;
        }
        let Backend::Program(folder) = &self.backend else {
            let found = self.inner.rev_parse_single(revision.as_bytes());
            return found.ok().map(gix::Id::detach);
        };
        let args = [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            revision,
        ];
        let said = ask(folder, args).ok()?.ok()?;
        ids(&said).ok()?.first().copied()
    }

    /// All references but those that name others, by name.
    pub(super) fn references(&self) -> Result<Vec<Reference>, GitError> {
        let mut all = Vec::new();
        match &self.backend {
            Backend::Files(files) => {
                files.check_references().map_err(|error| broken(&error))?;
                let platform = self.inner.references().map_err(|error| broken(&error))?;
                for reference in platform.all().map_err(|error| broken(&error))? {
                    let reference = reference.map_err(|error| broken(&error))?;
                    let name = reference.name().as_bstr().to_owned();
                    all.extend(reference.try_id().map(|id| (name, id.detach())));
                }
            }
            Backend::Program(folder) => {
                let args = ["for-each-ref", "--format=%(objectname) %(refname)"];
                let said = ask(folder, args)?.map_err(|why| broken(&why))?;
                for line in said.lines() {
                    let pair = line.split_once_str(" ");
                    let pair =
                        pair.and_then(|(id, name)| Some((name, ObjectId::from_hex(id).ok()?)));
                    let (name, id) = pair.ok_or_else(|| broken(&line.as_bstr()))?;
                    all.push((name.into(), id));
                }
            }
        }
        all.sort();
        Ok(all)
    }

    /// The commits that other work trees have checked out.
    pub(super) fn other_heads(&self) -> Result<Vec<ObjectId>, GitError> {
        let Backend::Program(folder) = &self.backend else {
            let trees = self.inner.worktrees().unwrap_or_default();
            let heads = trees.into_iter().filter_map(|tree| {
                let other = tree.into_repo_with_possibly_inaccessible_worktree().ok()?;
                Some(other.head_id().ok()?.detach())
            });
            return Ok(heads.collect());
        };
        let said = ask(folder, ["worktree", "list", "--porcelain"])?.map_err(|why| broken(&why))?;
        let heads = said.lines().filter_map(|line| line.strip_prefix(b"HEAD "));
        let heads = heads.filter_map(|id| ObjectId::from_hex(id).ok());
        Ok(heads.filter(|id| !id.is_null()).collect())
    }

    /// Stashes: but for the newest, they are in the log of its reference alone.
    pub(super) fn stashes(&self) -> Vec<ObjectId> {
        let ids = match &self.backend {
            Backend::Files(_) => {
                let stash = self.inner.try_find_reference("refs/stash").ok().flatten();
                let Some(stash) = stash else {
                    return Vec::new();
                };
                let mut log = stash.log_iter();
                let lines = log.all().ok().flatten().into_iter().flatten();
                lines
                    .filter_map(|line| Some(line.ok()?.new_oid()))
                    .collect()
            }
            Backend::Program(folder) => {
                let said = ask(folder, ["rev-list", "--walk-reflogs", "refs/stash", "--"]);
                let said = said.ok().and_then(Result::ok).unwrap_or_default();
                ids(&said).unwrap_or_default()
            }
        };
        ids.into_iter().filter(|id| self.has(*id)).collect()
    }

    /// Whether a reference names a commit by its place alone.
    pub(super) fn is_branch(name: &BStr) -> bool {
        name.starts_with(b"refs/heads/") || name.starts_with(b"refs/remotes/")
    }
}

/// The names of objects, one a line.
fn ids(said: &[u8]) -> Result<Vec<ObjectId>, GitError> {
    let ids = said.lines().map(|line| ObjectId::from_hex(line.trim()));
    ids.collect::<Result<_, _>>()
        .map_err(|error| broken(&error))
}

/// Asks Git about a repository. Nothing that its configuration names is run for these questions.
fn ask<const N: usize>(
    folder: &std::path::Path,
    args: [&str; N],
) -> Result<Result<Vec<u8>, String>, GitError> {
    let mut all = vec![OsStr::new("--git-dir"), folder.as_os_str()];
    all.extend(args.iter().map(OsStr::new));
    let here = std::env::current_dir().unwrap_or_default();
    program::ask(&here, all).map_err(|error| GitError {
        message: format!(
            "this repository keeps its references as a reftable, which git alone reads, and git \
             cannot be run: {error}"
        ),
        help: Some("install Git 2.45 or newer".to_owned()),
    })
}
