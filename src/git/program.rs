//! Asking the program `git`, which hooks have at hand: it alone knows all of its configuration, where hooks
//! belong, and how references are kept that no library reads.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::Command;

use bstr::ByteSlice as _;

/// Runs Git in a folder. What it wrote or, if it failed, why.
pub(crate) fn ask<S: AsRef<OsStr>>(
    here: &Path,
    args: impl IntoIterator<Item = S>,
) -> io::Result<Result<Vec<u8>, String>> {
    let mut command = Command::new("git");
    command.current_dir(here).args(args);
    // A clone may lack objects; to fetch them is to run what its configuration says.
    command.env("GIT_NO_LAZY_FETCH", "1");
    let output = command.output()?;
    Ok(if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(output.stderr.trim().to_str_lossy().into_owned())
    })
}
