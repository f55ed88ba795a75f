//! Archives, copied as they come: every member redacted, everything else as it was.
//!
//! No crate changes single members of a stream and keeps all other bytes, so the copy is made around
//! the readers of [`crate::decode`]. Lengths and checksums of a member stand before its content, or
//! far behind it; so each member is looked at first, and kept meanwhile. One without a credential is
//! copied packed as it is; one with some is unpacked once more, redacted and packed again.

mod pass;
pub(super) mod tar;
pub(super) mod zip;

use std::borrow::Cow;
use std::io::{self, Read, Write};

use super::{Filter, FilterError};
use crate::decode::{self, Budget};
use crate::redact::printable;
use crate::stream::{Stream, Supply};

/// The size of the buffer before an archive, in bytes.
const BUFFER: usize = 128 << 10;

/// Where a stream lies within the file that is copied.
pub(super) struct Place<'b> {
    pub(super) budget: &'b Budget,
    /// How many compressions and archives it lies in.
    pub(super) depth: usize,
    /// The name of the archive member that it is, or was unpacked from.
    pub(super) name: Cow<'b, str>,
    /// Whether it is copied; otherwise it is only looked at.
    pub(super) copied: bool,
}

impl Place<'_> {
    /// One level deeper.
    pub(super) fn inside(&self) -> Place<'_> {
        Place {
            budget: self.budget,
            depth: self.depth + 1,
            name: Cow::Borrowed(&self.name),
            copied: self.copied,
        }
    }

    /// A member that is looked at.
    fn member(&self, name: &str) -> Place<'_> {
        let name = printable(name);
        Place {
            name: Cow::Owned(match &*self.name {
                "" => name,
                outer => format!("{outer}!{name}"),
            }),
            copied: false,
            ..self.inside()
        }
    }
}

/// What a look at a member shows.
struct Look {
    /// Whether it has something to redact.
    found: bool,
    /// Why it could not be read to its end.
    failed: Option<String>,
}

impl Filter<'_> {
    /// Looks for credentials in a member.
    fn look(&mut self, content: &mut Stream<'_>, place: &Place<'_>) -> Result<Look, FilterError> {
        let before = self.redacted;
        let supply = &mut Supply::Direct(content);
        let failed = match self.layer(supply, &mut io::sink(), place) {
            Ok(()) => None,
            Err(FilterError::Read(error)) if !decode::is_spent(&error) => Some(error.to_string()),
            Err(FilterError::Unopened) => Some(FilterError::Unopened.to_string()),
            Err(error) => return Err(error),
        };
        Ok(Look {
            found: self.redacted > before,
            failed,
        })
    }

    /// Copies a member that was looked at; how it fails was said then.
    fn again(
        &mut self,
        content: &mut Stream<'_>,
        out: &mut dyn Write,
        place: &Place<'_>,
        look: &Look,
    ) -> Result<(), FilterError> {
        let sofar = self.said.sofar();
        let budget = Budget::paid();
        let place = Place {
            budget: &budget,
            copied: true,
            name: Cow::Borrowed(&place.name),
            ..*place
        };
        let copied = self.layer(&mut Supply::Direct(content), out, &place);
        self.said.take_back(sofar);
        match copied {
            Err(FilterError::Write(error)) => Err(FilterError::Write(error)),
            Err(error) if look.failed.is_none() => Err(error),
            _ => Ok(()),
        }
    }

    /// Copies text whose length must stay.
    fn fit(&mut self, mut text: impl Read + Send, out: &mut dyn Write) -> Result<(), FilterError> {
        self.fitting(&mut Supply::Direct(&mut text), out)
    }

    /// Text whose length must stay.
    fn fitted(&mut self, text: &[u8]) -> Result<Vec<u8>, FilterError> {
        let mut out = Vec::new();
        self.fit(text, &mut out)?;
        Ok(out)
    }
}

/// Whether an archive ended as it should not, although all of it could be read.
fn is_damage(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
    )
}
