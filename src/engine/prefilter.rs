//! The first look at every byte: where does any keyword stand?
//!
//! A vectorised search (Teddy) for many keywords at once runs at memory speed. Everything else in
//! the engine runs only where it stops.

use aho_corasick::packed;
use aho_corasick::{AhoCorasick, MatchKind};

use super::coat::Coat;
use crate::span::Span;

/// What a keyword sets off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trigger {
    /// A token rule, by its place in the engine.
    Rule(usize),
    /// A rule over logs, by its place in the engine.
    Log(usize),
    /// The unwrapping of a coat.
    Coat(Coat),
    /// A note of the place: a suppression comment may stand here.
    Marker,
    /// A look whether the text speaks of Hugging Face.
    Hint,
}

/// How many keywords one search takes. With more than 32, its vectors see half as many bytes at a
/// time and stop in vain so often that two searches are twice as fast as one.
const TOGETHER: usize = 32;

/// Keywords of fewer bytes than this are searched for apart, so that the other search may look at as
/// many before it stops.
const SHORT: usize = 4;

/// Searches for many keywords.
#[derive(Debug, Default)]
pub(super) struct Prefilter {
    searches: Vec<Search>,
}

/// A search for some of them.
#[derive(Debug)]
struct Search {
    searcher: Searcher,
    /// For each keyword of the searcher, what it sets off.
    triggers: Vec<Vec<Trigger>>,
}

#[derive(Debug)]
enum Searcher {
    /// On a processor with vectors.
    Packed(packed::Searcher),
    /// Anywhere.
    Automaton(Box<AhoCorasick>),
}

impl Prefilter {
    /// Builds the searches. Where one keyword begins another, the shorter serves both.
    pub(super) fn new(mut needles: Vec<(Vec<u8>, Trigger)>) -> Self {
        needles.sort_by(|a, b| (a.0.len(), &a.0).cmp(&(b.0.len(), &b.0)));
        let mut keywords: Vec<(Vec<u8>, Vec<Trigger>)> = Vec::new();
        for (text, trigger) in needles {
            match keywords.iter_mut().find(|known| text.starts_with(&known.0)) {
                Some((_, triggers)) if triggers.contains(&trigger) => {}
                Some((_, triggers)) => triggers.push(trigger),
                None => keywords.push((text, vec![trigger])),
            }
        }
        let short = keywords.partition_point(|(text, _)| text.len() < SHORT);
        let (short, long) = keywords.split_at(short);
        let groups = short.chunks(TOGETHER).chain(long.chunks(TOGETHER));
        Self {
            searches: groups.filter_map(Search::new).collect(),
        }
    }

    /// Calls back for every keyword that starts within `range`: in order for each, but not for all.
    pub(super) fn find(&self, text: &[u8], range: Span, mut found: impl FnMut(usize, Trigger)) {
        for search in &self.searches {
            search.find(text, range.clone(), &mut found);
        }
    }
}

impl Search {
    fn new(keywords: &[(Vec<u8>, Vec<Trigger>)]) -> Option<Self> {
        let keywords = dealt(keywords);
        let texts = keywords.iter().map(|(text, _)| text);
        let packed = packed::Config::new()
            .builder()
            .extend(texts.clone())
            .build();
        let searcher = packed.map(Searcher::Packed).or_else(|| {
            let mut builder = AhoCorasick::builder();
            let automaton = builder.match_kind(MatchKind::LeftmostFirst).build(texts);
            automaton.ok().map(|a| Searcher::Automaton(Box::new(a)))
        })?;
        let triggers = keywords.iter().map(|(_, triggers)| triggers.clone());
        Some(Self {
            searcher,
            triggers: triggers.collect(),
        })
    }

    fn find(&self, text: &[u8], range: Span, found: &mut impl FnMut(usize, Trigger)) {
        let mut at = range.start;
        while at < range.end {
            let rest = aho_corasick::Span::from(at..text.len());
            let hit = match &self.searcher {
                Searcher::Packed(packed) => packed.find_in(text, rest),
                Searcher::Automaton(ac) => ac.find(aho_corasick::Input::new(text).span(rest)),
            };
            let Some(hit) = hit.filter(|hit| hit.start() < range.end) else {
                return;
            };
            let triggers = self.triggers.get(hit.pattern().as_usize());
            for trigger in triggers.into_iter().flatten() {
                found(hit.start(), *trigger);
            }
            // Not past the keyword's end: another may begin inside it.
            at = hit.start() + 1;
        }
    }
}

/// Into how many buckets Teddy deals the texts that it looks for, one by one.
const BUCKETS: usize = 8;

/// Keywords in such an order that those with the same first letters come into the same bucket. A
/// bucket stops the search wherever each letter is one of any of its texts, so that like texts stop
/// it in vain less often: it is a third faster.
fn dealt(keywords: &[(Vec<u8>, Vec<Trigger>)]) -> Vec<&(Vec<u8>, Vec<Trigger>)> {
    let mut sorted: Vec<_> = keywords.iter().collect();
    sorted.sort_unstable_by_key(|(text, _)| text);
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

    fn places(needles: &[&str], text: &str) -> Vec<(usize, usize)> {
        let needles = needles.iter().enumerate();
        let needles = needles.map(|(i, n)| (n.as_bytes().to_vec(), Trigger::Rule(i)));
        let mut out = Vec::new();
        Prefilter::new(needles.collect()).find(text.as_bytes(), 0..text.len(), |at, trigger| {
            if let Trigger::Rule(i) = trigger {
                out.push((at, i));
            }
        });
        out.sort_unstable();
        out
    }

    #[test]
    fn keywords_that_overlap_are_all_found() {
        assert_eq!(places(&["ahf", "hf_"], "xahf_"), [(1, 0), (2, 1)]);
        assert_eq!(places(&["hf_oauth_", "hf_"], "hf_oauth_"), [(0, 0), (0, 1)]);
        assert_eq!(places(&["hf_"], "hf_hf_ hf"), [(0, 0), (3, 0)]);
    }

    #[test]
    fn more_keywords_than_vectors_hold() {
        let many: Vec<String> = (100..400).map(|n| format!("key{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(places(&many, "..key399..key100"), [(2, 299), (10, 0)]);
    }
}
