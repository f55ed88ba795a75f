//! From bytes to hits: a pure function of a text and the compiled rules.
//!
//! One pass finds the rules' keywords (`prefilter`); only where one stands is anything tried. A keyword
//! starts a token pattern (`token`) or the decoding of an encoding around one (`encoding`): base64,
//! UTF-16, an escape, a split literal. What is decoded is matched as any text, and its hits are mapped back
//! to the bytes of the file. The same pass tells which files are worth a parser (`facts`). No I/O, no
//! clock, no globals.

mod boundary;
mod claims;
mod context;
mod credential_file;
mod encoding;
mod facts;
mod field;
mod lazy_rule;
mod literal;
mod log;
mod mask;
mod matches;
mod open_end;
mod overlap;
mod parsing;
mod pass;
mod prefilter;
mod random;
mod repair;
mod search;
mod token;
mod why;

use std::sync::{Arc, OnceLock};

use crate::finding::{Fix, Hit, RuleMeta, Runner};
use crate::model::{Bigrams, ClassId};
use crate::rule::{Check, FixRule, RuleSet};
use crate::source::Origin;
use crate::span::Span;
use crate::syntax::Format;

use self::facts::Facts;
pub(crate) use self::facts::{Spoken, kind_names};
pub(crate) use self::matches::{Bounds, Input, Matches, Nature, Parsing, Part};

use self::lazy_rule::LazyRule;
use self::log::Log;
use self::pass::{Found, Pass};
use self::prefilter::{Keywords, Prefilter, Trigger};
use self::token::{Around, Shapes, Token};

/// How far, in bytes, a match may reach beyond the keyword that starts it.
pub const REACH: usize = 16 * 1024;

/// How far, in bytes, the engine looks back from a keyword.
pub const LOOKBACK: usize = 2 * 1024;

/// The word that starts a suppression comment. Its places are found on the way.
const MARKER: &str = "hfscan:";

/// Compiled rules.
#[derive(Debug)]
pub(crate) struct Engine {
    rules: Vec<Arc<RuleMeta>>,
    checks: Vec<Option<Check>>,
    tokens: Vec<Option<LazyRule<Token>>>,
    logs: Vec<Option<LazyRule<Log>>>,
    enabled: Vec<bool>,
    facts: Facts,
    shapes: Shapes,
    /// The class of credentials that each token rule knows.
    classes: Vec<Option<ClassId>>,
    /// How to mend credentials, by rule.
    fixes: Vec<Vec<FixRule>>,
    /// The keywords of credentials of which another half must stand near.
    pairs: Vec<Vec<u8>>,
    /// The keywords of rules over bytes that are enabled: a text without a format has no facts.
    plain: Keywords,
    /// What finds them, and what rules over facts need.
    prefilter: OnceLock<Prefilter>,
    /// The keywords of all token rules, for masking.
    masked: Keywords,
}

