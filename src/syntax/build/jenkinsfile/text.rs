//! What Groovy makes of strings and names before a shell sees them.
//!
//! What Groovy puts into a string is written into its text as an expression of a CI system,
//! `${{ secrets.X }}`: it is put in without regard to the shell's quotes, as there.

use std::collections::HashSet;

use super::token::{Kind, Quotes, Token, interpolated};
use crate::span::Span;
use crate::syntax::escape::{Escapes, unescape};
use crate::syntax::mapped_text::MappedText;

/// How long a name may be, in bytes.
const MAX_NAME: usize = 200;

/// A file and the variables of it that hold secrets.
pub(super) struct Strings<'t> {
    pub(super) text: &'t MappedText,
    pub(super) secrets: HashSet<String>,
}

impl<'t> Strings<'t> {
    pub(super) fn slice(&self, span: &Span) -> &'t [u8] {
        self.text.slice(span)
    }

    /// The content of a string, as it is written.
    pub(super) fn content(&self, token: &Token) -> Option<String> {
        match &token.kind {
            Kind::String(inner, _) => Some(String::from_utf8_lossy(self.slice(inner)).into_owned()),
            _ => None,
        }
    }

    /// Appends what a string gives.
    pub(super) fn append(&self, inner: Span, quotes: Quotes, into: &mut MappedText) {
        let mut plain = inner.start;
        let mut at = inner.start;
        while quotes != Quotes::Single && at < inner.end {
            let rest = self.slice(&(at..inner.end));
            let Some(ahead) = memchr::memchr2(b'$', b'\\', rest) else {
                break;
            };
            at += ahead;
            let rest = rest.get(ahead..).unwrap_or_default();
            let length = match rest {
                [b'$', b'{', ..] => interpolated(rest),
                [b'$', ..] => dotted(rest),
                _ => None,
            };
            match length {
                Some(length) => {
                    self.plain(plain..at, quotes, into);
                    let braced = rest.get(1) == Some(&b'{');
                    let expression = match braced {
                        true => rest.get(2..length - 1),
                        false => rest.get(1..length),
                    };
                    let origin = self.text.origin(at..at + length);
                    self.expression(expression.unwrap_or_default(), origin, into);
                    at += length;
                    plain = at;
                }
                None => at += if rest.first() == Some(&b'\\') { 2 } else { 1 },
            }
        }
        self.plain(plain..inner.end, quotes, into);
    }

    fn plain(&self, span: Span, quotes: Quotes, into: &mut MappedText) {
        match quotes {
            Quotes::Slashes => into.push_from(self.text, span),
            _ => unescape(self.text, span, Escapes::JavaScript, into),
        }
    }

    /// Appends what an expression stands for.
    pub(super) fn expression(&self, expression: &[u8], origin: Span, into: &mut MappedText) {
        let text = String::from_utf8_lossy(expression);
        let text = text.split("?:").next().unwrap_or_default().trim();
        let path = text.replace("['", ".").replace("[\"", ".");
        let path = path.trim_end_matches(['\'', '"', ']']);
        let simple = |byte: u8| byte.is_ascii_alphanumeric() || b"_.".contains(&byte);
        let name = path.rsplit('.').next().unwrap_or(path);
        let reference = if !path.bytes().all(simple) || name.is_empty() || path.len() > MAX_NAME {
            "${{ () }}".to_owned()
        } else if path.starts_with("params.") {
            format!("${{{{ inputs.{name} }}}}")
        } else if self.is_secret(name) {
            format!("${{{{ secrets.{name} }}}}")
        } else {
            format!("${{{{ env.{name} }}}}")
        };
        into.push(reference.as_bytes(), origin);
    }

    fn is_secret(&self, name: &str) -> bool {
        let whole = name.strip_suffix("_PSW").or(name.strip_suffix("_USR"));
        self.secrets.contains(name) || whole.is_some_and(|name| self.secrets.contains(name))
    }
}

/// The length of `$name.name`.
fn dotted(rest: &[u8]) -> Option<usize> {
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let first = rest.get(1)?;
    if !first.is_ascii_alphabetic() && *first != b'_' {
        return None;
    }
    let mut length = 1 + rest.iter().skip(1).take_while(|byte| word(byte)).count();
    while rest.get(length) == Some(&b'.') && rest.get(length + 1).is_some_and(word) {
        let more = rest.iter().skip(length + 1).take_while(|byte| word(byte));
        length += 1 + more.count();
    }
    Some(length)
}
