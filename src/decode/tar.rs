//! tar, read from beginning to end.

use std::io::{self, BufRead, Read};
use std::ops::Range;

use ::tar::{EntryType, Header};

use super::source::Source;
use super::{Member, name};

/// The size of a block, in bytes.
const BLOCK: usize = 512;

/// The most that is kept of a header that extends the next one, in bytes.
const EXTENSION: u64 = 1 << 20;

/// A tar archive that is read as it comes.
pub(crate) struct Tar<'a, 's> {
    source: &'a mut Source<'s>,
    /// Bytes of the present member that were not read.
    left: u64,
    /// Bytes that fill up its last block.
    padding: u64,
    /// Whether its end was marked, by blocks of zeros.
    ended: bool,
}

/// What a header is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// To name the next member; its content is the name.
    Name,
    /// To say more of the next member; its content are records of pax.
    Records,
    /// To say what does not matter here, in its content.
    Remark,
    /// A file.
    File,
    /// A file with holes: what follows is a map, then what is in it.
    Sparse,
    /// A folder, a link, a device: nothing follows.
    Bare,
}

/// What earlier headers said of the next member.
#[derive(Debug, Default)]
struct Extension {
    /// Its name.
    name: Option<String>,
    /// Its size, in bytes.
    size: Option<u64>,
}

/// Whether a file begins as a tar archive does: with a header whose sum is right.
pub(super) fn begins(head: &[u8]) -> bool {
    let block = head.get(..BLOCK).filter(|block| block.first() != Some(&0));
    block.is_some_and(is_sound)
}

/// Where a header has its sum, in bytes.
const SUM: Range<usize> = 148..156;

fn is_sound(block: &[u8]) -> bool {
    // Few files have digits there, and every file is asked.
    let sum = block.get(SUM).unwrap_or_default();
    if !sum.iter().all(|b| matches!(b, b'0'..=b'7' | b' ' | 0)) {
        return false;
    }
    let written = Header::from_byte_slice(block).cksum();
    let sum: u32 = block
        .iter()
        .enumerate()
        .map(|(at, byte)| {
            if SUM.contains(&at) {
                u32::from(b' ')
            } else {
                u32::from(*byte)
            }
        })
        .sum();
    written.is_ok_and(|written| written == sum)
}

impl<'a, 's> Tar<'a, 's> {
    /// Begins to read.
    pub(crate) fn new(source: &'a mut Source<'s>) -> Self {
        Self {
            source,
            left: 0,
            padding: 0,
            ended: false,
        }
    }

    /// Moves on to the next member that is a file. After the last one, the source goes on with what
    /// follows the archive.
    ///
    /// # Errors
    ///
    /// If the archive is damaged or cannot be read.
    pub(crate) fn next_member(&mut self) -> io::Result<Option<Member>> {
        let mut extension = Extension::default();
        while let Some((role, block)) = self.next_header()? {
            match role {
                Role::Name => extension.name = Some(name(&self.text()?)),
                Role::Records => {
                    let text = self.text()?;
                    extension.read(&text);
                }
                Role::Remark => {}
                Role::Bare => extension = Extension::default(),
                Role::File | Role::Sparse => {
                    if let Some(size) = extension.size {
                        self.enter(size);
                    }
                    if role == Role::Sparse {
                        self.skip_map(&block)?;
                    }
                    let header = Header::from_byte_slice(&block);
                    let plain = || name(&header.path_bytes());
                    self.source.hand_on(self.left);
                    return Ok(Some(Member {
                        name: extension.name.unwrap_or_else(plain),
                        closed: None,
                        empty: self.left == 0,
                    }));
                }
            }
        }
        Ok(None)
    }

