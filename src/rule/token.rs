//! The match language of token rules.

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, HirKind};
use serde::Deserialize;
use toml::Spanned;

use crate::finding::{Confidence, Severity};

/// A pattern over the bytes of any file.
///
/// The bytes that the pattern's group `secret` matches, or else the whole match, are the
/// credential. The group `body`, or else the secret, is what [`Looks`] judges.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TokenPattern {
    /// The class of credentials that it knows, as models name it: `hf-token`.
    #[serde(default)]
    pub of: Option<String>,
    /// Literal texts of which every match holds one. Only where one stands is the pattern tried.
    pub keywords: Spanned<Vec<String>>,
    /// A regular expression over bytes, without Unicode classes.
    pub pattern: Spanned<String>,
    /// Whether a match must not lie inside a longer word. An escape before it is no part of a word.
    #[serde(default = "yes")]
    pub boundary: bool,
    /// What the body must look like.
    #[serde(default)]
    pub looks: Option<Looks>,
    /// Whether to read the claims of a JSON web token offline, name them, and lower an expired one
    /// to a warning.
    #[serde(default)]
    pub claims: bool,
    /// What must stand near a match.
    #[serde(default)]
    pub near: Option<Near>,
    /// Conditions that change how bad or how sure a match is; the last that holds wins.
    #[serde(default)]
    pub when: Vec<When>,
    /// SHA-256 of published credentials that open nothing, in lower-case hex.
    #[serde(default)]
    pub allow: Vec<String>,
}

fn yes() -> bool {
    true
}

/// A judgement of text by its structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Looks {
    /// Like random letters or letters and digits: no placeholder, no identifier, no words.
    Random,
    /// Like anything but one character again and again, the alphabet, or a row of keys.
    Varied,
    /// Like a credential that a person put there: no placeholder, no reference, no prose.
    Literal,
}

/// What must stand near a match.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Near {
    /// A regular expression over bytes. What its group `secret` matches is hidden too.
    pub pattern: Spanned<String>,
    /// How many bytes before and after the match are looked at.
    pub within: usize,
    /// How bad a match without it is; without this key it is no match.
    #[serde(default)]
    pub otherwise: Option<Severity>,
}

/// A condition on a match, and what follows from it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct When {
    /// A regular expression that the body must match.
    #[serde(default)]
    pub body: Option<Spanned<String>>,
    /// Whether the text before the match must say that it is a credential (an assignment to a
    /// token-like key, `Bearer`, the user part of a URL, an option such as `--token`), or must not.
    #[serde(default)]
    pub credential_context: Option<bool>,
    /// How bad it then is.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// How sure it then is.
    #[serde(default)]
    pub confidence: Option<Confidence>,
}

impl TokenPattern {
    /// Whether every match begins with a keyword, so that the pattern can be tried at the keyword
    /// alone instead of around it.
    #[must_use]
    pub(crate) fn begins_with_keyword(&self) -> bool {
        let Ok(hir) = parse(self.pattern.get_ref()) else {
            return false;
        };
        let mut extractor = Extractor::new();
        extractor.kind(ExtractKind::Prefix);
        let prefixes = extractor.extract(&hir);
        prefixes.literals().is_some_and(|literals| {
            !literals.is_empty()
                && literals.iter().all(|literal| {
                    let keywords = self.keywords.get_ref().iter();
                    keywords
                        .map(String::as_bytes)
                        .any(|keyword| literal.as_bytes().starts_with(keyword))
                })
        })
    }

    /// Whether the tokens are JSON web tokens or like them: of no fixed length, with dots.
    #[must_use]
    pub(crate) fn is_long(&self) -> bool {
        let Ok(hir) = parse(self.pattern.get_ref()) else {
            return false;
        };
        hir.properties().maximum_len().is_none() && has_dot(&hir)
    }

    /// Whether all tokens are equally long.
    #[must_use]
    pub(crate) fn has_fixed_length(&self) -> bool {
        parse(self.pattern.get_ref()).is_ok_and(|hir| {
            let properties = hir.properties();
            properties.minimum_len() == properties.maximum_len()
        })
    }

    /// Whether a token is known by its structure alone, whatever stands beside it: it is long, or so many
    /// random characters.
    #[must_use]
    pub(crate) fn is_structured(&self) -> bool {
        self.is_long() || (self.looks == Some(Looks::Random) && self.has_fixed_length())
    }

    /// What is wrong with the pattern, and the part of the file that it is wrong in.
    pub(super) fn fault(&self) -> Option<(crate::span::Span, String)> {
        let keywords = self.keywords.get_ref();
        if keywords.is_empty() || keywords.iter().any(|keyword| keyword.len() < 3) {
            let message =
                "`keywords` needs at least one text, and each at least 3 bytes".to_owned();
            return Some((self.keywords.span(), message));
        }
        let patterns = [&self.pattern]
            .into_iter()
            .chain(self.near.as_ref().map(|near| &near.pattern))
            .chain(self.when.iter().filter_map(|when| when.body.as_ref()));
        for pattern in patterns {
            let empty = |hir: &Hir| hir.properties().minimum_len() == Some(0);
            let message = match parse(pattern.get_ref()) {
                Err(error) => format!("bad pattern: {error}"),
                Ok(hir) if empty(&hir) => "pattern matches the empty text".to_owned(),
                Ok(_) => match compile(pattern.get_ref()) {
                    Err(error) => format!("bad pattern: {error}"),
                    Ok(_) => continue,
                },
            };
            return Some((pattern.span(), message));
        }
        None
    }
}

/// Whether every match has a dot.
fn has_dot(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.contains(&b'.'),
        HirKind::Capture(capture) => has_dot(&capture.sub),
        HirKind::Repetition(repetition) => repetition.min > 0 && has_dot(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().any(has_dot),
        HirKind::Alternation(choices) => choices.iter().all(has_dot),
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => false,
    }
}

/// Compiles a pattern as rules mean it: over bytes, with ASCII classes.
///
/// # Errors
///
/// If it is none, or too large.
pub(crate) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).unicode(false).build()
}

fn parse(pattern: &str) -> Result<Hir, Box<regex_syntax::Error>> {
    regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .parse(pattern)
        .map_err(Box::new)
}
