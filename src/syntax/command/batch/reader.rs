//! The words and operators of a batch file.

use crate::span::Span;
use crate::syntax::command::line::{Redirected, Word};
use crate::syntax::command::word::Builder;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::template;
use crate::syntax::{Spanned, Value};

/// How long the name of a variable may be, in bytes.
const MAX_NAME: usize = 200;

/// A command as it is written. Spans are in the text.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// The words, and where they stand with their quotes.
    pub(super) words: Vec<(Word, Span)>,
    pub(super) redirections: Vec<Redirected>,
    /// Where its words end, and what of it is no redirection.
    pub(super) end: usize,
    /// Whether its output goes to the next one.
    pub(super) is_piped: bool,
    /// The list of a `for`, without its brackets.
    pub(super) list: Option<Span>,
}

impl Draft {
    /// The word at a place, in small letters, if it is plain.
    pub(super) fn word(&self, at: usize) -> Option<String> {
        match &self.words.get(at)?.0.value.value {
            Value::Literal(text) => Some(text.to_ascii_lowercase()),
            _ => None,
        }
    }

    fn last_is(&self, text: &str) -> bool {
        let last = self.words.len().checked_sub(1);
        last.and_then(|last| self.word(last)).as_deref() == Some(text)
    }
}

/// Reads the commands of a batch file one by one.
pub(super) struct Reader<'t> {
    text: &'t MappedText,
    bytes: &'t [u8],
    at: usize,
    /// How many `(` are open.
    groups: usize,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t MappedText) -> Self {
        Self {
            text,
            bytes: text.bytes(),
            at: text.start(),
            groups: 0,
        }
    }

    fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// The next command, perhaps without words; none at the end.
    pub(super) fn next_command(&mut self) -> Option<Draft> {
        self.peek(0)?;
        let mut draft = Draft::default();
        let mut redirect: Option<String> = None;
        while let Some(byte) = self.peek(0) {
            let empty = draft.words.is_empty();
            match byte {
                b'\n' => {
                    self.at += 1;
                    break;
                }
                b' ' | b'\t' | b'\r' | 0 => self.at += 1,
                b'^' if self.line_goes_on() => {}
                b'@' if empty => self.at += 1,
                b':' if empty => self.skip_line(),
                b'&' => {
                    self.at += 1 + usize::from(self.peek(1) == Some(b'&'));
                    break;
                }
                b'|' => {
                    draft.is_piped = self.peek(1) != Some(b'|');
                    self.at += if draft.is_piped { 1 } else { 2 };
                    break;
                }
                b'(' if self.opens_group(&draft) => {
                    self.groups += 1;
                    self.at += 1;
                    break;
                }
                b'(' if draft.last_is("in") => draft.list = Some(self.list()),
                b')' if self.groups > 0 || empty => {
                    self.groups = self.groups.saturating_sub(1);
                    self.at += 1;
                    break;
                }
                b'>' | b'<' => redirect = Some(self.redirection(&mut draft)),
                _ => {
                    let start = self.at;
                    let word = self.word();
                    match redirect.take() {
                        Some(operator) => draft.redirections.push(Redirected {
                            operator,
                            target: word,
                        }),
                        None => {
                            draft.end = self.at;
                            draft.words.push((word, start..self.at));
                        }
                    }
                    if draft.words.len() == 1 && draft.word(0).as_deref() == Some("rem") {
                        self.skip_line();
                        draft.words.clear();
                    }
                }
            }
        }
        Some(draft)
    }

    fn skip_line(&mut self) {
        self.at += memchr::memchr(b'\n', self.rest()).unwrap_or(self.rest().len());
    }

    /// Reads `^` before the end of a line.
    fn line_goes_on(&mut self) -> bool {
        let length = match self.rest() {
            [b'^', b'\n', ..] => 2,
            [b'^', b'\r', b'\n', ..] => 3,
            _ => return false,
        };
        self.at += length;
        true
    }

    /// Whether a `(` begins a group of commands.
    fn opens_group(&self, draft: &Draft) -> bool {
        let first = draft.word(0);
        draft.words.is_empty()
            || draft.last_is("do")
            || draft.last_is("else")
            || first.as_deref() == Some("if")
    }

    /// Reads the list of a `for`.
    fn list(&mut self) -> Span {
        let start = self.at + 1;
        let line = memchr::memchr(b'\n', self.rest()).unwrap_or(self.rest().len());
        let line = self.rest().get(1..line).unwrap_or_default();
        let (mut depth, mut quoted) = (0_usize, false);
        let length = line.iter().position(|byte| {
            match byte {
                b'"' => quoted = !quoted,
                b'(' if !quoted => depth += 1,
                b')' if !quoted && depth == 0 => return true,
                b')' if !quoted => depth -= 1,
                _ => {}
            }
            false
        });
        let end = start + length.unwrap_or(line.len());
        self.at = end + usize::from(length.is_some());
        start..end
    }

    fn redirection(&mut self, draft: &mut Draft) -> String {
        let doubled = self.peek(0) == Some(b'>') && self.peek(1) == Some(b'>');
        let operator = self.rest().get(..1 + usize::from(doubled));
        let mut operator = String::from_utf8_lossy(operator.unwrap_or_default()).into_owned();
        // `2>` right before it.
        if let Some((word, span)) = draft.words.last()
            && span.end == self.at
            && span.len() == 1
            && word.text.bytes().first().is_some_and(u8::is_ascii_digit)
        {
            operator.insert_str(0, &String::from_utf8_lossy(word.text.bytes()));
            draft.words.pop();
            draft.end = draft.words.last().map_or(0, |(_, span)| span.end);
        }
        self.at += 1 + usize::from(doubled);
        if self.peek(0) == Some(b'&') {
            // `>&1` names no file.
            self.at += 1 + usize::from(self.peek(1).is_some_and(|byte| byte.is_ascii_digit()));
        }
        operator
    }

    /// Reads a word. It takes one byte at least.
    fn word(&mut self) -> Word {
        let mut word = Builder::new(self.at);
        let start = self.at;
        let mut quoted = false;
        while let Some(byte) = self.peek(0) {
            let ends = match byte {
                b'\n' => true,
                b' ' | b'\t' | b'\r' | b'&' | b'|' | b'<' | b'>' => !quoted,
                b')' => !quoted && self.groups > 0 && self.at > start,
                _ => false,
            };
            if ends {
                break;
            }
            match (byte, self.peek(1)) {
                (b'"', _) => {
                    word.quote(self.at);
                    quoted = !quoted;
                    self.at += 1;
                }
                (b'\\', Some(b'"')) if quoted && !self.ends_argument(2) => {
                    word.literal(self.text, b"\"", self.at..self.at + 2);
                    self.at += 2;
                }
                (b'^', Some(next)) if !quoted => {
                    if !self.line_goes_on() {
                        word.literal(self.text, &[next], self.at..self.at + 2);
                        self.at += 2;
                    }
                }
                _ => self.reference_or_run(&mut word, self.bytes.len()),
            }
        }
        word.finish(self.text)
    }

    /// Whether what comes after some bytes ends an argument: `"C:\"` ends in a backslash.
    fn ends_argument(&self, ahead: usize) -> bool {
        self.peek(ahead)
            .is_none_or(|byte| byte.is_ascii_whitespace())
    }

    /// Adds a reference, or plain bytes up to what may mean something.
    fn reference_or_run(&mut self, word: &mut Builder, end: usize) {
        let rest = self.bytes.get(self.at..end).unwrap_or_default();
        if let Some((value, length)) = reference(rest) {
            let span = self.at..self.at + length;
            if let Some(value) = value {
                word.reference(self.text, value, span, true);
            }
            self.at += length;
            return;
        }
        let means = |byte: &u8| byte.is_ascii_whitespace() || b"\"^&|<>()%!${\\".contains(byte);
        let run = rest.iter().skip(1).position(means);
        let span = self.at..self.at + run.map_or(rest.len(), |run| run + 1);
        let bytes = self.bytes.get(span.clone()).unwrap_or_default();
        word.literal(self.text, bytes, span.clone());
        self.at = span.end;
    }
}

