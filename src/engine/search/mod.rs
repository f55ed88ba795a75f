//! A search for many texts at once.

mod fragment;
mod packed;

use std::ops::ControlFlow;

use self::packed::Packed;
use crate::model::Bigrams;
use crate::span::Span;

/// A search for texts. They may begin with, hold and overlap each other.
///
/// It looks for a fragment of each text, and for the rest where that stands.
#[derive(Debug, Default)]
pub(in crate::engine) struct Search {
    fragments: Packed,
    /// For each fragment, the texts that have it.
    texts: Vec<Vec<Text>>,
    /// The farthest that a fragment begins into its text, in bytes.
    farthest: usize,
}

#[derive(Debug)]
struct Text {
    bytes: Vec<u8>,
    /// Its place among all.
    place: usize,
    /// How far into it the fragment begins, in bytes.
    offset: usize,
}

impl Search {
    /// Builds the search, for texts with bytes as these. Empty texts are never found.
    pub(in crate::engine) fn new<T: AsRef<[u8]>>(texts: &[T], bigrams: &Bigrams) -> Self {
        let all: Vec<&[u8]> = texts.iter().map(AsRef::as_ref).collect();
        let fragments = fragment::choose(&all, bigrams);
        let of_fragment = |fragment: &fragment::Fragment| {
            let texts = fragment.texts.iter().filter_map(|(place, offset)| {
                Some(Text {
                    bytes: all.get(*place)?.to_vec(),
                    place: *place,
                    offset: *offset,
                })
            });
            texts.collect()
        };
        let texts: Vec<Vec<Text>> = fragments.iter().map(of_fragment).collect();
        let offsets = texts.iter().flatten().map(|text| text.offset);
        Self {
            farthest: offsets.max().unwrap_or_default(),
            texts,
            fragments: Packed::new(&fragments.iter().map(|f| &*f.text).collect::<Vec<_>>()),
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
        let end = range.end.saturating_add(self.farthest);
        let reach = range.start..end.min(bytes.len());
        let _ended = self.fragments.find(bytes, reach, |at, fragment| {
            for text in self.texts.get(fragment).into_iter().flatten() {
                let Some(start) = at.checked_sub(text.offset) else {
                    continue;
                };
                let behind = bytes.get(start..).unwrap_or_default();
                if range.contains(&start) && behind.starts_with(&text.bytes) {
                    found(start, text.place)?;
                }
            }
            ControlFlow::Continue(())
        });
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
