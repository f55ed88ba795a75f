//! The fields of headers that change with a member.

use std::io;

use crate::filter::{Filter, FilterError};

/// The length of a member's header before its name, in bytes.
const HEADER: usize = 30;

/// The flag of a member whose sizes stand behind its content.
const LATER: u8 = 8;

/// What a 32-bit field says if the true value stands in a field of its own.
pub(super) const WIDE: u32 = u32::MAX;

/// The number of the field that holds values too large for the others.
const WIDE_FIELD: u16 = 1;

/// What the headers of a member say of its content.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) unpacked: u64,
}

impl Sizes {
    /// The header of a member with these sizes, and whether they also stand behind its content.
    pub(super) fn header(&self, mut head: Vec<u8>) -> io::Result<(Vec<u8>, bool)> {
        let later = head.get(6).is_some_and(|flags| flags & LATER != 0);
        let unknown = [14, 18, 22].map(|at| number(&head, at)) == [0; 3];
        if !(later && unknown) {
            put(&mut head, 14, self.crc);
            let extra = HEADER + usize::from(short(&head, 26));
            let mut fields = Fields::new(&mut head, extra);
            fields.set(22, self.unpacked)?;
            fields.set(18, self.packed)?;
        }
        Ok((head, later))
    }

    /// What stands behind the content in place of something of the same kind, and what followed it.
    pub(super) fn descriptor(&self, old: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let mut new = Vec::new();
        let mark = old.starts_with(b"PK\x07\x08");
        if mark {
            new.extend(b"PK\x07\x08");
        }
        new.extend(self.crc.to_le_bytes());
        let wide = old.len() >= new.len() + 16;
        for size in [self.packed, self.unpacked] {
            match u32::try_from(size) {
                Ok(size) if !wide => new.extend(size.to_le_bytes()),
                _ => new.extend(size.to_le_bytes()),
            }
        }
        let rest = old.get(new.len()..).unwrap_or_default().to_vec();
        (new, rest)
    }
}

/// The fields of a header, those for large values among them.
pub(super) struct Fields<'h> {
    head: &'h mut [u8],
    /// Where the next large value stands, and where the last one ends.
    wide: std::ops::Range<usize>,
}

impl<'h> Fields<'h> {
    /// The fields of a header whose further fields begin at a place.
    pub(super) fn new(head: &'h mut [u8], extra: usize) -> Self {
        let mut at = extra;
        let mut wide = 0..0;
        while at.saturating_add(4) <= head.len() {
            let length = usize::from(short(head, at + 2));
            if short(head, at) == WIDE_FIELD {
                wide = at + 4..(at + 4 + length).min(head.len());
                break;
            }
            at += 4 + length;
        }
        Self { head, wide }
    }

    /// Changes a value. Large ones stand in the order in which they are to be changed.
    pub(super) fn set(&mut self, at: usize, value: u64) -> io::Result<()> {
        if number(self.head, at) == WIDE && self.wide.len() >= 8 {
            let place = self.wide.start..self.wide.start + 8;
            self.wide.start = place.end;
            if let Some(place) = self.head.get_mut(place) {
                place.copy_from_slice(&value.to_le_bytes());
            }
            return Ok(());
        }
        match u32::try_from(value) {
            Ok(value) if value < WIDE => put(self.head, at, value),
            _ => return Err(io::Error::other("zip: a file has become too large")),
        }
        Ok(())
    }

    /// A value.
    pub(super) fn get(&self, at: usize) -> u32 {
        number(self.head, at)
    }

    /// A large value, if this one stands among those, and is not the next one.
    pub(super) fn wide(&self, at: usize, before: &[usize]) -> u64 {
        let value = number(self.head, at);
        if value != WIDE {
            return value.into();
        }
        let skipped = before.iter().filter(|at| number(self.head, **at) == WIDE);
        let start = self.wide.start + 8 * skipped.count();
        let word = self
            .head
            .get(start..start + 8)
            .filter(|_| start + 8 <= self.wide.end);
        let word = word.and_then(|word| <[u8; 8]>::try_from(word).ok());
        word.map_or(value.into(), u64::from_le_bytes)
    }
}

/// What stands behind the member of a header, without its sizes.
pub(super) fn blank(head: &[u8]) -> Vec<u8> {
    let mut blank = b"PK\x07\x08".to_vec();
    let mut head = head.to_vec();
    let extra = HEADER + usize::from(short(&head, 26));
    let wide = Fields::new(&mut head, extra).wide.len() >= 16;
    blank.resize(if wide { 24 } else { 16 }, 0);
    blank
}

/// A header whose names hold no credential; its lengths stay.
pub(super) fn fitted(filter: &mut Filter<'_>, mut head: Vec<u8>) -> Result<Vec<u8>, FilterError> {
    let names = head.split_off(HEADER.min(head.len()));
    head.extend(filter.fitted(&names)?);
    Ok(head)
}

/// Two bytes as a number.
pub(super) fn short(bytes: &[u8], at: usize) -> u16 {
    let pair = bytes.get(at..at + 2).unwrap_or_default();
    <[u8; 2]>::try_from(pair).map_or(0, u16::from_le_bytes)
}

/// Four bytes as a number.
pub(super) fn number(bytes: &[u8], at: usize) -> u32 {
    let word = bytes.get(at..at + 4).unwrap_or_default();
    <[u8; 4]>::try_from(word).map_or(0, u32::from_le_bytes)
}

/// Writes a number as four bytes.
pub(super) fn put(bytes: &mut [u8], at: usize, value: u32) {
    if let Some(word) = bytes.get_mut(at..at + 4) {
        word.copy_from_slice(&value.to_le_bytes());
    }
}
