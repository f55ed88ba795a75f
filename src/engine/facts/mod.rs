//! Rules over facts: which files are worth a parser, and what their facts match.
//!
//! A file is parsed only if it holds what some pattern needs ([`relevance`]). What is then lowered to facts
//! is held against every such pattern; a match is a hit like any other.

mod arrays;
mod choosing;
mod command;
mod context;
mod entry;
mod few;
mod files;
mod given;
mod lack;
mod literal;
mod maps;
mod match_context;
mod name;
mod needed;
mod option;
mod output;
mod pattern;
mod pipe;
mod relevance;
mod repair;
mod runs;
mod seen;
mod texts;
mod trace;
mod value;
mod view;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use self::command::Line;
use self::context::Known;
use self::given::Given;
use self::match_context::MatchContext;
use self::pattern::Compiled;
use self::relevance::Relevance;
use self::value::Judge;
use self::view::FactView;
use super::token::Shapes;
use crate::finding::{Hit, Runner};
use crate::model::Models;
use crate::rule::{Contexts, RuleSet, Target};
use crate::source::Origin;
use crate::syntax::{Asked, Document, FactKind, Format, lower};

pub(crate) use self::command::Spoken;
pub(crate) use self::context::kind_names;
pub(super) use self::lack::{Unparsed, one_of};
pub(super) use self::relevance::Note;
pub(super) use self::seen::Seen;
pub(super) use self::value::Token;

