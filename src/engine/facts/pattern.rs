//! One pattern against one fact.

use std::sync::Arc;

use super::entry::{Entry, with_quotes};
use super::match_context::MatchContext;
use super::view::{FactView, TargetView};
use super::{files, repair, value};
use crate::engine::literal;
use crate::finding::{Condition, Confidence, Hit, Severity};
use crate::model::{Models, PathPattern, is_like};
use crate::redact::Secret;
use crate::rule::{ContextSet, FactPattern, Find, Target, ValueClass};
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
    pub(super) pattern: Arc<FactPattern>,
}

impl Compiled {
    /// Whether a file holds the texts that it must, and none that it must not.
    pub(super) fn file_fits(&self, text: &[u8]) -> bool {
        let holds = |part: &String| memchr::memmem::find(text, part.as_bytes()).is_some();
        let mut needs = self.pattern.needs.iter();
        needs.all(|group| group.iter().any(holds)) && !self.pattern.lacks.iter().any(holds)
    }

    /// Whether a fact is of the kind that the pattern is over, and a call one of what it names.
    pub(super) fn asks_for(&self, fact: &Fact, models: &Models) -> bool {
        match (&fact.kind, &self.pattern.target) {
            (FactKind::Setting(_), Target::Setting)
            | (FactKind::Command(_), Target::Command(_)) => true,
            (FactKind::Call(call), Target::Call(_)) => {
                self.pattern.is_over(&call.callee.value, &models.names)
            }
            _ => false,
        }
    }

    /// What the pattern finds in the fact `at` this place of the document.
    pub(super) fn matches(
        &self,
        context: &MatchContext<'_>,
        at: usize,
        view: &FactView,
        contexts: ContextSet,
    ) -> Vec<Hit> {
        let pattern = &self.pattern;
        let Some(fact) = context.document.facts.get(at) else {
            return Vec::new();
        };
        let stands = pattern.within.is_empty() || pattern.within.meets(contexts);
        if !stands || pattern.not_within.meets(contexts) {
            return Vec::new();
        }
        let Some(target) = view.target(pattern, context.models()) else {
            return Vec::new();
        };
        let entries = &target.entries;
        if !self.fact_fits(context, at, &fact.kind, entries) {
            return Vec::new();
        }
        if pattern.find.is_empty() {
            return vec![self.hit(context, None, &target, at)];
        }
        let names = &context.models().names;
        let found = entries.iter().filter_map(|entry| {
            let find = pattern.find.iter().find(|find| {
                find.path.fits(&entry.path, names) && value_fits(context, entry, find)
            })?;
            self.company_fits(context, fact, entry, entries)
                .then(|| self.hit(context, Some((entry, find)), &target, at))
        });
        found.collect()
    }

    /// Whether the fact as a whole, and the file around it, are as they must be.
    fn fact_fits(
        &self,
        context: &MatchContext<'_>,
        at: usize,
        kind: &FactKind,
        entries: &[Entry],
    ) -> bool {
        let pattern = &self.pattern;
        let names = &context.models().names;
        let has = |paths: &[PathPattern]| match kind {
            FactKind::Setting(_) => context.has_setting(paths),
            _ => paths
                .iter()
                .any(|path| entries.iter().any(|entry| path.fits(&entry.path, names))),
        };
        let command_fits = match kind {
            FactKind::Command(_) => {
                let later = match pattern.traces {
                    true => context.traces(at, &pattern.later),
                    false => pattern.later.is_empty() || context.has_later(at, &pattern.later),
                };
                later
                    && (!pattern.shown || context.shows(at, pattern.find.is_empty()))
                    && (!pattern.kept || context.keeps(at))
                    && (!pattern.traced || context.traced(at).is_some())
            }
            _ => !pattern.shown || context.shows(at, false),
        };
        command_fits
            && (pattern.with.is_empty() || has(&pattern.with))
            && (pattern.without.is_empty() || !has(&pattern.without))
            && (pattern.given.is_empty()
                || context
                    .document
                    .facts
                    .get(at)
                    .is_some_and(|fact| context.is_given(fact, &pattern.given)))
    }

    /// Whether the names beside an entry, and beside the map that holds it, are as they must be.
    fn company_fits(
        &self,
        context: &MatchContext<'_>,
        fact: &Fact,
        entry: &Entry,
        entries: &[Entry],
    ) -> bool {
        let pattern = &self.pattern;
        let beside = |depth: usize, wanted: &dyn Fn(&str) -> bool| {
            let Some(parent) = entry.path.len().checked_sub(depth) else {
                return false;
            };
            let parent = entry.path.get(..parent).unwrap_or_default();
            match &fact.kind {
                FactKind::Setting(_) => context.maps().have(&fact.place, parent, wanted),
                _ => entries.iter().any(|other| {
                    let below = other.path.strip_prefix(parent);
                    below
                        .and_then(<[String]>::first)
                        .is_some_and(|name| wanted(name))
                }),
            }
        };
        let has_beside = |paths: &[PathPattern]| {
            let names = &context.models().names;
            beside(1, &|name| {
                paths.iter().any(|path| path.fits(&[name], names))
            })
        };
        // A request to a tool has what it asks for in a map of its own.
        let has_around = |names: &[String]| {
            let wanted = |name: &str| names.iter().any(|like| is_like(like, name));
            beside(2, &wanted) || beside(3, &wanted)
        };
        let in_shape = pattern.shape.as_ref().is_none_or(|shape| {
            (shape.any.is_empty() || has_around(&shape.any))
                && (shape.none.is_empty() || !has_around(&shape.none))
        });
        in_shape
            && (pattern.beside.is_empty() || has_beside(&pattern.beside))
            && (pattern.not_beside.is_empty() || !has_beside(&pattern.not_beside))
            && (pattern.around_holds.is_empty() || {
                let around = entry.path.len().saturating_sub(2);
                let around = entry.path.get(..around).unwrap_or_default();
                context.holds_below(fact, around, &pattern.around_holds)
            })
    }

