//! What just makes of expressions and of `{{ … }}` before a shell or anyone else sees them.

use super::token::{Token, Tokens};
use crate::span::Span;
use crate::syntax::command::shell;
use crate::syntax::command::variables::{UNKNOWN, Variables};
use crate::syntax::mapped_text::MappedText;

/// Functions that give what they get, as far as that matters here.
const SAME: [&[u8]; 8] = [
    b"quote",
    b"trim",
    b"trim_start",
    b"trim_end",
    b"which",
    b"require",
    b"clean",
    b"absolute_path",
];

/// Where an expression ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// At the end of its line, or of the brackets that it holds open.
    Line,
    /// At `}}`.
    Braces,
    /// After its first part: a name, a string, a call, brackets.
    Part,
}

/// What is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Skip {
    Nothing,
    /// The rest of the arguments of a call that opened at this depth.
    Call(usize),
    /// A condition, up to its `{`.
    Condition,
}

/// A justfile with its plain variables.
pub(super) struct Expander<'t> {
    pub(super) text: &'t MappedText,
    pub(super) tokens: Tokens<'t>,
    pub(super) variables: Variables,
}

impl<'t> Expander<'t> {
    pub(super) fn new(text: &'t MappedText) -> Self {
        Self {
            text,
            tokens: Tokens::new(text.bytes()),
            variables: Variables::new(b"_-"),
        }
    }

