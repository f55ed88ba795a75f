//! Where windows get their bytes from: a stream, or a thread that reads ahead of it.
//!
//! Reading ahead lets a file be read, a pipe be emptied, a packed stream be unpacked while what came
//! before is scanned. It also tells when a stream pauses, so that what came so far can be reported.

use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

/// A stream that another thread may read.
pub(crate) type Stream<'s> = dyn Read + Send + 's;

/// How far windows of a stream reach over each other, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Overlap {
    /// How much of what was scanned is shown again, as context.
    pub(crate) before: usize,
    /// How much is shown already that is scanned in the next window.
    pub(crate) after: usize,
}

impl Overlap {
    /// Room before the fresh bytes of a block, for those that are looked at again.
    pub(crate) fn room(self) -> usize {
        self.before + self.after
    }
}

/// The size of a block, in bytes. What one thread reads, another scans while it is in the cache.
pub(crate) const BLOCK: usize = 128 << 10;

/// The size of the first block of a stream, in bytes: most files are smaller.
pub(crate) const FIRST: usize = 1 << 20;

/// How many blocks there are beside the one that is scanned.
const BLOCKS: usize = 4;

/// A stream that gives nothing for so long pauses.
const PAUSE: Duration = Duration::from_millis(50);

/// Bytes of a stream, behind some room.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// Room, then bytes, then unused space.
    pub(crate) buffer: Vec<u8>,
    /// Where the bytes end.
    pub(crate) end: usize,
    /// Whether nothing follows, and if that is not as it should be, why.
    pub(crate) last: Option<io::Result<()>>,
}

/// What a window may get.
pub(crate) enum Next {
    /// More bytes.
    Block(Block),
    /// Nothing yet: the stream pauses.
    Pause,
}

/// A source of blocks.
pub(crate) enum Supply<'s> {
    /// The stream itself.
    Direct(&'s mut Stream<'s>),
    /// A thread that reads it.
    Ahead(Ahead),
}

/// The near end of a thread that reads ahead.
pub(crate) struct Ahead {
    full: Receiver<Block>,
    empty: Sender<Vec<u8>>,
    /// Room before the fresh bytes of each block.
    room: usize,
    /// Whether a pause was told already.
    paused: bool,
    /// What of a block was not read, if the blocks are read as a stream.
    rest: Block,
    at: usize,
}

impl Supply<'_> {
    /// Gets the next block, and takes an old buffer for it to fill again. After the last block, an
    /// empty one. Before its bytes there is some `room`, which is that of a thread that reads ahead.
    pub(crate) fn next(&mut self, old: &mut Vec<u8>, room: usize) -> Next {
        match self {
            Self::Direct(stream) => {
                let sizes = (room, FIRST);
                Next::Block(read_block(*stream, std::mem::take(old), sizes, false))
            }
            Self::Ahead(ahead) => ahead.next(old),
        }
    }
}

impl Ahead {
    fn next(&mut self, old: &mut Vec<u8>) -> Next {
        let block = self.full.try_recv().or_else(|_| {
            if self.paused {
                return self.full.recv().map_err(|_| RecvTimeoutError::Disconnected);
            }
            self.full.recv_timeout(PAUSE)
        });
        self.paused = matches!(block, Err(RecvTimeoutError::Timeout));
        match block {
            Ok(block) => {
                // A reader that ended needs no more buffers.
                let _ = self.empty.send(std::mem::take(old));
                Next::Block(block)
            }
            Err(RecvTimeoutError::Timeout) => Next::Pause,
            Err(RecvTimeoutError::Disconnected) => Next::Block(Block {
                last: Some(Ok(())),
                ..Block::default()
            }),
        }
    }
}

