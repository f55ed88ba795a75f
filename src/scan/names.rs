//! Credentials in names: of files, folders, links, branches. They are pushed and shipped like what lies
//! below them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::Path;

use super::{Outcome, Scanner, file};
use crate::engine::{Input, Nature, Part};
use crate::finding::{Hit, NAME};
use crate::source::Origin;

/// How many letters and digits in a row every credential has. Few names have as many.
const RUN: usize = 20;

/// How many parts of a name are looked at together; a longer credential reaches to the end of the name.
const PARTS: usize = 4;

/// Whether a name may hold a credential.
pub(crate) fn may_hold(name: &[u8]) -> bool {
    let mut run = 0;
    name.len() >= RUN
        && name.iter().any(|byte| {
            run = if byte.is_ascii_alphanumeric() {
                run + 1
            } else {
                0
            };
            run >= RUN
        })
}

/// The parts of a name that may be a credential. In text, `_` and `-` join what they stand between to one
/// word; in names they part words.
fn parts(name: &[u8]) -> Vec<&[u8]> {
    let joints: Vec<usize> = memchr::memchr2_iter(b'_', b'-', name).collect();
    let starts = std::iter::once(0).chain(joints.iter().map(|at| at + 1));
    let mut parts = Vec::new();
    for (number, start) in starts.enumerate() {
        let ends = joints.iter().skip(number).take(PARTS).copied();
        let ends: BTreeSet<usize> = ends.chain([name.len()]).collect();
        let of_start = ends.into_iter().filter_map(|end| name.get(start..end));
        parts.extend(of_start.filter(|part| may_hold(part)));
    }
    parts
}

impl Scanner {
    /// Looks for credentials in a name. `shown` is the path that ends with it, as it is shown.
    pub(super) fn scan_name(&self, shown: &str, name: &[u8], outcome: &mut Outcome) {
        if !may_hold(name) {
            return;
        }
        let mut seen = BTreeSet::new();
        for part in parts(name) {
            if self.hits(part).is_empty() {
                continue;
            }
            let origin = Origin {
                member: Some(NAME.to_owned()),
                ..Origin::file(shown)
            };
            let found = file::stream(self, origin, &mut Cursor::new(part));
            let new = found.findings.into_iter();
            let new = new.filter(|finding| finding.secret.is_some());
            let new = new.filter(|finding| seen.insert(finding.content.clone()));
            outcome.findings.extend(new);
        }
    }

    /// The same for the last part of a path.
    pub(super) fn scan_path(&self, path: &Path, outcome: &mut Outcome) {
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        if may_hold(name) {
            self.scan_name(&self.show(path), name, outcome);
        }
    }

    /// A path as it may be shown: without the credentials in its names.
    pub(super) fn mask_path<'t>(&self, path: &'t str) -> Cow<'t, str> {
        let mut masked = self.engine.mask(path);
        if !may_hold(masked.as_bytes()) {
            return masked;
        }
        for name in path.split('/').filter(|name| may_hold(name.as_bytes())) {
            for hit in parts(name.as_bytes())
                .into_iter()
                .flat_map(|part| self.hits(part))
            {
                if let Some(secret) = hit.secret {
                    let whole = String::from_utf8_lossy(secret.expose()).into_owned();
                    masked = masked.replace(&whole, &secret.redacted()).into();
                }
            }
        }
        masked
    }

    fn hits(&self, text: &[u8]) -> Vec<Hit> {
        let input = Input {
            text,
            start: 0,
            origin: &Origin::default(),
            part: Part::Later(Nature::default()),
        };
        self.engine.scan_file(input, 0..text.len()).hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_by_what_joins_words() {
        let long = "x".repeat(RUN);
        let name = format!("a-{long}_b.txt");
        let shown: Vec<String> = parts(name.as_bytes())
            .iter()
            .map(|part| String::from_utf8_lossy(part).into_owned())
            .collect();
        let wanted = [
            format!("a-{long}"),
            name.clone(),
            long.clone(),
            format!("{long}_b.txt"),
        ];
        assert_eq!(shown, wanted);
        assert!(!may_hold(b"train_model_for_a_long_time.py"));
        assert!(parts(b"").is_empty());
    }
}
