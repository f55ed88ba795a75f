//! The scripts that a CI configuration or a Dockerfile runs.

use super::context;
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
                let script = text.replace('\\', "/");
                runs.push((runner, script.trim_start_matches("./").to_owned()));
            }
        }
    }
    runs
}
