//! Values as paths of files.

use crate::syntax::Value;

/// How deep a value is looked into for a path.
const MAX_DEPTH: usize = 8;

/// A value as a path, with `$NAME` for what is not known; empty if it is none.
pub(super) fn path(value: &Value) -> String {
    let mut path = String::new();
    write(value, 0, &mut path);
    path
}

fn write(value: &Value, depth: usize, into: &mut String) {
    if depth == MAX_DEPTH {
        return;
    }
    match value {
        Value::Literal(text) => into.push_str(text),
        Value::Variable(name, _)
        | Value::Environment(name, _)
        | Value::Name(name)
        | Value::Known(_, name) => {
            into.push('$');
            into.push_str(name);
        }
        Value::Text(parts) => {
            for part in parts {
                write(&part.value, depth + 1, into);
            }
        }
        // `expanduser("~/x")`, `Path("x")`, `join("~", "x")`.
        Value::Call(call) => {
            for (place, argument) in call.arguments.iter().enumerate() {
                if place > 0 {
                    into.push('/');
                }
                write(&argument.value.value, depth + 1, into);
            }
        }
        // `(Join-Path $HOME ".cache\\huggingface\\token")`
        Value::Substitution(command) => {
            let mut words = command.split_whitespace();
            let joins = |word: &str| word.eq_ignore_ascii_case("join-path");
            if words.next().is_some_and(joins) {
                for word in words.filter(|word| !word.starts_with('-')) {
                    into.push('/');
                    into.push_str(word.trim_matches(['"', '\'']));
                }
            }
        }
        _ => {}
    }
}
