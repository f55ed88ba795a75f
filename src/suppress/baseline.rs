//! The baseline: findings that are known and accepted, so that only new ones are reported.
//!
//! A line of it names one finding by its content, not by its place: it hides the finding however
//! lines move, and, once the file that it names is gone, where the file went. It hides one finding
//! only: a second copy of the same token is new. No line holds anything that a credential could be
//! guessed from; see [`crate::finding::Finding::content`]. Paths are relative to the folder of the
//! baseline, wherever hfscan runs.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::finding::{Disposition, Finding, Suppression};
use crate::input::{Shown, absolute, path_of};
use crate::regular;

/// The largest baseline that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// How lines begin that Git writes into a file that two sides changed.
const CONFLICT: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// A known finding. The order of the fields is that of the lines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Known {
    /// The file, relative to the baseline's folder; from the root, if it does not lie below that.
    pub path: String,
    /// The place in an archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The rule.
    pub rule: String,
    /// The finding's content.
    pub finding: String,
    /// The commit that brought it, if it was found in history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Why it is accepted.
    pub reason: String,
}

/// Known findings, and which of them were found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Baseline {
    /// The folder that its paths are relative to.
    root: PathBuf,
    known: Vec<Known>,
    /// For each, where it was found.
    found: Vec<Option<Place>>,
}

/// A file, and a place in it if it is an archive.
type Place = (String, Option<String>);

