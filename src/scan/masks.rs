//! What of the lines around a finding may not be shown.

use super::Scanner;
use crate::engine::REACH;
use crate::finding::Hit;
use crate::redact::{Mask, Secret};
use crate::source::Chunk;
use crate::span::{Span, overlap};

/// How much further than needed masks are looked for, so that near findings share them; in bytes.
const SHARED: usize = 64 * 1024;

/// The masks of a part of a chunk.
#[derive(Default)]
pub(super) struct Masks {
    region: Span,
    masks: Vec<Mask>,
    /// What only the rules that found it know to be hidden.
    also: Vec<Mask>,
}

impl Masks {
    /// Begins with what is hidden because of some hits alone.
    pub(super) fn of(hits: &[Hit]) -> Self {
        let unknown = hits.iter().filter(|hit| hit.secret.is_none());
        Self {
            also: unknown.flat_map(|hit| &hit.hide).map(hidden).collect(),
            ..Self::default()
        }
    }

    /// The masks that a snippet around `span` needs.
    pub(super) fn around(&mut self, scanner: &Scanner, chunk: &Chunk<'_>, span: &Span) -> &[Mask] {
        if scanner.policy.show_secrets {
            return &[];
        }
        let wanted = span.start.saturating_sub(REACH)..chunk.bytes.len().min(span.end + REACH);
        if wanted.start < self.region.start || wanted.end > self.region.end {
            self.region = wanted.start..chunk.bytes.len().min(wanted.end + SHARED);
            let bytes = chunk.get(self.region.clone());
            let parity = chunk.start.byte + self.region.start as u64;
            self.masks = scanner.engine.masks(bytes, parity);
            for mask in &mut self.masks {
                mask.span.start += self.region.start;
                mask.span.end += self.region.start;
            }
            let near = self.also.iter().filter(|m| overlap(&m.span, &self.region));
            self.masks.extend(near.cloned());
            self.masks
                .sort_by_key(|mask| (mask.span.start, mask.span.end));
        }
        &self.masks
    }

    /// The same for a hit, which is hidden itself whatever its surroundings look like when they are
    /// cut out.
    pub(super) fn hide(&mut self, scanner: &Scanner, chunk: &Chunk<'_>, hit: &Hit) -> &[Mask] {
        self.around(scanner, chunk, &hit.span);
        let shown = hit.secret.as_ref().map_or("…".to_owned(), Secret::redacted);
        for span in &hit.hide {
            let covered = |mask: &Mask| mask.span.start <= span.start && mask.span.end >= span.end;
            if !self.masks.iter().any(covered) {
                let mask = Mask {
                    span: span.clone(),
                    shown: shown.clone(),
                };
                let at = self.masks.partition_point(|m| m.span.start < span.start);
                self.masks.insert(at, mask);
            }
        }
        &self.masks
    }
}

/// The mask of bytes of which nothing is known.
fn hidden(span: &Span) -> Mask {
    Mask {
        span: span.clone(),
        shown: "…".to_owned(),
    }
}
