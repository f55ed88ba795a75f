//! ar, as Debian packages are made: members one after the other, each behind a line that names it.

use std::io::{self, Read};

use super::source::Source;
use super::{Member, name};

/// What an archive begins with.
const MAGIC: &[u8] = b"!<arch>\n";

/// The size of the line before a member, in bytes.
const HEADER: usize = 60;

/// Where that line has the size of its member.
const SIZE: std::ops::Range<usize> = 48..58;

/// Whether a file begins as a package does; libraries of programs are such archives too, and not packed.
pub(super) fn begins(head: &[u8]) -> bool {
    let has = |name: &[u8]| memchr::memmem::find(head, name).is_some();
    head.starts_with(MAGIC) && (has(b"debian-binary") || has(b".tar"))
}

/// An archive that is read as it comes.
pub(crate) struct Ar<'a, 's> {
    source: &'a mut Source<'s>,
    /// Bytes of the present member that were not read.
    left: u64,
    /// Whether a byte fills up the present member.
    odd: bool,
    begun: bool,
}

impl<'a, 's> Ar<'a, 's> {
    /// Begins to read.
    pub(crate) fn new(source: &'a mut Source<'s>) -> Self {
        Self {
            source,
            left: 0,
            odd: false,
            begun: false,
        }
    }

    /// Moves on to the next member.
    ///
    /// # Errors
    ///
    /// If the archive is damaged or cannot be read.
    pub(crate) fn next_member(&mut self) -> io::Result<Option<Member>> {
        if !self.begun {
            self.begun = true;
            self.source.skip(MAGIC.len() as u64)?;
        }
        self.source.skip(self.left + u64::from(self.odd))?;
        (self.left, self.odd) = (0, false);
        let header = self.source.peek(HEADER);
        if header.len() < HEADER || !header.ends_with(b"`\n") {
            return match header {
                [] => Ok(None),
                _ => Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "ar: a header is damaged",
                )),
            };
        }
        let text = |range| {
            let text = header
                .get::<std::ops::Range<usize>>(range)
                .unwrap_or_default();
            text.trim_ascii_end()
        };
        let size = std::str::from_utf8(text(SIZE))
            .ok()
            .and_then(|size| size.parse().ok());
        let size: u64 =
            size.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "ar: a size is none"))?;
        let member = Member {
            name: name(text(0..16)).trim_end_matches('/').to_owned(),
            closed: None,
            empty: size == 0,
        };
        self.source.skip(HEADER as u64)?;
        self.source.hand_on(size);
        (self.left, self.odd) = (size, size % 2 == 1);
        Ok(Some(member))
    }

    /// The content of the present member.
    pub(crate) fn content(&mut self) -> impl Read + Send {
        Content {
            source: self.source,
            left: &mut self.left,
        }
    }
}

struct Content<'c, 's> {
    source: &'c mut Source<'s>,
    left: &'c mut u64,
}

impl Read for Content<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.take(*self.left).read(buffer)?;
        *self.left -= read as u64;
        if read == 0 && *self.left > 0 && !buffer.is_empty() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "ar: the end of it is missing",
            ));
        }
        Ok(read)
    }
}
