//! Pipelines of Jenkins: `environment`, `withEnv` and `withCredentials` are settings, `sh` and its
//! kin hold scripts.
//!
//! The reader is our own: a pipeline needs little of Groovy but names, strings and brackets. Names
//! count by where they stand, so that what is not understood costs nothing but itself.

mod expression;
#[cfg(test)]
mod tests;
mod text;
mod token;

use crate::span::Span;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::template;
use crate::syntax::template::Dialect;
use crate::syntax::{Argument, Call, FactKind, Format, Place, Setting, Spanned, Value};
use text::Strings;
use token::{Kind, Token, tokens};

/// How many pieces an expression or the arguments of a call may have. Every name may begin one, so
/// that without a bound nested ones would be read again and again.
const MAX_PIECES: usize = 200;

/// Lowers a pipeline.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let (tokens, close) = tokens(text.bytes());
    let mut reader = Reader {
        strings: Strings {
            text,
            secrets: std::collections::HashSet::new(),
        },
        tokens,
        close,
        open: Vec::new(),
        parts: Parts::default(),
    };
    reader.find_secrets();
    for at in 0..reader.tokens.len() {
        reader.token(at, sink);
    }
}

/// Whether a file in Groovy is a pipeline.
pub(crate) fn is_pipeline(bytes: &[u8]) -> bool {
    let begins = |line: &[u8]| {
        ["pipeline", "node"].iter().any(|word| {
            line.strip_prefix(word.as_bytes())
                .is_some_and(|rest| matches!(rest.trim_ascii_start().first(), Some(b'{' | b'(')))
        })
    };
    let holds = |needle: &[u8]| memchr::memmem::find(bytes, needle).is_some();
    bytes
        .split(|byte| *byte == b'\n')
        .any(|line| begins(line.trim_ascii_start()))
        || holds(b"withCredentials(")
        || holds(b"withEnv(")
}

/// Where the parts of a pipeline end in which pieces have a meaning of their own.
#[derive(Default)]
struct Parts {
    environment: usize,
    parameters: usize,
    with_env: usize,
    credentials: usize,
    /// The last script, or what was printed last: what is in it is read with it.
    script: usize,
}

struct Reader<'t> {
    strings: Strings<'t>,
    tokens: Vec<Token>,
    /// Where brackets close.
    close: Vec<usize>,
    /// The brackets that are open.
    open: Vec<usize>,
    parts: Parts,
}

