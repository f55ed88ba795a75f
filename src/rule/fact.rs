//! The match language of rules over facts: settings, calls and commands.

use serde::Deserialize;
use toml::Spanned;

use super::path::PathPattern;
use crate::finding::{Confidence, Runner, Severity};

/// A pattern over one kind of fact. A rule has any number, and matches where one does.
///
/// A fact is looked at as a subject (the callee, the program with its subcommands) and entries: the
/// arguments or options by name or place, and the entries of maps in them. `run(env={"A": 1})` has
/// the entries `env` and `env.A`; `run -e A=1 x` has `-e`, `-e.A` and `0`. A setting is one entry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FactPattern {
    /// Of a setting, its keys from the root of the document.
    #[serde(default)]
    pub key: Vec<PathPattern>,
    /// Of a call, the callee.
    #[serde(default)]
    pub callee: Vec<PathPattern>,
    /// Of a command, the program and its subcommands: `hf auth login`; `**` is any.
    #[serde(default)]
    pub program: Vec<String>,
    /// Of a call or command, an entry that must be there; it is what is reported.
    #[serde(default)]
    pub argument: Vec<PathPattern>,
    /// What the entry's value must be, one of these; anything, if this is missing.
    #[serde(default)]
    pub value: Vec<ValueClass>,
    /// What it must not be.
    #[serde(default)]
    pub not_value: Vec<ValueClass>,
    /// Where the fact must stand: one of these.
    #[serde(default)]
    pub within: Vec<Context>,
    /// Where it must not stand.
    #[serde(default)]
    pub not_within: Vec<Context>,
    /// Entries of the same call or command, or settings of the same document, of which one must be
    /// there.
    #[serde(default)]
    pub with: Vec<PathPattern>,
    /// The same, of which none may be there.
    #[serde(default)]
    pub without: Vec<PathPattern>,
    /// Names of which one must stand in the same map as the entry.
    #[serde(default)]
    pub beside: Vec<PathPattern>,
    /// Names of which none may.
    #[serde(default)]
    pub not_beside: Vec<PathPattern>,
    /// Names of which one must stand beside the map that holds the entry: `flavor` in
    /// `{"flavor": "a10g", "env": {"HF_TOKEN": …}}`.
    #[serde(default)]
    pub around: Vec<PathPattern>,
    /// Names of which none may.
    #[serde(default)]
    pub not_around: Vec<PathPattern>,
    /// Texts of which some setting must hold one that stands beside the map that holds the entry, or
    /// below: `git push` in the `run` of a step.
    #[serde(default)]
    pub around_holds: Vec<String>,
    /// What the entry's text must hold, one of these.
    #[serde(default)]
    pub contains: Vec<String>,
    /// Of calls and commands, settings of which the file must give one to them: in the same script,
    /// or in a map above it.
    #[serde(default)]
    pub given: Vec<PathPattern>,
    /// Of a command, what some word of a later command of the same script must be.
    #[serde(default)]
    pub later: Vec<ValueClass>,
    /// Of a command, whether it has the shell print each command after it (`set -x`), one of which
    /// has a word like `later` before `set +x`.
    #[serde(default)]
    pub traces: bool,
    /// Of a command, whether its shell was started so that it prints each command: by the first line
    /// of the script, by `bash -xc`, by `bash -x` in another file.
    #[serde(default)]
    pub traced: bool,
    /// Whether what a command, or a call in a program that a command runs, prints must be seen: not
    /// piped into another program that takes it or leaves the value out, not captured, not written to
    /// a file.
    #[serde(default)]
    pub shown: bool,
    /// What must run the file, which is a script, or has one in it.
    #[serde(default)]
    pub run_by: Option<Runner>,
    /// Whether the value names a file that holds the key of a token.
    #[serde(default)]
    pub holds_token: bool,
    /// Whether one finding of the rule is enough for a call or command, of whatever pattern.
    #[serde(default)]
    pub single: bool,
    /// Whether one finding a file is enough of those that say the same.
    #[serde(default)]
    pub once: bool,
    /// Texts of which the file must hold none.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// Literal texts, groups of which the file must hold one each, beside what the pattern itself
    /// needs. They keep files from being parsed in vain.
    #[serde(default)]
    pub needs: Vec<Vec<String>>,
    /// Whether the value is a credential: then it is hidden, and a token rule that knows it reports
    /// in place of this.
    #[serde(default)]
    pub credential: bool,
    /// How bad it is, where that differs from the rule.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// How sure it is, where that differs from the rule.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// What to say after the rule's summary. `{key}`, `{path}`, `{name}`, `{subject}` stand for the
    /// user's own names.
    #[serde(default)]
    pub message: Option<String>,
    /// What to do, where that differs from the rule; with the same names.
    #[serde(default)]
    pub help: Option<String>,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueClass {
    /// A literal text that is no placeholder and no reference.
    Literal,
    /// The name of a Hugging Face credential, as a text: of a key, of a variable.
    CredentialName,
    /// A variable that a build puts into what it sends to browsers: `VITE_HF_TOKEN`.
    ClientToken,
    /// A file that Hugging Face tools or git keep a token in.
    TokenFile,
    /// A file or folder that holds credentials.
    CredentialFile,
    /// The folder of Hugging Face caches with the token in it, as a volume.
    TokenCache,
    /// A literal that may be a credential: not empty, no word, no path.
    Credential,
    /// A stand-in for a credential.
    Placeholder,
    /// A literal that looks like a reference which nothing resolves here: `"$HF_TOKEN"`.
    Unexpanded,
    /// Nothing.
    Empty,
    /// Any of the references below.
    Reference,
    /// An environment variable that a program reads.
    Environment,
    /// A secret of the CI system.
    CiSecret,
    /// A plain variable of the CI system.
    CiVariable,
    /// A plain variable of the CI system that holds a Hugging Face token; also as a part of a text.
    CiTokenVariable,
    /// An input of a workflow.
    CiInput,
    /// An input of a workflow that is a Hugging Face token by its own name.
    CiTokenInput,
    /// A shell or template variable.
    Variable,
    /// The output of a command.
    Substitution,
    /// The result of a call.
    Call,
    /// A name of unknown value.
    Name,
    /// The whole environment.
    WholeEnvironment,
    /// A map.
    Map,
    /// A list.
    List,
    /// A text that a token rule knows, or a reference that yields a Hugging Face token:
    /// `os.environ["HF_TOKEN"]`, `get_token()`, `$HF_TOKEN`; also as a part of a text.
    Token,
    /// A CI expression that yields a token, which is put into a script before any shell sees it.
    Interpolated,
    /// True.
    True,
}

