//! What a file is: a workflow, a compose file, a cluster's manifest. The same fact is a leak in one
//! and nothing in another.

use std::collections::{HashMap, HashSet};

use super::{Document, FactKind, Format, Place, Setting};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A workflow of GitHub Actions, or of Gitea and Forgejo.
    GithubWorkflow,
    /// An action of GitHub Actions.
    GithubAction,
    /// A pipeline of GitLab.
    GitlabCi,
    /// A configuration of `CircleCI`.
    CircleCi,
    /// A pipeline of Azure.
    AzurePipelines,
    /// Pipelines of Bitbucket.
    Bitbucket,
    /// A pipeline of Buildkite.
    Buildkite,
    /// A pipeline of Jenkins.
    Jenkins,
    /// A pipeline of another CI system.
    OtherCi,
    /// A Dockerfile.
    Dockerfile,
    /// A file of Docker compose.
    Compose,
    /// Manifests of Kubernetes.
    Kubernetes,
    /// Values of a Helm chart.
    HelmValues,
    /// A task of `SkyPilot`.
    SkyPilot,
    /// A development container.
    DevContainer,
    /// Servers of the Model Context Protocol for some client.
    McpConfig,
    /// Settings of an editor: launch configurations, tasks.
    EditorConfig,
    /// A request to Hugging Face Jobs, or what the API answers.
    JobsJson,
    /// The README of a Hugging Face Space, with its settings.
    SpaceReadme,
    /// A batch script of Slurm.
    Slurm,
    /// User data of cloud-init.
    CloudInit,
    /// A playbook or role of Ansible.
    Ansible,
    /// A configuration of Terraform, or its variables.
    Terraform,
}

impl Kind {
    /// Whether a CI system runs what the file says.
    #[must_use]
    pub fn is_ci(self) -> bool {
        matches!(
            self,
            Self::GithubWorkflow
                | Self::GithubAction
                | Self::GitlabCi
                | Self::CircleCi
                | Self::AzurePipelines
                | Self::Bitbucket
                | Self::Buildkite
                | Self::Jenkins
                | Self::OtherCi
        )
    }
}

/// The likeliest kind of a file: see [`kinds`].
#[must_use]
pub fn kind(path: &str, head: &[u8], document: &Document) -> Option<Kind> {
    kinds(path, head, document).first().copied()
}

