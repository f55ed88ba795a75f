//! What is scanned, and what is found in it.

use super::field::Head;
use crate::finding::{Hit, Runner};
use crate::source::Origin;

/// A file, or a part of one, that is to be scanned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a> {
    /// The bytes: those to scan, and what stands around them.
    pub text: &'a [u8],
    /// Where the text lies in its file, in bytes.
    pub start: u64,
    /// How the file is named.
    pub origin: &'a Origin,
    /// Which part of the file it is.
    pub part: Part,
}

/// Which part of a file a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// Its beginning.
    First,
    /// A later part, and what the first says of the file: [`Matches::nature`].
    Later(Nature),
}

/// What the first bytes of a file say about all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Nature {
    /// Whether it is a log, as far as that matters.
    pub is_log: bool,
    /// What parts a credential from what stands beside it.
    pub bounds: Bounds,
    /// Whether a byte that is not zero was seen.
    pub begun: bool,
}

impl Nature {
    /// Where the next text lies, which begins at a place.
    pub(super) fn head(self, start: u64) -> Head {
        let begun = self.begun;
        Head { start, begun }
    }
}

/// What parts a credential from what stands beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Bounds {
    /// Words end there, for this is text; near bytes that no text has, see [`Bounds::Fields`].
    #[default]
    Mixed,
    /// Words end there, whatever stands near.
    Words,
    /// Nothing: this is binary. A length before the credential tells, or its own structure does.
    Fields,
    /// Nothing, and whatever has the shape of a credential may be one.
    Open,
}

/// How a file was read for rules over facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Parsing {
    /// As far as any rule wants it.
    #[default]
    Done,
    /// But for what is no valid text of its format.
    Partial,
    /// Not at all: it is too large, as data and what programs write are.
    TooLarge,
    /// Not at all, although it is configuration: no person writes one as large.
    TooLargeConfiguration,
    /// Not what exceeds a limit: of nesting, of the number of nodes or facts, of steps.
    Limited,
}

/// What a scan of a file, or of a part of it, found.
#[derive(Debug, Default)]
pub(crate) struct Matches {
    /// Hits of enabled rules, in order of place.
    pub hits: Vec<Hit>,
    /// Where a suppression comment may stand.
    pub markers: Vec<usize>,
    /// What the file is.
    pub nature: Nature,
    /// How rules over facts read the file.
    pub parsing: Parsing,
    /// Scripts that the file runs, if it is a CI configuration or a Dockerfile.
    pub runs: Vec<(Runner, String)>,
}
