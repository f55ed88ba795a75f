//! One credential in several places.

use std::collections::BTreeMap;

use super::{Outcome, Scanner};
use crate::finding::{Disposition, Finding, fingerprint};
use crate::rule::Check;

impl Scanner {
    /// Adds a finding for each credential that lies in several folders: at its first place, naming
    /// the next.
    pub(super) fn reused(&self, outcome: &mut Outcome) {
        let Some(rule) = self.engine.check(Check::TokenReused) else {
            return;
        };
        let severity = self.policy.severity.get(&*rule.id);
        let severity = severity.copied().unwrap_or(rule.severity);
        if severity < self.policy.min_severity || rule.confidence < self.policy.min_confidence {
            return;
        }
        let mut places: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in outcome
            .findings
            .iter()
            .filter(|finding| finding.is_active())
        {
            let secret = finding.secret.as_ref();
            if let Some(name) = secret.and_then(|secret| secret.sha256.as_deref()) {
                places.entry(name).or_default().push(finding);
            }
        }
        let mut found = Vec::new();
        for (name, mut findings) in places {
            findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
            let Some((first, others)) = findings.split_first() else {
                continue;
            };
            let Some(other) = others.iter().find(|other| {
                folder(&other.location.origin.path) != folder(&first.location.origin.path)
            }) else {
                continue;
            };
            let path = &other.location.origin.path;
            let more = others.len().saturating_sub(1);
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
