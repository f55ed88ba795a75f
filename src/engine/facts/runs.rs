//! The scripts that a CI configuration or a Dockerfile runs.

use std::collections::BTreeMap;

use super::context::{self, Known};
use super::trace;
use crate::finding::Runner;
use crate::model::Models;
use crate::rule::ContextSet;
use crate::syntax::{Document, FactKind, Value};

/// The scripts, as their commands name them, and what runs them.
pub(super) fn of(document: &Document, file: ContextSet, known: Known<'_>) -> Vec<(Runner, String)> {
    let models = known.models;
    let (run, ci) = (known.contexts.of("RUN"), known.contexts.of("ci"));
    let mut runs = Vec::new();
    let copied = copied(document, models);
    for fact in &document.facts {
        let FactKind::Command(command) = &fact.kind else {
            continue;
        };
        if let Some(script) = trace::traced_script(command, models) {
            runs.push((Runner::Tracing, shown(script)));
        }
        let contexts = context::of_fact(fact, file, known);
        let runner = if contexts.meets(run) {
            Runner::Dockerfile
        } else if contexts.meets(ci) {
            Runner::Ci
        } else {
            continue;
        };
        for word in &command.words {
            if let Value::Literal(text) = &word.value
                && is_script(text, models)
            {
                let script = shown(text);
                // An image has it in a place of its own.
                let source = script
                    .rsplit('/')
                    .next()
                    .and_then(|name| copied.get(name))
                    .filter(|_| runner == Runner::Dockerfile);
                runs.push((runner, source.cloned().unwrap_or(script)));
            }
        }
    }
    runs
}

/// The scripts that a Dockerfile puts into its image, where they come from, by name.
fn copied(document: &Document, models: &Models) -> BTreeMap<String, String> {
    let mut copied = BTreeMap::new();
    for fact in &document.facts {
        let FactKind::Command(command) = &fact.kind else {
            continue;
        };
        if !matches!(command.program(), Some("COPY" | "ADD")) {
            continue;
        }
        let words = command.words.iter().skip(1).map(|word| match &word.value {
            Value::Literal(text) => text.as_str(),
            _ => "",
        });
        let words: Vec<&str> = words.collect();
        let sources = words.split_last().map_or(&[][..], |(_, sources)| sources);
        if sources.iter().any(|word| word.starts_with("--from")) {
            continue;
        }
        for source in sources {
            let name = source.rsplit('/').next().unwrap_or(source);
            if is_script(name, models) {
                let source = shown(source).trim_start_matches('/').to_owned();
                copied.insert(name.to_owned(), source);
            }
        }
    }
    copied
}

/// A path with `/`, and from the folder that it is told from.
fn shown(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.trim_start_matches("./").to_owned()
}

/// Whether a path is that of a script.
pub(super) fn is_script(path: &str, models: &Models) -> bool {
    let mut endings = models.lists.get("script-endings").iter();
    endings.any(|ending| path.ends_with(ending.as_str()))
}
