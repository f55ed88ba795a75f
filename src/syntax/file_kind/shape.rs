//! What a file is, by its keys.

use std::collections::HashSet;

use super::Kind;
use crate::syntax::{Document, FactKind, Setting};

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

/// What a file is by the keys near its root.
pub(super) fn kinds(document: &Document) -> Vec<Kind> {
    let shape = Shape::of(document);
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
            shape.any_entry("script") && (shape.has("stages") || shape.any_entry("stage")),
        ),
        (
            Kind::CircleCi,
            shape.has("version") && shape.entries("jobs", &["docker", "machine", "executor"]),
        ),
        (
            Kind::AzurePipelines,
            (shape.has("pool") || shape.has("trigger")) && ci_jobs.iter().any(|key| shape.has(key))
                // Templates of steps, jobs and stages.
                || shape.entries("steps", &["script", "bash", "pwsh", "powershell", "task"])
                || shape.entries("jobs", &["job", "deployment"])
                || shape.entries("stages", &["stage"]),
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
            ["mcpServers", "mcp", "mcp_servers", "context_servers"]
                .iter()
                .any(|key| shape.entries(key, &servers))
                // Those of an OpenAPI are a list.
                || shape.entries("servers", &servers)
                    && !shape.holds("servers", &["0"])
                    && !shape.has("asyncapi")
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
