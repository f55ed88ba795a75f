//! A stream in windows that overlap, so that memory does not grow with the input.

use std::io;
use std::time::{Duration, Instant};

use super::supply::{Block, FIRST, Failing, Next, Overlap, Stream, Supply, fill};
use crate::source::{Chunk, Encoding};
use crate::span::{Position, Span};

/// A window may grow to this size where a file is needed whole, in bytes.
const WHOLE: usize = 16 << 20;

/// A live stream that goes on for so long is looked at.
const AT_ONCE: Duration = Duration::from_millis(200);

/// Fewer bytes than this do not tell what a stream is.
const TELLING: usize = 8;

/// So many do, as a rule.
const SURELY_TELLING: usize = 512;

/// The windows of a thread, which are used for file after file: one for each level of nesting.
#[derive(Debug)]
pub(crate) struct Windows {
    overlap: Overlap,
    idle: Vec<Window>,
}

impl Windows {
    /// Windows that reach over each other like this.
    pub(crate) fn new(overlap: Overlap) -> Self {
        Self {
            overlap,
            idle: Vec::new(),
        }
    }

    /// How far they reach over each other.
    pub(crate) fn overlap(&self) -> Overlap {
        self.overlap
    }

    /// Takes a window out.
    pub(crate) fn take(&mut self) -> Window {
        let overlap = self.overlap;
        self.idle.pop().unwrap_or_else(|| Window::new(overlap))
    }

    /// Puts one back.
    pub(crate) fn put(&mut self, window: Window) {
        self.idle.push(window);
    }

    /// Puts an open one back whose stream is to be read anew: gives the bytes that it has, and the stream behind
    /// them, which fails where the window did.
    pub(crate) fn reopen<'s>(
        &mut self,
        mut window: Window,
        supply: &'s mut Supply<'_>,
    ) -> (Vec<u8>, Box<Stream<'s>>) {
        let head = window.bytes().to_vec();
        let rest: Box<Stream<'s>> = match window.error() {
            Some(error) => Box::new(Failing::new(error)),
            None if window.has_ended() => Box::new(io::empty()),
            None => Box::new(supply),
        };
        self.put(window);
        (head, rest)
    }
}

/// How a window went on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// There are more bytes.
    More,
    /// There are none yet.
    Pause,
    /// There are none any more.
    End,
}

/// A window over a stream.
#[derive(Debug)]
pub(crate) struct Window {
    overlap: Overlap,
    block: Block,
    /// What of one window is shown again in the next.
    again: Vec<u8>,
    /// Where the window begins in its block.
    from: usize,
    /// Where it begins in the stream.
    start: Position,
    /// What of the window was scanned before, and is there for context.
    scanned: usize,
    encoding: Encoding,
    /// Whether the stream paused within the first bytes.
    paused: bool,
}

impl Window {
    fn new(overlap: Overlap) -> Self {
        Self {
            overlap,
            block: Block::default(),
            again: Vec::new(),
            from: overlap.room(),
            start: Position::START,
            scanned: 0,
            encoding: Encoding::Utf8,
            paused: false,
        }
    }

    /// Begins a new stream and gets its first window. In a `live` one, what came before a pause must
    /// not wait for more.
    pub(crate) fn open(&mut self, supply: &mut Supply<'_>, live: bool) {
        let clock = Instant::now();
        let room = self.overlap.room();
        let mut old = std::mem::take(&mut self.block.buffer);
        *self = Self {
            again: std::mem::take(&mut self.again),
            ..Self::new(self.overlap)
        };
        // What grew for a file that was needed whole is not kept.
        if old.len() > room + FIRST {
            old = Vec::new();
        }
        if let Next::Block(block) = supply.next(&mut old, room) {
            self.block = block;
        }
        // Of a pipe, the first bytes may come one by one.
        while !self.has_ended() && self.bytes().len() < FIRST {
            if live && self.bytes().len() >= SURELY_TELLING && clock.elapsed() > AT_ONCE {
                break;
            }
            match supply.next(&mut Vec::new(), room) {
                Next::Block(block) => self.append(block),
                Next::Pause if live && self.bytes().len() >= TELLING => {
                    self.paused = true;
                    break;
                }
                Next::Pause => {}
            }
        }
        self.encoding = Encoding::sniff(self.bytes());
    }

    /// Reads on in the first window, for a file that is needed whole.
    pub(crate) fn grow(&mut self, stream: &mut Stream<'_>) {
        while !self.has_ended() && self.block.buffer.len() < WHOLE {
            let larger = self.block.buffer.len() * 2;
            self.block.buffer.resize(larger, 0);
            self.block.last = fill(stream, &mut self.block.buffer, &mut self.block.end, false);
        }
    }

