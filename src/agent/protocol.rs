//! The data: protocols of hooks, arguments of tools, places of transcripts.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::tomlfile::{TomlError, parse};

/// The data in the binary.
const TEXT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/agents.toml"));

/// What is known of agents.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Agents {
    pub(super) arguments: Arguments,
    /// Names of tools, by the ending of a script in the language of their shell.
    pub(super) shells: BTreeMap<String, Vec<String>>,
    pub(super) patch: PatchMarks,
    /// Commands that send what lies here to somewhere else.
    pub(crate) sends: Vec<Send>,
    /// Commands that make commits.
    pub(crate) commits: Commits,
    pub(crate) protocols: Vec<Protocol>,
    pub(crate) transcripts: Vec<Transcript>,
}

/// Names of arguments, by what they mean.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    pub(super) command: Vec<String>,
    pub(super) path: Vec<String>,
    pub(super) content: Vec<String>,
    pub(super) old: Vec<String>,
    pub(super) new: Vec<String>,
    pub(super) edits: Vec<String>,
    /// The one of `content` that is a cell of a notebook.
    pub(super) cell: String,
}

/// The lines that make up a patch.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct PatchMarks {
    pub(super) begin: String,
    pub(super) add: String,
    pub(super) update: String,
    pub(super) delete: String,
    #[serde(rename = "move")]
    pub(super) moved: String,
    pub(super) end_of_file: String,
    pub(super) end: String,
}

/// A command that sends something.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Send {
    /// The program and its subcommand.
    pub(crate) command: Vec<String>,
    pub(crate) what: Sent,
    /// Options before the subcommand that take a value.
    #[serde(default)]
    pub(crate) skip: Vec<String>,
    /// Those of them that name the folder to work in.
    #[serde(default)]
    pub(crate) folder: Vec<String>,
    /// Options with which it sends all that there is.
    #[serde(default)]
    pub(crate) all: Vec<String>,
    /// Of a command that sends files: the place of the operand that names them.
    #[serde(default)]
    pub(crate) source: usize,
    /// Whether its first operand is a repository, after which the files are called if nothing names them.
    #[serde(default)]
    pub(crate) to_repository: bool,
    /// Options whose patterns say which files are sent.
    #[serde(default)]
    pub(crate) include: Vec<String>,
    /// Options whose patterns say which are not.
    #[serde(default)]
    pub(crate) exclude: Vec<String>,
}

/// What a command sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sent {
    /// What is committed.
    Commits,
    /// The files and folders that it names.
    Files,
}

/// Commands that make commits.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Commits {
    pub(crate) program: String,
    pub(crate) subcommands: Vec<String>,
}

/// Files of one kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Transcript {
    /// Who writes them.
    pub(crate) of: String,
    /// A variable that names the folder, if it is set.
    pub(super) variable: Option<String>,
    /// The folder, from the home folder or the project.
    pub(super) folder: String,
    /// Whether it lies in a project.
    #[serde(default)]
    pub(super) in_project: bool,
    /// The files in it: `*` is any name, `**` anything below.
    pub(super) files: Vec<String>,
}

/// How an agent talks to its hooks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Protocol {
    /// What the command line calls the agent.
    pub(crate) name: String,
    /// What its makers call it.
    pub(crate) title: String,
    /// Its documentation.
    pub(crate) read_on: String,
    /// Where in an event its name stands: the first path that leads anywhere.
    pub(super) event: Vec<String>,
    /// The same for the name of the tool.
    pub(super) tool: Vec<String>,
    /// The same for the folder that the agent works in.
    pub(super) folder: Vec<String>,
    /// An answer that lets something pass and says something.
    #[serde(default)]
    pub(super) say: Map<String, Value>,
    /// Whether what tools put out reaches the model whatever a hook says.
    #[serde(default)]
    pub(crate) reads_whole: bool,
    pub(super) settings: Settings,
    pub(super) events: Vec<EventKind>,
}

