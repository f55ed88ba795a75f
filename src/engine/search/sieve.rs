//! A search for any number of texts in one pass: a sieve of pairs of bytes, looked at two by two.
//!
//! Of each text, two pairs of bytes that follow each other are put into a table, from a place in it and from the
//! next. One of these begins at an even place of what is searched, wherever the text stands; so every other
//! place need not be looked at. The texts are dealt to groups: the sieve lets through where two pairs follow each
//! other of which texts of one group have one as their first and one as their second. What it lets through is
//! compared with the texts that it may be.

use std::ops::ControlFlow;

use super::groups::{self, GROUPS, Table};
use crate::model::Bigrams;
use crate::span::Span;

/// The shortest text that can be looked for, in bytes.
pub(super) const SHORTEST: usize = 4;

/// How far into its text the bytes that are looked for may begin.
const FARTHEST: usize = 24;

/// Every which place is looked at.
const STEP: usize = size_of::<u16>();

/// How many bytes are looked at together, so that a branch is taken for all of them.
const BLOCK: usize = 32;

/// How many bytes are looked at from each place.
const LOOKED_AT: usize = 2 * STEP;

const LOOKED_BITS: usize = LOOKED_AT * u8::BITS as usize;

/// How many bits tell which windows may stand at a place that was let through.
const BUCKET_BITS: u32 = 10;

const BUCKETS: usize = 1 << BUCKET_BITS;

/// A search for texts of at least [`SHORTEST`] bytes.
#[derive(Debug)]
pub(super) struct Sieve {
    table: Box<Table>,
    /// The windows, by bucket.
    windows: Vec<Window>,
    /// Where those of each bucket begin and, with the next, end.
    buckets: Box<[usize; BUCKETS + 1]>,
    texts: Vec<Box<[u8]>>,
    /// The farthest that a window begins into its text, in bytes.
    farthest: usize,
}

/// What of a text is looked for.
#[derive(Clone, Debug)]
struct Window {
    /// The bytes, as a number, and which bits of it count: beyond the text, any byte may follow.
    word: u32,
    mask: u32,
    /// The place of the text.
    text: usize,
    /// How far into the text it begins, in bytes.
    offset: usize,
}

impl Sieve {
    /// Builds the search, for texts with bytes as these.
    pub(super) fn new(texts: &[&[u8]], bigrams: &Bigrams) -> Self {
        let texts: Vec<Box<[u8]>> = texts.iter().map(|text| (*text).into()).collect();
        let each = texts.iter().enumerate();
        let windows = each.flat_map(|(place, text)| {
            let best = rarest(text, bigrams);
            (best..best + STEP).map(move |offset| Window::new(text, place, offset))
        });
        let mut windows: Vec<Window> = windows.collect();
        windows.sort_by_key(|window| bucket(window.word));
        let mut buckets = Box::new([0; BUCKETS + 1]);
        for (at, first) in buckets.iter_mut().enumerate() {
            *first = windows.partition_point(|window| bucket(window.word) < at);
        }
        Self {
            table: groups::deal(windows.iter().map(Window::bytes), bigrams),
            farthest: windows
                .iter()
                .map(|window| window.offset)
                .max()
                .unwrap_or(0),
            windows,
            buckets,
            texts,
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
            if !self.lets_through(frame) {
                continue;
            }
            for (place, word) in (0..BLOCK)
                .step_by(STEP)
                .map(|place| (place, word(frame, place)))
            {
                if self.groups(word) != 0 {
                    self.compare(bytes, (at + place, word), &range, &mut found)?;
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Whether any place of a block is let through.
    #[inline]
    fn lets_through(&self, frame: &Frame) -> bool {
        let (words, last) = frame.as_chunks();
        let mut passed = 0;
        let mut before = 0;
        for word in words {
            let word = u64::from_le_bytes(*word);
            for at in 0..u64::BITS / u16::BITS {
                #[expect(clippy::cast_possible_truncation, reason = "a pair is cut out")]
                let pair = self.table[usize::from((word >> (u16::BITS * at)) as u16)];
                passed |= before & pair >> GROUPS;
                before = pair;
            }
        }
        let last = last.first_chunk().copied().unwrap_or_default();
        passed |= before & self.table[usize::from(u16::from_le_bytes(last))] >> GROUPS;
        passed != 0
    }

    /// The groups of which a window may stand at a place, as bits.
    fn groups(&self, word: u32) -> u32 {
        let [first, second] = pairs(word);
        self.table[usize::from(first)] & self.table[usize::from(second)] >> GROUPS
    }

    /// Compares what stands around a place that was let through.
    fn compare(
        &self,
        bytes: &[u8],
        (place, word): (usize, u32),
        range: &Span,
        found: &mut impl FnMut(usize, usize) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let bucket = bucket(word);
        let windows = self
            .windows
            .get(self.buckets[bucket]..self.buckets[bucket + 1]);
        for window in windows.unwrap_or_default() {
            if word & window.mask != window.word {
                continue;
            }
            let Some(start) = place.checked_sub(window.offset) else {
                continue;
            };
            let behind = bytes.get(start..).unwrap_or_default();
            let text = self.texts.get(window.text);
            if range.contains(&start) && text.is_some_and(|text| behind.starts_with(text)) {
                found(start, window.text)?;
            }
        }
        ControlFlow::Continue(())
    }
}

impl Window {
    fn new(text: &[u8], place: usize, offset: usize) -> Self {
        let bytes = text.get(offset..).unwrap_or_default();
        let mask = match u8::BITS as usize * bytes.len() {
            bits @ 0..LOOKED_BITS => (1 << bits) - 1,
            _ => u32::MAX,
        };
        Self {
            word: u32::from_le_bytes(filled_up(bytes)),
            mask,
            text: place,
            offset,
        }
    }

    /// Its bytes, and whether it has all of them.
    fn bytes(&self) -> (groups::Bytes, bool) {
        (self.word.to_le_bytes(), self.mask == u32::MAX)
    }
}

/// A block, and the bytes that are looked at from its last place.
type Frame = [u8; BLOCK - STEP + LOOKED_AT];

/// The bytes from a place of a block.
fn word(frame: &Frame, place: usize) -> u32 {
    frame
        .get(place..)
        .and_then(<[u8]>::first_chunk)
        .copied()
        .map_or(0, u32::from_le_bytes)
}

/// The two pairs of a word.
fn pairs(word: u32) -> [u16; 2] {
    let [a, b, c, d] = word.to_le_bytes();
    [u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])]
}

/// The bucket of the windows whose first pair is that of a word.
fn bucket(word: u32) -> usize {
    let [first, _] = pairs(word);
    // Multiplied by a large odd number, the highest bits depend on all.
    usize::from(first.wrapping_mul(0x9E37) >> (u16::BITS - BUCKET_BITS))
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