/// Where a fact stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Context {
    /// A configuration of any CI system, and scripts in it.
    Ci,
    /// A GitHub workflow or action.
    GithubWorkflow,
    /// A GitHub action.
    GithubAction,
    /// A GitLab CI file.
    GitlabCi,
    /// A pipeline of Jenkins.
    Jenkins,
    /// A Dockerfile.
    Dockerfile,
    /// `RUN` in a Dockerfile.
    Run,
    /// `CMD` or `ENTRYPOINT` in a Dockerfile.
    Start,
    /// `ENV` in a Dockerfile.
    Env,
    /// `ARG` in a Dockerfile.
    Arg,
    /// `COPY` or `ADD` in a Dockerfile.
    Copy,
    /// A section of an Apptainer definition that runs when the image is built.
    ApptainerBuild,
    /// The arguments of an Apptainer build.
    ApptainerArgument,
    /// A compose file.
    Compose,
    /// A Kubernetes manifest or Helm values.
    Kubernetes,
    /// A Hugging Face job in JSON.
    Job,
    /// The configuration of an MCP client.
    Mcp,
    /// A shell script, or one in another document.
    Shell,
    /// A script file, run by no person: `.sh`, Slurm, cloud-init, a Makefile; scripts of a package.
    Script,
    /// Python.
    Python,
    /// JavaScript or TypeScript.
    Javascript,
    /// A notebook.
    Notebook,
    /// A Markdown document.
    Markdown,
    /// A file of settings: YAML, TOML, JSON, INI, `.env`, HCL.
    Config,
    /// A test, or an example of documentation, by its path.
    Test,
}

/// The kind of fact that a pattern is over, as the rule file names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `[[setting]]`
    Setting,
    /// `[[call]]`
    Call,
    /// `[[command]]`
    Command,
}

impl FactPattern {
    /// What is wrong with a pattern of this kind.
    pub(super) fn fault(
        pattern: &Spanned<Self>,
        subject: Subject,
    ) -> Option<(crate::span::Span, String)> {
        let this = pattern.get_ref();
        let has = [
            (Subject::Setting, "key", !this.key.is_empty()),
            (Subject::Call, "callee", !this.callee.is_empty()),
            (Subject::Command, "program", !this.program.is_empty()),
        ];
        for (kind, name, is_there) in has {
            let message = match (kind == subject, is_there) {
                (true, false) => format!("a pattern needs `{name}`"),
                (false, true) => format!("`{name}` belongs to another kind of pattern"),
                _ => continue,
            };
            return Some((pattern.span(), message));
        }
        let beside = subject == Subject::Setting && !this.argument.is_empty();
        let message = if beside {
            "`argument` belongs to calls and commands"
        } else if this.needles().is_empty() && !this.needs_credential() {
            "the pattern fits any file: name something in it, or give `needs`"
        } else {
            return None;
        };
        Some((pattern.span(), message.to_owned()))
    }

