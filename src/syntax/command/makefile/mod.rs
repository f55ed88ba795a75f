//! Makefiles: assignments are settings, recipes are scripts.
//!
//! The reader is our own: `tree-sitter-make` keeps the lines of a recipe as one piece of text, in
//! which `$(X)` is Make's and `$$X` the shell's, so that all that matters is still to be read.

mod expand;
#[cfg(test)]
mod tests;

use crate::span::Span;
use crate::syntax::command::variables::Variables;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::{MappedText, trim};
use crate::syntax::template;
use crate::syntax::template::Dialect;
use crate::syntax::{Format, Place, Spanned, Value};
use expand::{Expander, Use};

/// How many ends of definitions may be looked for in vain. Each such search reads the rest of the
/// file.
const MAX_UNCLOSED: usize = 16;

/// Lowers a Makefile.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let mut reader = Reader {
        expander: Expander::new(text),
        lines: lines(text),
        in_rule: false,
        one_shell: None,
        shell: Format::Shell,
        unclosed: 0,
    };
    reader.prepare();
    let mut at = 0;
    while at < reader.lines.len() {
        at += reader.line(at, sink);
    }
    reader.end_recipe(sink);
}

struct Reader<'t> {
    expander: Expander<'t>,
    /// Lines with those that they go on in, without their ends.
    lines: Vec<Span>,
    /// Whether lines of a recipe may come.
    in_rule: bool,
    /// The recipe so far, if all its lines are one script.
    one_shell: Option<MappedText>,
    /// What recipes are written in.
    shell: Format,
    /// How many definitions were found to have no end.
    unclosed: usize,
}

/// An assignment. Spans are in the text.
struct Assignment {
    name: Span,
    /// The operator without its `=`.
    operator: Span,
    value: Span,
}

