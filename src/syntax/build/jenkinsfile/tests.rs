use crate::syntax::Format;
use crate::syntax::testing::script::{checked, facts, word_bytes};

fn check(cases: &[(&str, &[&str])]) {
    for (file, expected) in cases {
        assert_eq!(facts(Format::Jenkinsfile, file), *expected, "{file}");
    }
}

#[test]
fn settings() {
    check(&[
        (
            "pipeline { environment {\n HF_TOKEN = credentials('hf') // x\n A = 'b'\n C = \"${params.T}\"\n} }",
            &["HF_TOKEN = secret:hf", "A = b", "C = input:T"],
        ),
        (
            "withCredentials([string(credentialsId: 'hf', variable: 'HF_TOKEN')]) {\n sh \"hf x $HF_TOKEN\"\n}",
            &["HF_TOKEN = secret:hf", "hf x secret:HF_TOKEN"],
        ),
        (
            "withEnv([\"HF_TOKEN=${env.T}\", 'A=b', \"C=${d.e()}\"]) { sh 'x' }",
            &["HF_TOKEN = $T", "A = b", "C = ?", "x"],
        ),
        (
            "def t = \"a\" + b + 'c'\nenv.HF_TOKEN = 'abc'\nif (a == 'b') {}\nx = params.Y ?: 'z'",
            &["t = a+$b+c", "env.HF_TOKEN = abc", "x = input:Y"],
        ),
        (
            "parameters { password(name: 'HF_TOKEN', defaultValue: 'abc') }",
            &["HF_TOKEN = abc"],
        ),
        (
            "t = sh(script: 'hf auth token', returnStdout: true).trim()",
            &["t = $(hf auth token)", "hf auth token"],
        ),
    ]);
}

#[test]
fn scripts() {
    check(&[
        (
            "sh '''\n  hf auth login --token $T\n  ls\n'''",
            &["hf auth login --token $T", "ls"],
        ),
        (
            "sh \"hf x \\$T ${T} \\\"a b\\\" $env.U\"",
            &["hf x $T $T \"a b\" $U"],
        ),
        (
            "sh(label: 'a', script: \"\"\"\nhf x ${a ?: 'b'}\n\"\"\")",
            &["hf x $a"],
        ),
        ("sh label: 'a',\n   script: 'hf x'", &["hf x"]),
        (
            "sh 'hf x ' +\n   \"--token ${T}\"\nsh 'ls'",
            &["hf x --token $T", "ls"],
        ),
        ("bat 'hf x %T%'\npowershell 'x'", &["hf x $T", "x"]),
        ("echo \"token ${T}\"", &["echo()"]),
        (
            "docker.build(\"a:${b}\", \"--build-arg HF_TOKEN=${T} .\")\ni.inside('-e A=b') { sh 'x' }",
            &[
                "docker build -t a:+$b --build-arg HF_TOKEN=+$T .",
                "docker run -e A=b",
                "x",
            ],
        ),
        ("// sh 'a'\n/* sh 'b' */ sh 'c' // d", &["c"]),
        ("x =~ /it's/\nsh 'c'", &["c"]),
        ("sh 'don\nsh 'c'", &["c"]),
    ]);
}

#[test]
fn a_secret_of_a_pair_is_interpolated() {
    let file = "environment { T = credentials('x') }\nsh \"a ${T_PSW} ${env.T} ${U}\"";
    assert_eq!(
        facts(Format::Jenkinsfile, file),
        ["T = secret:x", "a secret:T_PSW secret:T $U"]
    );
}

#[test]
fn words_keep_their_places() {
    let file = "sh \"hf \\\"x\\\" --token=${T} \" + U + ' v'";
    assert_eq!(
        word_bytes(Format::Jenkinsfile, file),
        ["hf", "x", "--token=${T}", "U", "v"]
    );
}

#[test]
fn other_groovy_is_none() {
    assert_eq!(Format::detect("build.groovy", b"def x = 1"), None);
    let pipeline = Format::detect("x.groovy", b"// a\nnode('gpu') {\n}");
    assert_eq!(pipeline, Some(Format::Jenkinsfile));
    let named = Format::detect("ci/Jenkinsfile.gpu", b"");
    assert_eq!(named, Some(Format::Jenkinsfile));
}

#[test]
fn depth_and_length_are_bounded() {
    for piece in [
        "(",
        "{",
        "sh(",
        "a = [",
        "environment {",
        "\"${",
        "'''",
        "/",
        "\"\\",
        "{\"a\":",
        "x = /a",
        "sh 'a' +\n",
        "a.",
        "x = \n",
        "withEnv([\"",
        "sh a,",
        "docker.build(",
    ] {
        checked(Format::Jenkinsfile, piece.repeat(20_000).as_bytes());
    }
}

proptest::proptest! {
    #[test]
    fn no_pieces_do_harm(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..40)) {
        checked(Format::Jenkinsfile, pieces.concat().as_bytes());
    }
}

const PIECES: &[&str] = &[
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "'",
    "\"",
    "'''",
    "\"\"\"",
    "${",
    "$x",
    "\\",
    "\n",
    "sh ",
    "bat ",
    "script: ",
    "environment ",
    "withEnv",
    "withCredentials",
    "variable: ",
    "credentialsId: ",
    "= ",
    "+",
    ".",
    ",",
    "a",
    "/",
    "//",
    "/*",
    "*/",
    "é",
    "\u{feff}",
    "params.",
    "credentials(",
    "docker.build(",
    "defaultValue: ",
    "parameters ",
    "name: ",
];
