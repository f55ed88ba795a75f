//! Python, parsed by `ruff_python_parser`: ten times as fast as the grammar for tree-sitter, linear on
//! comments, and it recovers from errors. It is an internal crate of ruff's, so that its version is
//! pinned and nothing outside of this folder knows of it.
//!
//! How expressions become values:
//!
//! | expression | value |
//! |---|---|
//! | `os.environ["X"]`, `os.getenv("X", d)` | `Environment`, its name `*` if that is not known |
//! | `os.environ`, `dict(os.environ)`, `{**os.environ}` | `WholeEnvironment` |
//! | `{**os.environ, "A": b}`, `{**unknown}` | `Map` with the key `**` for what is unpacked |
//! | `{name: b}` | `Map` with the key `*` |
//! | `a or b`, `a if c else b` | the one that says something; `b` as the default of `a`, if `a` is an environment variable; else `Text` of both |
//! | f-strings, `+`, `%`, `.format`, `.join`, `/` | `Literal` if all is known, else `Text` |
//! | `token[:10]`, a character of a text | `Text` of one part |
//! | `x.strip()`, `.encode()`, `.copy()`, `str(x)`, `json.dumps(x)` | what `x` is |
//! | `f(…)` where `f` returns an expression at its end | that expression |
//! | `[f(x) for x in y]`, `{k: v for k, v in y}` | `List` or `Map` with what each turn gives |
//! | `cfg["a"]`, `cfg.a`, if not known | `Name("cfg.a")`, with imports resolved |
//! | `f(**unknown)`, `f(*unknown)` | an argument named `**` or `*` |
//!
//! Beside real calls there are these: `print x` is `print`, `"X" in os.environ` is
//! `os.environ.__contains__`, and the reading of `os.environ["X"]` is `os.environ.__getitem__`.
//!
//! A call in a loop over what is written in the program is there once more for each turn in which
//! its arguments differ. A call that hands a function on, such as `asyncio.to_thread(f, x)`, is also
//! a call of that function. Calls that write to a file have it as the argument `path`.
//!
//! Settings are assignments, defaults of parameters, entries of maps wherever they stand (below the
//! key, parameter or name that the map is given to; list places are left out), what `x.update(…)`,
//! `x.setdefault(…)` and `dict(…)` name, and the defaults of command line options
//! (`add_argument("--hf-token", default="…")` is `hf_token`). So are those of the metadata in comments at
//! the beginning of a script.

mod adapter;
mod depth;
mod expression;
mod language;
mod magic;
mod metadata;
mod print;
mod statement;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

use self::adapter::{Adapter, Part};
use self::language::PYTHON;
use super::facts::Facts;
use super::scripts::dedented;
use super::tree::{Tree, fill};
use crate::span::Span;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Coverage, Format, Place, Reading};

/// A part of a program that is parsed by itself, such as a notebook's cell, but shares its names
/// with the others.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    /// Its bytes in the text.
    pub(crate) span: Span,
    /// Where it is.
    pub(crate) place: Option<Place>,
}

/// Lowers a program.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let plain = session(text).or_else(|| indented(text));
    let text = plain.as_ref().unwrap_or(text);
    metadata::lower(text, sink);
    let whole = Section {
        span: 0..text.bytes().len(),
        place: None,
    };
    lower_sections(text, &[whole], sink);
}

/// Lowers the parts of a program.
pub(crate) fn lower_sections(text: &MappedText, sections: &[Section], sink: &mut FactSink) {
    let mut tree = Tree::new(text.bytes().len());
    let mut parsed = Vec::new();
    for section in sections {
        let bytes = text.slice(&section.span);
        let (plain, magics) = magic::split(bytes, section.span.start);
        let from = tree.len();
        sink.covers(parse(&mut tree, plain, section.span.start));
        parsed.push((section, magics, from..tree.len()));
    }
    let program = super::read(text, tree, &PYTHON, sink);
    let mut facts = Facts::new(&program);
    for (section, magics, nodes) in parsed {
        let body = |sink: &mut FactSink| {
            for magic in magics {
                magic.lower(text, sink);
            }
            for node in nodes {
                facts.visit(node, sink);
            }
        };
        match &section.place {
            Some(place) => sink.within(place.clone(), |sink| {
                sink.within(Place::Document(Format::Python), body);
            }),
            None => body(sink),
        }
    }
}

/// Adds a program that begins at `offset` of the text, and says how much of it could be parsed.
fn parse(tree: &mut Tree, mut program: Vec<u8>, offset: usize) -> Reading {
    let prints = print::rewrite(&mut program);
    let program = utf8(program);
    if u32::try_from(program.len()).is_err() || depth::is_over(&program) {
        return Coverage::Limited.into();
    }
    let parsed = parse_unchecked(&program, ParseOptions::from(Mode::Module));
    let adapter = Adapter {
        text: &program,
        offset,
        prints,
    };
    let errors = parsed.errors().len();
    let Some(module) = parsed.try_into_module() else {
        return Coverage::Damaged.into();
    };
    let statements = module.suite().iter();
    fill(tree, &adapter, statements.map(Part::Statement));
    Reading::of(tree.is_full(), errors)
}

/// A program with one sign in the place of each byte that is no UTF-8.
fn utf8(program: Vec<u8>) -> String {
    String::from_utf8(program).unwrap_or_else(|error| {
        let mut text = String::with_capacity(error.as_bytes().len());
        for chunk in error.as_bytes().utf8_chunks() {
            text.push_str(chunk.valid());
            text.extend(chunk.invalid().iter().map(|_| '?'));
        }
        text
    })
}

/// The program of an interactive session, `>>> x`, without its prompts and outputs.
fn session(text: &MappedText) -> Option<MappedText> {
    if !text.bytes().trim_ascii_start().starts_with(b">>> ") {
        return None;
    }
    let mut program = MappedText::default();
    let mut at = 0;
    for line in text.bytes().split_inclusive(|b| *b == b'\n') {
        let indent = line.len() - line.trim_ascii_start().len();
        let body = line.get(indent..).unwrap_or_default();
        if body.starts_with(b">>> ") || body.starts_with(b"... ") {
            program.push_from(text, at + indent + 4..at + line.len());
        }
        at += line.len();
    }
    Some(program)
}

/// A program whose lines are all indented, as in a section of another file, without that.
fn indented(text: &MappedText) -> Option<MappedText> {
    let bytes = text.bytes();
    let start = bytes.len() - bytes.trim_ascii_start().len();
    let before = start.checked_sub(1).and_then(|before| bytes.get(before))?;
    matches!(before, b' ' | b'\t').then(|| dedented(text))
}

/// A dotted name without white space.
fn compact(name: &str) -> Cow<'_, str> {
    let is_odd = |c: char| c.is_whitespace() || c == '\\';
    match name.contains(is_odd) {
        true => name.replace(is_odd, "").into(),
        false => name.into(),
    }
}
