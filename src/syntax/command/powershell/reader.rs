//! The loop over the bytes of a script.

use super::frame::{Draft, Frame, Kind, Mode, Quote};
use crate::syntax::command::reader;
use crate::syntax::command::word::Builder;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Spanned, Value, template};

/// The reader of a script.
pub(super) type Reader<'t> = reader::Reader<'t, Frame>;

impl reader::Frame for Frame {
    type Draft = Draft;
    type State = ();

    fn word(&mut self) -> &mut Option<Builder> {
        &mut self.word
    }
}

/// Reads a script to statements, and says whether a part of it was not understood.
pub(super) fn read(text: &MappedText) -> (Vec<Draft>, bool) {
    let mut reader = Reader::new(text, Frame::new(Kind::Script, 0));
    while let Some(byte) = reader.peek(0) {
        match reader.top().quote {
            Quote::None => reader.step(byte),
            Quote::Double => reader.quoted_step(byte),
            Quote::Here(end) => reader.here_step(byte, end),
        }
    }
    while reader.is_inside() {
        reader.has_errors = true;
        reader.close();
    }
    reader.end_statement();
    (reader.drafts, reader.has_errors)
}

impl Reader<'_> {
    /// Opens a frame after an opening of some length. One too many is plain text.
    pub(super) fn open(&mut self, kind: Kind, length: usize) {
        if !self.has_room() {
            return self.take(length);
        }
        if self.top().mode == Mode::Start {
            self.top().mode = match kind {
                Kind::Block => Mode::Head,
                _ => Mode::Expression,
            };
            self.top().span = self.at..self.at;
        }
        if !self.top().mode.is_head() {
            self.word();
        }
        self.push(Frame::new(kind, self.at));
        self.at += length;
    }

    /// Closes the innermost frame; the reader stands after its closing.
    fn close(&mut self) {
        self.end_statement();
        let shallow = self.shallow();
        let Some(mut frame) = self.pop() else {
            return;
        };
        if frame.kind == Kind::SetVariable {
            self.set_variable(&frame);
        }
        let mode = self.top().mode;
        if mode.is_head() {
            if frame.kind == Kind::Block || mode == Mode::Parameters {
                self.top().mode = Mode::Start;
            }
            return;
        }
        let inner = self.bytes.get(frame.start..self.at).unwrap_or_default();
        let dollar = inner.starts_with(b"$(");
        let inner = inner.get(1 + usize::from(dollar)..inner.len().saturating_sub(1));
        let value = match (frame.kind, frame.values.pop()) {
            (Kind::Brackets, _) if tells(inner.unwrap_or_default()) => Value::Unknown,
            (Kind::Brackets, Some(value)) if frame.values.is_empty() => value.value,
            (Kind::Brackets, _) if shallow => Value::Substitution(
                String::from_utf8_lossy(inner.unwrap_or_default())
                    .trim()
                    .to_owned(),
            ),
            _ => Value::Unknown,
        };
        self.refer(value, frame.start);
    }

    /// Reads on outside of strings.
    fn step(&mut self, byte: u8) {
        let mode = self.top().mode;
        let word = self.top().word.as_ref().map(Builder::plain);
        let fresh = word.is_none() || mode == Mode::Expression;
        // `f $x.y()`; after plain text a bracket is another word: `%{ … }`.
        let opens = fresh || word == Some(None);
        match (byte, self.peek(1)) {
            (b' ' | b'\t' | b'\r' | 0, _) => {
                self.end_word();
                self.at += 1;
            }
            (b'\n', _) => self.newline(),
            (b';', _) => self.end_with(1),
            (b'`', Some(b'\n')) => self.at += 2,
            (b'`', Some(b'\r')) if self.peek(2) == Some(b'\n') => self.at += 3,
            (b'<', Some(b'#')) => {
                let end = memchr::memmem::find(self.rest(), b"#>");
                self.at += end.map_or(self.rest().len(), |end| end + 2);
            }
            (b'#', _) if fresh => {
                self.at += memchr::memchr(b'\n', self.rest()).unwrap_or(self.rest().len());
            }
            (b'$' | b'{', _) if self.foreign_step() => {}
            (b'{' | b'(', _) if mode == Mode::Command && !opens => self.end_word(),
            (b'}', _) => self.closing(&[Kind::Block, Kind::Hash]),
            (b')', _) => self.closing(&[Kind::Brackets, Kind::SetVariable]),
            (b'|', Some(b'|')) | (b'&', Some(b'&')) => self.end_with(2),
            (b'|', _) => self.pipe(),
            _ if mode == Mode::Start && self.begin(byte) => {}
            (b'{', _) if opens || mode.is_head() => self.open(Kind::Block, 1),
            (b'(', _) if opens || mode.is_head() => self.open(Kind::Brackets, 1),
            (b'@', Some(b'{')) if fresh => self.open(Kind::Hash, 2),
            (b'@', Some(b'(')) if fresh => self.open(Kind::Brackets, 2),
            (b'@', Some(quote @ (b'"' | b'\''))) if fresh && self.here_string(quote) => {}
            _ if mode.is_head() => self.at += 1,
            (b'"', _) => {
                let at = self.at;
                self.word().quote(at);
                self.at += 1;
                self.top().quote = Quote::Double;
            }
            (b'\'', _) => self.single_quotes(),
            (b'$', _) => self.dollar(),
            (b'>', _) if matches!(mode, Mode::Command | Mode::Expression) => self.redirection(),
            (b'`', Some(next)) => self.take_as(2, &[next]),
            _ if mode == Mode::Expression => self.expression_step(byte),
            _ => self.take_run(means),
        }
    }

    fn expression_step(&mut self, byte: u8) {
        let in_brackets = matches!(self.top().kind, Kind::Brackets | Kind::SetVariable);
        match byte {
            b',' if in_brackets => {
                self.end_statement();
                self.at += 1;
            }
            b'+' => self.at += 1,
            b'.' | b'[' | b':' if self.top().word.is_some() => {
                // A part of what stands before, which tells as much; not its arguments.
                let word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.[]:".contains(byte);
                let length = self.rest().iter().take_while(|byte| word(byte)).count();
                self.at += length.max(1);
            }
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.take_run(means),
            _ => {
                self.top().odd = true;
                self.at += 1;
            }
        }
    }

    fn newline(&mut self) {
        self.end_word();
        self.at += 1;
        if self.top().mode.is_head() {
            // The block of a function or a condition may stand on a later line, behind comments.
            let blank = |byte: &&u8| byte.is_ascii_whitespace();
            self.at += self.rest().iter().take_while(blank).count();
            if matches!(self.rest(), [b'{' | b'(' | b'#', ..] | [b'<', b'#', ..]) {
                return;
            }
        }
        self.end_statement();
    }

    fn end_with(&mut self, length: usize) {
        self.end_statement();
        self.top().pipe = None;
        self.at += length;
    }

    fn pipe(&mut self) {
        self.write_output();
        self.at += 1;
        let before = self.drafts.len();
        self.end_statement();
        let last = self.drafts.len().checked_sub(1);
        let last = last.filter(|_| self.drafts.len() > before);
        if let Some(draft) = last.and_then(|last| self.drafts.get_mut(last)) {
            draft.is_piped = true;
        }
        self.top().pipe = last;
    }

    fn closing(&mut self, kinds: &[Kind]) {
        let is_open = kinds.contains(&self.top().kind);
        self.at += 1;
        if is_open {
            self.close();
        } else {
            self.has_errors = true;
        }
    }

    /// Takes what is none of the script's own, as an expression.
    pub(super) fn foreign_step(&mut self) -> bool {
        let is_foreign = template::foreign(self.rest()).is_some();
        if is_foreign {
            self.begin_expression();
            self.word();
            self.take_foreign();
        }
        is_foreign
    }

    /// What begins with a string or a reference is an expression.
    pub(super) fn begin_expression(&mut self) {
        if self.top().mode == Mode::Start {
            self.top().mode = Mode::Expression;
            self.top().span = self.at..self.at;
        }
    }

    /// Reads `$x`, `$env:X`, `${x}`, `$( … )`.
    pub(super) fn dollar(&mut self) {
        if self.peek(1) == Some(b'(') {
            return self.open(Kind::Brackets, 2);
        }
        let start = self.at;
        let Some((name, length)) = variable(self.rest()) else {
            return self.take(1);
        };
        let value = match name.value.as_str() {
            "true" | "false" => Value::Literal(name.value),
            "null" => Value::Null,
            _ => Value::Variable(name.value, None),
        };
        self.word();
        self.at += length;
        self.refer(value, start);
    }
}

