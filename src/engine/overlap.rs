//! One secret at one place is one finding.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::finding::{Hit, RuleMeta};
use crate::span::{Span, overlap};

/// How many hits behind another are looked at for one within it.
const NEAR: usize = 8;

/// The family of rules over logs.
const LOGS: &str = "logs";

/// Keeps, of credentials that lie over each other, the one that says most: that of a rule that knows
/// the kind of credential, then the severer, the surer, the longer. A mistake that is one whatever
/// the credential, and so a hit without one, stands beside it; but that a log shows a value says more
/// of it than that it may be a credential. Sorts by place.
pub(super) fn resolve(hits: &mut Vec<Hit>, rules: &[Arc<RuleMeta>]) {
    if hits.len() < 2 {
        return;
    }
    drop_outer(hits);
    let guessable = |hit: &Hit| rules.get(hit.rule).is_none_or(|rule| rule.guessable);
    let shown = shown(hits, rules);
    hits.retain(|hit| hit.secret.is_none() || !guessable(hit) || !shown.meet(&hit.span));
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
    let mut by_start = BTreeMap::<usize, Vec<usize>>::new();
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

/// Drops a mistake that says the same as one within it, which points at the place more exactly: of an
/// argument and of the program in it.
fn drop_outer(hits: &mut Vec<Hit>) {
    hits.sort_by(|a, b| {
        let key = |hit: &Hit| (hit.rule, hit.span.start, Reverse(hit.span.end));
        key(a).cmp(&key(b)).then_with(|| a.context.cmp(&b.context))
    });
    let says_same = |outer: &Hit, inner: &Hit| {
        outer.secret.is_none()
            && inner.secret.is_none()
            && (outer.rule, &outer.context) == (inner.rule, &inner.context)
            && outer.span != inner.span
            && outer.span.start <= inner.span.start
            && inner.span.end <= outer.span.end
    };
    let outer: Vec<bool> = (0..hits.len())
        .map(|at| {
            // What lies within a hit comes right behind it.
            let mut next = hits.iter().skip(at).take(NEAR);
            let hit = next.next();
            hit.is_some_and(|hit| next.any(|inner| says_same(hit, inner)))
        })
        .collect();
    let mut outer = outer.into_iter();
    hits.retain(|_| !outer.next().unwrap_or(false));
}

/// Values that rules over logs tell of.
struct Shown {
    /// Where they lie, by their start.
    spans: BTreeMap<usize, usize>,
    longest: usize,
}

fn shown(hits: &[Hit], rules: &[Arc<RuleMeta>]) -> Shown {
    let mut shown = Shown {
        spans: BTreeMap::new(),
        longest: 0,
    };
    let of_log = |hit: &Hit| rules.get(hit.rule).is_some_and(|rule| rule.family == LOGS);
    for span in hits
        .iter()
        .filter(|hit| of_log(hit))
        .flat_map(|hit| &hit.hide)
    {
        let end = shown.spans.entry(span.start).or_default();
        *end = span.end.max(*end);
        shown.longest = shown.longest.max(span.len());
    }
    shown
}

impl Shown {
    /// Whether one of them lies over a span.
    fn meet(&self, span: &Span) -> bool {
        let near = span.start.saturating_sub(self.longest)..span.end;
        let mut near = self.spans.range(near);
        near.any(|(start, end)| overlap(&(*start..*end), span))
    }
}
