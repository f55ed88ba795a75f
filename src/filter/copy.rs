//! The copying of one text, window by window.

use std::io::{self, Write};
use std::ops::Range;

use super::cut::{Cut, Marking, encoding, merge};
use super::sealed::sealed;
use super::view::View;
use super::{Filter, FilterError};
use crate::engine::{Bounds, Input, Nature, Part};
use crate::finding::Hit;
use crate::redact::Secret;
use crate::source::{Chunk, Encoding, Origin};
use crate::span::{Span, wide};
use crate::stream::{Step, Supply, Window};

/// Bytes that were read and may not be written yet are kept up to this number; credentials that lie
/// over each other for longer are a jest.
const HELD: u64 = 64 << 10;

/// How often what becomes of a chunk is scanned, until nothing is found.
const ROUNDS: usize = 8;

/// A text that is copied.
pub(super) struct Text<'t> {
    origin: &'t Origin,
    /// What it is, if checksums cover it.
    sealed: Option<&'static str>,
    /// Whether it is a part of a file whose length must stay.
    part: bool,
}

impl<'t> Text<'t> {
    /// A text with this beginning.
    pub(super) fn new(origin: &'t Origin, head: &[u8]) -> Self {
        Self {
            origin,
            sealed: sealed(origin.name(), head),
            part: false,
        }
    }

    /// A value in memory, which is no file, and no part of one.
    pub(super) fn value(origin: &'t Origin) -> Self {
        Self {
            origin,
            sealed: None,
            part: false,
        }
    }

    /// A part of a packed file, whose length must stay.
    pub(super) fn part(origin: &'t Origin) -> Self {
        Self {
            origin,
            sealed: None,
            part: true,
        }
    }

    /// What it is called, for messages.
    pub(super) fn name(&self) -> String {
        self.origin.name().to_owned()
    }
}

/// A copy in progress. Places count from the beginning of the text.
pub(super) struct Copy<'c, 's, 'w> {
    filter: &'c mut Filter<'s>,
    out: &'w mut dyn Write,
    text: &'c Text<'c>,
    /// What the text is, once that is known.
    nature: Option<Nature>,
    marking: Marking,
    /// What was dealt with.
    done: u64,
    /// Bytes from `done` on that the window may have left behind.
    held: Vec<u8>,
    /// What is to be cut out from `done` on.
    cuts: Vec<Cut>,
}

impl<'c, 's, 'w> Copy<'c, 's, 'w> {
    pub(super) fn new(
        filter: &'c mut Filter<'s>,
        out: &'w mut dyn Write,
        text: &'c Text<'c>,
    ) -> Self {
        let marking = if text.part {
            Marking::Fitting
        } else {
            Marking::Free
        };
        Self {
            filter,
            out,
            text,
            nature: None,
            marking,
            done: 0,
            held: Vec::new(),
            cuts: Vec::new(),
        }
    }

    /// Copies all windows of a stream whose first is open.
    pub(super) fn run(
        mut self,
        window: &mut Window,
        supply: &mut Supply<'_>,
    ) -> Result<(), FilterError> {
        loop {
            let fresh = window.fresh();
            let chunk = window.chunk();
            self.find(&chunk, fresh.clone(), window.is_whole())?;
            self.write(&chunk, fresh.end).map_err(FilterError::Write)?;
            loop {
                match window.advance(supply) {
                    Step::More => break,
                    Step::Pause => self.write_lines(&window.chunk(), window.pending())?,
                    Step::End => {
                        self.out.flush().map_err(FilterError::Write)?;
                        return window.error().map_or(Ok(()), |e| Err(FilterError::Read(e)));
                    }
                }
            }
        }
    }

    /// Notes the credentials in some bytes of a chunk: all that a scan would find in them, and then in
    /// what becomes of them. What is left of two may look like a third.
    fn find(&mut self, chunk: &Chunk<'_>, range: Span, whole: bool) -> Result<(), FilterError> {
        let mut hits = self.hits(chunk, range.clone(), whole);
        let mut view = View::of(chunk, &[], self.marking);
        if !self.cut(&view, &hits) {
            return Ok(());
        }
        let binary = |nature: Nature| nature.bounds == Bounds::Fields;
        let binary = self.nature.is_some_and(binary) && chunk.encoding == Encoding::Utf8;
        if self.marking == Marking::Free && (binary || is_binary(chunk)) {
            self.marking = Marking::Fitting;
        }
        if let Some(what) = self.text.sealed {
            return Err(FilterError::Sealed(what));
        }
        for _ in 0..ROUNDS {
            self.cuts.sort_by_key(|cut| (cut.start, cut.end));
            view = View::of(chunk, &merge(self.cuts.clone()), self.marking);
            hits = self.hits(&view.chunk(chunk), view.inward(chunk, &range), whole);
            if !self.cut(&view, &hits) {
                return Ok(());
            }
        }
        Err(FilterError::Left(self.text.name()))
    }

    /// What a scan finds in some bytes of a chunk that has to be hidden.
    fn hits(&mut self, chunk: &Chunk<'_>, range: Span, whole: bool) -> Vec<Hit> {
        let engine = &self.filter.scanner.engine;
        let input = Input {
            text: chunk.bytes,
            start: chunk.start.byte,
            origin: self.text.origin,
            part: match self.nature {
                _ if whole => Part::Whole,
                None => Part::First,
                Some(nature) => Part::Later(nature),
            },
        };
        let matches = engine.scan_all(input, range);
        self.nature = Some(matches.nature);
        let mut hits = matches.hits;
        hits.retain(|hit| !hit.hide.is_empty());
        hits
    }

