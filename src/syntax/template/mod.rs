//! References in a text: `${{ secrets.X }}`, `$X`, `${X:-default}`, `${env:X}`.

mod foreign;
#[cfg(test)]
mod tests;

use super::mapped_text::MappedText;
use super::{Spanned, Value};
use crate::span::Span;

pub(super) use foreign::{expression, foreign};

/// The references that a text of some format may hold. `${{ … }}` is read in all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// None but `${{ … }}`: TOML, INI, a quoted string.
    Plain,
    /// `$X`, `${X}`, `${X:-default}`, `$(command)`: shells, compose, `.env`, CI systems.
    /// `${env:X}`, `${localEnv:X}` and `${input:x}` of editors too, and `{{ x }}` of templates.
    Dollar,
    /// What [`Dialect::Dollar`] has, and the directives of template engines, `{{ … }}`, `{% … %}`
    /// and `<% … %>`, which may stand for anything: YAML, JSON and their kin.
    Data,
}

/// How many brackets without an end are looked into. A text that is full of them would cost its
/// length times the reach of each.
const MAX_UNCLOSED: usize = 100;

/// Reads a piece of a text as a value: a literal, one reference, or a [`Value::Text`] of both.
pub(super) fn read(text: &MappedText, span: Span, dialect: Dialect) -> Spanned<Value> {
    let bytes = text.slice(&span);
    let whole = text.origin(span.clone());
    let mut parts: Vec<Spanned<Value>> = Vec::new();
    let mut literal = 0;
    let mut at = 0;
    let mut unclosed = 0;
    while let Some(ahead) = next_mark(bytes.get(at..).unwrap_or_default()) {
        at += ahead;
        let rest = bytes.get(at..).unwrap_or_default();
        let bracket = rest.starts_with(b"$(") || rest.starts_with(b"${");
        if bracket && unclosed > MAX_UNCLOSED {
            break;
        }
        let found = reference(rest, dialect);
        unclosed += usize::from(bracket && found.is_none());
        match found {
            Some((mut value, length)) => {
                if let Value::Variable(_, Some(default)) = &mut value {
                    // Told from the start of the reference.
                    let from = span.start + at;
                    default.span = text.origin(from + default.span.start..from + default.span.end);
                }
                push_literal(text, span.start, literal..at, &mut parts);
                parts.push(Spanned {
                    value,
                    span: text.origin(span.start + at..span.start + at + length),
                });
                at += length;
                literal = at;
            }
            None => at += 1,
        }
    }
    push_literal(text, span.start, literal..bytes.len(), &mut parts);
    let value = match parts.len() {
        0 => Value::Null,
        1 => parts.remove(0).value,
        _ => Value::Text(parts),
    };
    Spanned { value, span: whole }
}

/// How far it is to a byte that may begin a reference.
fn next_mark(text: &[u8]) -> Option<usize> {
    text.iter()
        .position(|b| matches!(b, b'$' | b'{' | b'%' | b'<'))
}

fn push_literal(text: &MappedText, from: usize, span: Span, parts: &mut Vec<Spanned<Value>>) {
    let span = span.start + from..span.end + from;
    let bytes = text.slice(&span);
    if !bytes.is_empty() {
        parts.push(Spanned {
            value: Value::Literal(String::from_utf8_lossy(bytes).into_owned()),
            span: text.origin(span),
        });
    }
}

/// The reference that a text begins with, and its length in bytes. The span of its default is one
/// of the reference.
fn reference(text: &[u8], dialect: Dialect) -> Option<(Value, usize)> {
    if let Some(inner) = text.strip_prefix(b"${{") {
        let length = find(inner, b"}}")?;
        return Some((expression(inner.get(..length)?), length + 5));
    }
    if dialect == Dialect::Dollar && text.starts_with(b"{{") {
        let template = foreign(text)?;
        return Some((template.value?, template.length));
    }
    match dialect {
        Dialect::Plain => None,
        Dialect::Dollar => dollar(text),
        Dialect::Data => directive(text).or_else(|| dollar(text)),
    }
}

/// The brackets of directives: of Helm, Go and Jinja; of Jinja; of ERB.
const DIRECTIVES: [(&[u8], &[u8]); 4] = [
    (b"{{", b"}}"),
    (b"{%", b"%}"),
    (b"{#", b"#}"),
    (b"<%", b"%>"),
];

