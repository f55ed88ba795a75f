//! tar, read from beginning to end.

use std::io::{self, Read};
use std::ops::Range;

use ::tar::{EntryType, Header};

use super::{Member, name};

/// The size of a block, in bytes.
pub const BLOCK: usize = 512;

/// The most that is kept of a header that extends the next one, in bytes.
const EXTENSION: u64 = 1 << 20;

/// A tar archive that is read as it comes.
#[derive(Debug)]
pub struct Tar<R> {
    inner: R,
    /// Bytes of the present member that were not read.
    left: u64,
    /// Bytes that fill up its last block.
    padding: u64,
}

/// A block that stands where a header is expected.
#[derive(Clone, Debug)]
pub struct Block {
    /// The block.
    pub bytes: [u8; BLOCK],
    /// What it is for.
    pub role: Role,
}

/// What a block is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// To fill up the archive.
    Blank,
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
pub struct Extension {
    /// Its name.
    name: Option<String>,
    /// Its size, in bytes.
    pub size: Option<u64>,
    /// Whether its content begins with a map of its holes.
    pub sparse: bool,
}

/// Whether a file begins as a tar archive does: with a header whose sum is right.
pub(super) fn is_header(head: &[u8]) -> bool {
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

impl<R: Read> Tar<R> {
    /// Begins to read.
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            left: 0,
            padding: 0,
        }
    }

    /// Moves on to the next member that is a file.
    ///
    /// # Errors
    ///
    /// If the archive is damaged or cannot be read. [`Tar::rest`] gives what follows.
    pub fn next_member(&mut self) -> io::Result<Option<Member>> {
        let mut extension = Extension::default();
        while let Some(block) = self.next_block()? {
            match block.role {
                Role::Name | Role::Records => {
                    let text = self.text()?;
                    extension.read(block.role, &text);
                }
                Role::Blank | Role::Remark => {}
                Role::Bare => extension = Extension::default(),
                Role::File | Role::Sparse => {
                    let name = self.begin(&block, &extension)?;
                    return Ok(Some(Member {
                        name,
                        closed: None,
                        gap: 0,
                    }));
                }
            }
        }
        Ok(None)
    }

    /// Moves on to the next block where a header is expected.
    ///
    /// # Errors
    ///
    /// If the archive is damaged or cannot be read. [`Tar::rest`] gives what follows.
    pub fn next_block(&mut self) -> io::Result<Option<Block>> {
        self.skip()?;
        let mut bytes = [0; BLOCK];
        match fill(&mut self.inner, &mut bytes)? {
            0 => return Ok(None),
            BLOCK => {}
            _ => return Err(damaged("it ends within a header")),
        }
        if bytes.iter().all(|byte| *byte == 0) {
            let role = Role::Blank;
            return Ok(Some(Block { bytes, role }));
        }
        if !is_sound(&bytes) {
            return Err(damaged("a header is damaged"));
        }
        let header = Header::from_byte_slice(&bytes);
        let role = role(header.entry_type());
        let size = header
            .entry_size()
            .map_err(|_| damaged("a size is damaged"))?;
        self.enter(if role == Role::Bare { 0 } else { size });
        Ok(Some(Block { bytes, role }))
    }

    /// Begins the member of a header, and returns its name. What goes on with the map of a sparse
    /// file is skipped.
    ///
    /// # Errors
    ///
    /// If the archive is damaged or cannot be read.
    pub fn begin(&mut self, block: &Block, extension: &Extension) -> io::Result<String> {
        if let Some(size) = extension.size {
            self.enter(size);
        }
        if block.role == Role::Sparse {
            self.skip_map(&block.bytes)?;
        }
        let header = Header::from_byte_slice(&block.bytes);
        let plain = || name(&header.path_bytes());
        Ok(extension.name.clone().unwrap_or_else(plain))
    }

    fn enter(&mut self, size: u64) {
        self.left = size;
        self.padding = size.next_multiple_of(BLOCK as u64).saturating_sub(size);
    }

    /// The content of the present member.
    pub fn content(&mut self) -> impl Read + '_ {
        Content(self)
    }

    /// The bytes behind the content of the present member that fill up its last block.
    ///
    /// # Errors
    ///
    /// If the archive cannot be read.
    pub fn padding(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let padding = std::mem::take(&mut self.padding);
        self.inner.by_ref().take(padding).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// What the archive is read from: all that follows, as it is.
    pub fn rest(&mut self) -> &mut R {
        &mut self.inner
    }

    fn skip(&mut self) -> io::Result<()> {
        let wanted = self.left.saturating_add(self.padding);
        let skipped = io::copy(&mut self.inner.by_ref().take(wanted), &mut io::sink())?;
        // Archives that lack the padding of their last member are common.
        if skipped < self.left {
            self.left = 0;
            return Err(damaged("it ends within a file"));
        }
        (self.left, self.padding) = (0, 0);
        Ok(())
    }

    /// The text of a header that extends the next one, or the beginning of an overlong one.
    ///
    /// # Errors
    ///
    /// If the archive cannot be read.
    pub fn text(&mut self) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        let wanted = self.left.min(EXTENSION);
        self.left -= self.inner.by_ref().take(wanted).read_to_end(&mut text)? as u64;
        Ok(text)
    }

    /// Skips the blocks that go on with the map of a sparse file.
    fn skip_map(&mut self, header: &[u8; BLOCK]) -> io::Result<()> {
        let mut more = header.get(482) == Some(&1);
        while more {
            let mut block = [0; BLOCK];
            if fill(&mut self.inner, &mut block)? < BLOCK {
                return Err(damaged("it ends within a header"));
            }
            more = block.get(504) == Some(&1);
        }
        Ok(())
    }
}

