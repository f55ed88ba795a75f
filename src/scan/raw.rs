//! The bytes of a packed file as they are, while decoders read them.
//!
//! What a decoder makes content of is scanned as content; all else that the file holds is scanned here:
//! names, comments, headers, gaps, padding, what stands before and behind. Compressed bytes are looked
//! at, too: it costs little, and where one stands in them as it is, a credential is found whatever the
//! decoder made of it.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::finish::FileScan;
use crate::decode::Tap;
use crate::engine::{Engine, Input, Matches, Nature, Part};
use crate::source::{Chunk, Encoding, Origin};
use crate::span::{Position, Span, wide};
use crate::stream::Overlap;

/// A packed file of this size is looked at as a whole, in bytes.
const WHOLE: usize = 1 << 20;

/// How much of a larger one is looked at together, in bytes.
const WINDOW: usize = 256 << 10;

/// What was handed on as content, as it is.
#[derive(Debug, Default)]
pub(super) struct HandedOn {
    /// Its places in the packed file, in order.
    ranges: Vec<Range<u64>>,
    /// How many bytes of the file were seen.
    at: u64,
}

impl HandedOn {
    /// Whether all of some bytes were handed on, as one content.
    pub(super) fn holds(&self, bytes: &Range<u64>) -> bool {
        let ranges = &self.ranges;
        let after = ranges.partition_point(|range| range.start <= bytes.start);
        let range = after.checked_sub(1).and_then(|at| ranges.get(at));
        range.is_some_and(|range| range.end >= bytes.end)
    }

    fn holds_in(&self, chunk: &Chunk<'_>, span: &Span) -> bool {
        let origin = chunk.start.byte;
        self.holds(&(origin + wide(span.start)..origin + wide(span.end)))
    }
}

impl Tap for HandedOn {
    fn bytes(&mut self, bytes: &[u8]) {
        self.at += wide(bytes.len());
    }

    fn handed_on(&mut self, length: u64) {
        if length > 0 {
            let end = self.at.saturating_add(length);
            self.ranges.push(self.at..end);
        }
    }
}

/// Bytes in which something was found.
struct Window {
    bytes: Vec<u8>,
    start: Position,
    encoding: Encoding,
    fresh: Span,
}

/// Windows that wait to be looked at where findings are made.
#[derive(Clone, Default)]
pub(super) struct Waiting(Arc<Mutex<Vec<Window>>>);

impl Waiting {
    fn push(&self, window: Window) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push(window);
    }

    /// Makes findings of what waits.
    pub(super) fn settle(&self, file: &mut FileScan<'_>) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for window in std::mem::take(&mut *waiting) {
            let chunk = Chunk {
                bytes: &window.bytes,
                start: window.start,
                encoding: window.encoding,
            };
            file.take(&chunk, window.fresh, false);
        }
    }
}

/// Sees the bytes of a packed file, on whatever thread they are read.
pub(super) struct Raw<'a> {
    engine: &'a Engine,
    origin: Arc<Origin>,
    overlap: Overlap,
    encoding: Encoding,
    /// What it is, once that is known.
    nature: Option<Nature>,
    /// What was not left behind, and where it begins.
    bytes: Vec<u8>,
    start: Position,
    /// What of that was scanned.
    scanned: usize,
    /// Whether something was left behind.
    cut: bool,
    handed_on: HandedOn,
    waiting: Waiting,
}

impl<'a> Raw<'a> {
    pub(super) fn new(engine: &'a Engine, origin: Arc<Origin>, overlap: Overlap) -> Self {
        Self {
            engine,
            origin,
            overlap,
            encoding: Encoding::Utf8,
            nature: None,
            bytes: Vec::new(),
            start: Position::START,
            scanned: 0,
            cut: false,
            handed_on: HandedOn::default(),
            waiting: Waiting::default(),
        }
    }

    /// Where windows wait.
    pub(super) fn waiting(&self) -> Waiting {
        self.waiting.clone()
    }