    /// Whether only a file with a Hugging Face credential in it, or the name of one, can match.
    #[must_use]
    pub fn needs_credential(&self) -> bool {
        let named = |paths: &[PathPattern]| {
            !paths.is_empty() && paths.iter().all(PathPattern::names_credential)
        };
        let values = [
            ValueClass::Token,
            ValueClass::CredentialName,
            ValueClass::ClientToken,
            ValueClass::CiTokenVariable,
            ValueClass::CiTokenInput,
            ValueClass::Interpolated,
        ];
        let valued = |given: &[ValueClass]| {
            !given.is_empty() && given.iter().all(|class| values.contains(class))
        };
        [&self.key, &self.argument, &self.given]
            .into_iter()
            .any(|paths| named(paths))
            || valued(&self.value)
            || valued(&self.later)
    }

    /// Whether only a file that gives a literal to the name of a credential can match.
    #[must_use]
    pub fn needs_literal(&self) -> bool {
        self.value == [ValueClass::Credential]
            && [&self.key, &self.argument]
                .into_iter()
                .any(|paths| !paths.is_empty() && paths.iter().all(PathPattern::names_credential))
    }

    /// Of a pattern that a file without the name of a credential may match, literal texts of which
    /// such a file holds one: few files do. Others have none.
    #[must_use]
    pub fn first_needles(&self) -> Vec<String> {
        let groups = self.needles();
        let first = most_telling(&groups).filter(|_| !self.needs_credential());
        first.cloned().unwrap_or_default()
    }

    /// Groups of literal texts: a file that does not hold one of each group cannot match.
    #[must_use]
    pub fn needles(&self) -> Vec<Vec<String>> {
        let mut groups: Vec<Vec<String>> = self
            .needs
            .iter()
            .map(|group| {
                group
                    .iter()
                    .filter(|text| text.len() >= 2)
                    .cloned()
                    .collect()
            })
            .collect();
        groups.extend(any_of(self.program.iter().map(|program| needle(program))));
        for paths in [
            &self.key,
            &self.callee,
            &self.argument,
            &self.with,
            &self.beside,
            &self.around,
            &self.given,
        ] {
            groups.extend(any_of(paths.iter().map(PathPattern::needles)));
        }
        groups.extend([self.around_holds.clone(), self.contains.clone()]);
        groups.retain(|group| !group.is_empty());
        groups
    }
}

/// What a text must hold to run a program, as a line or as a list of words.
fn needle(program: &str) -> Vec<Vec<String>> {
    let mut words = program.split(' ');
    let first = words.next().unwrap_or_default();
    let name = first.rsplit('/').next().unwrap_or(first);
    let group = match words.next() {
        _ if first == "**" => return Vec::new(),
        // It is a module, too.
        _ if first == "huggingface-cli" => vec![first.to_owned(), "huggingface_cli".to_owned()],
        Some(second) => vec![
            format!("{name} {second}"),
            format!("{name}\""),
            format!("{name}'"),
            format!("- {name}"),
        ],
        // A pipe or a redirection of a PowerShell expression implies it.
        None if name == "Write-Output" => ["Write-Output", "write-output", "$env:", "$Env:"]
            .map(str::to_owned)
            .to_vec(),
        // The names of cmdlets are the same in any letters.
        None if name.starts_with(|c: char| c.is_ascii_uppercase()) && name.contains('-') => {
            vec![name.to_owned(), name.to_ascii_lowercase()]
        }
        None => vec![name.to_owned()],
    };
    vec![group]
}

/// Names of packages and of arguments, which say little of a file: half of all have them.
const COMMON: [&str; 10] = [
    "token",
    "secret",
    "from",
    "push_to_hub",
    "huggingface_hub",
    "huggingface",
    "transformers",
    "diffusers",
    "datasets",
    "streamlit",
];

/// The group of texts that the fewest files hold one of.
fn most_telling(groups: &[Vec<String>]) -> Option<&Vec<String>> {
    let common = |text: &String| COMMON.contains(&text.as_str());
    groups.iter().max_by_key(|group| {
        let shortest = group.iter().map(String::len).min().unwrap_or(0);
        (!group.iter().any(common), shortest)
    })
}

/// What a text must hold to fit one of several, each of which needs one of each of its groups: the
/// most telling group of each, together.
fn any_of(choices: impl Iterator<Item = Vec<Vec<String>>>) -> Vec<Vec<String>> {
    let choices: Vec<_> = choices.collect();
    match choices.as_slice() {
        [] => Vec::new(),
        [only] => only.clone(),
        several => {
            let telling = several.iter().map(|groups| most_telling(groups).cloned());
            let union: Option<Vec<Vec<String>>> = telling.collect();
            union
                .map(|groups| vec![groups.concat()])
                .unwrap_or_default()
        }
    }
}
