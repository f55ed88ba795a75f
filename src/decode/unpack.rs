//! Single compressed streams.

use std::io::{self, BufRead, BufReader, Read};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use lz4_flex::frame::FrameDecoder;
use lzma_rust2::XzReader;

use super::budget::{Bounded, Budget};

/// The memory that a decoder may ask for, in bytes: the window of `zstd --long`, twice that of
/// `xz -9`.
const MEMORY: u32 = 128 << 20;

/// The size of the buffer before a decoder, in bytes.
const BUFFER: usize = 128 << 10;

/// A compression that is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
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
}

impl Compression {
    /// Its name, for messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Lz4 => "lz4",
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
        }
    }

    /// The name of what a file of this kind holds: that of the file without its ending.
    #[must_use]
    pub fn content_name(self, path: &str) -> String {
        let name = path.rsplit('/').next().unwrap_or(path);
        let parts = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty());
        let known = parts.and_then(|(stem, ending)| {
            let mut endings = self.endings().iter();
            let known = endings.find(|(known, _)| known.eq_ignore_ascii_case(ending));
            known.map(|(_, inner)| format!("{stem}{inner}"))
        });
        known.unwrap_or_else(|| "content".to_owned())
    }
}

/// Unpacks a stream. Reading fails where it is damaged, and where it grows beyond all measure.
///
/// # Errors
///
/// If no decoder can be made.
pub fn unpack<'a>(
    kind: Compression,
    packed: impl Read + Send + 'a,
    budget: &'a Budget,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    let packed = BufReader::with_capacity(BUFFER, packed);
    let name = kind.name();
    Ok(match kind {
        Compression::Gzip => Box::new(Bounded::new(MultiGzDecoder::new(packed), name, budget)),
        Compression::Bzip2 => Box::new(Bounded::new(MultiBzDecoder::new(packed), name, budget)),
        Compression::Lz4 => Box::new(Bounded::new(Frames::new(packed), name, budget)),
        Compression::Xz => {
            let reader = XzReader::new_mem_limit(packed, true, MEMORY >> 10);
            Box::new(Bounded::new(reader, name, budget))
        }
        Compression::Zstd => Box::new(Bounded::new(zstd(packed)?, name, budget)),
    })
}

/// A decoder of Zstandard in bounded memory.
pub(super) fn zstd<'a, R: BufRead>(packed: R) -> io::Result<zstd::Decoder<'a, R>> {
    let mut decoder = zstd::Decoder::with_buffer(packed)?;
    decoder.window_log_max(MEMORY.ilog2())?;
    Ok(decoder)
}

/// All LZ4 frames of a stream; the decoder stops after each.
struct Frames<R: BufRead>(FrameDecoder<R>);

impl<R: BufRead> Frames<R> {
    fn new(packed: R) -> Self {
        Self(FrameDecoder::new(packed))
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.0.read(buffer)?;
            if read > 0 || buffer.is_empty() || self.0.get_mut().fill_buf()?.is_empty() {
                return Ok(read);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::write::GzEncoder;

    use super::*;
    use crate::decode::{Counted, Packing, is_spent, sniff};

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn lz4(bytes: &[u8]) -> Vec<u8> {
        use lz4_flex::frame::{BlockSize, FrameEncoder, FrameInfo};
        let info = FrameInfo::new().block_size(BlockSize::Max64KB);
        let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn bzip2(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        bzip2::read::BzEncoder::new(bytes, bzip2::Compression::fast())
            .read_to_end(&mut out)
            .unwrap();
        out
    }

    fn xz(bytes: &[u8]) -> Vec<u8> {
        let options = lzma_rust2::XzOptions::with_preset(1);
        let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 1).unwrap()
    }

    type Pack = fn(&[u8]) -> Vec<u8>;

    const ALL: [(Compression, Pack); 5] = [
        (Compression::Gzip, gzip),
        (Compression::Zstd, zstd),
        (Compression::Xz, xz),
        (Compression::Bzip2, bzip2),
        (Compression::Lz4, lz4),
    ];

    #[test]
    fn several_members_are_one_stream() {
        for (kind, pack) in ALL {
            let packed = [pack(b"one "), pack(b""), pack(b"two")].concat();
            assert_eq!(sniff(&packed), Some(Packing::Compressed(kind)));
            let budget = Budget::default();
            let mut out = String::new();
            let mut stream = unpack(kind, &packed[..], &budget).unwrap();
            stream.read_to_string(&mut out).unwrap();
            assert_eq!(out, "one two", "{kind:?}");
        }
    }

    #[test]
    fn a_damaged_stream_gives_what_it_can_and_fails() {
        let text: Vec<u8> = (0..400_000_u32)
            .flat_map(|n| {
                (n.wrapping_mul(2_654_435_761) >> 20)
                    .to_string()
                    .into_bytes()
            })
            .collect();
        for (kind, pack) in ALL {
            let packed = pack(&text);
            let cut = &packed[..packed.len() - 20];
            let budget = Budget::default();
            let mut out = Vec::new();
            let mut stream = unpack(kind, cut, &budget).unwrap();
            let error = stream.read_to_end(&mut out).unwrap_err();
            assert!(error.to_string().starts_with(kind.name()), "{error}");
            assert!(!out.is_empty() && text.starts_with(&out), "{kind:?}");
        }
    }

    #[test]
    fn a_bomb_is_stopped() {
        for (kind, pack) in ALL {
            let packed = pack(&vec![0; 200 << 20]);
            let budget = Budget::default();
            let mut bomb = unpack(kind, Counted::new(&packed[..], &budget), &budget).unwrap();
            let error = io::copy(&mut bomb, &mut io::sink());
            // LZ4 packs no better than 255 to 1.
            if kind == Compression::Lz4 {
                assert_eq!(error.unwrap(), 200 << 20);
            } else {
                assert!(is_spent(&error.unwrap_err()), "{kind:?}");
            }
        }
    }

    #[test]
    fn the_name_inside() {
        for (kind, path, name) in [
            (Compression::Gzip, "a/run.log.gz", "run.log"),
            (Compression::Gzip, "x.TGZ", "x.tar"),
            (Compression::Gzip, ".gz", "content"),
            (Compression::Xz, "a.gz", "content"),
            (Compression::Zstd, "a.b.zst", "a.b"),
        ] {
            assert_eq!(kind.content_name(path), name);
        }
    }
}
