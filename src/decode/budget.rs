//! How much one file may unpack to, all that is nested in it together.

use std::io::{self, Read};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many compressions and archives may lie inside each other.
pub(crate) const DEPTH: usize = 8;

/// A file may unpack to this size whatever its ratio, in bytes.
const FREE: u64 = 64 << 20;

/// Beyond that, to at most this many times its own size.
const RATIO: u64 = 500;

/// And to no more than this, in bytes.
const MOST: u64 = 1 << 40;

/// How many members the archives in a file may have.
const MEMBERS: u64 = 100_000;

/// The expenses of one file.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    /// Bytes that were read of the file itself.
    packed: AtomicU64,
    /// Bytes that came out of all decoders.
    unpacked: AtomicU64,
    members: AtomicU64,
    /// Why nothing more is unpacked, once that is so.
    spent: OnceLock<String>,
}

impl Budget {
    /// Notes one more member of an archive.
    ///
    /// # Errors
    ///
    /// If there are too many.
    pub(crate) fn member(&self) -> io::Result<()> {
        if self.members.fetch_add(1, Ordering::Relaxed) >= MEMBERS {
            self.end(|| format!("it holds more than {MEMBERS} files: stopped there"));
        }
        self.check()
    }

    /// Fails if nothing more may be unpacked.
    fn check(&self) -> io::Result<()> {
        let unpacked = self.unpacked.load(Ordering::Relaxed);
        if unpacked > FREE && unpacked / RATIO > self.packed.load(Ordering::Relaxed) {
            self.end(|| {
                format!(
                    "it unpacks to more than {RATIO} times its size: stopped after {unpacked} bytes"
                )
            });
        } else if unpacked > MOST {
            self.end(|| format!("it unpacks to more than {MOST} bytes: stopped there"));
        }
        match self.spent.get() {
            Some(message) => Err(io::Error::new(
                io::ErrorKind::QuotaExceeded,
                message.as_str(),
            )),
            None => Ok(()),
        }
    }

    /// Notes that so many bytes of the file were read otherwise than through [`Counted`].
    #[cfg_attr(
        not(all(feature = "arrow", feature = "parquet")),
        allow(dead_code, reason = "what reads tables is left out")
    )]
    pub(super) fn read(&self, bytes: u64) {
        self.packed.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Notes that so many bytes were unpacked.
    ///
    /// # Errors
    ///
    /// If there are too many.
    #[cfg_attr(
        not(all(feature = "arrow", feature = "parquet")),
        allow(dead_code, reason = "what reads tables is left out")
    )]
    pub(super) fn unpack(&self, bytes: u64) -> io::Result<()> {
        self.unpacked.fetch_add(bytes, Ordering::Relaxed);
        self.check()
    }

    fn end(&self, message: impl FnOnce() -> String) {
        self.spent.get_or_init(message);
    }
}

/// Whether an error says that a budget is spent.
#[must_use]
pub(crate) fn is_spent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::QuotaExceeded
}

/// Counts what is read of a file.
#[derive(Debug)]
pub(crate) struct Counted<'b, R> {
    inner: R,
    budget: &'b Budget,
}

impl<'b, R: Read> Counted<'b, R> {
    /// Reads on account of a budget.
    pub(crate) fn new(inner: R, budget: &'b Budget) -> Self {
        Self { inner, budget }
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.budget.packed.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Ends an expansion that no honest file has, and says what failed.
pub(super) struct Bounded<'b, R> {
    inner: R,
    name: &'static str,
    budget: &'b Budget,
    /// Whether it failed: what decoders do when they are read on is up to them.
    failed: bool,
}

impl<'b, R: Read> Bounded<'b, R> {
    pub(super) fn new(inner: R, name: &'static str, budget: &'b Budget) -> Self {
        Self {
            inner,
            name,
            budget,
            failed: false,
        }
    }
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.budget.check()?;
        if self.failed {
            let again = io::Error::other("it failed before");
            return Err(named(self.name, &again));
        }
        match self.inner.read(buffer) {
            Ok(read) => {
                self.budget
                    .unpacked
                    .fetch_add(read as u64, Ordering::Relaxed);
                Ok(read)
            }
            Err(error) if is_spent(&error) || error.kind() == io::ErrorKind::Interrupted => {
                Err(error)
            }
            Err(error) => {
                self.failed = true;
                Err(named(self.name, &error))
            }
        }
    }
}

/// The failure of a decoder, by its name.
pub(super) fn named(decoder: &str, error: &io::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{decoder}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spent_budget_stays_spent() {
        let budget = Budget::default();
        let mut endless = Bounded::new(io::repeat(0), "gzip", &budget);
        let mut buffer = vec![0; 1 << 20];
        let error = loop {
            if let Err(error) = endless.read(&mut buffer) {
                break error;
            }
        };
        assert!(is_spent(&error));
        let again = endless.read(&mut buffer).unwrap_err();
        assert_eq!(error.to_string(), again.to_string());
        assert!(budget.unpacked.load(Ordering::Relaxed) < 2 * FREE);
    }

    #[test]
    fn members_are_counted() {
        let budget = Budget::default();
        assert!((0..MEMBERS).all(|_| budget.member().is_ok()));
        assert!(is_spent(&budget.member().unwrap_err()));
    }
}
