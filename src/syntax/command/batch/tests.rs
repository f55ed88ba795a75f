use crate::syntax::Format;
use crate::syntax::testing::script::{checked, facts, word_bytes};

fn check(cases: &[(&str, &[&str])]) {
    for (file, expected) in cases {
        assert_eq!(facts(Format::Batch, file), *expected, "{file}");
    }
}

#[test]
fn variables() {
    check(&[
        ("set HF_TOKEN=abc\r\nls\r\n", &["HF_TOKEN = abc", "ls"]),
        ("@SET \"HF_TOKEN=a b\" & ls", &["HF_TOKEN = \"a b\"", "ls"]),
        ("set X=\"y\"\nset X=", &["X = y", "X = null"]),
        ("set X=%A%-%B:a=b%!C!%1", &["X = $A+-+$B+$C+$1"]),
        ("set /p HF_TOKEN=Token:", &["HF_TOKEN = ?"]),
        (
            "setx HF_TOKEN abc /m",
            &["HF_TOKEN = abc", "setx HF_TOKEN abc /m"],
        ),
        ("set", &["set"]),
        ("if not defined X set X=y", &["X = y"]),
        (
            "if \"%X%\"==\"\" (\n  set X=y\n) else (\n  set X=z\n)",
            &["X = y", "X = z"],
        ),
        ("set X=100%", &["X = 100%"]),
    ]);
}

#[test]
fn commands() {
    check(&[
        (
            "@echo off\nREM hf a\n:: hf b\n:label\nhf auth login --token %HF_TOKEN%",
            &["echo off", "hf auth login --token $HF_TOKEN"],
        ),
        (
            "docker run ^\r\n  -e A=%A% ^\r\n  img\r\nls",
            &["docker run -e A=+$A img", "ls"],
        ),
        (
            "a \"b c\" d\"e f\"g \"\" x^&y",
            &["a \"b c\" \"de fg\" \"\" x&y"],
        ),
        ("a && b || c & d", &["a", "b", "c", "d"]),
        (
            "echo %HF_TOKEN%| hf x > f 2>&1",
            &["echo $HF_TOKEN", "hf x > f <- echo"],
        ),
        ("a 2>nul 1>>f b", &["a b 2> nul 1>> f"]),
        ("call x.bat %~dp0f %*", &["x.bat ?+f $*"]),
        ("if exist \"a b\" hf x", &["hf x"]),
        ("IF %A% == b (hf x) ELSE hf y", &["hf x", "hf y"]),
        ("if /i not %A% EQU b call hf x", &["hf x"]),
        ("for %%i in (a b) do hf x %%i", &["hf x $i"]),
        (
            "for /f \"tokens=*\" %%i in ('hf auth token') do (\n set T=%%i\n)",
            &["hf auth token", "T = $i"],
        ),
        ("start \"t\" /b hf x", &["hf x"]),
        (
            "cmd /c \"hf x && hf y\"",
            &["cmd /c \"hf x && hf y\"", "hf x", "hf y"],
        ),
        ("echo (a) b)", &["echo (a) b)"]),
        ("hf x ${{ secrets.HF_TOKEN }}", &["hf x secret:HF_TOKEN"]),
    ]);
}

#[test]
fn words_keep_their_places() {
    assert_eq!(
        word_bytes(Format::Batch, "\u{feff}hf \"a %T%\" --x=^%T%\r\n^&\r\n"),
        ["hf", "a %T%", "--x=^%T%", "^&"]
    );
}

#[test]
fn depth_and_length_are_bounded() {
    for piece in [
        "(",
        "if a==b ",
        "for %%i in (",
        "\"",
        "^",
        "%",
        "!",
        "set \"",
        "a|",
        "%X:",
        "start ",
    ] {
        checked(Format::Batch, piece.repeat(30_000).as_bytes());
    }
}

proptest::proptest! {
    #[test]
    fn no_pieces_do_harm(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..40)) {
        checked(Format::Batch, pieces.concat().as_bytes());
    }
}

const PIECES: &[&str] = &[
    "(", ")", "\"", "^", "%", "!", "%A%", "\n", "\r\n", "&", "|", ">", "<", "2>&1", "set ",
    "setx ", "=", "if ", "not ", "==", "for ", "in ", "do ", "start ", "call ", "rem", ":", " ",
    "x", "é", "/c", "cmd ", "\\\"", "'", "\u{feff}",
];
