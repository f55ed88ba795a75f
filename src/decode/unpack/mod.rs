//! Single compressed streams.

mod frames;
#[cfg(test)]
mod tests;

use std::io::{self, Read};

use bzip2::bufread::BzDecoder;
use flate2::bufread::{GzDecoder, ZlibDecoder};
use lzma_rust2::XzReader;

pub(super) use self::frames::Zstd;
use self::frames::{Lz4, Lzma};
use super::budget::{Bounded, Budget, named};
use super::skippable;
use super::source::Source;

/// The memory that a decoder may ask for, in bytes: the window of `zstd --long`, twice that of
/// `xz -9`.
const MEMORY: u32 = 128 << 20;

/// A compression that is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    /// gzip, perhaps of several members.
    Gzip,
    /// Zstandard, perhaps of several frames.
    Zstd,
    /// xz, perhaps of several streams.
    Xz,
    /// bzip2, perhaps of several streams.
    Bzip2,
    /// LZ4, perhaps of several frames.
    Lz4,
    /// The format of LZMA before xz.
    Lzma,
    /// zlib, as Git keeps objects in.
    Zlib,
}

impl Compression {
    /// Its name, for messages.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Lz4 => "lz4",
            Self::Lzma => "lzma",
            Self::Zlib => "zlib",
        }
    }

    /// The endings of its files, and what takes their place inside.
    fn endings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Gzip => &[("gz", ""), ("gzip", ""), ("tgz", ".tar")],
            Self::Zstd => &[("zst", ""), ("zstd", ""), ("tzst", ".tar")],
            Self::Xz => &[("xz", ""), ("txz", ".tar")],
            Self::Bzip2 => &[("bz2", ""), ("tbz2", ".tar"), ("tbz", ".tar")],
            Self::Lz4 => &[("lz4", "")],
            Self::Lzma => &[("lzma", ""), ("tlz", ".tar")],
            Self::Zlib => &[("zz", ""), ("zlib", "")],
        }
    }

    /// The name of what a file of this kind holds: that of the file without its ending.
    #[must_use]
    pub(crate) fn content_name(self, path: &str) -> String {
        let name = path.rsplit('/').next().unwrap_or(path);
        let parts = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty());
        let known = parts.and_then(|(stem, ending)| {
            let mut endings = self.endings().iter();
            let known = endings.find(|(known, _)| known.eq_ignore_ascii_case(ending));
            known.map(|(_, inner)| format!("{stem}{inner}"))
        });
        known.unwrap_or_else(|| "content".to_owned())
    }

    /// Whether a stream begins as this kind does.
    pub(super) fn begins(self, head: &[u8]) -> bool {
        match self {
            Self::Gzip => head.starts_with(&[0x1F, 0x8B, 8]),
            Self::Zstd => head.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]),
            Self::Xz => head.starts_with(b"\xFD7zXZ\0"),
            Self::Bzip2 => matches!(
                head,
                // A block, or the end of a stream of none.
                [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, ..]
                    | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, ..]
            ),
            Self::Lz4 => matches!(
                head,
                [0x04, 0x22, 0x4D, 0x18, ..] | [2, 0x21, 0x4C, 0x18, ..]
            ),
            Self::Lzma => is_lzma(head),
            Self::Zlib => is_zlib(head),
        }
    }

    /// Whether a stream whose member has just ended goes on with another. What lies between, such as
    /// padding, is read.
    fn goes_on(self, source: &mut Source<'_>) -> io::Result<bool> {
        match self {
            Self::Gzip | Self::Xz => {
                source.skip_zeros()?;
            }
            Self::Zstd | Self::Lz4 => {
                while let Some(length) = skippable(source.peek(8)) {
                    source.skip(length)?;
                }
            }
            Self::Bzip2 => {}
            Self::Lzma | Self::Zlib => return Ok(false),
        }
        Ok(self.begins(source.peek(8)))
    }
}

/// Whether a file begins as one of the old format of LZMA: a byte of properties, the size of a
/// dictionary as its tools choose it, a length that is not known or is no nonsense, and the zero that
/// every such stream begins with.
fn is_lzma(head: &[u8]) -> bool {
    let [props, d0, d1, d2, d3, l0, l1, l2, l3, l4, l5, l6, l7, 0, ..] = *head else {
        return false;
    };
    let dictionary = u32::from_le_bytes([d0, d1, d2, d3]);
    let length = u64::from_le_bytes([l0, l1, l2, l3, l4, l5, l6, l7]);
    let usual = dictionary.is_power_of_two()
        || dictionary.is_multiple_of(3) && (dictionary / 3).is_power_of_two();
    props < 225 && usual && dictionary >= 4096 && (length == u64::MAX || length < 1 << 40)
}