/// All that a file is, by its path, its first bytes and its facts; what its name says comes first.
#[must_use]
pub fn kinds(path: &str, head: &[u8], document: &Document) -> Vec<Kind> {
    let path = format!("/{}", path.replace('\\', "/").to_ascii_lowercase());
    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
    let shape = Shape::of(document);
    let mut kinds = Vec::new();
    let found = by_path(&path, &name)
        .into_iter()
        .chain(by_head(head))
        .chain(by_shape(&shape))
        .chain(by_facts(&name, document));
    for kind in found {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

/// Endings of paths, and what they say. A folder stands with both its slashes.
const PATHS: &[(&str, Kind)] = &[
    ("/.circleci/", Kind::CircleCi),
    ("/.gitlab/ci/", Kind::GitlabCi),
    ("/.buildkite/", Kind::Buildkite),
    ("/.azure-pipelines/", Kind::AzurePipelines),
    ("/.azuredevops/", Kind::AzurePipelines),
    ("/.woodpecker/", Kind::OtherCi),
    ("/.semaphore/", Kind::OtherCi),
    ("/.devcontainer/", Kind::DevContainer),
    ("/.vscode/launch.json", Kind::EditorConfig),
    ("/.vscode/tasks.json", Kind::EditorConfig),
    ("/.vscode/settings.json", Kind::EditorConfig),
];

/// Names of files, without the ending of YAML, and what they say.
const NAMES: &[(&str, Kind)] = &[
    (".gitlab-ci", Kind::GitlabCi),
    ("azure-pipelines", Kind::AzurePipelines),
    ("azure-pipeline", Kind::AzurePipelines),
    ("bitbucket-pipelines", Kind::Bitbucket),
    (".travis", Kind::OtherCi),
    (".drone", Kind::OtherCi),
    (".woodpecker", Kind::OtherCi),
    (".cirrus", Kind::OtherCi),
    ("appveyor", Kind::OtherCi),
    (".appveyor", Kind::OtherCi),
    ("cloudbuild", Kind::OtherCi),
    ("buildspec", Kind::OtherCi),
    ("codemagic", Kind::OtherCi),
    ("wercker", Kind::OtherCi),
    ("compose", Kind::Compose),
    ("docker-compose", Kind::Compose),
    ("values", Kind::HelmValues),
    ("cloud-config", Kind::CloudInit),
    ("cloud-init", Kind::CloudInit),
];

fn by_path(path: &str, name: &str) -> Option<Kind> {
    let yaml = name
        .strip_suffix(".yml")
        .or_else(|| name.strip_suffix(".yaml"));
    let workflows = [
        "/.github/workflows/",
        "/.gitea/workflows/",
        "/.forgejo/workflows/",
    ];
    if yaml.is_some() && workflows.iter().any(|folder| path.contains(folder)) {
        return Some(Kind::GithubWorkflow);
    }
    if let Some((_, kind)) = PATHS.iter().find(|(part, _)| path.contains(part)) {
        return Some(*kind);
    }
    match name {
        "action.yml" | "action.yaml" => return Some(Kind::GithubAction),
        "devcontainer.json" | ".devcontainer.json" => return Some(Kind::DevContainer),
        "mcp.json" | ".mcp.json" | "claude_desktop_config.json" => return Some(Kind::McpConfig),
        "user-data" | "user_data" => return Some(Kind::CloudInit),
        _ if name.ends_with(".slurm") || name.ends_with(".sbatch") => return Some(Kind::Slurm),
        _ if name.starts_with("jenkinsfile") => return Some(Kind::Jenkins),
        _ => {}
    }
    match Format::detect(name, b"") {
        Some(Format::Dockerfile) => return Some(Kind::Dockerfile),
        Some(Format::Jenkinsfile) if name.contains("jenkins") => return Some(Kind::Jenkins),
        Some(Format::Hcl) => return Some(Kind::Terraform),
        _ => {}
    }
    // `compose.gpu.yaml`, `values-prod.yaml`, `ml.gitlab-ci.yml`.
    let stem = yaml?;
    let is = |base: &str| {
        let after = stem.strip_prefix(base);
        after.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
            || stem
                .strip_suffix(base.trim_start_matches('.'))
                .is_some_and(|rest| rest.ends_with('.'))
    };
    let found = NAMES.iter().find(|(base, _)| is(base));
    found.map(|(_, kind)| *kind)
}

fn by_head(head: &[u8]) -> Option<Kind> {
    if head.starts_with(b"#cloud-config") {
        return Some(Kind::CloudInit);
    }
    let head = head.get(..head.len().min(4096))?;
    let directive = |line: &[u8]| line.starts_with(b"#SBATCH ");
    head.split(|b| *b == b'\n')
        .any(directive)
        .then_some(Kind::Slurm)
}

/// The keys of a file near its root.
#[derive(Default)]
struct Shape<'d> {
    /// The keys of the root.
    top: HashSet<&'d str>,
    /// The first keys of each setting, with `*` for the second: `jobs.*.steps`.
    under: HashSet<(&'d str, &'d str)>,
    /// The first two keys.
    pairs: HashSet<(&'d str, &'d str)>,
}

impl<'d> Shape<'d> {
    fn of(document: &'d Document) -> Self {
        let mut shape = Self::default();
        for setting in settings(document) {
            let mut keys = setting.path.iter().map(|key| key.value.as_str());
            let Some(first) = keys.next() else { continue };
            shape.top.insert(first);
            let Some(second) = keys.next() else { continue };
            shape.pairs.insert((first, second));
            if let Some(third) = keys.next() {
                shape.under.insert((first, third));
            }
        }
        shape
    }

    fn has(&self, key: &str) -> bool {
        self.top.contains(key)
    }

    /// Whether an entry under a key of the root has one of some keys.
    fn entries(&self, first: &str, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.under.contains(&(first, *key)))
    }

    /// Whether a key of the root has one of some keys.
    fn holds(&self, first: &str, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.pairs.contains(&(first, *key)))
    }

    /// Whether any entry of the root has all of some keys.
    fn any_entry(&self, key: &str) -> bool {
        self.pairs.iter().any(|(_, second)| *second == key)
    }
}

