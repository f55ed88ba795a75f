//! Rules over facts: which files are worth a parser, and what their facts match.
//!
//! A file is parsed only if it holds one text of each group that some pattern needs. What is then
//! lowered to facts is held against every pattern; a match is a hit like any other.

mod anchor;
mod arrays;
mod command;
mod context;
mod entry;
mod files;
mod maps;
mod mention;
mod needles;
mod option;
mod output;
mod pattern;
mod pipe;
mod runs;
mod scene;
mod trace;
mod value;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use self::entry::Shape;
use self::needles::Needles;
use self::pattern::Compiled;
use self::scene::Scene;
use crate::finding::{Hit, Runner};
use crate::rule::RuleSet;
use crate::source::Origin;
use crate::span::Span;
use crate::syntax::{Document, Format, lower};

pub(super) use self::anchor::{HINTS, is_anchor};

/// The rules over facts, ready to run.
#[derive(Debug, Default)]
pub(super) struct Facts {
    patterns: Vec<Compiled>,
    /// Made for the first file that may need a parser: most scans of a few files have none.
    needles: OnceLock<Needles>,
}

/// Hits, and the scripts that the file runs.
pub(super) type Found = (Vec<Hit>, Vec<(Runner, String)>);

/// A file to be told by its name and its content.
#[derive(Clone, Copy)]
pub(super) struct File<'f> {
    pub(super) origin: &'f Origin,
    pub(super) text: &'f [u8],
}

impl Facts {
    /// Collects the patterns of the enabled rules.
    pub(super) fn new(set: &RuleSet, enabled: &[bool]) -> Self {
        let mut patterns = Vec::new();
        for (rule, entry) in set.rules().iter().enumerate() {
            if !enabled.get(rule).copied().unwrap_or(false) {
                continue;
            }
            patterns.extend(entry.facts.iter().map(|(subject, pattern)| Compiled {
                rule,
                severity: pattern.severity.unwrap_or(entry.meta.severity),
                confidence: pattern.confidence.unwrap_or(entry.meta.confidence),
                subject: *subject,
                pattern: pattern.clone(),
            }));
        }
        Self {
            patterns,
            needles: OnceLock::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The patterns that may match in a text of this format, or of any, by place. Asked of texts that
    /// hold an anchor.
    pub(super) fn promising(&self, text: &[u8], format: Option<Format>) -> Vec<usize> {
        let needles = self.needles.get_or_init(|| {
            let patterns = self.patterns.iter();
            Needles::new(patterns.map(|compiled| (compiled.subject, &compiled.pattern)))
        });
        needles.met(text, format)
    }

    /// What the `promising` patterns match in a file that was lowered, and the scripts that it runs.
    /// `tokens` are the bytes of credentials that token rules found in it.
    pub(super) fn run(
        &self,
        promising: &[usize],
        document: &Document,
        file: File<'_>,
        tokens: &[Span],
    ) -> Found {
        let scene = Scene::new(document, file, tokens);
        let mut hits: Vec<Hit> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut said = BTreeSet::new();
        let mut settled = BTreeSet::new();
        let fitting: Vec<&Compiled> = promising
            .iter()
            .filter_map(|at| self.patterns.get(*at))
            .filter(|compiled| compiled.file_fits(file.text))
            .collect();
        for (at, fact) in document.facts.iter().enumerate() {
            let asking: Vec<&Compiled> = fitting
                .iter()
                .copied()
                .filter(|compiled| compiled.asks_for(fact))
                .collect();
            if asking.is_empty() {
                continue;
            }
            let shape = Shape::of(fact, scene.filled(at).as_ref());
            let contexts = context::of_fact(fact, &scene.kinds);
            for compiled in asking {
                for hit in compiled.matches(&scene, at, &shape, &contexts) {
                    if compiled.pattern.single && !settled.insert((hit.rule, at)) {
                        continue;
                    }
                    let new =
                        !compiled.pattern.once || said.insert((hit.rule, hit.context.clone()));
                    if new && seen.insert((hit.rule, hit.span.start, hit.span.end)) {
                        hits.push(hit);
                    }
                }
            }
        }
        (hits, runs::of(document, &scene.kinds))
    }
}

/// The scripts that a whole file runs, if it is a CI configuration or a Dockerfile.
#[must_use]
pub fn runs(text: &[u8], origin: &Origin) -> Vec<(Runner, String)> {
    let file = File { origin, text };
    file.format().map_or_else(Vec::new, |format| {
        let document = lower(format, text);
        runs::of(&document, &context::of_file(file, &document))
    })
}

impl File<'_> {
    /// The format of a file, if it has a front-end.
    pub(super) fn format(self) -> Option<Format> {
        Format::detect(self.origin.name(), self.text)
    }
}
