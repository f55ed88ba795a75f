//! The catalogue of rules as a Markdown page.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::exit::{Exit, Failure};
use super::print;
use crate::rule::{Example, Rule, RuleSet};

/// Prints the page.
pub(super) fn run() -> Result<Exit, Failure> {
    print(&page(&RuleSet::built_in_with_examples()?))
}

fn page(set: &RuleSet) -> String {
    let mut families: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in set.rules() {
        families.entry(&rule.meta.family).or_default().push(rule);
    }
    let mut out = String::from(
        "# Rules\n\nMade from the files under `rules/` by `hfscan rules --markdown`; do not edit.\n",
    );
    for (family, rules) in &families {
        let _ = writeln!(
            out,
            "\n## {family}\n\n| rule | severity | what |\n| --- | --- | --- |"
        );
        for rule in rules {
            let meta = &rule.meta;
            let id = &meta.id;
            let _ = writeln!(
                out,
                "| [`{id}`](#{id}) | {} | {} |",
                meta.severity, meta.summary
            );
        }
        for rule in rules {
            section(rule, &mut out);
        }
    }
    out
}

fn section(rule: &Rule, out: &mut String) {
    let meta = &rule.meta;
    let _ = writeln!(out, "\n### {}\n\n{}.", meta.id, meta.summary);
    let _ = writeln!(
        out,
        "\nSeverity: {}. Confidence: {}.\n\n{}",
        meta.severity, meta.confidence, meta.why
    );
    for (title, marked) in [("Bad", true), ("Good", false)] {
        let mut examples = rule.examples.iter();
        if let Some(example) = examples.find(|example| example.text.contains('«') == marked) {
            let _ = writeln!(out, "\n{title} (`{}`):\n\n{}", example.file, fence(example));
        }
    }
    let _ = writeln!(out, "\nWhat to do:\n\n{}\n\nRead on:\n", meta.remedy);
    for reference in &meta.references {
        let _ = writeln!(out, "- <{reference}>");
    }
}

fn fence(example: &Example) -> String {
    let extension = example
        .file
        .rsplit_once('.')
        .map_or("", |(_, extension)| extension);
    let language = match extension {
        "py" => "python",
        "yml" | "yaml" => "yaml",
        "sh" => "shell",
        "js" => "javascript",
        "ipynb" | "json" => "json",
        "toml" => "toml",
        _ if example.file.contains("Dockerfile") => "dockerfile",
        _ => "",
    };
    format!(
        "````{language}\n{}\n````",
        example.shown().trim_matches('\n')
    )
}
