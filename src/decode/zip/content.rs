//! The content of a member: packed, unpacked, and compared with its checksum.

use std::io::{self, BufRead, Read};

use bzip2::bufread::BzDecoder;
use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use lzma_rust2::XzReader;

use super::Entry;
use super::open::Open;
use crate::decode::budget::{Bounded, Budget};
use crate::decode::source::Source;
use crate::decode::unpack::Zstd;

/// The memory that a decoder of xz may ask for, in KiB.
const XZ_MEMORY: u32 = 128 << 10;

/// How a member is packed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coding {
    /// The number that zip gives the compression.
    pub(super) method: u16,
    /// The checksum of what it holds, where that is known beforehand.
    pub(super) crc: Option<u32>,
    /// How much stands behind it, in bytes, if only that shows where it ends.
    pub(super) open: Option<usize>,
}

impl Coding {
    /// Unpacks what was packed like this.
    ///
    /// # Errors
    ///
    /// If no decoder can be made.
    pub(super) fn unpack<'a>(
        self,
        packed: impl BufRead + Send + 'a,
        budget: &'a Budget,
    ) -> io::Result<Box<dyn Read + Send + 'a>> {
        if let Some(behind) = self.open {
            return Ok(self.checked(Open::new(packed, behind), budget));
        }
        Ok(match self.method {
            8 => self.checked(DeflateDecoder::new(packed), budget),
            12 => self.checked(BzDecoder::new(packed), budget),
            93 => self.checked(Zstd::new(packed, |_: &mut _| Ok(false))?, budget),
            95 => self.checked(XzReader::new_mem_limit(packed, false, XZ_MEMORY), budget),
            _ => self.checked(packed, budget),
        })
    }

    fn checked<'a>(
        self,
        inner: impl Read + Send + 'a,
        budget: &'a Budget,
    ) -> Box<dyn Read + Send + 'a> {
        let checked = Checked {
            inner,
            wanted: self.crc,
            crc: Crc::new(),
        };
        Box::new(Bounded::new(checked, "zip", budget))
    }
}

/// The packed bytes of the present member.
pub(super) struct Packed<'z, 's> {
    pub(super) source: &'z mut Source<'s>,
    pub(super) entry: &'z mut Entry,
}

impl BufRead for Packed<'_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let left = usize::try_from(self.entry.left).unwrap_or(usize::MAX);
        if left == 0 {
            return Ok(&[]);
        }
        let buffer = self.source.fill_buf()?;
        if buffer.is_empty() {
            self.entry.left = 0;
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "it ends within a file",
            ));
        }
        Ok(buffer.get(..left.min(buffer.len())).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        if self.entry.sized {
            self.entry.left = self.entry.left.saturating_sub(amount as u64);
        }
        self.source.consume(amount);
    }
}

impl Read for Packed<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

/// Compares the checksum at the end.
struct Checked<R> {
    inner: R,
    wanted: Option<u32>,
    crc: Crc,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let Some(wanted) = self.wanted else {
            return Ok(read);
        };
        self.crc.update(buffer.get(..read).unwrap_or_default());
        if read == 0 && !buffer.is_empty() && self.crc.sum() != wanted {
            let message = "the checksum of a file is wrong";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(read)
    }
}
