//! One pattern against one fact.

use super::entry::{Entry, Scope, Shape};
use super::scene::Scene;
use super::{files, value};
use crate::engine::literal;
use crate::finding::{Condition, Confidence, Hit, Severity};
use crate::redact::Secret;
use crate::rule::names::is_credential_name;
use crate::rule::{Context, FactPattern, PathPattern, Subject};
use crate::span::Span;
use crate::syntax::{Fact, FactKind, Value};

/// The longest piece of source that a finding points at, in bytes; of longer ones, the key alone.
const POINTED: usize = 400;

/// A pattern of an enabled rule.
#[derive(Debug)]
pub(super) struct Compiled {
    /// The rule's place in the catalogue.
    pub(super) rule: usize,
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    pub(super) subject: Subject,
    pub(super) pattern: FactPattern,
}

impl Compiled {
    /// Whether a file holds the texts that it must, and none that it must not.
    pub(super) fn file_fits(&self, text: &[u8]) -> bool {
        let holds = |part: &String| memchr::memmem::find(text, part.as_bytes()).is_some();
        let mut needs = self.pattern.needs.iter();
        needs.all(|group| group.iter().any(holds)) && !self.pattern.lacks.iter().any(holds)
    }

    /// Whether a fact is of the kind that the pattern is over, and a call one of what it names.
    pub(super) fn asks_for(&self, fact: &Fact) -> bool {
        match (&fact.kind, self.subject) {
            (FactKind::Setting(_), Subject::Setting) | (FactKind::Command(_), Subject::Command) => {
                true
            }
            (FactKind::Call(call), Subject::Call) => {
                let callee: Vec<&str> = call.callee.value.split('.').collect();
                self.pattern.callee.iter().any(|path| path.fits(&callee))
            }
            _ => false,
        }
    }

    /// What the pattern finds in the fact `at` this place of the document.
    pub(super) fn matches(
        &self,
        scene: &Scene<'_>,
        at: usize,
        shape: &Shape,
        contexts: &[Context],
    ) -> Vec<Hit> {
        let pattern = &self.pattern;
        let Some(fact) = scene.document.facts.get(at) else {
            return Vec::new();
        };
        let stands =
            pattern.within.is_empty() || pattern.within.iter().any(|c| contexts.contains(c));
        if !stands || pattern.not_within.iter().any(|c| contexts.contains(c)) {
            return Vec::new();
        }
        let Some(scope) = shape.scope(pattern) else {
            return Vec::new();
        };
        let entries = &scope.entries;
        if !self.fact_fits(scene, at, &fact.kind, entries) {
            return Vec::new();
        }
        let wanted = match self.subject {
            Subject::Setting => &pattern.key,
            _ => &pattern.argument,
        };
        if wanted.is_empty() {
            return vec![self.hit(scene, None, &scope, at)];
        }
        entries
            .iter()
            .filter(|entry| {
                wanted.iter().any(|path| path.fits(&entry.path))
                    && self.value_fits(scene, entry)
                    && self.company_fits(scene, fact, entry, entries)
            })
            .map(|entry| self.hit(scene, Some(entry), &scope, at))
            .collect()
    }

    /// Whether the fact as a whole, and the file around it, are as they must be.
    fn fact_fits(&self, scene: &Scene<'_>, at: usize, kind: &FactKind, entries: &[Entry]) -> bool {
        let pattern = &self.pattern;
        let has = |paths: &[PathPattern]| match kind {
            FactKind::Setting(_) => scene.has_setting(paths),
            _ => paths
                .iter()
                .any(|path| entries.iter().any(|entry| path.fits(&entry.path))),
        };
        let command_fits = match kind {
            FactKind::Command(_) => {
                let later = match pattern.traces {
                    true => scene.traces(at, &pattern.later),
                    false => pattern.later.is_empty() || scene.has_later(at, &pattern.later),
                };
                later
                    && (!pattern.shown || scene.shows(at, pattern.argument.is_empty()))
                    && (!pattern.traced || scene.traced(at).is_some())
            }
            _ => !pattern.shown || scene.shows(at, false),
        };
        command_fits
            && (pattern.with.is_empty() || has(&pattern.with))
            && (pattern.without.is_empty() || !has(&pattern.without))
            && (pattern.given.is_empty()
                || scene
                    .document
                    .facts
                    .get(at)
                    .is_some_and(|fact| scene.is_given(fact, &pattern.given)))
    }

    fn value_fits(&self, scene: &Scene<'_>, entry: &Entry) -> bool {
        let pattern = &self.pattern;
        let is = |class| value::is(&entry.value, class, &scene.tokens);
        let contains = || {
            let text = files::path(&entry.value.value);
            pattern
                .contains
                .iter()
                .any(|part| text.contains(part.as_str()))
        };
        (pattern.value.is_empty() || pattern.value.iter().any(|class| is(*class)))
            && (pattern.contains.is_empty() || contains())
            && !pattern.not_value.iter().any(|class| is(*class))
    }

