//! Justfiles: variables and the defaults of parameters are settings, recipes are scripts.
//!
//! The reader is our own. `tree-sitter-just` ends the process where its scanner meets what it does
//! not expect, reads the rest of a line again for each brace in it, and keeps the lines of a recipe
//! as one piece of text; the crate of `just` itself is a program that stops at the first error.

mod expand;
#[cfg(test)]
mod tests;
mod token;

use crate::span::Span;
use crate::syntax::command::variables::Variables;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::template;
use crate::syntax::template::Dialect;
use crate::syntax::{FactKind, Format, Place, Setting, Spanned, Value};
use expand::{Expander, Stop};
use token::Token;

/// Lowers a justfile.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let mut reader = Reader {
        expander: Expander::new(text),
        shell: Some(Format::Shell),
        script: None,
        items: Vec::new(),
    };
    reader.read();
    reader.learn();
    for item in std::mem::take(&mut reader.items) {
        match item {
            Item::Variable(variable) => reader.variable(variable, sink),
            Item::Recipe(recipe) => reader.recipe(recipe, sink),
        }
    }
    if reader.expander.tokens.is_damaged() {
        sink.mark_errors();
    }
}

struct Reader<'t> {
    expander: Expander<'t>,
    /// What lines of recipes are written in; none if no front-end reads that.
    shell: Option<Format>,
    /// What the next recipe is a script in, by its attribute.
    script: Option<Option<Format>>,
    items: Vec<Item>,
}

enum Item {
    Variable(Variable),
    Recipe(Recipe),
}

/// `name := value`, or a parameter with a default.
struct Variable {
    name: Span,
    /// What the expression gives.
    value: MappedText,
    /// The bytes of the expression.
    span: Span,
}

/// A recipe. Spans are in the text.
struct Recipe {
    parameters: Vec<Variable>,
    /// Its lines, without their ends.
    lines: Vec<Span>,
    script: Option<Option<Format>>,
}