impl Engine {
    /// Makes rules ready to run. `enabled` says which of them report, in the set's order; all of
    /// them mask. `now` is the time that expiry dates are held against, in seconds since 1970.
    #[must_use]
    pub(crate) fn new(set: &RuleSet, enabled: Vec<bool>, now: i64) -> Self {
        let mut engine = Self {
            rules: Vec::new(),
            checks: Vec::new(),
            tokens: Vec::new(),
            logs: Vec::new(),
            facts: Facts::new(set, &enabled),
            shapes: Shapes::new(set),
            classes: classes(set),
            fixes: set.rules().iter().map(|rule| rule.fixes.clone()).collect(),
            pairs: pairs(set),
            enabled,
            plain: Keywords::default(),
            prefilter: OnceLock::new(),
            masked: Keywords::default(),
        };
        let mut of_tokens = Vec::new();
        let mut of_logs = Vec::new();
        for (index, rule) in set.rules().iter().enumerate() {
            engine.rules.push(Arc::clone(&rule.meta));
            engine.checks.push(rule.check);
            let token = rule.token.clone().map(|pattern| {
                let meta = Arc::clone(&rule.meta);
                let keywords = pattern.keywords.get_ref().clone();
                LazyRule::new(&keywords, move || Token::new(index, &pattern, &meta, now))
            });
            let log = rule.log.clone().map(|pattern| {
                let meta = Arc::clone(&rule.meta);
                let keywords = pattern.keywords.get_ref().clone();
                LazyRule::new(&keywords, move || Log::new(index, &pattern, &meta))
            });
            let of_token = token.iter().flat_map(LazyRule::keywords);
            of_tokens.extend(of_token.map(|k| (k.clone(), Trigger::Token(index))));
            let of_log = log.iter().flat_map(LazyRule::keywords);
            of_logs.extend(of_log.map(|k| (k.clone(), Trigger::Log(index))));
            engine.tokens.push(token);
            engine.logs.push(log);
        }
        let encodings = encoding::keywords(engine.shapes.roots()).into_iter();
        let encodings = encodings.map(|(text, encoding)| (text, Trigger::Encoding(encoding)));
        let encodings: Vec<_> = encodings.collect();
        engine.plain = Keywords::new(engine.plain_keywords(&of_tokens, of_logs, &encodings));
        engine.masked = Keywords::new(of_tokens.into_iter().chain(encodings).collect());
        let safe = set.rules().iter().map(|rule| match rule.built_in {
            true => Arc::clone(&rule.meta),
            false => engine.safe(&rule.meta),
        });
        engine.rules = safe.collect();
        engine
    }

    /// The keywords of enabled rules over bytes.
    fn plain_keywords(
        &self,
        of_tokens: &[(Vec<u8>, Trigger)],
        of_logs: Vec<(Vec<u8>, Trigger)>,
        encodings: &[(Vec<u8>, Trigger)],
    ) -> Vec<(Vec<u8>, Trigger)> {
        let on = |trigger: &Trigger| match trigger {
            Trigger::Token(index) | Trigger::Log(index) => {
                self.enabled.get(*index).copied().unwrap_or(false)
            }
            _ => true,
        };
        let tokens = of_tokens.iter().filter(|(_, trigger)| on(trigger));
        let mut keywords: Vec<(Vec<u8>, Trigger)> = tokens.cloned().collect();
        if !keywords.is_empty() {
            keywords.extend_from_slice(encodings);
        }
        keywords.extend(of_logs.into_iter().filter(|(_, trigger)| on(trigger)));
        keywords.push((MARKER.into(), Trigger::Marker));
        keywords
    }

    /// What finds whatever enabled rules look for in a text that may have facts.
    fn prefilter(&self) -> &Prefilter {
        self.prefilter.get_or_init(|| {
            let texts = self.facts.relevance().first_texts();
            let texts = texts.map(|(text, note)| (text.as_bytes().to_vec(), Trigger::Fact(note)));
            let keywords = self.plain.all().iter().cloned().chain(texts);
            Prefilter::new(keywords.collect(), self.bigrams())
        })
    }

    fn bigrams(&self) -> &Bigrams {
        &self.facts.models().bigrams
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
    pub(crate) fn meta(&self, rule: usize) -> &Arc<RuleMeta> {
        &self.rules[rule]
    }

    /// The enabled rule that runs a check, if it is enabled.
    #[must_use]
    pub(crate) fn check(&self, check: Check) -> Option<&Arc<RuleMeta>> {
        self.rules.get(self.check_place(check)?)
    }

    fn check_place(&self, check: Check) -> Option<usize> {
        let at = self.checks.iter().position(|c| *c == Some(check))?;
        self.enabled.get(at)?.then_some(at)
    }

    /// Whether there is a rule or family of this name.
    #[must_use]
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.rules.iter().any(|rule| is_named(rule, name))
    }

