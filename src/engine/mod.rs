//! From bytes to hits: a pure function of a text and the compiled rules.
//!
//! One pass finds the rules' keywords (`prefilter`); only where one stands is anything tried. A
//! keyword starts a token pattern (`token`) or the unwrapping of a coat (`coat`): base64,
//! UTF-16, an escape, a split literal. What is unwrapped is matched as any text, and its hits are
//! mapped back to the bytes of the file. No I/O, no clock, no globals.

mod boundary;
mod claims;
mod coat;
mod context;
mod credential_file;
mod facts;
mod keyed;
mod literal;
mod log;
mod mask;
mod overlap;
mod prefilter;
mod random;
mod search;
mod settle;
mod split;
mod token;

pub use facts::runs;

use std::sync::Arc;

use crate::finding::{Hit, RuleMeta, Runner};
use crate::rule::{Check, RuleSet};
use crate::source::Origin;
use crate::span::Span;
use crate::syntax::Format;

use self::coat::Coat;
use self::facts::Facts;
use self::keyed::Keyed;
use self::log::Log;
use self::prefilter::{Prefilter, Trigger};
use self::token::Token;

/// How far, in bytes, a match may reach beyond the keyword that starts it.
pub const REACH: usize = 16 * 1024;

/// How far, in bytes, the engine looks back from a keyword.
pub const LOOKBACK: usize = 2 * 1024;

/// How many coats may lie over each other.
const MAX_COATS: usize = 3;

/// The word that starts a suppression comment. Its places are found on the way.
const MARKER: &str = "hfscan:";

/// Compiled rules.
#[derive(Debug)]
pub struct Engine {
    rules: Vec<Arc<RuleMeta>>,
    checks: Vec<Option<Check>>,
    tokens: Vec<Option<Keyed<Token>>>,
    logs: Vec<Option<Keyed<Log>>>,
    enabled: Vec<bool>,
    facts: Facts,
    /// Finds the keywords of enabled rules.
    prefilter: Prefilter,
    /// Finds the keywords of all rules, for masking.
    mask_prefilter: Prefilter,
}

/// What a scan of one chunk found.
#[derive(Debug, Default)]
pub struct Matches {
    /// Hits of enabled rules, in order of place.
    pub hits: Vec<Hit>,
    /// Where a suppression comment may stand.
    pub markers: Vec<usize>,
    /// Whether the text speaks of Hugging Face, so that rules over facts may have to do with it.
    pub anchored: bool,
    /// Where rules over logs may match, if the text is of one, and which.
    logged: Vec<(usize, usize)>,
    /// Scripts that the file runs, if it is a CI configuration or a Dockerfile.
    pub runs: Vec<(Runner, String)>,
}

/// What rules over facts may find in a file.
#[derive(Debug)]
pub struct FactsWanted {
    format: Format,
    /// The places of patterns.
    patterns: Vec<usize>,
}

impl Matches {
    /// Whether rules over logs may match, if the text is of one.
    #[must_use]
    pub fn may_be_log(&self) -> bool {
        !self.logged.is_empty()
    }
}

