//! The configuration file: finding it, reading it, and what it may say.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::finding::{Confidence, Severity};
use crate::regular;
use crate::tomlfile::{self, TomlError};

/// The names of configuration files, the first that is there counts.
const NAMES: [&str; 3] = ["hfscan.toml", ".hfscan.toml", "pyproject.toml"];

/// Settings of hfscan, in `hfscan.toml`, `.hfscan.toml`, or `[tool.hfscan]` of `pyproject.toml`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(title = "hfscan")]
pub struct Config {
    /// Rules or families to look for. All, if this is missing.
    pub select: Vec<String>,
    /// Rules or families not to look for.
    pub ignore: Vec<String>,
    /// The least severe findings to report.
    pub min_severity: Option<Severity>,
    /// The least sure findings to report.
    pub min_confidence: Option<Confidence>,
    /// From which severity on findings fail the scan.
    pub fail_on: Option<FailOn>,
    /// Whether the scan fails if anything was passed over: what is packed and not opened, what could not
    /// be parsed in full, special files, links that lead out of what is scanned.
    pub strict: bool,
    /// Files and folders not to scan, in the form of `.gitignore` lines, relative to this file.
    pub exclude: Vec<String>,
    /// Files in which credentials alone are looked for, in the form of `.gitignore` lines, relative to this
    /// file: they are not parsed, and so do not exceed the limits of parsers.
    pub tokens_only: Vec<String>,
    /// A baseline, relative to this file: what it holds is not reported.
    pub baseline: Option<PathBuf>,
    /// Folders with further rules, relative to this file.
    pub rules: Vec<PathBuf>,
    /// Severities for rules, by rule id.
    pub severity: BTreeMap<String, Severity>,
    /// Rules or families not to report in some files: from a path, in the form of a `.gitignore`
    /// line and relative to this file, to names of rules.
    pub per_path_ignores: BTreeMap<String, Vec<String>>,
}

/// From which severity on findings fail the scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FailOn {
    /// Errors alone.
    Error,
    /// Warnings and errors.
    Warning,
    /// Any finding.
    Note,
    /// None.
    Never,
}

impl FailOn {
    /// Whether a finding of this severity fails the scan.
    #[must_use]
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Note => true,
            Self::Never => false,
        }
    }
}

/// A configuration and where it was read from.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConfigFile {
    /// The file; none if there is none.
    pub path: Option<PathBuf>,
    /// The folder that its paths are relative to.
    pub root: PathBuf,
    /// What it says.
    pub config: Config,
}

#[derive(Deserialize)]
struct Pyproject {
    tool: Option<Tool>,
}

#[derive(Deserialize)]
struct Tool {
    hfscan: Option<Config>,
}

impl ConfigFile {
    /// Reads a file that the user named.
    ///
    /// # Errors
    ///
    /// If it cannot be read or is no good configuration.
    pub(crate) fn read(path: &Path) -> Result<Self, TomlError> {
        let found = read(path)?;
        found.ok_or_else(|| TomlError {
            path: path.to_owned(),
            line: None,
            message: "has no table `[tool.hfscan]`".to_owned(),
        })
    }

    /// Looks for a file in the folder of `start` and those above it, up to the root of the
    /// repository that it lies in.
    ///
    /// # Errors
    ///
    /// If one is found that cannot be read or is no good configuration.
    pub(crate) fn discover(start: &Path) -> Result<Option<Self>, TomlError> {
        let Ok(start) = std::path::absolute(start) else {
            return Ok(None);
        };
        for folder in start.ancestors().filter(|folder| folder.is_dir()) {
            for name in NAMES {
                let path = folder.join(name);
                let there = regular::check_if_there(&path, regular::TEXT);
                if there.map_err(|error| unreadable(&path, &error))?.is_some()
                    && let Some(found) = stays_inside(&path).and_then(|()| read(&path))?
                {
                    return Ok(Some(found));
                }
            }
            if folder.join(".git").exists() {
                break;
            }
        }
        Ok(None)
    }
}

