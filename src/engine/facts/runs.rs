//! The scripts that a CI configuration or a Dockerfile runs.

use std::collections::BTreeMap;

use super::context::{self, Known};
use super::trace;
use crate::finding::Runner;
use crate::model::Models;
use crate::rule::ContextSet;
use crate::syntax::{Command, Document, FactKind, Value};

/// The scripts, as their commands name them, and what runs them.
pub(super) fn of(document: &Document, file: ContextSet, known: Known<'_>) -> Vec<(Runner, String)> {
    let models = known.models;
    let of = |name: &str| known.contexts.of(name);
    let image = of("RUN") | of("CMD") | of("ENTRYPOINT");
    let (ci, script) = (of("ci"), of("script"));
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
        let runner = if contexts.meets(image) {
            Runner::Dockerfile
        } else if contexts.meets(ci) {
            Runner::Ci
        } else if contexts.meets(script) {
            Runner::Script
        } else {
            continue;
        };
        let modules = modules(command, models);
        let words = command.words.iter().filter_map(|word| match &word.value {
            Value::Literal(text) => Some(text.clone()),
            _ => None,
        });
        for text in words.chain(modules) {
            if is_script(&text, models) {
                let script = shown(&text);
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

/// The files of the modules that a command runs: `python -m tools.up`, `uvicorn app.main:app`.
fn modules(command: &Command, models: &Models) -> Vec<String> {
    let words: Vec<&str> = command.words.iter().map(|word| word.value.text()).collect();
    let mut files = Vec::new();
    let option = words.iter().position(|word| *word == "-m");
    if let Some(module) = option.and_then(|at| words.get(at + 1)) {
        let path = module.replace('.', "/");
        files.extend([format!("{path}.py"), format!("{path}/__main__.py")]);
    }
    let servers = command.invocations(models).into_iter();
    let mut servers = servers.filter(|run| models.lists.has("module-runners", &run.program));
    if servers.next().is_some() {
        let modules = words.iter().filter_map(|word| word.split_once(':'));
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let modules =
            modules.filter(|(module, _)| !module.is_empty() && module.chars().all(is_name));
        files.extend(modules.map(|(module, _)| format!("{}.py", module.replace('.', "/"))));
    }
    files
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
