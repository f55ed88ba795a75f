//! Where the parts of a fact stand, in the order of its summary.

use std::fmt::Write as _;

use super::summary::MAX_DEPTH;
use crate::span::Span;
use crate::syntax::{Argument, Call, Command, FactKind, Setting, Spanned, Value};

/// The lines and columns of a file, both from 1; columns are code points.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    /// Where lines begin.
    starts: Vec<usize>,
    /// How many characters begin before each block of bytes, so that the columns of a long line cost
    /// little.
    characters: Vec<usize>,
}

/// How many bytes a block has.
const BLOCK: usize = 256;

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let ends = memchr::memchr_iter(b'\n', bytes).map(|at| at + 1);
        let mut count = 0;
        let blocks = bytes.chunks(BLOCK).map(|block| {
            let before = count;
            count += characters(block);
            before
        });
        let characters = blocks.collect();
        Self {
            bytes,
            starts: std::iter::once(0).chain(ends).collect(),
            characters,
        }
    }

    /// `line:column` and, behind a dash, the place after the last byte.
    pub(super) fn span(&self, span: &Span) -> String {
        let mut places = Places::new(self);
        places.span(span);
        places.text()
    }

    fn position(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at);
        let start = self.starts.get(line - 1).copied().unwrap_or_default();
        (line, 1 + self.before(at) - self.before(start))
    }

    /// How many characters begin before a byte.
    fn before(&self, at: usize) -> usize {
        let block = (at / BLOCK).min(self.characters.len().saturating_sub(1));
        let before = self.characters.get(block).copied().unwrap_or_default();
        before + characters(self.bytes.get(block * BLOCK..at).unwrap_or_default())
    }
}

/// How many characters begin in some bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

/// A line that is being written: `3:1-4.5-13 = 16-19`. A place that lies on the line of the place
/// before it has its column alone; one that has no bytes has no end.
pub(super) struct Places<'a> {
    out: String,
    lines: &'a Lines<'a>,
    /// The line of the last place.
    line: usize,
}

impl<'a> Places<'a> {
    pub(super) fn new(lines: &'a Lines<'a>) -> Self {
        Self {
            out: String::new(),
            lines,
            line: 0,
        }
    }

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

    /// Where the command stands whose output is read.
    pub(super) fn source(&mut self, of: &Span) {
        self.out.push_str(" from ");
        self.span(of);
    }

    fn span(&mut self, span: &Span) {
        self.position(span.start);
        if span.end != span.start {
            self.out.push('-');
            self.position(span.end);
        }
    }

    fn position(&mut self, at: usize) {
        let (line, column) = self.lines.position(at);
        let _ = if line == self.line {
            write!(self.out, "{column}")
        } else {
            write!(self.out, "{line}:{column}")
        };
        self.line = line;
    }

    fn setting(&mut self, setting: &Setting, sign: &str) {
        for (place, key) in setting.path.iter().enumerate() {
            self.out.push_str(if place > 0 { "." } else { "" });
            self.span(&key.span);
        }
        self.out.push_str(sign);
        self.value(&setting.value, 0);
    }

    fn call(&mut self, call: &Call, depth: usize) {
        self.span(&call.callee.span);
        self.out.push('(');
        for (place, Argument { name, value }) in call.arguments.iter().enumerate() {
            self.out.push_str(if place > 0 { ", " } else { "" });
            if let Some(name) = name {
                self.span(&name.span);
                self.out.push('=');
            }
            self.value(value, depth + 1);
        }
        self.out.push(')');
    }

    fn command(&mut self, command: &Command) {
        let mut between = "";
        for assignment in &command.assignments {
            self.out.push_str(between);
            self.setting(assignment, "=");
            between = " ";
        }
        for word in &command.words {
            self.out.push_str(between);
            self.value(word, 0);
            between = " ";
        }
        for redirection in &command.redirections {
            self.out.push_str(" > ");
            self.value(&redirection.target, 0);
        }
    }

    /// A value and, in brackets of the kind that the summary has, its parts. A call that is a value
    /// stands behind an arrow, a default behind `|`.
    fn value(&mut self, value: &Spanned<Value>, depth: usize) {
        self.span(&value.span);
        if depth == MAX_DEPTH {
            return;
        }
        match &value.value {
            Value::Call(call) => {
                self.out.push_str("->");
                self.call(call, depth + 1);
            }
            Value::Environment(_, Some(default)) | Value::Variable(_, Some(default)) => {
                self.out.push('|');
                self.value(default, depth + 1);
            }
            Value::Map(entries) => {
                self.out.push('{');
                for (place, (key, given)) in entries.iter().enumerate() {
                    self.out.push_str(if place > 0 { ", " } else { "" });
                    self.span(&key.span);
                    self.out.push_str(": ");
                    self.value(given, depth + 1);
                }
                self.out.push('}');
            }
            Value::List(items) => self.all(["[", ", ", "]"], items, depth),
            Value::Text(parts) => self.all(["<", " ", ">"], parts, depth),
            _ => {}
        }
    }

    fn all(&mut self, [open, between, close]: [&str; 3], of: &[Spanned<Value>], depth: usize) {
        self.out.push_str(open);
        for (place, value) in of.iter().enumerate() {
            self.out.push_str(if place > 0 { between } else { "" });
            self.value(value, depth + 1);
        }
        self.out.push_str(close);
    }
}
