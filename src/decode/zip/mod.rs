//! zip, read from beginning to end.
//!
//! The directory at the end of an archive is not asked: it may lie far away in a stream, it may lie,
//! and what it does not name is in the file all the same. Each member has a header of its own.

mod content;
mod header;
mod open;
#[cfg(test)]
mod tests;

use std::io::{self, BufRead, Read};

pub use self::content::Coding;
use self::content::Packed;
use self::header::{FIXED, Header};
use super::budget::Budget;
use super::{Member, name};

/// What follows a member whose length its header does not tell, at most, in bytes.
const DESCRIPTOR: u64 = 24;

/// A zip archive that is read as it comes.
#[derive(Debug)]
pub struct Zip<R> {
    inner: R,
    entry: Entry,
    /// What was read last of what is no content: a header, or the mark of the directory.
    head: Vec<u8>,
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

/// What stands where a header is expected.
enum Mark {
    Member,
    Directory,
}

impl<R: BufRead> Zip<R> {
    /// Begins to read.
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            entry: Entry::NONE,
            head: Vec::new(),
        }
    }

    /// Moves on to the next member.
    ///
    /// # Errors
    ///
    /// If the archive ends too soon or cannot be read.
    pub fn next_member(&mut self) -> io::Result<Option<Member>> {
        if self.entry.sized && self.entry.left > 0 {
            let mut left = self.inner.by_ref().take(self.entry.left);
            if io::copy(&mut left, &mut io::sink())? < self.entry.left {
                self.entry.left = 0;
                return Err(damaged("it ends within a file"));
            }
        }
        self.entry = Entry::NONE;
        let (mark, skipped) = self.find_mark()?;
        if matches!(mark, Mark::Directory) {
            return Ok(None);
        }
        let mut member = self.begin()?;
        member.gap = skipped.saturating_sub(DESCRIPTOR);
        Ok(Some(member))
    }

    /// Looks for the next header. Returns what it is of, and how many bytes stand before it.
    fn find_mark(&mut self) -> io::Result<(Mark, u64)> {
        let mut last = [0; 4];
        let mut read = 0;
        loop {
            let buffer = self.inner.fill_buf()?;
            if buffer.is_empty() {
                return Err(damaged("it ends before its directory"));
            }
            let mut used = 0;
            let mut found = None;
            for byte in buffer {
                last.rotate_left(1);
                last[3] = *byte;
                used += 1;
                found = match &last {
                    b"PK\x03\x04" => Some(Mark::Member),
                    b"PK\x01\x02" | b"PK\x05\x06" | b"PK\x06\x06" => Some(Mark::Directory),
                    _ => continue,
                };
                break;
            }
            self.inner.consume(used);
            read += used as u64;
            if let Some(mark) = found {
                self.head.clear();
                self.head.extend(last);
                return Ok((mark, read - 4));
            }
        }
    }

    /// Reads a header and begins its member.
    fn begin(&mut self) -> io::Result<Member> {
        let mut fields = [0; FIXED - 4];
        self.exact(&mut fields)?;
        let header = Header::parse(fields);
        self.head.extend(fields);
        let name_end = FIXED + usize::from(header.name);
        self.head.resize(name_end + usize::from(header.extra), 0);
        let mut head = std::mem::take(&mut self.head);
        let read = self.exact(head.get_mut(FIXED..).unwrap_or_default());
        self.head = head;
        read?;
        let length = header.length(self.head.get(name_end..).unwrap_or_default());
        let sized = length.is_some();
        self.entry = Entry {
            coding: Coding {
                method: header.method,
                crc: (!header.is_later()).then_some(header.crc),
                open: header.open(self.head.get(name_end..).unwrap_or_default()),
            },
            left: length.unwrap_or(u64::MAX),
            sized,
        };
        Ok(Member {
            name: name(self.head.get(FIXED..name_end).unwrap_or_default()),
            closed: header.closed(),
            gap: 0,
        })
    }

    /// The header of the present member, or the mark of the directory, as it stands in the archive.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// How the present member is packed.
    pub fn coding(&self) -> Coding {
        self.entry.coding
    }

    /// Whether the header of the present member says how long it is.
    pub fn is_sized(&self) -> bool {
        self.entry.sized
    }

    /// What was not read yet of the present member, packed. Without a known length, this goes on to
    /// the end of the archive.
    pub fn packed(&mut self) -> impl BufRead + '_ {
        Packed(self)
    }

    /// What the archive is read from.
    pub fn inner(&mut self) -> &mut R {
        &mut self.inner
    }

    fn exact(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        match self.inner.read_exact(bytes) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(damaged("it ends within a header"))
            }
            other => other,
        }
    }
}

impl<R: BufRead + Send> Zip<R> {
    /// The content of the present member, unpacked.
    ///
    /// # Errors
    ///
    /// If no decoder can be made.
    pub fn content<'a>(&'a mut self, budget: &'a Budget) -> io::Result<Box<dyn Read + Send + 'a>> {
        self.entry.coding.unpack(Packed(self), budget)
    }
}

fn damaged(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("zip: {message}"))
}
