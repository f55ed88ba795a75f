//! JavaScript and TypeScript, with or without JSX.
//!
//! How expressions become values:
//!
//! | expression | value |
//! |---|---|
//! | `process.env.X`, `import.meta.env.X`, `Bun.env.X`, `Deno.env.get("X")` | `Environment`, its name `*` if that is not known |
//! | `process.env`, `{...process.env}` | `WholeEnvironment` |
//! | `{...process.env, A: b}`, `{...unknown}` | `Map` with the key `**` for what is spread |
//! | `{[name]: b}` | `Map` with the key `*` |
//! | `a \|\| b`, `a ?? b`, `c ? a : b` | the one that says something; `b` as the default of `a`, if `a` is an environment variable; else `Text` of both |
//! | template literals, `+`, `.concat`, `.join` | `Literal` if all is known, else `Text` |
//! | `token.slice(0, 4)` | `Text` of one part |
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

mod adapter;
pub(super) mod imports;
mod language;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use tree_sitter::Language;

use self::adapter::{Adapter, As, Source};
use self::language::JAVASCRIPT;
use super::sitter;
use super::tree::{Tree, fill};
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Coverage, Format, Reading};

/// JavaScript, with JSX.
static PLAIN: LazyLock<Language> = LazyLock::new(|| tree_sitter_javascript::LANGUAGE.into());

/// TypeScript without JSX.
static TYPED: LazyLock<Language> =
    LazyLock::new(|| tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into());

/// TypeScript with JSX.
static TYPED_WITH_JSX: LazyLock<Language> =
    LazyLock::new(|| tree_sitter_typescript::LANGUAGE_TSX.into());

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
    let parsed = parse(format, text.bytes());
    sink.covers(parsed.reading);
    super::lower(text, parsed.tree, &JAVASCRIPT, sink);
}

/// Whether a program is what a bundler or minifier wrote. Its names say nothing, and it is large.
fn is_bundle(program: &[u8]) -> bool {
    if program.len() <= LONGEST_BUNDLE {
        return false;
    }
    let lines = memchr::memchr_iter(b'\n', program).count() + 1;
    program.len() > LONGEST || program.len() / lines > WRITTEN_LINE
}

struct Parsed {
    tree: Tree,
    reading: Reading,
}

/// The tree of a program. TypeScript with JSX and without have grammars of their own, as `<T>x` means
/// different things.
fn parse(format: Format, program: &[u8]) -> Parsed {
    if format != Format::TypeScript {
        return parse_as(&PLAIN, program);
    }
    let plain = parse_as(&TYPED, program);
    let has = |text: &[u8]| memchr::memmem::find(program, text).is_some();
    if plain.reading.coverage == Coverage::Whole || !(has(b"</") || has(b"/>")) {
        return plain;
    }
    let with_jsx = parse_as(&TYPED_WITH_JSX, program);
    if with_jsx.reading.coverage == Coverage::Whole || with_jsx.tree.len() > plain.tree.len() {
        with_jsx
    } else {
        plain
    }
}

fn parse_as(language: &Language, program: &[u8]) -> Parsed {
    let (tree, reading) = sitter::filled(language, program, |tree, node| {
        let as_ = As::Itself;
        let root = Source { node, as_ };
        fill(tree, &Adapter { text: program }, std::iter::once(root));
    });
    Parsed { tree, reading }
}
