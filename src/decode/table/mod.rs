//! Tables: Parquet and Arrow, the files that data sets are made of.
//!
//! What a table says lies in pages or buffers in which texts follow one another, compressed as a rule.
//! Whoever looks for something sees these first, as a whole; only where they may hold it are they taken
//! apart into cells, whose columns and rows have names. What is no cell (the schema, what the writer noted)
//! is shown as it is.

#[cfg(feature = "arrow")]
mod arrow;
#[cfg(feature = "parquet")]
mod page;
#[cfg(feature = "parquet")]
mod parquet;

use std::fs::File;
use std::io::{self, Read};

use super::Budget;

/// The longest page, or buffers of one batch, that is taken into memory; in bytes.
const LARGEST: u64 = 256 << 20;

/// The largest table that is read from a stream, which cannot be read twice; in bytes.
pub(crate) const STREAMED: u64 = 64 << 20;

/// Texts shorter than this hold no credential.
const SHORTEST: usize = 16;

/// A kind of table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    /// Parquet: its end says where everything is.
    Parquet,
    /// Arrow's stream, and the file that is one between two marks (Feather).
    Arrow,
}

impl Table {
    /// Its name, for messages.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Parquet => "Parquet file",
            Self::Arrow => "Arrow file",
        }
    }

    /// What kind a file is, by its beginning, if it is one that this build opens.
    pub(super) fn begins(head: &[u8]) -> Option<Self> {
        if cfg!(feature = "parquet") && head.starts_with(b"PAR1") {
            return Some(Self::Parquet);
        }
        let arrow = head.starts_with(b"ARROW1\0\0") || is_stream(head);
        (cfg!(feature = "arrow") && arrow).then_some(Self::Arrow)
    }

    /// Whether it can be read only where any place in it can be reached.
    #[must_use]
    pub(crate) fn needs_whole(self) -> bool {
        self == Self::Parquet
    }
}

/// Whether a stream of Arrow begins: a mark, the length of the first message, and in that the place of its
/// root.
fn is_stream(head: &[u8]) -> bool {
    let [0xFF, 0xFF, 0xFF, 0xFF, l0, l1, l2, l3, r0, r1, r2, r3, ..] = *head else {
        return false;
    };
    let length = u32::from_le_bytes([l0, l1, l2, l3]);
    let root = u32::from_le_bytes([r0, r1, r2, r3]);
    length > 0 && length.is_multiple_of(8) && length < 1 << 24 && (4..64).contains(&root)
}

/// Where a table is read from.
pub(crate) enum Bytes {
    /// A file.
    File(File),
    /// All of it, in memory.
    Memory(Vec<u8>),
}

/// A text in a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableText<'t> {
    /// The column, by the names that lead to it: `messages.content`.
    pub column: &'t str,
    /// The row, from 1, if it is in one.
    pub row: Option<u64>,
    /// Its bytes.
    pub bytes: &'t [u8],
    /// Whether the table says that it is text.
    pub is_text: bool,
}

/// Looks at a table.
pub(crate) trait Reader {
    /// Whether bytes in which texts follow one another, perhaps with nothing between them, may hold what is
    /// looked for.
    fn may_hold(&mut self, bytes: &[u8]) -> bool;

    /// The text of a cell that may hold it.
    fn cell(&mut self, text: TableText<'_>);

    /// Bytes of the file that are in no cell, and where they lie.
    fn other(&mut self, at: u64, bytes: &[u8]);
}

/// Reads a table of a kind that must be whole.
///
/// # Errors
///
/// If it is damaged, or larger than is read.
pub(crate) fn read_table(bytes: Bytes, budget: &Budget, reader: &mut dyn Reader) -> io::Result<()> {
    #[cfg(feature = "parquet")]
    return parquet::read(bytes, budget, reader);
    #[cfg(not(feature = "parquet"))]
    {
        let _ = (bytes, budget, reader);
        Err(failed("Parquet", "this build does not open it"))
    }
}

/// Reads a table as it comes.
///
/// # Errors
///
/// If it is damaged, or larger than is read.
pub(crate) fn stream_table(
    stream: &mut dyn Read,
    budget: &Budget,
    reader: &mut dyn Reader,
) -> io::Result<()> {
    #[cfg(feature = "arrow")]
    return arrow::read(stream, budget, reader);
    #[cfg(not(feature = "arrow"))]
    {
        let _ = (stream, budget, reader);
        Err(failed("Arrow", "this build does not open it"))
    }
}

/// Why a table could not be read.
fn failed(kind: &str, why: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{kind}: {why}"))
}

/// Why a part of a table is too large.
fn too_large(kind: &str, size: u64) -> io::Error {
    let message = format!("{kind}: a part of {size} bytes is too large to be read");
    io::Error::new(io::ErrorKind::QuotaExceeded, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_known_by_their_beginning() {
        let stream = b"\xff\xff\xff\xff\xf8\x01\0\0\x10\0\0\0\0\0\x0a\0";
        assert!(is_stream(stream));
        assert!(!is_stream(b"\xff\xff\xff\xff\xf8\x01\0\0\xff\xff\xff\xff"));
        assert!(!is_stream(b"\xff\xff\xff\xff"));
        assert_eq!(
            Table::begins(b"PAR1....").map(Table::name),
            cfg!(feature = "parquet").then_some("Parquet file")
        );
        assert_eq!(Table::begins(b"PARE...."), None);
    }
}
