//! Compresses again what was unpacked.

use std::io::{self, Write};

use flate2::Compression as Level;

use crate::decode::Compression;

/// An encoder of any kind.
pub(super) enum Packer<'w, W: Write> {
    Stored(W),
    Deflate(flate2::write::DeflateEncoder<W>),
    Gzip(flate2::write::GzEncoder<W>),
    Zstd(zstd::Encoder<'w, W>),
    Xz(Box<lzma_rust2::XzWriter<W>>),
    Bzip2(bzip2::write::BzEncoder<W>),
    Lz4(Box<lz4_flex::frame::FrameEncoder<W>>),
}

impl<W: Write> Packer<'_, W> {
    /// An encoder at the level that its own tool has by default.
    pub(super) fn new(kind: Compression, out: W) -> io::Result<Self> {
        Ok(match kind {
            Compression::Gzip => Self::Gzip(flate2::write::GzEncoder::new(out, Level::default())),
            Compression::Zstd => Self::Zstd(zstd::Encoder::new(out, 0)?),
            Compression::Xz => {
                let options = lzma_rust2::XzOptions::with_preset(6);
                Self::Xz(Box::new(lzma_rust2::XzWriter::new(out, options)?))
            }
            Compression::Bzip2 => Self::Bzip2(bzip2::write::BzEncoder::new(
                out,
                bzip2::Compression::best(),
            )),
            Compression::Lz4 => Self::Lz4(Box::new(lz4_flex::frame::FrameEncoder::new(out))),
        })
    }

    /// An encoder for what zip knows by this number.
    pub(super) fn method(method: u16, out: W) -> io::Result<Self> {
        Ok(match method {
            0 => Self::Stored(out),
            8 => Self::Deflate(flate2::write::DeflateEncoder::new(out, Level::default())),
            12 => Self::new(Compression::Bzip2, out)?,
            93 => Self::new(Compression::Zstd, out)?,
            95 => Self::new(Compression::Xz, out)?,
            _ => return Err(io::Error::other("this compression is not known")),
        })
    }

    /// Writes what is left, and gives back what it was written to.
    pub(super) fn finish(self) -> io::Result<W> {
        let mut out = match self {
            Self::Stored(out) => out,
            Self::Deflate(encoder) => encoder.finish()?,
            Self::Gzip(encoder) => encoder.finish()?,
            Self::Zstd(encoder) => encoder.finish()?,
            Self::Xz(encoder) => encoder.finish()?,
            Self::Bzip2(encoder) => encoder.finish()?,
            Self::Lz4(encoder) => encoder.finish().map_err(io::Error::other)?,
        };
        out.flush()?;
        Ok(out)
    }
}

impl<W: Write> Write for Packer<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stored(out) => out.write(bytes),
            Self::Deflate(encoder) => encoder.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
            Self::Xz(encoder) => encoder.write(bytes),
            Self::Bzip2(encoder) => encoder.write(bytes),
            Self::Lz4(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        // What is compressed is not read line by line.
        Ok(())
    }
}
