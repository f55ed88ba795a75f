//! Packed input: from a stream of bytes to the streams that were packed, in bounded memory.
//!
//! What a file is, its first bytes say, not its name. Compressions and archives are read from
//! beginning to end, as they come, so that one inside another needs no more memory than one alone.
//! Nothing is ever written to disk, and an expansion that looks like an attack ends with an error,
//! never in silence.

mod budget;
mod notebook;
pub mod tar;
mod unpack;
pub mod zip;

pub use budget::{Budget, Counted, DEPTH, is_spent};
pub use notebook::Notebook;
pub use tar::Tar;
pub use unpack::{Compression, unpack};
pub use zip::Zip;

/// How many bytes of a file [`sniff`] wants to see.
pub const HEAD: usize = 512;

/// The longest name of an archive member that is kept, in bytes.
const LONGEST_NAME: usize = 1024;

/// What the first bytes of a file say about how it is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// One stream, compressed.
    Compressed(Compression),
    /// Files, one after the other, each with a name.
    Archive(Archive),
    /// An archive or a compression that is not opened.
    Unopened,
}

/// An archive that is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archive {
    /// zip, and all that is a zip: wheels, notebooks' checkpoints, logs of GitHub Actions.
    Zip,
    /// tar.
    Tar,
}

impl Archive {
    /// Its name, for messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Tar => "tar",
        }
    }
}

/// A member of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name as the archive has it.
    pub name: String,
    /// Why it cannot be read, if it cannot.
    pub closed: Option<String>,
    /// Bytes before it that belong to no member.
    pub gap: u64,
}

/// Reads the magic number of a packed file.
#[must_use]
pub fn sniff(head: &[u8]) -> Option<Packing> {
    use Compression::{Bzip2, Gzip, Lz4, Xz, Zstd};
    Some(match head {
        [0x1F, 0x8B, 8, ..] => Packing::Compressed(Gzip),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Packing::Compressed(Zstd),
        // A frame that is to be skipped, as parallel compressors write before their own.
        [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Packing::Compressed(Zstd),
        [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Packing::Compressed(Xz),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, ..] => Packing::Compressed(Bzip2),
        [0x04, 0x22, 0x4D, 0x18, ..] => Packing::Compressed(Lz4),
        [b'P', b'K', 3, 4, ..] => Packing::Archive(Archive::Zip),
        [b'7', b'z', 0xBC, 0xAF, 0x27, 0x1C, ..] => Packing::Unopened,
        [b'R', b'a', b'r', b'!', 0x1A, 0x07, ..] => Packing::Unopened,
        _ if tar::is_header(head) => Packing::Archive(Archive::Tar),
        _ => return None,
    })
}

/// A member's name, not longer than anyone reads.
fn name(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    let bytes = bytes.get(..end.min(LONGEST_NAME)).unwrap_or_default();
    String::from_utf8_lossy(bytes).replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_files_are_known_by_their_content() {
        assert_eq!(sniff(b"PK\x03\x04"), Some(Packing::Archive(Archive::Zip)));
        assert_eq!(
            sniff(b"\x04\x22\x4d\x18\0"),
            Some(Packing::Compressed(Compression::Lz4))
        );
        for text in [&b"BZh9 is no bzip2"[..], b"PK\x05", b"", &[0; 512]] {
            assert_eq!(sniff(text), None);
        }
    }

    #[test]
    fn names_are_plain() {
        assert_eq!(name(b"a\\b\0rest"), "a/b");
        assert_eq!(name(&[b'x'; 5000]).len(), LONGEST_NAME);
    }
}
