//! The right forms for credentials, as a text for agents, made from the rules.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use super::exit::{Exit, Failure};
use super::print;
use crate::finding::Severity;
use crate::rule::{Rule, RuleSet};
use crate::tomlfile::parse;

/// What the text is made of beside the rules.
const TEXT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/skill.toml"));

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Skill {
    /// What is less severe is left out.
    least_severe: Severity,
    /// Families and their headings.
    families: Vec<(String, String)>,
    /// Rules whose good example is shown.
    examples: Vec<String>,
    head: String,
}

/// Prints the text.
pub(super) fn run() -> Result<Exit, Failure> {
    let skill: Skill = parse(Path::new("rules/skill.toml"), TEXT)?;
    print(&page(&skill, &RuleSet::built_in_with_examples()?))
}

fn page(skill: &Skill, set: &RuleSet) -> String {
    let mut out = skill.head.trim_start().to_owned();
    for (family, heading) in &skill.families {
        let rules = set
            .rules()
            .iter()
            .filter(|rule| rule.meta.family == *family && rule.meta.severity >= skill.least_severe);
        let _ = writeln!(out, "\n## {heading}\n");
        let mut examples = String::new();
        for rule in rules {
            let meta = &rule.meta;
            let _ = writeln!(
                out,
                "- Not: {}. Instead: {}. [{}]",
                meta.summary, meta.help, meta.id
            );
            if skill.examples.iter().any(|id| **id == *meta.id) {
                examples.push_str(&example(rule));
            }
        }
        out.push_str(&examples);
    }
    let command = env!("CARGO_PKG_NAME");
    let _ = write!(
        out,
        "\n<!-- Made by `{command} rules --skill`; do not edit. -->\n"
    );
    out
}

/// The first good example of a rule.
fn example(rule: &Rule) -> String {
    let mut examples = rule.examples.iter();
    let good = examples.find(|example| !example.text.contains('«'));
    good.map_or_else(String::new, |example| {
        let text = example.shown();
        format!(
            "\nRight (`{}`):\n\n````\n{}\n````\n",
            example.file,
            text.trim_matches('\n')
        )
    })
}
