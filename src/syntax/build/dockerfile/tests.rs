use crate::syntax::testing::lower;
use crate::syntax::testing::script::{checked, facts, word_bytes};
use crate::syntax::{FactKind, Format, Place};

fn check(cases: &[(&str, &[&str])]) {
    for (file, expected) in cases {
        assert_eq!(facts(Format::Dockerfile, file), *expected, "{file}");
    }
}

#[test]
fn settings() {
    check(&[
        ("FROM --platform=x python:3 AS b", &["FROM = python:3"]),
        ("ENV HF_TOKEN=abc", &["ENV.HF_TOKEN = abc"]),
        (
            "env A=\"x y\" B='z' C=${D:-e} F=a\\ b",
            &[
                "ENV.A = \"x y\"",
                "ENV.B = z",
                "ENV.C = ${D:-e}",
                "ENV.F = \"a b\"",
            ],
        ),
        (
            "ENV HF_TOKEN some value \r\n",
            &["ENV.HF_TOKEN = \"some value\""],
        ),
        (
            "ENV A=1 \\\n  # note\n\n  B=2\nENV C=3",
            &["ENV.A = 1", "ENV.B = 2", "ENV.C = 3"],
        ),
        (
            "ARG HF_TOKEN\nARG A= B=c",
            &["ARG.HF_TOKEN = null", "ARG.A = null", "ARG.B = c"],
        ),
        ("LABEL a=\"b\" c.d=e", &["LABEL.a = b", "LABEL.c.d = e"]),
        (
            "# escape=`\nENV A=1 `\n  B=C:\\x",
            &["ENV.A = 1", "ENV.B = C:\\x"],
        ),
        (
            "{{ if .A }}\nENV A={{ .B }}\n{% endif %}ENV C=d",
            &["ENV.A = $B", "ENV.C = d"],
        ),
        ("nonsense here\nENV A=b", &["ENV.A = b"]),
    ]);
}

#[test]
fn programs() {
    check(&[
        (
            "RUN pip install x && \\\n  # note\n    hf auth login --token $T",
            &["pip install x", "hf auth login --token $T"],
        ),
        (
            "RUN [\"hf\", \"auth\", \"lo\\u0067in\"]",
            &["hf auth login"],
        ),
        (
            "CMD [\"sh\", \"-c\", \"hf x $T\"]",
            &["sh -c \"hf x $T\"", "hf x $T"],
        ),
        ("ENTRYPOINT [\"bash\" not json", &["[bash not json"]),
        (
            "ENTRYPOINT [\"sh\", \"-c\"]\nCMD [\"hf x && hf y\"]\nFROM a\nCMD [\"z\"]",
            &[
                "sh -c",
                "sh -c \"hf x && hf y\"",
                "hf x",
                "hf y",
                "FROM = a",
                "z",
            ],
        ),
        (
            "RUN --mount=type=secret,id=T,env=HF_TOKEN --network=none hf x",
            &[
                "RUN.--mount = type=secret,id=T,env=HF_TOKEN",
                "RUN.--network = none",
                "hf x",
            ],
        ),
        ("RUN <<EOF\nhf x\nEOF\nENV A=b", &["hf x", "ENV.A = b"]),
        (
            "RUN bash <<EOF && ls\nhf x\nEOF\nENV A=b",
            &["bash << \"hf x\\n\"", "hf x", "ls", "ENV.A = b"],
        ),
        (
            "RUN cat <<EOF > /x.sh\nhf x\nEOF\nRUN y",
            &["cat << \"hf x\\n\" > /x.sh", "hf x", "y"],
        ),
        ("RUN a <<EOF\nENV A=b", &["a << \"\"", "ENV.A = b"]),
        ("ONBUILD RUN hf x", &["hf x"]),
        (
            "HEALTHCHECK --interval=5s CMD hf x",
            &["HEALTHCHECK.--interval = 5s", "hf x"],
        ),
        ("HEALTHCHECK NONE", &[]),
        (
            "COPY --chown=a:b .env token /app/",
            &["COPY --chown=a:b .env token /app/"],
        ),
        ("ADD [\"a b\", \"/c\"]", &["ADD \"a b\" /c"]),
        (
            "COPY <<EOF /run.sh\nhf x\nEOF\nUSER a",
            &["COPY /run.sh << \"hf x\\n\"", "hf x"],
        ),
    ]);
}

#[test]
fn places_and_spans() {
    let file = "RUN hf \\\n # c\n x";
    let document = lower(Format::Dockerfile, file.as_bytes());
    assert_eq!(
        document.facts[0].place,
        [
            Place::Document(Format::Dockerfile),
            Place::Instruction("RUN".into()),
            Place::Document(Format::Shell),
        ]
    );
    assert_eq!(word_bytes(Format::Dockerfile, file), ["hf", "x"]);
    let file = "\u{feff}ENV A=\"hf é\"\nCMD [\"é\", \"a\"]";
    let document = lower(Format::Dockerfile, file.as_bytes());
    let FactKind::Setting(setting) = &document.facts[0].kind else {
        panic!();
    };
    assert_eq!(&file[setting.path[1].span.clone()], "A");
    assert_eq!(&file[setting.value.span.clone()], "hf é");
    assert_eq!(word_bytes(Format::Dockerfile, file), ["é", "a"]);
}

#[test]
fn hostile_files_end_soon() {
    for piece in [
        "RUN a <<X\n",
        "RUN a \\\n",
        "RUN <<A <<B ",
        "ENV A=",
        "ONBUILD ",
        "CMD [\"a\",",
        "{{ x }}",
        "{% x %}",
        "RUN --mount=a ",
        "COPY <<E a\nE\n",
        "\\\n",
        "ENV a=\"",
        "# c\n",
        "RUN '",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        checked(Format::Dockerfile, text.as_bytes());
        checked(Format::Dockerfile, format!("RUN {text}").as_bytes());
    }
}

const PIECES: &[&str] = &[
    "RUN ",
    "ENV ",
    "A=b",
    "\n",
    "\\\n",
    "[\"a\"]",
    "[\"\\u12\"",
    "<<EOF",
    "EOF\n",
    "--mount=x ",
    "COPY ",
    "ONBUILD ",
    "# escape=`\n",
    "`\n",
    "\"",
    "'",
    "{{ x }}",
    "${A:-b}",
    " ",
    "é",
    "\r\n",
    "HEALTHCHECK CMD ",
    "SHELL [\"cmd\"]\n",
    "ARG ",
    "bash -c 'hf x'",
];

proptest::proptest! {
    #[test]
    fn no_pieces_do_harm(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..40)) {
        checked(Format::Dockerfile, pieces.concat().as_bytes());
    }

    #[test]
    fn no_bytes_do_harm(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        checked(Format::Dockerfile, &bytes);
        checked(Format::Dockerfile, &[b"RUN ", bytes.as_slice()].concat());
    }
}
