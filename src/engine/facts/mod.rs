//! Rules over facts: which files are worth a parser, and what their facts match.
//!
//! A file is parsed only if it holds one text of each group that some pattern needs. What is then
//! lowered to facts is held against every pattern; a match is a hit like any other.

mod command;
mod context;
mod entry;
mod needles;
mod value;

use std::collections::BTreeSet;

use self::entry::{Entry, Shape};
use self::needles::Needles;
use self::value::Tokens;
use crate::finding::{Confidence, Hit, Severity};
use crate::redact::Secret;
use crate::rule::{Context, FactPattern, Matcher, PathPattern, RuleSet, Subject};
use crate::source::Origin;
use crate::span::Span;
use crate::syntax::{Document, Fact, FactKind, Format, Value};

pub(super) use self::needles::ANCHORS;

/// The longest piece of source that a finding points at, in bytes; of longer ones, the key alone.
const POINTED: usize = 400;

/// The rules over facts, ready to run.
#[derive(Debug, Default)]
pub(super) struct Facts {
    patterns: Vec<Compiled>,
    needles: Needles,
}

#[derive(Debug)]
struct Compiled {
    /// The rule's place in the catalogue.
    rule: usize,
    severity: Severity,
    confidence: Confidence,
    subject: Subject,
    pattern: FactPattern,
}

/// A file to be told by its name and its content.
#[derive(Clone, Copy)]
pub(super) struct File<'f> {
    pub(super) origin: &'f Origin,
    pub(super) text: &'f [u8],
}

/// A document, and what patterns may ask about it.
struct Scene<'d> {
    document: &'d Document,
    kinds: Vec<Context>,
    tokens: Tokens<'d>,
}

impl Facts {
    /// Collects the patterns of the enabled rules.
    pub(super) fn new(set: &RuleSet, enabled: &[bool]) -> Self {
        let mut patterns = Vec::new();
        for (rule, entry) in set.rules().iter().enumerate() {
            let Matcher::Facts(facts) = &entry.matcher else {
                continue;
            };
            if !enabled.get(rule).copied().unwrap_or(false) {
                continue;
            }
            patterns.extend(facts.iter().map(|(subject, pattern)| Compiled {
                rule,
                severity: pattern.severity.unwrap_or(entry.meta.severity),
                confidence: pattern.confidence.unwrap_or(entry.meta.confidence),
                subject: *subject,
                pattern: pattern.clone(),
            }));
        }
        let needles = Needles::new(patterns.iter().map(|compiled| compiled.pattern.needles()));
        Self { patterns, needles }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether some pattern may match a text. Asked of texts that hold an anchor.
    pub(super) fn may_match(&self, text: &[u8]) -> bool {
        self.needles.any_holds(text)
    }

    /// What the patterns match in a file that was lowered. `tokens` are the bytes of credentials
    /// that token rules found in it.
    pub(super) fn run(&self, document: &Document, file: File<'_>, tokens: &[Span]) -> Vec<Hit> {
        let scene = Scene {
            document,
            kinds: context::of_file(file, document),
            tokens: Tokens::new(tokens),
        };
        let mut hits: Vec<Hit> = Vec::new();
        let mut seen = BTreeSet::new();
        for fact in &document.facts {
            let shape = Shape::of(fact);
            let contexts = context::of_fact(fact, &scene.kinds);
            for compiled in &self.patterns {
                if compiled.subject != shape.subject {
                    continue;
                }
                for hit in compiled.matches(&scene, fact, &shape, &contexts) {
                    if seen.insert((hit.rule, hit.span.start, hit.span.end)) {
                        hits.push(hit);
                    }
                }
            }
        }
        hits
    }
}

impl File<'_> {
    /// The format of a file, if it has a front-end.
    pub(super) fn format(self) -> Option<Format> {
        Format::detect(self.origin.name(), self.text)
    }
}