impl<'t> Reader<'t> {
    fn slice(&self, span: &Span) -> &'t [u8] {
        let bytes = self.expander.text.bytes();
        bytes.get(span.clone()).unwrap_or_default()
    }

    /// Learns what holds for the whole file, wherever it is said.
    fn prepare(&mut self) {
        let mut variables = Variables::new(b"_.-");
        let mut again = Vec::new();
        for line in &self.lines {
            if self.slice(line).starts_with(b".ONESHELL") {
                self.one_shell = Some(MappedText::default());
            }
            if self.slice(line).first() == Some(&b'\t') {
                continue;
            }
            let Some(assignment) = self.assignment(line.clone()) else {
                continue;
            };
            let name = String::from_utf8_lossy(self.slice(&assignment.name)).into_owned();
            let value = self.slice(&assignment.value);
            match name.as_str() {
                "SHELL" => self.shell = shell_of(value),
                ".RECIPEPREFIX" => {
                    self.expander.prefix = value.first().copied().unwrap_or(b'\t');
                }
                _ => {}
            }
            let is_plain = Variables::may_be_program(value, b"$\\");
            if !is_plain || !variables.add(self.slice(&assignment.name), value) {
                again.push(name);
            }
        }
        for name in again {
            variables.remove(&name);
        }
        self.expander.variables = variables;
    }

    /// Reads a line. How many were read is returned.
    fn line(&mut self, at: usize, sink: &mut FactSink) -> usize {
        let Some(line) = self.lines.get(at).cloned() else {
            return 1;
        };
        let bytes = self.slice(&line);
        let is_recipe = bytes.first() == Some(&self.expander.prefix);
        let content = bytes.trim_ascii();
        if is_recipe && self.in_rule {
            self.recipe(line.start + 1..line.end, sink);
            return 1;
        }
        if content.is_empty() || content.starts_with(b"#") {
            return 1;
        }
        let word = content.split(u8::is_ascii_whitespace).next();
        match word.unwrap_or_default() {
            b"include" | b"-include" | b"sinclude" | b"vpath" | b"undefine" | b"unexport"
            | b"ifdef" | b"ifndef" | b"ifeq" | b"ifneq" | b"else" | b"endif" | b"endef" => 1,
            b"define" => self.define(at, sink),
            _ => {
                if let Some(assignment) = self.assignment(line.clone()) {
                    self.end_recipe(sink);
                    self.in_rule = false;
                    self.assign(&assignment, sink);
                } else if is_recipe {
                    self.recipe(line.start + 1..line.end, sink);
                } else {
                    self.rule(line, sink);
                }
                1
            }
        }
    }

    /// Reads `target: prerequisites ; command`, `target: NAME = value`.
    fn rule(&mut self, line: Span, sink: &mut FactSink) {
        let Some(colon) = self.find(line.clone(), b":") else {
            return;
        };
        self.end_recipe(sink);
        self.in_rule = true;
        let colons = self.slice(&(colon..line.end));
        let colons = colons.iter().take_while(|byte| **byte == b':').count();
        let rest = colon + colons..line.end;
        let command = self.find(rest.clone(), b";");
        let before = rest.start..command.unwrap_or(rest.end);
        if let Some(assignment) = self.assignment(before) {
            // The value may hold a semicolon.
            let value = assignment.value.start..self.without_comment(rest).end;
            self.assign(
                &Assignment {
                    value,
                    ..assignment
                },
                sink,
            );
        } else if let Some(command) = command {
            self.recipe(command + 1..line.end, sink);
        }
    }

    /// The first of some bytes that is not in a reference.
    fn find(&self, span: Span, any: &[u8]) -> Option<usize> {
        let mut at = span.start;
        while at < span.end {
            let byte = self.expander.text.bytes().get(at)?;
            if *byte == b'$' {
                at = self.expander.reference_end(at).unwrap_or(at + 1);
            } else if any.contains(byte) {
                return Some(at);
            } else {
                at += 1;
            }
        }
        None
    }

    /// Reads `NAME = value` in any of its forms.
    fn assignment(&self, line: Span) -> Option<Assignment> {
        let line = self.without_comment(line);
        let equals = self.find(line.clone(), b"=")?;
        let before = line.start..equals;
        let signs = |byte: &&u8| matches!(byte, b':' | b'?' | b'+' | b'!');
        let operator = self.slice(&before).iter().rev().take_while(signs).count();
        let mut name = self.trim(before.start..equals - operator);
        loop {
            let bytes = self.slice(&name);
            let word = ["export", "override", "private"]
                .iter()
                .find_map(|word| bytes.strip_prefix(word.as_bytes()))
                .filter(|rest| rest.first().is_some_and(u8::is_ascii_whitespace));
            match word {
                Some(rest) => name = self.trim(name.end - rest.len()..name.end),
                None => break,
            }
        }
        let odd = |byte: &u8| byte.is_ascii_whitespace() || b":;\"'".contains(byte);
        let bytes = self.slice(&name);
        if bytes.is_empty() || self.find(name.clone(), b":").is_some() || bytes.iter().any(odd) {
            return None;
        }
        Some(Assignment {
            name,
            operator: equals - operator..equals,
            value: self.trim(equals + 1..line.end),
        })
    }

    fn without_comment(&self, span: Span) -> Span {
        let mut at = span.start;
        while let Some(hash) = self.find(at..span.end, b"#") {
            let before = hash.checked_sub(1).filter(|before| *before >= span.start);
            if before.and_then(|before| self.expander.text.bytes().get(before)) != Some(&b'\\') {
                return span.start..hash;
            }
            at = hash + 1;
        }
        span
    }

    fn trim(&self, span: Span) -> Span {
        trim(self.expander.text.bytes(), span)
    }

    fn assign(&self, assignment: &Assignment, sink: &mut FactSink) {
        let expanded = self.expander.expand(assignment.value.clone(), Use::Value);
        let text = self.expander.text;
        let origin = text.origin(assignment.value.clone());
        let is_command = self.slice(&assignment.operator).contains(&b'!');
        let mut value = match is_command {
            true => Spanned {
                value: Value::Substitution(String::from_utf8_lossy(expanded.bytes()).into_owned()),
                span: origin,
            },
            false => read(&expanded, origin),
        };
        let script = match &value.value {
            Value::Substitution(_) if is_command => Some(expanded),
            Value::Substitution(_) => {
                let end = expanded.bytes().len().saturating_sub(1);
                let inner = expanded.cut(2..end);
                Some(inner)
            }
            _ => None,
        };
        value.span.end = value.span.end.max(value.span.start);
        sink.setting(text.name(assignment.name.clone()), value);
        if let Some(script) = script {
            sink.nested(Place::Embedded, Format::Shell, &script);
        }
    }

    /// Reads `define NAME … endef`. How many lines were read is returned.
    fn define(&mut self, at: usize, sink: &mut FactSink) -> usize {
        let rest = match self.unclosed < MAX_UNCLOSED {
            true => self.lines.get(at..).unwrap_or_default(),
            false => &[],
        };
        let mut depth = 0_usize;
        let last = rest.iter().position(|line| {
            let word = self.slice(line).trim_ascii();
            depth += usize::from(word.starts_with(b"define "));
            depth -= usize::from(word.starts_with(b"endef") && depth > 0);
            depth == 0
        });
        let (Some(first), Some(last)) = (rest.first(), last) else {
            // Without its end it is one line only.
            self.unclosed += 1;
            sink.mark_errors();
            return 1;
        };
        let head = self.slice(first);
        let start = memchr::memmem::find(head, b"define").unwrap_or(0) + "define".len();
        let name = self.trim(first.start + start..first.end);
        let word = |byte: &u8| !byte.is_ascii_whitespace() && !b"=:?+!".contains(byte);
        let length = self.slice(&name).iter().take_while(|b| word(b)).count();
        let name = name.start..name.start + length;
        let end = rest.get(last).map_or(first.end, |line| line.start);
        let body = (first.end + 1).min(end)..end;
        let origin = self.expander.text.origin(body.clone());
        let lines = rest.get(1..last).unwrap_or_default().to_vec();
        let value = read(&self.expander.expand(body, Use::Value), origin);
        sink.setting(self.expander.text.name(name), value);
        for line in lines {
            let bytes = self.slice(&line);
            if bytes.first() == Some(&self.expander.prefix) || bytes.starts_with(b"@") {
                self.recipe(line, sink);
            }
        }
        self.end_recipe(sink);
        last + 1
    }

    /// Reads a line of a recipe.
    fn recipe(&mut self, line: Span, sink: &mut FactSink) {
        let bytes = self.slice(&line);
        let sign = |byte: &&u8| matches!(byte, b'@' | b'-' | b'+' | b' ' | b'\t');
        let signs = bytes.iter().take_while(sign).count();
        let script = line.start + signs..line.end;
        let script = self.expander.expand(script, Use::Recipe);
        match &mut self.one_shell {
            Some(recipe) => {
                recipe.push_from(&script, 0..script.bytes().len());
                let end = self.expander.text.origin(line.clone()).end;
                recipe.push(b"\n", end..end);
            }
            None => sink.nested(Place::Embedded, self.shell, &script),
        }
    }

    /// Ends a recipe whose lines are one script.
    fn end_recipe(&mut self, sink: &mut FactSink) {
        if let Some(recipe) = &mut self.one_shell {
            let recipe = std::mem::take(recipe);
            if !recipe.bytes().is_empty() {
                sink.nested(Place::Embedded, self.shell, &recipe);
            }
        }
    }
}

