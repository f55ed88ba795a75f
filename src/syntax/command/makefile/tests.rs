use crate::syntax::Format;
use crate::syntax::testing::script::{checked, facts, word_bytes};

fn check(cases: &[(&str, &[&str])]) {
    for (file, expected) in cases {
        assert_eq!(facts(Format::Makefile, file), *expected, "{file}");
    }
}

#[test]
fn assignments() {
    check(&[
        ("HF_TOKEN ?= abc # mine", &["HF_TOKEN = abc"]),
        ("export HF_TOKEN := \"a b\"\r\n", &["HF_TOKEN = \"a b\""]),
        ("override A::=b\nA+=c\nB=", &["A = b", "A = c", "B = null"]),
        ("A = x \\\n    y", &["A = \"x y\""]),
        ("A = $(B) $$C ${D:.c=.o}", &["A = $B+\" \"+$C+\" \"+$D"]),
        (
            "T := $(shell cat /run/secrets/t)",
            &["T = $(cat /run/secrets/t)", "cat /run/secrets/t"],
        ),
        (
            "T != hf auth token",
            &["T = $(hf auth token)", "hf auth token"],
        ),
        (
            "A := $(if $(HF_TOKEN),--build-arg HF_TOKEN=$(HF_TOKEN),)",
            &["A = \"--build-arg HF_TOKEN=\"+$HF_TOKEN"],
        ),
        ("A := $(call f,x) $(or $(B),c)", &["A = ?+\" \"+$B"]),
        (
            "train: export HF_TOKEN = abc;d\n\tls",
            &["HF_TOKEN = abc;d", "ls"],
        ),
        (
            "define run\n\t@hf x $(1)\nendef\nA=b",
            &["run = \"\\t@hf x \"+$1+\"\\n\"", "hf x $1", "A = b"],
        ),
        ("ifeq ($(A),b)\nC = d\nendif\ninclude x=y", &["C = d"]),
    ]);
}

#[test]
fn recipes() {
    check(&[
        (
            "a: b\n\t@-hf auth login --token $(T)",
            &["hf auth login --token $T"],
        ),
        ("a: b ; hf x $$HF_TOKEN", &["hf x $HF_TOKEN"]),
        (
            "a::\n\techo '$(T)' $@ $$(date)",
            &["echo $T ? $(date)", "date"],
        ),
        (
            "a:\n\tdocker run \\\n\t\t-e A=`cat f` \\\r\n\t\timg\nB=c",
            &["docker run -e A=+$(cat f) img", "cat f", "B = c"],
        ),
        (
            "C := docker compose -f x.yml\na:\n\tcd x && $(C) build $(C)",
            &[
                "C = \"docker compose -f x.yml\"",
                "cd x",
                "docker compose -f x.yml build $C",
            ],
        ),
        ("P = x\nP = y\na:\n\t$(P) z", &["P = x", "P = y", "$P z"]),
        ("a:\n\tx\nifdef B\n\ty\nendif\n\n# c\n\tz", &["x", "y", "z"]),
        (
            ".ONESHELL:\na:\n\tcat <<E | hf x\n\tq\n\tE\n\tls\nb:\n\tpwd",
            &["cat << \"q\\n\"", "hf x <- cat", "ls", "pwd"],
        ),
        (
            ".RECIPEPREFIX = >\na:\n>hf x",
            &[".RECIPEPREFIX = >", "hf x"],
        ),
        (
            "a:\n\techo $(shell hf y $(B))",
            &["echo $(hf y {{.B}})", "hf y $B"],
        ),
        ("a:\n\techo 'don\n\thf x", &["echo 'don", "hf x"]),
    ]);
}

#[test]
fn words_keep_their_places() {
    let file = "a:\n\t@hf x --token=$$HF_TOKEN '$(T) b' \\\n\t  $(shell cat f) \"c\"\n";
    assert_eq!(
        word_bytes(Format::Makefile, file),
        [
            "hf",
            "x",
            "--token=$$HF_TOKEN",
            "$(T) b",
            "$(shell cat f)",
            "c",
            "cat",
            "f"
        ]
    );
}

#[test]
fn depth_and_length_are_bounded() {
    for piece in [
        "$(",
        "${",
        "$(if a,",
        "$(shell ",
        "define x\n",
        "a:\n\t$(X)",
        "\\\n",
    ] {
        checked(Format::Makefile, piece.repeat(20_000).as_bytes());
        let closed = format!("a = {}{}", piece.repeat(10_000), ")".repeat(10_000));
        checked(Format::Makefile, closed.as_bytes());
    }
}

proptest::proptest! {
    #[test]
    fn no_pieces_do_harm(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..40)) {
        checked(Format::Makefile, pieces.concat().as_bytes());
    }
}

const PIECES: &[&str] = &[
    "$(",
    ")",
    "${",
    "}",
    "$$",
    "$",
    "(",
    "\n",
    "\n\t",
    "\r\n",
    "\\\n",
    "\\",
    "A",
    " = ",
    ":=",
    "a:",
    ";",
    "shell ",
    "if ",
    ",",
    "#",
    "define ",
    "endef",
    "export ",
    "'",
    "\"",
    "@",
    "é",
    "\u{feff}",
    ".ONESHELL:\n",
    ".RECIPEPREFIX=>\n",
    "SHELL=python\n",
    "hf x",
];
