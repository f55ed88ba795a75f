//! One pass over the bytes of a text, and over all that is encoded in it.

use rayon::prelude::*;

use super::encoding::{Encoding, run};
use super::facts::Seen;
use super::lazy_rule::LazyRule;
use super::prefilter::{Prefilter, Trigger};
use super::token::Around;
use super::{Bounds, Engine};
use crate::finding::Hit;
use crate::span::Span;

/// How many encodings may lie over each other.
const MAX_ENCODINGS: usize = 5;

/// The size of the pieces of a long text that threads look at side by side, in bytes.
const PIECE: usize = 128 << 10;

/// What one pass over the bytes comes upon.
#[derive(Default)]
pub(super) struct Found {
    pub(super) hits: Vec<Hit>,
    pub(super) markers: Vec<usize>,
    /// Where rules over logs may match, if the text is of one, and which.
    pub(super) logged: Vec<(usize, usize)>,
    pub(super) seen: Seen,
}

impl Found {
    /// Adds what a later piece of the text has.
    fn join(&mut self, later: Self) {
        self.hits.extend(later.hits);
        self.markers.extend(later.markers);
        self.logged.extend(later.logged);
        self.seen.join(later.seen);
    }
}

/// One pass over one text.
pub(super) struct Pass<'a> {
    pub(super) engine: &'a Engine,
    pub(super) prefilter: &'a Prefilter,
    pub(super) around: Around<'a>,
    /// How many encodings were decoded.
    pub(super) depth: usize,
    /// Whether pieces were put together: then they are not once more.
    pub(super) joined: bool,
    /// Whether only what is encoded again is looked for, since the rest was found by its keyword.
    pub(super) nested: bool,
}

impl Pass<'_> {
    /// Gives what begins within a range of a text, piece by piece, whatever number of threads there is.
    pub(super) fn whole(&self, text: &[u8], range: Span, parity: u64) -> Found {
        let piece = |from: usize| {
            let mut found = Found::default();
            let to = range.end.min(from + PIECE);
            self.run(text, from..to, parity, &mut found);
            found
        };
        if range.len() <= PIECE {
            return piece(range.start);
        }
        let pieces: Vec<usize> = range.clone().step_by(PIECE).collect();
        let pieces: Vec<Found> = pieces.into_par_iter().map(piece).collect();
        let mut all = Found::default();
        pieces.into_iter().for_each(|found| all.join(found));
        all
    }

    /// Adds what begins within a range of a text. `parity` is the text's place in its file.
    pub(super) fn run(&self, text: &[u8], range: Span, parity: u64, into: &mut Found) {
        self.prefilter
            .find(text, range.clone(), |at, trigger| match trigger {
                Trigger::Token(_) if self.nested => {}
                Trigger::Token(index) => {
                    let token = self.engine.tokens.get(index).and_then(Option::as_ref);
                    let token = token.and_then(LazyRule::get);
                    into.hits
                        .extend(token.and_then(|token| token.try_at(text, at, self.around)));
                }
                Trigger::Encoding(encoding) => self.decode(encoding, text, (at, parity), into),
                Trigger::Marker if self.depth == 0 => into.markers.push(at),
                Trigger::Log(index) if self.depth == 0 => into.logged.push((at, index)),
                Trigger::Fact(note) if self.depth == 0 => {
                    let relevance = self.engine.facts.relevance();
                    relevance.note(note, text, at, &mut into.seen);
                }
                Trigger::Marker | Trigger::Log(_) | Trigger::Fact(_) => {}
            });
        if range.len() >= run::SHORTEST {
            self.decode_runs(text, range, into);
        }
    }

    /// Looks for what is encoded in long runs of base64.
    fn decode_runs(&self, text: &[u8], range: Span, into: &mut Found) {
        if self.depth == MAX_ENCODINGS {
            return;
        }
        let below = Pass {
            nested: true,
            ..self.below()
        };
        for decoded in run::decode(text, range.clone()) {
            let mut inner = Found::default();
            below.run(&decoded.text, 0..decoded.text.len(), 0, &mut inner);
            let hits = inner.hits.into_iter().map(|hit| decoded.outward(hit));
            into.hits
                .extend(hits.filter(|hit| range.contains(&hit.span.start)));
        }
    }

    /// The pass over what is decoded.
    fn below(&self) -> Self {
        Pass {
            depth: self.depth + 1,
            nested: false,
            around: Around {
                // What is decoded speaks for itself.
                bounds: match self.around.bounds {
                    Bounds::Fields => Bounds::Mixed,
                    other => other,
                },
                head: None,
                ..self.around
            },
            ..*self
        }
    }

    /// Looks for tokens in what is encoded around a place of a text.
    fn decode(
        &self,
        encoding: Encoding,
        text: &[u8],
        (at, parity): (usize, u64),
        into: &mut Found,
    ) {
        if self.depth == MAX_ENCODINGS || (encoding.joins() && self.joined) {
            return;
        }
        let below = Pass {
            joined: self.joined || encoding.joins(),
            ..self.below()
        };
        for decoded in encoding.decode(text, at, parity, self.engine.shapes.roots()) {
            let mut inner = Found::default();
            let anchor = decoded.anchor..decoded.anchor + 1;
            below.run(&decoded.text, anchor, 0, &mut inner);
            let found = !inner.hits.is_empty();
            let hits = inner.hits.into_iter();
            into.hits.extend(hits.map(|hit| decoded.outward(hit)));
            if found {
                break;
            }
        }
    }
}
