//! What becomes of an event: each thing that an agent does is looked at as the file that it is, or would be.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::Value;

use super::judge::{Found, reason};
use super::sends;
use crate::agent::{Agents, Answer, Change, Deed, Event, FileEdit, Protocol};
use crate::cli::args::ScanArgs;
use crate::cli::setup;
use crate::engine::Engine;
use crate::input::absolute;
use crate::regular;
use crate::scan::Project;

/// The longest file that is looked at before it is changed or read, in bytes; larger ones are not parsed either.
const LONGEST: u64 = 16 << 20;

/// What a command and the arguments of a tool are called where findings name them.
const COMMAND: &str = "command";
const PROMPT: &str = "prompt.txt";
const ARGUMENTS: &str = "arguments.json";

/// What becomes of an event.
pub(super) struct Checked {
    pub(super) answer: Answer,
    /// Why not all of it could be looked at.
    pub(super) unchecked: Option<String>,
}

/// Looks at all that an event is about.
pub(super) fn check(
    agents: &Agents,
    protocol: &Protocol,
    event: &Event<'_>,
) -> Result<Checked, String> {
    if let Some(folder) = event.folder.as_ref().filter(|folder| folder.is_dir()) {
        // The agent's commands and paths are meant from there.
        let _ = std::env::set_current_dir(folder);
    }
    let mut check = Check {
        agents,
        protocol,
        projects: Vec::new(),
        by_folder: BTreeMap::new(),
        found: Vec::new(),
        unchecked: None,
    };
    let mut redacted = None;
    for deed in &event.deeds {
        match deed {
            Deed::Output(output) => redacted = check.output(output)?,
            Deed::Prompt(text) => check.prompt(text)?,
            Deed::Write(edit) => check.write(edit)?,
            Deed::Run(command, ending) => check.run(command, ending)?,
            Deed::Read(path) => check.read(path)?,
            Deed::Content(path, content) => check.content(path, content)?,
            Deed::Use(arguments) => check.arguments(arguments)?,
        }
    }
    let answer = match (check.found.is_empty(), redacted) {
        (false, _) => Answer::Deny(reason(&check.found)),
        (true, Some(output)) => Answer::Redact(REDACTED.to_owned(), output),
        (true, None) => Answer::Pass,
    };
    Ok(Checked {
        answer,
        unchecked: check.unchecked,
    })
}

/// What is said of an output that held credentials.
const REDACTED: &str = "hfscan replaced credentials in this output by marks such as `…`. Whoever saw the output has \
                        them: say so to the user, and do not print them again. Commands that need one read it from \
                        the environment.";

/// A check of one event.
struct Check<'a> {
    agents: &'a Agents,
    protocol: &'a Protocol,
    projects: Vec<(Option<PathBuf>, Project)>,
    by_folder: BTreeMap<PathBuf, usize>,
    found: Vec<Found>,
    unchecked: Option<String>,
}

