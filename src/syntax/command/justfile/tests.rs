use crate::syntax::Format;
use crate::syntax::testing::{bears, checked};

#[test]
fn hostile_files_are_borne() {
    bears(Format::Justfile, 100_000, PIECES);
}

#[test]
fn hostile_recipes_are_borne() {
    for piece in PIECES {
        let text = piece.repeat(100_000 / piece.len());
        checked(Format::Justfile, format!("a:\n {text}").as_bytes());
    }
}

const PIECES: &[&str] = &[
    "a:\n {{",
    "{{",
    "a := (",
    "a := '",
    "a := \"\"\"\n",
    "a:\n \\\n",
    "a b=(",
    "a := `\n",
    "{{ if a { ",
    "a := if ",
    "\\\n",
    "[script('\n",
    "}}",
    "{{{{",
    "script",
    "'''",
    "\\n",
    "\n  ",
    "\t",
    " := ",
    "a := ",
    "a:\n  ",
    "b: c\n\t@",
    "+",
    "/",
    "if ",
    " else ",
    "env('X')",
    "export ",
    "set shell := ['pwsh']\n",
    "#!/bin/sh\n",
    "$X",
    "hf x",
    "f'",
    "|",
];
