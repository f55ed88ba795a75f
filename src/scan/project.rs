//! A file as it would be, among others as they are: what editors and agents ask about.

use std::path::{Path, PathBuf};

use super::cross_file::Site;
use super::{Outcome, Scanner, file, windows};
use crate::config::{FailOn, PathPatterns};
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
