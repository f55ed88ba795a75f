//! Asking Git itself, which every hook has at hand: it alone knows its configuration and its remotes.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use bstr::ByteSlice as _;

use super::HookError;

/// Runs Git in a folder. What it wrote or, if it failed, why.
pub(super) fn ask<S: AsRef<OsStr>>(
    here: &Path,
    args: impl IntoIterator<Item = S>,
) -> Result<Result<Vec<u8>, String>, HookError> {
    let mut command = Command::new("git");
    command.current_dir(here).args(args);
    let output = command.output().map_err(HookError::NoGit)?;
    Ok(if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(output.stderr.trim().to_str_lossy().into_owned())
    })
}
