use crate::syntax::Format;
use crate::syntax::testing::{bears, checked};

#[test]
fn hostile_files_are_borne() {
    bears(Format::Json, 500_000, PIECES);
    bears(Format::JsonLines, 100_000, PIECES);
    for file in [
        format!("[{}", "]}".repeat(100_000)),
        format!("[{}]", "1,".repeat(500_000)),
    ] {
        checked(Format::Json, file.as_bytes());
    }
}

const PIECES: &[&str] = &[
    "{\"a\":",
    "[1,",
    "\\\"",
    "{{",
    "/*",
    "[}",
    "b",
    "\\n",
    "$A",
    "${B:-c}",
    "{{ d }}",
    "\"command\": [\"sh\", \"-c\", \"x\"]",
    "{\"name\": \"N\", \"value\": \"v\"}",
    "\"env\"",
    "\"{\\\"a\\\": 1}\"",
    "null",
    "1.5",
];
