//! What becomes of an event: each thing that an agent does is looked at as the file that it is, or would be.

use std::path::Path;
use std::time::SystemTime;

use serde_json::Value;

use super::judge::{CREDENTIALS, Found, reason};
use super::sends;
use crate::agent::{Agents, Answer, Change, Deed, Event, FileEdit, Protocol};
use crate::cli::args::ScanArgs;
use crate::cli::setup;
use crate::config::ConfigFile;
use crate::engine::Engine;
use crate::finding::Finding;
use crate::input::absolute;
use crate::regular;
use crate::scan::{Outcome, Project, Projects};

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
        projects: Projects::new(),
        found: Vec::new(),
        unchecked: None,
    };
    let mut redacted = None;
    for deed in &event.deeds {
        match deed {
            Deed::Output(output) => redacted = Check::output(output)?,
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
    let unchecked = check.unchecked;
    // The program ends: what was built is not taken apart first.
    std::mem::forget(check.projects);
    Ok(Checked { answer, unchecked })
}

/// What is said of an output that held credentials.
const REDACTED: &str = "hfscan replaced credentials in this output by marks such as `…`. Whoever saw the output has \
                        them: say so to the user, and do not print them again. Commands that need one read it from \
                        the environment.";

/// A check of one event.
struct Check<'a> {
    agents: &'a Agents,
    protocol: &'a Protocol,
    projects: Projects<Project>,
    found: Vec<Found>,
    unchecked: Option<String>,
}

impl Check<'_> {
    /// The project that a folder lies in.
    fn project(&mut self, folder: &Path) -> Result<&Project, String> {
        if self.projects.of(folder).is_none() {
            let config = setup::discover(folder).map_err(|error| error.to_string())?;
            let open = |config| open(&config, &ScanArgs::plain());
            self.projects.add(folder.to_owned(), config, open)?;
        }
        let project = self.projects.of(folder);
        project.ok_or_else(|| "its configuration is lost".to_owned())
    }

    /// The project of a file.
    fn project_of(&mut self, file: &Path) -> Result<&Project, String> {
        self.project(file.parent().unwrap_or(Path::new("/")))
    }

    /// The project of the folder that the agent works in.
    fn here(&mut self) -> Result<&Project, String> {
        self.project(&absolute(Path::new(".")))
    }

    fn prompt(&mut self, text: &str) -> Result<(), String> {
        let project = self.here()?;
        let outcome = project.scanner.scan_bytes(PROMPT, text.as_bytes());
        let found = Found::of("the prompt", credentials(&outcome), project);
        self.found.extend(found);
        Ok(())
    }

    fn write(&mut self, edit: &FileEdit) -> Result<(), String> {
        let path = absolute(Path::new(&edit.path));
        let before = regular::read_text(&path, LONGEST).ok();
        let after = edit.change.apply(before.as_deref());
        let named = match &edit.change {
            Change::Cell(_) => path.with_extension("py"),
            Change::Whole(_) | Change::Parts(_) => path.clone(),
        };
        let project = self.project_of(&path)?;
        let outcome = project.scan(&named, after.as_bytes());
        // What it was matters only if something is found in what it would be.
        let is_asked = edit.change.keeps() && !outcome.findings.is_empty();
        let known = before.filter(|_| is_asked);
        let known = known.map(|text| project.scan(&path, text.as_bytes()).findings);
        let new = Found::new_in(&outcome.findings, &known.unwrap_or_default());
        let found = Found::of("", new.into_iter(), project);
        self.found.extend(found);
        self.note(problem(&outcome));
        Ok(())
    }

    fn run(&mut self, command: &str, ending: &str) -> Result<(), String> {
        let name = format!("{COMMAND}.{ending}");
        let programs = sends::programs(self.agents);
        let project = self.here()?;
        let outcome = project.scanner.scan_bytes(&name, command.as_bytes());
        let found = Found::of("the command", outcome.findings.iter(), project);
        let engine = &project.scanner.engine;
        let commands = engine.commands(command.as_bytes(), &programs);
        self.found.extend(found);
        self.note(problem(&outcome));
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
        let project = self.project_of(&path)?;
        let outcome = project.scan(&path, content.as_bytes());
        let found = Found::of("", credentials(&outcome), project);
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
    fn output(output: &Value) -> Result<Option<Value>, String> {
        // Masks are of all credentials, whatever the configuration selects; rules over files are not worth the time.
        let args = ScanArgs {
            select: vec![CREDENTIALS.to_owned()],
            ..ScanArgs::plain()
        };
        let config =
            setup::discover(&absolute(Path::new("."))).map_err(|error| error.to_string())?;
        // A configuration may ignore all of these.
        let project = open(&config, &args).or_else(|_| open(&config, &ScanArgs::plain()))?;
        let masked = masked(&project.scanner.engine, output);
        std::mem::forget(project);
        Ok((masked != *output).then_some(masked))
    }

    fn note(&mut self, why: Option<String>) {
        self.unchecked = self.unchecked.take().or(why);
    }
}

/// What holds with a configuration and arguments.
fn open(config: &ConfigFile, args: &ScanArgs) -> Result<Project, String> {
    let project = setup::project(args, config, SystemTime::now());
    project.map_err(|failure| failure.to_string())
}

/// The findings that are credentials.
fn credentials(outcome: &Outcome) -> impl Iterator<Item = &Finding> {
    let findings = outcome.findings.iter();
    findings.filter(|finding| finding.secret.is_some())
}

/// Why not all of a text was looked at, if so.
fn problem(outcome: &Outcome) -> Option<String> {
    let problem = outcome.problems.first();
    problem.map(|problem| problem.message.clone())
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
