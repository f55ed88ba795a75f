//! A search for any number of texts in one pass: a sieve of three or four bytes, looked at two by two.
//!
//! Of each text, three or four bytes from two places that follow each other are put into a table. One of both
//! begins at an even place of what is searched, wherever the text stands; so every other place need not be
//! looked at. What the table lets through is compared with the texts that it may be.

use std::ops::ControlFlow;

use crate::model::Bigrams;
use crate::span::Span;

/// The shortest text that can be looked for, in bytes.
pub(super) const SHORTEST: usize = 4;

/// How far into its text the bytes that are looked for may begin.
const FARTHEST: usize = 24;

/// How many bits tell what three bytes are: enough for few to share a place in the table, which still stays in
/// the cache.
const BITS: u32 = 16;

const SLOTS: usize = 1 << BITS;

/// Every which place is looked at.
const STEP: usize = 2;

/// How many bytes are looked at together, so that a branch is taken for all of them.
const BLOCK: usize = 32;

/// How many bytes are looked at from each place.
const LOOKED_AT: usize = 4;

/// Of each byte, its kind as a bit. A table is faster than a shift.
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < kinds.len() {
        kinds[byte] = 1 << (byte % 8);
        byte += 1;
    }
    kinds
};

/// A search for texts of at least [`SHORTEST`] bytes.
#[derive(Debug)]
pub(super) struct Sieve {
    /// For three bytes, which kinds of a fourth may follow, as bits.
    masks: Box<[u8; SLOTS]>,
    /// Where texts may begin, in the order of their slots.
    entries: Vec<Entry>,
    texts: Vec<Box<[u8]>>,
    /// The farthest that what is looked for begins into its text, in bytes.
    farthest: usize,
}

/// Where a text may begin, if a place is let through.
#[derive(Debug)]
struct Entry {
    /// The place of the three bytes in the table.
    slot: usize,
    text: usize,
    /// How far into the text the place is, in bytes.
    offset: usize,
}

impl Sieve {
    /// Builds the search, for texts with bytes as these.
    pub(super) fn new(texts: &[&[u8]], bigrams: &Bigrams) -> Self {
        let texts: Vec<Box<[u8]>> = texts.iter().map(|text| (*text).into()).collect();
        let mut masks = vec![0; SLOTS];
        let mut entries = Vec::new();
        let mut farthest = 0;
        for (place, text) in texts.iter().enumerate() {
            let best = rarest(text, bigrams);
            for offset in best..best + STEP {
                let bytes = text.get(offset..).unwrap_or_default();
                let Seen { slot, fourth } = Seen::of(filled_up(bytes));
                if let Some(mask) = masks.get_mut(slot) {
                    // Beyond the text, any byte may follow.
                    *mask |= match bytes.len() {
                        0..LOOKED_AT => u8::MAX,
                        _ => fourth,
                    };
                }
                farthest = farthest.max(offset);
                entries.push(Entry {
                    slot,
                    text: place,
                    offset,
                });
            }
        }
        entries.sort_by_key(|entry| entry.slot);
        Self {
            masks: masks.try_into().unwrap_or_else(|_| Box::new([0; SLOTS])),
            entries,
            texts,
            farthest,
        }
    }

