//! All objects that a repository stores, each decoded once.
//!
//! A pack stores most objects as changes of others. Read in the order of those chains, and by all
//! processors, every change is applied once; asked for one by one, most would be applied many times.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use gix::hash::{ObjectId, oid};
use gix::objs::Kind;
use gix::odb::pack;
use gix::odb::pack::cache::delta;
use gix::odb::pack::data::entry::Header;

use super::large::STORED_WHOLE;
use super::{GitError, Repository};

/// What kind of object is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Stored {
    /// The content of a file.
    Blob,
    /// A commit.
    Commit,
    /// A tag with a message.
    Tag,
}

/// What an object holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Body<'a> {
    /// All of it.
    Whole(&'a [u8]),
    /// The size of what is too large to be held in memory, in bytes.
    Large(u64),
}

impl Stored {
    fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Blob => Some(Self::Blob),
            Kind::Commit => Some(Self::Commit),
            Kind::Tag => Some(Self::Tag),
            Kind::Tree => None,
        }
    }
}

impl Repository {
    /// Decodes all objects but trees, in no order, on some threads. One that is stored twice may be
    /// come upon twice. Returns what could not be decoded.
    pub(crate) fn each_object(
        &self,
        threads: usize,
        visit: &(impl Fn(Stored, &oid, Body<'_>) + Sync),
    ) -> Vec<GitError> {
        let mut errors = Vec::new();
        for folder in self.object_folders(&mut errors) {
            let mut packs: Vec<PathBuf> = std::fs::read_dir(folder.join("pack"))
                .into_iter()
                .flatten()
                .filter_map(|entry| Some(entry.ok()?.path()))
                .filter(|path| path.extension().is_some_and(|extension| extension == "idx"))
                .collect();
            packs.sort();
            for index in packs {
                if let Err(error) = self.each_packed(&index, threads, visit) {
                    let name = index.file_stem().unwrap_or_default().to_string_lossy();
                    let what = format!("cannot decode all of the pack {name}");
                    errors.push(GitError::because(&what, &error));
                }
            }
            errors.extend(self.each_loose(&folder, threads, visit));
        }
        errors
    }

    /// Where objects are stored: the repository's own folder, and those that it borrows from.
    pub(super) fn object_folders(&self, errors: &mut Vec<GitError>) -> Vec<PathBuf> {
        let repository = self.inner.to_thread_local();
        let own = repository.objects.store_ref().path().to_owned();
        let mut folders = vec![own.clone()];
        match gix::odb::alternate::resolve(own, repository.current_dir()) {
            Ok(others) => folders.extend(others),
            Err(error) => errors.push(GitError::because(
                "cannot find the repositories that this one borrows objects from",
                &error,
            )),
        }
        folders
    }

    fn each_packed(
        &self,
        index: &Path,
        threads: usize,
        visit: &(impl Fn(Stored, &oid, Body<'_>) + Sync),
    ) -> gix::Result<()> {
        let hash = self.inner.objects.object_hash();
        let pack = pack::data::File::at(index.with_extension("pack"), hash)?;
        let index = pack::index::File::at(index, hash)?;
        let offset = |number: &u32| index.pack_offset_at_index(*number);
        let mut numbers: Vec<u32> = (0..index.num_objects()).collect();
        numbers.sort_by_key(offset);
        // Only a large pack can hold a large content, if it does not compress beyond all measure.
        if pack.data_len() as u64 > STORED_WHOLE / 1024 {
            numbers.retain(|number| {
                let large = pack.entry(offset(number)).ok().filter(|entry| {
                    matches!(entry.header, Header::Blob) && entry.decompressed_size >= STORED_WHOLE
                });
                if let Some(entry) = &large {
                    let body = Body::Large(entry.decompressed_size);
                    visit(Stored::Blob, index.oid_at_index(*number), body);
                }
                large.is_none()
            });
        }
        let never = AtomicBool::new(false);
        let chains = delta::Tree::from_offsets_in_pack(
            pack.path(),
            numbers.into_iter(),
            &offset,
            &|id| Ok(index.lookup(id).map(|number| offset(&number))),
            &mut gix::progress::Discard,
            &never,
            hash,
        )?;
        chains.traverse(
            |slice, pack| pack.entry_slice(slice),
            &pack,
            pack.pack_end() as u64,
            |number, _, context| {
                if let Some(kind) = context.entry.header.as_kind().and_then(Stored::of) {
                    visit(
                        kind,
                        index.oid_at_index(*number),
                        Body::Whole(context.decompressed),
                    );
                }
                Ok(())
            },
            delta::traverse::Options {
                object_progress: Box::new(gix::progress::Discard),
                size_progress: &mut gix::progress::Discard,
                thread_limit: Some(threads),
                should_interrupt: &never,
                object_hash: hash,
                alloc_limit_bytes: None,
            },
        )?;
        Ok(())
    }

    fn each_loose(
        &self,
        folder: &Path,
        threads: usize,
        visit: &(impl Fn(Stored, &oid, Body<'_>) + Sync),
    ) -> Vec<GitError> {
        let hash = self.inner.objects.object_hash();
        let store = || gix::odb::loose::Store::at(folder.to_owned(), hash);
        let errors = Mutex::new(Vec::new());
        let fail = |what: &str, error: &dyn std::fmt::Display| {
            let mut errors = errors.lock().unwrap_or_else(PoisonError::into_inner);
            errors.push(GitError::because(what, error));
        };
        let mut ids: Vec<ObjectId> = Vec::new();
        for id in store().iter() {
            match id {
                Ok(id) => ids.push(id),
                Err(error) => fail("cannot list all objects", &error),
            }
        }
        let next = AtomicUsize::new(0);
        let work = || {
            let store = store();
            let mut buffer = Vec::new();
            while let Some(id) = ids.get(next.fetch_add(1, Ordering::Relaxed)) {
                let header = store.try_header(id).ok().flatten();
                if let Some((size, _)) = header.filter(|(size, _)| *size >= STORED_WHOLE) {
                    visit(Stored::Blob, id, Body::Large(size));
                    continue;
                }
                match store.try_find(id, &mut buffer) {
                    Ok(Some(object)) => {
                        if let Some(kind) = Stored::of(object.kind) {
                            visit(kind, id, Body::Whole(object.data));
                        }
                    }
                    Ok(None) => {}
                    Err(error) => fail(&format!("cannot read the object {id}"), &error),
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..threads.min(ids.len().div_ceil(64)) {
                scope.spawn(work);
            }
        });
        errors.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
