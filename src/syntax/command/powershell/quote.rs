//! Strings: double quotes, single quotes, and strings over lines.

use super::frame::Quote;
use super::reader::Reader;

impl Reader<'_> {
    /// Reads on within double quotes.
    pub(super) fn quoted_step(&mut self, byte: u8) {
        match (byte, self.peek(1)) {
            (b'"', Some(b'"')) => self.take(2, Some(b"\"")),
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
            (b'$' | b'{', _) if self.take_foreign() => {}
            (b'$', _) => self.dollar(),
            (b'`', Some(next)) => {
                let plain = match next {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'r' => b'\r',
                    b'0' => 0,
                    other => other,
                };
                self.take(2, Some(&[plain]));
            }
            _ => {
                let reach = end.saturating_sub(self.at).min(self.rest().len());
                let rest = self.rest().get(..reach).unwrap_or_default();
                let means = |byte: &u8| b"\"$`{".contains(byte);
                let run = rest.iter().skip(1).position(means);
                self.take(run.map_or(rest.len().max(1), |run| run + 1), None);
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
            self.take(end.saturating_sub(self.at), None);
            self.at = (end + 3).min(self.bytes.len());
        }
        true
    }

    /// Reads single quotes. One that is never closed is an apostrophe.
    pub(super) fn single_quotes(&mut self) {
        let at = self.at;
        let length = match self.no_single_quote_from <= at {
            true => None,
            false => memchr::memchr(b'\'', self.rest().get(1..).unwrap_or_default()),
        };
        let Some(length) = length else {
            self.no_single_quote_from = self.no_single_quote_from.min(at);
            self.has_errors = true;
            return self.take(1, None);
        };
        self.word().quote(at);
        self.at += 1;
        let end = self.at + length;
        while self.at < end {
            // A CI system puts its values in without regard to quotes.
            if self.at + 4 < end && self.take_foreign() {
                continue;
            }
            let rest = self.bytes.get(self.at..end).unwrap_or_default();
            let plain = rest.iter().skip(1).position(|byte| b"${".contains(byte));
            self.take(plain.map_or(rest.len(), |plain| plain + 1), None);
        }
        if self.peek(1) == Some(b'\'') && self.peek(0) == Some(b'\'') {
            // Two of them are one, and the string goes on.
            self.take(1, None);
        } else {
            self.at += 1;
        }
    }
}
