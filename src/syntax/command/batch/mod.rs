//! Batch files of Windows: `set` and `setx` are settings, all else is commands.
//!
//! The reader is our own: `tree-sitter-batch` keeps the words of a command as one piece of text, so
//! that quotes, `^` and `%X%` are still to be read. Nothing here nests but lists in brackets, which
//! are counted.

mod reader;
#[cfg(test)]
mod tests;

use super::line::{Line, Word};
use super::pipe::{Piped, Pipes};
use crate::span::Span;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::{MappedText, trim};
use crate::syntax::{Format, Place, Spanned, Value};
use reader::{Draft, Reader};

/// Lowers a batch file.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let mut reader = Reader::new(text);
    let mut pipes = Pipes::default();
    let mut id = 0;
    let mut from = None;
    while let Some(draft) = reader.next_command() {
        if let Some(list) = &draft.list {
            loop_command(text, list.clone(), sink);
        }
        let is_source = draft.is_piped;
        if let Some((line, span)) = command(text, draft, sink) {
            let piped = Piped {
                id,
                from,
                is_source,
            };
            pipes.lower(line, piped, span, sink);
        }
        from = Some(id);
        id += 1;
    }
}

/// A command with the bytes of the file that it stands at; none if it only sets a variable or a label.
fn command(text: &MappedText, mut draft: Draft, sink: &mut FactSink) -> Option<(Line, Span)> {
    draft.words.drain(..prefixes(&draft).min(draft.words.len()));
    let (_, first) = draft.words.first()?;
    let whole = first.start..draft.end.max(first.end);
    let span = text.origin(whole.clone());
    match draft.word(0)?.as_str() {
        "set" if draft.words.len() > 1 => {
            set(text, first.end..whole.end, sink);
            return None;
        }
        "setx" => {
            if let [_, (name, name_span), (value, _), ..] = draft.words.as_slice() {
                let key = Spanned {
                    value: String::from_utf8_lossy(name.text.bytes()).into_owned(),
                    span: text.origin(name_span.clone()),
                };
                sink.setting(key, value.value.clone());
            }
        }
        word if word.starts_with(':') => return None,
        _ => {}
    }
    let line = Line {
        words: draft.words.into_iter().map(|(word, _)| word).collect(),
        redirections: draft.redirections,
        ..Line::default()
    };
    Some((line, span))
}

/// How many words stand before the command itself: conditions, loops, `call`.
fn prefixes(draft: &Draft) -> usize {
    let mut at = 0;
    loop {
        at += match draft.word(at).as_deref() {
            Some("call" | "else" | "do" | "@") => 1,
            Some("if") => 1 + condition(draft, at + 1),
            Some("for") => {
                let rest = (at..draft.words.len()).find(|at| {
                    let word = draft.word(*at);
                    word.as_deref() == Some("do")
                });
                return match rest {
                    Some(place) => place + 1 + after_do(draft, place + 1),
                    None => draft.words.len(),
                };
            }
            Some("start") => 1 + options_of_start(draft, at + 1),
            _ => return at,
        };
    }
}

/// The prefixes of what a loop does; no loop in it is looked into.
fn after_do(draft: &Draft, at: usize) -> usize {
    match draft.word(at).as_deref() {
        Some("call") => 1,
        Some("if") => 1 + condition(draft, at + 1),
        _ => 0,
    }
}

/// How many words the condition of an `if` has.
fn condition(draft: &Draft, from: usize) -> usize {
    let mut at = from;
    while matches!(draft.word(at).as_deref(), Some("not" | "/i")) {
        at += 1;
    }
    if matches!(
        draft.word(at).as_deref(),
        Some("exist" | "defined" | "errorlevel" | "cmdextversion")
    ) {
        return at + 2 - from;
    }
    let raw = |at: usize| draft.words.get(at).map(|(word, _)| word.text.bytes());
    let equals = |bytes: &[u8]| memchr::memmem::find(bytes, b"==").is_some();
    let first = raw(at).unwrap_or_default();
    let words = if equals(first) {
        1 + usize::from(first.ends_with(b"=="))
    } else if raw(at + 1).is_some_and(|word| word.starts_with(b"==") && word.len() > 2) {
        2
    } else {
        // `a == b`, `a EQU b`
        3
    };
    at + words - from
}

/// How many words `start` has before the program: its title and its options.
fn options_of_start(draft: &Draft, from: usize) -> usize {
    let words = draft.words.get(from..).unwrap_or_default();
    let is_title = |(word, span): &(Word, Span)| span.len() == word.text.bytes().len() + 2;
    let title = usize::from(words.first().is_some_and(is_title));
    let is_option = |(word, _): &&(Word, Span)| word.text.bytes().starts_with(b"/");
    title + words.iter().skip(title).take_while(is_option).count()
}

/// The command in `for /f %%i in ('command') do`.
fn loop_command(text: &MappedText, list: Span, sink: &mut FactSink) {
    let bytes = text.slice(&list);
    let blanks = bytes.len() - bytes.trim_ascii_start().len();
    if let [b'\'', inner @ .., b'\''] | [b'`', inner @ .., b'`'] = bytes.trim_ascii() {
        let start = list.start + blanks + 1;
        let script = text.cut(start..start + inner.len());
        sink.nested(Place::Embedded, Format::Batch, &script);
    }
}

/// Reads what comes after `set`: `X=y`, `"X=y"`, `/p X=prompt`.
fn set(text: &MappedText, span: Span, sink: &mut FactSink) {
    let slice = |span: &Span| text.slice(span);
    let trim = |span| trim(text.bytes(), span);
    let mut span = trim(span);
    let mut known = true;
    if let [b'/', letter, rest @ ..] = slice(&span) {
        known = !letter.is_ascii_alphabetic();
        span = trim(span.end - rest.len()..span.end);
    }
    if slice(&span).first() == Some(&b'"') {
        // What comes after the last quote does not count.
        let last = memchr::memrchr(b'"', slice(&span)).filter(|last| *last > 0);
        let end = last.map_or(span.end, |last| span.start + last);
        span = span.start + 1..end;
    }
    let Some(equals) = memchr::memchr(b'=', slice(&span)) else {
        return;
    };
    let name = span.start..span.start + equals;
    let mut inner = name.end + 1..span.end.max(name.end + 1);
    if let [b'"', middle @ .., b'"'] = slice(&inner) {
        inner = inner.start + 1..inner.start + 1 + middle.len();
    }
    let value = match known {
        true => reader::value(text, inner),
        false => Spanned {
            value: Value::Unknown,
            span: text.origin(inner),
        },
    };
    sink.setting(text.name(name), value);
}
