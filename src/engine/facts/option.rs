//! Options of command lines, and what is given to them.

use super::entry::Entry;
use crate::span::Span;
use crate::syntax::{Spanned, Value};

/// An option with what is given to it, and, if that is `NAME=value` or `NAME`, the entry of it.
pub(super) fn option(name: &Spanned<String>, value: &Spanned<Value>, into: &mut Vec<Entry>) {
    let (inner, given) = match pair(value) {
        Some((inner, given)) => (Some(inner), given),
        None => {
            let text = head(&value.value);
            let inner = (!text.is_empty()).then(|| Spanned {
                value: text,
                span: value.span.clone(),
            });
            let nothing = Spanned {
                value: Value::Null,
                span: value.span.clone(),
            };
            (inner, nothing)
        }
    };
    if let Some(inner) = inner {
        into.push(Entry {
            path: vec![name.value.clone(), inner.value],
            key: Some(name.span.start..inner.span.end.max(name.span.end)),
            value: given,
        });
    }
    into.push(Entry {
        path: vec![name.value.clone()],
        key: Some(name.span.clone()),
        value: value.clone(),
    });
}

/// What a word begins with: all of it, if nothing in it is unknown.
pub(super) fn head(value: &Value) -> String {
    match value {
        Value::Literal(text) => text.clone(),
        Value::Text(parts) => parts
            .first()
            .map(|part| head(&part.value))
            .unwrap_or_default(),
        _ => String::new(),
    }
}

/// Divides `-eNAME=value`, an option of one letter with what is given to it.
pub(super) fn attached(value: &Spanned<Value>) -> Option<(Spanned<String>, Spanned<Value>)> {
    const LETTERS: usize = 2;
    let split = |text: &str| {
        let (option, name) = text.split_at_checked(LETTERS)?;
        let name = name.split('=').next().unwrap_or(name);
        let is_name =
            name.contains('_') && name.bytes().all(|b| b == b'_' || b.is_ascii_uppercase());
        (matches!(option, "-e" | "-s") && is_name).then(|| option.to_owned())
    };
    let without = |text: &str| text.get(LETTERS..).unwrap_or_default().to_owned();
    let span = |span: &Span| (span.start + LETTERS).min(span.end)..span.end;
    let (name, rest) = match &value.value {
        Value::Literal(text) => (split(text)?, Value::Literal(without(text))),
        Value::Text(parts) => {
            let (first, more) = parts.split_first()?;
            let Value::Literal(text) = &first.value else {
                return None;
            };
            let head = Spanned {
                value: Value::Literal(without(text)),
                span: span(&first.span),
            };
            let parts = std::iter::once(head).chain(more.iter().cloned());
            (split(text)?, Value::Text(parts.collect()))
        }
        _ => return None,
    };
    let name = Spanned {
        value: name,
        span: value.span.start..(value.span.start + LETTERS).min(value.span.end),
    };
    let rest = Spanned {
        value: rest,
        span: span(&value.span),
    };
    Some((name, rest))
}

/// Divides `NAME=value`; the value may be put together from parts.
pub(super) fn pair(value: &Spanned<Value>) -> Option<(Spanned<String>, Spanned<Value>)> {
    let split = |text: &str, span: &Span| {
        let (name, rest) = text.split_once('=')?;
        if name.is_empty() || name.contains(char::is_whitespace) {
            return None;
        }
        // Where quotes or escapes stand between, the parts cannot be told: the whole is shown.
        let exact = span.len() == text.len();
        let end = if exact {
            span.start + name.len()
        } else {
            span.end
        };
        let rest_span = if exact {
            end + 1..span.end
        } else {
            span.clone()
        };
        let name = Spanned {
            value: name.to_owned(),
            span: span.start..end,
        };
        Some((name, rest.to_owned(), rest_span))
    };
    match &value.value {
        Value::Literal(text) => {
            let (name, rest, span) = split(text, &value.span)?;
            let value = if rest.is_empty() {
                Value::Null
            } else {
                Value::Literal(rest)
            };
            Some((name, Spanned { value, span }))
        }
        Value::Text(parts) => {
            let (first, others) = parts.split_first()?;
            let Value::Literal(text) = &first.value else {
                return None;
            };
            let (name, rest, span) = split(text, &first.span)?;
            let whole = span.start..value.span.end.max(span.start);
            let mut parts: Vec<Spanned<Value>> = others.to_vec();
            if !rest.is_empty() {
                parts.insert(
                    0,
                    Spanned {
                        value: Value::Literal(rest),
                        span,
                    },
                );
            }
            let value = match parts.len() {
                1 => parts.remove(0).value,
                _ => Value::Text(parts),
            };
            Some((name, Spanned { value, span: whole }))
        }
        _ => None,
    }
}