    /// Moves on to the next header.
    fn next_header(&mut self) -> io::Result<Option<(Role, [u8; BLOCK])>> {
        self.skip()?;
        loop {
            let head = self.source.peek(BLOCK);
            let Some(bytes) = head.first_chunk::<BLOCK>().copied() else {
                let rest = head.len();
                self.source.fill_buf()?;
                // What is shorter than a block is no header; behind the end it is of no matter.
                return match rest {
                    0 => Ok(None),
                    _ if self.ended => Ok(None),
                    _ => Err(damaged("it ends within a header")),
                };
            };
            if bytes.iter().all(|byte| *byte == 0) {
                self.ended = true;
                self.source.consume(BLOCK);
                continue;
            }
            if !is_sound(&bytes) {
                return match self.ended {
                    true => Ok(None),
                    false => Err(damaged("a header is damaged")),
                };
            }
            // One archive may follow another, as `tar -A` leaves them.
            self.ended = false;
            self.source.consume(BLOCK);
            let header = Header::from_byte_slice(&bytes);
            let role = role(header.entry_type());
            let size = header.entry_size();
            let size = size.map_err(|_| damaged("a size is damaged"))?;
            self.enter(if role == Role::Bare { 0 } else { size });
            return Ok(Some((role, bytes)));
        }
    }

    fn enter(&mut self, size: u64) {
        self.left = size;
        self.padding = size.next_multiple_of(BLOCK as u64).saturating_sub(size);
    }

    /// The content of the present member.
    pub(crate) fn content(&mut self) -> impl Read + Send + use<'_, 'a, 's> {
        Content(self)
    }

    fn skip(&mut self) -> io::Result<()> {
        let skipped = self.source.skip(self.left)?;
        // Archives that lack the padding of their last member are common.
        if skipped < self.left {
            self.left = 0;
            return Err(damaged("it ends within a file"));
        }
        self.source.skip(self.padding)?;
        (self.left, self.padding) = (0, 0);
        Ok(())
    }

    /// The text of a header that extends the next one, or the beginning of an overlong one.
    fn text(&mut self) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        let wanted = self.left.min(EXTENSION);
        self.left -= self.source.take(wanted).read_to_end(&mut text)? as u64;
        Ok(text)
    }

    /// Skips the blocks that go on with the map of a sparse file.
    fn skip_map(&mut self, header: &[u8; BLOCK]) -> io::Result<()> {
        let mut more = header.get(482) == Some(&1);
        while more {
            let block = self.source.peek(BLOCK);
            if block.len() < BLOCK {
                return Err(damaged("it ends within a header"));
            }
            more = block.get(504) == Some(&1);
            self.source.consume(BLOCK);
        }
        Ok(())
    }
}

impl Extension {
    /// Reads the records of a pax header: `LENGTH KEY=VALUE` lines.
    fn read(&mut self, text: &[u8]) {
        for record in text.split(|byte| *byte == b'\n') {
            let body = record.splitn(2, |byte| *byte == b' ').nth(1);
            let mut parts = body.unwrap_or_default().splitn(2, |byte| *byte == b'=');
            match (parts.next(), parts.next()) {
                (Some(b"path"), Some(value)) => self.name = Some(name(value)),
                (Some(b"size"), Some(value)) => {
                    self.size = std::str::from_utf8(value).ok().and_then(|n| n.parse().ok());
                }
                _ => {}
            }
        }
    }
}

/// What a header of this kind is for. Links and devices only name a size.
fn role(kind: EntryType) -> Role {
    match kind {
        EntryType::GNULongName => Role::Name,
        EntryType::XHeader => Role::Records,
        EntryType::GNULongLink | EntryType::XGlobalHeader => Role::Remark,
        EntryType::GNUSparse => Role::Sparse,
        EntryType::Link
        | EntryType::Symlink
        | EntryType::Char
        | EntryType::Block
        | EntryType::Directory
        | EntryType::Fifo => Role::Bare,
        _ => Role::File,
    }
}

fn damaged(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("tar: {message}"))
}

struct Content<'t, 'a, 's>(&'t mut Tar<'a, 's>);

