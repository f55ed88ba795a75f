use crate::syntax::Format;
use crate::syntax::testing::bears;

#[test]
fn hostile_files_are_borne() {
    bears(Format::Batch, 100_000, PIECES);
}

const PIECES: &[&str] = &[
    "if a==b ",
    "for %%i in (",
    "^",
    "%",
    "!",
    "set \"",
    "a|",
    "%X:",
    "start ",
    "%A%",
    "&",
    "|",
    ">",
    "<",
    "2>&1",
    "set ",
    "setx ",
    "if ",
    "not ",
    "==",
    "for ",
    "in ",
    "do ",
    "call ",
    "rem",
    "x",
    "/c",
    "cmd ",
    "\\\"",
];