impl Engine {
    /// Makes rules ready to run. `enabled` says which of them report, in the set's order; all of
    /// them mask. `now` is the time that expiry dates are held against, in seconds since 1970.
    #[must_use]
    pub fn new(set: &RuleSet, enabled: Vec<bool>, now: i64) -> Self {
        let mut engine = Self {
            rules: Vec::new(),
            checks: Vec::new(),
            tokens: Vec::new(),
            logs: Vec::new(),
            facts: Facts::new(set, &enabled),
            enabled,
            prefilter: Prefilter::default(),
            mask_prefilter: Prefilter::default(),
        };
        let mut all = Vec::new();
        let mut of_logs = Vec::new();
        for (index, rule) in set.rules().iter().enumerate() {
            engine.rules.push(Arc::clone(&rule.meta));
            engine.checks.push(rule.check);
            let token = rule.token.clone().map(|pattern| {
                let meta = Arc::clone(&rule.meta);
                let keywords = pattern.keywords.get_ref().clone();
                Keyed::new(&keywords, move || Token::new(index, &pattern, &meta, now))
            });
            let log = rule.log.clone().map(|pattern| {
                let meta = Arc::clone(&rule.meta);
                let keywords = pattern.keywords.get_ref().clone();
                Keyed::new(&keywords, move || Log::new(index, &pattern, &meta))
            });
            let of_token = token.iter().flat_map(Keyed::keywords);
            all.extend(of_token.map(|k| (k.clone(), Trigger::Rule(index))));
            let of_log = log.iter().flat_map(Keyed::keywords);
            of_logs.extend(of_log.map(|k| (k.clone(), Trigger::Log(index))));
            engine.tokens.push(token);
            engine.logs.push(log);
        }
        let on = |trigger: &Trigger| match trigger {
            Trigger::Rule(index) | Trigger::Log(index) => {
                engine.enabled.get(*index).copied().unwrap_or(false)
            }
            _ => true,
        };
        let coats = Coat::needles();
        let mut enabled: Vec<_> = all.iter().filter(|(_, t)| on(t)).cloned().collect();
        if !enabled.is_empty() {
            enabled.extend(coats.clone());
        }
        enabled.extend(of_logs.into_iter().filter(|(_, trigger)| on(trigger)));
        enabled.push((MARKER.into(), Trigger::Marker));
        if !engine.facts.is_empty() {
            let hints = facts::HINTS.iter();
            enabled.extend(hints.map(|hint| (hint.as_bytes().to_vec(), Trigger::Hint)));
        }
        all.extend(coats);
        engine.prefilter = Prefilter::new(enabled);
        engine.mask_prefilter = Prefilter::new(all);
        let safe = set.rules().iter().map(|rule| match rule.built_in {
            true => Arc::clone(&rule.meta),
            false => engine.safe(&rule.meta),
        });
        engine.rules = safe.collect();
        engine
    }

    /// What is said about a rule, without the credential that its author may have put into it: it
    /// stands in reports.
    fn safe(&self, meta: &Arc<RuleMeta>) -> Arc<RuleMeta> {
        let mask = |text: &String| self.mask(text).into_owned();
        let safe = RuleMeta {
            family: mask(&meta.family),
            summary: mask(&meta.summary),
            why: mask(&meta.why),
            remedy: mask(&meta.remedy),
            help: mask(&meta.help),
            references: meta.references.iter().map(mask).collect(),
            ..RuleMeta::clone(meta)
        };
        Arc::new(safe)
    }

    /// What is said about the rule of a hit of this engine.
    ///
    /// # Panics
    ///
    /// If the hit is another engine's.
    #[must_use]
    pub fn meta(&self, rule: usize) -> &Arc<RuleMeta> {
        &self.rules[rule]
    }

    /// The enabled rule that runs a check, if it is enabled.
    #[must_use]
    pub fn check(&self, check: Check) -> Option<&Arc<RuleMeta>> {
        self.rules.get(self.check_place(check)?)
    }

    fn check_place(&self, check: Check) -> Option<usize> {
        let at = self.checks.iter().position(|c| *c == Some(check))?;
        self.enabled.get(at)?.then_some(at)
    }