/// The length of the directive of a template engine that a text begins with.
pub(super) fn directive_length(text: &[u8]) -> Option<usize> {
    let (open, close) = DIRECTIVES.iter().find(|(open, _)| text.starts_with(open))?;
    let length = find(text.get(2..)?, close)?;
    // `{{ "{{" }}`, and `{{{ raw }}}` of Mustache.
    let mut end = length + open.len() + close.len();
    if *open == b"{{" && text.get(2) == Some(&b'{') && text.get(end) == Some(&b'}') {
        end += 1;
    }
    Some(end)
}

fn directive(text: &[u8]) -> Option<(Value, usize)> {
    directive_length(text).map(|length| (Value::Unknown, length))
}

fn dollar(text: &[u8]) -> Option<(Value, usize)> {
    let rest = text.strip_prefix(b"$")?;
    if let Some(inner) = rest.strip_prefix(b"(") {
        let length = closing(inner, b'(', b')')?;
        let command = String::from_utf8_lossy(inner.get(..length)?).into_owned();
        return Some((Value::Substitution(command), length + 3));
    }
    let Some(inner) = rest.strip_prefix(b"{") else {
        let name = name(rest)?;
        return Some((Value::Variable(name.to_owned(), None), name.len() + 1));
    };
    let length = closing(inner, b'{', b'}')?;
    let inner = inner.get(..length)?;
    // HOCON's `${?X}` is nothing where there is no X.
    let inner = inner.strip_prefix(b"?").unwrap_or(inner);
    let (scope, after) = match inner.iter().position(|b| *b == b':') {
        Some(colon) if is_scope(inner.get(..colon)?) && name(inner.get(colon + 1..)?).is_some() => {
            (inner.get(..colon)?, inner.get(colon + 1..)?)
        }
        _ => (&b""[..], inner),
    };
    let name = dotted(after)?;
    // A call of Terraform.
    if after.get(name.len()) == Some(&b'(') {
        return Some((Value::Unknown, length + 3));
    }
    let value = match scope {
        b"input" => Value::CiInput(name.to_owned()),
        _ => {
            let default = after.get(name.len()..)?;
            // Spring has a colon alone, where a shell has what to do instead.
            let spring = || {
                let default = default.strip_prefix(b":")?;
                (!default.starts_with(b"?") && !default.starts_with(b"+")).then_some(default)
            };
            let default = [&b":-"[..], b"-", b":="]
                .iter()
                .find_map(|operator| default.strip_prefix(*operator))
                .or_else(spring)
                .filter(|default| !default.is_empty())
                .map(|default| {
                    // It ends where the reference does, but for the bracket.
                    let end = length + 2;
                    Box::new(Spanned {
                        value: Value::Literal(String::from_utf8_lossy(default).into_owned()),
                        span: end - default.len()..end,
                    })
                });
            Value::Variable(name.to_owned(), default)
        }
    };
    Some((value, length + 3))
}

/// Whether what stands before a colon says where a variable is: `env`, `localEnv`, `ssm`. A name in
/// capitals is that of a variable, and what follows it is its default.
fn is_scope(text: &[u8]) -> bool {
    let letters = text.iter().all(|b| b.is_ascii_alphanumeric());
    letters && text.iter().any(u8::is_ascii_lowercase)
}

/// A name, or the path of one: `var.hf_token` of Terraform, `hf.token` of Java.
fn dotted(text: &[u8]) -> Option<&str> {
    let mut length = name(text)?.len();
    while text.get(length) == Some(&b'.')
        && let Some(next) = name(text.get(length + 1..)?)
    {
        length += 1 + next.len();
    }
    std::str::from_utf8(text.get(..length)?).ok()
}

fn name(text: &[u8]) -> Option<&str> {
    let length = text
        .iter()
        .position(|b| !(b.is_ascii_alphanumeric() || *b == b'_'))
        .unwrap_or(text.len());
    let name = std::str::from_utf8(text.get(..length)?).ok()?;
    (!name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit())).then_some(name)
}

fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(text.get(..text.len().min(4096))?, needle)
}

/// The length of a text up to the bracket that closes it.
fn closing(text: &[u8], open: u8, close: u8) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.iter().enumerate().take(4096) {
        if *byte == open {
            depth += 1;
        } else if *byte == close {
            match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return Some(at),
            }
        }
    }
    None
}