/// Whether a byte may mean something outside of strings.
fn means(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"\"'`$;|&(){}><\0#@,".contains(&byte)
}

/// Whether an expression tells something of a value, such as whether there is one, and not the value.
fn tells(expression: &[u8]) -> bool {
    const TESTS: [&str; 12] = [
        "[bool]",
        "-not ",
        "!$",
        "::isnullor",
        ".length",
        ".count",
        " -ne ",
        " -eq ",
        " -like ",
        " -match ",
        " -replace ",
        "test-path",
    ];
    let expression = expression.to_ascii_lowercase();
    TESTS
        .iter()
        .any(|test| memchr::memmem::find(&expression, test.as_bytes()).is_some())
}

/// The name of the variable that a text begins with, and the length of it all.
pub(super) fn variable(text: &[u8]) -> Option<(Spanned<String>, usize)> {
    let (open, inner) = match text {
        [b'$', b'{', ..] => {
            let length = text.iter().take(200).position(|byte| *byte == b'}')?;
            (2, text.get(2..length)?)
        }
        _ => {
            let word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':');
            let length = text
                .iter()
                .skip(1)
                .take(200)
                .take_while(|b| word(b))
                .count();
            (1, text.get(1..1 + length)?)
        }
    };
    // A colon at the end is text: `"$x: y"`.
    let inner = match open {
        1 => inner.strip_suffix(b":").unwrap_or(inner),
        _ => inner,
    };
    let scope = inner.iter().rposition(|byte| *byte == b':');
    let start = scope.map_or(0, |scope| scope + 1);
    let name = String::from_utf8_lossy(inner.get(start..)?).into_owned();
    if name.is_empty() {
        return None;
    }
    let length = open + inner.len() + usize::from(open == 2);
    let span = open + start..open + inner.len();
    Some((Spanned { value: name, span }, length))
}
