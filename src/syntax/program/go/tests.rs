use crate::syntax::Format;
use crate::syntax::testing::{bears, checked};

#[test]
fn hostile_programs_are_borne() {
    bears(Format::Go, 30_000, PIECES);
    let nested = |open: &str, close: &str| open.repeat(10_000) + &close.repeat(10_000);
    for program in [
        nested("f(", ")"),
        nested("a{b:", "}"),
        nested("func() {", "}"),
        nested("!", ""),
        format!("a = b{}", " + \"c\"".repeat(10_000)),
        format!("a = b{}", ".c()".repeat(10_000)),
    ] {
        checked(Format::Go, program.as_bytes());
    }
}

const PIECES: &[&str] = &[
    "package a\n",
    "import (\n\t\"os\"\n\tx \"os/exec\"\n)\n",
    "func f(a, b string, c ...int) (d string, err error) {\n",
    "\ta, ok := os.LookupEnv(\"A\")\n",
    "\tvar b, c = \"d\", `e`\n",
    "\tx.Command(\"hf\", a...).Run()\n",
    "m := map[string]T{\"a\": {B: 1}, c: {2, 3}}\n",
    "a[1:2]",
    "for i, v := range w {\n",
    "}\n",
    "/*",
    "//",
    ".",
    ":=",
    "+=",
];
