use crate::syntax::Format;
use crate::syntax::testing::bears;

#[test]
fn hostile_files_are_borne() {
    bears(Format::Ini, 300_000, PIECES);
}

const PIECES: &[&str] = &[
    "a=\n ",
    "a=\\\n",
    "a=\"",
    "[a]\n",
    "a=b\n",
    "#\n",
    "a=\n#\n\n",
    "environment=\"",
    "environment=A=b,",
    "machine a login b ",
    "machine\n",
    "x {\n",
    "a=%(",
    "a=\n\n\n",
    " a=b\n",
    "\r",
    "b",
    "\\n",
    "$A",
    "${B:-c}",
    "{{ d }}",
    "[a \"b\"]\n",
    "c = \"d\n e\" \\\n f\n",
    "environment=A=\"b\",C=d\n",
    "ExecStart=-/x\n",
    "%(a)s",
    "machine x\n",
    "password ",
];