    /// Calls back for every text that starts within `range`, with its start and its place among the texts: in
    /// order for each, but not for all. A break ends the search.
    pub(super) fn find(
        &self,
        bytes: &[u8],
        range: Span,
        mut found: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let end = range.end.saturating_add(self.farthest).min(bytes.len());
        for at in (range.start..end).step_by(BLOCK) {
            let rest = bytes.get(at..).unwrap_or_default();
            let padded: Frame;
            let frame = match rest.first_chunk() {
                Some(frame) => frame,
                None => {
                    padded = filled_up(rest);
                    &padded
                }
            };
            // Nearly all blocks are done with this.
            let mut passed = 0;
            for place in 0..BLOCK / STEP {
                passed |= self.passes(Seen::at(frame, STEP * place));
            }
            if passed == 0 {
                continue;
            }
            for place in (0..BLOCK).step_by(STEP) {
                let seen = Seen::at(frame, place);
                if self.passes(seen) != 0 {
                    self.compare(bytes, (at + place, seen.slot), &range, &mut found)?;
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// The bits that say that a place is let through.
    #[inline]
    fn passes(&self, seen: Seen) -> u8 {
        self.masks[seen.slot] & seen.fourth
    }

    /// Compares what stands around a place that was let through.
    fn compare(
        &self,
        bytes: &[u8],
        (place, slot): (usize, usize),
        range: &Span,
        found: &mut impl FnMut(usize, usize) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let from = self.entries.partition_point(|entry| entry.slot < slot);
        let entries = self.entries.iter().skip(from);
        for entry in entries.take_while(|entry| entry.slot == slot) {
            let Some(start) = place.checked_sub(entry.offset) else {
                continue;
            };
            let behind = bytes.get(start..).unwrap_or_default();
            let text = self.texts.get(entry.text);
            if range.contains(&start) && text.is_some_and(|text| behind.starts_with(text)) {
                found(start, entry.text)?;
            }
        }
        ControlFlow::Continue(())
    }
}

/// A block, and the bytes that are looked at from its last place.
type Frame = [u8; BLOCK - STEP + LOOKED_AT];

/// What is looked at from a place.
#[derive(Clone, Copy)]
struct Seen {
    /// The place of three bytes in the table, which others may share.
    slot: usize,
    /// The kind of the fourth, as a bit.
    fourth: u8,
}

impl Seen {
    #[inline]
    fn of(bytes: [u8; LOOKED_AT]) -> Self {
        let word = u32::from_le_bytes(bytes);
        // Multiplied by a large odd number, the highest bits depend on all of the three bytes.
        let slot = (word << u8::BITS).wrapping_mul(0x9E37_79B1) >> (u32::BITS - BITS);
        Self {
            slot: slot as usize,
            fourth: KINDS[usize::from(bytes[LOOKED_AT - 1])],
        }
    }

    /// What is looked at from a place of a block.
    #[inline]
    fn at(frame: &Frame, at: usize) -> Self {
        Self::of([frame[at], frame[at + 1], frame[at + 2], frame[at + 3]])
    }
}

/// A text with zeros behind it.
fn filled_up<const LENGTH: usize>(text: &[u8]) -> [u8; LENGTH] {
    let mut filled = [0; LENGTH];
    for (to, from) in filled.iter_mut().zip(text) {
        *to = *from;
    }
    filled
}

/// Where in a text the bytes begin that are rarest together with those that begin one further.
fn rarest(text: &[u8], bigrams: &Bigrams) -> usize {
    let last = text.len().saturating_sub(LOOKED_AT + 1).min(FARTHEST);
    let shares: Vec<f64> = (0..last + STEP)
        .filter_map(|offset| text.get(offset..text.len().min(offset + LOOKED_AT)))
        .map(|bytes| bigrams.share(bytes))
        .collect();
    let both = shares
        .windows(STEP)
        .map(|shares| shares.iter().sum::<f64>());
    let best = both.enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b));
    best.map_or(0, |(offset, _)| offset)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    /// Letters of which few texts are made, so that they stand in each other.
    fn text(length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
        vec(select(b"ab_\0".to_vec()), length)
    }

    proptest! {
        #[test]
        fn what_stands_in_a_text_is_found_once_wherever_it_stands(
            texts in vec(text(SHORTEST..9), 1..9),
            bytes in text(0..300),
            (from, to) in (0..300_usize, 0..300_usize),
        ) {
            let range = from.min(to)..from.max(to);
            let sought: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
            let mut found = Vec::new();
            let _ended = Sieve::new(&sought, &Bigrams::default()).find(&bytes, range.clone(), |at, place| {
                found.push((at, place));
                ControlFlow::Continue(())
            });
            found.sort_unstable();
            let expected: Vec<(usize, usize)> = range
                .flat_map(|at| (0..texts.len()).map(move |place| (at, place)))
                .filter(|(at, place)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(&texts[*place])))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
