//! A text that an editor has open.

use lsp_types::TextDocumentContentChangeEvent;

use super::position::{Lines, Units};

/// A text, and where its lines begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) version: i32,
    pub(super) language: String,
    pub(super) text: String,
    pub(super) lines: Lines,
}

impl Document {
    pub(super) fn new(version: i32, language: String, text: String) -> Self {
        Self {
            version,
            language,
            lines: Lines::of(&text),
            text,
        }
    }

    /// Makes changes, one after the other.
    pub(super) fn change(&mut self, changes: Vec<TextDocumentContentChangeEvent>, units: Units) {
        for change in changes {
            match change.range {
                None => self.text = change.text,
                Some(range) => {
                    let start = self.lines.byte(&self.text, range.start, units);
                    let end = self.lines.byte(&self.text, range.end, units).max(start);
                    self.text.replace_range(start..end, &change.text);
                }
            }
            self.lines = Lines::of(&self.text);
        }
    }
}
