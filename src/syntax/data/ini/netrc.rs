//! `.netrc`: `machine host login name password secret`, on one line or many.

use super::{Reader, line, said};
use crate::span::Span;
use crate::syntax::data::tree::Body;

/// Whether a file is one.
pub(super) fn is(bytes: &[u8]) -> bool {
    let first = said(bytes).next().unwrap_or_default();
    let mut words = first.split(u8::is_ascii_whitespace);
    let head = words.next();
    let plain = !first.contains(&b'=') && !first.contains(&b':');
    match head {
        Some(b"machine") => plain,
        Some(b"default") => matches!(words.next(), None | Some(b"login")) && plain,
        _ => false,
    }
}

/// Reads one.
pub(super) fn read(reader: &mut Reader<'_>) {
    let bytes = reader.text.bytes();
    let mut words = Words { bytes, at: 0 };
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        words.at = 3;
    }
    while let Some(word) = words.next() {
        let named = match reader.slice(word.clone()) {
            b"machine" => words.next(),
            b"default" => Some(word),
            b"macdef" => {
                // A macro ends with an empty line.
                let rest = bytes.get(words.at..).unwrap_or_default();
                let end = memchr::memmem::find(rest, b"\n\n");
                words.at += end.unwrap_or(rest.len());
                continue;
            }
            b"login" | b"password" | b"account" => {
                if let Some(value) = words.next() {
                    let key = reader.key(word);
                    let body = reader.body(value.clone());
                    let section = reader.section;
                    reader.tree.add(Some(section), key, body, value);
                }
                continue;
            }
            _ => {
                reader.has_errors = true;
                continue;
            }
        };
        if let Some(name) = named {
            let key = reader.key(name.clone());
            let root = reader.root;
            reader.section = reader.tree.add(Some(root), key, Body::Map, name);
        }
    }
}

/// The words of a `.netrc`, past its comments.
struct Words<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Iterator for Words<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            self.at += rest.len() - rest.trim_ascii_start().len();
            let rest = self.bytes.get(self.at..)?;
            if rest.is_empty() {
                return None;
            }
            if rest.starts_with(b"#") {
                self.at = line(self.bytes, self.at).end;
                continue;
            }
            let length = rest.iter().position(u8::is_ascii_whitespace);
            let start = self.at;
            self.at += length.unwrap_or(rest.len());
            return Some(start..self.at);
        }
    }
}
