//! The first look at every byte: where does any keyword stand?
//!
//! Everything else in the engine runs only there.

use super::coat::Coat;
use super::search::Search;
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

/// Looks for keywords.
#[derive(Debug, Default)]
pub(super) struct Prefilter {
    search: Search,
    /// For each keyword, what it sets off.
    triggers: Vec<Vec<Trigger>>,
}

impl Prefilter {
    /// Builds the search. Where one keyword begins another, the shorter serves both.
    pub(super) fn new(mut needles: Vec<(Vec<u8>, Trigger)>) -> Self {
        needles.sort_by(|a, b| (a.0.len(), &a.0).cmp(&(b.0.len(), &b.0)));
        let mut keywords: Vec<Vec<u8>> = Vec::new();
        let mut triggers: Vec<Vec<Trigger>> = Vec::new();
        for (text, trigger) in needles {
            let known = keywords.iter().position(|known| text.starts_with(known));
            match known.and_then(|at| triggers.get_mut(at)) {
                Some(triggers) if triggers.contains(&trigger) => {}
                Some(triggers) => triggers.push(trigger),
                None => {
                    keywords.push(text);
                    triggers.push(vec![trigger]);
                }
            }
        }
        Self {
            search: Search::new(&keywords),
            triggers,
        }
    }

    /// Calls back for every keyword that starts within `range`: in order for each, but not for all.
    pub(super) fn find(&self, text: &[u8], range: Span, mut found: impl FnMut(usize, Trigger)) {
        self.search.find(text, range, |at, keyword| {
            for trigger in self.triggers.get(keyword).into_iter().flatten() {
                found(at, *trigger);
            }
        });
    }
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
}