    /// Cuts out what was found in a view. False if all of that was dealt with before.
    fn cut(&mut self, view: &View, hits: &[Hit]) -> bool {
        let before = self.cuts.len();
        for hit in hits {
            let mut secret = hit.secret.as_ref();
            for piece in &hit.pieces {
                self.cut_span(view, hit, piece, secret.take());
            }
            // The bytes of a credential are given by its pieces or, where there are none, as a whole.
            let whole = hit.pieces.is_empty();
            for other in hit.hide.iter().filter(|other| whole || **other != hit.span) {
                let own = Secret::new(view.get(other));
                let secret = hit.secret.as_ref().filter(|_| *other == hit.span);
                self.cut_span(view, hit, other, Some(secret.unwrap_or(&own)));
            }
        }
        self.cuts.len() > before
    }

    fn cut_span(&mut self, view: &View, hit: &Hit, span: &Span, secret: Option<&Secret>) {
        let Range { start, end } = view.outward(span);
        let start = start.max(self.done);
        if start < end {
            self.cuts.push(Cut {
                start,
                end,
                weight: (
                    !self.filter.scanner.engine.meta(hit.rule).guessable,
                    end - start,
                ),
                encoding: encoding(view.get(span)),
                mark: secret.map(|secret| self.filter.marks.mark(secret)),
            });
        }
    }

    /// Writes all up to a place in a chunk, but for credentials that may lie over others behind it.
    fn write(&mut self, chunk: &Chunk<'_>, end: usize) -> io::Result<()> {
        let mut limit = chunk.start.byte + wide(end);
        let cuts = std::mem::take(&mut self.cuts);
        let mut regions = merge(cuts).into_iter().peekable();
        while let Some(region) = regions.next_if(|region| region.start < limit) {
            if region.end > limit && limit - region.start < HELD && !chunk_ends(chunk, end) {
                limit = region.start;
                self.cuts.push(region);
                break;
            }
            self.plain(chunk, region.start)?;
            if region.mark.is_some() {
                self.filter.redacted += 1;
            }
            self.out.write_all(&region.written(self.marking))?;
            self.skip(region.end);
        }
        self.cuts.extend(regions);
        self.plain(chunk, limit)?;
        // The window moves on, and leaves this behind.
        let reached = self.done + wide(self.held.len());
        let from = usize::try_from(reached.saturating_sub(chunk.start.byte)).unwrap_or(end);
        self.held.extend_from_slice(chunk.get(from..end.max(from)));
        Ok(())
    }

    /// Writes bytes as they are, up to a place.
    fn plain(&mut self, chunk: &Chunk<'_>, upto: u64) -> io::Result<()> {
        if upto <= self.done {
            return Ok(());
        }
        let count = usize::try_from(upto - self.done).unwrap_or(usize::MAX);
        let of_held = count.min(self.held.len());
        self.out
            .write_all(self.held.get(..of_held).unwrap_or_default())?;
        self.held.drain(..of_held);
        self.done += wide(of_held);
        let at = |place: u64| {
            usize::try_from(place.saturating_sub(chunk.start.byte)).unwrap_or(usize::MAX)
        };
        if self.done < upto {
            self.out.write_all(chunk.get(at(self.done)..at(upto)))?;
            self.done = upto;
        }
        Ok(())
    }

    /// Leaves bytes out, up to a place.
    fn skip(&mut self, upto: u64) {
        let count = usize::try_from(upto.saturating_sub(self.done)).unwrap_or(usize::MAX);
        self.held.drain(..count.min(self.held.len()));
        self.done = self.done.max(upto);
    }

    /// While the stream pauses: writes the lines that are sure.
    fn write_lines(&mut self, chunk: &Chunk<'_>, pending: Span) -> Result<(), FilterError> {
        let Some(last) = memchr::memrchr2(b'\n', b'\r', chunk.bytes) else {
            return self.out.flush().map_err(FilterError::Write);
        };
        let mut end = last + 1;
        let ended = chunk.get(0..end);
        let engine = &self.filter.scanner.engine;
        let open = engine.open_end(ended, pending.start);
        if let Some(open) = open {
            end = memchr::memrchr2(b'\n', b'\r', chunk.get(0..open)).map_or(0, |feed| feed + 1);
        }
        if end > pending.start {
            let before = self.cuts.clone();
            self.find(chunk, pending.start..end, false)?;
            // What crosses this end is found again when it is sure.
            let limit = chunk.start.byte + wide(end);
            let crossing = self.cuts.iter().filter(|cut| cut.end > limit);
            let limit = crossing
                .map(|cut| cut.start)
                .min()
                .unwrap_or(limit)
                .min(limit);
            self.cuts.retain(|cut| cut.end <= limit);
            let end = usize::try_from(limit.saturating_sub(chunk.start.byte)).unwrap_or(0);
            self.write(chunk, end).map_err(FilterError::Write)?;
            self.cuts = before;
            self.cuts.retain(|cut| cut.start >= self.done);
        }
        self.out.flush().map_err(FilterError::Write)
    }
}

fn chunk_ends(chunk: &Chunk<'_>, end: usize) -> bool {
    chunk.bytes.len() == end
}

/// Whether a text is none, but bytes that may know each other's places: it has characters that no text
/// has, or is not UTF-8. What terminals and printers are told is text.
fn is_binary(chunk: &Chunk<'_>) -> bool {
    if chunk.encoding != Encoding::Utf8 {
        return false;
    }
    let odd = |byte: &u8| matches!(byte, 0..=6 | 0x0E..=0x1A | 0x1C..=0x1F);
    let begun = chunk.next_boundary(0);
    let text = std::str::from_utf8(chunk.get(begun..chunk.bytes.len()));
    let cut = text.is_err_and(|error| error.error_len().is_some());
    cut || chunk.bytes.iter().any(odd)
}