impl Extension {
    /// Reads what a header says of the next one.
    pub fn read(&mut self, role: Role, text: &[u8]) {
        match role {
            Role::Name => self.name = Some(name(text)),
            Role::Records => self.read_records(text),
            _ => {}
        }
    }

    /// Reads the records of a pax header: `LENGTH KEY=VALUE` lines.
    fn read_records(&mut self, text: &[u8]) {
        for record in text.split(|byte| *byte == b'\n') {
            let body = record.splitn(2, |byte| *byte == b' ').nth(1);
            let mut parts = body.unwrap_or_default().splitn(2, |byte| *byte == b'=');
            match (parts.next(), parts.next()) {
                (Some(b"path"), Some(value)) => self.name = Some(name(value)),
                (Some(b"size"), Some(value)) => {
                    self.size = std::str::from_utf8(value).ok().and_then(|n| n.parse().ok());
                }
                (Some(key), Some(_)) if key.starts_with(b"GNU.sparse.") => self.sparse = true,
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

/// Reads as many bytes as there are room and content for.
fn fill(inner: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(free) = buffer.get_mut(filled..).filter(|free| !free.is_empty()) {
        match inner.read(free) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

struct Content<'t, R>(&'t mut Tar<R>);

impl<R: Read> Read for Content<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.inner.by_ref().take(self.0.left).read(buffer)?;
        self.0.left -= read as u64;
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

    fn members(bytes: &[u8]) -> Vec<(String, String)> {
        let mut tar = Tar::new(bytes);
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
        assert!(is_header(&bytes));
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
        let mut tar = Tar::new(&bytes[..]);
        assert_eq!(tar.next_member().unwrap().unwrap().name, "a");
        assert_eq!(tar.next_member().unwrap().unwrap().name, "b");
        assert_eq!(tar.next_member().unwrap(), None);
    }

    #[test]
    fn damage_is_an_error() {
        let bytes = archive(&[("a", &[b'x'; 5000]), ("b", b"two")]);
        for cut in [100, 700, 2000] {
            let mut tar = Tar::new(&bytes[..cut]);
            let first = tar.next_member();
            assert!(first.is_err() || tar.next_member().is_err(), "{cut}");
        }
        let mut odd = bytes.clone();
        odd[5632 + 3] ^= 1;
        let mut tar = Tar::new(&odd[..]);
        tar.next_member().unwrap();
        assert!(
            tar.next_member()
                .unwrap_err()
                .to_string()
                .contains("tar: a header")
        );
        let mut rest = Vec::new();
        tar.rest().read_to_end(&mut rest).unwrap();
        assert!(rest.starts_with(b"two"));
    }
}
