use super::*;

#[test]
fn usual_names() {
    for (names, format) in [
        (
            ".env .env.local .env.production prod.env .envrc env.example .env.example .secrets .env-sample dotenv.template",
            Format::Dotenv,
        ),
        (
            "deploy.yaml.j2 a.yml.tmpl a.yaml.tpl a.yml.example a.yaml.sample a.yaml.template a.yml.dist \
             a.yaml-template a.yml~ .condarc .yamllint values-gpu.yaml Chart.yaml \
             docker-compose.override.yml docker-compose.yml.bak a.yaml.j2.example",
            Format::Yaml,
        ),
        (
            "mcp.json .mcp.json claude_desktop_config.json devcontainer.json x.code-workspace .babelrc \
             prod.tfvars.json config.json.example main.tf.json",
            Format::Json,
        ),
        ("secrets.toml secrets.toml.example Pipfile", Format::Toml),
        (
            "a.ini a.cfg a.conf pip.conf pip.conf.sample application.properties hf.service hf.service.j2 \
             stored_tokens .netrc _netrc .pypirc .gitconfig hf.container",
            Format::Ini,
        ),
        (
            "main.tf prod.tfvars a.hcl prod.tfvars.example docker-bake.hcl a.pkr.hcl",
            Format::Hcl,
        ),
        ("SKILL.md a.mdx a.qmd a.Rmd README.md.j2", Format::Markdown),
        (
            "a.sbatch a.slurm a.bash a.zsh a.ksh user_data.sh.tpl a.sh.in .bashrc",
            Format::Shell,
        ),
        ("a.ipynb", Format::Notebook),
        (
            "Dockerfile Dockerfile.gpu gpu.Dockerfile Dockerfile.j2 Containerfile",
            Format::Dockerfile,
        ),
        ("Jenkinsfile Jenkinsfile.sample", Format::Jenkinsfile),
        (
            "justfile Justfile .justfile hf.just .tox.justfile",
            Format::Justfile,
        ),
        (".env.py", Format::Python),
    ] {
        for name in names.split_whitespace() {
            assert_eq!(
                Format::detect(&format!("a.b/{name}"), b""),
                Some(format),
                "{name}"
            );
        }
    }
    for name in [
        "a.txt",
        "example",
        ".example",
        "config",
        "dockerfile.rs",
        "a.template",
        "in",
    ] {
        assert_eq!(Format::detect(name, b""), None, "{name}");
    }
}

#[test]
fn settings_say_how_they_are_written() {
    for (head, format) in [
        ("# c\n[default]\na = b\n", Some(Format::Ini)),
        ("apiVersion: v1\nkind: Config\n", Some(Format::Yaml)),
        ("{\"a\": 1}", Some(Format::Json)),
        ("Host x\n  Port 1\n", None),
    ] {
        for path in [".aws/config", ".aws/credentials", "stack.template"] {
            assert_eq!(Format::detect(path, head.as_bytes()), format, "{head}");
        }
    }
    assert_eq!(Format::detect("notes.txt", b"{}"), None);
}

#[test]
fn names_and_first_lines() {
    for (path, head, format) in [
        ("a/Dockerfile", "", Some(Format::Dockerfile)),
        ("a\\gpu.Dockerfile", "", Some(Format::Dockerfile)),
        ("dockerfile_parser.py", "", Some(Format::Python)),
        (".env.local", "", Some(Format::Dotenv)),
        ("run", "#!/usr/bin/env bash\n", Some(Format::Shell)),
        (
            "run",
            "#!/usr/bin/env -S uv run --script\n",
            Some(Format::Python),
        ),
        ("notes.txt", "hello", None),
    ] {
        assert_eq!(Format::detect(path, head.as_bytes()), format, "{path}");
    }
}
