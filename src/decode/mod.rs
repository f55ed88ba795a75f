//! Packed input: from a stream of bytes to the streams that were packed, in bounded memory.
//!
//! What a file is, its first bytes say, not its name. Compressions and archives are read from
//! beginning to end, as they come, so that one inside another needs no more memory than one alone.
//! Nothing is ever written to disk, and an expansion that looks like an attack ends with an error,
//! never in silence.
//!
//! Decoders read from a [`Source`], whose [`Tap`] sees every byte. So what a decoder leaves is never
//! lost: whoever scans the content scans also the packed bytes as they are.

mod ar;
mod budget;
mod embedded;
mod foreign;
mod source;
#[cfg_attr(
    not(all(feature = "arrow", feature = "parquet")),
    allow(dead_code, reason = "what reads tables is left out")
)]
mod table;
mod tar;
mod unpack;
mod zip;

pub(crate) use ar::Ar;
pub(crate) use budget::{Budget, Counted, DEPTH, is_spent};
pub(crate) use embedded::{Embedded, Host};
pub(crate) use source::{Source, Tap};
pub(crate) use table::{Bytes, Reader, STREAMED, Table, TableText, read_table, stream_table};
pub(crate) use tar::Tar;
pub(crate) use unpack::{BROTLI, Compression, unpack, unpack_brotli};
pub(crate) use zip::{Zip, end_of_zip, ends_with_zip};

use self::zip::zip_within;

/// How many bytes of a file [`sniff`] needs to see.
pub(crate) const HEAD: usize = 512;

/// The longest name of an archive member that is kept, in bytes.
const LONGEST_NAME: usize = 1024;

/// What the first bytes of a file say about how it is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// One stream, compressed.
    Compressed(Compression),
    /// Files, one after the other, each with a name.
    Archive(Archive),
    /// A file of another kind with streams of zlib in it.
    Host(Host),
    /// A frame of so many bytes that decoders skip, and whatever follows.
    Skippable(u64),
    /// Something that is not opened, of this kind.
    Foreign(&'static str),
}

/// An archive that is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Archive {
    /// zip, and all that is a zip: wheels, notebooks' checkpoints, logs of GitHub Actions.
    Zip,
    /// tar.
    Tar,
    /// A Debian package.
    Ar,
}

/// A member of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its name as the archive has it.
    pub name: String,
    /// Why it cannot be opened, if it cannot.
    pub closed: Option<String>,
    /// Whether it is surely empty.
    pub empty: bool,
}

/// Compressions, as they are tried; zlib says the least of itself.
const COMPRESSIONS: [Compression; 7] = [
    Compression::Gzip,
    Compression::Zstd,
    Compression::Xz,
    Compression::Bzip2,
    Compression::Lz4,
    Compression::Lzma,
    Compression::Zlib,
];

/// Reads the magic number of a packed file. The more of the file there is to see, the surer it is that
/// something is known that is not opened.
#[must_use]
pub(crate) fn sniff(head: &[u8]) -> Option<Packing> {
    if let Some(kind) = COMPRESSIONS.into_iter().find(|kind| kind.begins(head)) {
        return Some(Packing::Compressed(kind));
    }
    if zip::begins(head) {
        return Some(Packing::Archive(Archive::Zip));
    }
    if let Some(length) = skippable(head) {
        return Some(Packing::Skippable(length));
    }
    if tar::begins(head) {
        return Some(Packing::Archive(Archive::Tar));
    }
    if ar::begins(head) {
        return Some(Packing::Archive(Archive::Ar));
    }
    let host = Host::begins(head).map(Packing::Host);
    host.or_else(|| foreign::by_head(head).map(Packing::Foreign))
}

/// What the first bytes of a file say to whoever opens it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Looks {
    /// Whether something is packed in it that is opened.
    pub packed: bool,
    /// What kind of table it is.
    pub table: Option<Table>,
    /// Whether it is a Brotli stream, which only its name says.
    pub brotli: bool,
    /// What it is, if that is not opened.
    pub foreign: Option<&'static str>,
}

/// Looks at the first bytes of a file, or at all of it.
#[must_use]
pub(crate) fn look(head: &[u8], whole: bool, name: &str) -> Looks {
    let zip = if whole {
        ends_with_zip(head)
    } else {
        zip_within(head)
    };
    let table = Table::begins(head);
    match sniff(head) {
        _ if table.is_some() => Looks {
            table,
            ..Looks::default()
        },
        Some(Packing::Foreign(kind)) => Looks {
            packed: zip,
            foreign: Some(kind),
            ..Looks::default()
        },
        Some(_) => Looks {
            packed: true,
            ..Looks::default()
        },
        None => Looks {
            packed: zip,
            brotli: !zip && foreign::is_brotli(name, head),
            foreign: foreign::by_name(name, head),
            ..Looks::default()
        },
    }
}

/// Whether a whole content holds packed bytes, or ends with some.
#[must_use]
pub(crate) fn is_packed(content: &[u8]) -> bool {
    sniff(content).is_some() || ends_with_zip(content)
}

/// The length of a frame that decoders of Zstandard and LZ4 skip, if it begins here.
fn skippable(head: &[u8]) -> Option<u64> {
    match *head {
        [0x50..=0x5F, 0x2A, 0x4D, 0x18, l0, l1, l2, l3, ..] => {
            Some(8 + u64::from(u32::from_le_bytes([l0, l1, l2, l3])))
        }
        _ => None,
    }
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
        assert_eq!(
            sniff(b"\x04\x22\x4d\x18\0"),
            Some(Packing::Compressed(Compression::Lz4))
        );
        assert_eq!(
            sniff(b"\x50\x2a\x4d\x18\x03\0\0\0abc"),
            Some(Packing::Skippable(11))
        );
        let texts = [
            &b"BZh9 is no bzip2"[..],
            b"PK\x05",
            b"",
            &[0; 512],
            b"x^2 + y^2 = z^2",
            // The head of a member, but of no version and no method.
            b"PK\x03\x04\n#  \0\0    \0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0x",
        ];
        for text in texts {
            assert_eq!(sniff(text), None);
        }
    }

    #[test]
    fn names_are_plain() {
        assert_eq!(name(b"a\\b\0rest"), "a/b");
        assert_eq!(name(&[b'x'; 5000]).len(), LONGEST_NAME);
    }
}
