use crate::syntax::Format;
use crate::syntax::testing::{bears, checked};

#[test]
fn hostile_files_are_borne() {
    bears(Format::Yaml, 400_000, PIECES);
    let nested: String = (0..10_000)
        .map(|n| format!("{}a:\n", " ".repeat(n)))
        .collect();
    checked(Format::Yaml, &nested.as_bytes()[..5_000_000]);
}

/// A few lines that stand for billions.
#[test]
fn aliases_are_bounded() {
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in b'b'..b'k' {
        let (name, of) = (char::from(n), char::from(n - 1));
        let aliases = vec![format!("*{of}"); 10].join(", ");
        bomb.push_str(&format!("{name}: &{name} [{aliases}]\n"));
    }
    let document = checked(Format::Yaml, bomb.as_bytes());
    assert!(document.facts.len() < 50_000);
    checked(Format::Yaml, b"a: &a [*a, b]\n");
}

const PIECES: &[&str] = &[
    "- ",
    "a: ",
    "? ",
    "&a ",
    "*a ",
    "!t ",
    "{{",
    "{% ",
    "|\n",
    "- - a\n",
    "a: [\n",
    "\t",
    "%",
    "---\n",
    "a: \"b\n",
    "x",
    "a:\n",
    "${{",
    ": ",
    "- {",
    "- - - ",
    "<<",
    "<<E\n",
    "a: &a [*a]\n",
    "b",
    "\\n",
    "$A",
    "${B:-c}",
    "{{ d }}",
    "  ",
    "- name: N\n  value: v\n",
    "command: [sh, -c, y]\n",
    "run: |\n  l1\n\n   l2\n",
    "f: >\n  t\n",
    "{{ if z }}\n",
    "*x",
];
