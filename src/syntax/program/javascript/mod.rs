//! JavaScript and TypeScript, with or without JSX.
//!
//! Names are followed within one file, as in Python: a name stands for what it was given last
//! before its use, in the same scope or one around it, with what was put into it since.
//!
//! How expressions become values:
//!
//! | expression | value |
//! |---|---|
//! | `process.env.X`, `import.meta.env.X`, `Bun.env.X`, `Deno.env.get("X")` | `Environment`, its name `*` if that is not known |
//! | `process.env`, `{...process.env}` | `WholeEnvironment` |
//! | `{...process.env, A: b}`, `{...unknown}` | `Map` with the key `**` for what is spread |
//! | `{[name]: b}` | `Map` with the key `*` |
//! | `a \|\| b`, `a ?? b`, `c ? a : b` | the one that says something; `b` as the default of `a`, if `a` is an environment variable; else `MappedText` of both |
//! | template literals, `+`, `.concat`, `.join` | `Literal` if all is known, else `MappedText` |
//! | `token.slice(0, 4)` | `MappedText` of one part |
//! | `x.trim()`, `x as T`, `x!`, `await x`, `String(x)`, `JSON.stringify(x)`, `new Headers(x)` | what `x` is |
//! | `f(…)` where `f` returns an expression at its end | that expression |
//! | `cfg.a`, `cfg["a"]`, if not known | `Name("cfg.a")`, with imports resolved |
//! | `f(...unknown)` | an argument named `*` |
//!
//! What a module gives is named by the module: `runJob` of `import { runJob } from "@huggingface/hub"`
//! is `@huggingface/hub.runJob`; `node:` before a module, the host and the version of a module from
//! the web, and what a module exports by default have no name of their own. `new Foo(…)` is a call
//! of `Foo`, and what it gives is `Foo()`.
//!
//! Beside real calls there is the reading of an environment variable, `process.env.X`, as
//! `process.env.__getitem__(X=…)`, with the value of the whole expression under the variable's name;
//! the same for `import.meta.env`, for `$env/static/public` of Svelte, and for
//! `window.huggingface.variables`, which is what a static Space shows to everybody: its values are
//! `Name("window.huggingface.variables.X")`.
//!
//! Settings are declarations, assignments, fields, defaults, attributes of JSX, and entries of
//! objects wherever they stand, below the key or name that the object is given to; list places are
//! left out, and so are calls that only write an object down, such as `JSON.stringify`.

mod callee;
mod calls;
mod embedded;
mod environment;
mod facts;
mod imports;
mod names;
mod objects;
mod patterns;
mod source;
mod string;
#[cfg(test)]
mod tests;
mod value;

use super::cst::Tree;
use super::grammar::{self, Grammar};
use crate::syntax::Format;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use facts::Facts;
use source::Source;

/// The longest program that is parsed, in bytes: a larger one was made by a program.
const LONGEST: usize = 2 << 20;

/// How long a program may be whose lines are those of no person, in bytes.
const LONGEST_BUNDLE: usize = 32 << 10;

/// How many bytes a line has on average where a person wrote it, at most.
const WRITTEN_LINE: usize = 400;

/// Lowers a program in JavaScript or TypeScript.
pub(crate) fn lower(format: Format, text: &MappedText, sink: &mut FactSink) {
    if is_bundle(text.bytes()) {
        sink.mark_errors();
        return;
    }
    let (tree, whole) = parse(format, text.bytes());
    if !whole {
        sink.mark_errors();
    }
    let source = Source::new(text, tree);
    for import in &source.names.imports {
        sink.import(import.clone());
    }
    let mut facts = Facts::new(&source);
    for node in 0..source.tree.len() {
        facts.visit(node, sink);
    }
}

/// Whether a program is what a bundler or minifier wrote. Its names say nothing, and it is large.
fn is_bundle(program: &[u8]) -> bool {
    if program.len() <= LONGEST_BUNDLE {
        return false;
    }
    let lines = memchr::memchr_iter(b'\n', program).count() + 1;
    program.len() > LONGEST || program.len() / lines > WRITTEN_LINE
}

/// The tree of a program, and whether all of it could be parsed. TypeScript with JSX and without
/// have grammars of their own, as `<T>x` means different things.
fn parse(format: Format, program: &[u8]) -> (Tree, bool) {
    let parsed = |grammar: &'static Grammar| {
        let mut tree = Tree::new(program.len());
        let whole = tree.parse(grammar, program, 0);
        (tree, whole)
    };
    if format != Format::TypeScript {
        return parsed(&grammar::JAVASCRIPT);
    }
    let plain = parsed(&grammar::TYPESCRIPT);
    let has = |text: &[u8]| memchr::memmem::find(program, text).is_some();
    if plain.1 || !(has(b"</") || has(b"/>")) {
        return plain;
    }
    let with_jsx = parsed(&grammar::TSX);
    if with_jsx.1 || with_jsx.0.len() > plain.0.len() {
        with_jsx
    } else {
        plain
    }
}