/// Where and how hooks are asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Settings {
    /// A variable that names another folder in place of the first one of `user`.
    pub(super) home: Option<String>,
    /// The file, from the root of a project.
    pub(super) project: String,
    /// The file, from the home folder.
    pub(super) user: String,
    /// What else the file must say.
    #[serde(default)]
    pub(super) root: Map<String, Value>,
    /// What is added to the list of each event.
    pub(super) entry: Map<String, Value>,
    /// What an entry says beside, if nothing is to pass that could not be checked.
    #[serde(default)]
    pub(super) fail_closed: Map<String, Value>,
    /// Whether the command must name its event.
    #[serde(default)]
    pub(super) names_event: bool,
    /// What else is to be done.
    pub(super) note: Option<String>,
}

/// A kind of event.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct EventKind {
    /// Its names; it is asked for by the first.
    pub(super) names: Vec<String>,
    pub(super) about: About,
    /// Where what it is about stands: the first path that leads anywhere; an empty one leads to all of it.
    pub(super) at: Vec<String>,
    /// Whether users ask for it, and hfscan does not.
    #[serde(default)]
    pub(super) by_hand: bool,
    /// What is added to its list, if that differs.
    pub(super) entry: Option<Map<String, Value>>,
    /// The answer that lets it pass.
    #[serde(default)]
    pub(super) pass: Map<String, Value>,
    /// The answer that refuses it.
    pub(super) deny: Option<Map<String, Value>>,
    /// The answer that changes what a tool put out.
    pub(super) redact: Option<Map<String, Value>>,
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum About {
    /// What the user asks for.
    Prompt,
    /// A tool that is to be used.
    Tool,
    /// What a tool put out.
    Output,
    /// A file that is to be read, with its content.
    File,
}

impl Agents {
    /// Reads the data in the binary.
    ///
    /// # Errors
    ///
    /// If it is wrong, which a test rules out.
    pub(crate) fn built_in() -> Result<Self, TomlError> {
        parse(Path::new("rules/agents.toml"), TEXT)
    }

    /// The protocol of an agent.
    pub(crate) fn protocol(&self, name: &str) -> Option<&Protocol> {
        self.protocols.iter().find(|protocol| protocol.name == name)
    }
}

impl Protocol {
    /// The kind of event of a name.
    pub(super) fn kind(&self, name: &str) -> Option<&EventKind> {
        let mut kinds = self.events.iter();
        kinds.find(|kind| kind.names.iter().any(|known| known == name))
    }
}

/// What the first of some paths leads to, such as `workspace_roots.0`.
pub(super) fn look<'v>(value: &'v Value, paths: &[String]) -> Option<&'v Value> {
    paths.iter().find_map(|path| {
        let mut steps = path.split('.').filter(|step| !step.is_empty());
        let found = steps.try_fold(value, |at, step| match at {
            Value::Array(list) => list.get(step.parse::<usize>().ok()?),
            other => other.get(step),
        });
        found.filter(|found| !found.is_null())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_sound() {
        let agents = Agents::built_in().unwrap();
        assert!(agents.protocols.len() >= 5);
        for protocol in &agents.protocols {
            assert!(protocol.read_on.starts_with("https://"));
            for about in [About::Prompt, About::Tool, About::Output] {
                let asked = |kind: &&EventKind| kind.about == about && !kind.by_hand;
                let kind = protocol.events.iter().find(asked);
                let kind = kind.unwrap_or_else(|| panic!("{}: {about:?}", protocol.name));
                assert_eq!(kind.deny.is_none(), about == About::Output);
                assert_eq!(kind.redact.is_some(), about == About::Output);
            }
        }
    }

    #[test]
    fn paths_lead_into_lists_and_maps() {
        let value = serde_json::json!({"a": {"b": [1, null]}});
        let at = |path: &str| look(&value, &["x".to_owned(), path.to_owned()]);
        assert_eq!(at("a.b.0"), Some(&Value::from(1)));
        assert_eq!(at("a.b.1"), None);
        assert_eq!(at(""), Some(&value));
    }
}
