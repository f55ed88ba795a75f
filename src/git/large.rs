//! Contents that are too large to be held in memory, read as streams.
//!
//! Git stores what is large (`core.bigFileThreshold`, 512 MiB) as it is, only compressed. What is
//! smaller may be stored as a change of another, and has to be put together in memory.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, Seek as _, SeekFrom};
use std::path::Path;

use flate2::read::ZlibDecoder;
use gix::hash::ObjectId;
use gix::odb::pack;
use gix::odb::pack::data::entry::Header;

use super::{GitError, Reader, Repository};

/// From this size on, in bytes, a content is read as a stream if it can be.
const LARGE: u64 = 32 << 20;

/// From this size on, in bytes, Git stores a content as it is.
pub(super) const STORED_WHOLE: u64 = 512 << 20;

impl Repository {
    /// Opens a large content; none if it is small, or stored as a change of another.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub(crate) fn large(
        &self,
        reader: &Reader,
        id: ObjectId,
    ) -> Result<Option<Box<dyn Read + Send>>, GitError> {
        let broken =
            |error: &dyn std::fmt::Display| GitError::because("cannot read it from Git", error);
        let header = reader.inner.find_header(id);
        if header.map_err(|error| broken(&error))?.size() < LARGE {
            return Ok(None);
        }
        for folder in self.object_folders(&mut Vec::new()) {
            let name = id.to_string();
            let (first, rest) = name.split_at_checked(2).unwrap_or_default();
            if let Ok(file) = File::open(folder.join(first).join(rest)) {
                return loose(file).map(Some).map_err(|error| broken(&error));
            }
            let files = folder.join("pack").read_dir().into_iter().flatten();
            for file in files.flatten() {
                let path = file.path();
                if path.extension().is_some_and(|extension| extension == "idx")
                    && let Some(stream) = packed(&path, id).map_err(|error| broken(&error))?
                {
                    return Ok(Some(stream));
                }
            }
        }
        Ok(None)
    }
}

/// The content of an object that has a file of its own.
fn loose(file: File) -> io::Result<Box<dyn Read + Send>> {
    let mut stream = BufReader::new(ZlibDecoder::new(BufReader::new(file)));
    // Kind and size, up to a zero byte.
    stream.read_until(0, &mut Vec::new())?;
    Ok(Box::new(stream))
}

/// The content of an object that a pack holds as it is.
fn packed(index: &Path, id: ObjectId) -> gix::Result<Option<Box<dyn Read + Send>>> {
    let path = index.with_extension("pack");
    let index = pack::index::File::at(index, id.kind())?;
    let Some(number) = index.lookup(id) else {
        return Ok(None);
    };
    let pack = pack::data::File::at(&path, id.kind())?;
    let entry = pack.entry(index.pack_offset_at_index(number))?;
    if !matches!(entry.header, Header::Blob) {
        return Ok(None);
    }
    let open = || {
        let mut file = File::open(&path)?;
        file.seek(SeekFrom::Start(entry.data_offset))?;
        Ok::<_, io::Error>(file)
    };
    match open() {
        Ok(file) => Ok(Some(Box::new(ZlibDecoder::new(BufReader::new(file))))),
        Err(error) => Err(gix::Error::from_error(error)),
    }
}
