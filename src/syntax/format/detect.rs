//! How a file's format is told: by its name, by what its settings look like, by its first line.

use super::Format;

/// Endings that say that a file is a template or a copy of what the rest of its name says:
/// `values.yaml.j2`, `deploy.yml.example`, `config.json.bak`.
const COPIES: [&str; 20] = [
    "j2", "jinja", "jinja2", "erb", "tmpl", "tpl", "gotmpl", "ctmpl", "mustache", "template",
    "example", "sample", "dist", "default", "in", "bak", "backup", "orig", "old", "disabled",
];

/// A file's name without the endings of templates and copies.
pub(crate) fn plain_name(name: &str) -> &str {
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

pub(super) fn by_name(name: &str) -> Option<Format> {
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
        "procfile" | "crontab" | "crontab.txt" => Format::Lines,
        "snakefile" | "vagrantfile" | "rakefile" | "nextflow.config" => Format::Quoted,
        "earthfile" => Format::Dockerfile,
        "mlproject" => Format::Yaml,
        // Starlark is Python, as far as it goes.
        "tiltfile" => Format::Python,
        "makefile" | "gnumakefile" => Format::Makefile,
        "justfile" | ".justfile" => Format::Justfile,
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
        "just" | "justfile" => Format::Justfile,
        "md" | "markdown" | "mdx" | "qmd" | "rmd" => Format::Markdown,
        "js" | "jsx" | "mjs" | "cjs" => Format::JavaScript,
        "ts" | "tsx" | "mts" | "cts" => Format::TypeScript,
        "html" | "htm" | "xhtml" | "vue" | "svelte" | "astro" => Format::Html,
        "tf" | "tfvars" | "tofu" | "hcl" | "nomad" | "hocon" => Format::Hcl,
        "ps1" | "psm1" => Format::PowerShell,
        "bat" | "cmd" => Format::Batch,
        "jenkinsfile" | "groovy" => Format::Jenkinsfile,
        "smk" | "nf" | "wdl" | "rb" | "jl" => Format::Quoted,
        "cron" | "crontab" => Format::Lines,
        "go" => Format::Go,
        "r" => Format::R,
        _ => return None,
    })
}

/// Files whose name says that they hold settings, but not how they are written: of AWS, git and
/// ssh, of clusters, of `CloudFormation`.
pub(super) fn by_settings(name: &str, head: &[u8]) -> Option<Format> {
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
pub(super) fn by_head(head: &[u8]) -> Option<Format> {
    let line = head.split(|b| *b == b'\n').next()?;
    let line = std::str::from_utf8(line.get(..line.len().min(200))?).ok()?;
    let interpreter = line.strip_prefix("#!")?;
    ["python", "uv run"]
        .iter()
        .any(|name| interpreter.contains(name))
        .then_some(Format::Python)
        .or_else(|| interpreter.contains("Rscript").then_some(Format::R))
        .or_else(|| interpreter.contains("node").then_some(Format::JavaScript))
        .or_else(|| interpreter.contains("pwsh").then_some(Format::PowerShell))
        .or_else(|| interpreter.contains("make").then_some(Format::Makefile))
        .or_else(|| interpreter.ends_with("just").then_some(Format::Justfile))
        .or_else(|| interpreter.contains("sh").then_some(Format::Shell))
}
