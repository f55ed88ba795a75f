//! A compiled token rule, tried where one of its keywords stands.

use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

use super::boundary::{Edge, left, right};
use super::encoding::{Prefix, Prefixes};
use super::{Bounds, REACH, claims, context, field, literal, random};
use crate::finding::{Confidence, Hit, RuleMeta, Severity};
use crate::model::Models;
use crate::redact::Secret;
use crate::rule::{Looks, Near, RuleSet, TokenPattern, compile};
use crate::source::Origin;
use crate::span::Span;

/// Around a keyword that does not begin the pattern, how many bytes are searched before and after.
const AROUND: (usize, usize) = (512, 1024);

/// A pattern that is compiled when it is first tried.
type LazyRegex = LazyLock<Option<Regex>, Box<dyn FnOnce() -> Option<Regex> + Send>>;

/// What the credentials look like that token rules know, whether or not they are some.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    prefixes: Prefixes,
    /// Whole credentials, by rule.
    patterns: Vec<LazyRegex>,
}

impl Shapes {
    /// Those of all rules whose credentials begin with a keyword.
    pub(super) fn new(set: &RuleSet) -> Self {
        let tokens = set.rules().iter().filter_map(|rule| rule.token.as_deref());
        let tokens: Vec<&TokenPattern> = tokens
            .filter(|token| token.boundary && token.begins_with_keyword())
            .collect();
        let prefixes = tokens.iter().flat_map(|token| {
            let is_long = token.is_long();
            token.keywords.get_ref().iter().map(move |keyword| Prefix {
                text: keyword.clone().into_bytes(),
                is_long,
            })
        });
        Self {
            prefixes: Prefixes::new(prefixes.collect()),
            patterns: tokens
                .iter()
                .map(|token| {
                    let whole = format!("^(?:{})$", token.pattern.get_ref());
                    let compile: Box<dyn FnOnce() -> Option<Regex> + Send> =
                        Box::new(move || compile(&whole).ok());
                    LazyLock::new(compile)
                })
                .collect(),
        }
    }

    /// Whether a text has the shape of a credential of some rule.
    pub(super) fn fit(&self, text: &[u8]) -> bool {
        self.prefixes.of(text).is_some()
            && self.patterns.iter().any(|pattern| {
                pattern
                    .as_ref()
                    .is_some_and(|pattern| pattern.is_match(text))
            })
    }

    /// The length of the prefix of a credential, in bytes.
    pub(super) fn prefix(&self, secret: &[u8]) -> usize {
        self.prefixes
            .of(secret)
            .map_or(0, |prefix| prefix.text.len())
    }

    /// The prefixes that are text.
    pub(super) fn prefixes(&self) -> impl Iterator<Item = &str> {
        let prefixes = self.prefixes.iter();
        prefixes.filter_map(|prefix| std::str::from_utf8(&prefix.text).ok())
    }

    /// The prefixes.
    pub(super) fn roots(&self) -> &Prefixes {
        &self.prefixes
    }
}

/// What surrounds a match, and what is known of credentials.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) origin: &'a Origin,
    pub(super) shapes: &'a Shapes,
    pub(super) models: &'a Models,
    /// What parts a match from what stands beside it.
    pub(super) bounds: Bounds,
    /// Where the text lies in its file, and whether something stands before it; none of what was decoded.
    pub(super) head: Option<field::Head>,
}

impl Around<'_> {
    /// Whether a place lies in no text.
    fn is_binary(&self, text: &[u8], span: &Span) -> bool {
        match self.bounds {
            Bounds::Words => false,
            Bounds::Mixed => {
                let head = self.head.as_ref();
                head.is_some_and(|head| head.is_binary(text, span.start))
                    || field::is_near_binary(text, span)
            }
            Bounds::Fields | Bounds::Open => true,
        }
    }
}

