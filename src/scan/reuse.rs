//! One credential in several places.

use std::collections::{BTreeMap, BTreeSet};

use super::{Outcome, Scanner};
use crate::finding::{Disposition, Finding, fingerprint};
use crate::rule::Check;

impl Scanner {
    /// Adds a finding for each credential that lies in several folders: at its first place, naming
    /// the next. Of a scan of the past, what lies in files `today` counts, be it new or not.
    pub(super) fn reused(&self, outcome: &mut Outcome, today: Option<&[Finding]>) {
        let Some(rule) = self.engine.check(Check::TokenReused) else {
            return;
        };
        let severity = self.policy.severity.get(&*rule.id);
        let severity = severity.copied().unwrap_or(rule.severity);
        if severity < self.policy.min_severity || rule.confidence < self.policy.min_confidence {
            return;
        }
        let mut places: BTreeMap<&str, Vec<(&Finding, bool)>> = BTreeMap::new();
        let names = |findings: &[Finding]| -> BTreeSet<String> {
            let names = findings.iter().map(|finding| finding.fingerprint.clone());
            names.collect()
        };
        let (known, there) = (names(&outcome.findings), today.map(names));
        // What moved, or is gone, is in one place all the same.
        let is_there = |name: &String| there.as_ref().is_none_or(|there| there.contains(name));
        let new = outcome.findings.iter();
        let new = new.filter(|finding| is_there(&finding.fingerprint));
        let others = today.unwrap_or_default().iter();
        let others = others.filter(|finding| !known.contains(&finding.fingerprint));
        let all = new.map(|finding| (finding, true));
        for (finding, is_new) in all.chain(others.map(|finding| (finding, false))) {
            let secret = finding.secret.as_ref().filter(|_| finding.is_active());
            if let Some(name) = secret.and_then(|secret| secret.sha256.as_deref()) {
                places.entry(name).or_default().push((finding, is_new));
            }
        }
        let mut found = Vec::new();
        for (name, mut findings) in places {
            findings.sort_by(|(a, _), (b, _)| a.sort_key().cmp(&b.sort_key()));
            let Some((first, _)) = findings.iter().find(|(_, is_new)| *is_new) else {
                continue;
            };
            let Some((other, _)) = findings.iter().find(|(other, _)| {
                folder(&other.location.origin.path) != folder(&first.location.origin.path)
            }) else {
                continue;
            };
            let path = &other.location.origin.path;
            let more = findings.len().saturating_sub(2);
            let message = match more {
                0 => format!("{}: also in {path}", rule.summary),
                _ => format!("{}: also in {path} and {more} more", rule.summary),
            };
            found.push(Finding {
                rule: rule.clone(),
                severity,
                confidence: rule.confidence,
                message,
                help: rule.help.clone(),
                fingerprint: fingerprint(&rule.id, &first.location.origin, name.as_bytes(), 1),
                disposition: Disposition::Active,
                run_by: None,
                fix: None,
                ..(*first).clone()
            });
        }
        outcome.findings.extend(found);
    }
}

/// The folder of a path, by its parts.
fn folder(path: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.pop();
    parts
}
