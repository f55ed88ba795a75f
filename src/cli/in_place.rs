//! Replacing a file by a copy that was changed: redacted, or mended.

use std::fs::{File, Metadata};
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::NamedTempFile;

use crate::filter::{Filter, FilterError};

/// Why a file was not replaced, or not as it should be.
#[derive(Debug, thiserror::Error)]
pub(super) enum InPlaceError {
    /// There is no copy of all of it.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// It is a folder, a device, or the like.
    #[error("it is no regular file")]
    NoFile,
    /// It has other names, under which it would stay as it was.
    #[error(
        "it has {0} names (hard links), and would stay as it was under the others: change a copy, and replace \
         each name by it"
    )]
    Linked(u64),
    /// It was written to meanwhile.
    #[error("it was changed meanwhile: run hfscan again when nothing writes to it any more")]
    Changed,
    /// It may only be read.
    #[error("it is read-only: make it writable first")]
    ReadOnly,
    /// The path leads to another file.
    #[error("it is a link: name the file that it leads to")]
    Link,
    /// It was written to while it was replaced.
    #[error(
        "it was written to in the moment in which it was replaced, and what was written is lost"
    )]
    Overtaken,
    /// Something of it cannot be kept.
    #[error("{0} of it cannot be kept: {1}")]
    Kept(&'static str, io::Error),
}

/// The copy that is being written, as long as it must not be left behind.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Takes care that a signal which ends the run leaves no copy behind.
pub(super) fn clean_up_on_signals() {
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
        let signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM]);
        let Ok(mut signals) = signals else { return };
        std::thread::spawn(move || {
            for signal in signals.forever() {
                // Held to the end, so that no other copy is begun.
                let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(path) = unfinished.take() {
                    let _ = std::fs::remove_file(path);
                }
                let _ = signal_hook::low_level::emulate_default_handler(signal);
            }
        });
    }
}

/// Writes the copy beside the file, and renames it over the file if anything was replaced and nothing
/// is missing. A link stays one; owner, permissions, extended attributes and times stay.
pub(super) fn rewrite(filter: &mut Filter<'_>, path: &Path) -> Result<(), InPlaceError> {
    let target = path.canonicalize().map_err(FilterError::Open)?;
    let file = File::open(&target).map_err(FilterError::Open)?;
    let meta = file.metadata().map_err(FilterError::Open)?;
    if !meta.is_file() {
        return Err(InPlaceError::NoFile);
    }
    let before = filter.redacted();
    let folder = target.parent().unwrap_or(Path::new("."));
    let beside = begin(folder).map_err(FilterError::Write)?;
    let name = path.to_string_lossy();
    let mut out = BufWriter::new(beside.as_file());
    let copied = filter.copy_file(&name, &file, &mut out);
    let copied = copied.and_then(|()| out.flush().map_err(FilterError::Write));
    drop(out);
    let done = copied.map_err(InPlaceError::from).and_then(|()| {
        match filter.redacted() == before || filter.is_lost() {
            true => Ok(false),
            false => finish(&file, &meta, beside.as_file()).map(|()| true),
        }
    });
    let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
    let replaced = match done {
        Ok(true) if is_same(&meta, &target.metadata()) => {
            let persisted = beside.persist(&target).map_err(|error| error.error);
            persisted.map(drop).map_err(FilterError::Write)?;
            true
        }
        Ok(true) => return Err(InPlaceError::Changed),
        Ok(false) => false,
        Err(error) => return Err(error),
    };
    *unfinished = None;
    // Who has the file open still writes to what was replaced.
    if replaced && !is_unchanged(&meta, &file.metadata()) {
        return Err(InPlaceError::Overtaken);
    }
    Ok(())
}