    fn condition(
        &self,
        context: &MatchContext<'_>,
        found: Option<(&Entry, &Find)>,
        at: usize,
    ) -> Option<Condition> {
        let file = found.and_then(|(entry, find)| {
            let class = find.is.iter().find_map(|class| match class {
                ValueClass::InFile(class) => Some(*class),
                _ => None,
            });
            Some(Condition::HoldsKey {
                file: files::path(&entry.value.value),
                class: context.models().names.name(class?).to_owned(),
            })
        });
        let traced = || context.traced(at).filter(|_| self.pattern.traced).flatten();
        file.or(self.pattern.run_by.map(Condition::RunBy))
            .or_else(traced)
    }

    fn hit(
        &self,
        context: &MatchContext<'_>,
        found: Option<(&Entry, &Find)>,
        target: &TargetView,
        at: usize,
    ) -> Hit {
        let entry = found.map(|(entry, _)| entry);
        let find = found.map(|(_, find)| find);
        let mut hide = Vec::new();
        let mut secret = None;
        if let Some(entry) = entry
            && let Value::Literal(text) = &entry.value.value
            && (literal::is_credential(text.as_bytes())
                || context.judge.has_token(&entry.value.span))
        {
            hide.push(entry.value.span.clone());
            secret = self.pattern.credential.then(|| {
                let prefix = context.judge.shapes.prefix(text.as_bytes());
                Secret::with_prefix(text.as_bytes(), prefix)
            });
        }
        let pointed = match entry {
            // A credential is shown where it lies, as a token rule would.
            Some(entry) if secret.is_some() => entry.value.span.clone(),
            Some(entry) => entry.span(context.file.text, POINTED),
            None => target.span.clone(),
        };
        let span = if pointed.is_empty() {
            context.span(at)
        } else if secret.is_some() {
            pointed
        } else {
            with_quotes(context.file.text, pointed)
        };
        let told = |own: Option<&String>, common: Option<&String>| {
            own.or(common)
                .map(|text| fill(text, entry, target, context.models()))
        };
        let message = told(
            find.and_then(|find| find.message.as_ref()),
            self.pattern.message.as_ref(),
        );
        let pointed_at = span.clone();
        Hit {
            rule: self.rule,
            span,
            secret,
            hide,
            pieces: Vec::new(),
            severity: find.and_then(|find| find.severity).unwrap_or(self.severity),
            confidence: find
                .and_then(|find| find.confidence)
                .unwrap_or(self.confidence),
            context: message.into_iter().collect(),
            help: told(
                find.and_then(|find| find.help.as_ref()),
                self.pattern.help.as_ref(),
            ),
            condition: self.condition(context, found, at),
            fix: repair::fix(
                &self.pattern.fixes,
                context,
                (entry, target),
                (at, &pointed_at),
            ),
        }
    }
}

/// Whether the value of an entry is what it must be.
fn value_fits(context: &MatchContext<'_>, entry: &Entry, find: &Find) -> bool {
    let is = |class: &ValueClass| context.judge.is(&entry.value, *class);
    let holds = || {
        let text = files::path(&entry.value.value);
        find.holds.iter().any(|part| text.contains(part.as_str()))
    };
    (find.is.is_empty() || find.is.iter().any(is))
        && (find.holds.is_empty() || holds())
        && !find.is_not.iter().any(is)
}

/// Puts the user's own names into a text.
fn fill(text: &str, entry: Option<&Entry>, target: &TargetView, models: &Models) -> String {
    let path = entry.map(|entry| entry.path.as_slice()).unwrap_or_default();
    let key = path.last().map(String::as_str).unwrap_or_default();
    let name = entry.and_then(|entry| value::reference(&entry.value.value));
    // No literal is shown that is not a name.
    let shown = entry.and_then(|entry| match &entry.value.value {
        Value::Literal(text) if models.names.is_any(text) => Some(text.as_str()),
        _ => None,
    });
    text.replace("{key}", key)
        .replace("{path}", &path.join("."))
        .replace("{name}", name.as_deref().unwrap_or(key))
        .replace("{value}", shown.unwrap_or(key))
        .replace("{subject}", &target.name)
}
