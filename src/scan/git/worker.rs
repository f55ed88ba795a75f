//! One thread of a scan of Git: a content under its name.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use bstr::{BStr, ByteSlice as _};
use gix::hash::ObjectId;

use super::tree_files::TreeFiles;
use super::{Scope, absolute};
use crate::finding::Finding;
use crate::git::{Added, Base, Change, GitError, Pointer, Reader, Repository, Snapshot, added};
use crate::problem::{ProblemKind, UnreadKind};
use crate::scan::cross_file::Site;
use crate::scan::file::{self, Input};
use crate::scan::names::may_hold;
use crate::scan::{DEFECT, Outcome, Scanner, windows};
use crate::source::Origin;
use crate::span::Span;
use crate::stream::{Stream, Windows};

/// The largest content of Git LFS that is held in memory, in bytes.
const HELD: u64 = 16 << 20;

/// What a content is called.
#[derive(Clone, Copy)]
pub(super) enum Name<'a> {
    /// Its path in the repository.
    Path(&'a BStr),
    /// What stands in place of a path.
    Text(&'a str),
}

/// The content of a file.
enum Content {
    Whole(Vec<u8>),
    Stream(Box<dyn Read + Send>),
    /// It is not here; in its place is what points at it.
    Absent(Vec<u8>),
}

/// One thread of a scan.
pub(super) struct Worker<'a> {
    pub(super) scanner: &'a Scanner,
    pub(super) repository: &'a Repository,
    pub(super) reader: Reader,
    pub(super) files: Arc<Snapshot>,
    pub(super) scope: &'a Scope,
    pub(super) windows: Windows,
}