impl Compiled {
    fn matches(
        &self,
        scene: &Scene<'_>,
        fact: &Fact,
        shape: &Shape,
        contexts: &[Context],
    ) -> Vec<Hit> {
        let pattern = &self.pattern;
        let stands =
            pattern.within.is_empty() || pattern.within.iter().any(|c| contexts.contains(c));
        if !stands || pattern.not_within.iter().any(|c| contexts.contains(c)) {
            return Vec::new();
        }
        let Some(entries) = shape.entries_for(pattern) else {
            return Vec::new();
        };
        let has = |paths: &[PathPattern]| match &fact.kind {
            FactKind::Setting(_) => paths.iter().any(|path| scene.has_setting(path)),
            _ => paths
                .iter()
                .any(|path| entries.iter().any(|entry| path.fits(&entry.path))),
        };
        if (!pattern.with.is_empty() && !has(&pattern.with)) || has(&pattern.without) {
            return Vec::new();
        }
        let wanted = match self.subject {
            Subject::Setting => &pattern.key,
            _ => &pattern.argument,
        };
        if wanted.is_empty() {
            return vec![self.hit(None, shape, fact)];
        }
        entries
            .iter()
            .filter(|entry| {
                wanted.iter().any(|path| path.fits(&entry.path))
                    && self.value_fits(scene, entry)
                    && !self.beside(scene, fact, entry, &entries)
            })
            .map(|entry| self.hit(Some(entry), shape, fact))
            .collect()
    }

    fn value_fits(&self, scene: &Scene<'_>, entry: &Entry) -> bool {
        let pattern = &self.pattern;
        let is = |class| value::is(&entry.value, class, &scene.tokens);
        (pattern.value.is_empty() || pattern.value.iter().any(|class| is(*class)))
            && !pattern.not_value.iter().any(|class| is(*class))
    }

    /// Whether a name that must not be there stands beside an entry.
    fn beside(&self, scene: &Scene<'_>, fact: &Fact, entry: &Entry, entries: &[Entry]) -> bool {
        let unwanted = &self.pattern.not_beside;
        let Some((_, parent)) = entry.path.split_last().filter(|_| !unwanted.is_empty()) else {
            return false;
        };
        let named = |path: &[String]| {
            path.split_last().is_some_and(|(last, above)| {
                above == parent && unwanted.iter().any(|p| p.fits(&[last.as_str()]))
            })
        };
        match &fact.kind {
            FactKind::Setting(_) => scene.settings().any(|path| named(&path)),
            _ => entries.iter().any(|other| named(&other.path)),
        }
    }

    fn hit(&self, entry: Option<&Entry>, shape: &Shape, fact: &Fact) -> Hit {
        let mut hide = Vec::new();
        let mut secret = None;
        if let Some(entry) = entry
            && let Value::Literal(text) = &entry.value.value
            && super::literal::is_credential(text.as_bytes())
        {
            hide.push(entry.value.span.clone());
            secret = self
                .pattern
                .credential
                .then(|| Secret::new(text.as_bytes()));
        }
        let pointed = match entry {
            // A credential is shown where it lies, as a token rule would.
            Some(entry) if secret.is_some() => entry.value.span.clone(),
            Some(entry) => entry.span(POINTED),
            None => shape.subject_span.clone(),
        };
        let span = if pointed.is_empty() {
            fact.span.clone()
        } else {
            pointed
        };
        let told = |text: &String| fill(text, entry, shape);
        Hit {
            rule: self.rule,
            span,
            secret,
            hide,
            pieces: Vec::new(),
            severity: self.severity,
            confidence: self.confidence,
            context: self.pattern.message.iter().map(told).collect(),
            help: self.pattern.help.as_ref().map(told),
        }
    }
}

/// Puts the user's own names into a text.
fn fill(text: &str, entry: Option<&Entry>, shape: &Shape) -> String {
    let path = entry.map(|entry| entry.path.as_slice()).unwrap_or_default();
    let key = path.last().map(String::as_str).unwrap_or_default();
    let name = entry.and_then(|entry| value::reference(&entry.value.value));
    text.replace("{key}", key)
        .replace("{path}", &path.join("."))
        .replace("{name}", name.as_deref().unwrap_or(key))
        .replace("{subject}", &shape.subject_name)
}

impl Scene<'_> {
    fn settings(&self) -> impl Iterator<Item = Vec<String>> {
        self.document
            .facts
            .iter()
            .filter_map(|fact| match &fact.kind {
                FactKind::Setting(setting) => {
                    Some(setting.path.iter().map(|key| key.value.clone()).collect())
                }
                _ => None,
            })
    }

    fn has_setting(&self, wanted: &PathPattern) -> bool {
        self.settings().any(|path| wanted.fits(&path))
    }
}
