//! Which new file is an old one that moved, so that not all of its lines count as new.

use std::collections::HashMap;

use bstr::BString;
use gix::hash::ObjectId;

use super::{Change, Reader};

/// The most pairs of a new and a vanished file that are compared.
const PAIRS: usize = 10_000;

/// The largest file that is compared, in bytes.
const COMPARED: usize = 1 << 20;

/// The share of its lines, in percent of bytes, that a moved file keeps. It is that of Git.
const ALIKE: usize = 50;

/// Gives each change that has no base the vanished file that it was, if there is one. What moved as
/// it was is no change.
pub(super) fn pair(reader: &Reader, changes: &mut Vec<Change>, vanished: &[(BString, ObjectId)]) {
    if vanished.is_empty() {
        return;
    }
    let moved: HashMap<ObjectId, ()> = vanished.iter().map(|(_, id)| (*id, ())).collect();
    changes.retain(|change| !change.bases.is_empty() || !moved.contains_key(&change.blob));
    let new = changes.iter_mut().filter(|change| change.bases.is_empty());
    let mut new: Vec<&mut Change> = new.collect();
    if new.is_empty() || new.len().saturating_mul(vanished.len()) > PAIRS {
        return;
    }
    let old: Vec<(ObjectId, Lines)> = vanished
        .iter()
        .filter_map(|(_, id)| Some((*id, Lines::read(reader, *id)?)))
        .collect();
    for change in &mut new {
        let Some(lines) = Lines::read(reader, change.blob) else {
            continue;
        };
        let likeness = old.iter().map(|(id, old)| (lines.shared_with(old), *id));
        if let Some((percent, id)) = likeness.max_by_key(|(percent, _)| *percent)
            && percent >= ALIKE
        {
            change.bases.push(id);
        }
    }
}

/// How many bytes of which lines a file has.
struct Lines {
    bytes: HashMap<Box<[u8]>, usize>,
    total: usize,
}

impl Lines {
    fn read(reader: &Reader, id: ObjectId) -> Option<Self> {
        let header = reader.inner.find_header(id).ok()?;
        if header.size() > COMPARED as u64 {
            return None;
        }
        Some(Self::of(&reader.blob(id).ok()?))
    }

    fn of(text: &[u8]) -> Self {
        let mut bytes: HashMap<Box<[u8]>, usize> = HashMap::new();
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            *bytes.entry(line.into()).or_default() += line.len();
        }
        Self {
            bytes,
            total: text.len(),
        }
    }

    /// The share of bytes, in percent of the larger file, that stand in lines of both.
    fn shared_with(&self, other: &Self) -> usize {
        let shared = self.bytes.iter().map(|(line, count)| {
            let there = other.bytes.get(line).copied().unwrap_or_default();
            there.min(*count)
        });
        let shared: usize = shared.sum();
        (shared * 100)
            .checked_div(self.total.max(other.total))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_is_that_of_lines() {
        let alike =
            |a: &str, b: &str| Lines::of(a.as_bytes()).shared_with(&Lines::of(b.as_bytes()));
        assert_eq!(alike("aa\nbb\n", "aa\nbb\n"), 100);
        assert_eq!(alike("aa\nbb\n", "bb\ncc\n"), 50);
        assert_eq!(alike("aa\naa\n", "aa\ncc\n"), 50);
        assert_eq!(alike("", ""), 0);
    }
}
