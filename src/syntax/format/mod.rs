//! The formats that have a front-end.

mod detect;
#[cfg(test)]
mod tests;

use super::build::{apptainer, dockerfile, jenkinsfile};
use super::command::{batch, justfile, lines, makefile, powershell, quoted, shell};
use super::data::{dotenv, hcl, ini, json, toml, yaml};
use super::fact_sink::FactSink;
use super::mapped_text::MappedText;
use super::markup::{html, markdown, notebook};
use super::program::{go, javascript, python, r};

pub(crate) use detect::plain_name;
use detect::{by_head, by_name, by_settings};

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
    /// Definition files of Apptainer and Singularity.
    Apptainer,
    /// POSIX shell and bash.
    Shell,
    /// Makefiles.
    Makefile,
    /// Justfiles.
    Justfile,
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
    /// Go.
    Go,
    /// R.
    R,
    /// A script a line, each behind a name or a time: Procfiles, tables of cron.
    Lines,
    /// Languages of which nothing is read but the scripts in their strings: Snakemake, Nextflow, WDL.
    Quoted,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 25] = [
        Self::Python,
        Self::Notebook,
        Self::Yaml,
        Self::Json,
        Self::JsonLines,
        Self::Toml,
        Self::Ini,
        Self::Dotenv,
        Self::Dockerfile,
        Self::Apptainer,
        Self::Shell,
        Self::Makefile,
        Self::Justfile,
        Self::Markdown,
        Self::JavaScript,
        Self::TypeScript,
        Self::Html,
        Self::Hcl,
        Self::PowerShell,
        Self::Batch,
        Self::Jenkinsfile,
        Self::Go,
        Self::R,
        Self::Lines,
        Self::Quoted,
    ];

    /// The format of a file, by its name or else by its first bytes.
    #[must_use]
    pub fn detect(path: &str, head: &[u8]) -> Option<Self> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let name = name.to_ascii_lowercase();
        if name.ends_with(".groovy") && !jenkinsfile::is_pipeline(head) {
            return None;
        }
        if apptainer::is_definition(&name, head) {
            return Some(Self::Apptainer);
        }
        by_name(&name)
            .or_else(|| by_settings(&name, head))
            .or_else(|| by_head(head))
    }

    /// Whether it is one of data: maps, lists and scalars.
    pub(crate) fn is_data(self) -> bool {
        matches!(
            self,
            Self::Yaml
                | Self::Json
                | Self::JsonLines
                | Self::Toml
                | Self::Ini
                | Self::Dotenv
                | Self::Hcl
        )
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
            "apptainer" | "singularity" => Self::Apptainer,
            "sh" | "bash" | "shell" | "zsh" | "console" | "shellsession" | "ksh" | "dash" => {
                Self::Shell
            }
            "make" | "makefile" => Self::Makefile,
            "just" | "justfile" => Self::Justfile,
            "markdown" | "md" => Self::Markdown,
            "js" | "javascript" | "jsx" | "mjs" | "node" => Self::JavaScript,
            "ts" | "typescript" | "tsx" => Self::TypeScript,
            "html" | "vue" | "svelte" | "astro" => Self::Html,
            "hcl" | "terraform" | "tf" => Self::Hcl,
            "powershell" | "pwsh" | "ps1" => Self::PowerShell,
            "batch" | "bat" | "cmd" => Self::Batch,
            "groovy" | "jenkinsfile" => Self::Jenkinsfile,
            "go" | "golang" => Self::Go,
            "r" | "rscript" => Self::R,
            "procfile" | "crontab" => Self::Lines,
            "snakemake" | "nextflow" | "wdl" => Self::Quoted,
            _ => return None,
        })
    }

    /// Lowers a document of this format.
    pub(super) fn lower(self, text: &MappedText, sink: &mut FactSink) {
        match self {
            Self::Dockerfile => dockerfile::lower(text, sink),
            Self::Apptainer => apptainer::lower(text, sink),
            Self::Shell => shell::lower(text, sink),
            Self::Makefile => makefile::lower(text, sink),
            Self::Justfile => justfile::lower(text, sink),
            Self::Jenkinsfile => jenkinsfile::lower(text, sink),
            Self::PowerShell => powershell::lower(text, sink),
            Self::Batch => batch::lower(text, sink),
            Self::Json => json::lower(text, sink),
            Self::JsonLines => json::lower_lines(text, sink),
            Self::Yaml => yaml::lower(text, sink),
            Self::Toml => toml::lower(text, sink),
            Self::Dotenv => dotenv::lower(text, sink),
            Self::Ini => ini::lower(text, sink),
            Self::Hcl => hcl::lower(text, sink),
            Self::Markdown => markdown::lower(text, sink),
            Self::Notebook => notebook::lower(text, sink),
            Self::Python => python::lower(text, sink),
            Self::Go => go::lower(text, sink),
            Self::R => r::lower(text, sink),
            Self::Lines => lines::lower(text, sink),
            Self::Quoted => quoted::lower(text, sink),
            Self::Html => html::lower(text, sink),
            Self::JavaScript | Self::TypeScript => javascript::lower(self, text, sink),
        }
    }
}
