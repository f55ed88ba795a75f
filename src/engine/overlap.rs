//! One secret at one place is one finding.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::finding::{Hit, RuleMeta};
use crate::span::overlap;

/// Keeps, of credentials that lie over each other, the one that says most: that of a rule that knows
/// the kind of credential, then the graver, the surer, the longer. A mistake that is one whatever
/// the credential, and so a hit without one, stands beside it. Sorts by place.
pub(super) fn resolve(hits: &mut Vec<Hit>, rules: &[Arc<RuleMeta>]) {
    if hits.len() < 2 {
        return;
    }
    let guessable = |hit: &Hit| rules.get(hit.rule).is_none_or(|rule| rule.guessable);
    hits.sort_by_key(|hit| {
        let weight = (
            !guessable(hit),
            hit.severity,
            hit.confidence,
            hit.span.len(),
        );
        (Reverse(weight), hit.span.start, hit.rule)
    });
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    // Kept hits by their start, to find neighbours without looking at all of them.
    let mut by_start = std::collections::BTreeMap::<usize, Vec<usize>>::new();
    let longest = hits.iter().map(|hit| hit.span.len()).max().unwrap_or(0);
    for hit in hits.drain(..) {
        let near = hit.span.start.saturating_sub(longest)..hit.span.end;
        let clashes = by_start.range(near).flat_map(|(_, at)| at).any(|at| {
            kept.get(*at).is_some_and(|other| {
                // Two credentials in one base64 literal share its span.
                let different = other.rule == hit.rule && other.secret != hit.secret;
                let both = other.secret.is_some() && hit.secret.is_some();
                both && overlap(&other.span, &hit.span) && !different
            })
        });
        if !clashes {
            by_start.entry(hit.span.start).or_default().push(kept.len());
            kept.push(hit);
        }
    }
    kept.sort_by(|a, b| {
        (a.span.start, a.span.end, a.rule, &a.secret).cmp(&(
            b.span.start,
            b.span.end,
            b.rule,
            &b.secret,
        ))
    });
    *hits = kept;
}
