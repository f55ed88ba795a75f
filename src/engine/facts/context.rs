//! Where a fact stands: what its file is, and which part of it.

use super::File;
use crate::rule::Context;
use crate::syntax::{Document, Fact, Format, Kind, Place, kinds};

/// Folders and names that say that a file is a test or an example for readers.
const TESTS: [&str; 10] = [
    "test",
    "tests",
    "testing",
    "__tests__",
    "spec",
    "fixtures",
    "testdata",
    "mocks",
    "conftest.py",
    "snapshots",
];

/// What a whole file is, by its path, its first bytes and what it says.
pub(super) fn of_file(file: File<'_>, document: &Document) -> Vec<Context> {
    let path = file.origin.name();
    let mut contexts = Vec::new();
    let name = path.rsplit('/').next().unwrap_or(path);
    if path.split('/').any(|part| TESTS.contains(&part)) || name.starts_with("test_") {
        contexts.push(Context::Test);
    }
    for kind in kinds(path, file.text, document) {
        if kind.is_ci() {
            contexts.push(Context::Ci);
        }
        match kind {
            Kind::GithubWorkflow => contexts.push(Context::GithubWorkflow),
            Kind::GithubAction => {
                contexts.extend([Context::GithubWorkflow, Context::GithubAction]);
            }
            Kind::GitlabCi => contexts.push(Context::GitlabCi),
            Kind::Compose => contexts.push(Context::Compose),
            Kind::Kubernetes | Kind::HelmValues => contexts.push(Context::Kubernetes),
            Kind::JobsJson => contexts.push(Context::Job),
            Kind::McpConfig => contexts.push(Context::Mcp),
            Kind::Slurm | Kind::CloudInit | Kind::SkyPilot | Kind::Ansible => {
                contexts.push(Context::Script);
            }
            _ => {}
        }
    }
    contexts
}

/// Where a fact of a file stands.
pub(super) fn of_fact(fact: &Fact, file: &[Context]) -> Vec<Context> {
    let mut contexts = file.to_vec();
    let last = fact
        .place
        .iter()
        .rposition(|place| matches!(place, Place::Document(_)));
    for (at, place) in fact.place.iter().enumerate() {
        match place {
            Place::Document(format) => {
                contexts.extend(of_format(*format, at == 0, Some(at) == last));
            }
            Place::Instruction(name) => match name.as_str() {
                "RUN" => contexts.push(Context::Run),
                "CMD" | "ENTRYPOINT" => contexts.push(Context::Start),
                "ENV" => contexts.push(Context::Env),
                "ARG" => contexts.push(Context::Arg),
                "COPY" | "ADD" => contexts.push(Context::Copy),
                "%arguments" => contexts.push(Context::ApptainerArgument),
                "%post" | "%pre" | "%setup" | "%test" | "%appinstall" => {
                    contexts.push(Context::ApptainerBuild);
                }
                _ => {}
            },
            Place::Key(key) if is_task(key) => contexts.push(Context::Script),
            Place::Key(_) | Place::Cell(_) | Place::Fence(_) | Place::Embedded => {}
        }
    }
    contexts
}

/// Whether a key is that of a command which has a name: `scripts.login` of a package,
/// `tasks.login.cmds.0` of a Taskfile.
fn is_task(key: &str) -> bool {
    let mut keys = key.split('.');
    match keys.next() {
        Some("scripts") => true,
        Some("tasks") => keys.any(|key| key == "cmds"),
        _ => false,
    }
}

/// What a format says of a fact: of the file's own (`outer`), of the innermost document (`inner`).
fn of_format(format: Format, outer: bool, inner: bool) -> Vec<Context> {
    let mut contexts = Vec::new();
    match format {
        Format::Dockerfile => contexts.push(Context::Dockerfile),
        Format::Notebook => contexts.push(Context::Notebook),
        Format::Markdown => contexts.push(Context::Markdown),
        Format::Python if inner => contexts.push(Context::Python),
        Format::JavaScript | Format::TypeScript if inner => contexts.push(Context::Javascript),
        Format::Jenkinsfile => contexts.extend([Context::Ci, Context::Jenkins]),
        Format::Shell | Format::PowerShell | Format::Batch if inner => {
            contexts.push(Context::Shell);
        }
        Format::Yaml
        | Format::Json
        | Format::JsonLines
        | Format::Toml
        | Format::Ini
        | Format::Dotenv
        | Format::Hcl
            if inner =>
        {
            contexts.push(Context::Config);
        }
        _ => {}
    }
    let script = matches!(
        format,
        Format::Shell
            | Format::Makefile
            | Format::Justfile
            | Format::Apptainer
            | Format::PowerShell
            | Format::Batch
    );
    if outer && script {
        contexts.push(Context::Script);
    }
    contexts
}
