//! What the tests of front-ends have in common: facts as short lines, and checks of their spans.

use crate::span::Span;
use crate::syntax::{Command, Document, Fact, FactKind, Setting, Spanned, Value};

/// The settings of a document, one a line: `path = value`.
pub(in crate::syntax) fn settings(document: &Document) -> Vec<String> {
    let lines = document.facts.iter().filter_map(|fact| match &fact.kind {
        FactKind::Setting(setting) => Some(line(setting)),
        FactKind::Call(_) | FactKind::Command(_) => None,
    });
    lines.collect()
}

/// The commands of a document, as their words.
pub(in crate::syntax) fn commands(document: &Document) -> Vec<String> {
    let lines = document.facts.iter().filter_map(|fact| match &fact.kind {
        FactKind::Command(command) => Some(words(command)),
        FactKind::Call(_) | FactKind::Setting(_) => None,
    });
    lines.collect()
}

fn line(setting: &Setting) -> String {
    let path: Vec<&str> = setting.path.iter().map(|key| key.value.as_str()).collect();
    format!("{} = {}", path.join("."), shown(&setting.value.value))
}

fn words(command: &Command) -> String {
    let words: Vec<String> = command
        .words
        .iter()
        .map(|word| shown(&word.value))
        .collect();
    words.join(" | ")
}

/// A value, shortly.
pub(in crate::syntax) fn shown(value: &Value) -> String {
    match value {
        Value::Literal(text) => text.clone(),
        Value::Null => "null".to_owned(),
        Value::Unknown => "?".to_owned(),
        Value::Variable(name, _) => format!("${name}"),
        Value::Text(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| shown(&part.value)).collect();
            format!("<{}>", parts.join("+"))
        }
        other => format!("{other:?}"),
    }
}

/// Fails if the literal of a setting is not what stands at its span. Only for files whose literals
/// have no escapes, but for line breaks, where the ends are compared.
pub(in crate::syntax) fn literals_stand_in(file: &str, document: &Document) {
    let check = |found: &Spanned<Value>| {
        if let Value::Literal(text) = &found.value {
            let there = file.get(found.span.clone()).unwrap_or_default();
            let escaped = |text: &str| text.contains(['\n', '"', '\'', '\\']);
            assert!(
                escaped(text) || escaped(there) || there == text,
                "at {:?}",
                found.span
            );
        }
    };
    for fact in &document.facts {
        match &fact.kind {
            FactKind::Setting(setting) => {
                check(&setting.value);
                for key in &setting.path {
                    let there = file.get(key.span.clone()).unwrap_or_default();
                    assert!(there == key.value || there.is_empty(), "{key:?} is {there}");
                }
            }
            FactKind::Command(command) => command.words.iter().for_each(check),
            FactKind::Call(_) => {}
        }
    }
}

/// Fails if a span of a document is not of its file.
pub(in crate::syntax) fn spans_lie_in(bytes: &[u8], document: &Document) {
    let check = |span: &Span| {
        assert!(
            span.start <= span.end && span.end <= bytes.len(),
            "{span:?} of {}",
            bytes.len()
        );
    };
    for Fact { kind, span, .. } in &document.facts {
        check(span);
        match kind {
            FactKind::Setting(setting) => {
                check(&setting.value.span);
                setting.path.iter().for_each(|key| check(&key.span));
            }
            FactKind::Command(command) => command.words.iter().for_each(|word| check(&word.span)),
            FactKind::Call(_) => {}
        }
    }
}
