//! Looking for the headers of members.

use std::io::{self, BufRead as _};

use memchr::memmem;

use super::directory::{Directory, END, RECORD};
use super::header::begins;
use crate::decode::source::Source;
use crate::decode::{Archive, HEAD, Packing, sniff};

/// How far before the end of a file the last record of its directory may stand, in bytes: it has a
/// comment.
const TAIL: usize = END + u16::MAX as usize;

/// How much of a header or a record has to be seen to know it, in bytes.
const SHOWN: usize = RECORD;

/// Whether a file ends as a zip archive does.
#[must_use]
pub(crate) fn ends_with_zip(bytes: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(TAIL)..);
    let tail = tail.unwrap_or_default();
    // Every file is asked, and text has no zeros.
    memchr::memchr(0, tail).is_some() && end_of_zip(tail).is_some()
}

/// Where the last zip archive in some bytes ends.
#[must_use]
pub(crate) fn end_of_zip(bytes: &[u8]) -> Option<usize> {
    memmem::rfind_iter(bytes, b"PK\x05\x06").find_map(|at| {
        let record = bytes.get(at..at + END).unwrap_or_default();
        let comment = u16::from_le_bytes(*record.last_chunk::<2>()?);
        Some(at + END + usize::from(comment)).filter(|end| *end <= bytes.len())
    })
}

/// Whether a zip archive begins somewhere in these bytes.
pub(in crate::decode) fn zip_within(bytes: &[u8]) -> bool {
    memmem::find_iter(bytes, b"PK\x03\x04").any(|at| begins(bytes.get(at..).unwrap_or_default()))
}

/// What stands next in a stream.
enum Next {
    /// Nothing of interest in so many bytes.
    Nothing(usize),
    /// Behind so many bytes, the header of a member.
    Header(usize),
    /// Behind so many bytes, a record, of which so many have to be seen.
    Longer(usize, usize),
}

/// Reads on to the next header of a member, past all else. False at the end, which is also where an
/// archive of another kind follows.
pub(super) fn next_header(source: &mut Source<'_>, directory: &mut Directory) -> io::Result<bool> {
    let mut shown = SHOWN;
    loop {
        let is_last = source.peek(shown).len() < shown;
        let start = source.at();
        let bytes = source.fill_buf()?;
        if bytes.is_empty() {
            return Ok(false);
        }
        // Where one archive ended, one of another kind may begin.
        let seam = directory.seam(start);
        if seam == Some(0) {
            if is_other(source.peek(HEAD)) {
                return Ok(false);
            }
            directory.pass_seam();
            continue;
        }
        let limit = if is_last {
            bytes.len()
        } else {
            bytes.len() - (shown - 1)
        };
        let limit = limit.min(seam.unwrap_or(limit));
        let next = look(bytes, limit, is_last, (start, &mut *directory));
        shown = SHOWN;
        match next {
            Next::Nothing(used) => source.consume(used),
            Next::Header(used) => {
                source.consume(used);
                return Ok(true);
            }
            Next::Longer(used, length) => {
                source.consume(used);
                shown = length;
            }
        }
    }
}

fn is_other(head: &[u8]) -> bool {
    !matches!(sniff(head), None | Some(Packing::Archive(Archive::Zip)))
}

/// Looks for what begins in the first bytes of some. `is_last` is whether no more follow.
fn look(
    bytes: &[u8],
    limit: usize,
    is_last: bool,
    (start, directory): (u64, &mut Directory),
) -> Next {
    for at in memmem::find_iter(bytes, b"PK").take_while(|at| *at < limit) {
        let here = bytes.get(at..).unwrap_or_default();
        let place = start + at as u64;
        match here {
            [_, _, 3, 4, ..] if begins(here) => return Next::Header(at),
            [_, _, 1, 2, ..] => match directory.entry(place, here) {
                Some(length) if !is_last => return Next::Longer(at, length),
                _ => {}
            },
            [_, _, 6, 6, ..] => directory.record(here),
            [_, _, 5, 6, ..] => {
                directory.end(place, here);
                // A seam may be nearer than the limit now.
                return Next::Nothing(at + 4);
            }
            _ => {}
        }
    }
    Next::Nothing(limit)
}
