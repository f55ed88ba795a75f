//! zip, read from beginning to end.
//!
//! Each member has a header of its own, and whatever looks like one is taken for one, wherever it
//! stands: before, between and behind what the directory at the end names. The directory is only asked
//! whether it agrees; where it names what was not found, that is an error. Readers that trust the
//! directory let members hide from it; readers that do not ask it let members hide in it.

mod content;
mod directory;
mod header;
mod open;
mod search;
#[cfg(test)]
mod tests;

use std::io::{self, Read};

use self::content::{Coding, Packed};
use self::directory::Directory;
use self::header::{FIXED, Header};
use super::budget::Budget;
use super::source::Source;
use super::{Member, name};

pub(super) use self::header::begins;
pub(super) use self::search::zip_within;
pub(crate) use self::search::{end_of_zip, ends_with_zip};

/// A zip archive that is read as it comes, and others that follow it.
pub(crate) struct Zip<'a, 's> {
    source: &'a mut Source<'s>,
    entry: Entry,
    directory: Directory,
}

/// The present member.
#[derive(Clone, Copy, Debug)]
struct Entry {
    coding: Coding,
    /// Packed bytes that were not read; as good as infinite, where the length is not known.
    left: u64,
    /// Whether the length is known.
    sized: bool,
}

impl Entry {
    /// No member.
    const NONE: Self = Self {
        coding: Coding {
            method: 0,
            crc: None,
            open: None,
        },
        left: 0,
        sized: true,
    };
}

impl<'a, 's> Zip<'a, 's> {
    /// Begins to read. The archive may begin behind other bytes.
    pub(crate) fn new(source: &'a mut Source<'s>) -> Self {
        Self {
            source,
            entry: Entry::NONE,
            directory: Directory::default(),
        }
    }

    /// Where the first member that was found begins.
    #[must_use]
    pub(crate) fn first(&self) -> Option<u64> {
        self.directory.first()
    }

    /// Moves on to the next member. After the last one, the source is at its end, or goes on with
    /// another kind of archive.
    ///
    /// # Errors
    ///
    /// If the archive ends too soon, cannot be read, or does not hold what its directory names.
    pub(crate) fn next_member(&mut self) -> io::Result<Option<Member>> {
        if self.entry.sized && self.source.skip(self.entry.left)? < self.entry.left {
            self.entry = Entry::NONE;
            return Err(damaged("it ends within a file"));
        }
        self.entry = Entry::NONE;
        if !search::next_header(self.source, &mut self.directory)? {
            self.directory.check()?;
            return Ok(None);
        }
        self.begin().map(Some)
    }

    /// Reads a header and begins its member.
    fn begin(&mut self) -> io::Result<Member> {
        let at = self.source.at();
        let mut fields = [0; FIXED];
        self.exact(&mut fields)?;
        let header = Header::parse(fields);
        let mut names = vec![0; usize::from(header.name) + usize::from(header.extra)];
        self.exact(&mut names)?;
        let (name_bytes, extra) = names.split_at(usize::from(header.name));
        let length = header.length(extra);
        self.directory.found(at, header.method);
        self.entry = Entry {
            coding: Coding {
                method: header.method,
                crc: (!header.is_later()).then_some(header.crc),
                open: header.open(extra),
            },
            left: length.unwrap_or(u64::MAX),
            sized: length.is_some(),
        };
        let closed = header.closed();
        if let (0, Some(length), None) = (header.method, length, &closed) {
            self.source.hand_on(length);
        }
        // What is closed and of no known length is read past to the next header.
        if closed.is_some() && length.is_none() {
            self.entry = Entry::NONE;
        }
        Ok(Member {
            name: name(name_bytes),
            closed,
            empty: length == Some(0),
        })
    }

    /// The content of the present member, unpacked.
    ///
    /// # Errors
    ///
    /// If no decoder can be made.
    pub(crate) fn content<'z>(
        &'z mut self,
        budget: &'z Budget,
    ) -> io::Result<Box<dyn Read + Send + 'z>> {
        let coding = self.entry.coding;
        coding.unpack(
            Packed {
                source: self.source,
                entry: &mut self.entry,
            },
            budget,
        )
    }

    fn exact(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        match self.source.read_exact(bytes) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(damaged("it ends within a header"))
            }
            other => other,
        }
    }
}

fn damaged(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("zip: {message}"))
}
