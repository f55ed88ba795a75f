use crate::syntax::Format;
use crate::syntax::testing::{bears, checked};

#[test]
fn hostile_files_are_borne() {
    bears(Format::Makefile, 100_000, PIECES);
}

#[test]
fn hostile_values_are_borne() {
    for piece in PIECES {
        let closed = format!("a = {}{}", piece.repeat(10_000), ")".repeat(10_000));
        checked(Format::Makefile, closed.as_bytes());
    }
}

const PIECES: &[&str] = &[
    "$(",
    "${",
    "$(if a,",
    "$(shell ",
    "define x\n",
    "a:\n\t$(X)",
    "\\\n",
    "$$",
    "$",
    "\n\t",
    "A",
    " = ",
    ":=",
    "a:",
    ";",
    "shell ",
    "if ",
    "define ",
    "endef",
    "export ",
    "@",
    ".ONESHELL:\n",
    ".RECIPEPREFIX=>\n",
    "SHELL=python\n",
    "hf x",
];
