//! Quotes and escapes.

use super::reader::Reader;

/// Whether a byte may mean something within double quotes.
fn means_in_quotes(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | b'$' | b'`' | b'{' | b'<')
}

impl Reader<'_> {
    /// Reads on within double quotes.
    pub(super) fn quoted_step(&mut self, byte: u8) {
        match byte {
            b'"' => {
                self.word().quoted = false;
                self.at += 1;
            }
            b'\\' => self.escape(|next| matches!(next, b'$' | b'`' | b'"' | b'\\')),
            _ => self.expand_or_take(byte, means_in_quotes),
        }
    }

    /// Reads an expansion, a template, or else plain text.
    pub(super) fn expand_or_take(&mut self, byte: u8, means: fn(u8) -> bool) {
        let expanded = match byte {
            b'$' | b'`' => self.take_foreign() || self.dollar(byte),
            b'{' | b'<' => self.take_foreign(),
            _ => false,
        };
        if !expanded {
            self.take_run(means);
        }
    }

    /// Reads a backslash. `special` tells what it makes plain; before others it stands for itself.
    pub(super) fn escape(&mut self, special: fn(u8) -> bool) {
        let at = self.at;
        match (self.peek(1), self.peek(2)) {
            // A line that goes on.
            (Some(b'\n'), _) => self.at += 2,
            (Some(b'\r'), Some(b'\n')) => self.at += 3,
            (Some(next), _) if special(next) => {
                self.word().quote(at);
                self.take_as(2, &[next]);
            }
            _ => self.take(1),
        }
    }

    /// Reads single quotes. One that is never closed is an apostrophe.
    pub(super) fn single_quotes(&mut self) {
        let Some(end) = self.take_single_quoted(b"${<") else {
            return;
        };
        // An expression may hold quotes of its own: `'${{ secrets['X'] }}'`.
        if self.at == end {
            self.at += 1;
        } else {
            let rest = self.rest();
            let skipped = memchr::memchr(b'\'', rest).map_or(0, |more| more);
            self.take(skipped);
            self.at = (self.at + 1).min(self.end);
        }
    }

    /// Reads `$'…'`, in which a backslash begins an escape as in C.
    pub(super) fn c_quotes(&mut self) {
        let at = self.at;
        self.word().quote(at + 1);
        self.at += 2;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\'' => {
                    self.at += 1;
                    return;
                }
                b'\\' => self.c_escape(),
                _ => self.take_run(|byte| matches!(byte, b'\'' | b'\\')),
            }
        }
        self.has_errors = true;
    }

    fn c_escape(&mut self) {
        let digits = |from: usize, most: usize, radix: u32| {
            let rest = self.rest().get(from..).unwrap_or_default();
            rest.iter()
                .take(most)
                .take_while(|byte| char::from(**byte).is_digit(radix))
                .count()
        };
        let (length, value) = match self.peek(1) {
            Some(b'x') => (2 + digits(2, 2, 16), self.number(2, digits(2, 2, 16), 16)),
            Some(b'u') => (2 + digits(2, 4, 16), self.number(2, digits(2, 4, 16), 16)),
            Some(b'U') => (2 + digits(2, 8, 16), self.number(2, digits(2, 8, 16), 16)),
            Some(b'0'..=b'7') => (1 + digits(1, 3, 8), self.number(1, digits(1, 3, 8), 8)),
            Some(b'n') => (2, Some('\n')),
            Some(b't') => (2, Some('\t')),
            Some(b'r') => (2, Some('\r')),
            Some(b'e' | b'E') => (2, Some('\u{1b}')),
            Some(other) if other.is_ascii_punctuation() => (2, Some(char::from(other))),
            _ => (1, Some('\\')),
        };
        let mut buffer = [0; 4];
        let plain = value.unwrap_or('\u{fffd}').encode_utf8(&mut buffer);
        self.take_as(length, plain.as_bytes());
    }

    fn number(&self, from: usize, digits: usize, radix: u32) -> Option<char> {
        let digits = self.rest().get(from..from + digits)?;
        let digits = std::str::from_utf8(digits).ok()?;
        char::from_u32(u32::from_str_radix(digits, radix).ok()?)
    }
}
