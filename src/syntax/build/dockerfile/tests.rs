use crate::syntax::Format;
use crate::syntax::testing::{bears, checked};

#[test]
fn hostile_files_are_borne() {
    bears(Format::Dockerfile, 200_000, PIECES);
}

#[test]
fn hostile_commands_are_borne() {
    for piece in PIECES {
        let text = piece.repeat(200_000 / piece.len());
        checked(Format::Dockerfile, format!("RUN {text}").as_bytes());
    }
}

const PIECES: &[&str] = &[
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
    "RUN ",
    "ENV ",
    "A=b",
    "[\"a\"]",
    "[\"\\u12\"",
    "<<EOF",
    "EOF\n",
    "--mount=x ",
    "COPY ",
    "# escape=`\n",
    "`\n",
    "${A:-b}",
    "HEALTHCHECK CMD ",
    "SHELL [\"cmd\"]\n",
    "ARG ",
    "bash -c 'hf x'",
];
