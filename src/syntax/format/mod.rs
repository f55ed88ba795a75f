//! The formats that have a front-end, and how a file's format is told.

use super::lowering::Lowering;
use super::text::Text;
use super::{
    batch, dockerfile, dotenv, hcl, ini, javascript, jenkinsfile, json, makefile, markdown, markup,
    notebook, powershell, python, shell, toml, yaml,
};

/// A format that has a front-end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Python source.
    Python,
    /// A Jupyter notebook.
    Notebook,
    /// YAML, also with templates in it.
    Yaml,
    /// JSON, with or without comments.
    Json,
    /// JSON, one document a line.
    JsonLines,
    /// TOML.
    Toml,
    /// INI and its kin, Java properties.
    Ini,
    /// `.env` files.
    Dotenv,
    /// Dockerfiles.
    Dockerfile,
    /// POSIX shell and bash.
    Shell,
    /// Makefiles.
    Makefile,
    /// Markdown, with or without YAML front matter.
    Markdown,
    /// JavaScript.
    JavaScript,
    /// TypeScript, also with JSX.
    TypeScript,
    /// HTML, and components of Vue, Svelte and Astro.
    Html,
    /// HCL: Terraform and its variable files.
    Hcl,
    /// PowerShell.
    PowerShell,
    /// Windows batch files.
    Batch,
    /// Groovy of a Jenkins pipeline.
    Jenkinsfile,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 19] = [
        Self::Python,
        Self::Notebook,
        Self::Yaml,
        Self::Json,
        Self::JsonLines,
        Self::Toml,
        Self::Ini,
        Self::Dotenv,
        Self::Dockerfile,
        Self::Shell,
        Self::Makefile,
        Self::Markdown,
        Self::JavaScript,
        Self::TypeScript,
        Self::Html,
        Self::Hcl,
        Self::PowerShell,
        Self::Batch,
        Self::Jenkinsfile,
    ];

    /// The format of a file, by its name or else by its first bytes.
    #[must_use]
    pub fn detect(path: &str, head: &[u8]) -> Option<Self> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let name = name.to_ascii_lowercase();
        if name.ends_with(".groovy") && !jenkinsfile::is_pipeline(head) {
            return None;
        }
        by_name(&name)
            .or_else(|| by_settings(&name, head))
            .or_else(|| by_head(head))
    }

    /// The format that a name of a language means: of a Markdown fence, of a CI step's `shell:`.
    #[must_use]
    pub fn of_language(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "python" | "py" | "python3" | "ipython" | "pycon" => Self::Python,
            "yaml" | "yml" => Self::Yaml,
            "json" | "jsonc" | "json5" => Self::Json,
            "jsonl" | "ndjson" => Self::JsonLines,
            "toml" => Self::Toml,
            "ini" | "cfg" | "properties" => Self::Ini,
            "env" | "dotenv" => Self::Dotenv,
            "dockerfile" | "docker" | "containerfile" => Self::Dockerfile,
            "sh" | "bash" | "shell" | "zsh" | "console" | "shellsession" | "ksh" | "dash" => {
                Self::Shell
            }
            "make" | "makefile" => Self::Makefile,
            "markdown" | "md" => Self::Markdown,
            "js" | "javascript" | "jsx" | "mjs" | "node" => Self::JavaScript,
            "ts" | "typescript" | "tsx" => Self::TypeScript,
            "html" | "vue" | "svelte" | "astro" => Self::Html,
            "hcl" | "terraform" | "tf" => Self::Hcl,
            "powershell" | "pwsh" | "ps1" => Self::PowerShell,
            "batch" | "bat" | "cmd" => Self::Batch,
            "groovy" | "jenkinsfile" => Self::Jenkinsfile,
            _ => return None,
        })
    }

    /// Lowers a document of this format.
    pub(super) fn lower(self, text: &Text, lowering: &mut Lowering) {
        match self {
            Self::Dockerfile => dockerfile::lower(text, lowering),
            Self::Shell => shell::lower(text, lowering),
            Self::Makefile => makefile::lower(text, lowering),
            Self::Jenkinsfile => jenkinsfile::lower(text, lowering),
            Self::PowerShell => powershell::lower(text, lowering),
            Self::Batch => batch::lower(text, lowering),
            Self::Json => json::lower(text, lowering),
            Self::JsonLines => json::lower_lines(text, lowering),
            Self::Yaml => yaml::lower(text, lowering),
            Self::Toml => toml::lower(text, lowering),
            Self::Dotenv => dotenv::lower(text, lowering),
            Self::Ini => ini::lower(text, lowering),
            Self::Hcl => hcl::lower(text, lowering),
            Self::Markdown => markdown::lower(text, lowering),
            Self::Notebook => notebook::lower(text, lowering),
            Self::Python => python::lower(text, lowering),
            Self::Html => markup::lower(text, lowering),
            Self::JavaScript | Self::TypeScript => javascript::lower(self, text, lowering),
        }
    }
}

