use crate::syntax::testing::{bears, checked};
use crate::syntax::{Coverage, Format};

#[test]
fn bundles_are_left_alone() {
    let bundle = "a=function(b){return c(b)};".repeat(20_000);
    let document = checked(Format::JavaScript, bundle.as_bytes());
    assert_eq!(document.coverage, Coverage::Damaged);
    assert!(document.facts.is_empty());
    let written = "const a = f({ b: 1 });\n".repeat(10_000);
    let document = checked(Format::JavaScript, written.as_bytes());
    assert_eq!(document.coverage, Coverage::Whole);
}

#[test]
fn hostile_programs_are_borne() {
    let nested = |open: &str, close: &str| open.repeat(10_000) + &close.repeat(10_000);
    let mut programs = vec![
        nested("(", ")"),
        nested("[", "]"),
        nested("a={b:", "}"),
        nested("f(", ")"),
        nested("{", "}"),
        nested("`${", "}`"),
        nested("()=>{let a=b;", "}"),
        nested("class A{m(){this.a=", "}}"),
        nested("<a>", "</a>"),
        nested("if(a){}else ", ""),
        nested("a?", ":b"),
        nested("const {a:", "}=b"),
        "\"".to_owned() + &"x".repeat(100_000),
        "`".repeat(10_001),
    ];
    programs.push(
        (0..3_000)
            .map(|n| format!("const a{}=[...a{n},...a{n}];", n + 1))
            .collect(),
    );
    for format in [Format::JavaScript, Format::TypeScript] {
        bears(format, 30_000, PIECES);
        for program in &programs {
            checked(format, program.as_bytes());
        }
    }
}

const PIECES: &[&str] = &[
    "-",
    "a.",
    "a+",
    "a||",
    "a=",
    "await ",
    "let a={...a,...a};",
    "a.b.c=a;",
    "const a=()=>a(a(a()));",
    "/*",
    "*/",
    "\\u{",
    "${",
    "import { a } from 'm'\n",
    "const { b: [c] = [], ...d } = process.env\n",
    "class A { #e = `x${b}\\u{41}`; m(f = 1) { this.e.g = { ...d, [h]: 'é' } } }\n",
    "spawn('sh', ['-c', `echo ${c}`]); ",
    "<B t=\"1\">{i}</B>; ",
    "j ??= k?.l!.m<n>(o as p)",
    ";",
    "?",
    "=> ",
    "for (const k of ",
    "//",
];
