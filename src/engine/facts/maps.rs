//! The maps of a document: which names stand beside each other.

use std::collections::{HashMap, HashSet};

use super::entry;
use crate::syntax::{Document, FactKind, Place};

/// How deep in a document its maps are known.
const MAX_DEPTH: usize = 16;

/// The names in each map of a document, and of the documents within it.
#[derive(Debug, Default)]
pub(super) struct Maps {
    /// The number of each document, by place.
    documents: HashMap<Vec<Place>, usize>,
    /// The names of each map, by document and path.
    names: HashMap<(usize, Vec<String>), HashSet<String>>,
}

impl Maps {
    pub(super) fn new(document: &Document) -> Self {
        let mut maps = Self::default();
        for fact in &document.facts {
            let FactKind::Setting(setting) = &fact.kind else {
                continue;
            };
            let next = maps.documents.len();
            let at = match maps.documents.get(&fact.place) {
                Some(at) => *at,
                None => *maps.documents.entry(fact.place.clone()).or_insert(next),
            };
            for entry in entry::of_setting(setting) {
                for (depth, name) in entry.path.iter().enumerate().take(MAX_DEPTH) {
                    let parent = entry.path.get(..depth).unwrap_or_default().to_vec();
                    let names = maps.names.entry((at, parent)).or_default();
                    if !names.contains(name) {
                        names.insert(name.clone());
                    }
                }
            }
        }
        maps
    }

    /// Whether a map has a name like this.
    pub(super) fn have(
        &self,
        place: &[Place],
        map: &[String],
        wanted: impl Fn(&str) -> bool,
    ) -> bool {
        let document = self.documents.get(place);
        let names = document.and_then(|at| self.names.get(&(*at, map.to_vec())));
        names.is_some_and(|names| names.iter().any(|name| wanted(name)))
    }
}
