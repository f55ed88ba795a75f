//! The comments of one file that hide findings, in time that does not grow with their product.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::redact::Snippet;
use crate::suppress::Comment;

/// A comment, and how it would be shown.
pub(super) struct Written {
    pub(super) comment: Comment,
    pub(super) snippet: Snippet,
}

/// The comments that name one rule or family, for the same lines.
#[derive(Default)]
struct Naming {
    /// The number of the last one.
    last: usize,
    /// The last one when a finding was hidden: it and all before it are of use.
    used: Option<usize>,
}

/// Comments by the names in them.
type Names = BTreeMap<String, Naming>;

/// The comments of a file.
#[derive(Default)]
pub(super) struct Comments {
    written: Vec<Written>,
    of_file: Names,
    /// By the line that they cover, counted from 1.
    of_lines: BTreeMap<u64, Names>,
}

impl Comments {
    pub(super) fn push(&mut self, written: Written) {
        let number = self.written.len();
        let comment = &written.comment;
        let names = match comment.covered() {
            None => &mut self.of_file,
            Some(line) => self.of_lines.entry(line).or_default(),
        };
        for name in &comment.rules {
            names.entry(name.clone()).or_default().last = number;
        }
        self.written.push(written);
    }

    /// The words of the last comment that hides a finding. All that do are of use.
    pub(super) fn hide(&mut self, finding: &Finding) -> Option<&str> {
        let (first, last) = (finding.location.start.line, finding.location.end.line);
        let of_lines = self.of_lines.range_mut(first..=last.max(first));
        let all = of_lines.map(|(_, names)| names).chain([&mut self.of_file]);
        let mut hiding = None;
        for names in all {
            for name in [&*finding.rule.id, &finding.rule.family] {
                if let Some(naming) = names.get_mut(name) {
                    naming.used = Some(naming.last);
                    hiding = hiding.max(naming.used);
                }
            }
        }
        let written = self.written.get(hiding?)?;
        Some(&written.comment.words)
    }

    /// All comments, in the order of the file, and whether each has hidden a finding.
    pub(super) fn take(&mut self) -> impl Iterator<Item = (Written, bool)> + use<> {
        let Self {
            written,
            of_file,
            of_lines,
        } = std::mem::take(self);
        written
            .into_iter()
            .enumerate()
            .map(move |(number, written)| {
                let comment = &written.comment;
                let names = match comment.covered() {
                    None => Some(&of_file),
                    Some(line) => of_lines.get(&line),
                };
                let is_used = |name: &String| {
                    let naming = names.and_then(|names| names.get(name));
                    naming.is_some_and(|naming| naming.used >= Some(number))
                };
                let used = comment.rules.iter().any(is_used);
                (written, used)
            })
    }
}
