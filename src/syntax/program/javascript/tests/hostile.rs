//! Programs that nobody wrote to be run.

use proptest::prelude::*;

use crate::syntax::Format;
use crate::syntax::testing::lower;
use crate::syntax::testing::python::assert_inside;

#[test]
fn bundles_are_left_alone() {
    let bundle = "a=function(b){return c(b)};".repeat(20_000);
    let document = lower(Format::JavaScript, bundle.as_bytes());
    assert!(document.has_errors && document.facts.is_empty());
    let written = "const a = f({ b: 1 });\n".repeat(10_000);
    assert!(!lower(Format::JavaScript, written.as_bytes()).has_errors);
}

#[test]
fn hostile_programs_are_bounded() {
    let nested = |open: &str, close: &str| {
        let depth = 10_000;
        open.repeat(depth) + &close.repeat(depth)
    };
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
        "-".repeat(10_000),
        "a.".repeat(10_000),
        "a+".repeat(10_000),
        "a||".repeat(10_000),
        "a=".repeat(10_000),
        "await ".repeat(10_000),
        "let a={...a,...a};".repeat(5_000),
        "a.b.c=a;".repeat(5_000),
        "const a=()=>a(a(a()));".repeat(2_000),
        "`".repeat(10_001),
        "\"".to_owned() + &"x".repeat(100_000),
        "/*".repeat(50_000),
        "\\u{".repeat(10_000),
    ];
    programs.push(
        (0..3_000)
            .map(|n| format!("const a{}=[...a{n},...a{n}];", n + 1))
            .collect(),
    );
    for program in programs {
        for format in [Format::JavaScript, Format::TypeScript] {
            assert_inside(&lower(format, program.as_bytes()), program.len());
        }
    }
}

const PROGRAM: &str = "import { a } from 'm'\nconst { b: [c] = [], ...d } = process.env\n\
    class A { #e = `x${b}\\u{41}`; m(f = 1) { this.e.g = { ...d, [h]: 'é' } } }\n\
    spawn('sh', ['-c', `echo ${c}`]); <B t=\"1\">{i}</B>; j ??= k?.l!.m<n>(o as p)\r\n";

#[test]
fn cut_programs_are_borne() {
    for end in 0..PROGRAM.len() {
        for format in [Format::JavaScript, Format::TypeScript] {
            let bytes = &PROGRAM.as_bytes()[..end];
            assert_inside(&lower(format, bytes), end);
        }
    }
}

proptest! {
    #[test]
    fn damage_is_borne(at in 0..PROGRAM.len(), length in 0..30_usize, with in proptest::collection::vec(any::<u8>(), 0..6)) {
        let mut bytes = PROGRAM.as_bytes().to_vec();
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, with);
        for format in [Format::JavaScript, Format::TypeScript] {
            assert_inside(&lower(format, &bytes), bytes.len());
        }
    }
}
