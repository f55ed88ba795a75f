use crate::syntax::Format;
use crate::syntax::testing::lower;
use crate::syntax::testing::script::{checked, facts, word_bytes};

fn check(cases: &[(&str, &[&str])]) {
    for (script, expected) in cases {
        assert_eq!(facts(Format::Shell, script), *expected, "{script}");
    }
}

#[test]
fn words_as_the_program_gets_them() {
    check(&[
        (
            "hf auth login --token $HF_TOKEN",
            &["hf auth login --token $HF_TOKEN"],
        ),
        (
            "echo 'a b' \"c\"d e\\ f ''",
            &["echo \"a b\" cd \"e f\" \"\""],
        ),
        (
            "echo ${A:-b} ${A-} ${#A} ${A%/*} \"x${B:=y z}\"",
            &["echo ${A:-b} $A ? $A x+${B:-\"y z\"}"],
        ),
        ("echo ${A:-${B:-$C}}", &["echo ${A:-${B:-$C}}"]),
        ("echo $'a\\tb\\x41\\u00e9\\101'", &["echo a\tbAéA"]),
        (
            "echo $1 $@ $? $(( 1 + (2) )) x$((1))y",
            &["echo $1 $@ $? ? x+?+y"],
        ),
        ("echo $ 5% a$", &["echo $ 5% a$"]),
        ("a \\\n  b \\\r\n c\r\nd", &["a b c", "d"]),
        ("# hf auth login\nls # b\necho a#b", &["ls", "echo a#b"]),
        ("echo don't", &["echo don't"]),
        ("echo {a,b} *.py ~/x", &["echo {a,b} *.py ~/x"]),
    ]);
}

#[test]
fn assignments_and_declarations() {
    check(&[
        ("HF_TOKEN=abc", &["HF_TOKEN = abc"]),
        ("A=1 B='x y' hf auth", &["A=1 B=\"x y\" hf auth"]),
        ("A= B=", &["A = null", "B = null"]),
        ("A+=x; B[0]=y", &["A = x", "B = y"]),
        ("A=(x \"y z\" # c\n $B)", &["A = [x, \"y z\", $B]"]),
        (
            "export A=b C D=\"$E\"",
            &["export A=b C D=+$E", "A = b", "D = $E"],
        ),
        (
            "declare -x A=b; readonly A=b",
            &["declare -x A=b", "A = b", "readonly A=b", "A = b"],
        ),
        (
            "set -gx HF_TOKEN abc",
            &["set -gx HF_TOKEN abc", "HF_TOKEN = abc"],
        ),
        ("set -ex", &["set -ex"]),
        (
            "setenv HF_TOKEN abc",
            &["setenv HF_TOKEN abc", "HF_TOKEN = abc"],
        ),
        ("A=$(cat f)", &["A = $(cat f)", "cat f"]),
        (
            "export A=\"${{ secrets.T }}\"",
            &["export A=+secret:T", "A = secret:T"],
        ),
        ("echo A=b", &["echo A=b"]),
        (
            "set -gx T (cat x)",
            &["set -gx T $(cat x)", "T = $(cat x)", "cat x"],
        ),
    ]);
}

#[test]
fn lists_and_compound_commands() {
    check(&[
        ("a && b || c; d & e", &["a", "b", "c", "d", "e"]),
        ("a | b |& c", &["a", "b <- a", "c <- b"]),
        ("a |\n  b", &["a", "b <- a"]),
        ("(a; b) | c", &["a", "b", "c <- b"]),
        ("a | (b; c)", &["a", "b <- a", "c"]),
        ("{ a; b; } > f", &["a", "b > f"]),
        (
            "if a; then b; elif c; then d; else e; fi",
            &["a", "b", "c", "d", "e"],
        ),
        (
            "while read x; do b \"$x\"; done < f",
            &["read x", "b $x < f"],
        ),
        ("for x in a b; do c $x; done", &["c $x"]),
        ("for ((i=0; i<3; i++)); do c; done", &["c"]),
        ("for x in $(ls); do c; done", &["ls", "c"]),
        (
            "case \"$1\" in\n a|b) hf x;;\n (*) hf y ;;\nesac\nz",
            &["hf x", "hf y", "z"],
        ),
        (
            "f() { a; }\nfunction g { b; }\nfunction h () {\n c\n}",
            &["a", "b", "c"],
        ),
        (
            "[[ -z $A && $A < b ]] && c",
            &["[[ -z $A && $A < b ]]", "c"],
        ),
        ("[ -z \"$A\" ] || exit 1", &["[ -z $A ]", "exit 1"]),
        ("((x++)); a", &["a"]),
        ("! a; time b", &["a", "time b"]),
        (
            "echo $(a $(b) | c) `d e`",
            &["echo $(a $(b) | c) $(d e)", "a $(b)", "b", "c <- a", "d e"],
        ),
        ("echo \"$(a \"b c\")\"", &["echo $(a \"b c\")", "a \"b c\""]),
        ("diff <(a) <(b)", &["diff $(a) $(b)", "a", "b"]),
        ("a() b; c )\nd", &["b", "c", "d"]),
    ]);
}

