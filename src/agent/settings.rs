//! Asking an agent to run hfscan: what its settings file says afterwards. All else in the file stays as it is,
//! comments and layout included.

use std::path::{Path, PathBuf};

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstNode, CstObject, CstRootNode};
use serde_json::{Map, Value};

use super::protocol::{EventKind, Protocol};

/// The list of hooks in a settings file.
const HOOKS: &str = "hooks";

/// The command that hooks run, without its program.
const COMMAND: &str = "agent-hook";

/// Why a settings file stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SettingsError {
    /// It is no JSON.
    #[error("it is no JSON: {0}")]
    NoJson(String),
    /// Something in it is of another kind than it should be.
    #[error("`{0}` in it is not what it should be")]
    Shape(String),
}

/// What becomes of a settings file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// It stays.
    Same,
    /// It is this now.
    Text(String),
    /// Nothing is left that it would be needed for.
    Nothing,
}

impl Protocol {
    /// The settings file of a project, or of a user with this home folder. `variable` reads the environment.
    pub(crate) fn settings_file(
        &self,
        project: Option<&Path>,
        home: &Path,
        variable: impl Fn(&str) -> Option<PathBuf>,
    ) -> PathBuf {
        if let Some(project) = project {
            return project.join(&self.settings.project);
        }
        let moved = self.settings.home.as_deref().and_then(variable);
        let below = self.settings.user.split_once('/').map(|(_, rest)| rest);
        match (moved, below) {
            (Some(folder), Some(below)) => folder.join(below),
            _ => home.join(&self.settings.user),
        }
    }

    /// What else is to be done after hooks are asked for.
    pub(crate) fn note(&self) -> Option<&str> {
        self.settings.note.as_deref()
    }

    fn asked(&self) -> impl Iterator<Item = (&str, &EventKind)> {
        let kinds = self.events.iter().filter(|kind| !kind.by_hand);
        kinds.filter_map(|kind| Some((kind.names.first()?.as_str(), kind)))
    }

    /// What is added to the list of an event.
    fn entry(&self, event: &str, kind: &EventKind, program: &str, closed: bool) -> Value {
        let mut command = format!("{program} {COMMAND} {}", self.name);
        if self.settings.names_event {
            command = format!("{command} --event {event}");
        }
        if closed {
            command.push_str(" --fail-closed");
        }
        let mut entry = kind.entry.as_ref().unwrap_or(&self.settings.entry).clone();
        if closed {
            entry.extend(self.settings.fail_closed.clone());
        }
        filled(&Value::Object(entry), &command)
    }

    /// Whether a text is a command of hfscan for this agent.
    fn is_own(&self, command: &str) -> bool {
        let mut words = command.split_whitespace();
        let named = words.any(|word| word == COMMAND) && words.next() == Some(&*self.name);
        named && command.contains(env!("CARGO_PKG_NAME"))
    }
}

/// Adds hooks to a settings file that reads like this; none if there is none. `program` is how hfscan is called, and
/// `closed` whether nothing is to pass that could not be checked.
///
/// # Errors
///
/// If the file is not what the agent would read.
pub(crate) fn install(
    protocol: &Protocol,
    before: Option<&str>,
    program: &str,
    closed: bool,
) -> Result<Written, SettingsError> {
    let (root, object) = read(before)?;
    for (key, value) in &protocol.settings.root {
        if object.get(key).is_none() {
            object.append(key, input(value));
        }
    }
    let shape = |what: &str| SettingsError::Shape(what.to_owned());
    let hooks = object.object_value_or_create(HOOKS);
    let hooks = hooks.ok_or_else(|| shape(HOOKS))?;
    for (event, kind) in protocol.asked() {
        let list = hooks.array_value_or_create(event);
        let list = list.ok_or_else(|| shape(&format!("{HOOKS}.{event}")))?;
        let wanted = protocol.entry(event, kind, program, closed);
        let elements = list.elements();
        let own: Vec<_> = elements
            .iter()
            .filter(|node| holds_own(node, protocol))
            .collect();
        let is_there = |node: &&CstNode| node.to_serde_value().as_ref() == Some(&wanted);
        if own.len() == 1 && own.first().is_some_and(is_there) {
            continue;
        }
        remove(&list, protocol);
        list.append(input(&wanted));
    }
    Ok(written(before, &root))
}

/// Takes the hooks of hfscan out of a settings file, and what was there for them alone.
///
/// # Errors
///
/// If the file is not what the agent would read.
pub(crate) fn uninstall(protocol: &Protocol, before: &str) -> Result<Written, SettingsError> {
    let (root, object) = read(Some(before))?;
    if let Some(hooks) = object.object_value(HOOKS) {
        let mut removed = false;
        for property in hooks.properties() {
            let Some(list) = property.array_value() else {
                continue;
            };
            if remove(&list, protocol) {
                removed = true;
                if list.elements().is_empty() {
                    property.remove();
                }
            }
        }
        if removed && hooks.properties().is_empty() {
            if let Some(property) = object.get(HOOKS) {
                property.remove();
            }
            let is_ours = |name: &String| protocol.settings.root.contains_key(name);
            let names = object.properties().into_iter();
            let mut names = names.map(|property| property.decoded_name().unwrap_or_default());
            if names.all(|name| is_ours(&name)) {
                return Ok(Written::Nothing);
            }
        }
    }
    Ok(written(Some(before), &root))
}

