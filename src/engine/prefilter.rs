//! The first look at every byte: where does any keyword stand?
//!
//! Everything else in the engine runs only there.

use std::ops::ControlFlow;
use std::sync::OnceLock;

use super::encoding::Encoding;
use super::facts::Note;
use super::search::Search;
use crate::model::Bigrams;
use crate::span::Span;

/// What a keyword sets off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trigger {
    /// A token rule, by its place in the engine.
    Token(usize),
    /// A rule over logs, by its place in the engine.
    Log(usize),
    /// The decoding of what may be encoded here.
    Encoding(Encoding),
    /// A note of the place: a suppression comment may stand here.
    Marker,
    /// A note of something that rules over facts need.
    Fact(Note),
}

/// Keywords, and what finds them once it is needed.
#[derive(Debug, Default)]
pub(super) struct Keywords {
    all: Vec<(Vec<u8>, Trigger)>,
    prefilter: OnceLock<Prefilter>,
}

impl Keywords {
    pub(super) fn new(all: Vec<(Vec<u8>, Trigger)>) -> Self {
        Self {
            all,
            prefilter: OnceLock::new(),
        }
    }

    pub(super) fn all(&self) -> &[(Vec<u8>, Trigger)] {
        &self.all
    }

    /// What finds them in texts with bytes as these.
    pub(super) fn prefilter(&self, bigrams: &Bigrams) -> &Prefilter {
        self.prefilter
            .get_or_init(|| Prefilter::new(self.all.clone(), bigrams))
    }
}

/// Looks for keywords.
#[derive(Debug, Default)]
pub(super) struct Prefilter {
    search: Search,
    /// What each keyword sets off.
    triggers: Vec<Trigger>,
}

impl Prefilter {
    /// Builds the search. Of keywords that set off the same, those that begin with another are not needed.
    pub(super) fn new(mut keywords: Vec<(Vec<u8>, Trigger)>, bigrams: &Bigrams) -> Self {
        let mut known: Vec<(Vec<u8>, Trigger)> = Vec::new();
        keywords.sort_by(|a, b| (a.0.len(), &a.0).cmp(&(b.0.len(), &b.0)));
        for (text, trigger) in keywords {
            let begins =
                |other: &(Vec<u8>, Trigger)| other.1 == trigger && text.starts_with(&other.0);
            if !known.iter().any(begins) {
                known.push((text, trigger));
            }
        }
        let (texts, triggers): (Vec<_>, Vec<_>) = known.into_iter().unzip();
        Self {
            search: Search::new(&texts, bigrams),
            triggers,
        }
    }

    /// Calls back for every keyword that starts within `range`: in order for each, but not for all.
    pub(super) fn find(&self, text: &[u8], range: Span, mut found: impl FnMut(usize, Trigger)) {
        self.search.find(text, range, |at, place| {
            if let Some(trigger) = self.triggers.get(place) {
                found(at, *trigger);
            }
            ControlFlow::Continue(())
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(needles: &[&str], text: &str) -> Vec<(usize, usize)> {
        let needles = needles.iter().enumerate();
        let needles = needles.map(|(i, n)| (n.as_bytes().to_vec(), Trigger::Token(i)));
        let mut out = Vec::new();
        Prefilter::new(needles.collect(), &Bigrams::default()).find(
            text.as_bytes(),
            0..text.len(),
            |at, trigger| {
                if let Trigger::Token(i) = trigger {
                    out.push((at, i));
                }
            },
        );
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
