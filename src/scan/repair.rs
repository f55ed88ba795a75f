//! Mending a file, and the proof that it is better for it.
//!
//! Every fix is tried in memory first. It holds only if the finding is gone afterwards, nothing new is
//! found, the file parses as well as it did, and in the end a second run would change nothing. What fails
//! its proof is left as it was, and said.

use std::collections::{BTreeMap, BTreeSet};

use super::{Outcome, Progress, Scanner};
use crate::finding::Finding;
use crate::source::Origin;

/// One fix may make room for another; more rounds than this are no progress.
const ROUNDS: usize = 10;

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// The file as it is now.
    pub bytes: Vec<u8>,
    /// What was mended: rule, line of the first edit, and what was done.
    pub fixed: Vec<(String, u64, String)>,
    /// What could not be: rule, line, and why.
    pub refused: Vec<(String, u64, String)>,
}

/// Which findings may be mended.
pub struct Wanted<'w> {
    /// Whether fixes that are not safe count.
    pub with_unsafe: bool,
    /// Whether the user is to see the finding at all.
    pub is_wanted: &'w dyn Fn(&Finding) -> bool,
}

impl Scanner {
    /// Mends what can be mended in a file of this name.
    #[must_use]
    pub fn repair(&self, name: &str, bytes: &[u8], wanted: &Wanted<'_>) -> Repaired {
        let mut repaired = Repaired {
            bytes: bytes.to_vec(),
            ..Repaired::default()
        };
        let mut given_up = BTreeSet::new();
        let mut known: Option<BTreeSet<String>> = None;
        for _ in 0..ROUNDS {
            let before = self.look(name, &repaired.bytes);
            let found = || before.findings.iter().map(|f| f.fingerprint.clone());
            let known = known.get_or_insert_with(|| found().collect());
            let fitting = before.findings.iter().filter(|finding| {
                let fix = finding.fix.as_ref().filter(|_| finding.is_active());
                fix.is_some_and(|fix| fix.is_safe || wanted.with_unsafe)
                    && !given_up.contains(&finding.fingerprint)
                    // What another fix left of a finding has a new fingerprint.
                    && ((wanted.is_wanted)(finding) || !known.contains(&finding.fingerprint))
            });
            let batch = apart(fitting);
            if batch.is_empty() {
                return repaired;
            }
            let attempt = Attempt {
                scanner: self,
                name,
                text: &repaired.bytes,
                before: &before,
                damage: self.damage(name, &repaired.bytes),
            };
            let (good, bad) = attempt.sift(batch);
            for (finding, why) in bad {
                given_up.insert(finding.fingerprint.clone());
                repaired.refused.push(note(finding, why));
            }
            let mended = attempt.apply(&good);
            repaired.fixed.extend(good.iter().map(|finding| {
                let says = finding.fix.as_ref().map(|fix| fix.says.clone());
                note(finding, says.unwrap_or_default())
            }));
            repaired.bytes = mended;
        }
        // It would go on for ever.
        let why = "a second run would change it again".to_owned();
        let fixed = std::mem::take(&mut repaired.fixed).into_iter();
        Repaired {
            bytes: bytes.to_vec(),
            refused: fixed
                .map(|(rule, line, _)| (rule, line, why.clone()))
                .collect(),
            ..Repaired::default()
        }
    }

    /// How badly a text parses. What a scan says of that does not do: it parses no file that no rule has
    /// anything to say of, as one whose only finding is gone.
    fn damage(&self, name: &str, text: &[u8]) -> (bool, usize) {
        let origin = Origin::file(self.engine.mask(name));
        self.engine.damage(text, &origin)
    }

    fn look(&self, name: &str, text: &[u8]) -> Outcome {
        let mut outcome = self.scan_stream(name, text, &Progress::default());
        outcome.sort();
        outcome
    }
}

fn note(finding: &Finding, what: String) -> (String, u64, String) {
    (
        finding.rule.id.to_string(),
        finding.location.start.line,
        what,
    )
}

/// Those of some findings whose edits do not touch: the first of several that do.
fn apart<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<&'f Finding> {
    let mut taken: Vec<(u64, u64)> = Vec::new();
    let mut apart = Vec::new();
    for finding in findings {
        let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
        let spans: Vec<(u64, u64)> = edits.map(|edit| (edit.at.0.byte, edit.at.1.byte)).collect();
        let touches =
            |(start, end): &(u64, u64)| taken.iter().any(|(from, to)| start <= to && from <= end);
        if !spans.iter().any(touches) {
            taken.extend(spans);
            apart.push(finding);
        }
    }
    apart
}

/// A text, and what was found in it.
#[derive(Clone, Copy)]
struct Attempt<'a> {
    scanner: &'a Scanner,
    name: &'a str,
    text: &'a [u8],
    before: &'a Outcome,
    /// How badly it parses.
    damage: (bool, usize),
}

type Sifted<'f> = (Vec<&'f Finding>, Vec<(&'f Finding, String)>);

impl Attempt<'_> {
    /// Parts what holds from what does not: all together if that goes well, or else one by one.
    fn sift<'f>(self, batch: Vec<&'f Finding>) -> Sifted<'f> {
        if self.prove(&batch).is_ok() {
            return (batch, Vec::new());
        }
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for finding in batch {
            good.push(finding);
            if let Err(why) = self.prove(&good) {
                good.pop();
                bad.push((finding, why));
            }
        }
        (good, bad)
    }

    /// The text with these edits made.
    fn apply(self, findings: &[&Finding]) -> Vec<u8> {
        let fixes = findings.iter().filter_map(|finding| finding.fix.as_ref());
        let mut edits: Vec<_> = fixes.flat_map(|fix| &fix.edits).collect();
        edits.sort_by_key(|edit| (edit.at.0.byte, edit.at.1.byte));
        let mut text = Vec::with_capacity(self.text.len());
        let mut from = 0;
        for edit in edits {
            let place = |byte: u64| usize::try_from(byte).unwrap_or(usize::MAX);
            let (start, end) = (place(edit.at.0.byte), place(edit.at.1.byte));
            text.extend_from_slice(self.text.get(from..start).unwrap_or_default());
            text.extend_from_slice(edit.text.as_bytes());
            from = end.max(from);
        }
        text.extend_from_slice(self.text.get(from..).unwrap_or_default());
        text
    }

    /// Makes sure that the text is better with these fixes.
    fn prove(self, findings: &[&Finding]) -> Result<(), String> {
        let mended = self.apply(findings);
        let after = self.scanner.look(self.name, &mended);
        let (was_limited, had) = self.damage;
        let (is_limited, has) = self.scanner.damage(self.name, &mended);
        if has > had || (is_limited && !was_limited) {
            return Err("the file would no longer parse".to_owned());
        }
        if after.problems.len() > self.before.problems.len() {
            return Err("the file could no longer be scanned".to_owned());
        }
        let mut room = counted(&self.before.findings);
        for finding in findings {
            if let Some(count) = room.get_mut(&*finding.rule.id) {
                *count = count.saturating_sub(1);
            }
        }
        let fixed: BTreeSet<&str> = findings.iter().map(|finding| &*finding.rule.id).collect();
        for (rule, count) in counted(&after.findings) {
            if count > room.get(rule).copied().unwrap_or(0) {
                return Err(match fixed.contains(rule) {
                    true => format!("`{rule}` would find it still"),
                    false => format!("`{rule}` would find something new"),
                });
            }
        }
        Ok(())
    }
}

/// How often each rule finds something.
fn counted(findings: &[Finding]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(&*finding.rule.id).or_default() += 1;
    }
    counts
}
