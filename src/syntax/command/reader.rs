//! Where a reader stands in a script whose brackets lie in each other: what the shell and PowerShell share.

use super::word::Builder;
use crate::span::Span;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Value, template};

/// How deep brackets of all kinds may lie in each other. What is deeper is read as plain text.
const MAX_NESTING: usize = 128;

/// How deep references are kept with their text. Each level holds the text of those within it.
const MAX_RECORDED: usize = 12;

/// Something that was opened and ends at its own closing.
pub(super) trait Frame {
    /// What becomes a fact.
    type Draft;
    /// What else a language keeps.
    type State: Default;

    /// The word that is being read.
    fn word(&mut self) -> &mut Option<Builder>;
}

/// The state of reading one script.
pub(super) struct Reader<'t, F: Frame> {
    pub(super) text: &'t MappedText,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    /// Where reading stops for now.
    pub(super) end: usize,
    /// From where on no single quote comes before that.
    pub(super) no_single_quote_from: usize,
    frames: Vec<F>,
    bottom: F,
    pub(super) drafts: Vec<F::Draft>,
    pub(super) state: F::State,
    pub(super) has_errors: bool,
}

impl<'t, F: Frame> Reader<'t, F> {
    /// A reader of a script, of which `bottom` is all.
    pub(super) fn new(text: &'t MappedText, bottom: F) -> Self {
        Self {
            text,
            bytes: text.bytes(),
            at: text.start(),
            end: text.bytes().len(),
            no_single_quote_from: usize::MAX,
            frames: Vec::new(),
            bottom,
            drafts: Vec::new(),
            state: F::State::default(),
            has_errors: false,
        }
    }

    /// The innermost frame.
    pub(super) fn top(&mut self) -> &mut F {
        self.frames.last_mut().unwrap_or(&mut self.bottom)
    }

    /// Whether one more frame may be opened.
    pub(super) fn has_room(&mut self) -> bool {
        let has_room = self.frames.len() < MAX_NESTING;
        self.has_errors |= !has_room;
        has_room
    }

    /// Opens a frame.
    pub(super) fn push(&mut self, frame: F) {
        self.frames.push(frame);
    }

    /// Takes the innermost frame off.
    pub(super) fn pop(&mut self) -> Option<F> {
        self.frames.pop()
    }

    /// Whether anything is open.
    pub(super) fn is_inside(&self) -> bool {
        !self.frames.is_empty()
    }

    /// Whether the frames are few enough to keep the text of a reference.
    pub(super) fn shallow(&self) -> bool {
        self.frames.len() < MAX_RECORDED
    }

    /// The byte `ahead` of here.
    pub(super) fn peek(&self, ahead: usize) -> Option<u8> {
        self.rest().get(ahead).copied()
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.at..self.end).unwrap_or_default()
    }

    /// The word that is being read, perhaps a new one.
    pub(super) fn word(&mut self) -> &mut Builder {
        let at = self.at;
        let word = self.top().word();
        word.get_or_insert_with(|| Builder::new(at))
    }

    /// Adds the next bytes to the word as they are.
    pub(super) fn take(&mut self, length: usize) {
        let end = (self.at + length).min(self.end);
        self.take_as(length, self.bytes.get(self.at..end).unwrap_or_default());
    }

    /// Adds to the word what the next bytes stand for.
    pub(super) fn take_as(&mut self, length: usize, plain: &[u8]) {
        let (text, span) = (self.text, self.at..(self.at + length).min(self.end));
        self.word().literal(text, plain, span.clone());
        self.at = span.end;
    }

    /// Adds the next bytes up to one that may mean something.
    pub(super) fn take_run(&mut self, means: impl Fn(u8) -> bool) {
        self.take_run_to(self.end, means);
    }

    /// The same, no further than a place.
    pub(super) fn take_run_to(&mut self, end: usize, means: impl Fn(u8) -> bool) {
        let rest = self.bytes.get(self.at..end.min(self.end));
        let rest = rest.unwrap_or_default();
        let plain = rest.iter().skip(1).position(|byte| means(*byte));
        self.take(plain.map_or(rest.len().max(1), |plain| plain + 1));
    }

    /// Adds a reference from `start` to here to the word.
    pub(super) fn refer(&mut self, value: Value, start: usize) {
        let (text, span, shallow): (_, Span, _) = (self.text, start..self.at, self.shallow());
        self.word().reference(text, value, span, shallow);
    }

    /// Takes an expression of a CI system or a template, which is none of the script's own.
    pub(super) fn take_foreign(&mut self) -> bool {
        let Some(foreign) = template::foreign(self.rest()) else {
            return false;
        };
        let start = self.at;
        if foreign.value.is_some() {
            self.word();
        }
        self.at += foreign.length;
        if let Some(value) = foreign.value {
            self.refer(value, start);
        }
        true
    }

    /// Reads what stands in single quotes, up to the closing one, of which the place is returned. One that is
    /// never closed is an apostrophe, and is taken as it is. `signs` are what may begin an expression of a
    /// CI system, which puts its values in without regard to quotes.
    pub(super) fn take_single_quoted(&mut self, signs: &[u8]) -> Option<usize> {
        let at = self.at;
        let inner = self.rest().get(1..).unwrap_or_default();
        // Searched once: if there is none, there is none after any later quote either.
        let length = match self.no_single_quote_from <= at {
            true => None,
            false => memchr::memchr(b'\'', inner),
        };
        let Some(length) = length else {
            self.no_single_quote_from = self.no_single_quote_from.min(at);
            self.has_errors = true;
            self.take(1);
            return None;
        };
        self.word().quote(at);
        self.at += 1;
        let end = self.at + length;
        while self.at < end {
            if self.at + 4 >= end || !self.take_foreign() {
                self.take_run_to(end, |byte| signs.contains(&byte));
            }
        }
        Some(end)
    }
}