/// As a stream, where what comes is packed: a pause is waited for.
impl Read for Supply<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ahead = match self {
            Self::Direct(stream) => return stream.read(buffer),
            Self::Ahead(ahead) => ahead,
        };
        loop {
            let bytes = ahead.rest.buffer.get(ahead.at..ahead.rest.end);
            let read = bytes.unwrap_or_default().read(buffer)?;
            if read > 0 || buffer.is_empty() {
                ahead.at += read;
                return Ok(read);
            }
            match ahead.rest.last.take() {
                Some(Ok(())) => {
                    ahead.rest.last = Some(Ok(()));
                    return Ok(0);
                }
                Some(Err(error)) => {
                    ahead.rest.last = Some(Ok(()));
                    return Err(error);
                }
                None => {}
            }
            let mut old = std::mem::take(&mut ahead.rest.buffer);
            ahead.at = ahead.rest.end;
            if let Next::Block(block) = ahead.next(&mut old) {
                ahead.rest = block;
                ahead.at = ahead.room;
            }
        }
    }
}

/// Fills a block behind some room, or as much of it as one read gives.
fn read_block(
    stream: &mut Stream<'_>,
    mut buffer: Vec<u8>,
    (room, size): (usize, usize),
    once: bool,
) -> Block {
    if buffer.is_empty() {
        // Pages that come zeroed from the system are not touched before they are needed.
        buffer = vec![0; room + size];
    } else {
        buffer.resize(room + size, 0);
    }
    let mut end = room;
    let last = fill(stream, &mut buffer, &mut end, once);
    Block { buffer, end, last }
}

/// Reads until the buffer is full or the stream ends, or once.
pub(crate) fn fill(
    stream: &mut Stream<'_>,
    buffer: &mut [u8],
    end: &mut usize,
    once: bool,
) -> Option<io::Result<()>> {
    while let Some(free) = buffer.get_mut(*end..).filter(|free| !free.is_empty()) {
        match stream.read(free) {
            Ok(0) => return Some(Ok(())),
            Ok(read) => *end += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Some(Err(error)),
        }
        if once {
            break;
        }
    }
    None
}

/// Does something with a stream while a thread reads it ahead. An `eager` reader hands over whatever
/// one read gives, since the next may wait; another fills its blocks. Before the bytes of each block
/// there is some `room`.
///
/// # Errors
///
/// If there can be no more threads.
pub(crate) fn ahead<T>(
    stream: &mut Stream<'_>,
    room: usize,
    eager: bool,
    work: impl FnOnce(&mut Supply<'_>) -> T,
) -> io::Result<T> {
    let (full_in, full) = mpsc::channel();
    let (empty, empty_out) = mpsc::channel();
    for _ in 0..BLOCKS {
        let _ = empty.send(Vec::new());
    }
    thread::scope(|scope| {
        thread::Builder::new().spawn_scoped(scope, move || {
            while let Ok(buffer) = empty_out.recv() {
                let block = read_block(stream, buffer, (room, BLOCK), eager);
                let ended = block.last.is_some();
                if full_in.send(block).is_err() || ended {
                    break;
                }
            }
        })?;
        let mut supply = Supply::Ahead(Ahead {
            full,
            empty,
            room,
            paused: false,
            rest: Block::default(),
            at: 0,
        });
        Ok(work(&mut supply))
    })
}

/// Gives an error once, as the stream that it came from did.
pub(super) struct Failing(Option<io::Error>);

impl Failing {
    /// A stream that fails at once.
    pub(super) fn new(error: io::Error) -> Self {
        Self(Some(error))
    }
}

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_supply_is_its_stream() {
        let text: Vec<u8> = (0..=250).cycle().take(3 * BLOCK + 77).collect();
        for eager in [false, true] {
            let mut stream = &text[..];
            let mut out = Vec::new();
            let read = ahead(&mut stream, 99, eager, |supply| {
                supply.read_to_end(&mut out)
            });
            assert_eq!(read.unwrap().unwrap(), text.len());
            assert!(out == text);
        }
    }

    #[test]
    fn a_failure_comes_after_what_was_read() {
        struct Broken(usize);
        impl Read for Broken {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                if self.0 == 0 {
                    return Err(io::Error::other("gone"));
                }
                let read = self.0.min(buffer.len());
                self.0 -= read;
                Ok(read)
            }
        }
        let mut out = Vec::new();
        let mut stream = Broken(BLOCK + 5);
        let read = ahead(&mut stream, 99, true, |supply| supply.read_to_end(&mut out));
        assert_eq!(read.unwrap().unwrap_err().to_string(), "gone");
        assert_eq!(out.len(), BLOCK + 5);
    }
}