    pub(super) fn slice(&self, span: &Span) -> &'t [u8] {
        self.text.slice(span)
    }

    /// Adds a line of a recipe, with what stands in `{{ … }}`.
    pub(super) fn line(&mut self, line: Span, out: &mut MappedText) {
        let mut at = line.start;
        while let Some(ahead) = memchr::memmem::find(self.slice(&(at..line.end)), b"{{") {
            let open = at + ahead;
            out.push_from(self.text, at..open);
            at = open;
            if self.slice(&(open..line.end)).starts_with(b"{{{{") {
                // Two braces for those who take them as they are: formats of docker.
                out.push(b"{{", self.text.origin(open..open + 4));
                at += 4;
                continue;
            }
            self.tokens.at = open + 2;
            let mut value = MappedText::default();
            let begins = shell::begins_command(out.bytes());
            if !self.expression(line.end, Stop::Braces, begins, &mut value) {
                // One that has no end leaves none to the others.
                break;
            }
            let whole = self.text.origin(open..self.tokens.at);
            at = self.tokens.at;
            match value.bytes() {
                // A variable alone stands for all of its braces.
                template @ [b'{', b'{', inner @ .., b'}', b'}'] if !inner.contains(&b'{') => {
                    out.push(template, whole);
                }
                bytes => out.push_from(&value, 0..bytes.len()),
            }
        }
        out.push_from(self.text, at..line.end);
    }

    /// Reads an expression from where the tokens stand, and adds what it gives. Whether it had its
    /// end is returned.
    pub(super) fn expression(
        &mut self,
        end: usize,
        stop: Stop,
        begins: bool,
        out: &mut MappedText,
    ) -> bool {
        let mut brackets = 0_usize;
        let mut braces = 0_usize;
        let mut skip = Skip::Nothing;
        while let Some(token) = self.tokens.next(end) {
            match token {
                Token::Sign(b'\n') => {
                    let flush = |byte: u8| !byte.is_ascii_whitespace() && !b")]}".contains(&byte);
                    let open = brackets + braces > 0;
                    if stop == Stop::Line && (!open || self.tokens.peek(end).is_none_or(flush)) {
                        return true;
                    }
                    continue;
                }
                Token::Sign(b'#') if stop == Stop::Line => {
                    let rest = self.slice(&(self.tokens.at..end));
                    self.tokens.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                    continue;
                }
                Token::Sign(b'(' | b'[') => brackets += 1,
                Token::Sign(b')' | b']') => {
                    brackets = brackets.saturating_sub(1);
                    if skip == Skip::Call(brackets) {
                        skip = Skip::Nothing;
                    }
                }
                Token::Sign(b'{') => {
                    braces += 1;
                    if skip == Skip::Condition {
                        skip = Skip::Nothing;
                    }
                    continue;
                }
                Token::Sign(b'}') if braces > 0 => {
                    braces -= 1;
                    continue;
                }
                Token::Sign(b'}')
                    if stop == Stop::Braces && self.tokens.peek(end) == Some(b'}') =>
                {
                    self.tokens.at += 1;
                    return true;
                }
                token if skip == Skip::Nothing => {
                    skip = self.part(token, end, (begins, brackets), out);
                    let called = matches!(self.tokens.peek(end), Some(b'('));
                    if stop == Stop::Part && called {
                        continue;
                    }
                }
                _ => {}
            }
            if stop == Stop::Part && brackets == 0 {
                return true;
            }
        }
        stop != Stop::Braces
    }

    /// Adds what a token gives. What is to be skipped after it is returned.
    fn part(
        &mut self,
        token: Token,
        end: usize,
        (begins, depth): (bool, usize),
        out: &mut MappedText,
    ) -> Skip {
        match token {
            Token::Text(span, escapes) => self.string(span, escapes, out),
            Token::Command(span) => self.command(span, out),
            Token::Name(name) => return self.name(name, end, (begins, depth), out),
            // Paths are joined by it; either side of the others may come of them.
            Token::Sign(b'/') => out.push(b"/", self.origin(self.tokens.at)),
            Token::Sign(b'|' | b'&') if !out.bytes().ends_with(b" ") => {
                out.push(b" ", self.origin(self.tokens.at));
            }
            Token::Sign(_) => {}
        }
        Skip::Nothing
    }

    /// The place of the byte before one in the file.
    fn origin(&self, at: usize) -> Span {
        self.text.origin(at.saturating_sub(1)..at)
    }

    /// Adds what a name stands for, or a call of it.
    fn name(
        &mut self,
        name: Span,
        end: usize,
        (begins, depth): (bool, usize),
        out: &mut MappedText,
    ) -> Skip {
        let bytes = self.slice(&name);
        let next = self.tokens.peek(end);
        match bytes {
            b"if" => return Skip::Condition,
            b"else" => {
                if !out.bytes().ends_with(b" ") {
                    out.push(b" ", self.origin(name.end));
                }
                return Skip::Nothing;
            }
            // The prefix of a string.
            b"f" | b"x" if matches!(next, Some(b'\'' | b'"')) => return Skip::Nothing,
            _ => {}
        }
        if next != Some(b'(') {
            self.variable(name, begins && out.bytes().is_empty(), out);
            return Skip::Nothing;
        }
        match bytes {
            _ if SAME.contains(&bytes) => return Skip::Nothing,
            b"env" | b"env_var" | b"env_var_or_default" => {
                let open = self.tokens.at;
                self.tokens.at += 1;
                match self.tokens.next(end) {
                    Some(Token::Text(variable, _)) => self.variable(variable, false, out),
                    _ => out.push(UNKNOWN, self.text.origin(name)),
                }
                self.tokens.at = open;
            }
            b"shell" => {
                let open = self.tokens.at;
                self.tokens.at += 1;
                match self.tokens.next(end) {
                    Some(Token::Text(script, _)) => self.command(script, out),
                    _ => out.push(UNKNOWN, self.text.origin(name)),
                }
                self.tokens.at = open;
            }
            _ => out.push(UNKNOWN, self.text.origin(name)),
        }
        Skip::Call(depth)
    }

    fn variable(&self, name: Span, is_program: bool, out: &mut MappedText) {
        let origin = self.text.origin(name.clone());
        self.variables
            .write(self.slice(&name), is_program, origin, out);
    }

    fn command(&self, script: Span, out: &mut MappedText) {
        let around = self
            .text
            .origin(script.start.saturating_sub(1)..script.end + 1);
        out.push(b"$(", around.start..around.start + 1);
        out.push_from(self.text, script);
        out.push(
            b")",
            around.end.saturating_sub(1).max(around.start)..around.end,
        );
    }

    /// Adds what a string stands for.
    fn string(&self, span: Span, escapes: bool, out: &mut MappedText) {
        let mut at = span.start;
        while escapes && let Some(ahead) = memchr::memchr(b'\\', self.slice(&(at..span.end))) {
            out.push_from(self.text, at..at + ahead);
            at += ahead;
            let plain: &[u8] = match self.slice(&(at..span.end)) {
                [_, b'n', ..] => b"\n",
                [_, b't', ..] => b"\t",
                [_, b'r', ..] => b"\r",
                [_, b'\n', ..] => b"",
                [_, b'"', ..] => b"\"",
                [_, b'\\', ..] => b"\\",
                _ => {
                    out.push_from(self.text, at..at + 1);
                    at += 1;
                    continue;
                }
            };
            out.push(plain, self.text.origin(at..at + 2));
            at += 2;
        }
        out.push_from(self.text, at..span.end);
    }
}
