//! Instructions: lines with their continuations, without comments, with their heredocs.

use crate::span::Span;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::template;

/// How many heredocs may be looked for in vain. Each such search reads the rest of the file.
const MAX_UNCLOSED: usize = 16;

/// One instruction. Spans are in its text.
pub(super) struct Instruction {
    pub(super) text: MappedText,
    /// Where its own line ends: heredocs come after.
    pub(super) line_end: usize,
    pub(super) heredocs: Vec<Heredoc>,
    /// What takes away the meaning of the next character.
    pub(super) escape: u8,
}

/// A heredoc of an instruction.
pub(super) struct Heredoc {
    /// How it is announced: `<<EOF`.
    pub(super) word: Vec<u8>,
    pub(super) body: Span,
}

impl Instruction {
    /// The name of the instruction.
    pub(super) fn keyword(&self) -> Span {
        self.word_at(self.after(0))
    }

    /// Where the next word begins.
    pub(super) fn after(&self, at: usize) -> usize {
        let rest = self.text.bytes().get(at..).unwrap_or_default();
        at + (rest.len() - rest.trim_ascii_start().len())
    }

    /// The word that begins at a place, as it is written.
    pub(super) fn word_at(&self, at: usize) -> Span {
        let rest = self.text.bytes().get(at..).unwrap_or_default();
        let length = rest.iter().position(u8::is_ascii_whitespace);
        at..at + length.unwrap_or(rest.len())
    }

    pub(super) fn word_is_flag(&self, at: usize) -> bool {
        let rest = self.text.bytes().get(at..).unwrap_or_default();
        rest.starts_with(b"--")
    }
}

/// The instructions of a file.
pub(super) struct Lines<'t> {
    text: &'t MappedText,
    at: usize,
    escape: u8,
    unclosed: usize,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t MappedText) -> Self {
        let mut lines = Self {
            text,
            at: text.start(),
            escape: b'\\',
            unclosed: 0,
        };
        lines.directives();
        lines
    }

    /// Reads `# escape=` among the comments at the top.
    fn directives(&mut self) {
        let rest = self.text.bytes().get(self.at..).unwrap_or_default();
        for line in rest.split(|byte| *byte == b'\n') {
            let Some(comment) = line.trim_ascii().strip_prefix(b"#") else {
                return;
            };
            let mut parts = comment.splitn(2, |byte| *byte == b'=');
            let name = parts.next().unwrap_or_default().trim_ascii();
            let value = parts.next().unwrap_or_default().trim_ascii();
            if name.eq_ignore_ascii_case(b"escape") && value == b"`" {
                self.escape = b'`';
            }
        }
    }

    /// The next line, without its end.
    fn line(&mut self) -> Option<Span> {
        let rest = self.text.bytes().get(self.at..)?;
        if rest.is_empty() {
            return None;
        }
        let length = memchr::memchr(b'\n', rest);
        let start = self.at;
        let end = start + length.unwrap_or(rest.len());
        self.at = end + usize::from(length.is_some());
        let has_return = end > start && self.text.bytes().get(end - 1) == Some(&b'\r');
        Some(start..end - usize::from(has_return))
    }

    fn bytes(&self, span: &Span) -> &'t [u8] {
        self.text.slice(span)
    }

    /// A line without the statements of a template that it begins with, none if nothing is left.
    fn content(&self, mut line: Span) -> Option<Span> {
        loop {
            let bytes = self.bytes(&line);
            let blank = bytes.len() - bytes.trim_ascii_start().len();
            let rest = bytes.get(blank..).unwrap_or_default();
            match rest.first() {
                None | Some(b'#') => return None,
                Some(b'{') => {}
                _ => return Some(line),
            }
            match template::foreign(rest) {
                Some(foreign) => line.start += blank + foreign.length,
                None => return Some(line),
            }
        }
    }

    /// Adds the bodies of the heredocs that a line announces.
    fn heredocs(&mut self, text: &mut MappedText) -> Vec<Heredoc> {
        let mut found = Vec::new();
        for (word, delimiter, tabs) in announced(text.bytes()) {
            if self.unclosed == MAX_UNCLOSED {
                break;
            }
            let start = self.at;
            let end = loop {
                let Some(line) = self.line() else { break None };
                let mut content = self.bytes(&line);
                while let Some(rest) = content.strip_prefix(b"\t").filter(|_| tabs) {
                    content = rest;
                }
                if content == delimiter {
                    break Some(line);
                }
            };
            let Some(end) = end else {
                // Not a heredoc, then, or never closed: what follows is read as instructions.
                self.at = start;
                self.unclosed += 1;
                continue;
            };
            if found.is_empty() {
                let line = text.bytes().len();
                let origin = self.text.origin(start..start).start;
                text.push(b"\n", origin..origin);
                debug_assert!(text.bytes().len() > line);
            }
            let body = text.bytes().len();
            text.push_from(self.text, start..end.start);
            let body = body..text.bytes().len();
            text.push_from(self.text, end.start..self.at);
            found.push(Heredoc { word, body });
        }
        found
    }
}

impl Iterator for Lines<'_> {
    type Item = Instruction;

    fn next(&mut self) -> Option<Instruction> {
        let mut text = MappedText::default();
        loop {
            let line = self.line()?;
            let Some(mut line) = self.content(line) else {
                continue;
            };
            let trimmed = self.bytes(&line).trim_ascii_end();
            let goes_on = trimmed.last() == Some(&self.escape);
            line.end = match goes_on {
                true => line.start + trimmed.len() - 1,
                false => line.end,
            };
            text.push_from(self.text, line);
            if !goes_on || self.at >= self.text.bytes().len() {
                break;
            }
        }
        let line_end = text.bytes().len();
        let heredocs = self.heredocs(&mut text);
        Some(Instruction {
            text,
            line_end,
            heredocs,
            escape: self.escape,
        })
    }
}

/// The heredocs that a line announces: the whole word, its delimiter, whether tabs are dropped.
fn announced(line: &[u8]) -> Vec<(Vec<u8>, Vec<u8>, bool)> {
    let keyword = line.trim_ascii_start();
    let takes = [&b"RUN"[..], b"COPY", b"ADD", b"ONBUILD"];
    let has = |name: &&[u8]| {
        keyword.len() > name.len()
            && keyword
                .get(..name.len())
                .is_some_and(|k| k.eq_ignore_ascii_case(name))
    };
    if !takes.iter().any(has) || memchr::memmem::find(line, b"<<").is_none() {
        return Vec::new();
    }
    line.split(|byte| matches!(byte, b' ' | b'\t' | b'(' | b';' | b'|' | b'&'))
        .filter_map(|word| {
            let at = memchr::memmem::find(word, b"<<")?;
            let (before, after) = (word.get(..at)?, word.get(at + 2..)?);
            if !before.iter().all(u8::is_ascii_digit) {
                return None;
            }
            let tabs = after.first() == Some(&b'-');
            let after = after.get(usize::from(tabs)..)?;
            let name: Vec<u8> = after
                .iter()
                .copied()
                .filter(|byte| !matches!(byte, b'"' | b'\''))
                .collect();
            let plain = name
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
            (plain && !name.is_empty()).then(|| (word.to_vec(), name, tabs))
        })
        .collect()
}