/// The settings of the document itself, not of those that lie in it.
fn settings(document: &Document) -> impl Iterator<Item = &Setting> {
    document.facts.iter().filter_map(|fact| match &fact.kind {
        FactKind::Setting(setting) if fact.place.len() == 1 => Some(setting),
        _ => None,
    })
}

fn by_shape(shape: &Shape<'_>) -> Vec<Kind> {
    let servers = ["command", "url", "serverUrl"];
    let ci_jobs = ["steps", "jobs", "stages"];
    let rules = [
        (
            Kind::GithubWorkflow,
            shape.has("on") && shape.entries("jobs", &["runs-on", "steps", "uses"]),
        ),
        (Kind::GithubAction, shape.holds("runs", &["using"])),
        (
            Kind::GitlabCi,
            shape.has("stages") && shape.any_entry("script"),
        ),
        (
            Kind::CircleCi,
            shape.has("version") && shape.entries("jobs", &["docker", "machine", "executor"]),
        ),
        (
            Kind::AzurePipelines,
            (shape.has("pool") || shape.has("trigger")) && ci_jobs.iter().any(|key| shape.has(key)),
        ),
        (
            Kind::Bitbucket,
            shape.holds(
                "pipelines",
                &["default", "branches", "custom", "pull-requests"],
            ),
        ),
        (
            Kind::Buildkite,
            shape.entries("steps", &["command", "commands"])
                && shape.entries("steps", &["label", "agents", "plugins", "key"]),
        ),
        (
            Kind::Kubernetes,
            shape.has("apiVersion") && shape.has("kind"),
        ),
        (
            Kind::Compose,
            shape.entries("services", &["image", "build"]) && !shape.has("apiVersion"),
        ),
        (
            Kind::SkyPilot,
            shape.has("resources") && ["run", "setup", "envs"].iter().any(|key| shape.has(key)),
        ),
        (
            Kind::DevContainer,
            shape.has("containerEnv") || shape.has("remoteEnv") || shape.has("postCreateCommand"),
        ),
        (
            Kind::McpConfig,
            ["mcpServers", "servers", "mcp_servers", "context_servers"]
                .iter()
                .any(|key| shape.entries(key, &servers))
                || shape.holds("mcp", &["servers", "mcpServers"]),
        ),
        (
            Kind::Ansible,
            shape.holds("0", &["hosts", "tasks", "become"]),
        ),
    ];
    let found = rules.into_iter().filter(|(_, holds)| *holds);
    found.map(|(kind, _)| kind).collect()
}

/// What takes a look at all facts, also at those of nested documents.
fn by_facts(name: &str, document: &Document) -> Vec<Kind> {
    let mut found = Vec::new();
    if is_jobs_request(document) {
        found.push(Kind::JobsJson);
    }
    let front_matter = document.facts.iter().any(|fact| match &fact.kind {
        FactKind::Setting(setting) => {
            fact.place.contains(&Place::Document(Format::Yaml))
                && matches!(setting.path.as_slice(), [key] if matches!(key.value.as_str(), "sdk" | "app_file" | "sdk_version"))
        }
        _ => false,
    });
    if name == "readme.md" && front_matter {
        found.push(Kind::SpaceReadme);
    }
    found
}

