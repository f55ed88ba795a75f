//! Copies a stream with every credential replaced by a mark, and everything else as it is.

mod copy;
mod marks;
mod pack;

use std::io::{self, BufWriter, Read, Write};

use self::copy::Copy;
use self::marks::Marks;
use self::pack::Packer;
use crate::decode::{self, Budget, Counted, Packing};
use crate::engine::Engine;
use crate::stream::{Stream, Supply, Windows, ahead};

/// A copy of streams without their credentials. The same credential has the same mark in all of
/// them; no one can tell from it what it stands for.
#[derive(Debug)]
pub struct Filter<'e> {
    engine: &'e Engine,
    marks: Marks,
    windows: Windows,
    redacted: u64,
}

/// Why a stream could not be copied.
#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    /// It could not be read to its end, or is damaged; what came before was copied.
    #[error("{0}; what came before was copied")]
    Read(io::Error),
    /// What was copied could not be written.
    #[error("{0}")]
    Write(io::Error),
    /// It is an archive, whose files have lengths and checksums.
    #[error("it is a {0}: unpack it, and redact what is in it")]
    Archive(&'static str),
}

impl<'e> Filter<'e> {
    /// A filter whose marks depend on a key. Who knows it can tell whether a guess is right.
    #[must_use]
    pub fn new(engine: &'e Engine, key: [u8; 32]) -> Self {
        Self {
            engine,
            marks: Marks::new(key),
            windows: Windows::default(),
            redacted: 0,
        }
    }

    /// How many credentials were replaced.
    #[must_use]
    pub fn redacted(&self) -> u64 {
        self.redacted
    }

    /// Copies a stream. What is compressed is so again afterwards. While the stream pauses, all
    /// lines that are sure to hold no part of a credential that goes on are written.
    ///
    /// # Errors
    ///
    /// If the stream cannot be read or written to its end, or is an archive.
    pub fn copy(
        &mut self,
        mut stream: impl Read + Send,
        out: &mut dyn Write,
    ) -> Result<(), FilterError> {
        let budget = Budget::default();
        let mut counted = Counted::new(&mut stream, &budget);
        let copied = ahead(&mut counted, true, |supply| {
            self.layer(supply, out, &budget, 0)
        });
        copied.unwrap_or_else(|error| Err(FilterError::Read(error)))
    }

    fn layer(
        &mut self,
        supply: &mut Supply<'_>,
        out: &mut dyn Write,
        budget: &Budget,
        depth: usize,
    ) -> Result<(), FilterError> {
        let mut window = self.windows.take();
        window.open(supply, depth == 0);
        match decode::sniff(window.bytes()) {
            Some(Packing::Unopened) => Err(FilterError::Archive("archive")),
            Some(Packing::Archive(kind)) => Err(FilterError::Archive(kind.name())),
            Some(_) if depth >= decode::DEPTH => {
                let message = "it is compressed too many times over";
                Err(FilterError::Read(io::Error::other(message)))
            }
            Some(Packing::Compressed(kind)) => {
                let head = io::Cursor::new(window.bytes().to_vec());
                let rest: Box<Stream<'_>> = if window.has_ended() {
                    Box::new(io::empty())
                } else {
                    Box::new(supply)
                };
                let mut unpacked =
                    decode::unpack(kind, head.chain(rest), budget).map_err(FilterError::Read)?;
                let out = BufWriter::with_capacity(64 << 10, out);
                let mut packer = Packer::new(kind, out).map_err(FilterError::Write)?;
                let copied = self.layer(
                    &mut Supply::Direct(&mut *unpacked),
                    &mut packer,
                    budget,
                    depth + 1,
                );
                packer.finish().map_err(FilterError::Write)?;
                copied
            }
            None => {
                let copied = match supply {
                    Supply::Direct(stream) if !window.has_ended() => {
                        let copied = ahead(&mut **stream, false, |supply| {
                            Copy::new(self, out).run(&mut window, supply)
                        });
                        copied.unwrap_or_else(|error| Err(FilterError::Read(error)))
                    }
                    supply => Copy::new(self, out).run(&mut window, supply),
                };
                self.windows.put(window);
                copied
            }
        }
    }
}