    /// Whether every rule of this name is enabled, so that its silence means something.
    #[must_use]
    pub(crate) fn judges(&self, name: &str) -> bool {
        let mut named = self
            .rules
            .iter()
            .zip(&self.enabled)
            .filter(|(rule, _)| is_named(rule, name));
        named.all(|(_, enabled)| *enabled)
    }

    /// The rules that report, sorted by id.
    pub(crate) fn enabled(&self) -> impl Iterator<Item = &Arc<RuleMeta>> {
        let on = self.rules.iter().zip(&self.enabled);
        on.filter(|(_, enabled)| **enabled).map(|(meta, _)| meta)
    }

    /// Scans a file, or a part of it: the bytes that begin within `fresh`, with all that stands around
    /// them as context.
    #[must_use]
    pub(crate) fn scan_file(&self, input: Input<'_>, fresh: Span) -> Matches {
        let Input { text, origin, .. } = input;
        let mut matches = self.scan_all(input, fresh);
        overlap::resolve(&mut matches.hits, &self.rules);
        if !matches!(input.part, Part::Later(_))
            && let Some(hit) = self.credential_file(text, origin)
        {
            let before = |other: &Hit| other.span.start < hit.span.start;
            let at = matches.hits.partition_point(before);
            matches.hits.insert(at, hit);
        }
        matches
    }

    /// The same, with hits that lie over others, and without that of a file which has no business in a tree:
    /// all that a copy has to hide.
    #[must_use]
    pub(crate) fn scan_all(&self, input: Input<'_>, fresh: Span) -> Matches {
        let Input { text, origin, .. } = input;
        let format = Format::detect(origin.name(), text);
        let before = known(input);
        let end = fresh.end;
        let prefilter = match format {
            Some(_) => self.prefilter(),
            None => self.plain.prefilter(self.bigrams()),
        };
        let mut found = self.pass(prefilter, input, (fresh, before));
        let mut matches = Matches {
            hits: found.hits,
            markers: found.markers,
            ..Matches::default()
        };
        // What a short file is matters only where a rule over logs may match.
        let is_log = match input.part {
            Part::Whole => !found.logged.is_empty() && log::is_log(origin, text),
            Part::First => log::is_log(origin, text),
            Part::Later(nature) => nature.is_log,
        };
        let head = before.head(input.start);
        matches.nature = Nature {
            is_log,
            bounds: match before.bounds {
                Bounds::Mixed if head.is_binary(text, end) => Bounds::Fields,
                same => same,
            },
            begun: head.is_begun(text, end),
        };
        if is_log {
            self.scan_log(text, &found.logged, &mut matches);
        }
        found.seen.tokens = !matches.hits.is_empty();
        if let Some(format) = format
            && self.facts.relevance().is_relevant(&found.seen)
        {
            self.scan_facts((input, format), &found.seen, &mut matches);
        }
        matches
    }

    /// How to mend a credential that stands at these bytes of a file.
    #[must_use]
    pub(crate) fn fix(&self, hit: &Hit, text: &[u8], origin: &Origin) -> Option<Fix<Span>> {
        let fixes = self.fixes.get(hit.rule).filter(|fixes| !fixes.is_empty())?;
        let secret = hit.secret.as_ref()?;
        let is_plain = text.get(hit.span.clone()) == Some(secret.expose());
        let site = repair::Site::of_credential(text, origin, hit.span.clone());
        is_plain.then(|| site.fix(fixes)).flatten()
    }

    /// Whether a content may hold something, whatever its name is.
    #[must_use]
    pub(crate) fn may_hold(&self, text: &[u8]) -> bool {
        let origin = Origin::default();
        let input = Input {
            text,
            start: 0,
            origin: &origin,
            part: Part::Whole,
        };
        let all = (0..text.len(), Nature::default());
        let mut found = self.pass(self.prefilter(), input, all);
        found.seen.tokens = !found.hits.is_empty();
        let relevance = self.facts.relevance();
        !found.hits.is_empty()
            || !found.markers.is_empty()
            || (relevance.is_relevant(&found.seen)
                && !relevance.promising(text, &found.seen, None).is_empty())
    }