impl<'t> Reader<'t> {
    fn bytes(&self) -> &'t [u8] {
        self.expander.text.bytes()
    }

    /// The line that begins at a place, without its end.
    fn line_at(&self, start: usize) -> Span {
        let rest = self.bytes().get(start..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or_default();
        start..start + line.strip_suffix(b"\r").unwrap_or(line).len()
    }

    /// Where the line after a place begins.
    fn next_line(&self, at: usize) -> usize {
        let rest = self.bytes().get(at..).unwrap_or_default();
        at + memchr::memchr(b'\n', rest).map_or(rest.len(), |length| length + 1)
    }

    /// Reads the whole file to its variables and recipes.
    fn read(&mut self) {
        let mut at = self.expander.text.start();
        while at < self.bytes().len() {
            let line = self.line_at(at);
            at = match self.bytes().get(at) {
                Some(b'[') => self.attribute(at),
                Some(b'@' | b'_') => self.statement(line),
                Some(byte) if byte.is_ascii_alphabetic() => self.statement(line),
                _ => self.next_line(at),
            };
        }
    }

    /// Reads `[script("python3")]` and its kin. What may follow on its line is returned.
    fn attribute(&mut self, start: usize) -> usize {
        let end = self.bytes().len();
        self.expander.tokens.at = start + 1;
        let mut is_script = false;
        while let Some(token) = self.expander.tokens.next(end) {
            match token {
                Token::Name(name) if self.expander.slice(&name) == b"script" => {
                    is_script = true;
                    self.script = Some(Some(Format::Shell));
                }
                Token::Text(program, _) if is_script => {
                    let program = String::from_utf8_lossy(self.expander.slice(&program));
                    self.script = Some(program_format(&program));
                    is_script = false;
                }
                Token::Sign(b']') => break,
                Token::Sign(b'\n') => return self.expander.tokens.at,
                _ => {}
            }
        }
        self.expander.tokens.skip_blanks(end);
        let at = self.expander.tokens.at;
        match self.bytes().get(at) {
            Some(b'\n' | b'#') => self.next_line(at),
            _ => at,
        }
    }

    /// Reads a variable, a setting of just, or a recipe. Where the next one may begin is returned.
    fn statement(&mut self, line: Span) -> usize {
        let tokens = &mut self.expander.tokens;
        tokens.at = line.start;
        let mut first = tokens.next(line.end);
        if first == Some(Token::Sign(b'@')) {
            first = tokens.next(line.end);
        }
        let Some(Token::Name(mut name)) = first else {
            return self.next_line(line.start);
        };
        let mut token = tokens.next(line.end);
        let mut word = self.expander.slice(&name);
        if let (b"export" | b"set", Some(Token::Name(next))) = (word, &token) {
            name = next.clone();
            token = self.expander.tokens.next(line.end);
            if word == b"set" {
                return self.setting(&name, line);
            }
            word = b"";
        }
        let words: [&[u8]; 4] = [b"alias", b"import", b"mod", b"unexport"];
        if words.contains(&word) && matches!(token, Some(Token::Name(_) | Token::Text(..))) {
            return self.next_line(line.start);
        }
        let after = self.expander.tokens.peek(line.end);
        if token == Some(Token::Sign(b':')) && after == Some(b'=') {
            self.expander.tokens.at += 1;
            let variable = self.value(name, self.bytes().len(), Stop::Line);
            self.items.push(Item::Variable(variable));
            return self.expander.tokens.at;
        }
        self.header(token, line)
    }

    /// Reads an expression from where the tokens stand.
    fn value(&mut self, name: Span, end: usize, stop: Stop) -> Variable {
        self.expander.tokens.skip_blanks(end);
        let start = self.expander.tokens.at;
        let mut value = MappedText::default();
        self.expander.expression(end, stop, false, &mut value);
        let length = self.expander.slice(&(start..self.expander.tokens.at));
        let length = length.trim_ascii_end().len();
        let span = start..start + length;
        Variable { name, value, span }
    }

    /// Reads `set shell := ["bash", "-c"]`.
    fn setting(&mut self, name: &Span, line: Span) -> usize {
        let is_shell = self.expander.slice(name) == b"shell";
        while let Some(token) = self.expander.tokens.next(line.end) {
            if let Token::Text(program, _) = token {
                let program = String::from_utf8_lossy(self.expander.slice(&program));
                if is_shell {
                    self.shell = program_format(&program);
                }
                break;
            }
        }
        self.next_line(line.start)
    }

    /// Reads the rest of the first line of a recipe, from the token after its name, and its lines.
    fn header(&mut self, mut token: Option<Token>, line: Span) -> usize {
        let mut parameters = Vec::new();
        let mut name = None;
        loop {
            match token {
                None => return self.next_line(line.start),
                Some(Token::Sign(b':')) => break,
                Some(Token::Sign(b'=')) => {
                    if let Some(name) = name.take() {
                        parameters.push(self.value(name, line.end, Stop::Part));
                    }
                }
                Some(Token::Name(span)) => name = Some(span),
                _ => {}
            }
            token = self.expander.tokens.next(line.end);
        }
        // Dependencies may go on in the lines that follow.
        let mut at = line.start;
        loop {
            let line = self.line_at(at);
            at = self.next_line(at);
            if !self.expander.slice(&line).ends_with(b"\\") || at >= self.bytes().len() {
                break;
            }
        }
        let mut lines = Vec::new();
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.bytes().get(at) {
            lines.push(self.line_at(at));
            at = self.next_line(at);
        }
        self.items.push(Item::Recipe(Recipe {
            parameters,
            lines,
            script: self.script.take(),
        }));
        at
    }

    /// Learns which variables are plain texts.
    fn learn(&mut self) {
        for item in &self.items {
            if let Item::Variable(variable) = item {
                let value = variable.value.bytes();
                if !value.is_empty() && Variables::may_be_program(value, b"${\n") {
                    let name = self.expander.slice(&variable.name);
                    self.expander.variables.add(name, value);
                }
            }
        }
    }

    fn variable(&self, variable: Variable, sink: &mut FactSink) {
        let text = self.expander.text;
        let origin = text.origin(variable.span);
        let bytes = variable.value.bytes();
        let value = match bytes.is_empty() {
            true => Spanned {
                value: Value::Null,
                span: origin.clone(),
            },
            false => template::read(&variable.value, 0..bytes.len(), Dialect::Dollar),
        };
        let script = match (&value.value, bytes) {
            (Value::Substitution(_), [b'$', b'(', inner @ .., b')']) => Some(2..2 + inner.len()),
            _ => None,
        };
        let key = text.name(variable.name);
        let span = key.span.start..origin.end.max(value.span.end).max(key.span.end);
        let path = vec![key];
        sink.fact(FactKind::Setting(Setting { path, value }), span);
        if let Some(script) = script {
            let inner = variable.value.cut(script);
            sink.nested(Place::Embedded, Format::Shell, &inner);
        }
    }

    fn recipe(&mut self, recipe: Recipe, sink: &mut FactSink) {
        for parameter in recipe.parameters {
            self.variable(parameter, sink);
        }
        let first = recipe.lines.iter().map(|line| self.expander.slice(line));
        let first = first.map(<[u8]>::trim_ascii).find(|line| !line.is_empty());
        let Some(first) = first else {
            return;
        };
        let script = recipe
            .script
            .or_else(|| first.starts_with(b"#!").then(|| Format::detect("", first)));
        match script {
            Some(Some(format)) => self.script(&recipe.lines, format, sink),
            Some(None) => {}
            None => self.lines(&recipe.lines, sink),
        }
    }

    /// Lowers a recipe that is one script.
    fn script(&mut self, lines: &[Span], format: Format, sink: &mut FactSink) {
        let blanks = |line: &[u8]| line.len() - line.trim_ascii_start().len();
        let filled = lines.iter().map(|line| self.expander.slice(line));
        let filled = filled.filter(|line| !line.trim_ascii().is_empty());
        let indent = filled.map(blanks).min().unwrap_or(0);
        let mut script = MappedText::default();
        for line in lines {
            let own = blanks(self.expander.slice(line)).min(indent);
            self.expander.line(line.start + own..line.end, &mut script);
            let end = self.expander.text.origin(line.clone()).end;
            script.push(b"\n", end..end);
        }
        sink.nested(Place::Embedded, format, &script);
    }

    /// Lowers a recipe each of whose lines is a script.
    fn lines(&mut self, lines: &[Span], sink: &mut FactSink) {
        let Some(format) = self.shell else {
            return;
        };
        let mut script = MappedText::default();
        for line in lines {
            let bytes = self.expander.slice(line);
            // Signs stand at the start of a line, not where one goes on.
            let sign = |byte: &&u8| {
                byte.is_ascii_whitespace()
                    || script.bytes().is_empty() && matches!(byte, b'@' | b'-' | b'?')
            };
            let signs = bytes.iter().take_while(sign).count();
            self.expander
                .line(line.start + signs..line.end, &mut script);
            let backslashes = bytes.iter().rev().take_while(|byte| **byte == b'\\');
            if backslashes.count() % 2 == 1 {
                let end = self.expander.text.origin(line.clone()).end;
                script.push(b"\n", end..end);
            } else if !script.bytes().is_empty() {
                let script = std::mem::take(&mut script);
                sink.nested(Place::Embedded, format, &script);
            }
        }
        if !script.bytes().is_empty() {
            sink.nested(Place::Embedded, format, &script);
        }
    }
}

/// What a program reads that recipes are given to.
fn program_format(program: &str) -> Option<Format> {
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    let name = name.trim_end_matches(".exe");
    match name {
        "fish" | "nu" | "ash" | "env" => Some(Format::Shell),
        "uv" => Some(Format::Python),
        _ => Format::of_language(name),
    }
}
