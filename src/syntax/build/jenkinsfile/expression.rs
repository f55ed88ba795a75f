//! Arguments and expressions: where they end, and what they give.

use std::ops::Range;

use super::token::{Kind, Token};
use super::{MAX_PIECES, Reader};
use crate::span::Span;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::template::{self, Dialect};
use crate::syntax::{Spanned, Value};

impl Reader<'_> {
    /// The pieces that belong to an argument: after a label if it is there, else the first.
    pub(super) fn argument(&self, call: usize, label: &str) -> Option<Range<usize>> {
        let in_brackets = self.is_sign(call + 1, b'(');
        let (start, end) = match in_brackets {
            true => (call + 2, self.closing(call + 1)),
            false => (call + 1, self.tokens.len()),
        };
        let mut at = start;
        let mut first = None;
        while at < end && at < start + MAX_PIECES {
            let stop = self.expression_end(at, end);
            let blanks = (at..stop).take_while(|at| self.kind(*at) == Some(&Kind::Newline));
            let value = at + blanks.count();
            if self.is_sign(value + 1, b':') && self.word(value).is_some() {
                if self.word(value) == Some(label) {
                    return Some(value + 2..stop);
                }
            } else if first.is_none() && value < stop {
                first = Some(value..stop);
            }
            if !self.is_sign(stop, b',') {
                break;
            }
            at = stop + 1;
        }
        first
    }

    /// Where an expression ends that begins at a place: at a comma, a closing bracket, the end of a
    /// line.
    pub(super) fn expression_end(&self, start: usize, end: usize) -> usize {
        let end = end.min(start + MAX_PIECES);
        let mut at = start;
        let mut goes_on = true;
        while at < end {
            match self.kind(at) {
                Some(Kind::Newline) => {
                    let next = (at..end).find(|at| self.kind(*at) != Some(&Kind::Newline));
                    let next = next.unwrap_or(end);
                    let joined = self.is_sign(next, b'+') || self.is_sign(next, b'.');
                    if !goes_on && !joined {
                        return at;
                    }
                    at = next;
                    continue;
                }
                Some(Kind::Sign(b',' | b';' | b'=' | b')' | b']' | b'}')) => return at,
                Some(Kind::Sign(b'(' | b'[' | b'{')) => {
                    at = self.closing(at);
                    goes_on = false;
                }
                Some(Kind::Sign(b'+' | b':' | b'~')) => goes_on = true,
                _ => goes_on = false,
            }
            at += 1;
        }
        end.min(at)
    }

    /// The script of `sh '…'`, `sh(script: '…')`.
    pub(super) fn script_range(&self, at: usize) -> Option<Range<usize>> {
        let range = self.argument(at, "script")?;
        let strings = self.tokens.get(range.clone())?;
        let is_string = |token: &Token| matches!(token.kind, Kind::String(..));
        strings.iter().any(is_string).then_some(range)
    }

    /// What an expression of strings and names gives.
    pub(super) fn text_of(&self, range: Range<usize>) -> MappedText {
        let mut text = MappedText::default();
        let mut at = range.start;
        let end = range.end.min(range.start + MAX_PIECES);
        while at < end {
            let Some(token) = self.tokens.get(at) else {
                break;
            };
            match &token.kind {
                Kind::String(inner, quotes) => {
                    self.strings.append(inner.clone(), *quotes, &mut text);
                }
                Kind::Word => {
                    let end = self.path_end(at).min(range.end.saturating_sub(1)).max(at);
                    let span = token.span.start..self.span(end).end;
                    let origin = self.strings.text.origin(span.clone());
                    let called = self.is_sign(end + 1, b'(');
                    match self.strings.slice(&span) {
                        number @ [b'0'..=b'9', ..] => text.push(number, origin),
                        _ if called => self.strings.expression(b"()", origin, &mut text),
                        path => self.strings.expression(path, origin, &mut text),
                    }
                    at = if called { self.closing(end + 1) } else { end };
                }
                // `'…'.trim()`
                Kind::Sign(b'.') => {
                    at += 1;
                    if self.is_sign(at + 1, b'(') {
                        at = self.closing(at + 1);
                    }
                }
                // Of `a ?: b`, the first. Maps and closures have no text.
                Kind::Sign(b'~' | b'?' | b'{' | b'[') => break,
                _ => {}
            }
            at += 1;
        }
        text
    }

    /// The last piece of `name.name`.
    pub(super) fn path_end(&self, at: usize) -> usize {
        let mut end = at;
        while self.is_sign(end + 1, b'.') && self.word(end + 2).is_some() {
            end += 2;
        }
        end
    }

    pub(super) fn span(&self, at: usize) -> Span {
        self.tokens.get(at).map_or(0..0, |token| token.span.clone())
    }

    /// What an expression stands for.
    pub(super) fn value(&self, range: Range<usize>) -> Spanned<Value> {
        let start = self.span(range.start).start;
        let end = range
            .end
            .checked_sub(1)
            .map_or(start, |last| self.span(last).end);
        let origin = self.strings.text.origin(start..end.max(start));
        let of = |value, span| Spanned { value, span };
        match self.word(range.start) {
            Some("credentials") => {
                if let Some(name) = self.string(range.start + 2) {
                    return of(Value::CiSecret(name), origin);
                }
            }
            Some("sh" | "bat" | "powershell" | "pwsh") => {
                let script = self.script_range(range.start);
                let script = script.map(|range| self.text_of(range)).unwrap_or_default();
                let script = String::from_utf8_lossy(script.bytes()).trim().to_owned();
                return of(Value::Substitution(script), origin);
            }
            Some("null") => return of(Value::Null, origin),
            Some(word @ ("true" | "false")) => return of(Value::Literal(word.to_owned()), origin),
            _ => {}
        }
        if self.is_sign(range.start, b'[') || self.is_sign(range.start, b'{') {
            return of(Value::Unknown, origin);
        }
        let text = self.text_of(range);
        if text.bytes().is_empty() {
            return of(Value::Null, origin);
        }
        template::read(&text, 0..text.bytes().len(), Dialect::Plain)
    }
}
