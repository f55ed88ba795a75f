//! Words of instructions, and lists of strings.

use crate::span::Span;
use crate::syntax::command::line::Word;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::template;

/// Splits an instruction from `start` on into words, without their quotes.
pub(super) fn split(text: &MappedText, start: usize, escape: u8) -> Vec<MappedText> {
    let bytes = text.bytes();
    let mut words = Vec::new();
    let mut word: Option<MappedText> = None;
    let mut quote = None;
    let mut at = start;
    while let Some(byte) = bytes.get(at).copied() {
        let next = bytes.get(at + 1).copied();
        let escapes = byte == escape && quote != Some(b'\'');
        if quote.is_none() && byte.is_ascii_whitespace() {
            words.extend(word.take());
            at += 1;
        } else if quote.is_none()
            && let Some(length) = template(bytes.get(at..))
        {
            word.get_or_insert_default()
                .push_from(text, at..at + length);
            at += length;
        } else if escapes && next.is_some_and(|next| is_escapable(next, escape, quote)) {
            let bytes = bytes.get(at + 1..at + 2).unwrap_or_default();
            word.get_or_insert_default()
                .push(bytes, text.origin(at..at + 2));
            at += 2;
        } else if quote == Some(byte) || (quote.is_none() && matches!(byte, b'"' | b'\'')) {
            word.get_or_insert_default();
            quote = if quote.is_none() { Some(byte) } else { None };
            at += 1;
        } else {
            let rest = bytes.get(at + 1..).unwrap_or_default();
            let run = rest.iter().position(|byte| {
                let means = matches!(byte, b'"' | b'\'' | b'{' | b'$');
                means || *byte == escape || byte.is_ascii_whitespace()
            });
            let end = run.map_or(bytes.len(), |run| at + 1 + run);
            word.get_or_insert_default().push_from(text, at..end);
            at = end;
        }
    }
    words.extend(word);
    words
}

/// The length of the template that a text begins with.
fn template(text: Option<&[u8]>) -> Option<usize> {
    let text = text.filter(|text| text.starts_with(b"{{") || text.starts_with(b"${{"))?;
    Some(template::foreign(text)?.length)
}

/// Whether an escape takes the meaning of the next character away.
fn is_escapable(next: u8, escape: u8, quote: Option<u8>) -> bool {
    matches!(next, b'"' | b'\'') || next == escape || (quote.is_none() && next == b' ')
}

/// Reads a JSON list of strings; none if there is anything else.
pub(super) fn json(text: &MappedText, start: usize) -> Option<Vec<Word>> {
    let bytes = text.bytes();
    let blanks = |at: usize| {
        let rest = bytes.get(at..).unwrap_or_default();
        at + (rest.len() - rest.trim_ascii_start().len())
    };
    if bytes.get(start) != Some(&b'[') {
        return None;
    }
    let mut words = Vec::new();
    let mut at = blanks(start + 1);
    if bytes.get(at) == Some(&b']') {
        return Some(words);
    }
    loop {
        let (word, end) = string(text, at)?;
        words.push(word);
        at = blanks(end);
        match bytes.get(at)? {
            b',' => at = blanks(at + 1),
            b']' => break,
            _ => return None,
        }
    }
    (blanks(at + 1) == bytes.len()).then_some(words)
}

/// Reads a JSON string; where it ends is returned too.
fn string(text: &MappedText, start: usize) -> Option<(Word, usize)> {
    let bytes = text.bytes();
    if bytes.get(start) != Some(&b'"') {
        return None;
    }
    let mut word = MappedText::default();
    let mut at = start + 1;
    loop {
        let rest = bytes.get(at..)?;
        let run = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
        word.push_from(text, at..at + run);
        at += run;
        if rest.get(run) == Some(&b'"') {
            let span: Span = text.origin(start + 1..at);
            return Some((Word::literal(word, span), at + 1));
        }
        let (value, length) = match rest.get(run + 1)? {
            b'n' => ('\n', 2),
            b't' => ('\t', 2),
            b'r' => ('\r', 2),
            b'u' => {
                let digits = std::str::from_utf8(rest.get(run + 2..run + 6)?).ok()?;
                let code = u32::from_str_radix(digits, 16).ok()?;
                (char::from_u32(code).unwrap_or('\u{fffd}'), 6)
            }
            other if other.is_ascii_punctuation() => (char::from(*other), 2),
            _ => return None,
        };
        let mut buffer = [0; 4];
        let bytes = value.encode_utf8(&mut buffer).as_bytes();
        word.push(bytes, text.origin(at..at + length));
        at += length;
    }
}