    /// Scans what is left, and returns what was handed on. Rules that need whole files are tried only on
    /// what stands before `lead`.
    pub(super) fn finish(mut self, file: &mut FileScan<'_>, lead: usize) -> HandedOn {
        if self.cut {
            self.scan(self.bytes.len());
            self.waiting.settle(file);
        } else {
            let whole = Chunk::whole(&self.bytes);
            let lead = lead.min(whole.bytes.len());
            if lead > 0 {
                let lead = Chunk::whole(whole.get(0..lead));
                file.take(&lead, 0..lead.bytes.len(), true);
            }
            let rest = lead..whole.bytes.len();
            if !rest.is_empty() {
                let from = lead.saturating_sub(self.overlap.before);
                let chunk = Chunk {
                    bytes: whole.get(from..whole.bytes.len()),
                    start: whole.position(from),
                    encoding: whole.encoding,
                };
                file.take(&chunk, rest.start - from..rest.end - from, lead == 0);
            }
        }
        self.handed_on
    }

    /// How many of the next bytes are alike, and whether they are wanted: what is far from both ends of
    /// a long content is not.
    fn next_run(&self) -> (usize, bool) {
        let at = self.handed_on.at;
        let Some(content) = self
            .handed_on
            .ranges
            .last()
            .filter(|content| at < content.end)
        else {
            return (usize::MAX, true);
        };
        let edge = wide(self.overlap.before);
        let long = self.cut || content.end - content.start > wide(WHOLE);
        let inner = content.start + edge..content.end.saturating_sub(edge);
        let (until, wanted) = if !long || at >= inner.end {
            (content.end, true)
        } else if at < inner.start {
            (inner.start, true)
        } else {
            (inner.end, false)
        };
        (usize::try_from(until - at).unwrap_or(usize::MAX), wanted)
    }

    /// Scans up to a place in the bytes that are here.
    fn scan(&mut self, end: usize) {
        if !self.cut {
            self.encoding = Encoding::sniff(&self.bytes);
        }
        let chunk = self.chunk(&self.bytes);
        let fresh = self.scanned..end.max(self.scanned);
        let input = Input {
            text: chunk.bytes,
            start: chunk.start.byte,
            origin: &self.origin,
            part: match self.nature {
                None => Part::First,
                Some(nature) => Part::Later(nature),
            },
        };
        let matches = self.engine.scan_file(input, fresh.clone());
        self.nature = Some(matches.nature);
        if is_wanted(&chunk, &matches, &self.handed_on) {
            self.waiting.push(Window {
                bytes: chunk.bytes.to_vec(),
                start: chunk.start,
                encoding: chunk.encoding,
                fresh: fresh.clone(),
            });
        }
        self.scanned = fresh.end;
        self.cut = true;
    }

    /// Forgets what stands before a place in the bytes that are here.
    fn forget(&mut self, before: usize) {
        self.start = self.chunk(&self.bytes).position(before);
        self.scanned = self.scanned.saturating_sub(before);
        self.bytes.drain(..before);
    }

    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        let most = if self.cut { WINDOW } else { WHOLE };
        if self.bytes.len() > most {
            self.scan(self.bytes.len().saturating_sub(self.overlap.after));
            self.forget(self.scanned.saturating_sub(self.overlap.before));
        }
    }

    /// Passes bytes that nothing is looked for in.
    fn pass(&mut self, bytes: &[u8]) {
        if !self.bytes.is_empty() {
            self.scan(self.bytes.len());
            self.forget(self.bytes.len());
        }
        self.cut = true;
        self.start = self.chunk(bytes).position(bytes.len());
    }

    fn chunk<'b>(&self, bytes: &'b [u8]) -> Chunk<'b> {
        Chunk {
            bytes,
            start: self.start,
            encoding: self.encoding,
        }
    }
}

impl Tap for Raw<'_> {
    fn bytes(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (length, wanted) = self.next_run();
            let (now, later) = bytes.split_at(length.min(bytes.len()));
            if wanted {
                self.push(now);
            } else {
                self.pass(now);
            }
            self.handed_on.bytes(now);
            bytes = later;
        }
    }

    fn handed_on(&mut self, length: u64) {
        self.handed_on.handed_on(length);
    }
}

/// Whether something was found that is not content alone.
fn is_wanted(chunk: &Chunk<'_>, matches: &Matches, handed_on: &HandedOn) -> bool {
    let mut hits = matches.hits.iter();
    let mut markers = matches.markers.iter();
    hits.any(|hit| !handed_on.holds_in(chunk, &hit.span))
        || markers.any(|at| !handed_on.holds_in(chunk, &(*at..*at + 1)))
}