impl Worker<'_> {
    /// Scans a change, and keeps what is new in it.
    pub(super) fn change(&mut self, change: &Change) -> Outcome {
        let path = change.path.as_ref();
        let mut outcome = self.guard(Name::Path(path), |worker| worker.try_change(change));
        if change.is_at_new_path() {
            self.names(path, &mut outcome);
        }
        outcome
    }

    /// Scans all of a file.
    pub(super) fn file(&mut self, path: &BStr, blob: ObjectId) -> Outcome {
        self.guard(Name::Path(path), |worker| {
            let content = worker.content(blob)?;
            Ok(worker.scan_content(path, content).0)
        })
    }

    /// Scans a content that nothing names any more.
    pub(super) fn blob(&mut self, blob: ObjectId) -> Outcome {
        let name = format!("<blob {}>", blob.to_hex_with_len(12));
        self.guard(Name::Text(&name), |worker| {
            Ok(match worker.content(blob)? {
                Content::Whole(bytes) | Content::Absent(bytes) => {
                    worker.scan(Name::Text(&name), &mut Cursor::new(bytes))
                }
                Content::Stream(mut stream) => worker.scan(Name::Text(&name), &mut stream),
            })
        })
    }

    /// Looks for credentials in the names of a file and of the folders that it lies in.
    fn names(&self, path: &BStr, outcome: &mut Outcome) {
        let mut end = 0;
        for name in path.split_str("/") {
            end += name.len() + usize::from(end > 0);
            if may_hold(name) {
                let place = path.get(..end).unwrap_or_default().as_bstr();
                self.name(place, name, outcome);
            }
        }
    }

    /// Looks for credentials in the last name of a path.
    pub(super) fn name(&self, path: &BStr, name: &[u8], outcome: &mut Outcome) {
        let shown = self.input(Name::Path(path)).0.path;
        self.scanner.scan_name(&shown, name, outcome);
    }

    /// Does some work on a content. A panic in it is an error of this content alone.
    pub(super) fn guard(
        &mut self,
        name: Name<'_>,
        work: impl FnOnce(&mut Self) -> Result<Outcome, GitError>,
    ) -> Outcome {
        let (kind, message) = match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(Ok(outcome)) => return outcome,
            Ok(Err(error)) => (ProblemKind::Unreadable, error.message),
            Err(_) => {
                self.windows = windows();
                (ProblemKind::Internal, DEFECT.to_owned())
            }
        };
        let mut outcome = Outcome::default();
        outcome.fail(self.input(name).0.path, kind, message);
        outcome
    }

    /// Scans a text that is no file.
    pub(super) fn text(&mut self, name: &str, text: &[u8]) -> Outcome {
        self.guard(Name::Text(name), |worker| {
            Ok(worker.scan(Name::Text(name), &mut Cursor::new(text)))
        })
    }

    fn try_change(&mut self, change: &Change) -> Result<Outcome, GitError> {
        let path = change.path.as_ref();
        let content = self.content(change.blob)?;
        let (mut outcome, new) = self.scan_content(path, content);
        if change.bases.is_empty() || outcome.findings.is_empty() {
            return Ok(outcome);
        }
        let mut lines = Added::All;
        let mut known: Option<BTreeMap<String, usize>> = None;
        for base in &change.bases {
            let (before, spans) = self.before(change, base, new.as_deref())?;
            lines = lines.and(spans);
            known = Some(match known {
                Some(mut known) => {
                    for (content, count) in &mut known {
                        *count = before.get(content).copied().unwrap_or(0).min(*count);
                    }
                    known
                }
                None => before,
            });
        }
        // Each finding that was there excuses one that is.
        let mut known = known.unwrap_or_default();
        outcome.findings.retain(|finding| {
            if span(finding).is_some_and(|span| lines.touches(&span)) {
                return true;
            }
            match known.get_mut(&finding.content) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    false
                }
                _ => true,
            }
        });
        Ok(outcome)
    }

    /// What was found in a file before it changed, and how often; and which of its bytes are new.
    fn before(
        &mut self,
        change: &Change,
        base: &Base,
        new: Option<&[u8]>,
    ) -> Result<(BTreeMap<String, usize>, Added), GitError> {
        let path = base.path.as_ref().unwrap_or(&change.path);
        let mut known = BTreeMap::new();
        // What was left out where it was, and is not where it went, is new here.
        if !self
            .scope
            .covers_file(&absolute(self.repository, path.as_ref()))
        {
            return Ok((known, Added::All));
        }
        let content = self.content(base.blob)?;
        let (before, old) = self.scan_content(path.as_ref(), content);
        let spans = match (&old, new) {
            (Some(old), Some(new)) => added(old, new),
            _ => Added::Unknown,
        };
        let before = before.findings.into_iter().filter(Finding::is_active);
        for finding in before {
            *known.entry(finding.content).or_default() += 1;
        }
        Ok((known, spans))
    }

    /// The content of a file, which Git itself may not have.
    fn content(&self, blob: ObjectId) -> Result<Content, GitError> {
        if let Some(stream) = self.repository.large(&self.reader, blob)? {
            return Ok(Content::Stream(stream));
        }
        let bytes = self.reader.blob(blob)?;
        let Some(pointer) = Pointer::parse(&bytes) else {
            return Ok(Content::Whole(bytes));
        };
        let folders = self.repository.lfs_folders();
        let Some(mut file) = folders.iter().find_map(|folder| pointer.open(folder)) else {
            return Ok(Content::Absent(bytes));
        };
        let size = file.metadata().map_or(u64::MAX, |data| data.len());
        let mut whole = Vec::new();
        if size <= HELD && (&mut file).take(HELD).read_to_end(&mut whole).is_ok() {
            return Ok(Content::Whole(whole));
        }
        Ok(Content::Stream(Box::new(Cursor::new(whole).chain(file))))
    }

    /// Scans a content as that of a file. Gives back what is in memory.
    fn scan_content(&mut self, path: &BStr, content: Content) -> (Outcome, Option<Vec<u8>>) {
        let name = Name::Path(path);
        match content {
            Content::Whole(bytes) => {
                let outcome = self.scan(name, &mut Cursor::new(bytes.as_slice()));
                (outcome, Some(bytes))
            }
            Content::Stream(mut stream) => (self.scan(name, &mut stream), None),
            Content::Absent(bytes) => {
                let mut outcome = self.scan(name, &mut Cursor::new(bytes.as_slice()));
                outcome.stats.pointers += 1;
                let origin = self.input(name).0;
                outcome.pass_over(&origin, UnreadKind::Pointer, "Git LFS file");
                outcome.absent.insert(origin.path);
                (outcome, None)
            }
        }
    }

    /// Scans a stream under a name.
    pub(super) fn scan(&mut self, name: Name<'_>, stream: &mut Stream<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        let (origin, path) = self.input(name);
        let files = TreeFiles {
            repository: self.repository,
            reader: &self.reader,
            files: &self.files,
        };
        let site = path.as_deref().map(|path| Site {
            path,
            files: &files,
        });
        let input = Input { origin, site };
        file::scan(self.scanner, &mut self.windows, input, stream, &mut outcome);
        outcome
    }

    /// How a content is named, and where it would lie on disk.
    fn input(&self, name: Name<'_>) -> (Origin, Option<PathBuf>) {
        match name {
            Name::Text(text) => (Origin::file(text), None),
            Name::Path(path) => {
                let path = absolute(self.repository, path);
                (Origin::file(self.scanner.show(&path)), Some(path))
            }
        }
    }
}

/// The bytes of its file that a finding lies in; none if it lies in what was unpacked from it.
fn span(finding: &Finding) -> Option<Span> {
    let at = &finding.location;
    let byte = |byte: u64| usize::try_from(byte).unwrap_or(usize::MAX);
    at.origin
        .member
        .is_none()
        .then(|| byte(at.start.byte)..byte(at.end.byte))
}