/// Whether a file begins as a zlib stream. Its two bytes are also those of texts such as `x^2`, so
/// the first bytes have to unpack, too.
pub(super) fn is_zlib(head: &[u8]) -> bool {
    let [method, flags, _, ..] = *head else {
        return false;
    };
    let number = u16::from_be_bytes([method, flags]);
    if method & 0x0F != 8 || method >> 4 > 7 || flags & 0x20 != 0 || !number.is_multiple_of(31) {
        return false;
    }
    let head = head.get(..super::HEAD).unwrap_or(head);
    let mut inflater = flate2::Decompress::new(true);
    let mut out = [0; 4 << 10];
    loop {
        let (read, written) = (inflater.total_in(), inflater.total_out());
        let rest = head.get(usize::try_from(read).unwrap_or(usize::MAX)..);
        let rest = rest.unwrap_or_default();
        match inflater.decompress(rest, &mut out, flate2::FlushDecompress::None) {
            Ok(flate2::Status::StreamEnd) => return true,
            Ok(_) if (inflater.total_in(), inflater.total_out()) != (read, written) => {}
            // All was read: the rest of a short stream is missing, that of a long one is elsewhere.
            Ok(_) => return head.len() == super::HEAD,
            Err(_) => return false,
        }
    }
}

/// Unpacks a stream. Reading fails where it is damaged, and where it grows beyond all measure. It ends
/// where the last member does; what follows stays in the source.
///
/// # Errors
///
/// If no decoder can be made.
pub(crate) fn unpack<'a>(
    kind: Compression,
    source: &'a mut Source<'_>,
    budget: &'a Budget,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    let name = kind.name();
    Ok(match kind {
        Compression::Gzip => members(kind, source, GzDecoder::new, GzDecoder::into_inner, budget),
        Compression::Bzip2 => members(kind, source, BzDecoder::new, BzDecoder::into_inner, budget),
        Compression::Xz => {
            let new = |source| XzReader::new_mem_limit(source, false, MEMORY >> 10);
            members(kind, source, new, XzReader::into_inner, budget)
        }
        Compression::Zlib => members(
            kind,
            source,
            ZlibDecoder::new,
            ZlibDecoder::into_inner,
            budget,
        ),
        Compression::Lz4 => Box::new(Bounded::new(Lz4::new(source), name, budget)),
        Compression::Zstd => {
            let goes_on = move |source: &mut &mut Source<'_>| kind.goes_on(source);
            Box::new(Bounded::new(Zstd::new(source, goes_on)?, name, budget))
        }
        Compression::Lzma => {
            let lzma = Lzma::new(source).map_err(|error| named(name, &error))?;
            Box::new(Bounded::new(lzma, name, budget))
        }
    })
}

/// The name of the compression that says nothing of itself.
pub(crate) const BROTLI: &str = "Brotli stream";

/// Unpacks a Brotli stream, in the same way.
pub(crate) fn unpack_brotli<'a>(
    stream: impl Read + Send + 'a,
    budget: &'a Budget,
) -> Box<dyn Read + Send + 'a> {
    let brotli = brotli_decompressor::Decompressor::new(stream, super::HEAD);
    Box::new(Bounded::new(brotli, "Brotli", budget))
}

/// All members of a stream as one, with the decoder of one: how it begins, and gives back its source.
fn members<'a, 's, D: Read + Send + 'a>(
    kind: Compression,
    source: &'a mut Source<'s>,
    open: impl Fn(&'a mut Source<'s>) -> D + Send + 'a,
    close: impl Fn(D) -> &'a mut Source<'s> + Send + 'a,
    budget: &'a Budget,
) -> Box<dyn Read + Send + 'a> {
    let members = Members {
        kind,
        decoder: Some(open(source)),
        open,
        close,
    };
    Box::new(Bounded::new(members, kind.name(), budget))
}

struct Members<D, O, C> {
    kind: Compression,
    /// The decoder of the present member; none at the end.
    decoder: Option<D>,
    open: O,
    close: C,
}

impl<'a, 's: 'a, D, O, C> Read for Members<D, O, C>
where
    D: Read,
    O: Fn(&'a mut Source<'s>) -> D,
    C: Fn(D) -> &'a mut Source<'s>,
{
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.decoder {
            let read = decoder.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            if let Some(ended) = self.decoder.take() {
                let source = (self.close)(ended);
                if self.kind.goes_on(source)? {
                    self.decoder = Some((self.open)(source));
                }
            }
        }
        Ok(0)
    }
}
