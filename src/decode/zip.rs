//! zip, read from beginning to end.
//!
//! The directory at the end of an archive is not asked: it may lie far away in a stream, it may lie,
//! and what it does not name is in the file all the same. Each member has a header of its own.

use std::io::{self, BufRead, Read};

use bzip2::bufread::BzDecoder;
use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use lzma_rust2::XzReader;

use super::budget::{Bounded, Budget};
use super::unpack::zstd;
use super::{Member, name};

/// What follows a member whose length its header does not tell, at most, in bytes.
const DESCRIPTOR: u64 = 24;

/// The memory that a decoder of xz may ask for, in KiB.
const XZ_MEMORY: u32 = 128 << 10;

/// A zip archive that is read as it comes.
#[derive(Debug)]
pub struct Zip<R> {
    inner: R,
    entry: Entry,
}

/// The present member.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    method: u16,
    /// The checksum of what it holds, where that is known beforehand.
    crc: Option<u32>,
    /// Packed bytes that were not read; as good as infinite, where the length is not known.
    left: u64,
    /// Whether the length is known.
    sized: bool,
}

/// What stands where a header is expected.
enum Mark {
    Member,
    Directory,
}

/// The fields of a member's header.
struct Header {
    flags: u16,
    method: u16,
    crc: u32,
    packed: u64,
    unpacked: u64,
    name: u16,
    extra: u16,
}

impl<R: BufRead> Zip<R> {
    /// Begins to read.
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            entry: Entry {
                sized: true,
                ..Entry::default()
            },
        }
    }

    /// Moves on to the next member.
    ///
    /// # Errors
    ///
    /// If the archive ends too soon or cannot be read.
    pub fn next_member(&mut self) -> io::Result<Option<Member>> {
        if self.entry.sized && self.entry.left > 0 {
            let mut left = self.inner.by_ref().take(self.entry.left);
            if io::copy(&mut left, &mut io::sink())? < self.entry.left {
                self.entry.left = 0;
                return Err(damaged("it ends within a file"));
            }
        }
        self.entry = Entry {
            sized: true,
            ..Entry::default()
        };
        let (mark, skipped) = self.find_mark()?;
        if matches!(mark, Mark::Directory) {
            return Ok(None);
        }
        let header = self.header()?;
        let mut member = self.begin(&header)?;
        member.gap = skipped.saturating_sub(DESCRIPTOR);
        Ok(Some(member))
    }

    /// Looks for the next header. Returns what it is of, and how many bytes stand before it.
    fn find_mark(&mut self) -> io::Result<(Mark, u64)> {
        let mut last = [0; 4];
        let mut read = 0;
        loop {
            let buffer = self.inner.fill_buf()?;
            if buffer.is_empty() {
                return Err(damaged("it ends before its directory"));
            }
            let mut used = 0;
            let mut found = None;
            for byte in buffer {
                last.rotate_left(1);
                last[3] = *byte;
                used += 1;
                found = match &last {
                    b"PK\x03\x04" => Some(Mark::Member),
                    b"PK\x01\x02" | b"PK\x05\x06" | b"PK\x06\x06" => Some(Mark::Directory),
                    _ => continue,
                };
                break;
            }
            self.inner.consume(used);
            read += used as u64;
            if let Some(mark) = found {
                return Ok((mark, read - 4));
            }
        }
    }

    fn header(&mut self) -> io::Result<Header> {
        let mut bytes = [0; 26];
        self.exact(&mut bytes)?;
        let [_, _, f0, f1, m0, m1, _, _, _, _, c0, c1, c2, c3, rest @ ..] = bytes;
        let [p0, p1, p2, p3, u0, u1, u2, u3, n0, n1, x0, x1] = rest;
        Ok(Header {
            flags: u16::from_le_bytes([f0, f1]),
            method: u16::from_le_bytes([m0, m1]),
            crc: u32::from_le_bytes([c0, c1, c2, c3]),
            packed: u32::from_le_bytes([p0, p1, p2, p3]).into(),
            unpacked: u32::from_le_bytes([u0, u1, u2, u3]).into(),
            name: u16::from_le_bytes([n0, n1]),
            extra: u16::from_le_bytes([x0, x1]),
        })
    }

    fn begin(&mut self, header: &Header) -> io::Result<Member> {
        let mut bytes = vec![0; header.name.into()];
        self.exact(&mut bytes)?;
        let mut extra = vec![0; header.extra.into()];
        self.exact(&mut extra)?;
        let packed = wide_length(header, &extra);
        // The length stands behind the content, unless the writer knew it all the same.
        let later = header.flags & 8 != 0;
        let sized = !later || packed > 0;
        self.entry = Entry {
            method: header.method,
            crc: (!later).then_some(header.crc),
            left: if sized { packed } else { u64::MAX },
            sized,
        };
        let closed = if header.flags & 1 != 0 {
            Some("it is encrypted".to_owned())
        } else if !matches!(header.method, 0 | 8 | 12 | 93 | 95) {
            Some(format!("compression method {} is not known", header.method))
        } else if header.method == 0 && !sized {
            Some("its length is not known".to_owned())
        } else {
            None
        };
        let name = name(&bytes);
        Ok(Member {
            name,
            closed,
            gap: 0,
        })
    }

    fn exact(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        match self.inner.read_exact(bytes) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(damaged("it ends within a header"))
            }
            other => other,
        }
    }
}

