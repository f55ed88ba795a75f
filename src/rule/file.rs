//! One rule file: its keys, and what must hold between them.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::example::Example;
use super::token::TokenPattern;
use super::{Check, FactPattern, LogPattern, Rule, Subject};
use crate::finding::{Confidence, RuleMeta, Severity};
use crate::tomlfile::{TomlError, parse};

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
    token: Option<TokenPattern>,
    #[serde(default)]
    log: Option<LogPattern>,
    #[serde(default)]
    setting: Vec<Spanned<FactPattern>>,
    #[serde(default)]
    call: Vec<Spanned<FactPattern>>,
    #[serde(default)]
    command: Vec<Spanned<FactPattern>>,
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

/// Reads and checks one rule file.
///
/// # Errors
///
/// If the file is no rule, or one that could not be trusted: bad patterns, missing examples.
pub(super) fn load(path: &Path, family: &str, id: &str, text: &str) -> Result<Rule, TomlError> {
    let file: RuleFile = parse(path, text)?;
    check(&file, path, id, text)?;
    Ok(file.rule(family, id))
}

/// Reads what a scan needs of a rule file that was checked: all but its examples, which come last.
///
/// # Errors
///
/// If the file is no rule.
pub(super) fn load_checked(
    path: &Path,
    family: &str,
    id: &str,
    text: &str,
) -> Result<Rule, TomlError> {
    let rule = text
        .split_once("\n[[example]]")
        .map_or(text, |(rule, _)| rule);
    let file: RuleFile = parse(path, rule)?;
    Ok(file.rule(family, id))
}

impl RuleFile {
    fn rule(self, family: &str, id: &str) -> Rule {
        let meta = RuleMeta {
            id: id.into(),
            family: family.to_owned(),
            summary: self.summary,
            why: self.why.trim().to_owned(),
            remedy: self.remedy.trim().to_owned(),
            help: self.help,
            severity: self.severity,
            confidence: self.confidence,
            references: self.references.into_inner(),
            guessable: self.guessable,
        };
        let facts = [
            (Subject::Setting, self.setting),
            (Subject::Call, self.call),
            (Subject::Command, self.command),
        ];
        let facts = facts.into_iter().flat_map(|(subject, patterns)| {
            let patterns = patterns.into_iter();
            patterns.map(move |pattern| (subject, pattern.into_inner()))
        });
        Rule {
            meta: Arc::new(meta),
            token: self.token.map(Box::new),
            log: self.log.map(Box::new),
            facts: facts.collect(),
            check: self.check.map(|check| check.run),
            examples: self.example.into_iter().map(Spanned::into_inner).collect(),
            built_in: false,
        }
    }
}

/// What must hold of a rule before it can be trusted.
fn check(file: &RuleFile, path: &Path, id: &str, text: &str) -> Result<(), TomlError> {
    let fault = |span, message: String| Err(TomlError::at(path, text, span, message));
    if !is_kebab_case(id) {
        return fault(
            None,
            format!("`{id}` is no rule id: use lower-case words joined by `-`"),
        );
    }
    if file.references.get_ref().is_empty() {
        let span = Some(file.references.span());
        return fault(span, "`references` needs at least one page".to_owned());
    }
    let facts = [
        (Subject::Setting, &file.setting),
        (Subject::Call, &file.call),
        (Subject::Command, &file.command),
    ];
    for (subject, patterns) in facts {
        let mut faults = patterns.iter();
        if let Some((span, message)) =
            faults.find_map(|pattern| FactPattern::fault(pattern, subject))
        {
            return fault(Some(span), message);
        }
    }
    let has_facts = facts.iter().any(|(_, patterns)| !patterns.is_empty());
    let has_pattern = file.token.is_some() || file.log.is_some() || has_facts;
    if has_pattern == file.check.is_some() {
        let message = "a rule needs patterns (`[token]`, `[log]`, `[[setting]]`, `[[call]]`, \
                       `[[command]]`) or a `[check]`, not both";
        return fault(None, message.to_owned());
    }
    let of_token = file.token.as_ref().and_then(TokenPattern::fault);
    let of_log = file.log.as_ref().and_then(LogPattern::fault);
    if let Some((span, message)) = of_token.or(of_log) {
        return fault(Some(span), message);
    }
    let mut marked = [0; 2];
    for example in &file.example {
        match example.get_ref().expand() {
            Ok(expanded) => marked[usize::from(expanded.marks.is_empty())] += 1,
            Err(message) => return fault(Some(example.span()), message),
        }
    }
    // One file is not several.
    let alone = file.check.as_ref().map(|check| check.run) != Some(Check::TokenReused);
    if (marked[0] == 0 && alone) || marked[1] == 0 {
        let message = "a rule needs an example that it finds (marked with « and ») and one that it \
                       does not";
        return fault(None, message.to_owned());
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