impl Reader<'_> {
    fn kind(&self, at: usize) -> Option<&Kind> {
        self.tokens.get(at).map(|token| &token.kind)
    }

    fn is_sign(&self, at: usize, sign: u8) -> bool {
        self.kind(at) == Some(&Kind::Sign(sign))
    }

    fn closing(&self, at: usize) -> usize {
        self.close.get(at).copied().unwrap_or(self.tokens.len())
    }

    /// The word at a place.
    fn word(&self, at: usize) -> Option<&str> {
        let token = self
            .tokens
            .get(at)
            .filter(|token| token.kind == Kind::Word)?;
        std::str::from_utf8(self.strings.slice(&token.span)).ok()
    }

    fn string(&self, at: usize) -> Option<String> {
        self.strings.content(self.tokens.get(at)?)
    }

    /// The names of variables that hold secrets, wherever they are bound.
    fn find_secrets(&mut self) {
        let mut secrets = std::collections::HashSet::new();
        for at in 0..self.tokens.len() {
            let Some(word) = self.word(at) else { continue };
            if word == "credentials" && self.is_sign(at + 1, b'(') {
                let before = at.checked_sub(2).and_then(|before| self.word(before));
                secrets.extend(before.map(str::to_owned));
            } else if is_variable(word) && self.is_sign(at + 1, b':') {
                secrets.extend(self.string(at + 2));
            }
        }
        self.strings.secrets = secrets;
    }

    fn token(&mut self, at: usize, sink: &mut FactSink) {
        match self.kind(at) {
            Some(Kind::Sign(b'(' | b'[' | b'{')) => self.open.push(at),
            Some(Kind::Sign(b')' | b']' | b'}')) => {
                self.open.pop();
            }
            Some(Kind::String(..)) if at < self.parts.with_env => {
                self.environment_entry(at, sink);
            }
            Some(Kind::Word) => self.name(at, sink),
            _ => {}
        }
    }

    /// Reads what a name begins.
    fn name(&mut self, at: usize, sink: &mut FactSink) {
        let Some(word) = self.word(at).map(str::to_owned) else {
            return;
        };
        let next = at + 1;
        if self.is_sign(next, b'{') || self.is_sign(next, b'(') {
            let end = self.closing(next);
            match word.as_str() {
                "environment" => self.parts.environment = end,
                "parameters" => self.parts.parameters = end,
                "withEnv" => self.parts.with_env = end,
                "withCredentials" => self.parts.credentials = end,
                _ => {}
            }
        }
        let follows_dot = at
            .checked_sub(1)
            .is_some_and(|before| self.is_sign(before, b'.'));
        let script = match word.as_str() {
            "sh" => Some(Format::Shell),
            "bat" => Some(Format::Batch),
            "powershell" | "pwsh" => Some(Format::PowerShell),
            _ => None,
        };
        if let Some(format) = script {
            if at >= self.parts.script
                && let Some(range) = self.script_range(at)
            {
                self.parts.script = range.end;
                sink.nested(Place::Embedded, format, &self.text_of(range));
            }
        } else if matches!(word.as_str(), "echo" | "println" | "print" | "error") {
            self.call(at, sink);
        } else if follows_dot && matches!(word.as_str(), "build" | "inside" | "withRun") {
            self.container(at, &word, sink);
        } else if self.is_sign(next, b':') {
            self.labelled(at, &word, sink);
        } else if !follows_dot {
            self.assignment(at, sink);
        }
    }

    /// Reads `a.b = value`.
    fn assignment(&self, at: usize, sink: &mut FactSink) {
        let end = self.path_end(at);
        let in_block = at < self.parts.environment;
        if !self.is_sign(end + 1, b'=') || (in_block && end != at) {
            return;
        }
        let stop = self.expression_end(end + 2, self.tokens.len());
        let value = self.value(end + 2..stop);
        let path = (at..=end).step_by(2);
        let path = path
            .filter_map(|at| Some(self.key(self.word(at)?, self.span(at))))
            .collect();
        setting(path, value, sink);
    }

    fn key(&self, name: &str, span: Span) -> Spanned<String> {
        Spanned {
            value: name.to_owned(),
            span: self.strings.text.origin(span),
        }
    }

    /// Reads `variable: 'X'` of credentials, `defaultValue: 'x'` of a parameter.
    fn labelled(&self, at: usize, word: &str, sink: &mut FactSink) {
        let other = if at < self.parts.credentials && is_variable(word) {
            "credentialsId"
        } else if at < self.parts.parameters && word == "defaultValue" {
            "name"
        } else {
            return;
        };
        let Some(open) = self.open.last().copied() else {
            return;
        };
        let reach = open..self.closing(open).min(open + MAX_PIECES);
        let other = reach.into_iter().find(|at| self.word(*at) == Some(other));
        let found = |at: usize| {
            let token = self.tokens.get(at)?;
            match &token.kind {
                Kind::String(inner, _) => {
                    Some(self.key(&self.strings.content(token)?, inner.clone()))
                }
                _ => None,
            }
        };
        let other = other.and_then(|at| found(at + 2));
        if word == "defaultValue" {
            let stop = self.expression_end(at + 2, self.tokens.len());
            if let Some(name) = other {
                setting(vec![name], self.value(at + 2..stop), sink);
            }
        } else if let Some(name) = found(at + 2) {
            let id = other.unwrap_or_else(|| name.clone());
            let value = Spanned {
                value: Value::CiSecret(id.value),
                span: id.span,
            };
            setting(vec![name], value, sink);
        }
    }

    /// Reads `"X=value"` of `withEnv`.
    fn environment_entry(&self, at: usize, sink: &mut FactSink) {
        let Some(Kind::String(inner, quotes)) = self.kind(at) else {
            return;
        };
        let mut text = MappedText::default();
        self.strings.append(inner.clone(), *quotes, &mut text);
        let Some(equals) = memchr::memchr(b'=', text.bytes()) else {
            return;
        };
        let name = text.bytes().get(..equals).unwrap_or_default();
        let key = Spanned {
            value: String::from_utf8_lossy(name).into_owned(),
            span: text.origin(0..equals),
        };
        let value = template::read(&text, equals + 1..text.bytes().len(), Dialect::Plain);
        setting(vec![key], value, sink);
    }

    /// Reads what is printed.
    fn call(&mut self, at: usize, sink: &mut FactSink) {
        let range = match at >= self.parts.script {
            true => self.argument(at, "message"),
            false => None,
        };
        let Some(range) = range else {
            return;
        };
        self.parts.script = range.end;
        let callee = self.key(self.word(at).unwrap_or_default(), self.span(at));
        let value = self.value(range);
        let span = callee.span.start..value.span.end.max(callee.span.end);
        let arguments = vec![Argument { name: None, value }];
        sink.fact(FactKind::Call(Call { callee, arguments }), span);
    }

    /// Reads `docker.build('name', 'arguments')`, `image.inside('arguments')`.
    fn container(&mut self, at: usize, word: &str, sink: &mut FactSink) {
        if !self.is_sign(at + 1, b'(') || at < self.parts.script {
            return;
        }
        let origin = self.strings.text.origin(self.span(at));
        let command: &[u8] = match word {
            "build" => b"docker build -t ",
            _ => b"docker run ",
        };
        let mut script = MappedText::default();
        script.push(command, origin.clone());
        let end = self.closing(at + 1).min(at + MAX_PIECES);
        self.parts.script = end;
        let mut start = at + 2;
        while start < end {
            let stop = self.expression_end(start, end);
            let argument = self.text_of(start..stop);
            script.push_from(&argument, 0..argument.bytes().len());
            script.push(b" ", origin.end..origin.end);
            start = stop.max(start) + 1;
        }
        sink.nested(Place::Embedded, Format::Shell, &script);
    }
}

/// Whether a label of `withCredentials` names the variable that a secret is put in.
fn is_variable(label: &str) -> bool {
    label == "variable" || label.ends_with("Variable")
}

fn setting(path: Vec<Spanned<String>>, value: Spanned<Value>, sink: &mut FactSink) {
    let start = path.first().map_or(value.span.start, |key| key.span.start);
    let end = path.last().map_or(start, |key| key.span.end);
    let span = start.min(value.span.start)..value.span.end.max(end);
    sink.fact(FactKind::Setting(Setting { path, value }), span);
}
