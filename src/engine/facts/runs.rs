//! The scripts that a CI configuration or a Dockerfile runs.

use super::{context, trace};
use crate::finding::Runner;
use crate::rule::Context;
use crate::syntax::{Document, FactKind, Value};

/// Endings of scripts that are looked into.
const SCRIPTS: [&str; 5] = [".sh", ".bash", ".py", ".ps1", ".bat"];

/// The scripts, as their commands name them, and what runs them.
pub(super) fn of(document: &Document, file: &[Context]) -> Vec<(Runner, String)> {
    let mut runs = Vec::new();
    for fact in &document.facts {
        let FactKind::Command(command) = &fact.kind else {
            continue;
        };
        if let Some(script) = trace::traced_script(command) {
            runs.push((Runner::Tracing, shown(script)));
        }
        let contexts = context::of_fact(fact, file);
        let runner = if contexts.contains(&Context::Run) {
            Runner::Dockerfile
        } else if contexts.contains(&Context::Ci) {
            Runner::Ci
        } else {
            continue;
        };
        for word in &command.words {
            if let Value::Literal(text) = &word.value
                && SCRIPTS.iter().any(|ending| text.ends_with(ending))
            {
                runs.push((runner, shown(text)));
            }
        }
    }
    runs
}

/// A path with `/`, and from the folder that it is told from.
fn shown(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.trim_start_matches("./").to_owned()
}
