//! What IPython adds to Python: `!command`, `%magic` and `%%magic` of a whole cell.

use crate::span::Span;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::{MappedText, trim};
use crate::syntax::template::{self, Dialect};
use crate::syntax::{FactKind, Format, Place, Setting};

/// Something that is no Python.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Magic {
    /// `!command`: the command.
    Shell(Span),
    /// `%name rest`: the name and the rest.
    Line(Span, Span),
    /// `%%name rest`, and the rest of the cell.
    Cell(Span, Span, Span),
}

/// A program without its magics, of the same length, and the magics. `offset` is where the program
/// begins in its text.
pub(super) fn split(program: &[u8], offset: usize) -> (Vec<u8>, Vec<Magic>) {
    let mut plain = program.to_vec();
    let mut magics = Vec::new();
    if let Some(body) = whole_cell(program, offset, &mut magics) {
        blank(&mut plain, body);
    }
    let mut lines = Lines::default();
    let mut at = 0;
    while at < plain.len() {
        let rest = plain.get(at..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let line = rest.get(..length).unwrap_or_default();
        if lines.fresh()
            && let Some(found) = find(line)
        {
            let end = at + continued(rest, length);
            let trimmed = trim(&plain, at + found.start..end);
            let from = at + found.start;
            let name = name_length(plain.get(from + 1..trimmed.end).unwrap_or_default());
            let name = from + 1..from + 1 + name;
            let shift = |span: Span| span.start + offset..span.end + offset;
            // `%time x = 1`: only the first word is magic.
            if found.command {
                magics.push(Magic::Shell(shift(from + 1..trimmed.end)));
                blank(&mut plain, from..trimmed.end);
            } else if matches!(plain.get(name.clone()), Some(b"time" | b"timeit" | b"prun")) {
                blank_words(&mut plain, from..name.end);
            } else {
                magics.push(Magic::Line(
                    shift(name.clone()),
                    shift(trim(&plain, name.end..trimmed.end)),
                ));
                blank(&mut plain, from..trimmed.end);
            }
            at = end;
            continue;
        }
        lines.read(line);
        at += length;
    }
    (plain, magics)
}

/// The part of a program that a `%%magic` makes no Python, magic and all.
fn whole_cell(program: &[u8], offset: usize, magics: &mut Vec<Magic>) -> Option<Span> {
    let start = program.len() - program.trim_ascii_start().len();
    let rest = program.get(start..)?.strip_prefix(b"%%")?;
    let line = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    let name = name_length(rest);
    let from = start + 2;
    if matches!(
        rest.get(..name)?,
        b"time" | b"timeit" | b"capture" | b"prun" | b"python" | b"python3"
    ) {
        return Some(start..from + line);
    }
    let arguments = trim(program, from + name..from + line);
    let shift = |span: Span| span.start + offset..span.end + offset;
    magics.push(Magic::Cell(
        shift(from..from + name),
        shift(arguments),
        shift((from + line + 1).min(program.len())..program.len()),
    ));
    Some(start..program.len())
}

struct Start {
    /// Where the `!` or `%` stands in the line.
    start: usize,
    command: bool,
}

/// Whether a line begins with a magic, or assigns what one gives.
fn find(line: &[u8]) -> Option<Start> {
    let indent = line.len() - line.trim_ascii_start().len();
    let body = line.get(indent..)?;
    let is_magic = |rest: &[u8]| match rest {
        [b'!', b'=', ..] => None,
        [b'!', _, ..] => Some(true),
        [b'%', next, ..] if next.is_ascii_alphabetic() => Some(false),
        _ => None,
    };
    if let Some(command) = is_magic(body) {
        return Some(Start {
            start: indent,
            command,
        });
    }
    let equals = memchr::memchr(b'=', body)?;
    let target = body.get(..equals)?.trim_ascii();
    let simple = target
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || b"_., ".contains(b));
    let after = body.get(equals + 1..)?;
    let gap = after.len() - after.trim_ascii_start().len();
    let command = is_magic(after.get(gap..)?).filter(|_| simple && !target.is_empty())?;
    Some(Start {
        start: indent + equals + 1 + gap,
        command,
    })
}

/// The length of a line with those that it is continued on.
fn continued(text: &[u8], length: usize) -> usize {
    let mut end = length;
    loop {
        let line = text.get(..end).unwrap_or_default();
        if !line.trim_ascii_end().ends_with(b"\\") || end == text.len() {
            return end;
        }
        let rest = text.get(end..).unwrap_or_default();
        end += memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
    }
}

fn name_length(text: &[u8]) -> usize {
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    text.iter().position(|b| !is_name(b)).unwrap_or(text.len())
}

/// A zero takes the place, so that `if x:` keeps a body.
fn blank(text: &mut [u8], span: Span) {
    blank_words(text, span.clone());
    if let Some(first) = text.get_mut(span.start) {
        *first = b'0';
    }
}

fn blank_words(text: &mut [u8], span: Span) {
    for byte in text.get_mut(span).unwrap_or_default() {
        if !matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
}

/// Where strings and brackets are open, as far as that tells whether a line begins a statement.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The quotes of a string of several lines.
    string: Option<[u8; 3]>,
    brackets: usize,
    continued: bool,
}

impl Lines {
    pub(super) fn fresh(&self) -> bool {
        self.string.is_none() && self.brackets == 0 && !self.continued
    }