/// Endings that say that a file is a template or a copy of what the rest of its name says:
/// `values.yaml.j2`, `deploy.yml.example`, `config.json.bak`.
const COPIES: [&str; 20] = [
    "j2", "jinja", "jinja2", "erb", "tmpl", "tpl", "gotmpl", "ctmpl", "mustache", "template",
    "example", "sample", "dist", "default", "in", "bak", "backup", "orig", "old", "disabled",
];

/// A file's name without the endings of templates and copies.
pub(super) fn plain_name(name: &str) -> &str {
    let mut plain = name.trim_end_matches('~');
    // `x.yaml.j2.example` is about as far as people go.
    for _ in 0..3 {
        // `x.yaml-template` too.
        let Some((rest, ending)) = plain.rsplit_once(['.', '-', '_']) else {
            break;
        };
        if rest.is_empty() || !COPIES.contains(&ending) {
            break;
        }
        plain = rest;
    }
    plain
}

fn by_name(name: &str) -> Option<Format> {
    if is_dockerfile(name) {
        return Some(Format::Dockerfile);
    }
    if is_dotenv(name) {
        return Some(Format::Dotenv);
    }
    let plain = plain_name(name);
    by_whole_name(plain)
        .or_else(|| by_extension(name))
        .or_else(|| by_extension(plain))
}

/// `Dockerfile.gpu`, `gpu.dockerfile`, but not `dockerfile.py`.
fn is_dockerfile(name: &str) -> bool {
    const OTHERS: [&str; 24] = [
        "py",
        "md",
        "yml",
        "yaml",
        "json",
        "sh",
        "js",
        "ts",
        "tsx",
        "jsx",
        "mjs",
        "go",
        "rs",
        "java",
        "rb",
        "cs",
        "html",
        "rst",
        "toml",
        "ipynb",
        "svg",
        "png",
        "tf",
        "dockerignore",
    ];
    let (_, extension) = name.rsplit_once('.').unwrap_or_default();
    (name.contains("dockerfile") || name.contains("containerfile")) && !OTHERS.contains(&extension)
}

/// `.env.local`, `prod.env`, `env.example`.
fn is_dotenv(name: &str) -> bool {
    let code = [
        ".py", ".ts", ".js", ".json", ".yaml", ".yml", ".sh", ".md", ".html",
    ];
    let known = [".envrc", ".flaskenv", ".secrets", ".dev.vars", ".env"];
    known.contains(&name)
        || name.ends_with(".env")
        || name.starts_with(".env-")
        || name.starts_with(".env_")
        || name.starts_with(".env.") && !code.iter().any(|ending| name.ends_with(ending))
        || matches!(plain_name(name), "env" | "dotenv") && name.contains(['.', '-', '_'])
}

