//! What begins with a dollar or a backquote.

use super::frame::Kind;
use super::reader::Reader;
use crate::syntax::Value;

impl Reader<'_> {
    /// Reads an expansion; false if it is none.
    pub(super) fn dollar(&mut self, byte: u8) -> bool {
        let at = self.at;
        if byte == b'`' {
            return self.backquote();
        }
        let quoted = self.word_is_quoted();
        match (self.peek(1), self.peek(2)) {
            (Some(b'('), Some(b'(')) => {
                self.word();
                let opened = self.open(Kind::Arithmetic(0), at);
                self.at += if opened { 1 } else { 0 };
                opened
            }
            (Some(b'('), _) => {
                self.word();
                let opened = self.open(Kind::Substitution, at);
                self.at += if opened { 2 } else { 0 };
                opened
            }
            (Some(b'{'), _) => self.expansion(),
            (Some(b'\''), _) if !quoted => {
                self.c_quotes();
                true
            }
            (Some(b'"'), _) if !quoted => {
                // A text to translate is as good as one in double quotes.
                self.at += 1;
                true
            }
            _ => self.variable(),
        }
    }

    fn word_is_quoted(&mut self) -> bool {
        let here = matches!(self.top().kind, Kind::Heredoc(_));
        here || self.top().word.as_ref().is_some_and(|word| word.quoted)
    }

    fn backquote(&mut self) -> bool {
        if self.in_backquotes() {
            self.close();
            return true;
        }
        self.word();
        let opened = self.open(Kind::Backquote, self.at);
        self.at += usize::from(opened);
        opened
    }

    /// `$NAME`, `$1`, `$@`.
    fn variable(&mut self) -> bool {
        let rest = self.rest().get(1..).unwrap_or_default();
        let length = match rest.first() {
            Some(b'0'..=b'9' | b'@' | b'*' | b'?' | b'#' | b'!' | b'-' | b'$') => 1,
            Some(b'_' | b'a'..=b'z' | b'A'..=b'Z') => name_length(rest),
            _ => return false,
        };
        let name = String::from_utf8_lossy(rest.get(..length).unwrap_or_default()).into_owned();
        let start = self.at;
        self.word();
        self.at += 1 + length;
        self.refer(Value::Variable(name, None), start);
        true
    }

    /// `${NAME}` and what may follow the name.
    fn expansion(&mut self) -> bool {
        let at = self.at;
        let inner = self.rest().get(2..).unwrap_or_default();
        let sign = usize::from(matches!(inner.first(), Some(b'#' | b'!')));
        let after = inner.get(sign..).unwrap_or_default();
        let length = match after.first() {
            Some(b'0'..=b'9' | b'@' | b'*' | b'?') => 1,
            _ => dotted_length(after),
        };
        let mut name =
            String::from_utf8_lossy(after.get(..length).unwrap_or_default()).into_owned();
        let operator = after.get(length..).unwrap_or_default();
        let hides = match operator {
            _ if sign == 1 => inner.first() == Some(&b'#'),
            // `${X:+set}`, but `${X:+x$X}` shows it. Options that it may stand for are words of their own.
            [b'+', other @ ..] | [b':', b'+', other @ ..] => {
                other.starts_with(b"-") || !refers(other, &name)
            }
            [b':', b'0', b':', b'0'..=b'4', b'}', ..] => true,
            // Each character becomes another.
            [b'/', b'/', b'?' | b'[', ..] => true,
            _ => false,
        };
        if hides {
            // Its length, something in its place, or the prefix of all tokens: not its value.
            name.clear();
        }
        let (skip, default) = match operator {
            [b':', b'-' | b'=', ..] => (2, true),
            [b'-' | b'=', ..] => (1, true),
            _ => (0, false),
        };
        self.word();
        if !self.open(Kind::Expansion(name, default), at) {
            return false;
        }
        self.at += 2 + sign + length + skip;
        true
    }

    /// Reads on in `${NAME operator …`.
    pub(super) fn expansion_step(&mut self, byte: u8) {
        match byte {
            b'}' => {
                self.at += 1;
                self.close();
            }
            b'"' => self.open_quotes(),
            b'\'' => self.single_quotes(),
            b'\\' => self.escape(|_| true),
            _ => self.expand_or_take(byte, |byte| {
                matches!(
                    byte,
                    b'}' | b'"' | b'\'' | b'\\' | b'$' | b'`' | b'{' | b'<'
                )
            }),
        }
    }

    /// Reads on in `$(( …`.
    pub(super) fn arithmetic_step(&mut self, byte: u8) {
        match byte {
            b'(' | b')' => {
                self.at += 1;
                let Kind::Arithmetic(depth) = &mut self.top().kind else {
                    return;
                };
                *depth = if byte == b'(' {
                    *depth + 1
                } else {
                    depth.saturating_sub(1)
                };
                if *depth == 0 {
                    self.close();
                }
            }
            b'"' => self.open_quotes(),
            b'\\' => self.escape(|_| true),
            _ => self.expand_or_take(byte, |byte| {
                matches!(byte, b'(' | b')' | b'"' | b'\\' | b'$' | b'`' | b'{' | b'<')
            }),
        }
    }

    pub(super) fn open_quotes(&mut self) {
        let at = self.at;
        let word = self.word();
        word.quote(at);
        word.quoted = true;
        self.at += 1;
    }
}

/// How many bytes of a name, or of the path of one, a text begins with: what Terraform puts into a
/// script goes by `${var.token}`.
fn dotted_length(text: &[u8]) -> usize {
    let mut length = name_length(text);
    while length > 0 && text.get(length) == Some(&b'.') {
        match name_length(text.get(length + 1..).unwrap_or_default()) {
            0 => break,
            more => length += 1 + more,
        }
    }
    length
}

/// How many bytes of a name a text begins with.
fn name_length(text: &[u8]) -> usize {
    text.iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'))
        .unwrap_or(text.len())
}

/// Whether what stands in place of a variable, up to the bracket that closes it, refers to the variable itself.
fn refers(other: &[u8], name: &str) -> bool {
    let mut depth = 0;
    let closes = |b: &u8| {
        match b {
            b'{' => depth += 1,
            b'}' if depth == 0 => return true,
            b'}' => depth -= 1,
            _ => {}
        }
        false
    };
    let end = other.iter().position(closes).unwrap_or(other.len());
    let inside = other.get(..end).unwrap_or_default();
    memchr::memchr_iter(b'$', inside).any(|at| {
        let rest = inside.get(at + 1..).unwrap_or_default();
        let rest = rest.strip_prefix(b"{").unwrap_or(rest);
        rest.starts_with(name.as_bytes()) && !name.is_empty()
    })
}