/// Whether some map has the keys of a job's request: `operation` and `args`, or an image and what
/// to run in it.
fn is_jobs_request(document: &Document) -> bool {
    const KEYS: [&str; 9] = [
        "operation",
        "args",
        "dockerImage",
        "spaceId",
        "command",
        "environment",
        "flavor",
        "arguments",
        "secrets",
    ];
    // The keys of interest of each map, as bits.
    let mut maps: HashMap<Vec<&str>, u16> = HashMap::new();
    for fact in &document.facts {
        let FactKind::Setting(setting) = &fact.kind else {
            continue;
        };
        let path: Vec<&str> = setting.path.iter().map(|key| key.value.as_str()).collect();
        // A request is near the root of its document.
        for (depth, key) in path.iter().enumerate().take(6) {
            if let Some(bit) = KEYS.iter().position(|known| known == key) {
                let holder = path.get(..depth).unwrap_or_default();
                *maps.entry(holder.to_vec()).or_default() |= 1 << bit;
            }
        }
    }
    maps.values().any(|keys| {
        let has = |bit: usize| keys & (1 << bit) != 0;
        has(0) && has(1) || (has(2) || has(3)) && (has(4) || has(5) || has(6) || has(7) || has(8))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::lower;

    fn of(path: &str, file: &str) -> Vec<Kind> {
        let format = Format::detect(path, file.as_bytes()).unwrap_or(Format::Yaml);
        kinds(path, file.as_bytes(), &lower(format, file.as_bytes()))
    }

    #[test]
    fn paths_say_what_files_are() {
        for (path, kind) in [
            (".github/workflows/ci.yml", Some(Kind::GithubWorkflow)),
            ("a\\.github\\workflows\\ci.yaml", Some(Kind::GithubWorkflow)),
            (".github/workflows/x.sh", None),
            ("action.yml", Some(Kind::GithubAction)),
            (".gitlab-ci.yml", Some(Kind::GitlabCi)),
            ("ci/ml.gitlab-ci.yml", Some(Kind::GitlabCi)),
            (".circleci/config.yml", Some(Kind::CircleCi)),
            ("azure-pipelines-gpu.yml", Some(Kind::AzurePipelines)),
            ("bitbucket-pipelines.yml", Some(Kind::Bitbucket)),
            (".travis.yml", Some(Kind::OtherCi)),
            ("docker-compose.gpu.yaml", Some(Kind::Compose)),
            ("compose.yml", Some(Kind::Compose)),
            ("composer.yml", None),
            ("chart/values-prod.yaml", Some(Kind::HelmValues)),
            ("gpu.Dockerfile", Some(Kind::Dockerfile)),
            ("Jenkinsfile.gpu", Some(Kind::Jenkins)),
            (".devcontainer/devcontainer.json", Some(Kind::DevContainer)),
            (".vscode/launch.json", Some(Kind::EditorConfig)),
            (".cursor/mcp.json", Some(Kind::McpConfig)),
            ("train.slurm", Some(Kind::Slurm)),
            ("main.tf", Some(Kind::Terraform)),
            ("config.yaml", None),
        ] {
            assert_eq!(of(path, "").first().copied(), kind, "{path}");
        }
    }

    #[test]
    fn shapes_say_what_files_are() {
        for (path, file, kind) in [
            (
                "a.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n",
                Kind::GithubWorkflow,
            ),
            ("a.yml", "runs:\n  using: composite\n", Kind::GithubAction),
            ("a.yml", "stages: [a]\nb:\n  script: [c]\n", Kind::GitlabCi),
            (
                "a.yml",
                "version: 2.1\njobs:\n  a:\n    docker: [{image: b}]\n",
                Kind::CircleCi,
            ),
            (
                "a.yml",
                "trigger: [main]\nsteps:\n- script: a\n",
                Kind::AzurePipelines,
            ),
            ("a.yml", "apiVersion: v1\nkind: Pod\n", Kind::Kubernetes),
            ("a.yml", "services:\n  tgi:\n    image: x\n", Kind::Compose),
            (
                "a.yml",
                "resources: {accelerators: A100}\nrun: x\n",
                Kind::SkyPilot,
            ),
            (
                "a.json",
                "{\"mcpServers\": {\"hf\": {\"command\": \"npx\"}}}",
                Kind::McpConfig,
            ),
            ("a.toml", "[mcp_servers.hf]\nurl = 'x'\n", Kind::McpConfig),
            (
                "a.json",
                "{\"operation\": \"run\", \"args\": {\"image\": \"x\"}}",
                Kind::JobsJson,
            ),
            (
                "a.json",
                "[{\"dockerImage\": \"x\", \"environment\": {\"A\": \"b\"}}]",
                Kind::JobsJson,
            ),
            ("a.yml", "#cloud-config\nruncmd: []\n", Kind::CloudInit),
            ("run.sh", "#!/bin/bash\n#SBATCH --gpus=1\n", Kind::Slurm),
            ("a.yml", "- hosts: all\n  tasks: []\n", Kind::Ansible),
        ] {
            assert_eq!(of(path, file).first(), Some(&kind), "{file}");
        }
        assert_eq!(of("config.yaml", "hub_token: x\nrun: y\n"), []);
        assert!(Kind::GitlabCi.is_ci() && !Kind::Compose.is_ci());
    }
}
