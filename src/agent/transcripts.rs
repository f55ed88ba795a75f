//! Where agents, shells and trackers write down what was said and done.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::protocol::{Agents, Transcript};
use crate::config::PathPatterns;

/// Where to look.
#[derive(Clone, Copy)]
pub(crate) struct Places<'a> {
    /// The user's home folder.
    pub(crate) home: Option<&'a Path>,
    /// The folder of a project.
    pub(crate) project: &'a Path,
    /// Reads the environment.
    pub(crate) variable: &'a dyn Fn(&str) -> Option<PathBuf>,
}

impl Agents {
    /// The transcripts that are there: who wrote each, and its path, in order.
    pub(crate) fn transcripts(&self, places: Places<'_>) -> BTreeSet<(String, PathBuf)> {
        let mut found = BTreeSet::new();
        for transcript in &self.transcripts {
            let Some(folder) = transcript.folder(places) else {
                continue;
            };
            for file in &transcript.files {
                let files = files(&folder, file).into_iter();
                found.extend(files.map(|path| (transcript.of.clone(), path)));
            }
        }
        found
    }
}

impl Transcript {
    fn folder(&self, places: Places<'_>) -> Option<PathBuf> {
        if self.in_project {
            return Some(places.project.join(&self.folder));
        }
        let moved = self.variable.as_deref().and_then(places.variable);
        moved.or_else(|| Some(places.home?.join(&self.folder)))
    }
}

/// The files in a folder that a pattern names. Links are not followed.
fn files(folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let fixed = pattern.split('/').take_while(|part| !part.contains('*'));
    let fixed: PathBuf = fixed.collect();
    let base = folder.join(&fixed);
    if !pattern.contains('*') {
        let is_file = base.symlink_metadata().is_ok_and(|meta| meta.is_file());
        return if is_file { vec![base] } else { Vec::new() };
    }
    let line = format!("/{pattern}");
    let Ok(patterns) = PathPatterns::new(folder, [line.as_str()]) else {
        return Vec::new();
    };
    let mut walk = WalkBuilder::new(&base);
    walk.standard_filters(false).follow_links(false);
    if !pattern.contains("**") {
        walk.max_depth(Some(
            pattern.split('/').count() - fixed.components().count(),
        ));
    }
    let entries = walk.build().filter_map(Result::ok);
    let files = entries.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    files
        .map(ignore::DirEntry::into_path)
        .filter(|path| patterns.cover(path))
        .collect()
}