    /// The commands of a shell script, behind what only starts them, and what is given to those of some programs with
    /// their subcommands.
    #[must_use]
    pub(crate) fn commands(&self, script: &[u8], programs: &[String]) -> Vec<Spoken> {
        self.facts.commands(script, programs)
    }

    /// The scripts that a whole file runs, if it is a CI configuration or a Dockerfile.
    #[must_use]
    pub(crate) fn runs(&self, text: &[u8], origin: &Origin) -> Vec<(Runner, String)> {
        self.facts.runs(text, origin)
    }

    /// Whether a file runs scripts that lie in files of their own, by its path alone.
    #[must_use]
    pub(crate) fn runs_scripts(&self, path: &str) -> bool {
        self.facts.runs_scripts(path)
    }

    /// Whether a file is a script by its name.
    #[must_use]
    pub(crate) fn is_script(&self, path: &str) -> bool {
        self.facts.is_script(path)
    }

    /// Whether a file of variables has a key of a class of credentials, or the bare name of one, which takes
    /// its value from the environment.
    #[must_use]
    pub(crate) fn has_key(&self, variables: &[u8], class: &str) -> bool {
        self.facts.has_key(variables, class)
    }

    /// One pass over the bytes of a text.
    fn pass(
        &self,
        prefilter: &Prefilter,
        input: Input<'_>,
        (fresh, before): (Span, Nature),
    ) -> Found {
        let pass = Pass {
            engine: self,
            prefilter,
            around: Around {
                origin: input.origin,
                shapes: &self.shapes,
                models: self.facts.models(),
                bounds: before.bounds,
                head: Some(before.head(input.start)),
            },
            depth: 0,
            joined: false,
            nested: false,
        };
        pass.whole(input.text, fresh, input.start)
    }

    /// Adds what rules over logs find.
    fn scan_log(&self, text: &[u8], logged: &[(usize, usize)], matches: &mut Matches) {
        let found = logged.iter().filter_map(|(at, index)| {
            let log = self.logs.get(*index)?.as_ref()?;
            log.get()?.try_at(text, *at)
        });
        matches.hits.extend(found);
    }

    /// The credentials among hits that no guess is.
    fn found_tokens(&self, hits: &[Hit]) -> Vec<facts::Token> {
        let known = hits.iter().filter(|hit| !self.meta(hit.rule).guessable);
        known
            .map(|hit| facts::Token {
                span: hit.span.clone(),
                class: self.classes.get(hit.rule).copied().flatten(),
            })
            .collect()
    }
}

/// What was known of a file before a text of it was looked at.
fn known(input: Input<'_>) -> Nature {
    match input.part {
        Part::Later(nature) => nature,
        Part::Whole | Part::First => Nature::default(),
    }
}

/// The class of credentials that each token rule knows, if it says one that there is.
fn classes(set: &RuleSet) -> Vec<Option<ClassId>> {
    let names = &set.models().names;
    let of = set
        .rules()
        .iter()
        .map(|rule| rule.token.as_ref()?.of.as_deref());
    of.map(|of| names.class(of?).ok()).collect()
}

/// The keywords of token rules whose credentials have another half near them that is hidden too.
fn pairs(set: &RuleSet) -> Vec<Vec<u8>> {
    let tokens = set.rules().iter().filter_map(|rule| rule.token.as_ref());
    let pairs = tokens.filter(|token| {
        let near = token.near.as_ref().map(|near| near.pattern.get_ref());
        near.is_some_and(|near| near.contains("?<secret>"))
    });
    let keywords = pairs.flat_map(|token| token.keywords.get_ref());
    keywords
        .map(|keyword| keyword.clone().into_bytes())
        .collect()
}

fn is_named(rule: &RuleMeta, name: &str) -> bool {
    *rule.id == *name || rule.family == name
}
