//! What patterns need of a file, with each text once.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::name::Classes;
use super::seen::Seen;
use crate::model::{ClassId, Models};
use crate::rule::{Group, Literal, Need};

/// Of each need of a pattern, the choices, each of groups: all groups of one choice of each need.
pub(super) type Required = Vec<Vec<Vec<Needed>>>;

/// A group of things of which a file must hold one.
#[derive(Clone, Debug, Default)]
pub(super) struct Needed {
    pub(super) known: Known,
    /// The places of its texts.
    pub(super) texts: BTreeSet<usize>,
}

impl Needed {
    pub(super) fn join(&mut self, other: &Self) {
        self.known.named.join(other.known.named);
        self.known.given.join(other.known.given);
        self.known.tokens |= other.known.tokens;
        self.texts.extend(&other.texts);
    }
}

/// The things of a group that are no texts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    named: Classes,
    given: Classes,
    tokens: bool,
}

impl Known {
    fn of(group: &Group) -> Self {
        Self {
            named: Classes::of(&group.named),
            given: Classes::of(&group.given),
            tokens: group.tokens,
        }
    }

    /// Whether a text holds one of them.
    pub(super) fn is_seen(self, seen: &Seen) -> bool {
        self.named.meets(seen.names.named)
            || self.given.meets(seen.names.given)
            || (self.tokens && seen.tokens)
    }
}

/// All that patterns need.
pub(super) struct Everything<'m> {
    models: &'m Models,
    /// Texts, each once.
    pub(super) texts: Vec<Literal>,
    places: FxHashMap<Literal, usize>,
    /// In how many of a million files each text stands.
    pub(super) frequencies: Vec<u64>,
    /// The classes of credentials whose names are needed.
    pub(super) classes: BTreeSet<ClassId>,
}

impl<'m> Everything<'m> {
    pub(super) fn new(models: &'m Models) -> Self {
        Self {
            models,
            texts: Vec::new(),
            places: FxHashMap::default(),
            frequencies: Vec::new(),
            classes: BTreeSet::new(),
        }
    }

    /// The place of a text.
    pub(super) fn place(&mut self, literal: &Literal) -> usize {
        if let Some(known) = self.places.get(literal) {
            return *known;
        }
        let next = self.texts.len();
        self.frequencies.push(self.models.frequency(&literal.text));
        self.texts.push(literal.clone());
        self.places.insert(literal.clone(), next);
        next
    }

    /// Adds what a pattern needs. Of needs, and of the groups of a choice, the rarest comes first: it is looked
    /// for first.
    pub(super) fn required(&mut self, needs: &[Need]) -> Required {
        let mut required: Required = needs
            .iter()
            .map(|need| {
                need.choices
                    .iter()
                    .map(|choice| self.choice(choice))
                    .collect()
            })
            .collect();
        required.sort_by_cached_key(|choices| {
            let mut rarest = Needed::default();
            for group in choices.iter().filter_map(|groups| groups.first()) {
                rarest.join(group);
            }
            self.frequency(&rarest)
        });
        required
    }

    fn choice(&mut self, groups: &[Group]) -> Vec<Needed> {
        let mut needed: Vec<Needed> = groups.iter().map(|group| self.group(group)).collect();
        needed.sort_by_cached_key(|group| self.frequency(group));
        needed
    }

    fn group(&mut self, group: &Group) -> Needed {
        self.classes.extend(group.named.iter().chain(&group.given));
        Needed {
            known: Known::of(group),
            texts: group.texts.iter().map(|text| self.place(text)).collect(),
        }
    }

    /// In how many of a million files one of the texts of a group stands. Names of credentials are rare, and are
    /// looked for in any case.
    fn frequency(&self, group: &Needed) -> u64 {
        let each = group
            .texts
            .iter()
            .filter_map(|at| self.frequencies.get(*at));
        each.sum()
    }
}
