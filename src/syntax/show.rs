//! Facts in a short form, for people who write rules.

use std::fmt;

use super::{Argument, Call, Command, Fact, FactKind, Place, Setting, Spanned, Value};

/// How deep a value is shown.
const MAX_DEPTH: usize = 12;

impl fmt::Display for Fact {
    /// `a.b = value`, `callee(x, name=y)`, `$ word word > file`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            FactKind::Setting(setting) => write!(f, "{setting}"),
            FactKind::Call(call) => show_call(call, 0, f),
            FactKind::Command(command) => write!(f, "$ {command}"),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, key) in self.path.iter().enumerate() {
            if place > 0 {
                f.write_str(".")?;
            }
            f.write_str(&key.value)?;
        }
        write!(f, " = {}", self.value.value)
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for assignment in &self.assignments {
            write!(f, "[{assignment}] ")?;
        }
        show_all(&self.words, " ", 0, f)?;
        for redirection in &self.redirections {
            write!(f, " {} {}", redirection.operator, redirection.target.value)?;
        }
        if self.piped_from.is_some() {
            f.write_str(" < pipe")?;
        }
        Ok(())
    }
}

impl fmt::Display for Value {
    /// `"literal"`, `env:X`, `$X`, `<part part>`, `[item, item]`, `{key: value}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(self, 0, f)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(format) => write!(f, "{format:?}"),
            Self::Instruction(name) => f.write_str(name),
            Self::Key(key) => write!(f, "`{key}`"),
            Self::Cell(number) => write!(f, "cell {number}"),
            Self::Fence(language) => write!(f, "fence {language}"),
            Self::Embedded => f.write_str("embedded"),
        }
    }
}

fn show(value: &Value, depth: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if depth == MAX_DEPTH {
        return f.write_str("…");
    }
    let with_default = |f: &mut fmt::Formatter<'_>, default: &Option<Box<Spanned<Value>>>| {
        let Some(default) = default else {
            return Ok(());
        };
        f.write_str("|")?;
        show(&default.value, depth + 1, f)
    };
    match value {
        Value::Literal(text) => write!(f, "{text:?}"),
        Value::Environment(name, default) => {
            write!(f, "env:{name}")?;
            with_default(f, default)
        }
        Value::Variable(name, default) => {
            write!(f, "${name}")?;
            with_default(f, default)
        }
        Value::CiSecret(name) => write!(f, "secret:{name}"),
        Value::CiVariable(name) => write!(f, "var:{name}"),
        Value::CiInput(name) => write!(f, "input:{name}"),
        Value::Substitution(command) => write!(f, "$({command})"),
        Value::Call(call) => show_call(call, depth + 1, f),
        Value::Name(name) => f.write_str(name),
        Value::WholeEnvironment => f.write_str("ENVIRONMENT"),
        Value::Map(entries) => {
            f.write_str("{")?;
            for (place, (key, given)) in entries.iter().enumerate() {
                let comma = if place > 0 { ", " } else { "" };
                write!(f, "{comma}{}: ", key.value)?;
                show(&given.value, depth + 1, f)?;
            }
            f.write_str("}")
        }
        Value::List(items) => {
            f.write_str("[")?;
            show_all(items, ", ", depth, f)?;
            f.write_str("]")
        }
        Value::Text(parts) => {
            f.write_str("<")?;
            show_all(parts, " ", depth, f)?;
            f.write_str(">")
        }
        Value::Null => f.write_str("null"),
        Value::Unknown => f.write_str("?"),
    }
}

fn show_all(
    values: &[Spanned<Value>],
    between: &str,
    depth: usize,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            f.write_str(between)?;
        }
        show(&value.value, depth + 1, f)?;
    }
    Ok(())
}

fn show_call(call: &Call, depth: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}(", call.callee.value)?;
    for (place, Argument { name, value }) in call.arguments.iter().enumerate() {
        let comma = if place > 0 { ", " } else { "" };
        f.write_str(comma)?;
        if let Some(name) = name {
            write!(f, "{}=", name.value)?;
        }
        show(&value.value, depth + 1, f)?;
    }
    f.write_str(")")
}
