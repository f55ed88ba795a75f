//! A search for many texts at once, with vectors (Teddy), at memory speed.

use aho_corasick::packed;
use aho_corasick::{AhoCorasick, MatchKind};

use crate::span::Span;

/// How many texts one pass looks for. With more than 32, its vectors see half as many bytes at a time
/// and stop in vain so often that two passes are twice as fast as one.
const TOGETHER: usize = 32;

/// Texts of fewer bytes than this are looked for apart, so that the other passes may look at as many
/// before they stop.
const SHORT: usize = 4;

/// Into how many buckets Teddy deals the texts of a pass, one by one.
const BUCKETS: usize = 8;

/// A search for texts. Where one begins with another, either is found.
#[derive(Debug, Default)]
pub(in crate::engine) struct Search {
    passes: Vec<Pass>,
}

/// A search for some of them.
#[derive(Debug)]
struct Pass {
    searcher: Searcher,
    /// For each text of the searcher, its place among all.
    places: Vec<usize>,
}

#[derive(Debug)]
enum Searcher {
    /// On a processor with vectors.
    Packed(packed::Searcher),
    /// Anywhere.
    Automaton(Box<AhoCorasick>),
}

impl Search {
    /// Builds the passes.
    pub(in crate::engine) fn new<T: AsRef<[u8]>>(texts: &[T]) -> Self {
        let texts = texts.iter().map(AsRef::as_ref).enumerate();
        let (short, long): (Vec<_>, Vec<_>) = texts.partition(|(_, text)| text.len() < SHORT);
        let groups = short.chunks(TOGETHER).chain(long.chunks(TOGETHER));
        Self {
            passes: groups.filter_map(Pass::new).collect(),
        }
    }

    /// Calls back for every text that starts within `range`, with its start and its place among the
    /// texts: in order for each pass, but not for all.
    pub(in crate::engine) fn find(
        &self,
        text: &[u8],
        range: Span,
        mut found: impl FnMut(usize, usize),
    ) {
        for pass in &self.passes {
            let mut at = range.start;
            while let Some((start, place)) = pass.next(text, at).filter(|hit| hit.0 < range.end) {
                found(start, place);
                // Not past the text's end: another may begin inside it.
                at = start + 1;
            }
        }
    }

    /// Whether a text holds one of the texts.
    pub(in crate::engine) fn is_match(&self, text: &[u8]) -> bool {
        self.passes.iter().any(|pass| pass.next(text, 0).is_some())
    }
}

impl Pass {
    fn new(texts: &[(usize, &[u8])]) -> Option<Self> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn places(texts: &[&str], text: &str) -> Vec<(usize, usize)> {
        let mut out = Vec::new();
        let search = Search::new(texts);
        search.find(text.as_bytes(), 0..text.len(), |at, place| {
            out.push((at, place));
        });
        out.sort_unstable();
        assert_eq!(search.is_match(text.as_bytes()), !out.is_empty());
        out
    }

    #[test]
    fn texts_that_overlap_are_all_found() {
        assert_eq!(places(&["ahf", "hf_"], "xahf_"), [(1, 0), (2, 1)]);
        assert_eq!(places(&["hf_"], "hf_hf_ hf"), [(0, 0), (3, 0)]);
        assert_eq!(places(&["hf_", "token"], "hf"), []);
        assert_eq!(places(&[], "hf_"), []);
    }

    #[test]
    fn more_texts_than_vectors_hold() {
        for many in [1..10, 1..100, 100..400] {
            let texts: Vec<String> = many.clone().map(|n| format!("{n}key")).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            for (place, text) in texts.iter().enumerate() {
                let found = places(&texts, &format!(".. {text}"));
                assert!(found.contains(&(3, place)), "{text}");
            }
        }
    }
}
