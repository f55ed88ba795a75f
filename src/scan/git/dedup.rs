//! From what was found in many versions of files to one finding a leak: where it came in, and
//! whether it is still there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice as _};

use crate::finding::{Finding, Introduced};
use crate::git::Commit;

/// How often it is looked up whether a file moved. Beyond it, each place is a finding of its own.
const LOOKUPS: usize = 10_000;

/// A finding in one version of a file.
pub(super) struct Found {
    /// The commit that the version came with, by its number; none if no commit holds it.
    pub(super) commit: Option<usize>,
    /// The path in the repository; none if it lies in no file.
    pub(super) path: Option<BString>,
    pub(super) finding: Finding,
}

/// What is known of the commits that things were found in.
pub(super) struct Past<'a> {
    /// Reads a commit.
    pub(super) commit: &'a dyn Fn(usize) -> Option<Commit>,
    /// Whether a path was there before a commit, and is not in it.
    pub(super) moved_away: &'a dyn Fn(&BStr, usize) -> bool,
    /// Where a file went after a commit, as far as pairs of changes tell.
    pub(super) later: &'a dyn Fn(&BString, usize) -> BString,
}

/// One leak, wherever its file went.
struct Chain {
    found: Found,
    /// Where it is last known to be, and since when.
    path: Option<BString>,
    since: Option<usize>,
    /// All fingerprints that it has had.
    fingerprints: Vec<String>,
}

/// Keeps one finding of those that are the same in versions of a file, be it moved or not: the one that
/// `head` has, so that its place is where it can be seen today, or else the first. It names the first
/// commit.
pub(super) fn dedup(
    mut found: Vec<Found>,
    head: Vec<(BString, Finding)>,
    past: &Past<'_>,
) -> Vec<Finding> {
    // Of one commit, the order of places decides, whatever thread found them.
    found.sort_by(|a, b| {
        let key = |found: &Found| (found.commit.is_none(), found.commit);
        (key(a), a.finding.sort_key()).cmp(&(key(b), b.finding.sort_key()))
    });
    let mut today = Today::default();
    for (path, finding) in head {
        today.add(path, finding);
    }
    let mut last: Option<(usize, Option<Commit>)> = None;
    let mut settled = Vec::new();
    for chain in chains(found, past) {
        let place = today.take(&chain, past);
        let in_head = chain.found.path.is_some().then_some(place.is_some());
        let mut finding = place.unwrap_or(chain.found.finding);
        let commit = chain.found.commit.and_then(|number| {
            if last.as_ref().is_none_or(|(known, _)| *known != number) {
                last = Some((number, (past.commit)(number)));
            }
            last.as_ref().and_then(|(_, commit)| commit.as_ref())
        });
        finding.location.introduced = Some(Introduced {
            date: commit.and_then(|commit| commit.date.clone()),
            in_head,
        });
        Arc::make_mut(&mut finding.location.origin).commit = commit.map(|commit| commit.id.clone());
        settled.push(finding);
    }
    settled
}

/// Strings together what is one leak in a file that moved.
fn chains(found: Vec<Found>, past: &Past<'_>) -> Vec<Chain> {
    let mut chains: Vec<Chain> = Vec::new();
    let mut of_content: BTreeMap<String, OfContent> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut lookups = LOOKUPS;
    for found in found {
        let fingerprint = found.finding.fingerprint.clone();
        if !seen.insert(fingerprint.clone()) {
            continue;
        }
        let content = found.finding.content.clone();
        let same = of_content.entry(content).or_default();
        if let Some(commit) = found.commit.filter(|commit| same.commit != Some(*commit)) {
            same.commit = Some(commit);
            same.moved = moved_away(&chains, &same.chains, commit, (past, &mut lookups));
        }
        let moved = found.path.as_ref().and_then(|_| same.moved.pop());
        if let Some(chain) = moved.and_then(|at| chains.get_mut(at)) {
            chain.path = found.path;
            chain.since = found.commit;
            chain.fingerprints.push(fingerprint);
        } else {
            same.chains.push(chains.len());
            chains.push(Chain {
                path: found.path.clone(),
                since: found.commit,
                fingerprints: vec![fingerprint],
                found,
            });
        }
    }
    chains
}

/// Where the same is found.
#[derive(Default)]
struct OfContent {
    chains: Vec<usize>,
    /// The last commit that it was found in anew.
    commit: Option<usize>,
    /// Chains whose files are gone in that commit.
    moved: Vec<usize>,
}

/// Of some chains, those whose files are gone in a commit, the first last.
fn moved_away(
    chains: &[Chain],
    of: &[usize],
    commit: usize,
    (past, lookups): (&Past<'_>, &mut usize),
) -> Vec<usize> {
    let mut moved = Vec::new();
    for at in of.iter().rev() {
        let path = chains.get(*at).and_then(|chain| chain.path.as_ref());
        if let Some(path) = path.filter(|_| *lookups > 0) {
            *lookups -= 1;
            if (past.moved_away)(path.as_bstr(), commit) {
                moved.push(*at);
            }
        }
    }
    moved
}

/// What the last commit holds, and no leak has taken yet.
#[derive(Default)]
struct Today {
    findings: BTreeMap<String, Finding>,
    /// Fingerprints by path and content.
    at: BTreeMap<(BString, String), Vec<String>>,
}

impl Today {
    fn add(&mut self, path: BString, finding: Finding) {
        let name = finding.fingerprint.clone();
        let place = (path, finding.content.clone());
        self.at.entry(place).or_default().push(name.clone());
        self.findings.entry(name).or_insert(finding);
    }

    /// Takes the finding of a leak.
    fn take(&mut self, chain: &Chain, past: &Past<'_>) -> Option<Finding> {
        let mut names = chain.fingerprints.iter().rev();
        if let Some(finding) = names.find_map(|name| self.findings.remove(name)) {
            return Some(finding);
        }
        let path = chain.path.as_ref()?;
        let went = (past.later)(path, chain.since?);
        if went == *path {
            return None;
        }
        let names = self.at.get(&(went, chain.found.finding.content.clone()))?;
        names.iter().find_map(|name| self.findings.remove(name))
    }
}
