use super::{Kind, kinds, runs_scripts};
use crate::syntax::{Format, lower};

fn of(path: &str, file: &str) -> Vec<Kind> {
    let format = Format::detect(path, file.as_bytes()).unwrap_or(Format::Yaml);
    kinds(path, file.as_bytes(), &lower(format, file.as_bytes()))
}

#[test]
fn paths_say_what_may_run_scripts() {
    for path in [
        ".github/workflows/ci.yml",
        "a\\.GitHub\\Workflows\\CI.YAML",
        "action.yml",
        ".gitlab-ci.yml",
        "docker/Dockerfile",
        "gpu.Dockerfile",
        "Dockerfile.dev",
        "Containerfile",
        "Jenkinsfile.gpu",
    ] {
        assert!(runs_scripts(path), "{path}");
    }
    for path in [
        "train.py",
        "config.yml",
        "compose.yaml",
        "profile.py",
        "Makefile",
        "dockerfile.py",
        "",
    ] {
        assert!(!runs_scripts(path), "{path}");
    }
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
        ("prod.tfvars.json", Some(Kind::Terraform)),
        ("docker-bake.hcl", None),
        ("roles/hf/tasks/main.yml", Some(Kind::Ansible)),
        ("docker-compose.yml.example", Some(Kind::Compose)),
        ("values.yaml.j2", Some(Kind::HelmValues)),
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
        (
            "a.json",
            "{\"job\": {\"flavor\": \"a10g-small\", \"env\": {\"A\": \"b\"}}}",
            Kind::JobsJson,
        ),
        ("a.yml", "a:\n  stage: b\n  script: [c]\n", Kind::GitlabCi),
        (
            "a.json",
            "{\"mcp\": {\"hf\": {\"command\": [\"npx\"]}}}",
            Kind::McpConfig,
        ),
        ("a.yml", "- hosts: all\n  tasks: []\n", Kind::Ansible),
    ] {
        assert_eq!(of(path, file).first(), Some(&kind), "{file}");
    }
    for (path, file) in [
        ("config.yaml", "hub_token: x\nrun: y\n"),
        ("a.yml", "openapi: 3.0\nservers:\n- url: x\n"),
        ("a.yml", "asyncapi: 3.0\nservers:\n  a:\n    url: x\n"),
        ("a.yml", "flavor: m1.small\nimage: x\nenv: {A: b}\n"),
        ("a.md", "```bash\n#SBATCH --gpus=1\n```\n"),
    ] {
        assert_eq!(of(path, file), [], "{file}");
    }
    assert!(Kind::GitlabCi.is_ci() && !Kind::Compose.is_ci());
}
