//! What Make makes of a text before a shell or anyone else sees it.
//!
//! `$$X` becomes `$X`, for the shell; a variable of Make becomes a template.

use std::collections::HashMap;

use crate::span::Span;
use crate::syntax::command::shell;
use crate::syntax::command::variables::{UNKNOWN, Variables};
use crate::syntax::mapped_text::MappedText;

/// How deep references are looked into. What is deeper stands for something unknown.
const MAX_DEPTH: usize = 8;

/// What a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// A value: lines that go on are joined.
    Value,
    /// A recipe: the shell joins the lines.
    Recipe,
}

/// A Makefile with its brackets and its plain variables.
pub(super) struct Expander<'t> {
    pub(super) text: &'t MappedText,
    /// Where the brackets of references close, by where they open.
    brackets: HashMap<usize, usize>,
    pub(super) variables: Variables,
    /// What a line of a recipe begins with.
    pub(super) prefix: u8,
}

impl<'t> Expander<'t> {
    pub(super) fn new(text: &'t MappedText) -> Self {
        Self {
            text,
            brackets: brackets(text.bytes()),
            variables: Variables::new(b"_.-"),
            prefix: b'\t',
        }
    }

    fn slice(&self, span: &Span) -> &'t [u8] {
        self.text.slice(span)
    }

    /// Where the reference that begins at a `$` ends, if it is one in brackets.
    pub(super) fn reference_end(&self, dollar: usize) -> Option<usize> {
        self.brackets.get(&(dollar + 1)).map(|close| close + 1)
    }

    /// A piece of the file as it is used.
    pub(super) fn expand(&self, span: Span, purpose: Use) -> MappedText {
        let mut out = MappedText::default();
        self.expand_into(span, purpose, 0, &mut out);
        out
    }

    fn expand_into(&self, span: Span, purpose: Use, depth: usize, out: &mut MappedText) {
        let mut at = span.start;
        while at < span.end {
            let rest = self.slice(&(at..span.end));
            let ahead = memchr::memchr2(b'$', b'\\', rest).unwrap_or(rest.len());
            out.push_from(self.text, at..at + ahead);
            at += ahead;
            let rest = rest.get(ahead..).unwrap_or_default();
            let length = match rest {
                [] => return,
                [b'\\', b'\n', ..] | [b'\\', b'\r', b'\n', ..] => {
                    self.line_goes_on(at..span.end, purpose, out)
                }
                [b'$', b'$', ..] => {
                    out.push(b"$", self.text.origin(at..at + 2));
                    2
                }
                [b'$', b'(' | b'{', ..] => match self.reference_end(at) {
                    Some(end) if end <= span.end => {
                        self.reference(at..end, purpose, depth, out);
                        end - at
                    }
                    _ => self.keep(at, 2, out),
                },
                [b'$', name, ..] if name.is_ascii_alphanumeric() => {
                    let origin = self.text.origin(at..at + 2);
                    out.push(&[b'{', b'{', b'.', *name, b'}', b'}'], origin);
                    2
                }
                [
                    b'$',
                    b'@' | b'<' | b'^' | b'?' | b'*' | b'+' | b'%' | b'|',
                    ..,
                ] => {
                    out.push(UNKNOWN, self.text.origin(at..at + 2));
                    2
                }
                _ => self.keep(at, 1, out),
            };
            at += length;
        }
    }

    fn keep(&self, at: usize, length: usize, out: &mut MappedText) -> usize {
        out.push_from(self.text, at..at + length);
        length
    }

    /// Reads a backslash before the end of a line. How much was read is returned.
    fn line_goes_on(&self, span: Span, purpose: Use, out: &mut MappedText) -> usize {
        let rest = self.slice(&span);
        let newline = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let after = rest.get(newline..).unwrap_or_default();
        match purpose {
            Use::Recipe => {
                out.push_from(self.text, span.start..span.start + newline);
                newline + usize::from(after.first() == Some(&self.prefix))
            }
            Use::Value => {
                let blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
                let blanks = after.iter().take_while(blank).count();
                let origin = span.start..span.start + newline + blanks;
                if !out.bytes().ends_with(b" ") {
                    out.push(b" ", self.text.origin(origin));
                }
                newline + blanks
            }
        }
    }

    /// Reads `$(…)` or `${…}`.
    fn reference(&self, whole: Span, purpose: Use, depth: usize, out: &mut MappedText) {
        let origin = self.text.origin(whole.clone());
        let inner = whole.start + 2..whole.end - 1;
        let content = self.slice(&inner);
        if depth == MAX_DEPTH {
            return out.push(UNKNOWN, origin);
        }
        let head = content.iter().position(|byte| matches!(byte, b' ' | b'\t'));
        if let Some(head) = head {
            return self.function(whole, head, (purpose, depth), out);
        }
        // `$(X:.c=.o)`
        let end = content.iter().position(|byte| *byte == b':');
        let name = content.get(..end.unwrap_or(content.len()));
        let is_program =
            end.is_none() && purpose == Use::Recipe && shell::begins_command(out.bytes());
        self.variables
            .write(name.unwrap_or_default(), is_program, origin, out);
    }

    /// Reads a function of Make, whose name has this length, with its arguments.
    fn function(
        &self,
        whole: Span,
        name: usize,
        (purpose, depth): (Use, usize),
        out: &mut MappedText,
    ) {
        let origin = self.text.origin(whole.clone());
        let name = whole.start + 2..whole.start + 2 + name;
        let arguments = name.end + 1..whole.end - 1;
        let name = self.slice(&name);
        let into = |span: Span, out: &mut MappedText| {
            let blanks = self.slice(&span).len() - self.slice(&span).trim_ascii_start().len();
            self.expand_into(span.start + blanks..span.end, purpose, depth + 1, out);
        };
        match name {
            b"shell" => {
                let start = self.text.origin(arguments.clone()).start;
                out.push(b"$(", origin.start..start.max(origin.start));
                into(arguments, out);
                out.push(b")", origin.end.saturating_sub(1)..origin.end);
            }
            b"if" => {
                // Either may come of it.
                for (at, branch) in self.arguments(arguments).into_iter().enumerate().skip(1) {
                    if at > 1 && !branch.is_empty() {
                        out.push(b" ", origin.end..origin.end);
                    }
                    into(branch, out);
                }
            }
            b"or" | b"strip" => into(
                self.arguments(arguments).first().cloned().unwrap_or(0..0),
                out,
            ),
            b"and" => into(
                self.arguments(arguments).last().cloned().unwrap_or(0..0),
                out,
            ),
            b"info" | b"warning" | b"error" | b"eval" => {}
            _ => out.push(UNKNOWN, origin),
        }
    }

    /// Splits arguments at commas.
    fn arguments(&self, span: Span) -> Vec<Span> {
        let mut arguments = Vec::new();
        let mut start = span.start;
        let mut at = span.start;
        while at < span.end {
            match self.text.bytes().get(at) {
                Some(b'$') => at = self.reference_end(at).unwrap_or(at + 1),
                Some(b',') => {
                    arguments.push(start..at);
                    at += 1;
                    start = at;
                }
                _ => at += 1,
            }
        }
        arguments.push(start..span.end);
        arguments
    }
}

