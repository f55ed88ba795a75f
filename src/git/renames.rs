//! Which new file is an old one that moved, so that not all of its lines count as new.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use bstr::{BString, ByteSlice as _};
use gix::hash::ObjectId;

use super::{Base, Change, Reader};

/// The most pairs of a new and a vanished file that are compared.
const PAIRS: usize = 10_000;

/// The largest file that is compared, in bytes.
const COMPARED: usize = 1 << 20;

/// The share of its lines, in percent of bytes, that a moved file keeps. It is that of Git.
const ALIKE: usize = 50;

/// Gives changes that have no base the vanished file that they were, if there is one. No vanished file is
/// given twice: of two copies of it, one is new.
pub(super) fn pair(reader: &Reader, changes: &mut [Change], vanished: &[(BString, ObjectId)]) {
    let mut new: Vec<&mut Change> = changes
        .iter_mut()
        .filter(|change| change.bases.is_empty())
        .collect();
    if vanished.is_empty() || new.is_empty() {
        return;
    }
    let mut free: Vec<bool> = vec![true; vanished.len()];
    for keeps_name in [true, false] {
        pair_equal(&mut new, vanished, &mut free, keeps_name);
    }
    new.retain(|change| change.bases.is_empty());
    let rest = vanished.iter().zip(&free).filter(|(_, free)| **free);
    let old: Vec<&(BString, ObjectId)> = rest.map(|(old, _)| old).collect();
    pair_alike(reader, &mut new, &old);
}

/// Pairs what has the same content and, if `keeps_name`, the same name in another folder.
fn pair_equal(
    new: &mut [&mut Change],
    vanished: &[(BString, ObjectId)],
    free: &mut [bool],
    keeps_name: bool,
) {
    let key = |path: &BString, blob: ObjectId| {
        let name = path
            .rsplit_once_str("/")
            .map_or(path.as_slice(), |(_, name)| name);
        (blob, keeps_name.then(|| name.to_owned()))
    };
    let mut old: HashMap<_, Vec<usize>> = HashMap::new();
    for (at, (path, blob)) in vanished.iter().enumerate().rev() {
        if free.get(at) == Some(&true) {
            old.entry(key(path, *blob)).or_default().push(at);
        }
    }
    for change in new.iter_mut().filter(|change| change.bases.is_empty()) {
        let same = old.get_mut(&key(&change.path, change.blob));
        if let Some(at) = same.and_then(Vec::pop)
            && let (Some((path, blob)), Some(free)) = (vanished.get(at), free.get_mut(at))
        {
            *free = false;
            change.bases.push(Base {
                blob: *blob,
                path: Some(path.clone()),
            });
        }
    }
}

/// Pairs what has many lines in common, the most alike first.
fn pair_alike(reader: &Reader, new: &mut [&mut Change], old: &[&(BString, ObjectId)]) {
    if new.len().saturating_mul(old.len()) > PAIRS {
        return;
    }
    let old: Vec<_> = old
        .iter()
        .filter_map(|(path, id)| Some((path, *id, Lines::read(reader, *id)?)))
        .collect();
    let mut pairs = Vec::new();
    for (number, change) in new.iter().enumerate() {
        if let Some(lines) = Lines::read(reader, change.blob) {
            let alike = old
                .iter()
                .map(|(.., old)| lines.shared_with(old))
                .enumerate();
            let alike = alike.filter(|(_, percent)| *percent >= ALIKE);
            pairs.extend(alike.map(|(at, percent)| (Reverse(percent), number, at)));
        }
    }
    pairs.sort_unstable();
    let mut taken = HashSet::new();
    for (_, number, at) in pairs {
        let (Some(change), Some((path, blob, _))) = (new.get_mut(number), old.get(at)) else {
            continue;
        };
        if change.bases.is_empty() && taken.insert(at) {
            change.bases.push(Base {
                blob: *blob,
                path: Some((*path).clone()),
            });
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
