//! Git LFS: a large file is a pointer to Git, and its content lies beside the objects.

use std::fs::File;
use std::path::{Path, PathBuf};

use bstr::ByteSlice as _;

use super::Repository;
use crate::regular;

/// How every pointer begins.
const HEAD: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";

/// The longest pointer, in bytes.
const LONGEST: usize = 1024;

/// What stands for the content of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pointer {
    /// The SHA-256 of the content, in hex.
    id: String,
}

impl Pointer {
    /// Reads a pointer; none if it is none.
    pub(crate) fn parse(content: &[u8]) -> Option<Self> {
        if !content.starts_with(HEAD) || content.len() > LONGEST {
            return None;
        }
        let mut lines = content.lines();
        let id = lines.find_map(|line| line.strip_prefix(b"oid sha256:"))?;
        let is_hash = id.len() == 64 && id.iter().all(u8::is_ascii_hexdigit);
        let id = is_hash.then(|| id.to_str_lossy().into_owned())?;
        Some(Self { id })
    }

    /// Opens the content, where a folder of Git LFS holds it.
    pub(crate) fn open(&self, folder: &Path) -> Option<File> {
        let (first, rest) = self.id.split_at_checked(2)?;
        let (second, _) = rest.split_at_checked(2)?;
        let path = folder
            .join("objects")
            .join(first)
            .join(second)
            .join(&self.id);
        regular::check(&path, u64::MAX).ok()?;
        File::open(path).ok()
    }
}

impl Repository {
    /// The folders where Git LFS keeps contents: its own, and those of repositories that this one borrows
    /// objects from.
    pub(crate) fn lfs_folders(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.common_dir().join("lfs")];
        let repository = self.inner.to_thread_local();
        let config = repository.config_snapshot();
        if let Some(path) = config.string("lfs.storage")
            && let Ok(path) = path.to_path()
        {
            folders.push(self.common_dir().join(path));
        }
        let objects = self.object_folders(&mut Vec::new());
        folders.extend(
            objects
                .iter()
                .filter_map(|objects| Some(objects.parent()?.join("lfs"))),
        );
        folders
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_told_from_other_files() {
        let id = "0a".repeat(32);
        let text = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{id}\nsize 7\n");
        let pointer = Pointer::parse(text.as_bytes());
        assert_eq!(pointer.map(|pointer| pointer.id), Some(id.clone()));
        for odd in [
            "",
            "version 1\n",
            &text.replace("sha256", "sha1"),
            &text.replace("0a0a", "../a"),
            &format!("{text}{}", "x".repeat(LONGEST)),
        ] {
            assert_eq!(Pointer::parse(odd.as_bytes()), None, "{odd}");
        }
    }
}
