//! Strings: double quotes, single quotes, and strings over lines.

use super::frame::Quote;
use super::reader::Reader;

impl Reader<'_> {
    /// Reads on within double quotes.
    pub(super) fn quoted_step(&mut self, byte: u8) {
        match (byte, self.peek(1)) {
            (b'"', Some(b'"')) => self.take_as(2, b"\""),
            (b'"', _) => {
                self.at += 1;
                self.top().quote = Quote::None;
            }
            _ => self.string_step(byte, usize::MAX),
        }
    }

    pub(super) fn here_step(&mut self, byte: u8, end: usize) {
        if self.at >= end {
            // The newline and the quote with its `@`.
            self.at = (end + 3).min(self.bytes.len());
            self.top().quote = Quote::None;
        } else {
            self.string_step(byte, end);
        }
    }

    fn string_step(&mut self, byte: u8, end: usize) {
        match (byte, self.peek(1)) {
            (b'$' | b'{', _) if self.foreign_step() => {}
            (b'$', _) => self.dollar(),
            (b'`', Some(next)) => {
                let plain = match next {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'r' => b'\r',
                    b'0' => 0,
                    other => other,
                };
                self.take_as(2, &[plain]);
            }
            _ => {
                self.take_run_to(end, |byte| b"\"$`{".contains(&byte));
            }
        }
    }

    /// Reads `@"` or `@'` with its end; false if it is none.
    pub(super) fn here_string(&mut self, quote: u8) -> bool {
        let line = memchr::memchr(b'\n', self.rest()).unwrap_or(self.rest().len());
        let head = self.rest().get(2..line).unwrap_or(b"x");
        if !head.trim_ascii().is_empty() {
            return false;
        }
        self.begin_expression();
        let at = self.at;
        self.word().quote(at + line);
        let start = (at + line + 1).min(self.bytes.len());
        let body = self.bytes.get(at + line..).unwrap_or_default();
        let length = memchr::memmem::find(body, &[b'\n', quote, b'@']);
        self.has_errors |= length.is_none();
        let end = length.map_or(self.bytes.len(), |length| at + line + length);
        self.at = start.min(end.max(at + 2));
        if quote == b'"' {
            self.top().quote = Quote::Here(end);
        } else {
            self.take(end.saturating_sub(self.at));
            self.at = (end + 3).min(self.bytes.len());
        }
        true
    }

    /// Reads single quotes. One that is never closed is an apostrophe.
    pub(super) fn single_quotes(&mut self) {
        if self.take_single_quoted(b"${").is_none() {
            return;
        }
        if self.peek(1) == Some(b'\'') && self.peek(0) == Some(b'\'') {
            // Two of them are one, and the string goes on.
            self.take(1);
        } else {
            self.at += 1;
        }
    }
}
