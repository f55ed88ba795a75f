use crate::syntax::Format;
use crate::syntax::testing::{bears, checked};

#[test]
fn hostile_files_are_borne() {
    bears(Format::Hcl, 300_000, PIECES);
    let nested = |open: &str, close: &str| open.repeat(10_000) + &close.repeat(10_000);
    for file in [
        format!("a = {}", nested("[", "]")),
        format!("a = f({})", nested("(", ")")),
        format!("a = \"{}\"", "b".repeat(1_000_000)),
    ] {
        checked(Format::Hcl, file.as_bytes());
    }
}

const PIECES: &[&str] = &[
    "a=[",
    "a {",
    "a=(",
    "a=\"${",
    "\"${\n",
    "\"${\"",
    "<<E\n",
    "a=<<E\n",
    "<<a",
    "/*",
    "a=f(",
    "a=jsonencode(",
    "a=f(g(h(",
    "a.",
    "a ",
    "a=1\n",
    "a=\"b${c}\"\n",
    "a = [for ",
    "\"a\" ",
    "(a)",
    "$${",
    "a=\"$${",
    "a=\"\\",
    "[ ",
    "-",
    "a=f(1,",
    "a={b=",
    "variable \"a\" {default={",
    "${",
    "%{",
    "b",
    "\\n",
    "$A",
    "${B:-c}",
    "{{ d }}",
    "a \"b\" {\n",
    "env {\n name = \"j\"\n value = k[0] }\n",
    "<<-E\n    h $${i}\n  E\n",
    "E\n",
];
