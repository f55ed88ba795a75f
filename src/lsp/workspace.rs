//! The folders that an editor works in, and the configurations that hold there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::{Discover, Open, Shared};
use crate::config::ConfigFile;

/// The names of files that may change what holds: configurations, and what they name.
const CONFIGURATIONS: [&str; 3] = ["hfscan.toml", ".hfscan.toml", "pyproject.toml"];

/// Projects by their configurations.
pub(super) struct Workspace<'o> {
    discover: Discover<'o>,
    open: Open<'o>,
    /// Options as on the command line.
    options: Vec<String>,
    by_folder: BTreeMap<PathBuf, usize>,
    projects: Vec<(Option<PathBuf>, Shared)>,
    /// What went wrong and was not said yet.
    errors: Vec<String>,
}

impl<'o> Workspace<'o> {
    pub(super) fn new(discover: Discover<'o>, open: Open<'o>, options: Vec<String>) -> Self {
        Self {
            discover,
            open,
            options,
            by_folder: BTreeMap::new(),
            projects: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// The project of a file. One whose configuration is wrong is scanned as if there were none, and that is said.
    pub(super) fn project(&mut self, path: &Path) -> Option<Shared> {
        let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
        if let Some(at) = self.by_folder.get(&folder) {
            return self
                .projects
                .get(*at)
                .map(|(_, project)| Rc::clone(project));
        }
        let config = (self.discover)(&folder).unwrap_or_else(|error| {
            self.errors.push(error);
            ConfigFile::default()
        });
        let known = self
            .projects
            .iter()
            .position(|(path, _)| *path == config.path);
        let at = match known {
            Some(at) => at,
            None => self.add(config)?,
        };
        self.by_folder.insert(folder, at);
        self.projects.get(at).map(|(_, project)| Rc::clone(project))
    }

    fn add(&mut self, config: ConfigFile) -> Option<usize> {
        let path = config.path.clone();
        let opened = (self.open)(&self.options, config).or_else(|error| {
            self.errors.push(error);
            (self.open)(&self.options, ConfigFile::default())
        });
        let project = opened.or_else(|error| {
            self.errors.push(error);
            (self.open)(&[], ConfigFile::default())
        });
        self.projects.push((path, Rc::new(project.ok()?)));
        Some(self.projects.len() - 1)
    }

    /// Whether a change of this file may change what holds: then all is read anew.
    pub(super) fn forget(&mut self, path: &Path) -> bool {
        let is_config = path
            .file_name()
            .is_some_and(|name| CONFIGURATIONS.iter().any(|known| name == *known));
        let mut projects = self.projects.iter();
        let is_named = projects.any(|(_, project)| project.names(path));
        if is_config || is_named {
            self.by_folder.clear();
            self.projects.clear();
        }
        is_config || is_named
    }

    /// What went wrong since the last time.
    pub(super) fn errors(&mut self) -> Vec<String> {
        std::mem::take(&mut self.errors)
    }
}
