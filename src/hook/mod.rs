//! Git's own hooks: where they lie, what they say, and putting them in place.
//!
//! A hook that hfscan did not write, or that somebody changed, is never touched.

mod place;
mod push;
mod script;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use thiserror::Error;

pub(crate) use self::place::folder;
pub(crate) use self::push::{received, sent};

/// When Git runs a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Before a commit is made.
    PreCommit,
    /// Before commits are sent to another repository.
    PrePush,
}

impl Stage {
    /// All stages that there is a hook for.
    pub(crate) const ALL: [Self; 2] = [Self::PreCommit, Self::PrePush];

    /// The name that Git gives it, which is the name of the hook's file.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PrePush => "pre-push",
        }
    }

    /// The line that runs the scan from another hook of this stage.
    #[must_use]
    pub(crate) fn command(self) -> &'static str {
        match self {
            Self::PreCommit => "hfscan hook run pre-commit || exit 1",
            Self::PrePush => "hfscan hook run pre-push --remote=\"$1\" || exit 1",
        }
    }
}

/// What lies where a hook belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing.
    Nothing,
    /// A hook that hfscan wrote.
    Own,
    /// The hook of somebody else; `managed` if the program pre-commit wrote it.
    Foreign {
        /// Whether pre-commit wrote it, so that a line in it would not last.
        managed: bool,
    },
}

/// Why a hook could not be looked for, written or removed.
#[derive(Debug, Error)]
pub(crate) enum HookError {
    /// Git itself could not be asked.
    #[error("cannot run git, which knows where hooks belong: {0}")]
    NoGit(io::Error),
    /// There is no repository here.
    #[error("this folder is in no Git repository with files: {0}")]
    NoRepository(String),
    /// The folder of hooks belongs to all repositories of this user.
    #[error("`core.hooksPath` sends all repositories of this user to {}", .0.display())]
    Shared(PathBuf),
    /// No folder of hooks for all repositories is set.
    #[error("no folder for the hooks of all repositories is set")]
    NotShared,
    /// What Git told the hook has another form than it should have.
    #[error("git told the hook of a push that cannot be understood: {0}")]
    Update(String),
    /// A file could not be read, written or removed.
    #[error("cannot {doing} {}: {error}", path.display())]
    File {
        /// What was tried.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why it failed.
        error: io::Error,
    },
}

impl HookError {
    fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::File { doing, path, error }
    }
}

/// Looks at what lies where a hook belongs.
///
/// # Errors
///
/// If there is something that cannot be read.
pub(crate) fn look(path: &Path) -> Result<Found, HookError> {
    let meta = match path.symlink_metadata() {
        Ok(meta) => meta,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(HookError::file("look at", path)(error)),
    };
    // hfscan makes no links and no folders, and no hook of megabytes.
    if !meta.is_file() || meta.len() > script::LONGEST {
        return Ok(Found::Foreign { managed: false });
    }
    let text = fs::read(path).map_err(HookError::file("read", path))?;
    Ok(if script::is_own(&text) {
        Found::Own
    } else {
        Found::Foreign {
            managed: script::is_of_pre_commit(&text),
        }
    })
}

/// Puts a hook in place, where nothing lies or a hook of hfscan, and says whether that changed
/// anything.
///
/// # Errors
///
/// If it cannot be written, or something else got there first.
pub(crate) fn install(
    path: &Path,
    stage: Stage,
    program: Option<&Path>,
) -> Result<bool, HookError> {
    let text = script::text(stage, program);
    let found = look(path)?;
    if found == Found::Own && fs::read(path).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(false);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(HookError::file("create", folder))?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o777));
    }
    let write = || {
        let mut beside = builder.tempfile_in(folder)?;
        beside.write_all(text.as_bytes())?;
        // Between the look and now another program may have put a hook there.
        let put = match found {
            Found::Own => beside.persist(path),
            Found::Nothing | Found::Foreign { .. } => beside.persist_noclobber(path),
        };
        put.map_err(|error| error.error)
    };
    write().map_err(HookError::file("write", path))?;
    Ok(true)
}

/// Removes a hook of hfscan.
///
/// # Errors
///
/// If it cannot be removed.
pub(crate) fn remove(path: &Path) -> Result<(), HookError> {
    fs::remove_file(path).map_err(HookError::file("remove", path))
}