/// A token rule, ready to run.
#[derive(Debug)]
pub(super) struct Token {
    /// The rule's place in the catalogue.
    rule: usize,
    /// The pattern; anchored at the keyword, if every match begins with one.
    regex: Regex,
    anchored: bool,
    boundary: bool,
    /// Whether its structure tells a credential from what stands beside it.
    structured: bool,
    /// Whether its credentials have no fixed length.
    variable: bool,
    looks: Option<Looks>,
    /// The time that expiry is held against, if claims are to be read.
    claims: Option<i64>,
    near: Option<(Regex, Near)>,
    when: Vec<When>,
    allow: Vec<String>,
    severity: Severity,
    confidence: Confidence,
}

#[derive(Debug)]
struct When {
    body: Option<Regex>,
    credential_context: Option<bool>,
    severity: Option<Severity>,
    confidence: Option<Confidence>,
}

impl Token {
    /// Compiles a pattern.
    pub(super) fn new(
        rule: usize,
        pattern: &TokenPattern,
        meta: &RuleMeta,
        now: i64,
    ) -> Result<Self, regex::Error> {
        let anchored = pattern.begins_with_keyword();
        let text = pattern.pattern.get_ref();
        let near = match &pattern.near {
            Some(near) => Some((compile(near.pattern.get_ref())?, near.clone())),
            None => None,
        };
        let when = pattern.when.iter().map(|when| {
            Ok(When {
                body: when
                    .body
                    .as_ref()
                    .map(|body| compile(body.get_ref()))
                    .transpose()?,
                credential_context: when.credential_context,
                severity: when.severity,
                confidence: when.confidence,
            })
        });
        Ok(Self {
            rule,
            regex: compile(&if anchored {
                format!("^(?:{text})")
            } else {
                text.clone()
            })?,
            anchored,
            boundary: pattern.boundary,
            structured: pattern.is_structured(),
            variable: !pattern.has_fixed_length(),
            looks: pattern.looks,
            claims: pattern.claims.then_some(now),
            near,
            when: when.collect::<Result<_, regex::Error>>()?,
            allow: pattern.allow.clone(),
            severity: meta.severity,
            confidence: meta.confidence,
        })
    }

    /// Tries the pattern at a keyword, or around it.
    pub(super) fn try_at(&self, text: &[u8], at: usize, around: Around<'_>) -> Option<Hit> {
        if self.anchored {
            let rest = text.get(at..)?;
            let window = rest.get(..rest.len().min(REACH))?;
            if !self.regex.is_match(window) {
                return None;
            }
            let found = self.regex.captures(window)?;
            let shorter = self.within_field(text, (at, window), &found, around);
            return self.evaluate(text, at, &shorter.unwrap_or(found), around);
        }
        let from = at.saturating_sub(AROUND.0);
        let window = text.get(from..text.len().min(at + AROUND.1))?;
        let found = self.regex.captures_iter(window).find(|found| {
            let whole = found.get(0).map_or(0..0, |m| m.range());
            (whole.start + from..whole.end + from).contains(&at)
        })?;
        self.evaluate(text, from, &found, around)
    }