impl Read for Content<'_, '_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.source.take(self.0.left).read(buffer)?;
        self.0.left -= read as u64;
        if read == 0 && self.0.left > 0 && !buffer.is_empty() {
            self.0.left = 0;
            return Err(damaged("it ends within a file"));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = ::tar::Builder::new(Vec::new());
        for (path, bytes) in files {
            let mut header = Header::new_gnu();
            header.set_size(bytes.len() as u64);
            builder.append_data(&mut header, path, *bytes).unwrap();
        }
        builder.into_inner().unwrap()
    }

    fn source(bytes: &[u8]) -> Source<'_> {
        Source::new(Vec::new(), Box::new(bytes), None)
    }

    fn members(bytes: &[u8]) -> Vec<(String, String)> {
        let mut source = source(bytes);
        let mut tar = Tar::new(&mut source);
        let mut out = Vec::new();
        while let Some(member) = tar.next_member().unwrap() {
            let mut text = String::new();
            tar.content().read_to_string(&mut text).unwrap();
            out.push((member.name, text));
        }
        out
    }

    #[test]
    fn members_with_long_names() {
        let long = format!("{}/x", "d/".repeat(120));
        let bytes = archive(&[("a", b"one"), (&long, b"two"), ("empty", b"")]);
        assert!(begins(&bytes));
        assert_eq!(
            members(&bytes),
            [
                ("a".to_owned(), "one".to_owned()),
                (long, "two".to_owned()),
                ("empty".to_owned(), String::new())
            ]
        );
        // One after the other, as `tar -A` leaves them.
        let twice = [&bytes[..], &bytes[..]].concat();
        assert_eq!(members(&twice).len(), 6);
    }

    #[test]
    fn a_pax_header_names_the_next_member() {
        let mut builder = ::tar::Builder::new(Vec::new());
        let records = [("path", &b"p/long"[..]), ("mtime", b"1")];
        builder.append_pax_extensions(records).unwrap();
        let mut header = Header::new_ustar();
        header.set_size(3);
        header.set_cksum();
        builder
            .append_data(&mut header, "short", &b"abc"[..])
            .unwrap();
        let bytes = builder.into_inner().unwrap();
        assert_eq!(members(&bytes), [("p/long".to_owned(), "abc".to_owned())]);
    }

    #[test]
    fn members_that_are_not_read_are_skipped() {
        let bytes = archive(&[("a", &[b'x'; 5000]), ("b", b"two")]);
        let mut source = source(&bytes);
        let mut tar = Tar::new(&mut source);
        assert_eq!(tar.next_member().unwrap().unwrap().name, "a");
        assert_eq!(tar.next_member().unwrap().unwrap().name, "b");
        assert_eq!(tar.next_member().unwrap(), None);
    }

    #[test]
    fn what_follows_stays() {
        let bytes = archive(&[("a", b"one")]);
        for rest in [&b""[..], b"text", &[b'x'; 2000]] {
            let all = [&bytes[..], &[0; 512], rest].concat();
            let mut source = source(&all);
            let mut tar = Tar::new(&mut source);
            assert_eq!(tar.next_member().unwrap().unwrap().name, "a");
            assert_eq!(tar.next_member().unwrap(), None);
            let mut left = Vec::new();
            source.read_to_end(&mut left).unwrap();
            assert_eq!(left, rest);
        }
    }

    #[test]
    fn damage_is_an_error() {
        let bytes = archive(&[("a", &[b'x'; 5000]), ("b", b"two")]);
        for cut in [100, 700, 2000] {
            let mut source = source(&bytes[..cut]);
            let mut tar = Tar::new(&mut source);
            let first = tar.next_member();
            assert!(first.is_err() || tar.next_member().is_err(), "{cut}");
        }
        let mut odd = bytes.clone();
        odd[5632 + 3] ^= 1;
        let mut source = source(&odd);
        let mut tar = Tar::new(&mut source);
        tar.next_member().unwrap();
        assert!(
            tar.next_member()
                .unwrap_err()
                .to_string()
                .contains("tar: a header")
        );
        let mut rest = Vec::new();
        source.read_to_end(&mut rest).unwrap();
        // The header that is damaged is there, too.
        assert!(rest[BLOCK..].starts_with(b"two"));
    }
}
