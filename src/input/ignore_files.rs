//! The files that say what Git ignores, before the walk reads them: it would read a device to its end,
//! which it has none.

use std::io;
use std::path::{Path, PathBuf};

use crate::gitdir::{GitDir, Unreadable};
use crate::regular;

/// How large the ignore files of a folder and of those above it may be together, in bytes. To compile
/// this much takes up to a second, and 150 MiB.
const LARGEST: u64 = 256 << 10;

/// The name of an ignore file.
const NAME: &str = ".gitignore";

/// Whether the walk may read what is ignored in a folder. It may not where a `.git` is none of a repository:
/// it would take its ignore files for those of one, while nothing says what is tracked. That costs two calls
/// where there is nothing to read, which is nearly everywhere.
pub(super) fn check(folder: &Path) -> Result<bool, Unreadable> {
    let own = size(folder.join(NAME))?;
    if own > 0 {
        let real = folder.canonicalize().unwrap_or_default();
        let above = real.ancestors().skip(1);
        let total: u64 = above.map(|above| size(above.join(NAME)).unwrap_or(0)).sum();
        let total = total + own;
        if total > LARGEST {
            let error = format!(
                "with those of the folders above it, it is larger than {} KiB",
                LARGEST >> 10
            );
            return Err(Unreadable {
                path: folder.join(NAME),
                error: io::Error::other(error),
            });
        }
    }
    let git = folder.join(".git");
    if git.symlink_metadata().is_err() {
        return Ok(true);
    }
    let path = if git.is_dir() { git.join("HEAD") } else { git };
    regular::check_if_there(&path, LARGEST).map_err(|error| Unreadable { path, error })?;
    match GitDir::of(folder) {
        Some(repository) => size(repository.common.join("info/exclude")).map(|_| true),
        None => Ok(false),
    }
}

/// The same for a folder that the walk starts from, and for all above it.
pub(super) fn check_root(root: &Path) -> Result<bool, Unreadable> {
    let Ok(root) = root.canonicalize() else {
        return Ok(true);
    };
    for folder in root.ancestors() {
        if !check(folder)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The size of an ignore file; none is empty.
fn size(path: PathBuf) -> Result<u64, Unreadable> {
    let data = match path.symlink_metadata() {
        Ok(data) if data.is_file() && data.len() <= LARGEST => return Ok(data.len()),
        Ok(data) => data,
        Err(_) => return Ok(0),
    };
    let checked = if data.is_symlink() && regular::leads_out(&path) {
        Err(io::Error::other(
            "it is a link that leads out of the repository",
        ))
    } else {
        regular::check(&path, LARGEST)
    };
    match checked {
        Ok(data) => Ok(data.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(Unreadable { path, error }),
    }
}
