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
    let mut facts = Vec::new();
    for (subject, patterns) in [
        (Subject::Setting, file.setting),
        (Subject::Call, file.call),
        (Subject::Command, file.command),
    ] {
        for pattern in patterns {
            if let Some((span, message)) = FactPattern::fault(&pattern, subject) {
                return fault(Some(span), message);
            }
            facts.push((subject, pattern.into_inner()));
        }
    }
    let has_pattern = file.token.is_some() || file.log.is_some() || !facts.is_empty();
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
    let meta = RuleMeta {
        id: id.into(),
        family: family.to_owned(),
        summary: file.summary,
        why: file.why.trim().to_owned(),
        remedy: file.remedy.trim().to_owned(),
        help: file.help,
        severity: file.severity,
        confidence: file.confidence,
        references: file.references.into_inner(),
        guessable: file.guessable,
    };
    Ok(Rule {
        meta: Arc::new(meta),
        token: file.token.map(Box::new),
        log: file.log.map(Box::new),
        facts,
        check: file.check.map(|check| check.run),
        examples: file.example.into_iter().map(Spanned::into_inner).collect(),
    })
}

fn is_kebab_case(id: &str) -> bool {
    id.split('-').all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}
