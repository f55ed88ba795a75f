//! Where the parts of HCL end: strings with expressions in them, heredocs, expressions.

use crate::span::Span;

/// How many strings without an end are looked into past their line, and how far: a file that is
/// full of them would cost its length times the reach of each.
const MAX_UNCLOSED: usize = 100;
const REACH: usize = 2048;

/// A string in quotes.
pub(super) struct Quoted {
    /// What is in the quotes.
    pub(super) content: Span,
    /// The first byte after it.
    pub(super) end: usize,
    /// Whether its closing quote is there.
    pub(super) is_closed: bool,
}

/// A text between a line that ends in `<<MARKER` and one that is `MARKER`.
pub(super) struct Heredoc {
    /// The marker.
    pub(super) marker: Span,
    /// The lines between.
    pub(super) body: Span,
    /// The first byte after it.
    pub(super) end: usize,
    /// Whether the indentation of its lines is none of its own.
    pub(super) is_indented: bool,
    /// Whether the marker ends it.
    pub(super) is_closed: bool,
}

/// Finds where things end, in one pass over a text.
pub(super) struct Scanner<'t> {
    pub(super) bytes: &'t [u8],
    unclosed: usize,
    /// Whether an expression did not close what it opened.
    pub(super) is_cut: bool,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(bytes: &'t [u8]) -> Self {
        Self {
            bytes,
            unclosed: 0,
            is_cut: false,
        }
    }

    pub(super) fn from(&self, at: usize) -> &'t [u8] {
        self.bytes.get(at..).unwrap_or_default()
    }

    /// The string whose quote stands at a byte. It ends with its line, but for the expressions in
    /// it, which may have lines.
    pub(super) fn quoted(&mut self, at: usize) -> Quoted {
        let inner = at + 1;
        // What is open: `"` a string, `{` an expression in one.
        let mut open = vec![b'"'];
        let mut feed = None;
        let mut at = inner;
        while let Some(byte) = self.bytes.get(at) {
            let in_string = open.last() == Some(&b'"');
            match byte {
                b'"' if in_string => {
                    open.pop();
                    if open.is_empty() {
                        return Quoted {
                            content: inner..at,
                            end: at + 1,
                            is_closed: true,
                        };
                    }
                }
                b'"' => open.push(b'"'),
                b'\\' if in_string => at += 1,
                b'$' | b'%' if in_string && self.from(at + 1).starts_with(b"{") => {
                    // Twice, it stands for itself.
                    if self.bytes.get(at - 1) != Some(byte) || at == inner {
                        open.push(b'{');
                    }
                    at += 1;
                }
                b'{' if !in_string => open.push(b'{'),
                b'}' if !in_string => {
                    open.pop();
                }
                b'\n' => {
                    let first = *feed.get_or_insert(at);
                    if in_string || self.unclosed > MAX_UNCLOSED || at - first > REACH {
                        break;
                    }
                }
                _ => {}
            }
            if feed.is_some_and(|feed| at - feed > REACH) {
                break;
            }
            at += 1;
        }
        self.unclosed += 1;
        let end = feed.unwrap_or(at).min(self.bytes.len()).max(inner);
        Quoted {
            content: inner..end,
            end,
            is_closed: false,
        }
    }

    /// The heredoc that begins at a byte.
    pub(super) fn heredoc(&self, at: usize) -> Option<Heredoc> {
        let rest = self.from(at).strip_prefix(b"<<")?;
        let is_indented = rest.starts_with(b"-");
        let start = at + 2 + usize::from(is_indented);
        let name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        let length = self
            .from(start)
            .iter()
            .take(100)
            .take_while(|b| name(b))
            .count();
        let marker = start..start + length;
        let feed = self.skip_blanks(marker.end);
        if length == 0 || !matches!(self.bytes.get(feed), None | Some(b'\n')) {
            return None;
        }
        let body = (feed + 1).min(self.bytes.len());
        let word = self.bytes.get(marker.clone())?;
        let mut at = body;
        while at < self.bytes.len() {
            let rest = self.from(at);
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = rest.get(..length)?;
            if line.trim_ascii() == word {
                let indent = line.len() - line.trim_ascii_start().len();
                return Some(Heredoc {
                    marker,
                    body: body..at,
                    end: at + indent + word.len(),
                    is_indented,
                    is_closed: true,
                });
            }
            at += length + 1;
        }
        Some(Heredoc {
            marker,
            body: body..self.bytes.len(),
            end: self.bytes.len(),
            is_indented,
            is_closed: false,
        })
    }

    /// The length of the comment that begins at a byte.
    pub(super) fn comment(&self, at: usize) -> Option<usize> {
        let rest = self.from(at);
        if rest.starts_with(b"#") || rest.starts_with(b"//") {
            return Some(memchr::memchr(b'\n', rest).unwrap_or(rest.len()));
        }
        let inner = rest.strip_prefix(b"/*")?;
        Some(memchr::memmem::find(inner, b"*/").map_or(rest.len(), |end| end + 4))
    }

    /// Passes blanks and comments, and what divides entries.
    pub(super) fn skip(&self, mut at: usize) -> usize {
        loop {
            let rest = self.from(at);
            let blank = |b: &u8| !(b.is_ascii_whitespace() || matches!(b, b',' | b';'));
            at += rest.iter().position(blank).unwrap_or(rest.len());
            match self.comment(at) {
                Some(length) => at += length,
                None => return at,
            }
        }
    }

    /// Passes blanks of a line.
    pub(super) fn skip_blanks(&self, at: usize) -> usize {
        let rest = self.from(at);
        let blank = |b: &u8| matches!(b, b' ' | b'\t' | b'\r');
        at + rest.iter().take_while(|b| blank(b)).count()
    }

    /// Where the expression that begins at a byte ends: at the end of its line, at a comma, at a
    /// bracket that it did not open.
    pub(super) fn expression(&mut self, mut at: usize) -> usize {
        let mut open: Vec<u8> = Vec::new();
        while let Some(byte) = self.bytes.get(at) {
            match byte {
                b'"' => {
                    at = self.quoted(at).end;
                    continue;
                }
                b'<' => {
                    if let Some(heredoc) = self.heredoc(at) {
                        at = heredoc.end;
                        continue;
                    }
                }
                b'#' | b'/' => {
                    if let Some(length) = self.comment(at) {
                        if open.is_empty() {
                            return at;
                        }
                        at += length;
                        continue;
                    }
                }
                b'(' => open.push(b')'),
                b'[' => open.push(b']'),
                b'{' => open.push(b'}'),
                b')' | b']' | b'}' => {
                    let opened = open.pop();
                    if opened != Some(*byte) {
                        self.is_cut |= opened.is_some();
                        return at;
                    }
                }
                b'\n' | b',' | b';' if open.is_empty() => return at,
                _ => {}
            }
            at += 1;
        }
        self.is_cut |= !open.is_empty();
        self.bytes.len()
    }
}
