//! Reading a stream in windows that overlap, so that memory does not grow with the input.

use std::io::{self, Read};

use crate::engine::{LOOKBACK, REACH};
use crate::source::{Chunk, Encoding};
use crate::span::{Position, Span};

/// The size of a window, in bytes.
const WINDOW: usize = 1 << 20;

/// A window may grow to this size where a file is needed whole, in bytes.
const WHOLE: usize = 16 << 20;

/// The buffers of a thread, which are used for file after file.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    /// For bytes as they are in the file.
    pub(super) raw: Window,
    /// For bytes that were unpacked.
    pub(super) unpacked: Window,
}

/// A window over a stream.
#[derive(Debug)]
pub(super) struct Window {
    buffer: Vec<u8>,
    filled: usize,
    /// Where the buffer begins in the stream.
    start: Position,
    /// What of the buffer was scanned before, and is there for context.
    scanned: usize,
    ended: bool,
    encoding: Encoding,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            buffer: Vec::new(),
            filled: 0,
            start: Position::START,
            scanned: 0,
            ended: false,
            encoding: Encoding::Utf8,
        }
    }
}

impl Window {
    /// Begins a new stream and reads its first window. A stream that is wanted whole gets a larger
    /// one.
    pub(super) fn open(&mut self, stream: &mut dyn Read, whole: bool) -> io::Result<()> {
        self.filled = 0;
        self.start = Position::START;
        self.scanned = 0;
        self.ended = false;
        self.buffer.truncate(WINDOW);
        self.buffer.shrink_to(WINDOW);
        self.buffer.resize(WINDOW, 0);
        let mut result = self.fill(stream);
        while whole && result.is_ok() && !self.ended && self.buffer.len() < WHOLE {
            self.buffer.resize(self.buffer.len() * 2, 0);
            result = self.fill(stream);
        }
        self.encoding = Encoding::sniff(self.bytes());
        result
    }

    /// What the window holds.
    pub(super) fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }

    /// Whether the whole stream lies in this one window.
    pub(super) fn is_whole(&self) -> bool {
        self.ended && self.start.byte == 0
    }

    /// The window as a piece of text.
    pub(super) fn chunk(&self) -> Chunk<'_> {
        Chunk {
            bytes: self.bytes(),
            start: self.start,
            encoding: self.encoding,
        }
    }

    /// The bytes to find matches in; what stands after them is looked at again in the next window.
    pub(super) fn fresh(&self) -> Span {
        let end = if self.ended {
            self.filled
        } else {
            self.filled - REACH
        };
        self.scanned..end.max(self.scanned)
    }

    /// Moves on; false at the end of the stream.
    pub(super) fn advance(&mut self, stream: &mut dyn Read) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let scanned = self.fresh().end;
        let keep = scanned.saturating_sub(LOOKBACK);
        self.start = self.chunk().position(keep);
        self.buffer.copy_within(keep..self.filled, 0);
        self.filled -= keep;
        self.scanned = scanned - keep;
        self.fill(stream)?;
        Ok(true)
    }

    /// After a failed read: what was read before it is still to be scanned.
    pub(super) fn end_here(&mut self) {
        self.ended = true;
    }

    fn fill(&mut self, stream: &mut dyn Read) -> io::Result<()> {
        while let Some(free) = self
            .buffer
            .get_mut(self.filled..)
            .filter(|free| !free.is_empty())
        {
            match stream.read(free) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_a_stream_without_gap_or_overlap() {
        let text: Vec<u8> = (0..3 * WINDOW + 12_345)
            .map(|n| {
                if n % 97 == 0 {
                    b'\n'
                } else {
                    b"abcdefghijklmnopqrstuvw"[n % 23]
                }
            })
            .collect();
        let whole = Chunk::whole(&text);
        let mut stream = &text[..];
        let mut window = Window::default();
        window.open(&mut stream, false).unwrap();
        let mut at = 0;
        loop {
            let start = usize::try_from(window.start.byte).unwrap();
            let fresh = window.fresh();
            assert_eq!(start + fresh.start, at);
            assert_eq!(window.start, whole.position(start));
            assert_eq!(window.bytes(), &text[start..start + window.filled]);
            at = start + fresh.end;
            if !window.advance(&mut stream).unwrap() {
                break;
            }
        }
        assert_eq!(at, text.len());
    }
}
