//! The choice of what the first pass looks for: one need of each pattern, so that together they have few texts,
//! and rare ones. What one looks for, others have for nothing.

use super::needed::{Everything, Needed, Required};
use crate::model::Bigrams;

/// What it costs to look for one more text in all files, as a number of a million files that are looked at in
/// vain: hardly anything.
const SEARCH: f64 = 20.0;

/// The same for a text that stands everywhere: each place that looks like it is looked at, and in a file there
/// are many.
const STOPS: f64 = 1e7;

/// How often each pattern chooses again, knowing what the others chose.
const ROUNDS: usize = 3;

/// The choice, as far as it has come.
struct Choosing {
    /// What it costs to look for each text, and for the files where it stands.
    costs: Vec<f64>,
    /// How many patterns look for each text.
    uses: Vec<usize>,
}

/// Of each pattern, what the first pass looks for: of one need, one group of each choice. The texts of `names` are
/// looked for in any case, and so are others that begin with one.
pub(super) fn choose(
    patterns: &[Required],
    everything: &Everything<'_>,
    names: &[String],
    bigrams: &Bigrams,
) -> Vec<Needed> {
    let texts = everything.texts.iter().zip(&everything.frequencies);
    let costs = texts.map(|(literal, frequency)| {
        let text = &*literal.text;
        let is_sought = names.iter().any(|name| text.starts_with(name.as_str()));
        let search = match is_sought {
            true => 0.0,
            false => SEARCH + STOPS * bigrams.share(text.as_bytes()),
        };
        *frequency as f64 + search
    });
    let mut choosing = Choosing {
        costs: costs.collect(),
        uses: vec![0; everything.texts.len()],
    };
    let mut chosen = vec![Needed::default(); patterns.len()];
    let mut order: Vec<usize> = (0..patterns.len()).collect();
    // Those with no choice come first.
    order.sort_by_key(|at| patterns.get(*at).map(Vec::len));
    for at in std::iter::repeat_n(order, ROUNDS).flatten() {
        if let (Some(required), Some(chosen)) = (patterns.get(at), chosen.get_mut(at)) {
            choosing.count(chosen, |uses| uses - 1);
            *chosen = choosing.cheapest(required);
            choosing.count(chosen, |uses| uses + 1);
        }
    }
    chosen
}

impl Choosing {
    fn count(&mut self, group: &Needed, change: impl Fn(usize) -> usize) {
        for text in &group.texts {
            if let Some(uses) = self.uses.get_mut(*text) {
                *uses = change(*uses);
            }
        }
    }

    fn cheapest(&self, required: &Required) -> Needed {
        let outlines = required.iter().map(|choices| self.outline(choices));
        let cheapest = outlines.min_by(|(a, _), (b, _)| a.total_cmp(b));
        cheapest.map(|(_, group)| group).unwrap_or_default()
    }

    /// The cheapest group of each choice, and what they cost together.
    fn outline(&self, choices: &[Vec<Needed>]) -> (f64, Needed) {
        let mut outline = Needed::default();
        let mut costs = 0.0;
        for groups in choices {
            let cost = |group: &Needed| -> f64 {
                let new = group.texts.iter().filter(|text| {
                    self.uses.get(**text) == Some(&0) && !outline.texts.contains(*text)
                });
                new.filter_map(|text| self.costs.get(*text)).sum()
            };
            let each = groups.iter().map(|group| (cost(group), group));
            if let Some((cost, group)) = each.min_by(|(a, _), (b, _)| a.total_cmp(b)) {
                costs += cost;
                outline.join(group);
            }
        }
        (costs, outline)
    }
}
