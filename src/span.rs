//! Byte spans and positions: arithmetic only, no text and no files.

use std::ops::Range;

use serde::Serialize;

/// Bytes of one buffer, from `start` (counted from 0) up to but not including `end`.
pub type Span = Range<usize>;

/// A place in a file, as a person and a machine each count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Position {
    /// Line, counted from 1.
    pub line: u64,
    /// Column in Unicode code points, counted from 1.
    pub column: u64,
    /// Byte in the file as it is on disk (or in the decoded member), counted from 0.
    pub byte: u64,
}

impl Position {
    /// The first byte of a file.
    pub const START: Self = Self {
        line: 1,
        column: 1,
        byte: 0,
    };
}

/// Whether two spans share at least one byte.
#[must_use]
pub(crate) fn overlap(a: &Span, b: &Span) -> bool {
    a.start < b.end && b.start < a.end
}

/// `usize` to `u64`, which holds on every platform that Rust supports.
#[must_use]
pub(crate) fn wide(n: usize) -> u64 {
    n as u64
}
