//! Values put together from others: texts, lists, one of two.

use crate::syntax::{Spanned, Value};

/// A text and what is put into it: the text's parts first.
pub(super) fn formatted(parts: Vec<Spanned<Value>>) -> Value {
    let mut all = Vec::new();
    for part in parts {
        match part.value {
            Value::Text(parts) | Value::List(parts) => all.extend(parts),
            Value::Map(entries) => all.extend(entries.into_iter().map(|(_, value)| value)),
            _ => all.push(part),
        }
    }
    Value::Text(all)
}

/// Folders and a file, with a slash between each.
pub(super) fn path(parts: Vec<Spanned<Value>>) -> Value {
    let mut all: Vec<Spanned<Value>> = Vec::new();
    for part in parts {
        if !all.is_empty() {
            all.push(Spanned {
                value: Value::Literal("/".to_owned()),
                span: part.span.start..part.span.start,
            });
        }
        all.push(part);
    }
    concatenated(all)
}

/// Texts or lists side by side.
pub(super) fn concatenated(parts: Vec<Spanned<Value>>) -> Value {
    let is_list = |part: &Spanned<Value>| matches!(part.value, Value::List(_));
    if parts.iter().any(is_list) {
        let mut items = Vec::new();
        for part in parts {
            match part.value {
                Value::List(inner) => items.extend(inner),
                _ => items.push(part),
            }
        }
        return Value::List(items);
    }
    let Value::Text(parts) = formatted(parts) else {
        return Value::Unknown;
    };
    let mut joined = String::new();
    for part in &parts {
        match &part.value {
            Value::Literal(text) => joined.push_str(text),
            Value::Null => {}
            _ => return Value::Text(parts),
        }
    }
    Value::Literal(joined)
}

/// One of two: the first that says something, a default for an environment variable, or else a
/// text of both.
pub(super) fn either(first: Spanned<Value>, second: Spanned<Value>) -> Value {
    let nothing = |value: &Value| match value {
        Value::Null | Value::Unknown => true,
        Value::Map(entries) => entries.is_empty(),
        Value::List(items) => items.is_empty(),
        _ => false,
    };
    if nothing(&first.value) {
        return second.value;
    }
    if nothing(&second.value) {
        return first.value;
    }
    match (first.value, second) {
        (Value::Environment(name, None), default) => {
            Value::Environment(name, Some(Box::new(default)))
        }
        (value, second) => Value::Text(vec![
            Spanned {
                value,
                span: first.span,
            },
            second,
        ]),
    }
}
