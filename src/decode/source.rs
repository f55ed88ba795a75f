//! A packed stream as decoders read it: no byte of it passes unseen.

use std::io::{self, BufRead, Read};

/// How much is read at a time, in bytes.
const BUFFER: usize = 128 << 10;

/// Sees all bytes of a packed stream, in order, whatever decoders make of them.
pub(crate) trait Tap: Send {
    /// The next bytes of the stream.
    fn bytes(&mut self, bytes: &[u8]);

    /// So many bytes follow that are handed on as they are, as the content of a member.
    fn handed_on(&mut self, length: u64);
}

/// What a packed stream is read from. What decoders do not make content of is seen by its tap all the
/// same: headers, names, comments, gaps, padding, what stands behind.
pub(crate) struct Source<'s> {
    inner: Box<dyn Read + Send + 's>,
    buffer: Vec<u8>,
    /// What of the buffer was not consumed.
    start: usize,
    end: usize,
    /// How many bytes were consumed.
    at: u64,
    /// How many bytes the tap has seen.
    seen: u64,
    /// Whether the stream has ended, and if it failed, why; that is told once.
    ended: Option<io::Result<()>>,
    tap: Option<&'s mut dyn Tap>,
}

impl<'s> Source<'s> {
    /// A stream of which the first bytes were read already.
    pub(crate) fn new(
        head: Vec<u8>,
        rest: Box<dyn Read + Send + 's>,
        tap: Option<&'s mut dyn Tap>,
    ) -> Self {
        Self {
            inner: rest,
            end: head.len(),
            buffer: head,
            start: 0,
            at: 0,
            seen: 0,
            ended: None,
            tap,
        }
    }

    /// How many bytes were consumed.
    #[must_use]
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// The next bytes: so many, unless the stream ends before. They stay in the stream.
    pub(crate) fn peek(&mut self, length: usize) -> &[u8] {
        while self.end - self.start < length && self.ended.is_none() {
            self.read_more(length);
        }
        self.buffered()
            .get(..length)
            .unwrap_or_else(|| self.buffered())
    }

    /// The next bytes that were read already, and at least so many.
    pub(crate) fn at_hand(&mut self, least: usize) -> &[u8] {
        self.peek(least);
        self.buffered()
    }

    /// What is buffered.
    fn buffered(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Reads once, with room for so many bytes from the first that was not consumed.
    fn read_more(&mut self, length: usize) {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        // A long head is not kept: what follows is read in blocks that stay in the cache.
        self.buffer.resize(length.max(BUFFER), 0);
        let free = self.buffer.get_mut(self.end..).unwrap_or_default();
        match self.inner.read(free) {
            Ok(0) => self.ended = Some(Ok(())),
            Ok(read) => self.end += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => self.ended = Some(Err(error)),
        }
    }

    /// Tells that so many of the next bytes are content as they are.
    pub(crate) fn hand_on(&mut self, length: u64) {
        if let Some(tap) = &mut self.tap {
            tap.handed_on(length);
        }
    }

    /// Reads past so many bytes, or to the end, and returns how many those were.
    ///
    /// # Errors
    ///
    /// If the stream cannot be read.
    pub(crate) fn skip(&mut self, length: u64) -> io::Result<u64> {
        io::copy(&mut self.by_ref().take(length), &mut io::sink())
    }

    /// Takes back the last bytes of the last read, which a decoder did not need.
    pub(super) fn give_back(&mut self, length: usize) {
        let length = length.min(self.start);
        self.start -= length;
        self.at -= length as u64;
    }

    /// Reads past zeros, as tapes and block devices leave them behind, and returns whether anything
    /// follows.
    ///
    /// # Errors
    ///
    /// If the stream cannot be read.
    pub(super) fn skip_zeros(&mut self) -> io::Result<bool> {
        loop {
            let bytes = self.fill_buf()?;
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            let (all, empty) = (zeros == bytes.len(), bytes.is_empty());
            self.consume(zeros);
            if empty || !all {
                return Ok(!empty);
            }
        }
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.start == self.end {
            match &mut self.ended {
                None => self.read_more(0),
                Some(Ok(())) => break,
                Some(failed) => return std::mem::replace(failed, Ok(())).map(|()| &[][..]),
            }
        }
        Ok(self.buffered())
    }

    fn consume(&mut self, amount: usize) {
        let to = (self.start + amount).min(self.end);
        let again = usize::try_from(self.seen - self.at).unwrap_or(usize::MAX);
        let fresh = self.buffer.get(self.start.saturating_add(again)..to);
        if let (Some(tap), Some(fresh @ [_, ..])) = (&mut self.tap, fresh) {
            tap.bytes(fresh);
        }
        self.at += (to - self.start) as u64;
        self.seen = self.seen.max(self.at);
        self.start = to;
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes down what it sees; what is handed on in brackets.
    #[derive(Default)]
    struct Seen(Vec<u8>, u64);

    impl Tap for Seen {
        fn bytes(&mut self, bytes: &[u8]) {
            for byte in bytes {
                let content = self.1 > 0;
                self.1 -= u64::from(content);
                self.0.push(if content { b'.' } else { *byte });
            }
        }

        fn handed_on(&mut self, length: u64) {
            self.1 = length;
        }
    }

    #[test]
    fn every_byte_is_seen_once() {
        let mut seen = Seen::default();
        let rest = Box::new(&b"def\0\0\0ghi"[..]);
        let mut source = Source::new(b"abc".to_vec(), rest, Some(&mut seen));
        assert_eq!(source.peek(5), b"abcde");
        assert_eq!(source.peek(2), b"ab");
        assert_eq!(source.skip(2).unwrap(), 2);
        source.hand_on(3);
        assert_eq!(source.skip(4).unwrap(), 4);
        assert!(source.skip_zeros().unwrap());
        assert_eq!(source.skip(2).unwrap(), 2);
        source.give_back(2);
        assert_eq!((source.at(), source.peek(9)), (9, &b"ghi"[..]));
        assert_eq!(source.skip(9).unwrap(), 3);
        assert!(!source.skip_zeros().unwrap());
        drop(source);
        assert_eq!(seen.0, b"ab...f\0\0\0ghi");
    }

    #[test]
    fn a_failure_comes_after_what_was_read() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("gone"))
            }
        }
        let mut source = Source::new(b"abc".to_vec(), Box::new(Broken), None);
        assert_eq!(source.peek(9), b"abc");
        let mut out = Vec::new();
        assert_eq!(
            source.read_to_end(&mut out).unwrap_err().to_string(),
            "gone"
        );
        assert_eq!(out, b"abc");
        assert_eq!(source.read(&mut [0; 9]).unwrap(), 0);
    }
}
