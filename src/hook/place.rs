//! Where hooks belong, by Git's own word: it alone knows its configuration, links and worktrees.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use bstr::ByteSlice as _;

use super::HookError;

/// The folder of the hooks of the repository here or, if `shared`, of all repositories of this
/// user.
///
/// # Errors
///
/// If there is none, or if the repository's hooks are those of all repositories although that was
/// not asked for.
pub fn folder(here: &Path, shared: bool) -> Result<PathBuf, HookError> {
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

/// Runs Git here. The answer is a path; if Git fails, what it has to say.
fn ask<const N: usize>(here: &Path, args: [&str; N]) -> Result<Result<PathBuf, String>, HookError> {
    let mut command = Command::new("git");
    command.current_dir(here).args(args.map(OsStr::new));
    let output = command.output().map_err(HookError::NoGit)?;
    if !output.status.success() {
        return Ok(Err(output.stderr.trim().to_str_lossy().into_owned()));
    }
    let line = output.stdout.strip_suffix(b"\n").unwrap_or(&output.stdout);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    Ok(match line.to_path() {
        Ok(path) if !line.is_empty() => Ok(path.to_owned()),
        _ => Err("git gave no path".to_owned()),
    })
}
