//! Why a rule finds nothing in a file: what its patterns need, and the file lacks.

use std::sync::Arc;

use super::File;
use super::literal::stands;
use super::name::{Classes, Mentioned, Mentions};
use crate::model::Models;
use crate::rule::{Deriving, FactPattern, Group, Literal, Need};

/// How many texts are named.
const NAMED: usize = 4;

/// A file, as it is known before it is parsed.
pub(in crate::engine) struct Unparsed<'f> {
    pub(in crate::engine) file: File<'f>,
    /// Whether token rules find a credential in it.
    pub(in crate::engine) has_token: bool,
    pub(in crate::engine) models: &'f Arc<Models>,
}

impl Unparsed<'_> {
    /// What the patterns need that comes nearest to a match; none, if the file has all that one of them needs.
    pub(in crate::engine) fn lack(&self, patterns: &[Arc<FactPattern>]) -> Option<String> {
        let missing = patterns.iter().map(|pattern| self.missing(pattern));
        missing.min_by_key(Vec::len)?.into_iter().next()
    }

    /// What a pattern needs and the file lacks.
    fn missing(&self, pattern: &FactPattern) -> Vec<String> {
        let required = pattern.required(&Deriving::new(self.models));
        let derived = required.iter().filter_map(|need| self.unmet(need));
        let texts = pattern.needs.iter();
        let texts = texts.filter(|group| !group.iter().any(|text| self.holds(text)));
        let said = texts.map(|group| one_of(group.iter().map(String::as_str)));
        derived.chain(said).collect()
    }

    /// The first thing that is missing for the choice that lacks least.
    fn unmet(&self, need: &Need) -> Option<String> {
        let choices = need.choices.iter().map(|groups| {
            let missing = groups.iter().filter(|group| !self.has(group));
            missing.collect::<Vec<_>>()
        });
        let least = choices.min_by_key(Vec::len)?;
        least.first().map(|group| self.name(group))
    }

    fn holds(&self, text: &str) -> bool {
        memchr::memmem::find(self.file.text, text.as_bytes()).is_some()
    }

    fn has(&self, group: &Group) -> bool {
        let text = self.file.text;
        let stands = |literal: &Literal| {
            let mut places = memchr::memmem::find_iter(text, literal.text.as_bytes());
            places.any(|at| stands(text, at, literal))
        };
        (group.tokens && self.has_token) || group.texts.iter().any(stands) || self.mentions(group)
    }

    /// Whether the file has a name of a credential of the group.
    fn mentions(&self, group: &Group) -> bool {
        let classes = group.named.union(&group.given).copied().collect();
        let mentions = Mentions::new(self.models, classes);
        let mut known = Mentioned::default();
        for text in mentions.texts() {
            for at in memchr::memmem::find_iter(self.file.text, text.as_bytes()) {
                mentions.read(self.file.text, at, &mut known);
            }
        }
        Classes::of(&group.named).meets(known.named) || Classes::of(&group.given).meets(known.given)
    }

    fn name(&self, group: &Group) -> String {
        let class = |class| format!("a name of {{{}}}", self.models.names.name(class));
        let given = |id| format!("{} that is given a literal", class(id));
        let mut things: Vec<String> = group.named.iter().copied().map(class).collect();
        things.extend(group.given.iter().copied().map(given));
        if group.tokens {
            things.push("a credential".to_owned());
        }
        if !group.texts.is_empty() {
            things.push(one_of(group.texts.iter().map(|literal| &*literal.text)));
        }
        things.join(", or ")
    }
}

/// Names some texts.
pub(in crate::engine) fn one_of<'t>(texts: impl ExactSizeIterator<Item = &'t str>) -> String {
    let more = texts.len().saturating_sub(NAMED);
    let named: Vec<String> = texts.take(NAMED).map(|text| format!("`{text}`")).collect();
    let named = named.join(", ");
    match (more, named.contains("`, `")) {
        (0, false) => named,
        (0, true) => format!("one of {named}"),
        _ => format!("one of {named} and {more} more"),
    }
}
