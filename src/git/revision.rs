//! Revisions, as people name them, and what to do about one that is not here.

use gix::hash::ObjectId;

use super::{GitError, Reader, Repository};

/// Both ends of what a person names: what is new, and what is known.
#[derive(Debug, Default)]
pub(super) struct Ends {
    pub(super) tips: Vec<ObjectId>,
    pub(super) known: Vec<ObjectId>,
    /// Whether each of both is known to the other alone.
    pub(super) is_symmetric: bool,
}

impl Repository {
    /// Whether a word names a revision or a range.
    #[must_use]
    pub(crate) fn knows(&self, word: &str) -> bool {
        self.reader().ends(word).is_ok()
    }
}

impl Reader {
    /// The commit that a revision names.
    pub(super) fn resolve(&self, revision: &str) -> Result<ObjectId, GitError> {
        let found = self.object(&format!("{revision}^{{commit}}"));
        found
            .filter(|id| self.commit(*id).is_ok())
            .ok_or_else(|| GitError {
                message: format!("there is no commit `{revision}` here"),
                help: Some(self.how_to_find(revision)),
            })
    }

    /// What a revision or a range names, be it commits or other objects. What `A...B` names is what one
    /// of both reaches and the other does not.
    pub(super) fn ends(&self, revisions: &str) -> Result<Ends, GitError> {
        let object = |revision: &str| {
            let revision = if revision.is_empty() {
                "HEAD"
            } else {
                revision
            };
            self.object(revision).ok_or_else(|| GitError {
                message: format!("there is no revision or range `{revisions}` here"),
                help: Some("name a branch, a tag or a range: main, v1.0, v1.0..main".to_owned()),
            })
        };
        if let Some((one, other)) = revisions.split_once("...") {
            return Ok(Ends {
                tips: vec![object(one)?],
                known: vec![object(other)?],
                is_symmetric: true,
            });
        }
        match revisions.split_once("..") {
            Some((known, tip)) => Ok(Ends {
                tips: vec![object(tip)?],
                known: vec![object(known)?],
                is_symmetric: false,
            }),
            None => Ok(Ends {
                tips: vec![object(revisions)?],
                known: Vec::new(),
                is_symmetric: false,
            }),
        }
    }

    pub(super) fn no_fork(&self, revision: &str) -> GitError {
        if self.shallow.is_empty() {
            return GitError {
                message: format!("`{revision}` and HEAD have no commit in common"),
                help: Some("name a revision that HEAD was made from".to_owned()),
            };
        }
        GitError {
            message: format!(
                "this clone is shallow: its history ends before it reaches `{revision}`"
            ),
            help: Some(
                "fetch the rest: git fetch --unshallow (in GitHub Actions: fetch-depth: 0 for \
                 actions/checkout)"
                    .to_owned(),
            ),
        }
    }

    /// What to do about a revision that is not here.
    fn how_to_find(&self, revision: &str) -> String {
        let example = "origin/main, v1.0, HEAD~3";
        if revision.is_empty() {
            return format!("name one, such as {example}");
        }
        if revision.bytes().all(|byte| byte == b'0') {
            return "zeros stand for a branch that is new: name what it was made from, such as \
                    origin/main"
                .to_owned();
        }
        let counts = revision.contains(['~', '^', '@']) && self.shallow.is_empty();
        let is_local = self.inner.remote_names().is_empty()
            && !revision.starts_with("origin/")
            && !revision.bytes().all(|byte| byte.is_ascii_hexdigit());
        if counts || is_local {
            return format!("name one that `git log --all` shows, such as {example}");
        }
        self.how_to_fetch(revision)
    }

    /// The command that brings a revision.
    fn how_to_fetch(&self, revision: &str) -> String {
        let remotes = self.inner.remote_names();
        let remote = remotes.iter().find_map(|name| {
            let name = name.to_string();
            let rest = revision.strip_prefix(&name)?.strip_prefix('/')?;
            Some((name.clone(), rest.to_owned()))
        });
        let (remote, rest) = remote.unwrap_or_else(|| {
            let first = remotes.iter().next().map(ToString::to_string);
            let first = first.unwrap_or_else(|| "origin".to_owned());
            let rest = revision.strip_prefix(&format!("{first}/"));
            (first.clone(), rest.unwrap_or(revision).to_owned())
        });
        let word = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
        let rest: String = rest.chars().take_while(|c| word(*c)).collect();
        let depth = if self.shallow.is_empty() {
            ""
        } else {
            " --unshallow"
        };
        let is_id = rest.len() >= 40 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_id || rest.is_empty() {
            format!("fetch it: git fetch{depth} {remote} {rest}")
        } else {
            format!("fetch it: git fetch{depth} {remote} {rest}:refs/remotes/{remote}/{rest}")
        }
    }
}
