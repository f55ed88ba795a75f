//! Decoders whose crates do not end where a stream does.

use std::io::{self, BufRead, Read};

use lzma_rust2::LzmaReader;
use zstd::stream::raw::{DParameter, Decoder as RawZstd, Operation as _};

use super::{Compression, MEMORY};
use crate::decode::source::Source;

/// Frames of Zstandard, in bounded memory. Its own reader would take what follows them for one more.
pub(in crate::decode) struct Zstd<R, G> {
    inner: R,
    decoder: RawZstd<'static>,
    /// Whether another frame follows.
    goes_on: G,
    /// Whether a frame has just ended, or all have.
    between: bool,
    ended: bool,
}

impl<R: BufRead, G> Zstd<R, G> {
    pub(in crate::decode) fn new(inner: R, goes_on: G) -> io::Result<Self> {
        let mut decoder = RawZstd::new()?;
        decoder.set_parameter(DParameter::WindowLogMax(MEMORY.ilog2()))?;
        Ok(Self {
            inner,
            decoder,
            goes_on,
            between: false,
            ended: false,
        })
    }
}

impl<R: BufRead, G: Fn(&mut R) -> io::Result<bool>> Read for Zstd<R, G> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.ended && !buffer.is_empty() {
            if self.between {
                self.between = false;
                self.ended = !(self.goes_on)(&mut self.inner)?;
                self.decoder.reinit()?;
                continue;
            }
            let packed = self.inner.fill_buf()?;
            let none = packed.is_empty();
            let status = self.decoder.run_on_buffers(packed, buffer)?;
            self.inner.consume(status.bytes_read);
            self.between = status.remaining == 0;
            if status.bytes_written > 0 {
                return Ok(status.bytes_written);
            }
            if none && !self.between {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "incomplete frame",
                ));
            }
        }
        Ok(0)
    }
}

/// LZ4 frames. The decoder reads one after the other, but no frames that are to be skipped, and takes
/// the end of a stream for the end of a frame wherever it is.
pub(super) struct Lz4<'a, 's> {
    decoder: lz4_flex::frame::FrameDecoder<Starving<'a, 's>>,
    ended: bool,
}

/// A source that notes whether it was asked for more than there is.
struct Starving<'a, 's> {
    source: &'a mut Source<'s>,
    starved: bool,
    /// Whether a frame ends with the stream, as those of the first form do.
    open: bool,
}

impl<'a, 's> Lz4<'a, 's> {
    pub(super) fn new(source: &'a mut Source<'s>) -> Self {
        let open = source.peek(1) == [2];
        let source = Starving {
            source,
            starved: false,
            open,
        };
        Self {
            decoder: lz4_flex::frame::FrameDecoder::new(source),
            ended: false,
        }
    }
}

impl Read for Starving<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.starved |= read == 0 && !buffer.is_empty();
        Ok(read)
    }
}

impl Read for Lz4<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.ended && !buffer.is_empty() {
            let read = self.decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            let input = self.decoder.get_mut();
            if input.starved && !input.open {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "incomplete frame",
                ));
            }
            self.ended = input.starved || !Compression::Lz4.goes_on(input.source)?;
            input.open = input.source.peek(1) == [2];
        }
        Ok(0)
    }
}

/// A stream of the old format of LZMA. Its decoder reads ahead.
pub(super) struct Lzma<'a, 's>(Option<LzmaReader<&'a mut Source<'s>>>);

impl<'a, 's> Lzma<'a, 's> {
    pub(super) fn new(source: &'a mut Source<'s>) -> io::Result<Self> {
        let mut reader = LzmaReader::new_mem_limit(source, MEMORY >> 10, None)?;
        reader.set_relaxed_end_condition(false);
        Ok(Self(Some(reader)))
    }
}

impl Read for Lzma<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(reader) = &mut self.0 else {
            return Ok(0);
        };
        let read = reader.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            let parts = self.0.take().map(LzmaReader::into_parts);
            if let Some((source, unused)) = parts {
                source.give_back(unused.len());
            }
        }
        Ok(read)
    }
}
