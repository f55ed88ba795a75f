//! The lines of a file, as edits see them.

use crate::finding::Edit;
use crate::span::Span;

/// A line with its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) span: Span,
}

/// The line that holds a byte.
pub(super) fn line_at(text: &[u8], at: usize) -> Line {
    let at = at.min(text.len());
    let (before, after) = text.split_at(at);
    let start = memchr::memrchr(b'\n', before).map_or(0, |feed| feed + 1);
    let end = memchr::memchr(b'\n', after).map_or(text.len(), |feed| at + feed + 1);
    Line { span: start..end }
}

/// How the lines of a file end.
pub(super) fn ending(text: &[u8]) -> &'static str {
    let first = line_at(text, 0).span;
    match text.get(first).is_some_and(|line| line.ends_with(b"\r\n")) {
        true => "\r\n",
        false => "\n",
    }
}

impl Line {
    fn str<'t>(&self, text: &'t [u8]) -> &'t str {
        let line = text.get(self.span.clone()).unwrap_or_default();
        std::str::from_utf8(line).unwrap_or_default()
    }

    /// The blanks that it begins with.
    pub(super) fn indent<'t>(&self, text: &'t [u8]) -> &'t str {
        let line = self.str(text);
        let rest = line.trim_start_matches([' ', '\t']);
        line.get(..line.len() - rest.len()).unwrap_or_default()
    }

    /// The blanks and signs of comments that it begins with.
    pub(super) fn margin<'t>(&self, text: &'t [u8]) -> &'t str {
        let line = self.str(text);
        let rest = line.trim_start_matches([' ', '\t', '#']);
        line.get(..line.len() - rest.len()).unwrap_or_default()
    }

    /// What is between the margin and the blanks at its end.
    pub(super) fn content<'t>(&self, text: &'t [u8]) -> &'t str {
        let margin = self.margin(text).len();
        self.str(text).get(margin..).unwrap_or_default().trim_end()
    }

    pub(super) fn is_blank(&self, text: &[u8]) -> bool {
        self.str(text).trim().is_empty()
    }

    /// The one behind it.
    pub(super) fn next(&self, text: &[u8]) -> Option<Self> {
        (self.span.end < text.len()).then(|| line_at(text, self.span.end))
    }

    /// The one before it.
    pub(super) fn previous(&self, text: &[u8]) -> Option<Self> {
        let end = self.span.start.checked_sub(1)?;
        Some(line_at(text, end))
    }

    /// Takes it out.
    pub(super) fn removed(&self) -> Edit<Span> {
        Edit {
            at: self.span.clone(),
            text: String::new(),
        }
    }
}

/// A text without the blanks and continued lines at its end.
pub(super) fn glued(mut text: &[u8]) -> &[u8] {
    loop {
        let end = text.trim_ascii_end();
        let blanks = text.get(end.len()..).unwrap_or_default();
        let own = blanks
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count();
        // A line that ends without a sign that it goes on ends the command.
        if own < blanks.len() && !end.ends_with(b"\\") {
            let feed = memchr::memrchr(b'\n', text).map_or(0, |feed| feed + 1);
            return text.get(..feed).unwrap_or_default();
        }
        match end.strip_suffix(b"\\").filter(|_| own < blanks.len()) {
            Some(rest) => text = rest,
            None => return end,
        }
    }
}

/// A text without the blanks and the ends of continued lines at its beginning.
pub(super) fn behind(mut text: &[u8]) -> &[u8] {
    loop {
        let blanks = text
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count();
        text = text.get(blanks..).unwrap_or_default();
        let feeds = [&b"\\\r\n"[..], b"\\\n"];
        match feeds.iter().find_map(|feed| text.strip_prefix(*feed)) {
            Some(rest) => text = rest,
            None => return text,
        }
    }
}