    /// The part of a match of no fixed length, in a window at a place, that is a field of a binary record:
    /// what follows may look like more of it.
    fn within_field<'w>(
        &self,
        text: &[u8],
        (at, window): (usize, &'w [u8]),
        found: &Captures<'_>,
        around: Around<'_>,
    ) -> Option<Captures<'w>> {
        let longest = found.get(0)?.end();
        if !(self.boundary && self.variable && around.is_binary(text, &(at..at + longest))) {
            return None;
        }
        let end = field::end(text, at, at + 1..=at + longest)?;
        let shorter = self.regex.captures(window.get(..end - at)?)?;
        (shorter.get(0)?.end() == end - at).then_some(shorter)
    }

    /// How sure it is that a match is no part of something longer, if it may be a credential at all.
    fn bounded(&self, text: &[u8], span: &Span, around: Around<'_>) -> Option<Confidence> {
        let medium = self.confidence.min(Confidence::Medium);
        let edges = [left(text, span.start), right(text, span.end)];
        if edges == [Edge::Clean; 2] || field::is_counted(text, span) {
            return Some(self.confidence);
        }
        if around.bounds == Bounds::Open {
            return Some(medium);
        }
        let binary = around.is_binary(text, span);
        if binary && field::is_whole(text, span) {
            return Some(self.confidence);
        }
        let inside = edges.contains(&Edge::Inside);
        let open = edges.map(|edge| edge != Edge::Clean);
        let apart = !field::goes_on(text, span, (open[0], open[1]), around.shapes.roots());
        (apart && (!inside || (binary && self.structured))).then_some(medium)
    }

    /// Decides whether a match, in a window that starts at `from`, is a hit, and how severe.
    fn evaluate(
        &self,
        text: &[u8],
        from: usize,
        found: &Captures<'_>,
        around: Around<'_>,
    ) -> Option<Hit> {
        let group = |name: &str| found.name(name).map(|m| m.start() + from..m.end() + from);
        let whole = found.get(0).map(|m| m.start() + from..m.end() + from)?;
        let span = group("secret").unwrap_or(whole);
        let secret = text.get(span.clone())?;
        let secret = Secret::with_prefix(secret, around.shapes.prefix(secret));
        let body = text.get(group("body").unwrap_or_else(|| span.clone()))?;
        let confidence = match self.boundary {
            true => self.bounded(text, &span, around)?,
            false => self.confidence,
        };
        let plausible = match self.looks {
            Some(Looks::Random) => random::is_random(body),
            Some(Looks::Literal) => literal::is_credential(body),
            Some(Looks::Varied) => !random::is_filler(body),
            None => true,
        };
        if !plausible || (!self.allow.is_empty() && self.allow.contains(&secret.sha256())) {
            return None;
        }
        let mut hit = Hit {
            rule: self.rule,
            hide: vec![span.clone()],
            pieces: vec![span.clone()],
            span,
            secret: Some(secret),
            severity: self.severity,
            confidence,
            context: Vec::new(),
            help: None,
            condition: None,
            fix: None,
        };
        let context = context::read(text, hit.span.clone(), around.origin, around.models);
        let credential = context.as_ref().is_some_and(|context| context.credential);
        hit.context.extend(context.map(|context| context.phrase));
        self.apply_when(&mut hit, body, credential);
        self.apply_claims(&mut hit);
        self.apply_near(hit, text)
    }

    fn apply_when(&self, hit: &mut Hit, body: &[u8], credential: bool) {
        for when in &self.when {
            let body_fits = when.body.as_ref().is_none_or(|regex| regex.is_match(body));
            if body_fits
                && when
                    .credential_context
                    .is_none_or(|wanted| wanted == credential)
            {
                hit.severity = when.severity.unwrap_or(hit.severity);
                // What lowered the confidence before still holds.
                hit.confidence = when
                    .confidence
                    .map_or(hit.confidence, |c| c.min(hit.confidence));
            }
        }
    }

    fn apply_claims(&self, hit: &mut Hit) {
        let secret = hit.secret.as_ref().map(Secret::expose);
        let claims = self.claims.zip(secret);
        if let Some(claims) = claims.and_then(|(now, secret)| claims::read(secret, now)) {
            hit.context.extend(claims.phrases);
            if claims.expired {
                hit.severity = hit.severity.min(Severity::Warning);
            }
        }
    }

    /// Looks for what must stand near the hit, and hides its secret too.
    fn apply_near(&self, mut hit: Hit, text: &[u8]) -> Option<Hit> {
        let Some((regex, near)) = &self.near else {
            return Some(hit);
        };
        let from = hit.span.start.saturating_sub(near.within);
        let window = text.get(from..text.len().min(hit.span.end + near.within))?;
        match regex.captures(window) {
            Some(found) => {
                let other = found
                    .name("secret")
                    .map(|m| m.start() + from..m.end() + from);
                hit.hide
                    .extend(other.filter(|other: &Span| *other != hit.span));
            }
            None => hit.severity = near.otherwise?,
        }
        Some(hit)
    }
}
