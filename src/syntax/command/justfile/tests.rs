use crate::syntax::Format;
use crate::syntax::testing::script::{checked, facts, word_bytes};

fn check(cases: &[(&str, &[&str])]) {
    for (file, expected) in cases {
        assert_eq!(facts(Format::Justfile, file), *expected, "{file}");
    }
}

#[test]
fn variables() {
    check(&[
        (
            "t := 'a b' # c\r\nexport HF_TOKEN := \"x\\\"y\"",
            &["t = \"a b\"", "HF_TOKEN = x\"y"],
        ),
        (
            "a := b + '/' + \"c\"\nd := e / 'f'",
            &["a = $b+/c", "d = $e+/f"],
        ),
        (
            "a := env('HF_TOKEN', '')\nb:=env_var(\"B\")\nc := quote(b)",
            &["a = $HF_TOKEN", "b = $B", "c = $b"],
        ),
        ("a := f(b, 'c') + 'd'\ne := 'g'", &["a = ?+d", "e = g"]),
        (
            "t := `hf auth token`\nu := 'v'",
            &["t = $(hf auth token)", "hf auth token", "u = v"],
        ),
        (
            "a := if b == 'c' { '--build-arg T=' + t } else { '' }\nd := 'e'",
            &["a = \"--build-arg T=\"+$t+\" \"", "d = e"],
        ),
        (
            "a := (\n  'b' +\n  'c'\n)\nd := '''\ne'''",
            &["a = bc", "d = \"\\ne\""],
        ),
        (
            "set dotenv-load\nset shell := ['bash', '-c']\nalias b := c\nimport 'x'\nmod y\na := ''",
            &["a = null"],
        ),
        (
            "r a='b' $c=env('C') *d=(e + 'f'): g\n  ls",
            &["a = b", "c = $C", "d = $e+f", "ls"],
        ),
        ("a := ('b'\nc := 'd'", &["a = b", "c = d"]),
        ("a := 'b\nc := \"d\"", &["a = $b", "c = d"]),
    ]);
}

#[test]
fn recipes() {
    check(&[
        (
            "train *ARGS: build\n    @hf jobs run -e HF_TOKEN=$HF_TOKEN {{ARGS}} # c\n\n    -ls\n\n# d\n@login:\n\t@-hf x",
            &["hf jobs run -e HF_TOKEN=+$HF_TOKEN $ARGS", "ls", "hf x"],
        ),
        (
            "a:\n  docker run \\\n    -e A={{ env('B') }} \\\r\n    {{img}}\n  ls",
            &["docker run -e A=+$B $img", "ls"],
        ),
        (
            "compose := 'docker compose'\na:\n  cd x && {{ compose }} up {{compose}}",
            &[
                "compose = \"docker compose\"",
                "cd x",
                "docker compose up $compose",
            ],
        ),
        (
            "a:\n  #!/usr/bin/env python3\n  import os\n  if True:\n    os.system('hf x')\n\nb:\n  ls",
            &["os.system()", "hf x", "ls"],
        ),
        (
            "[script('bash')]\na:\n  cat <<E | hf x\n  q {{r}}\n  E\n  ls",
            &["cat << \"q \"+$r+\"\\n\"", "hf x <- cat", "ls"],
        ),
        ("a:\n  #!/usr/bin/env perl\n  hf x\nb: a\n  hf y", &["hf y"]),
        (
            "set shell := ['pwsh', '-c']\na:\n  hf x $env:T",
            &["hf x $T"],
        ),
        (
            "[group('a'), doc('''\nb: c\n''')]\n[private] a: (b 'x')\n  docker ps --format '{{{{.Names}}' {{ if c == '' { '-q' } else { d } }}",
            &["docker ps --format $Names -q $d"],
        ),
        ("a:\n  hf x {{ b\n  hf y {{ c }}", &["hf x {{ b", "hf y $c"]),
        ("export:\n  hf x\nset a:\n  hf y", &["hf x"]),
    ]);
}

#[test]
fn words_keep_their_places() {
    let file = "a:\n\t@hf x --token=$HF_TOKEN '{{ t }} b' \\\n\t  {{ 'c' }} \"d\"\n";
    assert_eq!(
        word_bytes(Format::Justfile, file),
        ["hf", "x", "--token=$HF_TOKEN", "{{ t }} b", "c", "d"]
    );
}

#[test]
fn depth_and_length_are_bounded() {
    for piece in [
        "a:\n {{",
        "{{",
        "a := (",
        "a := '",
        "[",
        "a := \"\"\"\n",
        "a:\n \\\n",
        "a b=(",
        "a := `\n",
        "{{ if a { ",
        "a := if ",
        "\\\n",
        "[script('\n",
    ] {
        checked(Format::Justfile, piece.repeat(20_000).as_bytes());
        checked(
            Format::Justfile,
            format!("a:\n {}", piece.repeat(20_000)).as_bytes(),
        );
    }
}

proptest::proptest! {
    #[test]
    fn no_pieces_do_harm(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..40)) {
        checked(Format::Justfile, pieces.concat().as_bytes());
    }
}

const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{{{{",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "script",
    "'",
    "\"",
    "'''",
    "`",
    "\\",
    "\\n",
    "\n",
    "\r\n",
    "\n  ",
    "\t",
    "a",
    " := ",
    "a := ",
    "a:\n  ",
    "b: c\n\t@",
    "+",
    "/",
    "=",
    "if ",
    " else ",
    "env('X')",
    "export ",
    "set shell := ['pwsh']\n",
    "#!/bin/sh\n",
    "#",
    "$X",
    "hf x",
    "é",
    "\0",
    "\u{feff}",
    "f'",
    "|",
];
