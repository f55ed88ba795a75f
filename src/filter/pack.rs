//! Compresses again what was unpacked.

use std::io::{self, Write};

use flate2::Compression as Level;

use crate::decode::Compression;

/// An encoder of any kind.
pub(super) enum Packer<'w, W: Write> {
    Gzip(flate2::write::GzEncoder<W>),
    Zlib(flate2::write::ZlibEncoder<W>),
    Zstd(zstd::Encoder<'w, W>),
    Xz(Box<lzma_rust2::XzWriter<W>>),
    Lzma(Box<lzma_rust2::LzmaWriter<W>>),
    Bzip2(bzip2::write::BzEncoder<W>),
    Lz4(Box<lz4_flex::frame::FrameEncoder<W>>),
}

impl<W: Write> Packer<'_, W> {
    /// An encoder at the level that its own tool has by default.
    pub(super) fn new(kind: Compression, out: W) -> io::Result<Self> {
        Ok(match kind {
            Compression::Gzip => Self::Gzip(flate2::write::GzEncoder::new(out, Level::default())),
            Compression::Zlib => Self::Zlib(flate2::write::ZlibEncoder::new(out, Level::default())),
            Compression::Zstd => Self::Zstd(zstd::Encoder::new(out, 0)?),
            Compression::Xz => {
                let options = lzma_rust2::XzOptions::with_preset(6);
                Self::Xz(Box::new(lzma_rust2::XzWriter::new(out, options)?))
            }
            Compression::Lzma => {
                let options = lzma_rust2::LzmaOptions::with_preset(6);
                let writer = lzma_rust2::LzmaWriter::new_use_header(out, &options, None)?;
                Self::Lzma(Box::new(writer))
            }
            Compression::Bzip2 => Self::Bzip2(bzip2::write::BzEncoder::new(
                out,
                bzip2::Compression::best(),
            )),
            Compression::Lz4 => Self::Lz4(Box::new(lz4_flex::frame::FrameEncoder::new(out))),
        })
    }

    /// Writes what is left, and gives back what it was written to.
    pub(super) fn finish(self) -> io::Result<W> {
        let mut out = match self {
            Self::Gzip(encoder) => encoder.finish()?,
            Self::Zlib(encoder) => encoder.finish()?,
            Self::Zstd(encoder) => encoder.finish()?,
            Self::Xz(encoder) => encoder.finish()?,
            Self::Lzma(encoder) => encoder.finish()?,
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
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Zlib(encoder) => encoder.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
            Self::Xz(encoder) => encoder.write(bytes),
            Self::Lzma(encoder) => encoder.write(bytes),
            Self::Bzip2(encoder) => encoder.write(bytes),
            Self::Lz4(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        // What is compressed is not read line by line.
        Ok(())
    }
}
