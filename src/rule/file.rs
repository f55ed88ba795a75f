//! One rule file: its keys, and what must hold between them.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::example::Example;
use super::fix::FixRule;
use super::pattern::{Defaults, FactPattern, Known, MatchFile};
use super::required::Deriving;
use super::text::Texts;
use super::token::TokenPattern;
use super::{Check, Contexts, LogPattern, Rule};
use crate::finding::{Confidence, RuleMeta, Severity};
use crate::model::Models;
use crate::span::Span;
use crate::tomlfile::{TomlError, parse};
use crate::verdict::Response;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RuleFile {
    summary: String,
    severity: Severity,
    #[serde(default = "high")]
    confidence: Confidence,
    help: String,
    why: String,
    remedy: String,
    references: Spanned<Vec<String>>,
    #[serde(default)]
    guessable: bool,
    #[serde(default)]
    response: Option<Response>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    within: Texts,
    #[serde(default)]
    not_within: Texts,
    #[serde(default)]
    token: Option<TokenPattern>,
    #[serde(default)]
    log: Option<LogPattern>,
    #[serde(default)]
    fix: Vec<Spanned<FixRule>>,
    #[serde(default, rename = "match")]
    matches: Vec<Spanned<MatchFile>>,
    #[serde(default)]
    check: Option<CheckTable>,
    #[serde(default)]
    example: Vec<Spanned<Example>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckTable {
    run: Check,
}

fn high() -> Confidence {
    Confidence::High
}

/// What is wrong with a part of a rule file.
type Fault = (Option<Span>, String);

/// The text of a rule file, and what it is called.
#[derive(Clone, Copy)]
pub(super) struct Source<'s> {
    pub(super) path: &'s Path,
    pub(super) family: &'s str,
    pub(super) id: &'s str,
    pub(super) text: &'s str,
}

/// Reads and checks one rule file.
///
/// # Errors
///
/// If the file is no rule, or one that could not be trusted: bad patterns, missing examples.
pub(super) fn load(
    source: Source<'_>,
    models: &Models,
    contexts: &Contexts,
) -> Result<Rule, TomlError> {
    let fault = |(span, message): Fault| TomlError::at(source.path, source.text, span, message);
    let mut file: RuleFile = parse(source.path, source.text)?;
    file.resolve(models).map_err(fault)?;
    check(&file, source.id).map_err(fault)?;
    let facts = file.patterns(models, contexts).map_err(fault)?;
    let deriving = Deriving::new(models);
    for (span, pattern) in &facts {
        if pattern.required(&deriving).is_empty() {
            let message = "the match fits any file, so that every file would have to be parsed: name what \
                           must be there, or give `needs` a text that every such file holds";
            return Err(fault((Some(span.clone()), message.to_owned())));
        }
    }
    Ok(file.rule(source, facts))
}

/// Reads what a scan needs of a rule file that was checked: all but its examples, which come last.
///
/// # Errors
///
/// If the file is no rule.
pub(super) fn load_checked(
    source: Source<'_>,
    models: &Models,
    contexts: &Contexts,
) -> Result<Rule, TomlError> {
    let text = source.text.split_once("\n[[example]]");
    let text = text.map_or(source.text, |(rule, _)| rule);
    let fault = |(span, message): Fault| TomlError::at(source.path, text, span, message);
    let mut file: RuleFile = parse(source.path, text)?;
    file.resolve(models).map_err(fault)?;
    let facts = file.patterns(models, contexts).map_err(fault)?;
    Ok(file.rule(source, facts))
}

impl RuleFile {
    /// Resolves the names of lists in fixes.
    fn resolve(&mut self, models: &Models) -> Result<(), Fault> {
        let of_credential = self.fix.iter_mut();
        let of_credential = of_credential.map(|fix| (fix.span(), fix.get_mut()));
        let of_matches = self.matches.iter_mut().flat_map(|found| {
            let span = found.span();
            let fixes = found.get_mut().fixes_mut().iter_mut();
            fixes.map(move |fix| (span.clone(), fix))
        });
        for (span, fix) in of_credential.chain(of_matches) {
            fix.resolve(models)
                .map_err(|message| (Some(span), message))?;
        }
        Ok(())
    }