fn by_whole_name(name: &str) -> Option<Format> {
    if name.starts_with("jenkinsfile") {
        return Some(Format::Jenkinsfile);
    }
    Some(match name {
        "makefile" | "gnumakefile" => Format::Makefile,
        "stored_tokens" | ".netrc" | "_netrc" | "netrc" | ".pypirc" | ".gitconfig" | ".npmrc"
        | ".flake8" | ".pylintrc" | ".coveragerc" | ".s3cfg" | ".boto" | ".editorconfig"
        | ".wgetrc" | ".curlrc" | ".gitmodules" => Format::Ini,
        ".condarc" | ".mambarc" | ".yamllint" | ".clang-format" | ".clang-tidy" => Format::Yaml,
        ".babelrc" | ".eslintrc" | ".prettierrc" | ".swcrc" | ".jshintrc" => Format::Json,
        "pipfile" | "poetry.lock" | "uv.lock" | "cargo.lock" => Format::Toml,
        ".bashrc" | ".bash_profile" | ".bash_aliases" | ".profile" | ".zshrc" | ".zprofile"
        | ".zshenv" | "pkgbuild" => Format::Shell,
        _ => return None,
    })
}

fn by_extension(name: &str) -> Option<Format> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension {
        "py" | "pyi" | "pyw" => Format::Python,
        "ipynb" => Format::Notebook,
        "yaml" | "yml" | "cff" | "sls" => Format::Yaml,
        "json" | "jsonc" | "json5" | "code-workspace" | "webmanifest" | "har" | "tfstate" => {
            Format::Json
        }
        "jsonl" | "ndjson" => Format::JsonLines,
        "toml" => Format::Toml,
        "ini" | "cfg" | "conf" | "cnf" | "properties" | "desktop" => Format::Ini,
        // Units of systemd and Podman.
        "service" | "timer" | "socket" | "container" | "pod" | "kube" => Format::Ini,
        "sh" | "bash" | "zsh" | "ksh" | "slurm" | "sbatch" | "pbs" | "command" => Format::Shell,
        "mk" | "mak" => Format::Makefile,
        "md" | "markdown" | "mdx" | "qmd" | "rmd" => Format::Markdown,
        "js" | "jsx" | "mjs" | "cjs" => Format::JavaScript,
        "ts" | "tsx" | "mts" | "cts" => Format::TypeScript,
        "html" | "htm" | "xhtml" | "vue" | "svelte" | "astro" => Format::Html,
        "tf" | "tfvars" | "tofu" | "hcl" | "nomad" | "hocon" => Format::Hcl,
        "ps1" | "psm1" => Format::PowerShell,
        "bat" | "cmd" => Format::Batch,
        "jenkinsfile" | "groovy" => Format::Jenkinsfile,
        _ => return None,
    })
}

/// Files whose name says that they hold settings, but not how they are written: of AWS, git and
/// ssh, of clusters, of `CloudFormation`.
fn by_settings(name: &str, head: &[u8]) -> Option<Format> {
    let settings = ["config", "credentials", "kubeconfig"].contains(&plain_name(name));
    if !settings && !name.ends_with(".template") {
        return None;
    }
    let head = head.get(..head.len().min(4096))?;
    let mut lines = head.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(b"#"))?;
    match first.first()? {
        b'{' => Some(Format::Json),
        b'[' => Some(Format::Ini),
        _ if first.starts_with(b"---") => Some(Format::Yaml),
        _ => match memchr::memchr2(b':', b'=', first).and_then(|at| first.get(at)) {
            Some(b':') => Some(Format::Yaml),
            Some(_) => Some(Format::Ini),
            None => None,
        },
    }
}

/// A script says by its first line what runs it.
fn by_head(head: &[u8]) -> Option<Format> {
    let line = head.split(|b| *b == b'\n').next()?;
    let line = std::str::from_utf8(line.get(..line.len().min(200))?).ok()?;
    let interpreter = line.strip_prefix("#!")?;
    ["python", "uv run"]
        .iter()
        .any(|name| interpreter.contains(name))
        .then_some(Format::Python)
        .or_else(|| interpreter.contains("node").then_some(Format::JavaScript))
        .or_else(|| interpreter.contains("pwsh").then_some(Format::PowerShell))
        .or_else(|| interpreter.contains("make").then_some(Format::Makefile))
        .or_else(|| interpreter.contains("sh").then_some(Format::Shell))
}

#[cfg(test)]
mod tests {
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
            "dockerfile.go",
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
}
