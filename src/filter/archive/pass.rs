//! What passes by: kept for later, counted, summed up.

use std::io::{self, BufRead, Read, Seek as _, Write};

use flate2::Crc;
use tempfile::SpooledTempFile;

/// What is kept of a member in memory, in bytes. More goes to a file that has no name.
const IN_MEMORY: usize = 8 << 20;

/// Bytes for later.
pub(super) type Spool = SpooledTempFile;

/// Room for bytes.
pub(super) fn spool() -> Spool {
    SpooledTempFile::new(IN_MEMORY)
}

/// How many bytes a spool holds. It is read from the beginning afterwards.
pub(super) fn length(spool: &mut Spool) -> io::Result<u64> {
    let length = spool.stream_position()?;
    spool.rewind()?;
    Ok(length)
}

/// Counts what is read, and keeps it if asked to.
pub(super) struct Tee<R> {
    inner: R,
    /// How many bytes were read.
    pub(super) at: u64,
    kept: Option<Spool>,
    failed: Option<io::Error>,
}

impl<R: BufRead> Tee<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            at: 0,
            kept: None,
            failed: None,
        }
    }

    /// Keeps what is read from now on.
    pub(super) fn keep(&mut self) {
        self.kept = Some(spool());
    }

    /// What was read since, and how much that is.
    pub(super) fn kept(&mut self) -> io::Result<(Spool, u64)> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut spool = self.kept.take().unwrap_or_else(spool);
        let length = length(&mut spool)?;
        Ok((spool, length))
    }
}

impl<R: BufRead> BufRead for Tee<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if let (Some(spool), 1..) = (&mut self.kept, amount) {
            // What is not consumed yet is still there, and costs no read.
            let passing = self.inner.fill_buf();
            let written = passing.and_then(|bytes| {
                let bytes = bytes.get(..amount).unwrap_or(bytes);
                spool.write_all(bytes)
            });
            if let Err(error) = written {
                self.failed.get_or_insert(error);
            }
        }
        self.at += amount as u64;
        self.inner.consume(amount);
    }
}

impl<R: BufRead> Read for Tee<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

/// Counts what is written.
pub(super) struct Placed<'w> {
    inner: &'w mut dyn Write,
    /// How many bytes were written.
    pub(super) at: u64,
}

impl<'w> Placed<'w> {
    pub(super) fn new(inner: &'w mut dyn Write) -> Self {
        Self { inner, at: 0 }
    }
}

impl Write for Placed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Sums up what is written.
pub(super) struct Summed<W> {
    pub(super) inner: W,
    pub(super) crc: Crc,
    pub(super) length: u64,
}

impl<W: Write> Summed<W> {
    pub(super) fn new(inner: W) -> Self {
        Self {
            inner,
            crc: Crc::new(),
            length: 0,
        }
    }
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.crc.update(bytes.get(..written).unwrap_or_default());
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
