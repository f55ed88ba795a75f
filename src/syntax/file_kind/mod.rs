//! What a file is: a workflow, a compose file, a cluster's manifest. The same fact is a leak in one
//! and nothing in another.

mod jobs;
mod shape;

use super::{Document, FactKind, Format, Place, format};

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

/// Whether a file is, by its path alone, a configuration of CI or a Dockerfile. Asked of every file of
/// a repository, so that a glance at the name must do for most.
#[must_use]
pub fn runs_scripts(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).as_bytes();
    let has = |part: &str| {
        let mut parts = name.windows(part.len());
        parts.any(|here| here.eq_ignore_ascii_case(part.as_bytes()))
    };
    let worth_it = has(".yml") || has(".yaml") || has("file");
    worth_it && {
        let path = format!("/{}", path.replace('\\', "/").to_ascii_lowercase());
        let name = path.rsplit('/').next().unwrap_or_default();
        by_path(&path, name).is_some_and(|kind| kind.is_ci() || kind == Kind::Dockerfile)
    }
}

/// All that a file is, by its path, its first bytes and its facts; what its name says comes first.
#[must_use]
pub fn kinds(path: &str, head: &[u8], document: &Document) -> Vec<Kind> {
    let path = format!("/{}", path.replace('\\', "/").to_ascii_lowercase());
    let name = format::plain_name(path.rsplit('/').next().unwrap_or_default());
    let mut kinds = Vec::new();
    let found = by_path(&path, name)
        .into_iter()
        .chain(by_head(name, head))
        .chain(shape::kinds(document))
        .chain(by_facts(name, document));
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
    ("/.azure_pipelines/", Kind::AzurePipelines),
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

/// Endings of the files of Terraform.
const TERRAFORM: [&str; 6] = [
    ".tf",
    ".tfvars",
    ".tofu",
    ".tf.json",
    ".tfvars.json",
    "terragrunt.hcl",
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
        // HCL is also that of Packer, Nomad and docker's bake files.
        _ if TERRAFORM.iter().any(|ending| name.ends_with(ending)) => {
            return Some(Kind::Terraform);
        }
        _ => {}
    }
    match Format::detect(name, b"") {
        Some(Format::Dockerfile) => return Some(Kind::Dockerfile),
        Some(Format::Jenkinsfile) if name.contains("jenkins") => return Some(Kind::Jenkins),
        _ => {}
    }
    // `compose.gpu.yaml`, `values-prod.yaml`, `ml.gitlab-ci.yml`.
    let stem = yaml?;
    let ansible = ["/group_vars/", "/host_vars/", "/playbooks/"];
    let role = path.contains("/roles/") && path.contains("/tasks/");
    if role || ansible.iter().any(|folder| path.contains(folder)) {
        return Some(Kind::Ansible);
    }
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

fn by_head(name: &str, head: &[u8]) -> Option<Kind> {
    if head.starts_with(b"#cloud-config") {
        return Some(Kind::CloudInit);
    }
    let head = head.get(..head.len().min(4096))?;
    // A text about Slurm shows scripts of it.
    if let Some(Format::Markdown | Format::Notebook) = Format::detect(name, b"") {
        return None;
    }
    let directive = |line: &[u8]| line.starts_with(b"#SBATCH ");
    head.split(|b| *b == b'\n')
        .any(directive)
        .then_some(Kind::Slurm)
}

/// What takes a look at all facts, also at those of nested documents.
fn by_facts(name: &str, document: &Document) -> Vec<Kind> {
    let mut found = Vec::new();
    if jobs::is_request(document) {
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

#[cfg(test)]
mod tests;