    /// Whether the names beside an entry, and beside the map that holds it, are as they must be.
    fn company_fits(
        &self,
        scene: &Scene<'_>,
        fact: &Fact,
        entry: &Entry,
        entries: &[Entry],
    ) -> bool {
        let pattern = &self.pattern;
        let beside = |depth: usize, names: &[PathPattern]| {
            let Some(parent) = entry.path.len().checked_sub(depth) else {
                return false;
            };
            let parent = entry.path.get(..parent).unwrap_or_default();
            let wanted = |name: &str| names.iter().any(|pattern| pattern.fits(&[name]));
            match &fact.kind {
                FactKind::Setting(_) => scene.maps().have(&fact.place, parent, wanted),
                _ => entries.iter().any(|other| {
                    let below = other.path.strip_prefix(parent);
                    below
                        .and_then(<[String]>::first)
                        .is_some_and(|name| wanted(name))
                }),
            }
        };
        // A request to a tool has what it asks for in a map of its own.
        let around = |names: &[PathPattern]| beside(2, names) || beside(3, names);
        (pattern.beside.is_empty() || beside(1, &pattern.beside))
            && (pattern.not_beside.is_empty() || !beside(1, &pattern.not_beside))
            && (pattern.around.is_empty() || around(&pattern.around))
            && (pattern.not_around.is_empty() || !around(&pattern.not_around))
            && (pattern.around_holds.is_empty() || {
                let around = entry.path.len().saturating_sub(2);
                let around = entry.path.get(..around).unwrap_or_default();
                scene.holds_below(fact, around, &pattern.around_holds)
            })
    }

    fn condition(&self, scene: &Scene<'_>, entry: Option<&Entry>, at: usize) -> Option<Condition> {
        let file = entry.filter(|_| self.pattern.holds_token);
        let file = file.map(|entry| Condition::HoldsToken(files::path(&entry.value.value)));
        let traced = || scene.traced(at).filter(|_| self.pattern.traced).flatten();
        file.or(self.pattern.run_by.map(Condition::RunBy))
            .or_else(traced)
    }

    fn hit(&self, scene: &Scene<'_>, entry: Option<&Entry>, scope: &Scope, at: usize) -> Hit {
        let mut hide = Vec::new();
        let mut secret = None;
        if let Some(entry) = entry
            && let Value::Literal(text) = &entry.value.value
            && (literal::is_credential(text.as_bytes()) || scene.tokens.touch(&entry.value.span))
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
            Some(entry) => entry.span(scene.file.text, POINTED),
            None => scope.span.clone(),
        };
        let span = if pointed.is_empty() {
            scene.span(at)
        } else if secret.is_some() {
            pointed
        } else {
            with_quotes(scene.file.text, pointed)
        };
        let told = |text: &String| fill(text, entry, scope);
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
            condition: self.condition(scene, entry, at),
        }
    }
}

/// The bytes of a name and a value with the quotes around them.
fn with_quotes(text: &[u8], span: Span) -> Span {
    let is_quote = |b: &&u8| matches!(b, b'"' | b'\'' | b'`');
    let before = span
        .start
        .checked_sub(1)
        .and_then(|at| text.get(at))
        .filter(is_quote);
    let start = span.start - usize::from(before.is_some());
    let inside = text.get(start..span.end).unwrap_or_default();
    let open = |quote: &&u8| memchr::memchr_iter(**quote, inside).count() % 2 == 1;
    let after = text.get(span.end).filter(is_quote).filter(open);
    let end = span.end + usize::from(after.is_some());
    // A quote that only ends something before is none of ours.
    if before.is_some_and(|quote| {
        memchr::memchr_iter(*quote, text.get(start..end).unwrap_or_default()).count() % 2 == 1
    }) {
        span.start..end
    } else {
        start..end
    }
}

/// Puts the user's own names into a text.
fn fill(text: &str, entry: Option<&Entry>, scope: &Scope) -> String {
    let path = entry.map(|entry| entry.path.as_slice()).unwrap_or_default();
    let key = path.last().map(String::as_str).unwrap_or_default();
    let name = entry.and_then(|entry| value::reference(&entry.value.value));
    // No literal is shown that is not a name.
    let shown = entry.and_then(|entry| match &entry.value.value {
        Value::Literal(text) if is_credential_name(text) => Some(text.as_str()),
        _ => None,
    });
    text.replace("{key}", key)
        .replace("{path}", &path.join("."))
        .replace("{name}", name.as_deref().unwrap_or(key))
        .replace("{value}", shown.unwrap_or(key))
        .replace("{subject}", &scope.name)
}
