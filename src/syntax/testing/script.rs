//! Facts as short lines, for tests of front-ends.

use crate::syntax::testing::lower;
use crate::syntax::{Document, FactKind, Format, Setting, Spanned, Value};

/// The facts of a text, a line each: `PATH = value`, `word word <<< text`.
pub(in crate::syntax) fn facts(format: Format, text: &str) -> Vec<String> {
    let document = checked(format, text.as_bytes());
    document
        .facts
        .iter()
        .map(|fact| match &fact.kind {
            FactKind::Setting(setting) => show_setting(setting),
            FactKind::Call(call) => format!("{}()", call.callee.value),
            FactKind::Command(command) => {
                let mut words: Vec<String> = command.assignments.iter().map(tight).collect();
                words.extend(command.words.iter().map(|word| show(&word.value)));
                for redirection in &command.redirections {
                    words.push(redirection.operator.clone());
                    words.push(show(&redirection.target.value));
                }
                if let Some(from) = command.piped_from {
                    let FactKind::Command(source) = &document.facts[from].kind else {
                        panic!("{from} is no command");
                    };
                    words.push(format!("<- {}", source.program().unwrap_or("?")));
                }
                words.join(" ")
            }
        })
        .collect()
}

/// Lowers a text and checks that the spans of all facts lie within it.
pub(in crate::syntax) fn checked(format: Format, bytes: &[u8]) -> Document {
    let document = lower(format, bytes);
    for fact in &document.facts {
        let mut spans = vec![fact.span.clone()];
        let mut values: Vec<Spanned<Value>> = Vec::new();
        let mut add = |setting: &Setting| {
            spans.extend(setting.path.iter().map(|key| key.span.clone()));
            values.push(setting.value.clone());
        };
        match &fact.kind {
            FactKind::Setting(setting) => add(setting),
            FactKind::Call(_) => {}
            FactKind::Command(command) => {
                command.assignments.iter().for_each(&mut add);
                values.extend(command.words.iter().cloned());
                values.extend(command.redirections.iter().map(|r| r.target.clone()));
                assert!(command.effective(&super::MODELS).is_some() || !command.words.is_empty());
            }
        }
        while let Some(value) = values.pop() {
            spans.push(value.span);
            match value.value {
                Value::Text(parts) | Value::List(parts) => values.extend(parts),
                _ => {}
            }
        }
        for span in spans {
            let inside = span.start <= span.end && span.end <= bytes.len();
            assert!(inside, "{span:?} in {fact:?} of {}", bytes.len());
        }
    }
    document
}

/// The bytes of the file that each word of the commands stands at.
pub(in crate::syntax) fn word_bytes(format: Format, text: &str) -> Vec<&str> {
    let document = checked(format, text.as_bytes());
    let mut found = Vec::new();
    for fact in &document.facts {
        if let FactKind::Command(command) = &fact.kind {
            let words = command.words.iter().map(|word| &text[word.span.clone()]);
            found.extend(words);
        }
    }
    found
}

fn show_setting(setting: &Setting) -> String {
    let path: Vec<&str> = setting.path.iter().map(|key| key.value.as_str()).collect();
    format!("{} = {}", path.join("."), show(&setting.value.value))
}

fn tight(setting: &Setting) -> String {
    show_setting(setting).replace(" = ", "=")
}

fn show(value: &Value) -> String {
    let list = |values: &[Spanned<Value>], between: &str| {
        let shown: Vec<String> = values.iter().map(|value| show(&value.value)).collect();
        shown.join(between)
    };
    match value {
        Value::Literal(text) if text.is_empty() || text.contains([' ', '\n']) => {
            format!("{text:?}")
        }
        Value::Literal(text) => text.clone(),
        Value::Variable(name, None) => format!("${name}"),
        Value::Variable(name, Some(default)) => format!("${{{name}:-{}}}", show(&default.value)),
        Value::Environment(name, _) => format!("env:{name}"),
        Value::CiSecret(name) => format!("secret:{name}"),
        Value::CiVariable(name) => format!("var:{name}"),
        Value::CiInput(name) => format!("input:{name}"),
        Value::Substitution(text) => format!("$({text})"),
        Value::List(values) => format!("[{}]", list(values, ", ")),
        Value::Text(parts) => list(parts, "+"),
        Value::Null => "null".to_owned(),
        Value::Unknown => "?".to_owned(),
        other => format!("{other:?}"),
    }
}