impl<R: BufRead + Send> Zip<R> {
    /// The content of the present member, unpacked.
    ///
    /// # Errors
    ///
    /// If no decoder can be made.
    pub fn content<'a>(&'a mut self, budget: &'a Budget) -> io::Result<Box<dyn Read + Send + 'a>> {
        let Entry { method, crc, .. } = self.entry;
        let packed = Packed(self);
        fn checked<'a>(
            inner: impl Read + Send + 'a,
            crc: Option<u32>,
            budget: &'a Budget,
        ) -> Box<dyn Read + Send + 'a> {
            let checked = Checked {
                inner,
                wanted: crc,
                crc: Crc::new(),
            };
            Box::new(Bounded::new(checked, "zip", budget))
        }
        Ok(match method {
            8 => checked(DeflateDecoder::new(packed), crc, budget),
            12 => checked(BzDecoder::new(packed), crc, budget),
            93 => checked(zstd(packed)?.single_frame(), crc, budget),
            95 => checked(
                XzReader::new_mem_limit(packed, false, XZ_MEMORY),
                crc,
                budget,
            ),
            _ => checked(packed, crc, budget),
        })
    }
}

/// The packed length of a member; that of a large one stands in a field of its own.
fn wide_length(header: &Header, mut extra: &[u8]) -> u64 {
    const WIDE: u64 = u32::MAX as u64;
    if header.packed != WIDE {
        return header.packed;
    }
    while let [i0, i1, l0, l1, rest @ ..] = extra {
        let length = usize::from(u16::from_le_bytes([*l0, *l1]));
        let field = rest.get(..length).unwrap_or(rest);
        if u16::from_le_bytes([*i0, *i1]) == 1 {
            let words = field.as_chunks::<8>().0;
            let at = usize::from(header.unpacked == WIDE);
            return words.get(at).map_or(WIDE, |word| u64::from_le_bytes(*word));
        }
        extra = rest.get(length..).unwrap_or_default();
    }
    WIDE
}

fn damaged(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("zip: {message}"))
}

/// The packed bytes of the present member.
struct Packed<'z, R>(&'z mut Zip<R>);

impl<R: BufRead> BufRead for Packed<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let left = usize::try_from(self.0.entry.left).unwrap_or(usize::MAX);
        if left == 0 {
            return Ok(&[]);
        }
        let buffer = self.0.inner.fill_buf()?;
        if buffer.is_empty() {
            self.0.entry.left = 0;
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "it ends within a file",
            ));
        }
        Ok(buffer.get(..left.min(buffer.len())).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        if self.0.entry.sized {
            self.0.entry.left = self.0.entry.left.saturating_sub(amount as u64);
        }
        self.0.inner.consume(amount);
    }
}

impl<R: BufRead> Read for Packed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