impl Check<'_> {
    /// The project that a folder lies in.
    fn project(&mut self, folder: &Path) -> Result<&Project, String> {
        let at = match self.by_folder.get(folder) {
            Some(at) => *at,
            None => {
                let config = setup::discover(folder).map_err(|error| error.to_string())?;
                let known = self
                    .projects
                    .iter()
                    .position(|(path, _)| *path == config.path);
                let at = match known {
                    Some(at) => at,
                    None => {
                        let now = SystemTime::now();
                        let project = setup::project(&ScanArgs::plain(), &config, now);
                        let project = project.map_err(|failure| failure.to_string())?;
                        self.projects.push((config.path, project));
                        self.projects.len() - 1
                    }
                };
                self.by_folder.insert(folder.to_owned(), at);
                at
            }
        };
        let project = self.projects.get(at).map(|(_, project)| project);
        project.ok_or_else(|| "its configuration is lost".to_owned())
    }

    /// The project of the folder that the agent works in.
    fn here(&mut self) -> Result<&Project, String> {
        self.project(&absolute(Path::new(".")))
    }

    fn prompt(&mut self, text: &str) -> Result<(), String> {
        let project = self.here()?;
        let outcome = project.scanner.scan_bytes(PROMPT, text.as_bytes());
        let credentials = outcome.findings.iter();
        let credentials = credentials.filter(|finding| finding.secret.is_some());
        let found = Found::of("the prompt", credentials, project);
        self.found.extend(found);
        Ok(())
    }

    fn write(&mut self, edit: &FileEdit) -> Result<(), String> {
        let path = absolute(Path::new(&edit.path));
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        let before = regular::read_text(&path, LONGEST).ok();
        let after = edit.change.apply(before.as_deref());
        let named = match &edit.change {
            Change::Cell(_) => path.with_extension("py"),
            Change::Whole(_) | Change::Parts(_) => path.clone(),
        };
        let project = self.project(&folder)?;
        let outcome = project.scan(&named, after.as_bytes());
        let known = before.filter(|_| edit.change.keeps());
        let known = known.map(|text| project.scan(&path, text.as_bytes()).findings);
        let new = Found::new_in(&outcome.findings, &known.unwrap_or_default());
        let found = Found::of("", new.into_iter(), project);
        self.found.extend(found);
        self.note(
            outcome
                .problems
                .first()
                .map(|problem| problem.message.clone()),
        );
        Ok(())
    }

    fn run(&mut self, command: &str, ending: &str) -> Result<(), String> {
        let name = format!("{COMMAND}.{ending}");
        let project = self.here()?;
        let outcome = project.scanner.scan_bytes(&name, command.as_bytes());
        let found = Found::of("the command", outcome.findings.iter(), project);
        let commands = project.scanner.engine.commands(command.as_bytes());
        self.found.extend(found);
        self.note(
            outcome
                .problems
                .first()
                .map(|problem| problem.message.clone()),
        );
        for sent in sends::look(self.agents, &commands) {
            let (found, unchecked) = sent.scan()?;
            self.found.extend(found);
            self.note(unchecked);
        }
        Ok(())
    }

    fn read(&mut self, path: &str) -> Result<(), String> {
        let path = absolute(Path::new(path));
        // Elsewhere what is read is looked at when it was.
        if !self.protocol.reads_whole || !path.is_file() {
            return Ok(());
        }
        match regular::read(&path, LONGEST) {
            Ok(bytes) => self.content(&path.to_string_lossy(), &String::from_utf8_lossy(&bytes)),
            Err(error) => {
                self.note(Some(format!("a file cannot be read: {error}")));
                Ok(())
            }
        }
    }

    fn content(&mut self, path: &str, content: &str) -> Result<(), String> {
        let path = absolute(Path::new(path));
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        let project = self.project(&folder)?;
        let outcome = project.scan(&path, content.as_bytes());
        let credentials = outcome.findings.iter();
        let credentials = credentials.filter(|finding| finding.secret.is_some());
        let found = Found::of("", credentials, project);
        self.found.extend(found);
        Ok(())
    }

    fn arguments(&mut self, arguments: &Value) -> Result<(), String> {
        let project = self.here()?;
        let text = arguments.to_string();
        let outcome = project.scanner.scan_bytes(ARGUMENTS, text.as_bytes());
        let found = Found::of(
            "the arguments of the tool",
            outcome.findings.iter(),
            project,
        );
        self.found.extend(found);
        Ok(())
    }

    /// What a tool put out, without credentials; none if there are none in it.
    fn output(&mut self, output: &Value) -> Result<Option<Value>, String> {
        let engine = &self.here()?.scanner.engine;
        let masked = masked(engine, output);
        Ok((masked != *output).then_some(masked))
    }

    fn note(&mut self, why: Option<String>) {
        self.unchecked = self.unchecked.take().or(why);
    }
}

/// A value with every credential in its texts masked.
fn masked(engine: &Engine, value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(engine.mask_only(text).into_owned()),
        Value::Array(list) => list.iter().map(|item| masked(engine, item)).collect(),
        Value::Object(map) => {
            let pairs = map.iter();
            let pairs = pairs
                .map(|(key, value)| (engine.mask_only(key).into_owned(), masked(engine, value)));
            Value::Object(pairs.collect())
        }
        other => other.clone(),
    }
}