/// The rules over facts, ready to run.
#[derive(Debug)]
pub(super) struct Facts {
    patterns: Vec<Compiled>,
    relevance: OnceLock<Relevance>,
    models: Arc<Models>,
    contexts: Arc<Contexts>,
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
            patterns.extend(entry.facts.iter().map(|pattern| Compiled {
                rule,
                severity: pattern.severity.unwrap_or(entry.meta.severity),
                confidence: pattern.confidence.unwrap_or(entry.meta.confidence),
                pattern: Arc::clone(pattern),
            }));
        }
        Self {
            patterns,
            relevance: OnceLock::new(),
            models: Arc::clone(set.models()),
            contexts: Arc::clone(set.contexts()),
        }
    }

    /// What says which files are worth a parser.
    pub(super) fn relevance(&self) -> &Relevance {
        self.relevance.get_or_init(|| {
            let patterns = self.patterns.iter().map(|compiled| &*compiled.pattern);
            let patterns: Vec<_> = patterns.collect();
            Relevance::new(&patterns, &self.models, &self.contexts)
        })
    }

    /// What the world calls things.
    pub(super) fn models(&self) -> &Arc<Models> {
        &self.models
    }

    fn known(&self) -> Known<'_> {
        Known {
            models: &self.models,
            contexts: &self.contexts,
        }
    }

    /// What a file says, as far as some patterns ask for it.
    pub(super) fn document(&self, format: Format, text: &[u8], asking: &[usize]) -> Document {
        let patterns = || asking.iter().filter_map(|at| self.patterns.get(*at));
        let settings =
            patterns().any(|compiled| matches!(compiled.pattern.target, Target::Setting));
        let calls =
            patterns().filter(|compiled| matches!(compiled.pattern.target, Target::Call(_)));
        let calls: Vec<_> = calls
            .map(|compiled| Arc::clone(&compiled.pattern))
            .collect();
        let models = Arc::clone(&self.models);
        let wants = move |callee: &str| {
            let mut calls = calls.iter();
            calls.any(|pattern| pattern.is_over(callee, &models.names))
        };
        lower(format, text, &self.models, Asked::some(wants, settings))
    }

    /// The commands of a shell script; see [`super::Engine::commands`].
    pub(super) fn commands(&self, script: &[u8], programs: &[String]) -> Vec<Spoken> {
        let document = self.document(Format::Shell, script, &[]);
        let commands = document.facts.iter().filter_map(|fact| match &fact.kind {
            FactKind::Command(command) => command.effective(&self.models),
            _ => None,
        });
        commands
            .map(|invocation| Line::new(invocation, &[]).spoken(programs, &self.models))
            .collect()
    }

    /// What the `promising` patterns match in a file that was lowered, and the scripts that it runs.
    /// `tokens` are the credentials that token rules found in it.
    pub(super) fn run(
        &self,
        promising: &[usize],
        document: &Document,
        file: File<'_>,
        (tokens, shapes): (&[Token], &Shapes),
    ) -> Found {
        let judge = Judge {
            models: &self.models,
            tokens,
            shapes,
            given: &Given::of(document, &self.models),
        };
        let file_contexts = context::of_file(file, document, self.known());
        let context = MatchContext::new(document, file, judge);
        let mut hits: Vec<Hit> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut told = BTreeSet::new();
        let mut done = BTreeSet::new();
        let fitting: Vec<&Compiled> = promising
            .iter()
            .filter_map(|at| self.patterns.get(*at))
            .filter(|compiled| compiled.file_fits(file.text))
            .collect();
        // A program calls the same things again and again.
        let mut over: FxHashMap<&str, Vec<&Compiled>> = FxHashMap::default();
        for (at, fact) in document.facts.iter().enumerate() {
            let asks = |compiled: &&Compiled| compiled.asks_for(fact, &self.models);
            let asking = || -> Vec<&Compiled> { fitting.iter().copied().filter(asks).collect() };
            let asking = match &fact.kind {
                FactKind::Call(call) => over
                    .entry(&call.callee.value)
                    .or_insert_with(asking)
                    .clone(),
                FactKind::Setting(_) | FactKind::Command(_) => asking(),
            };
            if asking.is_empty() {
                continue;
            }
            let view = FactView::of(fact, context.filled(at).as_ref(), &self.models);
            let contexts = context::of_fact(fact, file_contexts, self.known());
            for compiled in asking {
                for hit in compiled.matches(&context, at, &view, contexts) {
                    if compiled.pattern.single && !done.insert((hit.rule, at)) {
                        continue;
                    }
                    let new =
                        !compiled.pattern.once || told.insert((hit.rule, hit.context.clone()));
                    if new && seen.insert((hit.rule, hit.span.start, hit.span.end)) {
                        hits.push(hit);
                    }
                }
            }
        }
        (hits, runs::of(document, file_contexts, self.known()))
    }

    /// The scripts that a whole file runs, if it is a CI configuration or a Dockerfile.
    pub(super) fn runs(&self, text: &[u8], origin: &Origin) -> Vec<(Runner, String)> {
        let file = File { origin, text };
        file.format().map_or_else(Vec::new, |format| {
            let document = self.document(format, text, &[]);
            let contexts = context::of_file(file, &document, self.known());
            runs::of(&document, contexts, self.known())
        })
    }

    /// Whether a file of variables has a key of a class of credentials, or the bare name of one.
    pub(super) fn has_key(&self, variables: &[u8], class: &str) -> bool {
        let names = &self.models.names;
        let Ok(class) = names.class(class) else {
            return false;
        };
        let document = self.document(Format::Dotenv, variables, &[]);
        let has_key = document.facts.iter().any(|fact| match &fact.kind {
            FactKind::Setting(setting) => {
                setting.path.iter().any(|key| names.is(class, &key.value))
            }
            _ => false,
        });
        let bare = |line: &[u8]| {
            std::str::from_utf8(line.trim_ascii()).is_ok_and(|line| names.is(class, line))
        };
        has_key || variables.split(|byte| *byte == b'\n').any(bare)
    }

    /// Whether a file is configuration by its name: of a CI system, a build, a deployment.
    pub(super) fn is_configuration(&self, file: File<'_>) -> bool {
        let by_format = || {
            matches!(
                file.format(),
                Some(Format::Dockerfile | Format::Jenkinsfile | Format::Dotenv | Format::Apptainer)
            )
        };
        context::is_of_kind(file.origin.name(), &self.models) || by_format()
    }

    /// Whether a file runs scripts that lie in files of their own, by its path alone.
    pub(super) fn runs_scripts(&self, path: &str) -> bool {
        context::runs_scripts(path, &self.models)
    }

    /// Whether a file is a script by its name.
    pub(super) fn is_script(&self, path: &str) -> bool {
        runs::is_script(path, &self.models)
    }
}

impl File<'_> {
    /// The format of a file, if it has a front-end.
    pub(super) fn format(self) -> Option<Format> {
        Format::detect(self.origin.name(), self.text)
    }
}
