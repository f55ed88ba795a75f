//! A word as it is put together from quoted, escaped and expanded pieces.

use super::line::Word;
use crate::span::Span;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Spanned, Value};

/// A word that is being read. Spans given to it are in the text.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    pub(crate) start: usize,
    /// Whether the reader is within double quotes of the word.
    pub(crate) quoted: bool,
    /// Whether no quote, escape or reference was met: only such a word can be a keyword.
    pub(crate) plain: bool,
    /// Where an empty word would stand: after its opening quote.
    inner: usize,
    parts: Vec<Spanned<Value>>,
    literal: Vec<u8>,
    literal_span: Span,
    text: MappedText,
}

impl Builder {
    pub(crate) fn new(start: usize) -> Self {
        Self {
            start,
            inner: start,
            plain: true,
            ..Self::default()
        }
    }

    /// Notes a quote or an escape.
    pub(crate) fn quote(&mut self, at: usize) {
        if self.plain && self.literal.is_empty() {
            self.inner = at + 1;
        }
        self.plain = false;
    }

    /// What was read so far, if it was all plain text.
    pub(crate) fn plain(&self) -> Option<&[u8]> {
        self.plain.then_some(self.literal.as_slice())
    }

    /// Adds text that came from `span` of the source.
    pub(crate) fn literal(&mut self, source: &MappedText, bytes: &[u8], span: Span) {
        if bytes.is_empty() {
            return;
        }
        if self.literal.is_empty() {
            self.literal_span = span.clone();
        }
        self.literal.extend_from_slice(bytes);
        self.literal_span.end = span.end;
        if bytes.len() == span.len() {
            self.text.push_from(source, span);
        } else {
            self.text.push(bytes, source.origin(span));
        }
    }

    /// Adds a reference. One that lies too deep has no text.
    pub(crate) fn reference(
        &mut self,
        source: &MappedText,
        value: Value,
        span: Span,
        shallow: bool,
    ) {
        self.plain = false;
        self.flush(source);
        self.parts.push(Spanned {
            value,
            span: source.origin(span.clone()),
        });
        if shallow {
            self.text.push_from(source, span);
        }
    }

    fn flush(&mut self, source: &MappedText) {
        if !self.literal.is_empty() {
            let text = String::from_utf8_lossy(&self.literal).into_owned();
            self.parts.push(Spanned {
                value: Value::Literal(text),
                span: source.origin(self.literal_span.clone()),
            });
            self.literal.clear();
        }
    }

    pub(crate) fn finish(mut self, source: &MappedText) -> Word {
        self.flush(source);
        let inner = source.origin(self.inner..self.inner).start;
        let start = self.parts.first().map_or(inner, |part| part.span.start);
        let end = self.parts.last().map_or(start, |part| part.span.end);
        let value = match self.parts.len() {
            0 => Value::Literal(String::new()),
            1 => self.parts.remove(0).value,
            _ => Value::Text(self.parts),
        };
        let value = Spanned {
            value,
            span: start..end.max(start),
        };
        Word {
            value,
            text: self.text,
        }
    }
}