fn unreadable(path: &Path, error: &io::Error) -> TomlError {
    TomlError {
        path: path.to_owned(),
        line: None,
        message: format!("cannot read the configuration: {error}"),
    }
}

/// Refuses a link out of the repository: errors in what it leads to would be told of a file that is
/// nobody's business here.
fn stays_inside(path: &Path) -> Result<(), TomlError> {
    if path.is_symlink() && regular::leads_out(path) {
        let error = io::Error::other("it is a link that leads out of the repository");
        return Err(unreadable(path, &error));
    }
    Ok(())
}

/// Reads a file; none if it is a `pyproject.toml` that says nothing of hfscan.
fn read(path: &Path) -> Result<Option<ConfigFile>, TomlError> {
    let text = regular::read_text(path, regular::TEXT).map_err(|error| unreadable(path, &error))?;
    let config = if path
        .file_name()
        .is_some_and(|name| name == "pyproject.toml")
    {
        // Most of them say nothing, and are none of our business, not even their errors.
        if !text.contains("hfscan") {
            return Ok(None);
        }
        let pyproject: Pyproject = tomlfile::parse(path, &text)?;
        pyproject.tool.and_then(|tool| tool.hfscan)
    } else {
        Some(tomlfile::parse(path, &text)?)
    };
    let root = path.parent().unwrap_or(Path::new("")).to_owned();
    Ok(config.map(|config| ConfigFile {
        path: Some(path.to_owned()),
        root,
        config,
    }))
}

/// Paths in the form of `.gitignore` lines, relative to a folder.
#[derive(Clone, Debug)]
pub struct PathPatterns {
    root: PathBuf,
    matcher: Gitignore,
}

impl PathPatterns {
    /// Compiles lines, relative to an absolute path.
    ///
    /// # Errors
    ///
    /// If one is no good glob; the message names it.
    pub fn new<'a>(root: &Path, lines: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut builder = GitignoreBuilder::new(root);
        for line in lines {
            builder
                .add_line(None, line)
                .map_err(|error| format!("bad path pattern `{line}`: {error}"))?;
        }
        Ok(Self {
            root: root.to_owned(),
            matcher: builder.build().map_err(|error| error.to_string())?,
        })
    }

    /// Those that name nothing.
    #[must_use]
    pub fn none() -> Self {
        Self {
            root: PathBuf::new(),
            matcher: Gitignore::empty(),
        }
    }

    /// Whether they name nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.matcher.is_empty()
    }

    /// Whether a file, or a folder that it lies in, is named.
    #[must_use]
    pub(crate) fn cover(&self, path: &Path) -> bool {
        let path = std::path::absolute(path);
        let below = path
            .as_deref()
            .ok()
            .and_then(|p| p.strip_prefix(&self.root).ok());
        below.is_some_and(|below| {
            let matched = self.matcher.matched_path_or_any_parents(below, false);
            matched.is_ignore()
        })
    }

    /// Whether this very path is named.
    #[must_use]
    pub fn name(&self, path: &Path, is_dir: bool) -> bool {
        let path = std::path::absolute(path);
        let below = path
            .as_deref()
            .ok()
            .and_then(|p| p.strip_prefix(&self.root).ok());
        below.is_some_and(|below| self.matcher.matched(below, is_dir).is_ignore())
    }
}

/// The JSON schema of the configuration, for editors.
#[must_use]
pub(crate) fn schema() -> serde_json::Value {
    schemars::schema_for!(Config).to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_severity_fails_as_it_says() {
        use Severity::{Error, Note, Warning};
        let fails = |on: FailOn| [Note, Warning, Error].map(|severity| on.fails(severity));
        assert_eq!(fails(FailOn::Error), [false, false, true]);
        assert_eq!(fails(FailOn::Warning), [false, true, true]);
        assert_eq!(fails(FailOn::Note), [true, true, true]);
        assert_eq!(fails(FailOn::Never), [false, false, false]);
    }
}