#[test]
fn redirections_and_heredocs() {
    check(&[
        ("a > f 2>&1 < g &> h", &["a > f 2>& 1 < g &> h"]),
        ("a <<< \"$T\"", &["a <<< $T"]),
        (
            "echo \"$T\" > ~/.cache/huggingface/token",
            &["echo $T > ~/.cache/huggingface/token"],
        ),
        (
            "cat <<EOF\na $T\nEOF\nb",
            &["cat << \"a \"+$T+\"\\n\"", "b"],
        ),
        (
            "cat <<'EOF' | b\na $T\nEOF\nc",
            &["cat << \"a $T\\n\"", "b <- cat", "c"],
        ),
        ("cat <<-EOF\n\t\ta\n\tEOF\nb", &["cat << \"a\\n\"", "b"]),
        (
            "a <<X; b <<Y\n1\nX\n2\nY\nc",
            &["a << \"1\\n\"", "b << \"2\\n\"", "c"],
        ),
        (
            "x=$(cat <<EOF\na\nEOF\n)\nb",
            &["x = $(cat <<EOF\na\nEOF)", "cat << \"a\\n\"", "b"],
        ),
        (
            "cat <<EOF\n$(hf x)\nEOF",
            &["cat << $(hf x)+\"\\n\"", "hf x"],
        ),
        ("cat <<EOF\nnever closed", &["cat << \"never closed\""]),
    ]);
}

#[test]
fn documents_within_commands() {
    check(&[
        (
            "bash -c 'hf auth login'",
            &["bash -c \"hf auth login\"", "hf auth login"],
        ),
        ("sh -lc \"hf x $T\"", &["sh -lc \"hf x \"+$T", "hf x $T"]),
        ("eval \"hf x\" y", &["eval \"hf x\" y", "hf x y"]),
        ("su - me -c 'hf x'", &["su - me -c \"hf x\"", "hf x"]),
        (
            "ssh -p 22 me@h 'hf x; ls'",
            &["ssh -p 22 me@h \"hf x; ls\"", "hf x", "ls"],
        ),
        (
            "docker run -it i sh -c 'hf x'",
            &["docker run -it i sh -c \"hf x\"", "hf x"],
        ),
        (
            "kubectl exec p -- sh -c 'hf x'",
            &["kubectl exec p -- sh -c \"hf x\"", "hf x"],
        ),
        (
            "sudo bash <<EOF\nhf x\nEOF",
            &["sudo bash << \"hf x\\n\"", "hf x"],
        ),
        (
            "cat <<'EOF' | bash -s\nhf x\nEOF",
            &["cat << \"hf x\\n\"", "bash -s <- cat", "hf x"],
        ),
        (
            "cat > f.sh <<EOF\nhf \\$X\nEOF",
            &["cat > f.sh << \"hf $X\\n\"", "hf $X"],
        ),
        (
            "sudo tee /x/run.sh <<EOF\nhf x\nEOF",
            &["sudo tee /x/run.sh << \"hf x\\n\"", "hf x"],
        ),
        (
            "echo 'export HF_TOKEN=abc' >> ~/.bashrc",
            &[
                "echo \"export HF_TOKEN=abc\" >> ~/.bashrc",
                "export HF_TOKEN=abc",
                "HF_TOKEN = abc",
            ],
        ),
        ("echo 'hf x' | sh", &["echo \"hf x\"", "sh <- echo", "hf x"]),
        ("sbatch --wrap='hf x'", &["sbatch \"--wrap=hf x\"", "hf x"]),
        ("echo bash -c 'hf x'", &["echo bash -c \"hf x\""]),
        ("bash run.sh -c x", &["bash run.sh -c x"]),
    ]);
}

