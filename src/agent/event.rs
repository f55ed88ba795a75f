//! Reading an event: from the JSON of an agent to what is about to happen.

use std::path::PathBuf;

use serde_json::Value;

use super::edit::{Change, FileEdit};
use super::patch;
use super::protocol::{About, Agents, EventKind, Protocol, look};

/// An event of an agent.
#[derive(Debug)]
pub(crate) struct Event<'p> {
    pub(super) kind: &'p EventKind,
    /// What the agent calls it.
    pub(super) name: String,
    /// The folder that the agent works in.
    pub(crate) folder: Option<PathBuf>,
    /// What is about to happen, or happened.
    pub(crate) deeds: Vec<Deed>,
}

/// Something that an agent does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Deed {
    /// The user asks for something.
    Prompt(String),
    /// A file is written.
    Write(FileEdit),
    /// A command is run, in a shell whose scripts have this ending.
    Run(String, String),
    /// A file is read.
    Read(String),
    /// A file is read that has this content.
    Content(String, String),
    /// A tool is given something.
    Use(Value),
    /// A tool put something out.
    Output(Value),
}

/// Why an event is not looked at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EventError {
    /// It is no JSON object.
    #[error("what the agent says is no JSON object: {0}")]
    NoObject(String),
    /// It does not say what it is.
    #[error("the event has no name")]
    Nameless,
    /// It is of a kind that is not known.
    #[error("the event `{0}` is not known")]
    Unknown(String),
    /// It lacks what it is about.
    #[error("the event `{0}` has nothing in it to look at")]
    Empty(String),
}

impl Agents {
    /// Reads an event. `named` is what the command line calls it, for agents whose events do not say it.
    ///
    /// # Errors
    ///
    /// If it cannot be understood.
    pub(crate) fn read<'p>(
        &self,
        protocol: &'p Protocol,
        named: Option<&str>,
        text: &[u8],
    ) -> Result<Event<'p>, EventError> {
        let event: Value = serde_json::from_slice(text).map_err(|error| {
            // The message of the parser may quote what it read.
            let at = (error.line(), error.column());
            EventError::NoObject(format!("{:?} error at {}:{}", error.classify(), at.0, at.1))
        })?;
        if !event.is_object() {
            return Err(EventError::NoObject("it is something else".to_owned()));
        }
        let own = look(&event, &protocol.event).and_then(Value::as_str);
        let name = own.or(named).ok_or(EventError::Nameless)?.to_owned();
        let kind = protocol.kind(&name);
        let kind = kind.ok_or_else(|| EventError::Unknown(name.clone()))?;
        let subject = look(&event, &kind.at);
        let subject = subject.ok_or_else(|| EventError::Empty(name.clone()))?;
        let tool = look(&event, &protocol.tool).and_then(Value::as_str);
        let folder = look(&event, &protocol.folder).and_then(Value::as_str);
        Ok(Event {
            deeds: self.deeds(kind.about, tool.unwrap_or_default(), &unpacked(subject)),
            folder: folder.map(PathBuf::from),
            kind,
            name,
        })
    }

    fn deeds(&self, about: About, tool: &str, subject: &Value) -> Vec<Deed> {
        match about {
            About::Prompt => vec![Deed::Prompt(text_of(subject))],
            About::Output => vec![Deed::Output(subject.clone())],
            About::File => {
                let text = |names: &[String]| first(subject, names).map(str::to_owned);
                let path = text(&self.arguments.path).unwrap_or_default();
                match text(&self.arguments.content) {
                    Some(content) => vec![Deed::Content(path, content)],
                    None => vec![Deed::Read(path)],
                }
            }
            About::Tool => self.uses(tool, subject),
        }
    }

    /// What a tool is about to do with its arguments. It is told by these: names of tools differ and change.
    fn uses(&self, tool: &str, input: &Value) -> Vec<Deed> {
        let names = &self.arguments;
        let mut deeds = Vec::new();
        let texts = strings(input);
        for text in &texts {
            let files = patch::read(text, &self.patch);
            deeds.extend(files.into_iter().map(Deed::Write));
        }
        if let Some(command) = command(input, &names.command) {
            let is_of = |(_, tools): &(&String, &Vec<String>)| tools.iter().any(|t| t == tool);
            let shell = self
                .shells
                .iter()
                .find(is_of)
                .map(|(ending, _)| ending.clone());
            deeds.push(Deed::Run(command, shell.unwrap_or_else(|| "sh".to_owned())));
            return deeds;
        }
        if let Some(path) = first(input, &names.path) {
            let path = path.to_owned();
            match self.change(input) {
                Some(change) => deeds.push(Deed::Write(FileEdit { path, change })),
                None => deeds.push(Deed::Read(path)),
            }
        }
        // What else is there is looked at as it is: tools of MCP servers take anything.
        if deeds.is_empty() {
            deeds.push(Deed::Use(input.clone()));
        }
        deeds
    }

    fn change(&self, input: &Value) -> Option<Change> {
        let names = &self.arguments;
        let mut parts = Vec::new();
        let lists = names
            .edits
            .iter()
            .filter_map(|name| input.get(name)?.as_array());
        for edit in lists.flatten().chain([input]) {
            if let Some(new) = first(edit, &names.new) {
                let old = first(edit, &names.old).unwrap_or_default();
                parts.push((old.to_owned(), new.to_owned()));
            }
        }
        if !parts.is_empty() {
            return Some(Change::Parts(parts));
        }
        let name = names
            .content
            .iter()
            .find(|name| input.get(*name).is_some())?;
        let text = text_of(input.get(name)?);
        Some(match *name == names.cell {
            true => Change::Cell(text),
            false => Change::Whole(text),
        })
    }
}

/// A value that may be JSON in a string, as some agents hand on what a tool is given.
fn unpacked(value: &Value) -> Value {
    let text = value
        .as_str()
        .filter(|text| text.trim_start().starts_with(['{', '[']));
    let inner = text.and_then(|text| serde_json::from_str(text).ok());
    inner.unwrap_or_else(|| value.clone())
}

/// The first argument of these names that is a text.
fn first<'v>(input: &'v Value, names: &[String]) -> Option<&'v str> {
    names.iter().find_map(|name| input.get(name)?.as_str())
}

/// The command of a tool: a text, or the words of one.
fn command(input: &Value, names: &[String]) -> Option<String> {
    names.iter().find_map(|name| match input.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Array(words) => {
            let words: Option<Vec<&str>> = words.iter().map(Value::as_str).collect();
            Some(as_command(&words?))
        }
        _ => None,
    })
}

/// Words as a command. Of `bash -lc SCRIPT` it is the script.
fn as_command(words: &[&str]) -> String {
    if let [_, flag, script] = words
        && flag.starts_with('-')
        && flag.ends_with('c')
    {
        return (*script).to_owned();
    }
    let quoted = words
        .iter()
        .map(|word| format!("'{}'", word.replace('\'', r"'\''")));
    quoted.collect::<Vec<_>>().join(" ")
}

/// A value as text: a string as it is, a list of lines put together, anything else as JSON.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) if list.iter().all(Value::is_string) => {
            list.iter().filter_map(Value::as_str).collect()
        }
        other => other.to_string(),
    }
}

/// All strings in a value.
fn strings(value: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => found.push(text.as_str()),
            Value::Array(list) => open.extend(list),
            Value::Object(map) => open.extend(map.values()),
            _ => {}
        }
    }
    found
}
