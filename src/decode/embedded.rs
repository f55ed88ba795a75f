//! Streams of zlib in files of other kinds: what PDF draws, the texts of PNG, the objects of a pack of Git.

use std::io;

use memchr::memmem;

use super::source::Source;
use super::unpack::is_zlib;

/// How much is searched at a time, in bytes.
const WINDOW: usize = 64 << 10;

/// The longest text before a stream of PNG, in bytes.
const KEYWORDS: usize = 512;

/// How long the header of a bundle may be, in bytes: it names all references.
const BUNDLE: usize = 1 << 20;

/// How long the name of the object is that another one is the difference to, in bytes.
const BASE: u64 = 20;

/// A kind of file that holds streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// A document.
    Pdf,
    /// An image, with texts in it.
    Png,
    /// Objects of Git, perhaps behind a list of references.
    Pack,
}

impl Host {
    /// Its name, for messages.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pdf => "PDF document",
            Self::Png => "PNG image with compressed text",
            Self::Pack => "Git pack",
        }
    }

    /// What each stream in it is.
    #[must_use]
    pub(crate) fn part(self) -> &'static str {
        match self {
            Self::Pdf => "stream",
            Self::Png => "text",
            Self::Pack => "object",
        }
    }

    /// What kind a file is, by its beginning.
    pub(super) fn begins(head: &[u8]) -> Option<Self> {
        let packs: [&[u8]; 4] = [
            b"PACK\0\0\0\x02",
            b"PACK\0\0\0\x03",
            b"# v2 git bundle\n",
            b"# v3 git bundle\n",
        ];
        if head.starts_with(b"%PDF-") {
            return Some(Self::Pdf);
        }
        if packs.iter().any(|magic| head.starts_with(magic)) {
            return Some(Self::Pack);
        }
        let has = |text: &[u8]| memmem::find(head, text).is_some();
        let png = head.starts_with(b"\x89PNG") && (has(b"zTXt") || has(b"iTXt"));
        png.then_some(Self::Png)
    }
}

/// The streams of a file, one after the other.
pub(crate) struct Embedded<'a, 's> {
    source: &'a mut Source<'s>,
    host: Host,
    /// How many were found.
    number: u64,
    /// How many objects are left of a pack, once that is known.
    left: Option<u32>,
}

impl<'a, 's> Embedded<'a, 's> {
    /// Begins to read.
    pub(crate) fn new(source: &'a mut Source<'s>, host: Host) -> Self {
        Self {
            source,
            host,
            number: 0,
            left: None,
        }
    }

    /// Moves on to the next stream, and tells what it is called. After the last one, the source has come to
    /// its end.
    ///
    /// # Errors
    ///
    /// If the file is damaged or cannot be read.
    pub(crate) fn next_stream(&mut self) -> io::Result<Option<String>> {
        let found = match self.host {
            Host::Pdf => self.find(b"stream", after_keyword)?,
            // `zTXt` and `iTXt`.
            Host::Png => self.find(b"TXt", after_names)?,
            Host::Pack => self.object()?,
        };
        self.number += 1;
        Ok(found.then(|| format!("{} {}", self.host.part(), self.number)))
    }

    /// The source, which stands where a stream begins.
    pub(crate) fn source(&mut self) -> &mut Source<'s> {
        self.source
    }

    /// Reads on to a stream behind a word. `begin` tells where, from the end of the word on.
    fn find(&mut self, word: &[u8], begin: fn(&[u8]) -> Option<usize>) -> io::Result<bool> {
        loop {
            let bytes = self.source.peek(WINDOW);
            let is_last = bytes.len() < WINDOW;
            let Some(at) = memmem::find(bytes, word) else {
                let seen = bytes.len();
                let keep = if is_last { 0 } else { word.len() - 1 };
                self.source.skip((seen - keep) as u64)?;
                if is_last {
                    return Ok(false);
                }
                continue;
            };
            self.source.skip((at + word.len()) as u64)?;
            let Some(more) = begin(self.source.peek(KEYWORDS)) else {
                continue;
            };
            if is_zlib(
                self.source
                    .peek(more + super::HEAD)
                    .get(more..)
                    .unwrap_or_default(),
            ) {
                self.source.skip(more as u64)?;
                return Ok(true);
            }
        }
    }

    /// Reads on to the content of the next object of a pack.
    fn object(&mut self) -> io::Result<bool> {
        let left = match self.left {
            Some(left) => left,
            None => self.pack()?,
        };
        let Some(less) = left.checked_sub(1) else {
            return Ok(false);
        };
        self.left = Some(less);
        match self.number()?.unwrap_or(0) >> 4 & 7 {
            6 => {
                self.number()?;
            }
            7 => {
                self.source.skip(BASE)?;
            }
            _ => {}
        }
        if is_zlib(self.source.peek(super::HEAD)) {
            return Ok(true);
        }
        let why = "pack: an object is damaged";
        Err(io::Error::new(io::ErrorKind::InvalidData, why))
    }

    /// Reads what stands before the objects, and tells how many they are.
    fn pack(&mut self) -> io::Result<u32> {
        let head = self.source.peek(BUNDLE);
        let begin = memmem::find(head, b"PACK").unwrap_or(0);
        self.source.skip(begin as u64 + 8)?;
        let count = self.source.peek(4).first_chunk::<4>();
        let count = count.map_or(0, |count| u32::from_be_bytes(*count));
        self.source.skip(4)?;
        Ok(count)
    }

    /// Reads a number of seven bits a byte, and tells its first byte.
    fn number(&mut self) -> io::Result<Option<u8>> {
        let bytes = self.source.peek(10);
        let first = bytes.first().copied();
        let length = bytes.iter().take_while(|byte| **byte & 0x80 != 0).count() + 1;
        self.source.skip(length as u64)?;
        Ok(first)
    }
}

/// How many bytes end the line of a keyword of PDF.
fn after_keyword(rest: &[u8]) -> Option<usize> {
    match rest {
        [b'\r', b'\n', ..] => Some(2),
        [b'\n' | b'\r', ..] => Some(1),
        _ => None,
    }
}

/// How many bytes name a text of PNG, if it is compressed.
fn after_names(rest: &[u8]) -> Option<usize> {
    let keyword = memchr::memchr(0, rest)?;
    let after = rest.get(keyword + 1..)?;
    match after {
        // The method; or the flag, the method, a language and the keyword in it.
        [0, 0x78, ..] => Some(keyword + 2),
        [1, 0, names @ ..] => {
            let language = memchr::memchr(0, names)? + 1;
            let translated = memchr::memchr(0, names.get(language..)?)? + 1;
            Some(keyword + 3 + language + translated)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_png_have_names() {
        assert_eq!(after_names(b"prompt\0\0\x78\x9c"), Some(8));
        assert_eq!(after_names(b"key\0\x01\0de\0Wort\0\x78"), Some(14));
        assert_eq!(after_names(b"key\0\0\0\0\0plain"), None);
        assert_eq!(after_names(b"key"), None);
    }

    #[test]
    fn hosts_are_known_by_their_beginning() {
        assert_eq!(Host::begins(b"%PDF-1.7\n"), Some(Host::Pdf));
        assert_eq!(Host::begins(b"\x89PNG\r\n\x1a\n....IHDR"), None);
        assert_eq!(Host::begins(b"# v2 git bundle\n"), Some(Host::Pack));
    }
}