/// Replaces a file that holds these bytes by others; what it is beside its content stays, but for the time.
pub(super) fn replace(path: &Path, before: &[u8], after: &[u8]) -> Result<(), InPlaceError> {
    let linked = path.symlink_metadata().map_err(FilterError::Open)?;
    if linked.is_symlink() {
        return Err(InPlaceError::Link);
    }
    let file = File::open(path).map_err(FilterError::Open)?;
    let meta = file.metadata().map_err(FilterError::Open)?;
    if !meta.is_file() {
        return Err(InPlaceError::NoFile);
    }
    // It could be renamed over all the same, which is not what its owner meant.
    if meta.permissions().readonly() {
        return Err(InPlaceError::ReadOnly);
    }
    let mut now = Vec::new();
    let read = (&file).take(meta.len() + 1).read_to_end(&mut now);
    read.map_err(FilterError::Open)?;
    if now != before {
        return Err(InPlaceError::Changed);
    }
    let beside = begin(
        path.parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new(".")),
    );
    let beside = beside.map_err(FilterError::Write)?;
    beside
        .as_file()
        .write_all(after)
        .map_err(FilterError::Write)?;
    let finished = keep(&file, &meta, beside.as_file());
    let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
    finished?;
    if !is_same(&meta, &path.symlink_metadata()) {
        return Err(InPlaceError::Changed);
    }
    let persisted = beside.persist(path).map_err(|error| error.error);
    persisted.map(drop).map_err(FilterError::Write)?;
    *unfinished = None;
    Ok(())
}

/// A file for the copy, which is removed whatever happens.
fn begin(folder: &Path) -> io::Result<NamedTempFile> {
    let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
    let beside = NamedTempFile::new_in(folder)?;
    *unfinished = Some(beside.path().to_owned());
    Ok(beside)
}

/// Makes of a copy what the file is, beside its content.
fn finish(file: &File, meta: &Metadata, copy: &File) -> Result<(), InPlaceError> {
    keep(file, meta, copy)?;
    let mut times = std::fs::FileTimes::new();
    if let Ok(time) = meta.modified() {
        times = times.set_modified(time);
    }
    if let Ok(time) = meta.accessed() {
        times = times.set_accessed(time);
    }
    copy.set_times(times)
        .map_err(|error| InPlaceError::Kept("the time", error))?;
    if is_unchanged(meta, &file.metadata()) {
        Ok(())
    } else {
        Err(InPlaceError::Changed)
    }
}

/// The same but for the times, when a copy is another file for those who build from it.
fn keep(file: &File, meta: &Metadata, copy: &File) -> Result<(), InPlaceError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        if meta.nlink() > 1 {
            return Err(InPlaceError::Linked(meta.nlink()));
        }
        let own = copy.metadata().map_err(FilterError::Write)?;
        if (own.uid(), own.gid()) != (meta.uid(), meta.gid()) {
            fchown(copy, Some(meta.uid()), Some(meta.gid()))
                .map_err(|error| InPlaceError::Kept("the owner", error))?;
        }
        attributes(file, copy)
            .map_err(|error| InPlaceError::Kept("an extended attribute", error))?;
    }
    copy.set_permissions(meta.permissions())
        .map_err(|error| InPlaceError::Kept("the mode", error))?;
    copy.sync_all().map_err(FilterError::Write)?;
    Ok(())
}

/// Gives a copy the extended attributes of a file, access control lists among them.
#[cfg(unix)]
fn attributes(file: &File, copy: &File) -> io::Result<()> {
    use xattr::FileExt as _;
    let names = match file.list_xattr() {
        Ok(names) => names,
        // Not every file system has them.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => return Ok(()),
        Err(error) => return Err(error),
    };
    for name in names {
        let value = file.get_xattr(&name)?;
        // Some are there from the beginning, and cannot be set.
        if let Some(value) = value
            && copy.get_xattr(&name).ok().flatten().as_ref() != Some(&value)
        {
            copy.set_xattr(&name, &value)?;
        }
    }
    Ok(())
}

/// Whether nothing was written to a file since.
fn is_unchanged(before: &Metadata, now: &io::Result<Metadata>) -> bool {
    now.as_ref()
        .is_ok_and(|now| before.len() == now.len() && before.modified().ok() == now.modified().ok())
}

/// Whether a path still names the file that it named before, and that file is unchanged.
fn is_same(before: &Metadata, now: &io::Result<Metadata>) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let id = |meta: &Metadata| (meta.dev(), meta.ino());
        if now.as_ref().is_ok_and(|now| id(now) != id(before)) {
            return false;
        }
    }
    is_unchanged(before, now)
}
