//! Facts in a short form for tests.

use crate::span::Span;
use crate::syntax::{Document, Fact, FactKind, Format, Place, Spanned, Value};

/// The facts of a text, one a line: `a.b = value`, `callee(x, name=y)`, `$ word word`.
pub(in crate::syntax) fn facts(format: Format, text: &str) -> Vec<String> {
    let document = super::lower(format, text.as_bytes());
    assert_inside(&document, text.len());
    document
        .facts
        .iter()
        .map(|fact| shown(&fact.kind))
        .collect()
}

/// Each program with some of its facts; all in all, they must be there in this order.
#[track_caller]
pub(in crate::syntax) fn assert_facts(format: Format, cases: &[(&str, &[&str])]) {
    for (program, expected) in cases {
        let found = facts(format, program);
        let mut rest = found.iter();
        for fact in *expected {
            assert!(
                rest.any(|found| found == fact),
                "{program}\nlacks {fact}\nhas {found:#?}"
            );
        }
    }
}

/// The facts with their places: `Cell(1) Embedded: …`.
pub(in crate::syntax) fn placed(format: Format, text: &str) -> Vec<String> {
    let document = super::lower(format, text.as_bytes());
    assert_inside(&document, text.len());
    let line = |fact: &Fact| {
        let places: Vec<String> = fact
            .place
            .iter()
            .filter(|place| !matches!(place, Place::Document(_)))
            .map(|place| format!("{place:?}"))
            .collect();
        format!("{}: {}", places.join(" "), shown(&fact.kind))
    };
    document.facts.iter().map(line).collect()
}

fn shown(kind: &FactKind) -> String {
    match kind {
        FactKind::Setting(setting) => {
            let path: Vec<&str> = setting.path.iter().map(|key| key.value.as_str()).collect();
            format!("{} = {}", path.join("."), value(&setting.value.value))
        }
        FactKind::Call(call) => called(call),
        FactKind::Command(command) => {
            let words: Vec<String> = command.words.iter().map(|w| value(&w.value)).collect();
            format!("$ {}", words.join(" "))
        }
    }
}

fn called(call: &crate::syntax::Call) -> String {
    let arguments: Vec<String> = call
        .arguments
        .iter()
        .map(|argument| match &argument.name {
            Some(name) => format!("{}={}", name.value, value(&argument.value.value)),
            None => value(&argument.value.value),
        })
        .collect();
    format!("{}({})", call.callee.value, arguments.join(", "))
}

/// A value: `"literal"`, `env:X`, `$X`, `<part part>`, `[item, item]`, `{key: value}`.
pub(in crate::syntax) fn value(of: &Value) -> String {
    let list = |items: &[Spanned<Value>], separator| {
        let items: Vec<String> = items.iter().map(|item| value(&item.value)).collect();
        items.join(separator)
    };
    let or = |default: &Option<Box<Spanned<Value>>>| match default {
        Some(default) => format!("|{}", value(&default.value)),
        None => String::new(),
    };
    match of {
        Value::Literal(text) => format!("{text:?}"),
        Value::Environment(name, default) => format!("env:{name}{}", or(default)),
        Value::CiSecret(name) => format!("secret:{name}"),
        Value::CiVariable(name) => format!("var:{name}"),
        Value::CiInput(name) => format!("input:{name}"),
        Value::Variable(name, default) => format!("${name}{}", or(default)),
        Value::Substitution(command) => format!("$({command})"),
        Value::Call(call) => called(call),
        Value::Name(name) => name.clone(),
        Value::WholeEnvironment => "ENVIRON".to_owned(),
        Value::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, given)| format!("{}: {}", key.value, value(&given.value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::List(items) => format!("[{}]", list(items, ", ")),
        Value::Text(parts) => format!("<{}>", list(parts, " ")),
        Value::Null => "null".to_owned(),
        Value::Unknown => "?".to_owned(),
    }
}

/// All texts of a document with their bytes: keys, callees, literals.
pub(in crate::syntax) fn texts(document: &Document) -> Vec<(String, Span)> {
    let mut texts = Vec::new();
    for fact in &document.facts {
        texts.push((String::new(), fact.span.clone()));
        match &fact.kind {
            FactKind::Setting(setting) => {
                for key in &setting.path {
                    texts.push((key.value.clone(), key.span.clone()));
                }
                collect(&setting.value, &mut texts);
            }
            FactKind::Call(call) => collect_call(call, &mut texts),
            FactKind::Command(command) => {
                for word in &command.words {
                    collect(word, &mut texts);
                }
            }
        }
    }
    texts
}

fn collect_call(call: &crate::syntax::Call, texts: &mut Vec<(String, Span)>) {
    texts.push((String::new(), call.callee.span.clone()));
    for argument in &call.arguments {
        if let Some(name) = &argument.name {
            texts.push((name.value.clone(), name.span.clone()));
        }
        collect(&argument.value, texts);
    }
}

fn collect(value: &Spanned<Value>, texts: &mut Vec<(String, Span)>) {
    let text = match &value.value {
        Value::Literal(text) => text.clone(),
        _ => String::new(),
    };
    texts.push((text, value.span.clone()));
    match &value.value {
        Value::Map(entries) => {
            for (key, value) in entries {
                texts.push((key.value.clone(), key.span.clone()));
                collect(value, texts);
            }
        }
        Value::List(items) | Value::Text(items) => {
            for item in items {
                collect(item, texts);
            }
        }
        Value::Environment(_, Some(default)) | Value::Variable(_, Some(default)) => {
            collect(default, texts);
        }
        Value::Call(call) => collect_call(call, texts),
        _ => {}
    }
}

/// Fails if a span is outside the file.
pub(in crate::syntax) fn assert_inside(document: &Document, length: usize) {
    for (text, span) in texts(document) {
        assert!(
            span.start <= span.end && span.end <= length,
            "{text:?} at {span:?} of {length}"
        );
    }
}
