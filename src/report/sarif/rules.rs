//! The rules of a run, and what GitHub shows beside an alert.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use serde_sarif::sarif;

use super::properties;
use crate::finding::{Confidence, Finding, RuleMeta, Severity};
use crate::report::{Report, weakness};

/// The longest description that GitHub takes, in characters.
const DESCRIPTION_LENGTH: usize = 1024;

/// The rules of a run by id, with their places.
pub(super) struct Rules<'a>(BTreeMap<&'a str, (usize, &'a RuleMeta)>);

impl<'a> Rules<'a> {
    /// The enabled rules of a report, and those that findings bring along.
    pub(super) fn of(report: &'a Report) -> Self {
        let enabled = report.rules.iter();
        let found = report.findings.iter().map(|finding| &finding.rule);
        let mut rules: BTreeMap<&str, _> = enabled
            .chain(found)
            .map(|rule| (&*rule.id, (0, &**rule)))
            .collect();
        for (place, entry) in rules.values_mut().enumerate() {
            entry.0 = place;
        }
        Self(rules)
    }

    /// Where the rule of a finding stands.
    pub(super) fn index(&self, finding: &Finding) -> usize {
        self.0.get(&*finding.rule.id).map_or(0, |(place, _)| *place)
    }

    /// All rules, in order.
    pub(super) fn descriptors(&self) -> Vec<sarif::ReportingDescriptor> {
        self.0.values().map(|(_, rule)| descriptor(rule)).collect()
    }
}

/// One rule.
fn descriptor(rule: &RuleMeta) -> sarif::ReportingDescriptor {
    let configuration = sarif::ReportingConfiguration::builder()
        .level(json!(rule.severity.as_str()))
        .build();
    let mut descriptor = sarif::ReportingDescriptor::builder()
        .id(&*rule.id)
        .name(pascal_case(&rule.id))
        .short_description(plain(&sentence(&rule.summary)))
        .full_description(plain(&shorten(&rule.why)))
        .help(help(rule))
        .default_configuration(configuration)
        .properties(bag(rule))
        .build();
    descriptor.help_uri = rule.references.first().cloned();
    descriptor
}

/// Why it matters and what to do.
fn help(rule: &RuleMeta) -> sarif::MultiformatMessageString {
    let (why, remedy) = (rule.why.trim(), rule.remedy.trim());
    let links: String = rule
        .references
        .iter()
        .map(|url| format!("\n- <{url}>"))
        .collect();
    let references = if links.is_empty() {
        String::new()
    } else {
        format!("\n\n## References\n{links}")
    };
    sarif::MultiformatMessageString::builder()
        .text(format!("{why}\n\n{remedy}"))
        .markdown(format!("{why}\n\n## How to fix it\n\n{remedy}{references}"))
        .build()
}

/// What GitHub sorts and filters alerts by.
fn bag(rule: &RuleMeta) -> sarif::PropertyBag {
    let (score, problem) = match rule.severity {
        Severity::Error => ("9.1", "error"),
        Severity::Warning => ("6.0", "warning"),
        Severity::Note => ("2.0", "recommendation"),
    };
    let precision = match rule.confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    };
    let text = |text: &str| Value::from(text);
    let mut bag = properties([
        ("security-severity", text(score)),
        ("problem.severity", text(problem)),
        ("precision", text(precision)),
    ]);
    let mut tags = vec!["security".to_owned(), "huggingface".to_owned()];
    if rule.family == "tokens" {
        tags.push("secret".to_owned());
    } else if !rule.family.is_empty() {
        tags.push(rule.family.clone());
    }
    tags.extend(weakness::cwe(&rule.family).map(|number| format!("external/cwe/cwe-{number}")));
    bag.tags = Some(tags);
    bag
}

/// Text without markup.
pub(super) fn plain(text: &str) -> sarif::MultiformatMessageString {
    sarif::MultiformatMessageString::builder()
        .text(text)
        .build()
}

/// A summary as a sentence of its own.
fn sentence(summary: &str) -> String {
    let mut chars = summary.trim().trim_end_matches('.').chars();
    let first: String = chars
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    format!("{first}{}.", chars.as_str())
}

/// As much of a text as GitHub takes.
fn shorten(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= DESCRIPTION_LENGTH {
        return text.to_owned();
    }
    text.chars()
        .take(DESCRIPTION_LENGTH - 1)
        .chain(['…'])
        .collect()
}

/// A rule's id as a name: `HfUserToken`.
pub(super) fn pascal_case(id: &str) -> String {
    id.split('-')
        .flat_map(|word| {
            let mut chars = word.chars();
            let first = chars.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(chars)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing;

    #[test]
    fn names_and_sentences() {
        assert_eq!(pascal_case("hf-user-token"), "HfUserToken");
        assert_eq!(pascal_case("--x"), "X");
        assert_eq!(sentence("a token in a log"), "A token in a log.");
        assert_eq!(sentence("Ends."), "Ends.");
        assert_eq!(sentence(""), ".");
    }

    #[test]
    fn what_is_no_weakness_claims_none() {
        for (family, last) in [
            ("tokens", "external/cwe/cwe-798"),
            ("logs", "external/cwe/cwe-532"),
            ("deprecated", "deprecated"),
        ] {
            let rule = testing::rule("x", family, Severity::Note);
            let tags = bag(&rule).tags.expect("tags");
            assert_eq!(tags.last().map(String::as_str), Some(last));
            assert!(tags.len() <= 10);
        }
    }

    #[test]
    fn a_long_explanation_is_shortened_at_a_character() {
        let long = "é".repeat(2000);
        assert_eq!(shorten(&long).chars().count(), DESCRIPTION_LENGTH);
    }
}
