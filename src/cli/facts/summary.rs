//! A fact in one line.

use crate::syntax::{Argument, Call, Command, FactKind, Setting, Spanned, Value};

/// How deep a value is shown.
pub(super) const MAX_DEPTH: usize = 12;

/// How long a text is shown whole, in characters.
const MAX_LENGTH: usize = 80;

/// How much of a longer text is shown at each end, in characters.
const ENDS: (usize, usize) = (50, 20);

/// A line that is being written: `a.b = value`, `callee(x, name=y)`, `$ word word > file`.
pub(super) struct Summary<'a> {
    out: String,
    /// Takes credentials out of a text.
    mask: &'a dyn Fn(&str) -> String,
}

impl<'a> Summary<'a> {
    pub(super) fn new(mask: &'a dyn Fn(&str) -> String) -> Self {
        Self {
            out: String::new(),
            mask,
        }
    }

    /// The line: no line breaks, no credential, nothing that steers a terminal.
    pub(super) fn text(self) -> String {
        self.out
    }

    pub(super) fn fact(&mut self, kind: &FactKind) {
        match kind {
            FactKind::Setting(setting) => self.setting(setting, " = "),
            FactKind::Call(call) => self.call(call, 0),
            FactKind::Command(command) => self.command(command),
        }
    }

    fn setting(&mut self, setting: &Setting, sign: &str) {
        for (place, key) in setting.path.iter().enumerate() {
            self.plain(if place > 0 { "." } else { "" });
            self.key(&key.value);
        }
        // A document may be a value and no more.
        self.plain(if setting.path.is_empty() { "." } else { "" });
        self.plain(sign);
        self.value(&setting.value.value, 0);
    }

    fn call(&mut self, call: &Call, depth: usize) {
        self.name(&call.callee.value);
        self.plain("(");
        for (place, Argument { name, value }) in call.arguments.iter().enumerate() {
            self.plain(if place > 0 { ", " } else { "" });
            if let Some(name) = name {
                self.name(&name.value);
                self.plain("=");
            }
            self.value(&value.value, depth + 1);
        }
        self.plain(")");
    }

    /// A command that reads what another one writes begins with `|`.
    fn command(&mut self, command: &Command) {
        let is_piped = command.piped_from.is_some();
        self.plain(if is_piped { "|" } else { "$" });
        for assignment in &command.assignments {
            self.plain(" ");
            self.setting(assignment, "=");
        }
        for word in &command.words {
            self.plain(" ");
            self.word(&word.value);
        }
        for redirection in &command.redirections {
            self.plain(" ");
            self.name(&redirection.operator);
            self.plain(" ");
            self.word(&redirection.target.value);
        }
    }

    /// A word of a command. It needs no quotes if it looks like nothing else without them.
    fn word(&mut self, value: &Value) {
        let plain = |c: char| c.is_alphanumeric() || "_-./=@,+%~".contains(c);
        match value {
            Value::Literal(text)
                if !text.is_empty() && text != "null" && text.chars().all(plain) =>
            {
                let masked = (self.mask)(text);
                self.plain(&shortened(&masked).0);
            }
            _ => self.value(value, 0),
        }
    }

    /// `"literal"`, `env:X`, `$X`, `<part part>`, `[item, item]`, `{key: value}`.
    fn value(&mut self, value: &Value, depth: usize) {
        if depth == MAX_DEPTH {
            return self.plain("…");
        }
        match value {
            Value::Literal(text) => self.quoted(text),
            Value::Environment(name, default) => self.reference("env:", name, default, depth),
            Value::Variable(name, default) => self.reference("$", name, default, depth),
            Value::CiSecret(name) => self.reference("secret:", name, &None, depth),
            Value::CiVariable(name) => self.reference("var:", name, &None, depth),
            Value::CiInput(name) => self.reference("input:", name, &None, depth),
            Value::Substitution(command) => {
                self.plain("$(");
                self.escaped(command);
                self.plain(")");
            }
            Value::Call(call) => self.call(call, depth + 1),
            Value::Name(name) | Value::Known(_, name) => self.name(name),
            Value::WholeEnvironment => self.plain("ENVIRONMENT"),
            Value::Map(entries) => {
                self.plain("{");
                for (place, (key, given)) in entries.iter().enumerate() {
                    self.plain(if place > 0 { ", " } else { "" });
                    self.key(&key.value);
                    self.plain(": ");
                    self.value(&given.value, depth + 1);
                }
                self.plain("}");
            }
            Value::List(items) => self.all(["[", ", ", "]"], items, depth),
            Value::Text(parts) => self.all(["<", " ", ">"], parts, depth),
            Value::Null => self.plain("null"),
            Value::Unknown => self.plain("?"),
        }
    }

    fn reference(
        &mut self,
        kind: &str,
        name: &str,
        default: &Option<Box<Spanned<Value>>>,
        depth: usize,
    ) {
        self.plain(kind);
        self.name(name);
        if let Some(default) = default {
            self.plain("|");
            self.value(&default.value, depth + 1);
        }
    }

    fn all(&mut self, [open, between, close]: [&str; 3], of: &[Spanned<Value>], depth: usize) {
        self.plain(open);
        for (place, value) in of.iter().enumerate() {
            self.plain(if place > 0 { between } else { "" });
            self.value(&value.value, depth + 1);
        }
        self.plain(close);
    }

    /// A key of a path, quoted where a dot or a space in it would mislead.
    fn key(&mut self, key: &str) {
        let plain = |c: char| c.is_alphanumeric() || c.is_ascii_graphic() && !".\"=".contains(c);
        if !key.is_empty() && key.chars().all(plain) {
            let masked = (self.mask)(key);
            self.plain(&shortened(&masked).0);
        } else {
            self.quoted(key);
        }
    }

    /// A name that a program uses, or a place.
    pub(super) fn name(&mut self, name: &str) {
        let plain = |c: char| c.is_alphanumeric() || c.is_ascii_graphic();
        if name.chars().all(plain) {
            let masked = (self.mask)(name);
            self.plain(&shortened(&masked).0);
        } else {
            self.quoted(name);
        }
    }

    fn quoted(&mut self, text: &str) {
        self.plain("\"");
        let cut = self.escaped(text);
        self.plain("\"");
        if cut {
            self.plain(&format!("({} bytes)", text.len()));
        }
    }

    /// Writes a text with escapes for what cannot be seen, and says whether a part of it is left
    /// out. A credential that the cut would divide is masked before.
    fn escaped(&mut self, text: &str) -> bool {
        let masked = (self.mask)(text);
        let (text, cut) = shortened(&masked);
        let quoted = format!("{text:?}");
        let inner = quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"'));
        self.plain(inner.unwrap_or_default());
        cut
    }

    /// Writes a text that is known to be harmless.
    pub(super) fn plain(&mut self, text: &str) {
        self.out.push_str(text);
    }
}

/// The ends of a long text.
fn shortened(text: &str) -> (String, bool) {
    let length = text.chars().count();
    if length <= MAX_LENGTH {
        return (text.to_owned(), false);
    }
    let first = text.chars().take(ENDS.0);
    let last = text.chars().skip(length - ENDS.1);
    (first.chain(['…']).chain(last).collect(), true)
}
