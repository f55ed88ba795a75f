//! The directory at the end of an archive: whether it names what is there.

use std::collections::BTreeMap;
use std::io;

use super::damaged;
use super::header::{WIDE, wide_field};

/// The length of an entry before its name, in bytes.
const ENTRY: usize = 46;

/// The length of the last record before its comment, in bytes.
pub(super) const END: usize = 22;

/// The length of the record that a large archive has before that, in bytes.
pub(super) const RECORD: usize = 56;

/// What was found of an archive, and what its directory says of it. Places count from the beginning of
/// the stream; those that a directory names do so if nothing was put before the archive.
#[derive(Debug, Default)]
pub(super) struct Directory {
    /// The members that were found: the places of their headers, and how they are packed.
    found: BTreeMap<u64, u16>,
    /// What the entries that were read last say, one behind the other.
    named: Vec<(u64, u16)>,
    /// Where the first of them stands, and where the next would.
    entries: Option<(u64, u64)>,
    /// Where the directory of a large archive begins, as it says.
    wide_start: Option<u64>,
    /// Where the last archive ends.
    seam: Option<u64>,
    /// Whether any archive came to its end.
    ended: bool,
    /// How many entries name what was not found.
    missing: u64,
}

impl Directory {
    /// Takes note of a member.
    pub(super) fn found(&mut self, at: u64, method: u16) {
        self.found.insert(at, method);
    }

    /// The place of the first member.
    pub(super) fn first(&self) -> Option<u64> {
        self.found.keys().next().copied()
    }

    /// Takes note of an entry. Returns how much of it must be seen, if that is more than there is.
    pub(super) fn entry(&mut self, at: u64, bytes: &[u8]) -> Option<usize> {
        let fixed = bytes.get(..ENTRY)?;
        let lengths = [28, 30, 32].map(|at| usize::from(short(fixed, at)));
        let [name, extra, comment] = lengths;
        let next = at + (ENTRY + name + extra + comment) as u64;
        let mut offset = long(fixed, 42);
        if offset == WIDE {
            let whole = ENTRY + name + extra;
            let Some(extra) = bytes.get(ENTRY + name..whole) else {
                return Some(whole);
            };
            let before = [24, 20].map(|at| usize::from(long(fixed, at) == WIDE));
            let words = wide_field(extra).unwrap_or_default().as_chunks::<8>().0;
            let word = words.get(before.into_iter().sum::<usize>());
            offset = word.map_or(WIDE, |word| u64::from_le_bytes(*word));
        }
        match &mut self.entries {
            // A name may look like an entry.
            Some((_, behind)) if at < *behind && self.named.len() > 1 => return None,
            Some((_, behind)) if at == *behind => *behind = next,
            _ => {
                self.named.clear();
                self.entries = Some((at, next));
            }
        }
        self.named.push((offset, short(fixed, 10)));
        None
    }

    /// Takes note of the record of a large archive.
    pub(super) fn record(&mut self, bytes: &[u8]) {
        let start = bytes.get(48..RECORD).and_then(<[u8]>::first_chunk);
        self.wide_start = start.map(|start| u64::from_le_bytes(*start));
    }

    /// Takes note of the last record of an archive.
    pub(super) fn end(&mut self, at: u64, bytes: &[u8]) {
        let Some(fixed) = bytes.get(..END) else {
            return;
        };
        self.ended = true;
        self.seam = Some(at + END as u64 + u64::from(short(fixed, 20)));
        let mut start = long(fixed, 16);
        if start == WIDE {
            start = self.wide_start.unwrap_or(WIDE);
        }
        if let Some((first, _)) = self.entries.take() {
            // What was put before the archive moved all of it.
            let moved = first.wrapping_sub(start);
            let named = std::mem::take(&mut self.named).into_iter();
            let missing = named.filter(|(offset, method)| {
                self.found.get(&offset.wrapping_add(moved)) != Some(method)
            });
            self.missing += missing.count() as u64;
        }
    }

    /// How far from a place the last archive ends, if it does not end before.
    pub(super) fn seam(&self, at: u64) -> Option<usize> {
        let far = self.seam?.checked_sub(at)?;
        usize::try_from(far).ok()
    }

    /// Goes on behind the last archive.
    pub(super) fn pass_seam(&mut self) {
        self.seam = None;
    }

    /// Fails if members were found and no end of an archive, or if a directory names others.
    pub(super) fn check(&self) -> io::Result<()> {
        if !self.ended && !self.found.is_empty() {
            return Err(damaged("it ends before its directory"));
        }
        match self.missing {
            0 => Ok(()),
            number => Err(damaged(&format!(
                "its directory names {number} files that are not where it says: not scanned"
            ))),
        }
    }
}

fn short(bytes: &[u8], at: usize) -> u16 {
    let word = bytes.get(at..).and_then(<[u8]>::first_chunk);
    word.map_or(0, |word| u16::from_le_bytes(*word))
}

fn long(bytes: &[u8], at: usize) -> u64 {
    let word = bytes.get(at..).and_then(<[u8]>::first_chunk);
    word.map_or(0, |word| u32::from_le_bytes(*word)).into()
}
