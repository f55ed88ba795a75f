//! Copies a stream with every credential replaced by a mark, and everything else as it is.

mod archive;
mod copy;
mod marks;
mod pack;
mod warnings;

use std::borrow::Cow;
use std::io::{self, BufWriter, Read, Write};

use self::archive::Place;
use self::copy::{Copy, Marking};
use self::marks::Marks;
use self::pack::Packer;
pub use self::warnings::Said;
use crate::decode::{self, Archive, Budget, Compression, Counted, Packing};
use crate::engine::Engine;
use crate::stream::{Failing, Stream, Supply, Window, Windows, ahead};

/// A copy of streams without their credentials. The same credential has the same mark in all of
/// them; no one can tell from it what it stands for.
#[derive(Debug)]
pub struct Filter<'e> {
    engine: &'e Engine,
    marks: Marks,
    windows: Windows,
    redacted: u64,
    /// What is to be said of the present copy.
    said: Said,
}

/// Why a stream could not be copied.
#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    /// It could not be opened.
    #[error("{0}")]
    Open(io::Error),
    /// It could not be read to its end, or is damaged; what came before was copied.
    #[error("{0}")]
    Read(io::Error),
    /// What was copied could not be written.
    #[error("{0}")]
    Write(io::Error),
    /// It is an archive of a kind that is not opened.
    #[error("it is an archive of a kind that is not opened: unpack it, and redact what is in it")]
    Unopened,
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
            said: Said::default(),
        }
    }

    /// How many credentials were replaced.
    #[must_use]
    pub fn redacted(&self) -> u64 {
        self.redacted
    }

    /// Copies a stream. What is compressed is so again afterwards, and an archive has the same
    /// members. While the stream pauses, all lines that are sure to hold no part of a credential that
    /// goes on are written. [`Filter::said`] tells what was copied and could not be redacted.
    ///
    /// # Errors
    ///
    /// If the stream cannot be read or written to its end, or is of a kind that is not opened.
    pub fn copy(
        &mut self,
        stream: impl Read + Send,
        out: &mut dyn Write,
    ) -> Result<(), FilterError> {
        self.begin(stream, out, true)
    }

    /// Looks at a stream: counts what would be replaced, and says what could not be looked at.
    ///
    /// # Errors
    ///
    /// If the stream cannot be read to its end.
    pub fn check(&mut self, stream: impl Read + Send) -> Result<(), FilterError> {
        self.begin(stream, &mut io::sink(), false)
    }

    /// Whether something of the original is missing in the last copy, although it came to its end.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.said.is_lost()
    }

    /// What could not be done in the last copy. It is told once.
    pub fn said(&mut self) -> Said {
        std::mem::take(&mut self.said)
    }

    fn begin(
        &mut self,
        mut stream: impl Read + Send,
        out: &mut dyn Write,
        copied: bool,
    ) -> Result<(), FilterError> {
        self.said = Said::default();
        let budget = Budget::default();
        let mut counted = Counted::new(&mut stream, &budget);
        let place = Place {
            budget: &budget,
            depth: 0,
            name: Cow::Borrowed(""),
            copied,
        };
        let copied = ahead(&mut counted, true, |supply| self.layer(supply, out, &place));
        copied.unwrap_or_else(|error| Err(FilterError::Read(error)))
    }

    /// Copies a stream, and what is packed in it.
    fn layer(
        &mut self,
        supply: &mut Supply<'_>,
        out: &mut dyn Write,
        place: &Place<'_>,
    ) -> Result<(), FilterError> {
        let mut window = self.windows.take();
        window.open(supply, place.depth == 0);
        let Some(packing) = decode::sniff(window.bytes()) else {
            return self.text(window, supply, (out, Marking::Free));
        };
        if packing == Packing::Unopened {
            return Err(FilterError::Unopened);
        }
        if place.depth >= decode::DEPTH {
            let message = "it is packed too many times over";
            return Err(FilterError::Read(io::Error::other(message)));
        }
        let failed = window.error();
        let head = io::Cursor::new(window.bytes().to_vec());
        let rest: Box<Stream<'_>> = match failed {
            Some(error) => Box::new(Failing::new(error)),
            None if window.has_ended() => Box::new(io::empty()),
            None => Box::new(supply),
        };
        self.windows.put(window);
        let stream = head.chain(rest);
        match packing {
            Packing::Compressed(kind) => self.compressed(kind, stream, out, place),
            Packing::Archive(Archive::Tar) => archive::tar::copy(self, stream, out, place),
            Packing::Archive(Archive::Zip) => archive::zip::copy(self, stream, out, place),
            Packing::Unopened => Ok(()),
        }
    }

    fn compressed(
        &mut self,
        kind: Compression,
        packed: impl Read + Send,
        out: &mut dyn Write,
        place: &Place<'_>,
    ) -> Result<(), FilterError> {
        let unpacked = decode::unpack(kind, packed, place.budget);
        let mut unpacked = unpacked.map_err(FilterError::Read)?;
        let supply = &mut Supply::Direct(&mut *unpacked);
        if !place.copied {
            return self.layer(supply, out, &place.inside());
        }
        let out = BufWriter::with_capacity(64 << 10, out);
        let mut packer = Packer::new(kind, out).map_err(FilterError::Write)?;
        let copied = self.layer(supply, &mut packer, &place.inside());
        packer.finish().map_err(FilterError::Write)?;
        copied
    }

    /// Copies text whose length must stay.
    fn fitting(&mut self, supply: &mut Supply<'_>, out: &mut dyn Write) -> Result<(), FilterError> {
        let mut window = self.windows.take();
        window.open(supply, false);
        self.text(window, supply, (out, Marking::Fitting))
    }

    /// Copies the windows of a text whose first is open.
    fn text(
        &mut self,
        mut window: Window,
        supply: &mut Supply<'_>,
        (out, marking): (&mut dyn Write, Marking),
    ) -> Result<(), FilterError> {
        let copied = match supply {
            Supply::Direct(stream) if !window.has_ended() => {
                let copied = ahead(&mut **stream, false, |supply| {
                    Copy::new(self, out, marking).run(&mut window, supply)
                });
                copied.unwrap_or_else(|error| Err(FilterError::Read(error)))
            }
            supply => Copy::new(self, out, marking).run(&mut window, supply),
        };
        self.windows.put(window);
        copied
    }
}
