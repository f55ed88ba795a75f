//! What is scanned, and what is found in it.

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
    /// A later part, and whether the file is a log.
    Later {
        /// As [`Matches::is_log`] was for the first part.
        is_log: bool,
    },
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
    /// Whether the file is a log, as far as that matters.
    pub is_log: bool,
    /// How rules over facts read the file.
    pub parsing: Parsing,
    /// Scripts that the file runs, if it is a CI configuration or a Dockerfile.
    pub runs: Vec<(Runner, String)>,
}