fn read(before: Option<&str>) -> Result<(CstRootNode, CstObject), SettingsError> {
    let text = before
        .filter(|text| !text.trim().is_empty())
        .unwrap_or("{}\n");
    let root = CstRootNode::parse(text, &ParseOptions::default()).map_err(|error| {
        // Its words may quote the file.
        SettingsError::NoJson(format!("byte {}", error.range().start))
    })?;
    let object = root.object_value();
    let object = object.ok_or_else(|| SettingsError::Shape("the whole".to_owned()))?;
    Ok((root, object))
}

fn written(before: Option<&str>, root: &CstRootNode) -> Written {
    let text = root.to_string();
    match before {
        Some(before) if before == text => Written::Same,
        _ => Written::Text(text),
    }
}

/// Takes the commands of hfscan out of a list; entries that hold others stay with these.
fn remove(list: &CstArray, protocol: &Protocol) -> bool {
    let mut removed = false;
    for element in list.elements() {
        if !holds_own(&element, protocol) {
            continue;
        }
        removed = true;
        let inner = element
            .as_object()
            .and_then(|object| object.array_value(HOOKS));
        if let Some(inner) = inner {
            for command in inner.elements() {
                if holds_own(&command, protocol) {
                    command.remove();
                }
            }
            if !inner.elements().is_empty() {
                continue;
            }
        }
        element.remove();
    }
    removed
}

/// Whether a command of hfscan stands anywhere in a node.
fn holds_own(node: &CstNode, protocol: &Protocol) -> bool {
    node.to_serde_value()
        .is_some_and(|value| any_text(&value, &|text| protocol.is_own(text)))
}

fn any_text(value: &Value, is: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is(text),
        Value::Array(list) => list.iter().any(|item| any_text(item, is)),
        Value::Object(map) => map.values().any(|item| any_text(item, is)),
        _ => false,
    }
}

/// A template with the command in it.
fn filled(template: &Value, command: &str) -> Value {
    match template {
        Value::String(text) if text == "$command" => Value::String(command.to_owned()),
        Value::Array(list) => list.iter().map(|item| filled(item, command)).collect(),
        Value::Object(map) => {
            let filled = map
                .iter()
                .map(|(key, value)| (key.clone(), filled(value, command)));
            Value::Object(filled.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(bool) => CstInputValue::Bool(*bool),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(list) => CstInputValue::Array(list.iter().map(input).collect()),
        Value::Object(map) => {
            let pairs = map.iter().map(|(key, value)| (key.clone(), input(value)));
            CstInputValue::Object(pairs.collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::Agents;

    fn text(written: Written) -> String {
        match written {
            Written::Text(text) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_installed_is_known_again_and_goes_without_a_trace() {
        let agents = Agents::built_in().unwrap();
        for protocol in &agents.protocols {
            let once = text(install(protocol, None, "hfscan", false).unwrap());
            assert_eq!(
                install(protocol, Some(&once), "hfscan", false),
                Ok(Written::Same)
            );
            let moved = text(install(protocol, Some(&once), "'/a b/hfscan'", true).unwrap());
            assert_eq!(
                moved.matches("agent-hook").count(),
                once.matches("agent-hook").count()
            );
            assert_eq!(uninstall(protocol, &moved), Ok(Written::Nothing), "{moved}");
        }
    }

    #[test]
    fn what_was_there_stays() {
        let agents = Agents::built_in().unwrap();
        let claude = agents.protocol("claude").unwrap();
        let before = "{\n  // mine\n  \"model\": \"x\",\n  \"hooks\": {\n    \"PreToolUse\": [\n      \
                      {\"matcher\": \"Bash\", \"hooks\": [{\"type\": \"command\", \"command\": \"lint\"}]}\n    ]\n  }\n}\n";
        let after = text(install(claude, Some(before), "hfscan", false).unwrap());
        assert!(
            after.contains("// mine") && after.contains("\"command\": \"lint\""),
            "{after}"
        );
        assert_eq!(uninstall(claude, &after).map(text).as_deref(), Ok(before));
        for broken in [
            "[]",
            "{",
            "{\"hooks\": 1}",
            "{\"hooks\": {\"PreToolUse\": {}}}",
        ] {
            assert!(
                install(claude, Some(broken), "hfscan", false).is_err(),
                "{broken}"
            );
        }
    }
}
