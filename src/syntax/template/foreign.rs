//! MappedText of CI systems and template engines in documents of other languages: `${{ secrets.X }}`,
//! `$[[ inputs.x ]]`, `<< parameters.x >>`, `{{ x }}`, `{% … %}`.

use super::{Dialect, find, reference};
use crate::syntax::{Spanned, Value};

/// MappedText of a CI system or a template in a document of another language.
pub(in crate::syntax) struct Foreign {
    /// What it stands for; none for a statement such as `{% if x %}`, which gives no text.
    pub(in crate::syntax) value: Option<Value>,
    /// Its length in bytes.
    pub(in crate::syntax) length: usize,
}

/// The foreign expression that a text begins with: `${{ secrets.X }}`, `$[[ inputs.x ]]` of GitLab,
/// `<< parameters.x >>` of CircleCI, `{{ x }}` and `{% … %}` of Jinja and Helm.
pub(in crate::syntax) fn foreign(text: &[u8]) -> Option<Foreign> {
    let of = |value, length| Some(Foreign { value, length });
    match text {
        [b'$', b'{', b'{', ..] => {
            let (value, length) = reference(text, Dialect::Plain)?;
            of(Some(value), length)
        }
        [b'$', b'[', b'[', inner @ ..] => {
            let length = find(inner, b"]]")?;
            of(Some(expression(inner.get(..length)?)), length + 5)
        }
        [b'{', b'{', inner @ ..] => {
            let length = find(line(inner), b"}}")?;
            let inner = inner.get(..length)?;
            let value = (!is_statement(inner)).then(|| template_value(inner));
            of(value, length + 4)
        }
        [b'{', b'%', inner @ ..] => of(None, find(line(inner), b"%}")? + 4),
        [b'<', b'<', inner @ ..] => {
            let length = find(inner.get(..inner.len().min(100))?, b">>")?;
            let path = std::str::from_utf8(inner.get(..length)?).ok()?.trim();
            let known = ["parameters.", "pipeline.", "matrix."];
            let simple = path
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
            let is_input = simple && known.iter().any(|head| path.starts_with(head));
            let last = path.rsplit('.').next().unwrap_or(path).to_owned();
            is_input.then_some(Foreign {
                value: Some(Value::CiInput(last)),
                length: length + 4,
            })
        }
        _ => None,
    }
}

/// The rest of a line, as far as a template may reasonably go.
fn line(text: &[u8]) -> &[u8] {
    let text = text.get(..text.len().min(400)).unwrap_or_default();
    let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Whether a template has an effect rather than a value.
fn is_statement(inner: &[u8]) -> bool {
    let inner = inner.strip_prefix(b"-").unwrap_or(inner).trim_ascii();
    let word = inner.split(|b| !b.is_ascii_alphanumeric()).next();
    let words: [&[u8]; 8] = [
        b"if",
        b"else",
        b"end",
        b"range",
        b"with",
        b"define",
        b"block",
        b"template",
    ];
    inner.starts_with(b"/*") || word.is_some_and(|word| words.contains(&word))
}

/// What `{{ x }}` stands for: a variable if it is a path, such as `.Values.hf.token`.
pub(super) fn template_value(inner: &[u8]) -> Value {
    let text = String::from_utf8_lossy(inner);
    let path = text.trim_matches(|c: char| c == '-' || c.is_whitespace());
    // Filters shape a value, they do not make another of it: `{{ .Values.token | quote }}`.
    let path = path.split('|').next().unwrap_or(path).trim();
    let path = path.strip_prefix(['.', '$']).unwrap_or(path);
    let simple = path
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    match simple && !path.is_empty() {
        true => Value::Variable(path.trim_start_matches('.').to_owned(), None),
        false => Value::Unknown,
    }
}

/// What an expression of a workflow (without its braces) stands for.
pub(in crate::syntax) fn expression(inner: &[u8]) -> Value {
    let text = String::from_utf8_lossy(inner);
    let text = text.trim();
    let path = text.replace("['", ".").replace("']", "");
    let last = |path: &str| path.rsplit('.').next().unwrap_or(path).to_owned();
    let simple = path
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    // A plain variable in the second place is one all the same.
    if let Some((first, second)) = path.split_once("||")
        && second.trim_start().starts_with("vars.")
    {
        let part = |text: &str| Spanned {
            value: expression(text.as_bytes()),
            span: 0..0,
        };
        return Value::Text(vec![part(first), part(second)]);
    }
    // `secrets.X || ''` is as good as its first part, `a && secrets.X` as its last.
    let head = path.split("||").next().unwrap_or(&path);
    let head = head.rsplit("&&").next().unwrap_or(head).trim().to_owned();
    // A comparison tells whether there is one.
    if head.contains(['=', '<', '>', '!']) {
        return Value::Unknown;
    }
    match head.split('.').next() {
        Some("secrets") => Value::CiSecret(last(&head)),
        Some("vars") => Value::CiVariable(last(&head)),
        Some("env") if simple => Value::Variable(last(&head), None),
        Some("inputs") => Value::CiInput(last(&head)),
        Some("github") if head.starts_with("github.event.inputs.") => Value::CiInput(last(&head)),
        Some("parameters") => Value::CiInput(last(&head)),
        _ => Value::Unknown,
    }
}
