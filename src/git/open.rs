//! Opening a repository, without trust in what it holds.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice as _};
use tempfile::TempDir;

use super::refs::Backend;
use super::{BASES, GitError, Reader, Repository};
use crate::gitdir::{self, GitDir, Unreadable};

impl Repository {
    /// Opens the repository that a folder lies in, or that `GIT_DIR` and its kin name, as they do
    /// while Git runs a hook.
    ///
    /// # Errors
    ///
    /// If there is none, or it cannot be read.
    pub(crate) fn open(folder: &Path) -> Result<Self, GitError> {
        check(folder)?;
        // Of the configuration, only what says how objects are stored matters, whoever owns it.
        let options = gix::open::Options::default()
            .permissions(gix::open::Permissions {
                config: gix::open::permissions::Config::isolated(),
                ..gix::open::Permissions::default()
            })
            .filter_config_section(|_| true)
            .config_overrides(["core.useReplaceRefs=false"]);
        let upwards = gix::discover::upwards::Options {
            match_ceiling_dir_or_error: false,
            ..Default::default()
        };
        let trust = gix::sec::trust::Mapping {
            full: options.clone(),
            reduced: options,
        };
        let mut inner = gix::ThreadSafeRepository::discover_with_environment_overrides_opts(
            folder, upwards, trust,
        )
        .map_err(|error| GitError {
            message: format!("there is no Git repository here: {error}"),
            help: Some("run hfscan in a repository, or scan files: hfscan PATH".to_owned()),
        })?;
        let quarantine = quarantine(&mut inner)?;
        let root = inner.work_dir().unwrap_or_else(|| inner.git_dir());
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        let repository = Self {
            backend: Backend::of(&inner.to_thread_local()),
            inner,
            root,
            _quarantine: quarantine,
        };
        let mut errors = Vec::new();
        for folder in repository.object_folders(&mut errors) {
            gitdir::check_objects(&folder)?;
        }
        Ok(repository)
    }

    /// A reader for a thread.
    #[must_use]
    pub(crate) fn reader(&self) -> Reader {
        let mut inner = self.inner.to_thread_local();
        inner.object_cache_size_if_unset(4 << 20);
        let bases = || gix::odb::pack::cache::lru::MemoryCappedHashmap::new(BASES);
        inner.objects.set_pack_cache(move || Box::new(bases()));
        let shallow = inner.shallow_commits().ok().flatten();
        let shallow = shallow.map(|shallow| shallow.iter().copied().collect());
        Reader {
            inner,
            shallow: shallow.unwrap_or_default(),
            backend: self.backend.clone(),
        }
    }
}

impl From<Unreadable> for GitError {
    fn from(error: Unreadable) -> Self {
        Self {
            message: error.to_string(),
            help: Some("what Git keeps in a repository are regular files".to_owned()),
        }
    }
}

/// Sees that what is read to find and to open a repository are files.
fn check(folder: &Path) -> Result<(), GitError> {
    if let Some(named) = std::env::var_os("GIT_DIR") {
        let found = GitDir::at(Path::new(&named));
        return found.map_or(Ok(()), |found| Ok(found.check()?));
    }
    let folder = std::path::absolute(folder).unwrap_or_default();
    for folder in folder.ancestors() {
        if let Some(found) = GitDir::of(folder).or_else(|| GitDir::at(folder)) {
            return Ok(found.check()?);
        }
        // Of what is no repository only this is read.
        let git = folder.join(".git");
        let mut heads = vec![if git.is_dir() { git.join("HEAD") } else { git }];
        if folder.join("objects").is_dir() && folder.join("refs").is_dir() {
            heads.push(folder.join("HEAD"));
        }
        for path in heads {
            gitdir::check_line(&path).map_err(|error| Unreadable { path, error })?;
        }
    }
    Ok(())
}

/// While Git receives a push, new objects lie apart, and the environment says where. They and those that
/// they are added to are read as one store, by a file that names both.
fn quarantine(inner: &mut gix::ThreadSafeRepository) -> Result<Option<TempDir>, GitError> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let own = named("GIT_OBJECT_DIRECTORY");
    let others = named("GIT_ALTERNATE_OBJECT_DIRECTORIES");
    if own.is_none() && others.is_none() {
        return Ok(None);
    }
    let failed = |error: &dyn std::fmt::Display| {
        GitError::because("cannot read the objects that a push brings", error)
    };
    let mut folders: Vec<PathBuf> = own.map(PathBuf::from).into_iter().collect();
    folders.extend(others.map(split).unwrap_or_default());
    folders.push(inner.objects.path().to_owned());
    let mut text: Vec<u8> = Vec::new();
    for folder in folders {
        let folder = std::path::absolute(folder).map_err(|error| failed(&error))?;
        let line = gix::path::into_bstr(folder).map_err(|error| failed(&error))?;
        // So would a line be read that is none of a path.
        if line.contains(&b'\n') || line.starts_with(b"#") || line.starts_with(b"\"") {
            return Err(failed(&"the name of its folder is no line of text"));
        }
        text.extend_from_slice(&line);
        text.push(b'\n');
    }
    let store = tempfile::tempdir().map_err(|error| failed(&error))?;
    let write = || {
        std::fs::create_dir(store.path().join("info"))?;
        let mut file = std::fs::File::create(store.path().join("info/alternates"))?;
        file.write_all(&text)
    };
    write().map_err(|error| failed(&error))?;
    let objects = gix::odb::Store::at_opts(
        store.path().to_owned(),
        inner.objects.object_hash(),
        &mut std::iter::empty(),
        gix::odb::store::init::Options::default(),
    );
    inner.objects = objects.map_err(|error| failed(&error))?.into();
    Ok(Some(store))
}

/// The folders of a list as Git writes it: one with an odd name is in quotes.
fn split(list: OsString) -> Vec<PathBuf> {
    let list = PathBuf::from(list);
    let list: BString = gix::path::into_bstr(list).unwrap_or_default().into_owned();
    let separator = if cfg!(windows) { b';' } else { b':' };
    let mut folders = Vec::new();
    let mut rest = list.as_bstr();
    while !rest.is_empty() {
        let (folder, used) = match gix::quote::ansi_c::undo(rest) {
            Ok((folder, used)) if rest.starts_with(b"\"") => (folder.into_owned(), used),
            _ => {
                let end = rest.find_byte(separator).unwrap_or(rest.len());
                (rest.get(..end).unwrap_or_default().into(), end)
            }
        };
        rest = rest.get(used..).unwrap_or_default().as_bstr();
        rest = rest.strip_prefix(&[separator]).unwrap_or(rest).as_bstr();
        if !folder.is_empty() {
            folders.push(folder.to_path_lossy().into_owned());
        }
    }
    folders
}
