//! Copies a stream with every credential replaced by a mark, and everything else as it is.
//!
//! Text is copied as it comes. What is packed is kept meanwhile: it is scanned first, and if nothing is
//! found copied as it is; otherwise it is written anew, and scanned again before anyone gets it.

mod copy;
mod cut;
mod marks;
mod pack;
mod packed;
mod sealed;
mod spool;
mod tar;
mod value;
mod view;
mod warnings;
mod zip;

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Write};

use self::copy::{Copy, Text};
use self::marks::Marks;
pub use self::warnings::Warnings;
use crate::decode::{self, Budget, Counted};
use crate::redact::one_line;
use crate::scan::{Scanner, windows};
use crate::source::Origin;
use crate::stream::{Supply, Window, Windows, ahead};

/// A copy of streams without their credentials. The same credential has the same mark in all of
/// them; no one can tell from it what it stands for.
#[derive(Debug)]
pub struct Filter<'s> {
    scanner: &'s Scanner,
    marks: Marks,
    windows: Windows,
    redacted: u64,
    warnings: Warnings,
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
    /// It is packed in a way that is not opened.
    #[error("{0} is not opened: unpack it, and redact what is in it")]
    Unopened(&'static str),
    /// It has a checksum over its credentials.
    #[error("{0} has checksums over its content, which would be wrong afterwards")]
    Sealed(&'static str),
    /// A credential would be left.
    #[error("{0}: a credential would be left there; it is not copied")]
    Left(String),
}

/// Where a stream lies within the file that is copied.
struct Place<'b> {
    budget: &'b Budget,
    /// How many compressions and archives it lies in.
    depth: usize,
    /// What it is called.
    origin: Cow<'b, Origin>,
    /// The file, if it is one that can be read once more.
    file: Option<&'b File>,
    /// Whether it is only looked at.
    check: bool,
}

impl Place<'_> {
    /// What is packed in it, under this name.
    fn inside(&self, name: &str) -> Place<'_> {
        let name = one_line(name);
        let member = match &self.origin.member {
            Some(outer) => format!("{outer}!{name}"),
            None => name,
        };
        Place {
            budget: self.budget,
            depth: self.depth + 1,
            origin: Cow::Owned(Origin {
                member: Some(member),
                ..Origin::clone(&self.origin)
            }),
            file: None,
            check: self.check,
        }
    }

    /// A part of it that is copied for itself.
    fn part(&self) -> Place<'_> {
        Place {
            budget: self.budget,
            depth: self.depth + 1,
            origin: Cow::Borrowed(&self.origin),
            file: None,
            check: self.check,
        }
    }
}

impl<'s> Filter<'s> {
    /// A filter for what a scanner finds, with marks that depend on a key. Who knows the key can tell
    /// whether a guess is right.
    #[must_use]
    pub fn new(scanner: &'s Scanner, key: [u8; 32]) -> Self {
        Self {
            scanner,
            marks: Marks::new(key),
            windows: windows(),
            redacted: 0,
            warnings: Warnings::default(),
        }
    }

    /// How many credentials were replaced.
    #[must_use]
    pub fn redacted(&self) -> u64 {
        self.redacted
    }

    /// Copies a stream, whose name tells what it is. What is compressed is so again afterwards, and an
    /// archive has the same members. While the stream pauses, all lines that are sure to hold no part of
    /// a credential that goes on are written. [`Filter::warnings`] tells what was copied and could not
    /// be redacted.
    ///
    /// # Errors
    ///
    /// If the stream cannot be read or written to its end, or cannot be redacted.
    pub fn copy(
        &mut self,
        name: &str,
        stream: impl Read + Send,
        out: &mut dyn Write,
    ) -> Result<(), FilterError> {
        self.begin((name, None), stream, out, false)
    }

    /// Copies a file from its beginning, in the same way.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or the copy written to its end, or if it cannot be redacted.
    pub fn copy_file(
        &mut self,
        name: &str,
        file: &File,
        out: &mut dyn Write,
    ) -> Result<(), FilterError> {
        self.begin((name, Some(file)), file, out, false)
    }

    /// Looks at a stream: counts what would be replaced, and says what could not be looked at.
    ///
    /// # Errors
    ///
    /// If the stream cannot be read to its end, or could not be redacted.
    pub fn check(&mut self, name: &str, stream: impl Read + Send) -> Result<(), FilterError> {
        self.begin((name, None), stream, &mut io::sink(), true)
    }

    /// Whether something of the original is missing in the last copy, although it came to its end.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.warnings.is_lost()
    }

    /// What could not be done in the last copy. It is told once.
    pub fn warnings(&mut self) -> Warnings {
        std::mem::take(&mut self.warnings)
    }

    fn begin(
        &mut self,
        (name, file): (&str, Option<&File>),
        mut stream: impl Read + Send,
        out: &mut dyn Write,
        check: bool,
    ) -> Result<(), FilterError> {
        self.warnings = Warnings::default();
        let budget = Budget::default();
        let mut counted = Counted::new(&mut stream, &budget);
        let place = Place {
            budget: &budget,
            depth: 0,
            origin: Cow::Owned(Origin::file(name)),
            file,
            check,
        };
        let room = self.windows.overlap().room();
        let copied = ahead(&mut counted, room, true, |supply| {
            self.layer(supply, out, &place)
        });
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
        let looks = decode::look(window.bytes(), window.has_ended(), place.origin.name());
        if let Some(kind) = looks.foreign {
            return Err(FilterError::Unopened(kind));
        }
        if looks.brotli {
            return Err(FilterError::Unopened(decode::BROTLI));
        }
        if !looks.packed && looks.table.is_none() {
            return self.text(window, supply, out, place);
        }
        if place.depth >= decode::DEPTH {
            let message = "it is packed too many times over";
            return Err(FilterError::Read(io::Error::other(message)));
        }
        self.packed(window, supply, out, place)
    }

    /// Copies the windows of a text whose first is open.
    fn text(
        &mut self,
        mut window: Window,
        supply: &mut Supply<'_>,
        out: &mut dyn Write,
        place: &Place<'_>,
    ) -> Result<(), FilterError> {
        let text = Text::new(&place.origin, window.bytes());
        let copied = match supply {
            Supply::Direct(stream) if !window.has_ended() => {
                let room = self.windows.overlap().room();
                let copied = ahead(&mut **stream, room, false, |supply| {
                    Copy::new(self, out, &text).run(&mut window, supply)
                });
                copied.unwrap_or_else(|error| Err(FilterError::Read(error)))
            }
            supply => Copy::new(self, out, &text).run(&mut window, supply),
        };
        let hidden = decode::ends_with_zip(window.bytes());
        self.windows.put(window);
        copied?;
        if hidden {
            return Err(FilterError::Unopened("zip archive behind other bytes"));
        }
        Ok(())
    }
}
