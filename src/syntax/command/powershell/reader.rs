//! The loop over the bytes of a script.

use super::frame::{Draft, Frame, Kind, Mode, Quote};
use crate::syntax::command::word::Builder;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Spanned, Value, template};

/// How deep brackets of all kinds may lie in each other. What is deeper is read as plain text.
const MAX_NESTING: usize = 128;

/// How deep references are kept with their text. Each level holds the text of those within it.
const MAX_RECORDED: usize = 12;

/// The state of reading one script.
pub(super) struct Reader<'t> {
    pub(super) text: &'t MappedText,
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    frames: Vec<Frame>,
    bottom: Frame,
    pub(super) drafts: Vec<Draft>,
    pub(super) has_errors: bool,
    /// From where on no single quote comes.
    pub(super) no_single_quote_from: usize,
}

/// Reads a script to statements, and says whether a part of it was not understood.
pub(super) fn read(text: &MappedText) -> (Vec<Draft>, bool) {
    let bytes = text.bytes();
    let mut reader = Reader {
        text,
        bytes,
        at: if bytes.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        },
        frames: Vec::new(),
        bottom: Frame::new(Kind::Script, 0),
        drafts: Vec::new(),
        has_errors: false,
        no_single_quote_from: usize::MAX,
    };
    while let Some(byte) = reader.peek(0) {
        match reader.top().quote {
            Quote::None => reader.step(byte),
            Quote::Double => reader.quoted_step(byte),
            Quote::Here(end) => reader.here_step(byte, end),
        }
    }
    while !reader.frames.is_empty() {
        reader.has_errors = true;
        reader.close();
    }
    reader.end_statement();
    (reader.drafts, reader.has_errors)
}

impl Reader<'_> {
    pub(super) fn top(&mut self) -> &mut Frame {
        self.frames.last_mut().unwrap_or(&mut self.bottom)
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    pub(super) fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(super) fn word(&mut self) -> &mut Builder {
        let at = self.at;
        self.top().word.get_or_insert_with(|| Builder::new(at))
    }

    /// Adds the next bytes to the word: as they are, or as what they stand for.
    pub(super) fn take(&mut self, length: usize, plain: Option<&[u8]>) {
        let end = (self.at + length).min(self.bytes.len());
        let (text, span) = (self.text, self.at..end);
        let bytes = plain.or(self.bytes.get(span.clone())).unwrap_or_default();
        self.word().literal(text, bytes, span);
        self.at = end;
    }

    pub(super) fn refer(&mut self, value: Value, start: usize) {
        let (text, end) = (self.text, self.at);
        let shallow = self.frames.len() < MAX_RECORDED;
        self.word().reference(text, value, start..end, shallow);
    }

    /// Opens a frame after an opening of some length. One too many is plain text.
    pub(super) fn open(&mut self, kind: Kind, length: usize) {
        if self.frames.len() == MAX_NESTING {
            self.has_errors = true;
            return self.take(length, None);
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
        self.frames.push(Frame::new(kind, self.at));
        self.at += length;
    }

    /// Closes the innermost frame; the reader stands after its closing.
    fn close(&mut self) {
        self.end_statement();
        let shallow = self.frames.len() < MAX_RECORDED;
        let Some(mut frame) = self.frames.pop() else {
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
            (b'$' | b'{', _) if self.take_foreign() => {}
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
            (b'`', Some(next)) => self.take(2, Some(&[next])),
            _ if mode == Mode::Expression => self.expression_step(byte),
            _ => self.take_run(),
        }
    }

    /// Adds plain bytes up to one that may mean something.
    fn take_run(&mut self) {
        let means = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`$;|&(){}><\0#@,".contains(byte);
        let run = self.rest().iter().skip(1).position(means);
        self.take(run.map_or(self.rest().len(), |run| run + 1), None);
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
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.take_run(),
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

    pub(super) fn take_foreign(&mut self) -> bool {
        let Some(foreign) = template::foreign(self.rest()) else {
            return false;
        };
        self.begin_expression();
        let start = self.at;
        self.word();
        self.at += foreign.length;
        if let Some(value) = foreign.value {
            self.refer(value, start);
        }
        true
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
            return self.take(1, None);
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
