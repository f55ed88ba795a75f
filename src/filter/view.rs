//! What becomes of a chunk once its credentials are cut out.

use std::ops::Range;

use super::cut::{Cut, Marking};
use crate::source::Chunk;
use crate::span::{Span, wide};

/// What becomes of a chunk, and where it comes from.
pub(super) struct View {
    bytes: Vec<u8>,
    parts: Vec<Part>,
}

/// Bytes of the view, and those of the text that they stand for: as they are, or as a mark.
struct Part {
    view: Span,
    text: Range<u64>,
    mark: bool,
}

impl View {
    /// A chunk after some cuts, which do not lie over each other.
    pub(super) fn of(chunk: &Chunk<'_>, regions: &[Cut], marking: Marking) -> Self {
        let mut view = Self {
            bytes: Vec::new(),
            parts: Vec::new(),
        };
        let (start, end) = (chunk.start.byte, chunk.start.byte + wide(chunk.bytes.len()));
        let mut at = start;
        for region in regions.iter().filter(|r| r.end > start && r.start < end) {
            view.plain(chunk, at..region.start);
            view.push(&region.written(marking), region.start..region.end, true);
            at = region.end;
        }
        view.plain(chunk, at..end);
        view
    }

    fn plain(&mut self, chunk: &Chunk<'_>, text: Range<u64>) {
        if text.start < text.end {
            let at = |place: u64| usize::try_from(place - chunk.start.byte).unwrap_or(usize::MAX);
            self.push(chunk.get(at(text.start)..at(text.end)), text, false);
        }
    }

    fn push(&mut self, bytes: &[u8], text: Range<u64>, mark: bool) {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        let view = from..self.bytes.len();
        self.parts.push(Part { view, text, mark });
    }

    pub(super) fn chunk<'v>(&'v self, chunk: &Chunk<'_>) -> Chunk<'v> {
        Chunk {
            bytes: &self.bytes,
            ..*chunk
        }
    }

    pub(super) fn get(&self, span: &Span) -> &[u8] {
        self.bytes.get(span.clone()).unwrap_or_default()
    }

    /// The bytes of the text that some of the view stand for: all of a mark that they touch.
    pub(super) fn outward(&self, span: &Span) -> Range<u64> {
        let first = self
            .parts
            .partition_point(|part| part.view.end <= span.start);
        let end = self
            .parts
            .partition_point(|part| part.view.start < span.end);
        let touched = self.parts.get(first..end).unwrap_or_default();
        let (Some(first), Some(last)) = (touched.first(), touched.last()) else {
            return 0..0;
        };
        let start = match first.mark {
            true => first.text.start,
            false => first.text.start + wide(span.start.saturating_sub(first.view.start)),
        };
        let end = match last.mark {
            true => last.text.end,
            false => last.text.start + wide(span.end.min(last.view.end) - last.view.start),
        };
        start..end
    }

    /// The bytes of the view that stand for some of the chunk.
    pub(super) fn inward(&self, chunk: &Chunk<'_>, span: &Span) -> Span {
        let place = |at: usize| {
            let at = chunk.start.byte + wide(at);
            let part = self.parts.partition_point(|part| part.text.end <= at);
            self.parts.get(part).map_or(self.bytes.len(), |part| {
                let into =
                    usize::try_from(at.saturating_sub(part.text.start)).unwrap_or(usize::MAX);
                if part.mark {
                    part.view.start
                } else {
                    part.view.start + into
                }
            })
        };
        place(span.start)..place(span.end)
    }
}
