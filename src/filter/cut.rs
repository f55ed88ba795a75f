//! What a copy leaves out, and what it writes in its place.

use crate::source::Encoding;

/// How long marks are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marking {
    /// As long as they need to be.
    Free,
    /// As long as what they replace, since other bytes know the places of those that follow.
    Fitting,
}

/// Bytes that are cut out.
#[derive(Clone)]
pub(super) struct Cut {
    pub(super) start: u64,
    pub(super) end: u64,
    /// How well the rule that found them knows what they are.
    pub(super) weight: (bool, u64),
    /// How they are written.
    pub(super) encoding: Encoding,
    /// What takes their place, if they are the first piece of their credential.
    pub(super) mark: Option<String>,
}

/// Makes one of cuts that lie over each other.
pub(super) fn merge(cuts: Vec<Cut>) -> Vec<Cut> {
    let mut regions: Vec<Cut> = Vec::new();
    for cut in cuts {
        match regions.last_mut() {
            Some(last) if cut.start < last.end => {
                last.end = last.end.max(cut.end);
                if cut.mark.is_some() && (last.mark.is_none() || cut.weight > last.weight) {
                    last.mark = cut.mark;
                    last.weight = cut.weight;
                }
            }
            _ => regions.push(cut),
        }
    }
    regions
}

impl Cut {
    /// What takes the place of the bytes.
    pub(super) fn written(&self, marking: Marking) -> Vec<u8> {
        let mut mark = written(self.mark.as_deref().unwrap_or_default(), self.encoding);
        if marking == Marking::Fitting {
            let length = usize::try_from(self.end - self.start).unwrap_or(usize::MAX);
            if mark.len() > length {
                mark.clear();
            }
            let rest = length - mark.len();
            mark.extend(written("*", self.encoding).iter().cycle().take(rest));
        }
        mark
    }
}

/// A mark in an encoding.
fn written(mark: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 => mark.as_bytes().to_vec(),
        Encoding::Utf16Le => mark.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => mark.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    }
}

/// The encoding of a credential, which is ASCII.
pub(super) fn encoding(credential: &[u8]) -> Encoding {
    match credential {
        [0, _, ..] => Encoding::Utf16Be,
        [_, 0, ..] => Encoding::Utf16Le,
        _ => Encoding::Utf8,
    }
}
