//! The tokens of expressions.

use crate::span::Span;

/// How many strings without an end are looked into. Each such search reads the rest of the file.
const MAX_UNCLOSED: usize = 16;

/// The quotes, those of three before those of one.
const QUOTES: [&[u8]; 6] = [b"'''", b"\"\"\"", b"```", b"'", b"\"", b"`"];

/// A piece of an expression. Spans are in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Name(Span),
    /// A string, without its quotes, and whether escapes stand for something in it.
    Text(Span, bool),
    /// A command between backticks.
    Command(Span),
    /// Any other byte.
    Sign(u8),
}

/// A reader of tokens.
#[derive(Debug)]
pub(super) struct Tokens<'t> {
    bytes: &'t [u8],
    pub(super) at: usize,
    /// How many strings had no end.
    unclosed: usize,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(bytes: &'t [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            unclosed: 0,
        }
    }

    pub(super) fn peek(&self, end: usize) -> Option<u8> {
        self.bytes.get(self.at).copied().filter(|_| self.at < end)
    }

    /// Whether some string had no end.
    pub(super) fn is_damaged(&self) -> bool {
        self.unclosed > 0
    }

    /// Skips blanks and the ends of lines that go on.
    pub(super) fn skip_blanks(&mut self, end: usize) {
        while let Some(rest) = self.bytes.get(self.at..end) {
            self.at += match rest {
                [b' ' | b'\t' | b'\r', ..] => 1,
                [b'\\', b'\n', ..] => 2,
                [b'\\', b'\r', b'\n', ..] => 3,
                _ => return,
            };
        }
    }

    /// The next token before `end`, after blanks.
    pub(super) fn next(&mut self, end: usize) -> Option<Token> {
        self.skip_blanks(end);
        let rest = self.bytes.get(self.at..end)?;
        let first = *rest.first()?;
        let start = self.at;
        if let Some(quote) = QUOTES.iter().find(|quote| rest.starts_with(quote))
            && let Some(token) = self.quoted(quote, end)
        {
            return Some(token);
        }
        let word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if first.is_ascii_alphabetic() || first == b'_' {
            self.at += rest.iter().take_while(word).count();
            return Some(Token::Name(start..self.at));
        }
        self.at += 1;
        Some(Token::Sign(first))
    }

    /// Reads a string; none if it has no end.
    fn quoted(&mut self, quote: &[u8], end: usize) -> Option<Token> {
        if self.unclosed == MAX_UNCLOSED {
            return None;
        }
        let start = self.at + quote.len();
        let inner = self.bytes.get(start..end)?;
        let escapes = quote.first() == Some(&b'"');
        let Some(length) = closing(inner, quote, escapes) else {
            self.unclosed += 1;
            return None;
        };
        self.at = start + length + quote.len();
        let span = start..start + length;
        Some(match quote.first() {
            Some(b'`') => Token::Command(span),
            _ => Token::Text(span, escapes),
        })
    }
}

/// Where a quote stands that closes a string.
fn closing(inner: &[u8], quote: &[u8], escapes: bool) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = inner.get(at..)?;
        let found = memchr::memmem::find(rest, quote)?;
        let backslashes = rest.get(..found)?.iter().rev();
        let backslashes = backslashes.take_while(|byte| **byte == b'\\').count();
        if !escapes || backslashes % 2 == 0 {
            return Some(at + found);
        }
        at += found + 1;
    }
}
