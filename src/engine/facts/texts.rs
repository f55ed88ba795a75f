//! Which of many texts stand in a file.

use std::cell::{Cell, OnceCell};
use std::ops::ControlFlow;

use memchr::memmem::{self, Finder};

use super::literal::stands;
use crate::engine::search::Search;
use crate::model::Models;
use crate::rule::Literal;

/// In how many of a million files a text stands that is looked for by itself: it is found soon, and a search for
/// many would stop at it again and again.
const COMMON: u64 = 2_000;

/// Shorter texts are looked for by themselves too, in bytes: much looks like them.
const SHORT: usize = 4;

/// Texts that may have to stand in a file.
#[derive(Debug)]
pub(super) struct Texts {
    all: Vec<Literal>,
    /// For each that is looked for by itself, what finds it.
    alone: Vec<Option<Finder<'static>>>,
    /// What finds the others, and their places.
    together: Search,
    places: Vec<usize>,
}

/// The same of one file.
pub(super) struct InText<'t> {
    texts: &'t Texts,
    text: &'t [u8],
    /// Which of those stand that are looked for together.
    together: OnceCell<Vec<bool>>,
    /// The same of the others, as far as they were asked for.
    alone: Vec<Cell<Option<bool>>>,
}

impl Texts {
    pub(super) fn new(all: Vec<Literal>, models: &Models) -> Self {
        let is_alone = |text: &str| text.len() < SHORT || models.frequency(text) >= COMMON;
        let together = all
            .iter()
            .enumerate()
            .filter(|(_, literal)| !is_alone(&literal.text));
        let (places, texts): (Vec<usize>, Vec<&str>) = together
            .map(|(place, literal)| (place, &*literal.text))
            .unzip();
        let alone = all.iter().map(|literal| {
            is_alone(&literal.text).then(|| Finder::new(literal.text.as_bytes()).into_owned())
        });
        Self {
            together: Search::new(&texts, &models.bigrams),
            places,
            alone: alone.collect(),
            all,
        }
    }

    /// The same of one file.
    pub(super) fn in_text<'t>(&'t self, text: &'t [u8]) -> InText<'t> {
        InText {
            texts: self,
            text,
            together: OnceCell::new(),
            alone: vec![Cell::new(None); self.all.len()],
        }
    }
}

impl InText<'_> {
    /// Whether the text at a place stands in the file as it must.
    pub(super) fn has(&self, place: usize) -> bool {
        let Texts { all, alone, .. } = self.texts;
        let (Some(literal), Some(finder), Some(known)) =
            (all.get(place), alone.get(place), self.alone.get(place))
        else {
            return false;
        };
        let Some(finder) = finder else {
            let together = self.together.get_or_init(|| self.look_together());
            return together.get(place) == Some(&true);
        };
        let look = || {
            finder
                .find_iter(self.text)
                .any(|at| stands(self.text, at, literal))
        };
        let found = known.get().unwrap_or_else(look);
        known.set(Some(found));
        found
    }

    /// Where the text at a place stands in the file as it must, in order.
    pub(super) fn places(&self, place: usize) -> impl Iterator<Item = usize> {
        let literal = self.texts.all.get(place).into_iter();
        literal.flat_map(|literal| {
            let found = memmem::find_iter(self.text, literal.text.as_bytes());
            found.filter(|at| stands(self.text, *at, literal))
        })
    }

    fn look_together(&self) -> Vec<bool> {
        let Texts {
            all,
            together,
            places,
            ..
        } = self.texts;
        let mut standing = vec![false; all.len()];
        together.find(self.text, 0..self.text.len(), |at, place| {
            if let Some(place) = places.get(place)
                && let (Some(known), Some(literal)) = (standing.get_mut(*place), all.get(*place))
                && !*known
            {
                *known = stands(self.text, at, literal);
            }
            ControlFlow::Continue(())
        });
        standing
    }
}
