use crate::syntax::testing::{bears, checked};
use crate::syntax::{Coverage, Format};

#[test]
fn hostile_programs_are_borne() {
    bears(Format::Python, 30_000, PIECES);
    let n = 10_000;
    for program in [
        format!("{}{}", "f(".repeat(n), ")".repeat(n)),
        format!("x = {}1{}", "[".repeat(n), "]".repeat(n)),
        format!("x = {}1{}", "{'a':".repeat(n), "}".repeat(n)),
        format!("x = a{}", ".b()".repeat(n)),
        format!("x = a{}", "[0]".repeat(n)),
        format!("x = 'a'{}", " + 'b'".repeat(n)),
        format!("x = {}", "not ".repeat(n)),
        format!("x = {}1", "lambda: ".repeat(n)),
        format!("x = {}", "f'{".repeat(n)),
        (0..500)
            .map(|i| format!("{}if x:\n", " ".repeat(i)))
            .collect(),
        (0..n).map(|i| format!("x['{i}'] = x\nf(x)\n")).collect(),
        (1..n)
            .map(|i| format!("a{i} = [a{0}, a{0}]\nf(a{i})\n", i - 1))
            .collect(),
        (1..n)
            .map(|i| format!("def f{i}(x): return f{0}(x) + f{0}(x)\n", i - 1))
            .collect(),
        format!("x = '{}'", "a".repeat(1_000_000)),
        format!("x = '{}'", "\\n".repeat(300_000)),
    ] {
        checked(Format::Python, program.as_bytes());
    }
}

#[test]
fn what_is_too_deep_is_said() {
    let n = 100_000;
    let closed = |open: &str, close: &str| format!("x = {}1{}\n", open.repeat(n), close.repeat(n));
    for program in [
        closed("(", ")"),
        closed("[", "]"),
        closed("{'a':", "}"),
        closed("f(", ")"),
        closed("[x for x in ", "]"),
        closed("f'{", "}'"),
        closed("lambda: ", ""),
        closed("not ", ""),
        closed("-", ""),
        closed("~", ""),
        closed("await ", ""),
        closed("1 if x else ", ""),
        closed("1 ** ", ""),
        format!("x = a{}\n", ".b".repeat(n)),
        format!("x = a{}\n", "()".repeat(n)),
        format!("x = a{}\n", "[0]".repeat(n)),
        format!("x = 'a'{}\n", " + 'b'".repeat(n)),
        "(".repeat(n),
        "f'{".repeat(n),
        "f\"{f'{".repeat(n),
        "lambda x=".repeat(n),
        "case [".repeat(n),
        "match x:\n case a.b(".repeat(n),
        (0..4_200)
            .map(|depth| format!("{}if x:\n", " ".repeat(depth)))
            .collect(),
    ] {
        let document = checked(Format::Python, program.as_bytes());
        let start: String = program.chars().take(40).collect();
        assert_eq!(document.coverage, Coverage::Limited, "{start}");
    }
}

#[test]
fn what_is_only_long_is_read() {
    for program in [
        "# login('a')\n".repeat(100_000),
        format!("x = [{}]\n", "-1, ".repeat(20_000)),
        format!("x = {{{}}}\n", "'a': -b.c(1) + 2, ".repeat(20_000)),
        format!("x = ('a'{})\n", "\n    + 'b'".repeat(3_000)),
        format!("x = (\n{})\n", "    'a'\n".repeat(20_000)),
        "if x: y = a.b + c\n".repeat(20_000),
        format!("if x:\n    pass\n{}", "elif y:\n    z()\n".repeat(5_000)),
    ] {
        let document = checked(Format::Python, program.as_bytes());
        let start: String = program.chars().take(40).collect();
        assert_eq!(document.coverage, Coverage::Whole, "{start}");
    }
}

const PIECES: &[&str] = &[
    "f(",
    "\"\"\"",
    "\n    ",
    "if x:\n",
    "def g(x, y='z'):\n    return {'q': x}\n",
    "class A:\n",
    "a b=c ",
    "!\n%\n%%\n",
    "!ls {e}\n",
    "%%bash\n",
    "%env A=b\n",
    ">>> ",
    "x = ",
    "x['A'] = ",
    "f'x{",
    "**b, ",
    "*",
    ".",
    "import os\n",
    "from huggingface_hub import HfApi\n",
    "os.environ",
    "HfApi()",
    ".run_job(env=e, command=['bash', '-c', 'hf auth'])",
    "'\\x41é'",
    "for k in ['A']:\n    ",
    "with open('a') as h:\n    ",
    "lambda: ",
];