/// Finds the closing bracket of each `$(` and `${` within its line.
fn brackets(bytes: &[u8]) -> HashMap<usize, usize> {
    let mut found = HashMap::new();
    // Closing brackets that are awaited, and where their references opened.
    let mut open: Vec<(u8, Option<usize>)> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        let next = bytes.get(at + 1).copied();
        match (byte, next) {
            (b'$', Some(b'$')) => at += 1,
            (b'$', Some(bracket @ (b'(' | b'{'))) => {
                at += 1;
                open.push((closing(bracket), Some(at)));
            }
            (b'\\', Some(b'\n')) => at += 1,
            (b'\\', Some(b'\r')) if bytes.get(at + 2) == Some(&b'\n') => at += 2,
            (b'\n', _) => open.clear(),
            (b'(' | b'{', _) => {
                let close = closing(byte);
                if open.last().is_some_and(|(awaited, _)| *awaited == close) {
                    open.push((close, None));
                }
            }
            _ => {
                if open.last().is_some_and(|(awaited, _)| *awaited == byte)
                    && let Some((_, Some(start))) = open.pop()
                {
                    found.insert(start, at);
                }
            }
        }
        at += 1;
    }
    found
}

fn closing(bracket: u8) -> u8 {
    if bracket == b'(' { b')' } else { b'}' }
}