/// A value. Make knows no quotes, but what gets it mostly does.
fn read(expanded: &MappedText, origin: Span) -> Spanned<Value> {
    let bytes = expanded.bytes();
    let inner = match bytes {
        [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => 1..1 + inner.len(),
        _ => 0..bytes.len(),
    };
    if inner.is_empty() {
        let value = Value::Null;
        return Spanned {
            value,
            span: origin,
        };
    }
    template::read(expanded, inner, Dialect::Dollar)
}

/// What the recipes are written in if `SHELL` is this.
fn shell_of(program: &[u8]) -> Format {
    let holds = |name: &[u8]| memchr::memmem::find(program, name).is_some();
    if holds(b"python") {
        Format::Python
    } else if holds(b"pwsh") || holds(b"powershell") {
        Format::PowerShell
    } else if holds(b"cmd.exe") {
        Format::Batch
    } else {
        Format::Shell
    }
}

/// The lines of a file, each with those that it goes on in.
fn lines(text: &MappedText) -> Vec<Span> {
    let bytes = text.bytes();
    let mut lines = Vec::new();
    let mut start = text.start();
    for newline in memchr::memchr_iter(b'\n', bytes) {
        let line = bytes.get(start..newline).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let backslashes = line.iter().rev().take_while(|byte| **byte == b'\\').count();
        if backslashes % 2 == 0 {
            lines.push(start..start + line.len());
            start = newline + 1;
        }
    }
    if start < bytes.len() {
        lines.push(start..bytes.len());
    }
    lines
}
