//! A search for many texts at once.

mod groups;
mod short;
mod sieve;

use std::ops::ControlFlow;

use self::short::Short;
use self::sieve::Sieve;
use crate::model::Bigrams;
use crate::span::Span;

/// A search for texts. They may begin with, hold and overlap each other.
#[derive(Debug, Default)]
pub(in crate::engine) struct Search {
    short: Short,
    /// Of each short text, its place among all.
    short_places: Vec<usize>,
    sieve: Option<Sieve>,
    /// Of each other text, its place among all.
    places: Vec<usize>,
}

impl Search {
    /// Builds the search, for texts with bytes as these. Empty texts are never found.
    pub(in crate::engine) fn new<T: AsRef<[u8]>>(texts: &[T], bigrams: &Bigrams) -> Self {
        let texts = texts.iter().map(AsRef::as_ref).enumerate();
        let texts = texts.filter(|(_, text)| !text.is_empty());
        let (short, long): (Vec<_>, Vec<_>) =
            texts.partition(|(_, text)| text.len() < sieve::SHORTEST);
        let (short_places, short): (Vec<usize>, Vec<&[u8]>) = short.into_iter().unzip();
        let (places, long): (Vec<usize>, Vec<&[u8]>) = long.into_iter().unzip();
        Self {
            short: Short::new(&short),
            short_places,
            sieve: (!long.is_empty()).then(|| Sieve::new(&long, bigrams)),
            places,
        }
    }

    /// Calls back for every text that starts within `range`, with its start and its place among the texts: in
    /// order for each, but not for all. A break ends the search.
    pub(in crate::engine) fn find(
        &self,
        bytes: &[u8],
        range: Span,
        mut found: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) {
        let mut told = |places: &[usize], start, at: usize| match places.get(at) {
            Some(place) => found(start, *place),
            None => ControlFlow::Continue(()),
        };
        let in_short = |start, at| told(&self.short_places, start, at);
        let ended = self.short.find(bytes, range.clone(), in_short);
        if let Some(sieve) = self.sieve.as_ref().filter(|_| ended.is_continue()) {
            let in_sieve = |start, at| told(&self.places, start, at);
            let _ended = sieve.find(bytes, range, in_sieve);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(texts: &[&str], text: &str, range: Span) -> Vec<(usize, usize)> {
        let mut out = Vec::new();
        Search::new(texts, &Bigrams::default()).find(text.as_bytes(), range, |at, place| {
            out.push((at, place));
            ControlFlow::Continue(())
        });
        out.sort_unstable();
        out
    }

    fn all(texts: &[&str], text: &str) -> Vec<(usize, usize)> {
        places(texts, text, 0..text.len())
    }

    #[test]
    fn texts_that_overlap_are_all_found() {
        assert_eq!(all(&["ahf", "hf_"], "xahf_"), [(1, 0), (2, 1)]);
        assert_eq!(all(&["hf_oauth_", "hf_"], "hf_oauth_"), [(0, 0), (0, 1)]);
        assert_eq!(all(&["hf_", "hf_", ""], "hf_"), [(0, 0), (0, 1)]);
        assert_eq!(all(&["hf_"], "hf_hf_ hf"), [(0, 0), (3, 0)]);
        assert_eq!(all(&["hf_", "token"], "hf"), []);
        assert_eq!(all(&[], "hf_"), []);
    }

    #[test]
    fn a_text_counts_where_it_starts() {
        let text = "interactiveQz interactiveQz interactiveQ";
        for texts in [&["interactiveQz"][..], &["interactiveQz", "other"]] {
            let starts = |range| places(texts, text, range);
            assert_eq!(starts(0..text.len()), [(0, 0), (14, 0)]);
            assert_eq!(starts(0..1), [(0, 0)]);
            assert_eq!(starts(1..14), []);
            assert_eq!(starts(14..15), [(14, 0)]);
        }
    }

    #[test]
    fn a_break_ends_the_search() {
        let mut calls = 0;
        Search::new(&["ab", "bc", "c"], &Bigrams::default()).find(b"abc abc", 0..7, |_, _| {
            calls += 1;
            ControlFlow::Break(())
        });
        assert_eq!(calls, 1);
    }

    #[test]
    fn more_texts_than_vectors_hold() {
        for many in [1..10, 1..100, 100..400] {
            let texts: Vec<String> = many.clone().map(|n| format!("{n}key{n}")).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            for (place, text) in texts.iter().enumerate() {
                let found = all(&texts, &format!(".. {text}"));
                assert!(found.contains(&(3, place)), "{text}");
            }
        }
    }
}
