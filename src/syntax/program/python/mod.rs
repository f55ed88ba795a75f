//! Python.
//!
//! Names are followed within one file: a name stands for what it was given last before its use, in
//! the same scope or one around it, with what was put into it since. A value's bytes are those of
//! the use; the entries of a map or list that a name stands for have the bytes where they stand.
//!
//! How expressions become values:
//!
//! | expression | value |
//! |---|---|
//! | `os.environ["X"]`, `os.getenv("X", d)` | `Environment`, its name `*` if that is not known |
//! | `os.environ`, `dict(os.environ)`, `{**os.environ}` | `WholeEnvironment` |
//! | `{**os.environ, "A": b}`, `{**unknown}` | `Map` with the key `**` for what is unpacked |
//! | `{name: b}` | `Map` with the key `*` |
//! | `a or b`, `a if c else b` | the one that says something; `b` as the default of `a`, if `a` is an environment variable; else `MappedText` of both |
//! | f-strings, `+`, `%`, `.format`, `.join`, `/` | `Literal` if all is known, else `MappedText` |
//! | `token[:10]`, a character of a text | `MappedText` of one part |
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
//! (`add_argument("--hf-token", default="…")` is `hf_token`).

mod callee;
mod calls;
mod embedded;
mod facts;
mod further;
mod imports;
mod loops;
mod magic;
mod maps;
mod names;
mod source;
mod string;
#[cfg(test)]
mod tests;
mod value;

use super::cst::Tree;
use super::grammar;
use crate::span::Span;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Format, Place};
use facts::Facts;
use source::Source;

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
    let session = session(text);
    let text = session.as_ref().unwrap_or(text);
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
        let bytes = text.bytes().get(section.span.clone()).unwrap_or_default();
        let (plain, magics) = magic::split(bytes, section.span.start);
        let from = tree.len();
        if !tree.parse(&grammar::PYTHON, &plain, section.span.start) {
            sink.mark_errors();
        }
        parsed.push((section, magics, from..tree.len()));
    }
    let source = Source::new(text, tree);
    for import in &source.names.imports {
        sink.import(import.clone());
    }
    let mut facts = Facts::new(&source);
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