    pub(super) fn read(&mut self, line: &[u8]) {
        self.continued = line.trim_ascii_end().ends_with(b"\\");
        let mut at = 0;
        while let Some(byte) = line.get(at) {
            let three = line.get(at..at + 3).unwrap_or_default();
            if let Some(quotes) = self.string {
                if *byte == b'\\' {
                    at += 1;
                } else if three == quotes {
                    self.string = None;
                    at += 2;
                }
                at += 1;
                continue;
            }
            match byte {
                b'#' => return,
                b'(' | b'[' | b'{' => self.brackets += 1,
                b')' | b']' | b'}' => self.brackets = self.brackets.saturating_sub(1),
                b'"' | b'\'' => {
                    let quotes = [*byte; 3];
                    if three == quotes {
                        self.string = Some(quotes);
                        at += 2;
                    } else {
                        at += closing(line.get(at + 1..).unwrap_or_default(), *byte);
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }
}

/// The length of a string of one line, with its last quote.
pub(super) fn closing(line: &[u8], quote: u8) -> usize {
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        match byte {
            b'\\' => at += 1,
            byte if *byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    line.len()
}

impl Magic {
    pub(super) fn lower(&self, text: &MappedText, sink: &mut FactSink) {
        let bytes = |span: &Span| text.slice(span);
        match self {
            Self::Shell(command) => shell(&expanded(text, command.clone()), sink),
            Self::Line(name, rest) => match bytes(name) {
                b"env" | b"set_env" => setting(text, rest.clone(), sink),
                b"sh" | b"bash" | b"system" | b"sx" => {
                    shell(&expanded(text, rest.clone()), sink);
                }
                b"run" => {
                    let mut command = MappedText::default();
                    command.push(b"python", text.origin(name.clone()));
                    command.push(b" ", text.origin(name.end..name.end));
                    let rest = expanded(text, rest.clone());
                    command.push_from(&rest, 0..rest.bytes().len());
                    shell(&command, sink);
                }
                b"pip" | b"conda" | b"mamba" | b"uv" => {
                    shell(&expanded(text, name.start..rest.end), sink);
                }
                _ => {}
            },
            Self::Cell(name, rest, body) => {
                let language = match bytes(name) {
                    b"script" => bytes(rest),
                    name => name,
                };
                let language = String::from_utf8_lossy(language);
                let format = match language.as_ref() {
                    "writefile" | "file" => {
                        let path = String::from_utf8_lossy(bytes(rest));
                        let path = path.rsplit(' ').next().unwrap_or_default();
                        Format::detect(path.trim_matches(['"', '\'']), bytes(body))
                    }
                    "system" | "sx" => Some(Format::Shell),
                    language => Format::of_language(language.split(' ').next().unwrap_or_default()),
                };
                if let Some(format) = format {
                    let inner = text.cut(body.clone());
                    sink.nested(Place::Embedded, format, &inner);
                }
            }
        }
    }
}

fn shell(text: &MappedText, sink: &mut FactSink) {
    sink.nested(Place::Embedded, Format::Shell, text);
}

/// A command with `{name}`, which IPython fills in, as `$name`.
fn expanded(text: &MappedText, span: Span) -> MappedText {
    let bytes = text.slice(&span);
    let mut command = MappedText::default();
    let mut from = 0;
    for open in memchr::memchr_iter(b'{', bytes) {
        let inner = bytes.get(open + 1..).unwrap_or_default();
        let length = name_length(inner);
        let escaped = open > 0 && matches!(bytes.get(open - 1), Some(b'{' | b'$'));
        if length == 0 || inner.get(length) != Some(&b'}') || escaped {
            continue;
        }
        let end = open + length + 2;
        command.push_from(text, span.start + from..span.start + open);
        let whole = text.origin(span.start + open..span.start + end);
        let mut name = vec![b'$'];
        name.extend_from_slice(inner.get(..length).unwrap_or_default());
        command.push(&name, whole);
        from = end;
    }
    command.push_from(text, span.start + from..span.end);
    command
}

/// `%env NAME=value` or `%env NAME value`
fn setting(text: &MappedText, span: Span, sink: &mut FactSink) {
    let bytes = text.slice(&span);
    let name = name_length(bytes);
    let value = bytes.get(name..).unwrap_or_default();
    if name == 0 || value.is_empty() {
        return;
    }
    let equals = usize::from(value.first() == Some(&b'='));
    let value = expanded(
        text,
        trim(text.bytes(), span.start + name + equals..span.end),
    );
    let key = span.start..span.start + name;
    let setting = Setting {
        path: vec![text.name(key)],
        value: template::read(&value, 0..value.bytes().len(), Dialect::Dollar),
    };
    sink.fact(FactKind::Setting(setting), text.origin(span));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magics_are_told_from_python() {
        for (program, plain, count) in [
            ("!ls\nx = 1\n", "0  \nx = 1\n", 1),
            ("if a:\n  !ls \\\n   b\nc\n", "if a:\n  0    \n    \nc\n", 1),
            ("files = !ls\n", "files = 0  \n", 1),
            ("%env A=b\n", "0       \n", 1),
            ("%time x = 1\n", "      x = 1\n", 0),
            ("x = ('%s'\n  % y)\n", "x = ('%s'\n  % y)\n", 0),
            ("x = \"\"\"\n!ls\n\"\"\"\n", "x = \"\"\"\n!ls\n\"\"\"\n", 0),
            ("x = a \\\n  % b\n", "x = a \\\n  % b\n", 0),
            ("%%bash\nls\n", "0     \n  \n", 1),
            ("%%time\nx\n", "0     \nx\n", 0),
        ] {
            let (found, magics) = split(program.as_bytes(), 0);
            assert_eq!(String::from_utf8(found).unwrap(), plain, "{program}");
            assert_eq!(magics.len(), count, "{program}");
        }
    }
}
