//! A file as it would be, among others as they are: what editors and agents ask about.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::cross_file::Site;
use super::{Outcome, Scanner, file, windows};
use crate::config::{ConfigFile, FailOn, PathPatterns};
use crate::finding::Finding;
use crate::source::Origin;
use crate::suppress::Baseline;

/// What holds for the files of one configuration.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) scanner: Scanner,
    /// What the configuration leaves out.
    pub(crate) exclude: Vec<PathPatterns>,
    /// What is known and accepted.
    pub(crate) baseline: Option<Baseline>,
    /// What fails a scan.
    pub(crate) fail_on: FailOn,
    /// Files and folders that all of this was read from.
    #[cfg_attr(not(feature = "lsp"), expect(dead_code))]
    pub(crate) sources: Vec<PathBuf>,
}

/// Projects by the folders that lie in them. Each configuration is read once.
#[derive(Debug)]
pub(crate) struct Projects<P> {
    by_folder: BTreeMap<PathBuf, usize>,
    /// With the file of each one's configuration, if it has one.
    all: Vec<(Option<PathBuf>, P)>,
}

impl<P> Projects<P> {
    pub(crate) fn new() -> Self {
        Self {
            by_folder: BTreeMap::new(),
            all: Vec::new(),
        }
    }

    /// The project that a folder lies in, if it was added.
    pub(crate) fn of(&self, folder: &Path) -> Option<&P> {
        let at = self.by_folder.get(folder)?;
        self.all.get(*at).map(|(_, project)| project)
    }

    /// Adds a folder, with the configuration that holds there. It is opened if it holds in none of those that
    /// were added.
    ///
    /// # Errors
    ///
    /// If it cannot be opened.
    pub(crate) fn add<E>(
        &mut self,
        folder: PathBuf,
        config: ConfigFile,
        open: impl FnOnce(ConfigFile) -> Result<P, E>,
    ) -> Result<(), E> {
        let known = self.all.iter().position(|(path, _)| *path == config.path);
        let at = match known {
            Some(at) => at,
            None => {
                let path = config.path.clone();
                self.all.push((path, open(config)?));
                self.all.len() - 1
            }
        };
        self.by_folder.insert(folder, at);
        Ok(())
    }

    /// All projects.
    #[cfg(feature = "lsp")]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &P> {
        self.all.iter().map(|(_, project)| project)
    }
}

impl Project {
    /// Whether it was read from this file.
    #[cfg(feature = "lsp")]
    #[must_use]
    pub(crate) fn names(&self, path: &Path) -> bool {
        self.sources.iter().any(|source| path.starts_with(source))
    }

    /// Scans a text that is, or is to be, the file of this path. What is found is in order.
    #[must_use]
    pub(crate) fn scan(&self, path: &Path, text: &[u8]) -> Outcome {
        if self.exclude.iter().any(|patterns| patterns.cover(path)) {
            return Outcome::default();
        }
        let mut outcome = self.scanner.scan_buffer(path, text);
        if let Some(baseline) = &self.baseline {
            let mut findings: Vec<&mut Finding> = outcome.findings.iter_mut().collect();
            let gone = |path: &Path| path.symlink_metadata().is_err();
            baseline.clone().hide(&mut findings, gone);
        }
        outcome
    }
}

impl Scanner {
    /// Scans a text that is, or is to be, the file of this path. What is found is in order.
    #[must_use]
    fn scan_buffer(&self, path: &Path, mut text: &[u8]) -> Outcome {
        let mut outcome = Outcome::default();
        let input = file::Input {
            origin: Origin::file(self.show(path)),
            site: Some(Site::on_disk(path)),
        };
        file::scan(self, &mut windows(), input, &mut text, &mut outcome);
        outcome.sort();
        outcome
    }
}