    fn append(&mut self, mut more: Block) {
        let room = self.overlap.room();
        let bytes = more.buffer.get(room..more.end).unwrap_or_default();
        self.block.buffer.resize(self.block.end.max(room), 0);
        self.block.buffer.extend_from_slice(bytes);
        self.block.end = self.block.buffer.len();
        self.block.last = more.last.take();
    }

    /// What the window holds.
    pub(crate) fn bytes(&self) -> &[u8] {
        let bytes = self.block.buffer.get(self.from..self.block.end);
        bytes.unwrap_or_default()
    }

    /// Whether nothing follows.
    pub(crate) fn has_ended(&self) -> bool {
        self.block.last.is_some()
    }

    /// Why the stream ended, if not as it should. It is told once.
    pub(crate) fn error(&mut self) -> Option<io::Error> {
        match &self.block.last {
            Some(Err(_)) => self.block.last.replace(Ok(()))?.err(),
            _ => None,
        }
    }

    /// Whether the whole stream lies in this one window.
    pub(crate) fn is_whole(&self) -> bool {
        self.has_ended() && self.start.byte == 0
    }

    /// The window as a piece of text.
    pub(crate) fn chunk(&self) -> Chunk<'_> {
        Chunk {
            bytes: self.bytes(),
            start: self.start,
            encoding: self.encoding,
        }
    }

    /// The bytes to find matches in; what stands after them is looked at again in the next window.
    pub(crate) fn fresh(&self) -> Span {
        let filled = self.bytes().len();
        let end = if self.has_ended() {
            filled
        } else {
            filled.saturating_sub(self.overlap.after)
        };
        self.scanned..end.max(self.scanned)
    }

    /// The bytes that wait for more context.
    pub(crate) fn pending(&self) -> Span {
        self.scanned..self.bytes().len()
    }

    /// Moves on.
    pub(crate) fn advance(&mut self, supply: &mut Supply<'_>) -> Step {
        if self.has_ended() {
            return Step::End;
        }
        self.scanned = self.fresh().end;
        let keep = self.scanned.saturating_sub(self.overlap.before);
        if keep > 0 {
            self.start = self.chunk().position(keep);
            self.from += keep;
            self.scanned -= keep;
        }
        if std::mem::take(&mut self.paused) {
            return Step::Pause;
        }
        let room = self.overlap.room();
        let mut again = std::mem::take(&mut self.again);
        again.clear();
        again.extend_from_slice(self.bytes());
        let next = supply.next(&mut self.block.buffer, room);
        self.again = again;
        let Next::Block(mut block) = next else {
            return Step::Pause;
        };
        if block.buffer.len() < room {
            block.buffer.resize(room, 0);
            block.end = room;
        }
        // A window is never longer than the room before the next.
        let from = room.saturating_sub(self.again.len());
        if let Some(to) = block.buffer.get_mut(from..room) {
            to.copy_from_slice(&self.again);
        }
        self.from = from;
        self.block = block;
        Step::More
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::supply::ahead;

    const OVERLAP: Overlap = Overlap {
        before: 2 << 10,
        after: 16 << 10,
    };

    fn text() -> Vec<u8> {
        let letters = b"abcdefghijklmnopqrstuvw";
        (0..3 * FIRST + 12_345)
            .map(|n| if n % 97 == 0 { b'\n' } else { letters[n % 23] })
            .collect()
    }

    fn covers(text: &[u8], supply: &mut Supply<'_>) {
        let whole = Chunk::whole(text);
        let mut window = Window::new(OVERLAP);
        window.open(supply, false);
        let mut at = 0;
        loop {
            let start = usize::try_from(window.start.byte).unwrap();
            let fresh = window.fresh();
            assert_eq!(start + fresh.start, at);
            assert_eq!(window.start, whole.position(start));
            let end = start + window.bytes().len();
            assert!(window.bytes() == &text[start..end]);
            at = start + fresh.end;
            if window.advance(supply) == Step::End {
                break;
            }
        }
        assert_eq!(at, text.len());
    }

    #[test]
    fn windows_cover_a_stream_without_gap_or_overlap() {
        let text = text();
        covers(&text, &mut Supply::Direct(&mut &text[..]));
        for eager in [false, true] {
            let mut stream = &text[..];
            ahead(&mut stream, OVERLAP.room(), eager, |supply| {
                covers(&text, supply);
            })
            .unwrap();
        }
    }

    #[test]
    fn a_stream_of_few_bytes_at_a_time() {
        struct Drops<'a>(&'a [u8]);
        impl io::Read for Drops<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let few = buffer.len().min(1 + self.0.len() % 3000);
                let few = buffer.get_mut(..few).unwrap_or_default();
                self.0.read(few)
            }
        }
        let text = text();
        let mut stream = Drops(&text);
        ahead(&mut stream, OVERLAP.room(), true, |supply| {
            covers(&text, supply);
        })
        .unwrap();
    }
}