/// Why a baseline cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BaselineError {
    /// It cannot be read.
    #[error("cannot read the baseline: {0}")]
    Read(#[from] io::Error),
    /// Both sides of a merge are in it.
    #[error("line {line} of the baseline is a mark of a merge conflict")]
    Conflict {
        /// The line's number.
        line: usize,
    },
    /// A line of it is no finding.
    #[error("line {line} of the baseline is no finding: {message}")]
    Line {
        /// The line's number.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
}

impl Known {
    fn is_at(&self, place: &Place) -> bool {
        self.path == place.0 && self.member == place.1
    }
}

/// Where the file of a known finding lies.
fn place_of(root: &Path, known: &Known) -> PathBuf {
    absolute(&root.join(path_of(&known.path)))
}

impl Baseline {
    /// An empty one for a file; none is standard output, as if in the current folder.
    #[must_use]
    pub(crate) fn empty(file: Option<&Path>) -> Self {
        let mut root = absolute(file.unwrap_or(Path::new("-")));
        root.pop();
        Self {
            root,
            ..Self::default()
        }
    }

    /// Takes known findings, in place of those that it has.
    fn put(&mut self, mut known: Vec<Known>) {
        known.sort();
        self.found = vec![None; known.len()];
        self.known = known;
    }

    /// The name that a file has in it which is shown by a path.
    fn name(&self, shown: &str) -> String {
        // What is no file has a name of its own.
        if shown.starts_with('<') {
            return shown.to_owned();
        }
        let root = Some(self.root.clone());
        Shown::relative_to(root).path(&absolute(&path_of(shown)))
    }

    fn place(&self, finding: &Finding) -> Place {
        let origin = &finding.location.origin;
        (self.name(&origin.path), origin.member.clone())
    }

    /// Reads a file. Empty lines and those that begin with `#` say nothing.
    ///
    /// # Errors
    ///
    /// If it cannot be read or a line of it is no finding.
    pub(crate) fn read(path: &Path) -> Result<Self, BaselineError> {
        let text = regular::read_text(path, LARGEST)?;
        let mut known = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if CONFLICT.iter().any(|mark| line.starts_with(mark)) {
                return Err(BaselineError::Conflict { line: number });
            }
            known.push(serde_json::from_str(line).map_err(|error| {
                // Its column is all that helps; the line may hold anything.
                BaselineError::Line {
                    line: number,
                    message: format!("{:?} error in column {}", error.classify(), error.column()),
                }
            })?);
        }
        let mut baseline = Self::empty(Some(path));
        baseline.put(known);
        Ok(baseline)
    }

    /// Writes one finding a line, sorted, so that two branches merge.
    ///
    /// # Errors
    ///
    /// Whatever `out` fails with.
    pub(crate) fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        for known in &self.known {
            serde_json::to_writer(&mut *out, known)?;
            writeln!(out)?;
        }
        Ok(())
    }

    /// Hides the findings that are known. `gone` says whether the file at a path is no more, so that
    /// what was in it may be elsewhere.
    pub(crate) fn hide(&mut self, findings: &mut [&mut Finding], gone: impl Fn(&Path) -> bool) {
        let mut by_content: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, known) in self.known.iter().enumerate() {
            by_content.entry(&known.finding).or_default().push(at);
        }
        let mut moved: BTreeMap<&str, bool> = BTreeMap::new();
        for same_place in [true, false] {
            for finding in findings.iter_mut().filter(|finding| finding.is_active()) {
                let Some(candidates) = by_content.get(finding.content.as_str()) else {
                    continue;
                };
                let place = self.place(finding);
                let free = candidates.iter().copied().find(|at| {
                    let free = self.found.get(*at) == Some(&None);
                    self.known.get(*at).is_some_and(|known| {
                        free && *known.rule == *finding.rule.id
                            && if same_place {
                                known.is_at(&place)
                            } else {
                                // What is accepted in history alone is not accepted in files.
                                (known.commit.is_none() || finding.location.origin.commit.is_some())
                                    && *moved
                                        .entry(&known.path)
                                        .or_insert_with(|| gone(&place_of(&self.root, known)))
                            }
                    })
                });
                let Some(at) = free else { continue };
                if let (Some(found), Some(known)) = (self.found.get_mut(at), self.known.get(at)) {
                    *found = Some(place);
                    let suppression = Suppression::Baseline(known.reason.clone());
                    finding.disposition = Disposition::Suppressed(suppression);
                }
            }
        }
    }

    /// The known findings that hid nothing, and where their files lie.
    pub(crate) fn unused(&self) -> impl Iterator<Item = (&Known, PathBuf)> {
        let pairs = self.known.iter().zip(&self.found);
        let unused = pairs.filter(|(_, found)| found.is_none());
        unused.map(|(known, _)| (known, place_of(&self.root, known)))
    }

    /// The contents that only a slow hash tells from others, so that it is worth its time.
    pub(crate) fn tagged(&self) -> impl Iterator<Item = &str> {
        let parts = self.known.iter().map(|known| known.finding.split_once('-'));
        parts.flatten().map(|(content, _)| content)
    }

    /// Forgets what hid nothing and `keep` does not ask to keep, and notes where the rest was found;
    /// returns how much was forgotten.
    pub(crate) fn prune(&mut self, keep: impl Fn(&Known, &Path) -> bool) -> usize {
        let before = self.known.len();
        let found = std::mem::take(&mut self.found);
        let pairs = std::mem::take(&mut self.known).into_iter().zip(found);
        let left = pairs.filter_map(|(known, found)| match found {
            Some((path, member)) => Some(Known {
                path,
                member,
                ..known
            }),
            None => keep(&known, &place_of(&self.root, &known)).then_some(known),
        });
        let left = left.collect();
        self.put(left);
        before - self.known.len()
    }

    /// Adds findings, for a reason; returns how many were new.
    pub(crate) fn add<'f>(
        &mut self,
        findings: impl Iterator<Item = &'f Finding>,
        reason: &str,
    ) -> usize {
        let before = self.known.len();
        let mut known = std::mem::take(&mut self.known);
        known.extend(findings.map(|finding| {
            let (path, member) = self.place(finding);
            Known {
                path,
                member,
                rule: finding.rule.id.to_string(),
                finding: finding.content.clone(),
                commit: finding.location.origin.commit.clone(),
                reason: reason.to_owned(),
            }
        }));
        self.put(known);
        self.known.len() - before
    }

    /// How many findings it holds.
    #[must_use]
    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }
}