/// Reads a piece of a text as the value of a variable.
pub(super) fn value(text: &MappedText, span: Span) -> Spanned<Value> {
    let mut word = Builder::new(span.start);
    let mut reader = Reader {
        text,
        bytes: text.bytes(),
        at: span.start,
        groups: 0,
    };
    while reader.at < span.end {
        reader.reference_or_run(&mut word, span.end);
    }
    let mut value = word.finish(text).value;
    if value.value == Value::Literal(String::new()) {
        value.value = Value::Null;
    }
    value
}

/// The reference that a text begins with, and its length.
fn reference(text: &[u8]) -> Option<(Option<Value>, usize)> {
    if let Some(foreign) = template::foreign(text) {
        return Some((foreign.value, foreign.length));
    }
    let variable = |name: &[u8]| {
        let name = String::from_utf8_lossy(name).into_owned();
        Some(Value::Variable(name, None))
    };
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.()-".contains(byte);
    match text {
        [b'%', b'%', name, ..] if name.is_ascii_alphabetic() => Some((variable(&[*name]), 3)),
        [b'%', b'~', rest @ ..] => {
            // `%~dp0`
            let letters = rest.iter().take(12).take_while(|b| b.is_ascii_alphabetic());
            let letters = letters.count();
            let ends = rest.get(letters).is_some_and(u8::is_ascii_digit);
            ends.then_some((Some(Value::Unknown), letters + 3))
        }
        [b'%', name @ (b'0'..=b'9' | b'*'), ..] => Some((variable(&[*name]), 2)),
        [mark @ (b'%' | b'!'), rest @ ..] => {
            let reach = rest.get(..rest.len().min(MAX_NAME))?;
            let name = reach.iter().position(|byte| !is_name(byte))?;
            // `%X:a=b%`
            let end = match reach.get(name) {
                Some(b':') => {
                    let line = memchr::memchr(b'\n', reach).unwrap_or(reach.len());
                    name + memchr::memchr(*mark, reach.get(name..line)?)?
                }
                byte => {
                    (byte == Some(mark)).then_some(())?;
                    name
                }
            };
            (name > 0).then(|| (variable(rest.get(..name).unwrap_or_default()), end + 2))
        }
        _ => None,
    }
}