#[test]
fn expressions_of_ci_systems_and_templates() {
    check(&[
        (
            "hf auth login --token ${{ secrets.HF_TOKEN }}",
            &["hf auth login --token secret:HF_TOKEN"],
        ),
        (
            "git push https://u:${{ secrets['T'] }}@huggingface.co 'a ${{ vars.B }}'",
            &["git push https://u:+secret:T+@huggingface.co \"a \"+var:B"],
        ),
        ("hf x '${{ secrets['T'] }}' y", &["hf x secret:T y"]),
        (
            "hf $[[ inputs.token ]] << parameters.t >>",
            &["hf input:token input:t"],
        ),
        (
            "hf {{ .Values.hf.token | quote }} {{ x }}",
            &["hf $Values.hf.token $x"],
        ),
        (
            "{{- if .Values.a }}\nhf x\n{{- end }}\n{% if b %}hf y{% endif %}",
            &["hf x", "hf y"],
        ),
        (
            "cat <<'EOF'\n${{ secrets.T }}\nEOF",
            &["cat << secret:T+\"\\n\""],
        ),
    ]);
}

#[test]
fn transcripts() {
    check(&[
        ("$ hf x \\\n  y\nLogged in!\n$ ls", &["hf x y", "ls"]),
        ("(venv) $ hf x\n", &["hf x"]),
        ("root@host:/w# hf x\nUser:\n", &["hf x"]),
        ("[me@host ~]$ hf x\n", &["hf x"]),
        ("# hf x\nls\n", &["ls"]),
    ]);
}

#[test]
fn a_plain_word_stands_at_its_own_bytes() {
    let script = "\u{feff}é; A=b hf auth \"lo gin\" --token 'x' && bash -c 'sudo hf y' | z\r\n";
    let words = word_bytes(Format::Shell, script);
    let expected = [
        "é",
        "hf",
        "auth",
        "lo gin",
        "--token",
        "x",
        "bash",
        "-c",
        "sudo hf y",
        "sudo",
        "hf",
        "y",
        "z",
    ];
    assert_eq!(words, expected);
}

#[test]
fn hostile_scripts_end_soon() {
    for piece in [
        "$(",
        "\"$(",
        "(",
        "{ ",
        "${a:-",
        "$((",
        "a=(",
        "if ",
        "case x in a) ",
        "`",
        "echo \"a\n",
        "cat <<EOF\nx\nEOF\n",
        "cat <<EOF; ",
        "cat <<E1\n ",
        "<<A\n$(cat ",
        "[[ ",
        "a | ",
        "a && ",
        "a ",
        "a",
        ")}]';&|",
        "fi done esac ) } ",
        "<",
        "a & b ; c > d \n",
        "\0",
        "f() { ",
        "${{",
        "{{",
        "{%",
        "<< parameters.",
        "'",
        "\\",
        "$'",
        "$[[",
        "bash -c '",
        "sudo ",
        "eval a ",
        "\t",
        "bash -c \"bash -c ",
        "A=b ",
        "(a",
        "cat <<E\n'E\nE\n",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        checked(Format::Shell, text.as_bytes());
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_do_harm(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        checked(Format::Shell, &bytes);
    }

    #[test]
    fn no_pieces_do_harm(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..40)) {
        checked(Format::Shell, pieces.concat().as_bytes());
    }
}

const PIECES: &[&str] = &[
    "$(",
    ")",
    "(",
    "\"",
    "'",
    "`",
    "${A:-",
    "}",
    "{ ",
    "<<EOF\n",
    "EOF\n",
    "\n",
    "<<-'X'\n\t",
    "X\n",
    "a",
    " ",
    "b=c",
    "export A=",
    "bash -c '",
    "python - ",
    "cat > f.sh ",
    "case x in ",
    "esac",
    ";;",
    "if ",
    "fi",
    "[[ ",
    "]]",
    "$((",
    "))",
    "${{ secrets.A }}",
    "{{ x }}",
    "|",
    "&&",
    ">",
    "<<<",
    "#",
    "\\",
    "$'",
    "\\x41",
    "é",
    "\r\n",
    "$ ",
    "su -c ",
    "eval ",
    "ssh h ",
    "A=(",
    "sudo env B=",
];

#[test]
fn facts_are_in_order_and_damage_is_told() {
    let document = lower(Format::Shell, b"a $(b) `c`\nd");
    let starts: Vec<_> = document.facts.iter().map(|fact| fact.span.start).collect();
    assert!(starts.is_sorted(), "{starts:?}");
    assert!(!document.has_errors);
    assert!(lower(Format::Shell, b"a $(b").has_errors);
}
