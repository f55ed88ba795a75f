//! From what was found in many versions of files to one finding a leak: where it came in, and
//! whether it is still there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::finding::{Finding, Introduced};
use crate::git::Commit;

/// A finding in one version of a file.
pub(super) struct Found {
    /// The commit that the version came with, by its number; none if no commit holds it.
    pub(super) commit: Option<usize>,
    pub(super) finding: Finding,
}

/// Keeps one finding of those that are the same in versions of a file: the one that `head` has, so
/// that its place is where it can be seen today, or else the first. It names the first commit.
pub(super) fn dedup(
    mut found: Vec<Found>,
    head: Vec<Finding>,
    commit: impl Fn(usize) -> Option<Commit>,
) -> Vec<Finding> {
    // Of one commit, the order of places decides, whatever thread found them.
    found.sort_by(|a, b| {
        let key = |found: &Found| (found.commit.is_none(), found.commit);
        (key(a), a.finding.sort_key()).cmp(&(key(b), b.finding.sort_key()))
    });
    let there: BTreeSet<String> = head.iter().map(|finding| finding.content.clone()).collect();
    let mut today: BTreeMap<String, Finding> = BTreeMap::new();
    for finding in head {
        today.entry(finding.fingerprint.clone()).or_insert(finding);
    }
    let mut seen = BTreeSet::new();
    let mut settled = Vec::new();
    let mut last: Option<(usize, Option<Commit>)> = None;
    for Found {
        commit: number,
        finding,
    } in found
    {
        if !seen.insert(finding.fingerprint.clone()) {
            continue;
        }
        let in_file = !finding.location.origin.path.starts_with('<');
        let in_head = in_file.then(|| there.contains(&finding.content));
        let place_of_head = today.remove(&finding.fingerprint);
        let is_place_of_head = place_of_head.is_some();
        let mut finding = place_of_head.unwrap_or(finding);
        let commit = number.and_then(|number| {
            if last.as_ref().is_none_or(|(known, _)| *known != number) {
                last = Some((number, commit(number)));
            }
            last.as_ref().and_then(|(_, commit)| commit.as_ref())
        });
        finding.location.introduced = Some(Introduced {
            date: commit.and_then(|commit| commit.date.clone()),
            in_head,
            is_place_of_head,
        });
        Arc::make_mut(&mut finding.location.origin).commit = commit.map(|commit| commit.id.clone());
        settled.push(finding);
    }
    settled
}
