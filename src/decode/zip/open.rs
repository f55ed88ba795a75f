//! A stored member whose header does not tell its length.
//!
//! Only what stands behind it shows where it ends: a mark, the checksum of all before, its length.

use std::io::{self, BufRead, Read};

use flate2::Crc;

/// The mark of what stands behind a member.
const MARK: &[u8] = b"PK\x07\x08";

/// How long that is with lengths of 32 bits, in bytes.
pub(super) const SHORT: usize = 16;

/// And with lengths of 64 bits, which a member has whose header gives room for such.
pub(super) const LONG: usize = 24;

/// The content of such a member. What stands behind it is read, too.
pub(super) struct Open<R> {
    inner: R,
    crc: Crc,
    length: u64,
    /// How much stands behind it, in bytes.
    behind: usize,
    /// What was read and may be the end.
    held: Vec<u8>,
    ended: bool,
}

impl<R: BufRead> Open<R> {
    pub(super) fn new(inner: R, behind: usize) -> Self {
        Self {
            inner,
            behind,
            crc: Crc::new(),
            length: 0,
            held: Vec::new(),
            ended: false,
        }
    }

    /// Reads what is surely content.
    fn plain(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.inner.fill_buf()?;
        let mut marks = memchr::memchr_iter(MARK[0], bytes);
        let end = marks.find(|at| {
            let rest = bytes.get(*at..).unwrap_or_default();
            rest.starts_with(MARK) || MARK.starts_with(rest)
        });
        let plain = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        let read = (&*plain).read(buffer)?;
        self.inner.consume(read);
        Ok(read)
    }

    /// Takes one more byte.
    fn hold(&mut self) -> io::Result<()> {
        let mut byte = [0];
        self.inner.read_exact(&mut byte)?;
        self.held.extend(byte);
        Ok(())
    }

    fn is_end(&self) -> bool {
        let mut end = MARK.to_vec();
        end.extend(self.crc.sum().to_le_bytes());
        let bytes = if self.behind == LONG { 8 } else { 4 };
        for _ in 0..2 {
            let length = self.length.to_le_bytes();
            end.extend(length.iter().take(bytes));
        }
        self.held == end
    }

    /// Gives out content.
    fn next(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.held.is_empty() {
                match self.plain(buffer)? {
                    // Here is a mark, or the end of the archive.
                    0 => self.hold()?,
                    read => return Ok(read),
                }
            } else if !self.held.starts_with(MARK) && !MARK.starts_with(&self.held) {
                return self.release(buffer);
            } else if self.held.len() < self.behind {
                self.hold()?;
            } else if self.is_end() {
                self.ended = true;
                return Ok(0);
            } else {
                return self.release(buffer);
            }
        }
    }

    /// Gives out the first byte that was held.
    fn release(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.held.get(..1).unwrap_or_default().read(buffer)?;
        self.held.drain(..read);
        Ok(read)
    }
}

impl<R: BufRead> Read for Open<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended || buffer.is_empty() {
            return Ok(0);
        }
        let read = self.next(buffer)?;
        self.crc.update(buffer.get(..read).unwrap_or_default());
        self.length += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(text: &[u8], wide: bool) -> Vec<u8> {
        let mut crc = Crc::new();
        crc.update(text);
        let mut out = [text, MARK, &crc.sum().to_le_bytes()].concat();
        let length = text.len() as u64;
        for _ in 0..2 {
            out.extend(&length.to_le_bytes()[..if wide { 8 } else { 4 }]);
        }
        out
    }

    #[test]
    fn the_end_is_where_all_is_right() {
        let inner = member(b"inner", false);
        let texts: [&[u8]; 6] = [
            b"",
            b"text",
            b"PPPK\x07\x08PK",
            &MARK.repeat(20),
            &[b"an ", &inner[..]].concat(),
            &[&[b'x'; 9000], &inner[..], b"PK"].concat(),
        ];
        for text in texts {
            for behind in [SHORT, LONG] {
                let bytes = [member(text, behind == LONG), b"PK\x03\x04".to_vec()].concat();
                for capacity in [1, 7, 8192] {
                    let mut packed = io::BufReader::with_capacity(capacity, &bytes[..]);
                    let mut content = Vec::new();
                    Open::new(&mut packed, behind)
                        .read_to_end(&mut content)
                        .unwrap();
                    assert_eq!(content, text);
                    let mut rest = Vec::new();
                    packed.read_to_end(&mut rest).unwrap();
                    assert_eq!(rest, b"PK\x03\x04");
                }
            }
        }
    }

    #[test]
    fn without_an_end_it_fails() {
        let mut content = Vec::new();
        let cut = &member(b"text", false)[..19];
        assert!(Open::new(cut, SHORT).read_to_end(&mut content).is_err());
    }
}
