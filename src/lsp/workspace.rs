//! The folders that an editor works in, and the configurations that hold there.

use std::path::Path;
use std::rc::Rc;

use super::{Discover, Open, Shared};
use crate::config::ConfigFile;
use crate::scan::Projects;

/// The names of files that may change what holds: configurations, and what they name.
const CONFIGURATIONS: [&str; 3] = ["hfscan.toml", ".hfscan.toml", "pyproject.toml"];

/// Projects by their configurations.
pub(super) struct Workspace<'o> {
    discover: Discover<'o>,
    open: Open<'o>,
    /// Options as on the command line.
    options: Vec<String>,
    projects: Projects<Shared>,
    /// What went wrong and was not said yet.
    errors: Vec<String>,
}

impl<'o> Workspace<'o> {
    pub(super) fn new(discover: Discover<'o>, open: Open<'o>, options: Vec<String>) -> Self {
        Self {
            discover,
            open,
            options,
            projects: Projects::new(),
            errors: Vec::new(),
        }
    }

    /// The project of a file. One whose configuration is wrong is scanned as if there were none, and that is said.
    pub(super) fn project(&mut self, path: &Path) -> Option<Shared> {
        let folder = path.parent().unwrap_or(Path::new("."));
        if self.projects.of(folder).is_none() {
            let config = (self.discover)(folder).unwrap_or_else(|error| {
                self.errors.push(error);
                ConfigFile::default()
            });
            let open = |config| {
                let opened = (self.open)(&self.options, config).or_else(|error| {
                    self.errors.push(error);
                    (self.open)(&self.options, ConfigFile::default())
                });
                let opened = opened.or_else(|error| {
                    self.errors.push(error);
                    (self.open)(&[], ConfigFile::default())
                });
                opened.map(Rc::new)
            };
            self.projects.add(folder.to_owned(), config, open).ok()?;
        }
        self.projects.of(folder).map(Rc::clone)
    }

    /// Whether a change of this file may change what holds: then all is read anew.
    pub(super) fn forget(&mut self, path: &Path) -> bool {
        let is_config = path
            .file_name()
            .is_some_and(|name| CONFIGURATIONS.iter().any(|known| name == *known));
        let is_named = self.projects.iter().any(|project| project.names(path));
        if is_config || is_named {
            self.projects = Projects::new();
        }
        is_config || is_named
    }

    /// What went wrong since the last time.
    pub(super) fn errors(&mut self) -> Vec<String> {
        std::mem::take(&mut self.errors)
    }
}
