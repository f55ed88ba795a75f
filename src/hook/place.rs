//! Where hooks belong, links and worktrees and all.

use std::path::{Path, PathBuf};

use bstr::ByteSlice as _;

use super::HookError;
use crate::git::program;

/// The folder of the hooks of the repository here or, if `shared`, of all repositories of this
/// user.
///
/// # Errors
///
/// If there is none, or if the repository's hooks are those of all repositories although that was
/// not asked for.
pub(crate) fn folder(here: &Path, shared: bool) -> Result<PathBuf, HookError> {
    if shared {
        let path = ask(
            here,
            ["config", "--global", "--type=path", "core.hooksPath"],
        )?;
        let path = path.map_err(|_| HookError::NotShared)?;
        // Relative to what would differ from repository to repository.
        return if path.is_absolute() {
            Ok(path)
        } else {
            Err(HookError::NotShared)
        };
    }
    let top = ask(here, ["rev-parse", "--show-toplevel"])?.map_err(HookError::NoRepository)?;
    let configured = ask(here, ["config", "--type=path", "core.hooksPath"])?;
    if let Ok(path) = configured {
        let path = top.join(path);
        return if is_shared(here)? {
            Err(HookError::Shared(path))
        } else {
            Ok(path)
        };
    }
    let common = ask(here, ["rev-parse", "--git-common-dir"])?;
    let common = common.map_err(HookError::NoRepository)?;
    Ok(here.join(common).join("hooks"))
}

/// Whether `core.hooksPath` has its value from outside the repository.
fn is_shared(here: &Path) -> Result<bool, HookError> {
    for scope in ["--worktree", "--local"] {
        if ask(here, ["config", scope, "core.hooksPath"])?.is_ok() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Asks Git for a path; if there is none, what Git has to say.
fn ask<const N: usize>(here: &Path, args: [&str; N]) -> Result<Result<PathBuf, String>, HookError> {
    Ok(program::ask(here, args)
        .map_err(HookError::NoGit)?
        .and_then(|said| {
            let line = said.strip_suffix(b"\n").unwrap_or(&said);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            match line.to_path() {
                Ok(path) if !line.is_empty() => Ok(path.to_owned()),
                _ => Err("git gave no path".to_owned()),
            }
        }))
}