    /// Whether there is a rule or family of this name.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        self.rules.iter().any(|rule| is_named(rule, name))
    }

    /// Whether every rule of this name is enabled, so that its silence means something.
    #[must_use]
    pub fn judges(&self, name: &str) -> bool {
        let mut named = self
            .rules
            .iter()
            .zip(&self.enabled)
            .filter(|(rule, _)| is_named(rule, name));
        named.all(|(_, enabled)| *enabled)
    }

    /// The rules that report, sorted by id.
    pub fn enabled(&self) -> impl Iterator<Item = &Arc<RuleMeta>> {
        let on = self.rules.iter().zip(&self.enabled);
        on.filter(|(_, enabled)| **enabled).map(|(meta, _)| meta)
    }

    /// Finds everything that starts within `range` of a text. The bytes before and after the range
    /// are context. `parity` is the text's place in its file, to tell the two kinds of UTF-16.
    #[must_use]
    pub fn scan(&self, text: &[u8], range: Span, parity: u64, origin: &Origin) -> Matches {
        let mut matches = self.scan_all(text, range, parity, origin);
        overlap::resolve(&mut matches.hits, &self.rules);
        matches
    }

    /// The same, with hits that lie over others.
    #[must_use]
    pub fn scan_all(&self, text: &[u8], range: Span, parity: u64, origin: &Origin) -> Matches {
        let mut matches = Matches::default();
        let scan = Scan {
            engine: self,
            prefilter: &self.prefilter,
            origin,
            depth: 0,
            joined: false,
        };
        scan.run(text, range, parity, &mut matches);
        matches
    }

    /// Whether a file is a log, judged by its name and its first bytes.
    #[must_use]
    pub fn is_log(&self, origin: &Origin, head: &[u8]) -> bool {
        log::is_log(origin, head)
    }

    /// Adds what rules over logs find in a text that was scanned to its matches.
    pub fn scan_log(&self, text: &[u8], matches: &mut Matches) {
        let found = matches.logged.iter().filter_map(|(at, index)| {
            let log = self.logs.get(*index)?.as_ref()?;
            log.at(text, *at)?.try_at(text, *at)
        });
        let found: Vec<Hit> = found.collect();
        if !found.is_empty() {
            matches.hits.extend(found);
            overlap::resolve(&mut matches.hits, &self.rules);
        }
    }

    /// What rules over facts may find in a whole file; none if it need not be parsed.
    #[must_use]
    pub fn facts_wanted(&self, text: &[u8], origin: &Origin) -> Option<FactsWanted> {
        let format = facts::File { origin, text }.format()?;
        let patterns = self.facts.promising(text, Some(format));
        (!patterns.is_empty()).then_some(FactsWanted { format, patterns })
    }

    /// Whether a text whose name is not known may have to be parsed.
    #[must_use]
    pub fn may_want_facts(&self, text: &[u8]) -> bool {
        !self.facts.promising(text, None).is_empty()
    }

    /// Parses a whole file and adds what rules over facts find in it to its matches. False if parts
    /// of it could not be parsed.
    pub fn scan_facts(
        &self,
        wanted: &FactsWanted,
        text: &[u8],
        origin: &Origin,
        matches: &mut Matches,
    ) -> bool {
        let document = crate::syntax::lower(wanted.format, text);
        let hits = &mut matches.hits;
        let tokens: Vec<Span> = hits
            .iter()
            .filter(|hit| !self.meta(hit.rule).guessable)
            .map(|hit| hit.span.clone())
            .collect();
        let file = facts::File { origin, text };
        let (found, runs) = self.facts.run(&wanted.patterns, &document, file, &tokens);
        hits.extend(found);
        matches.runs = runs;
        overlap::resolve(hits, &self.rules);
        !document.has_errors
    }
}

fn is_named(rule: &RuleMeta, name: &str) -> bool {
    *rule.id == *name || rule.family == name
}

/// One pass over one text.
struct Scan<'a> {
    engine: &'a Engine,
    prefilter: &'a Prefilter,
    origin: &'a Origin,
    /// How many coats were taken off.
    depth: usize,
    /// Whether pieces were put together: then they are not once more.
    joined: bool,
}

impl Scan<'_> {
    fn run(&self, text: &[u8], range: Span, parity: u64, into: &mut Matches) {
        self.prefilter
            .find(text, range, |at, trigger| match trigger {
                Trigger::Rule(index) => {
                    let token = self.engine.tokens.get(index).and_then(Option::as_ref);
                    let token = token.and_then(|token| token.at(text, at));
                    into.hits
                        .extend(token.and_then(|token| token.try_at(text, at, self.origin)));
                }
                Trigger::Coat(coat) if coat.joins() && self.joined => {}
                Trigger::Coat(coat) if self.depth < MAX_COATS => {
                    for view in coat.unwrap(text, at, parity) {
                        let mut inner = Matches::default();
                        let anchor = view.anchor..view.anchor + 1;
                        let below = Scan {
                            depth: self.depth + 1,
                            joined: self.joined || coat.joins(),
                            ..*self
                        };
                        below.run(&view.text, anchor, 0, &mut inner);
                        let found = !inner.hits.is_empty();
                        let hits = inner.hits.into_iter();
                        into.hits.extend(hits.map(|hit| view.outward(hit)));
                        if found {
                            break;
                        }
                    }
                }
                Trigger::Coat(_) => {}
                Trigger::Marker if self.depth == 0 => into.markers.push(at),
                Trigger::Marker => {}
                Trigger::Log(index) if self.depth == 0 => into.logged.push((at, index)),
                Trigger::Log(_) => {}
                Trigger::Hint => into.anchored = into.anchored || facts::is_anchor(text, at),
            });
    }
}
