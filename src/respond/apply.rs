//! What verdicts change about findings.

use std::collections::BTreeMap;

use crate::finding::{Disposition, Finding, Severity, Suppression};
use crate::verdict::{Status, Verdict};

/// Gives findings the verdicts on their credentials, which are known by their SHA-256. A live credential
/// that can write is an error, whatever the rule says; a dead one is a note.
pub(crate) fn apply(findings: &mut [Finding], verdicts: &BTreeMap<String, Verdict>) {
    for finding in findings.iter_mut().filter(|finding| finding.is_active()) {
        let name = finding
            .secret
            .as_ref()
            .and_then(|secret| secret.sha256.as_ref());
        let Some(verdict) = name.and_then(|name| verdicts.get(name)) else {
            continue;
        };
        // What is said of a credential as such is no worse for it, as that it lies in several places.
        if finding.rule.response.is_some() {
            match verdict.status {
                Status::Live if verdict.can_write => finding.severity = Severity::Error,
                Status::Dead | Status::Published => finding.severity = Severity::Note,
                Status::Live | Status::Unknown | Status::Unasked => {}
            }
        }
        finding.verdict = Some(verdict.clone());
    }
}

/// Hides what is not known to be live. What was asked about in vain stays.
pub(crate) fn hide_unverified(findings: &mut [Finding]) {
    for finding in findings.iter_mut().filter(|finding| finding.is_active()) {
        let status = finding.verdict.as_ref().map(|verdict| verdict.status);
        let why = match status {
            Some(Status::Live | Status::Unknown) => continue,
            Some(status) => status.as_str(),
            None => "no credential that can be asked about",
        };
        finding.disposition = Disposition::Suppressed(Suppression::Unverified(why.to_owned()));
    }
}