/// Compares the checksum at the end.
struct Checked<R> {
    inner: R,
    wanted: Option<u32>,
    crc: Crc,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let Some(wanted) = self.wanted else {
            return Ok(read);
        };
        self.crc.update(buffer.get(..read).unwrap_or_default());
        if read == 0 && !buffer.is_empty() && self.crc.sum() != wanted {
            let message = "the checksum of a file is wrong";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// A member: header, content, and what stands behind.
    fn member(name: &str, text: &[u8], method: u16, later: bool) -> Vec<u8> {
        let packed = match method {
            8 => {
                let mut encoder =
                    flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            93 => ::zstd::encode_all(text, 1).unwrap(),
            _ => text.to_vec(),
        };
        let mut crc = Crc::new();
        crc.update(text);
        let mut sums = crc.sum().to_le_bytes().to_vec();
        for length in [packed.len(), text.len()] {
            sums.extend(u32::try_from(length).unwrap().to_le_bytes());
        }
        let mut out = b"PK\x03\x04\x14\0".to_vec();
        out.extend([if later { 8 } else { 0 }, 0]);
        out.extend(method.to_le_bytes());
        out.extend([0; 4]);
        out.extend(if later { vec![0; 12] } else { sums.clone() });
        out.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        out.extend([0, 0]);
        out.extend(name.bytes());
        out.extend(packed);
        if later {
            out.extend(b"PK\x07\x08");
            out.extend(sums);
        }
        out
    }

    fn read(bytes: &[u8]) -> Vec<(String, Result<String, String>)> {
        let budget = Budget::default();
        let mut zip = Zip::new(bytes);
        let mut out = Vec::new();
        loop {
            let member = match zip.next_member() {
                Ok(Some(member)) => member,
                Ok(None) => return out,
                Err(error) => {
                    out.push(("!".to_owned(), Err(error.to_string())));
                    return out;
                }
            };
            let content = match member.closed {
                Some(why) => Err(why),
                None => {
                    let mut text = String::new();
                    let mut content = zip.content(&budget).unwrap();
                    let read = content.read_to_string(&mut text);
                    read.map(|_| text).map_err(|error| error.to_string())
                }
            };
            out.push((member.name, content));
        }
    }

    fn ok(name: &str, text: &str) -> (String, Result<String, String>) {
        (name.to_owned(), Ok(text.to_owned()))
    }

    #[test]
    fn members_of_all_kinds() {
        let bytes = [
            member("a.txt", b"stored", 0, false),
            member("d/b.txt", b"deflated", 8, false),
            member("c.txt", b"streamed", 8, true),
            member("z.txt", b"zstd", 93, false),
            member("d/", b"", 0, false),
            b"PK\x01\x02 directory".to_vec(),
        ]
        .concat();
        assert_eq!(
            read(&bytes),
            [
                ok("a.txt", "stored"),
                ok("d/b.txt", "deflated"),
                ok("c.txt", "streamed"),
                ok("z.txt", "zstd"),
                ok("d/", "")
            ]
        );
    }

    #[test]
    fn closed_and_damaged_members_leave_the_rest() {
        let mut secret = member("secret", b"xyz", 0, false);
        secret[6] = 1;
        let odd = member("odd", b"xyz", 14, false);
        let mut wrong = member("wrong", b"text", 8, false);
        let last = wrong.len() - 2;
        wrong[last] ^= 0x40;
        let fine = member("fine", b"text", 8, true);
        let end = b"PK\x05\x06".to_vec();
        let found = read(&[secret, odd, wrong, fine, end].concat());
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["secret", "odd", "wrong", "fine"]);
        assert_eq!(found[0].1, Err("it is encrypted".to_owned()));
        assert!(found[1].1.is_err() && found[2].1.is_err());
        assert_eq!(found[3], ok("fine", "text"));
    }

    #[test]
    fn a_cut_archive_is_an_error() {
        let bytes = [
            member("a", b"one", 8, false),
            member("b", b"two two", 0, false),
        ]
        .concat();
        for cut in 5..bytes.len() {
            let found = read(&bytes[..cut]);
            assert!(found.iter().any(|(_, text)| text.is_err()), "{cut}");
        }
    }

    #[test]
    fn bytes_between_members_are_noted() {
        let bytes = [
            member("a", b"one", 0, false),
            vec![b'?'; 100],
            member("b", b"two", 0, false),
            b"PK\x01\x02".to_vec(),
        ]
        .concat();
        assert_eq!(read(&bytes), [ok("a", "one"), ok("b", "two")]);
        let mut zip = Zip::new(&bytes[..]);
        zip.next_member().unwrap();
        assert_eq!(zip.next_member().unwrap().unwrap().gap, 100 - DESCRIPTOR);
    }

    #[test]
    fn large_members_have_a_wide_length() {
        let header = |packed, unpacked| Header {
            flags: 0,
            method: 0,
            crc: 0,
            packed,
            unpacked,
            name: 0,
            extra: 0,
        };
        let mut extra = vec![9, 9, 1, 0, 7, 1, 0, 16, 0];
        extra.extend(5_000_000_000_u64.to_le_bytes());
        extra.extend(4_000_000_000_u64.to_le_bytes());
        let wide = u64::from(u32::MAX);
        assert_eq!(wide_length(&header(wide, wide), &extra), 4_000_000_000);
        assert_eq!(wide_length(&header(wide, 5), &extra), 5_000_000_000);
        assert_eq!(wide_length(&header(7, 5), &extra), 7);
        assert_eq!(wide_length(&header(wide, wide), &[1, 0]), wide);
    }
}
