//! A search for short texts with vectors (Teddy), at memory speed.

use std::ops::ControlFlow;

use aho_corasick::packed;
use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem;

use crate::span::Span;

/// How many texts one pass looks for. With more than 32, its vectors see half as many bytes at a time
/// and stop in vain so often that two passes are twice as fast as one.
const TOGETHER: usize = 32;

/// Into how many buckets Teddy deals the texts of a pass, one by one.
const BUCKETS: usize = 8;

/// A search for short texts.
#[derive(Debug, Default)]
pub(super) struct Short {
    passes: Vec<Pass>,
    /// The texts that begin with each of those that are looked for.
    texts: Vec<Vec<Text>>,
}

/// A text, and its place among all.
#[derive(Debug)]
struct Text {
    bytes: Box<[u8]>,
    place: usize,
}

/// A search for some of them.
#[derive(Debug)]
struct Pass {
    searcher: Searcher,
    /// For each text of the searcher, its place among those that are looked for.
    places: Vec<usize>,
}

#[derive(Debug)]
enum Searcher {
    /// For one text.
    Single(memmem::Finder<'static>),
    /// On a processor with vectors.
    Packed(packed::Searcher),
    /// Anywhere.
    Automaton(Box<AhoCorasick>),
}

impl Short {
    /// Builds the passes.
    pub(super) fn new(texts: &[&[u8]]) -> Self {
        let mut sorted: Vec<(usize, &[u8])> = texts.iter().copied().enumerate().collect();
        sorted.sort_by_key(|(_, text)| (text.len(), *text));
        // A search finds one of two texts of which one begins with the other.
        let mut sought: Vec<(usize, &[u8])> = Vec::new();
        let mut texts: Vec<Vec<Text>> = Vec::new();
        for (place, bytes) in sorted {
            let known = sought
                .iter()
                .position(|(_, known)| bytes.starts_with(known));
            let at = known.unwrap_or_else(|| {
                sought.push((texts.len(), bytes));
                texts.push(Vec::new());
                texts.len() - 1
            });
            if let Some(texts) = texts.get_mut(at) {
                let bytes = bytes.into();
                texts.push(Text { bytes, place });
            }
        }
        // A search looks at as many bytes of each text as the shortest has.
        let groups = sought
            .chunk_by(|(_, a), (_, b)| a.len() == b.len())
            .flat_map(|group| group.chunks(TOGETHER));
        Self {
            passes: groups.filter_map(Pass::new).collect(),
            texts,
        }
    }

    /// Calls back for every text that starts within `range`, with its start and its place among the
    /// texts: in order for each, but not for all. A break ends the search.
    pub(super) fn find(
        &self,
        bytes: &[u8],
        range: Span,
        mut found: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        for pass in &self.passes {
            let mut at = range.start;
            while let Some((start, sought)) = pass.next(bytes, at).filter(|hit| hit.0 < range.end) {
                let behind = bytes.get(start..).unwrap_or_default();
                for text in self.texts.get(sought).into_iter().flatten() {
                    if behind.starts_with(&text.bytes) {
                        found(start, text.place)?;
                    }
                }
                // Not past the text's end: another may begin inside it.
                at = start + 1;
            }
        }
        ControlFlow::Continue(())
    }
}

impl Pass {
    fn new(texts: &[(usize, &[u8])]) -> Option<Self> {
        if let [(place, text)] = texts {
            return Some(Self {
                searcher: Searcher::Single(memmem::Finder::new(text).into_owned()),
                places: vec![*place],
            });
        }
        let dealt = dealt(texts);
        let texts = dealt.iter().map(|(_, text)| text);
        let packed = packed::Config::new()
            .builder()
            .extend(texts.clone())
            .build();
        let searcher = packed.map(Searcher::Packed).or_else(|| {
            let mut builder = AhoCorasick::builder();
            let automaton = builder.match_kind(MatchKind::LeftmostFirst).build(texts);
            automaton.ok().map(|a| Searcher::Automaton(Box::new(a)))
        })?;
        Some(Self {
            searcher,
            places: dealt.iter().map(|(place, _)| *place).collect(),
        })
    }

    /// The first of its texts from a place on, with its start.
    fn next(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        let rest = aho_corasick::Span::from(from..text.len());
        let hit = match &self.searcher {
            Searcher::Single(finder) => {
                let start = from + finder.find(text.get(from..)?)?;
                return Some((start, *self.places.first()?));
            }
            Searcher::Packed(packed) => packed.find_in(text, rest),
            Searcher::Automaton(ac) => ac.find(aho_corasick::Input::new(text).span(rest)),
        }?;
        Some((hit.start(), *self.places.get(hit.pattern().as_usize())?))
    }
}

/// Texts in such an order that those with the same first letters come into the same bucket. A bucket
/// stops the search wherever each letter is one of any of its texts, so that like texts stop it in
/// vain less often: it is a third faster.
fn dealt<'t>(texts: &[(usize, &'t [u8])]) -> Vec<(usize, &'t [u8])> {
    let mut sorted = texts.to_vec();
    sorted.sort_unstable_by_key(|(_, text)| *text);
    let (each, more) = (sorted.len() / BUCKETS, sorted.len() % BUCKETS);
    let mut rest = sorted.as_slice();
    let buckets = (0..BUCKETS).map(|bucket| {
        let (bucket, after) = rest.split_at(each + usize::from(bucket < more));
        rest = after;
        bucket
    });
    let buckets: Vec<_> = buckets.collect();
    let rounds = (0..=each).flat_map(|round| buckets.iter().filter_map(move |b| b.get(round)));
    rounds.copied().collect()
}