    /// The patterns over facts, with the places of the matches that they come from.
    fn patterns(
        &self,
        models: &Models,
        contexts: &Contexts,
    ) -> Result<Vec<(Span, FactPattern)>, Fault> {
        let defaults = Defaults {
            message: self.message.clone(),
            within: self.within.clone(),
            not_within: self.not_within.clone(),
        };
        let known = Known {
            models,
            contexts,
            defaults: &defaults,
        };
        let mut patterns = Vec::new();
        for found in &self.matches {
            let resolved = found.get_ref().patterns(known);
            let resolved = resolved.map_err(|message| (Some(found.span()), message))?;
            patterns.extend(resolved.into_iter().map(|pattern| (found.span(), pattern)));
        }
        Ok(patterns)
    }

    fn rule(self, source: Source<'_>, facts: Vec<(Span, FactPattern)>) -> Rule {
        let meta = RuleMeta {
            id: source.id.into(),
            family: source.family.to_owned(),
            summary: self.summary,
            why: self.why.trim().to_owned(),
            remedy: self.remedy.trim().to_owned(),
            help: self.help,
            severity: self.severity,
            confidence: self.confidence,
            references: self.references.into_inner(),
            guessable: self.guessable,
            response: self.response,
        };
        Rule {
            meta: Arc::new(meta),
            token: self.token.map(Box::new),
            log: self.log.map(Box::new),
            facts: facts
                .into_iter()
                .map(|(_, pattern)| Arc::new(pattern))
                .collect(),
            fixes: self.fix.into_iter().map(Spanned::into_inner).collect(),
            check: self.check.map(|check| check.run),
            examples: self.example.into_iter().map(Spanned::into_inner).collect(),
            built_in: false,
        }
    }
}

/// What must hold of a rule before it can be trusted, apart from its patterns over facts.
fn check(file: &RuleFile, id: &str) -> Result<(), Fault> {
    let whole = |message: &str| Err((None, message.to_owned()));
    if !is_kebab_case(id) {
        let message = format!("`{id}` is no rule id: use lower-case words joined by `-`");
        return Err((None, message));
    }
    if file.references.get_ref().is_empty() {
        let message = "`references` needs at least one page".to_owned();
        return Err((Some(file.references.span()), message));
    }
    let has_pattern = file.token.is_some() || file.log.is_some() || !file.matches.is_empty();
    if has_pattern == file.check.is_some() {
        return whole(
            "a rule needs patterns (`[token]`, `[log]`, `[[match]]`) or a `[check]`, not both",
        );
    }
    let of_token = file.token.as_ref().and_then(TokenPattern::fault);
    let of_log = file.log.as_ref().and_then(LogPattern::fault);
    if let Some((span, message)) = of_token.or(of_log) {
        return Err((Some(span), message));
    }
    let of_credential = file.fix.iter().map(|fix| (fix.span(), fix.get_ref()));
    let of_matches = file.matches.iter();
    let of_matches = of_matches.flat_map(|found| {
        found
            .get_ref()
            .fixes()
            .iter()
            .map(move |fix| (found.span(), fix))
    });
    let fixes: Vec<_> = of_credential.chain(of_matches).collect();
    if let Some((span, fault)) = fixes
        .iter()
        .find_map(|(span, fix)| Some((span, fix.fault()?)))
    {
        return Err((Some(span.clone()), fault));
    }
    let shown = file
        .example
        .iter()
        .filter(|example| example.get_ref().fixed.is_some());
    if !fixes.is_empty() && shown.count() == 0 {
        return whole(
            "a rule with a fix needs an example of it, with the text that it makes: `fixed`",
        );
    }
    let mut marked = [0; 2];
    for example in &file.example {
        match example.get_ref().expand() {
            Ok(expanded) => marked[usize::from(expanded.marks.is_empty())] += 1,
            Err(message) => return Err((Some(example.span()), message)),
        }
    }
    // One file is not several.
    let alone = file.check.as_ref().map(|check| check.run) != Some(Check::TokenReused);
    if (marked[0] == 0 && alone) || marked[1] == 0 {
        return whole(
            "a rule needs an example that it finds (marked with « and ») and one that it does not",
        );
    }
    Ok(())
}

fn is_kebab_case(id: &str) -> bool {
    id.split('-').all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}
