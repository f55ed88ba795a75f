//! What front-ends write to: facts, and documents within documents.

use std::sync::Arc;

use super::asked::Asked;
use super::mapped_text::MappedText;
use super::{
    Coverage, Document, Fact, FactKind, Format, Import, Place, Reading, Setting, Spanned, Value,
    text_size,
};
use crate::model::Models;
use crate::span::Span;

/// How deep documents may lie in each other.
const MAX_DEPTH: usize = 6;

/// How many facts a file may have, so that a hostile one stays bounded.
const MAX_FACTS: usize = 100_000;

/// How much text its facts may hold, in bytes.
const MAX_TEXT: usize = 128 << 20;

/// A document that is being lowered, from the whole file to the innermost script.
///
/// A front-end gets the [`MappedText`] of its document and this; all spans that it gives are spans of
/// that text.
pub(super) struct FactSink {
    document: Document,
    place: Vec<Place>,
    depth: usize,
    /// How much text there is room for.
    room: usize,
    models: Arc<Models>,
    asked: Asked,
}

impl FactSink {
    /// Lowers a whole file.
    pub(super) fn file(
        format: Format,
        bytes: &[u8],
        models: &Arc<Models>,
        asked: Asked,
    ) -> Document {
        let mut sink = Self {
            document: Document::default(),
            place: vec![Place::Document(format)],
            depth: 0,
            room: MAX_TEXT,
            models: Arc::clone(models),
            asked,
        };
        format.lower(&MappedText::whole(bytes), &mut sink);
        sink.document
    }

    /// What the world calls things.
    pub(super) fn models(&self) -> Arc<Models> {
        Arc::clone(&self.models)
    }

    /// Adds a fact of a document. `span` is in the file: see [`MappedText::origin`]. Its place among the
    /// facts is returned, for what comes after it in a pipe.
    pub(super) fn fact(&mut self, kind: FactKind, span: Span) -> Option<usize> {
        let room = self
            .room
            .checked_sub(text_size::of_fact(&kind, &self.place));
        self.room = room.unwrap_or_default();
        if room.is_none() || self.document.facts.len() == MAX_FACTS {
            self.covers(Coverage::Limited);
            return None;
        }
        self.document.facts.push(Fact {
            kind,
            span,
            place: self.place.clone(),
        });
        Some(self.document.facts.len() - 1)
    }

    /// Whether a call is wanted as a fact. In what another program runs, calls also tell where output goes.
    pub(super) fn wants_call(&self, callee: &str) -> bool {
        self.place.contains(&Place::Embedded) || self.asked.wants(callee)
    }

    /// Whether the values of settings of a program are wanted, and not only their keys.
    pub(super) fn wants_settings(&self) -> bool {
        self.place.contains(&Place::Embedded) || self.asked.wants_settings()
    }

    /// Adds a setting of one key, which stands from its key to its value.
    pub(super) fn setting(&mut self, key: Spanned<String>, value: Spanned<Value>) {
        let span = key.span.start..value.span.end.max(key.span.end);
        let path = vec![key];
        self.fact(FactKind::Setting(Setting { path, value }), span);
    }

    /// Whether there is room for no more facts.
    pub(super) fn is_full(&self) -> bool {
        self.document.coverage == Coverage::Limited
            && (self.document.facts.len() == MAX_FACTS || self.room == 0)
    }

    /// Lowers a document that lies within this one, in a place such as a key or an instruction.
    pub(super) fn nested(&mut self, place: Place, format: Format, text: &MappedText) {
        self.within(place, |sink| {
            if sink.depth == MAX_DEPTH {
                sink.covers(Coverage::Limited);
                return;
            }
            sink.depth += 1;
            sink.place.push(Place::Document(format));
            format.lower(text, sink);
            sink.place.pop();
            sink.depth -= 1;
        });
    }

    /// Runs `body` in a part of the document, such as an instruction or a cell.
    pub(super) fn within(&mut self, place: Place, body: impl FnOnce(&mut Self)) {
        self.place.push(place);
        body(self);
        self.place.pop();
    }

    /// Where the front-end stands, outermost first.
    pub(super) fn place(&self) -> &[Place] {
        &self.place
    }

    /// Says that a part of the document could not be parsed.
    pub(super) fn mark_errors(&mut self) {
        self.covers(Coverage::Damaged);
    }

    /// Says how much of a part of the document was read.
    pub(super) fn covers(&mut self, reading: impl Into<Reading>) {
        let reading = reading.into();
        let known = &mut self.document.coverage;
        *known = (*known).max(reading.coverage);
        self.document.errors = self.document.errors.saturating_add(reading.errors);
    }

    /// Adds an import of a program.
    pub(super) fn import(&mut self, import: Import) {
        self.document.imports.push(import);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::testing::lower;

    #[test]
    fn long_texts_that_stand_for_much_are_bounded() {
        let long = "a".repeat(100 << 10);
        let uses = |of: &str| of.repeat(2_000);
        for (format, text) in [
            (
                Format::Python,
                format!("s = '{long}'\n{}", uses("f(s, [s])\n")),
            ),
            (
                Format::Python,
                format!("from x import {long} as f\n{}", uses("f(f())\n")),
            ),
            (
                Format::JavaScript,
                format!("const s = '{long}';\n{}", uses("f(s, [s]);\n")),
            ),
            (Format::Json, format!("{{'{long}': [{}0]}}", uses("0,"))),
            (Format::Yaml, format!("s: &s {long}\n{}", uses("a: *s\n"))),
            (Format::Toml, format!("['{long}']\n{}", uses("a = 1\n"))),
            (Format::Hcl, format!("{long} {{\n{}}}\n", uses("a = 1\n"))),
        ] {
            let document = lower(format, text.as_bytes());
            let weights = document.facts.iter();
            let held: usize = weights
                .map(|fact| text_size::of_fact(&fact.kind, &fact.place))
                .sum();
            assert!(held > long.len(), "{format:?}");
            assert!(held <= MAX_TEXT, "{format:?}: {held}");
        }
    }
}
