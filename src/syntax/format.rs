//! The formats that have a front-end, and how a file's format is told.

use super::lowering::Lowering;
use super::text::Text;
use super::{
    dockerfile, dotenv, javascript, json, markdown, markup, notebook, python, shell, toml, yaml,
};

/// A format that has a front-end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// The format of a file, by its name or else by its first bytes.
    #[must_use]
    pub fn detect(path: &str, head: &[u8]) -> Option<Self> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        by_name(&name.to_ascii_lowercase()).or_else(|| by_head(head))
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
        // Each front-end has one line here.
        match self {
            Self::Dockerfile => dockerfile::lower(text, lowering),
            Self::Shell => shell::lower(text, lowering),
            Self::Json => json::lower(text, lowering),
            Self::JsonLines => json::lower_lines(text, lowering),
            Self::Yaml => yaml::lower(text, lowering),
            Self::Toml => toml::lower(text, lowering),
            Self::Dotenv => dotenv::lower(text, lowering),
            Self::Markdown => markdown::lower(text, lowering),
            Self::Notebook => notebook::lower(text, lowering),
            Self::Python => python::lower(text, lowering),
            Self::Html => markup::lower(text, lowering),
            Self::JavaScript | Self::TypeScript => javascript::lower(self, text, lowering),
            _ => {
                let _ = (text, lowering);
            }
        }
    }
}

fn by_name(name: &str) -> Option<Format> {
    if name.contains("dockerfile") || name.contains("containerfile") {
        // `Dockerfile.gpu`, `gpu.dockerfile`, but not `dockerfile.py`.
        let code = [".py", ".md", ".yml", ".yaml", ".json", ".sh", ".js", ".ts"];
        if !code.iter().any(|ending| name.ends_with(ending)) {
            return Some(Format::Dockerfile);
        }
    }
    if name == ".env" || name.starts_with(".env.") || name.ends_with(".env") || name == ".envrc" {
        return Some(Format::Dotenv);
    }
    match name {
        "makefile" | "gnumakefile" => return Some(Format::Makefile),
        "jenkinsfile" => return Some(Format::Jenkinsfile),
        "stored_tokens" | ".netrc" | ".pypirc" | ".gitconfig" => return Some(Format::Ini),
        ".bashrc" | ".bash_profile" | ".profile" | ".zshrc" | ".zprofile" | ".zshenv" => {
            return Some(Format::Shell);
        }
        _ => {}
    }
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension {
        "py" | "pyi" | "pyw" => Format::Python,
        "ipynb" => Format::Notebook,
        "yaml" | "yml" => Format::Yaml,
        "json" | "jsonc" | "json5" | "code-workspace" => Format::Json,
        "jsonl" | "ndjson" => Format::JsonLines,
        "toml" => Format::Toml,
        "ini" | "cfg" | "conf" | "properties" | "service" => Format::Ini,
        "sh" | "bash" | "zsh" | "ksh" | "slurm" | "sbatch" | "pbs" | "command" => Format::Shell,
        "mk" | "mak" => Format::Makefile,
        "md" | "markdown" | "mdx" | "qmd" | "rmd" => Format::Markdown,
        "js" | "jsx" | "mjs" | "cjs" => Format::JavaScript,
        "ts" | "tsx" | "mts" | "cts" => Format::TypeScript,
        "html" | "htm" | "xhtml" | "vue" | "svelte" | "astro" => Format::Html,
        "tf" | "tfvars" | "hcl" => Format::Hcl,
        "ps1" | "psm1" => Format::PowerShell,
        "bat" | "cmd" => Format::Batch,
        "jenkinsfile" | "groovy" => Format::Jenkinsfile,
        _ => return None,
    })
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
