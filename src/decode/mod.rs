//! Compressed input: from a stream of bytes to the stream that was packed, in bounded memory.
//!
//! What a file is, its first bytes say, not its name. Nothing is ever written to disk, and an
//! expansion that looks like an attack ends with an error, never in silence.

mod notebook;

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

pub use notebook::Notebook;

/// A stream may grow to this size whatever its ratio, in bytes.
const FREE: u64 = 64 << 20;

/// Beyond that, it may be at most this many times as large as its packed form.
const RATIO: u64 = 500;

/// What the first bytes of a file say about how it is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// gzip, perhaps of several members.
    Gzip,
    /// An archive or a compression that is not opened; its name.
    Unopened(&'static str),
}

/// Reads the magic number of a packed file.
#[must_use]
pub fn sniff(head: &[u8]) -> Option<Packing> {
    Some(match head {
        [0x1F, 0x8B, 8, ..] => Packing::Gzip,
        [b'P', b'K', 3, 4, ..] => Packing::Unopened("zip"),
        [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Packing::Unopened("xz"),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Packing::Unopened("zstd"),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, ..] => Packing::Unopened("bzip2"),
        [0x04, 0x22, 0x4D, 0x18, ..] => Packing::Unopened("lz4"),
        [b'7', b'z', 0xBC, 0xAF, 0x27, 0x1C, ..] => Packing::Unopened("7z"),
        _ => return None,
    })
}

/// The name of what a gzip file holds: that of the file without its ending.
#[must_use]
pub fn member_name(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((stem, "gz" | "GZ" | "gzip")) if !stem.is_empty() => stem.to_owned(),
        Some((stem, "tgz" | "TGZ")) if !stem.is_empty() => format!("{stem}.tar"),
        _ => "content".to_owned(),
    }
}

/// Unpacks gzip. Reading fails where the stream is damaged, and where it grows beyond all measure.
pub fn gzip<'a>(packed: impl Read + 'a) -> impl Read + 'a {
    let counted = Counted {
        inner: packed,
        count: 0,
    };
    Bounded {
        decoder: MultiGzDecoder::new(counted),
        out: 0,
    }
}

/// Counts what was read.
struct Counted<R> {
    inner: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count += read as u64;
        Ok(read)
    }
}

/// Ends an expansion that no honest file has.
struct Bounded<R> {
    decoder: MultiGzDecoder<Counted<R>>,
    out: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let packed = self.decoder.get_ref().count;
        if self.out > FREE && self.out / RATIO > packed {
            let message = format!(
                "it unpacks to more than {RATIO} times its size: stopped after {} bytes",
                self.out
            );
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, message));
        }
        let read = self.decoder.read(buffer)?;
        self.out += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn pack(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn several_members_are_one_stream() {
        let packed = [pack(b"one "), pack(b"two")].concat();
        assert_eq!(sniff(&packed), Some(Packing::Gzip));
        let mut out = String::new();
        gzip(&packed[..]).read_to_string(&mut out).unwrap();
        assert_eq!(out, "one two");
    }

    #[test]
    fn a_damaged_stream_gives_what_it_can_and_fails() {
        let packed = pack(&b"some text that is long enough to have a tail ".repeat(2000));
        let cut = &packed[..packed.len() - 20];
        let mut out = Vec::new();
        assert!(gzip(cut).read_to_end(&mut out).is_err());
        assert!(!out.is_empty());
    }

    #[test]
    fn a_bomb_is_stopped() {
        let packed = pack(&vec![0; 200 << 20]);
        let mut out = 0;
        let mut bomb = gzip(&packed[..]);
        let mut buffer = vec![0; 1 << 20];
        let error = loop {
            match bomb.read(&mut buffer) {
                Ok(0) => panic!("unpacked {out} bytes"),
                Ok(n) => out += n as u64,
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::QuotaExceeded);
        assert!(out < 2 * FREE + RATIO * packed.len() as u64, "{out}");
    }
}
