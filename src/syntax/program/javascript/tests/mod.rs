mod hostile;

use crate::syntax::Format;
use crate::syntax::testing::lower;
use crate::syntax::testing::python::{self, facts, placed, texts};

fn assert_facts(cases: &[(&str, &[&str])]) {
    python::assert_facts(Format::TypeScript, cases);
}

#[test]
fn settings() {
    assert_facts(&[
        ("const token = 'a'", &["token = \"a\""]),
        (
            "let token: string = 'a', b = `c`",
            &["token = \"a\"", "b = \"c\""],
        ),
        ("this.api.token = 'a'", &["this.api.token = \"a\""]),
        ("function f(a, token = 'x') {}", &["token = \"x\""]),
        ("const f = ({ hfToken = 'x' }) => 1", &["hfToken = \"x\""]),
        (
            "class A { #t = 'x'; static hfToken = 'y' }",
            &["#t = \"x\"", "hfToken = \"y\""],
        ),
        ("enum E { A = 'x' }", &["A = \"x\""]),
        (
            "process.env.HF_TOKEN = 'x'",
            &["process.env.HF_TOKEN = \"x\""],
        ),
        ("process.env['A'] ??= 'x'", &["process.env.A = \"x\""]),
        (
            "const c = { env: { 'HF_TOKEN': 'x' }, ...d }",
            &[
                "c = {env: {HF_TOKEN: \"x\"}, **: d}",
                "c.env = {HF_TOKEN: \"x\"}",
                "c.env.HF_TOKEN = \"x\"",
            ],
        ),
        ("f({ env: { A: 'x' } })", &["env.A = \"x\""]),
        (
            "f({ body: JSON.stringify({ environment: { A: 'x' } }) })",
            &["body.environment.A = \"x\""],
        ),
        (
            "const HF_TOKEN = 'x'; f({ HF_TOKEN })",
            &["HF_TOKEN = \"x\"", "HF_TOKEN = \"x\""],
        ),
        (
            "const { HF_TOKEN, B: b = 'd' } = process.env",
            &["HF_TOKEN = env:HF_TOKEN", "b = env:B|\"d\""],
        ),
        (
            "f({ variables: [{ key: 'HF_TOKEN', value: 'x' }] })",
            &["variables.HF_TOKEN = \"x\""],
        ),
        (
            "headers.set('Authorization', 'x')",
            &["headers.Authorization = \"x\""],
        ),
        (
            "module.exports = { hfToken: 'x' }",
            &["module.exports.hfToken = \"x\""],
        ),
    ]);
}

#[test]
fn callees() {
    assert_facts(&[
        (
            "import { runJob as r } from '@huggingface/hub'; r()",
            &["@huggingface/hub.runJob()"],
        ),
        (
            "import * as hub from '@huggingface/hub'; hub.runJob()",
            &["@huggingface/hub.runJob()"],
        ),
        (
            "import OpenAI from 'openai'; const c = new OpenAI(); c.chat.create()",
            &["openai()", "openai().chat.create()"],
        ),
        (
            "const { HfInference } = require('@huggingface/inference')\nconst hf = new HfInference(t)\nhf.chat()",
            &[
                "@huggingface/inference.HfInference(t)",
                "@huggingface/inference.HfInference().chat()",
            ],
        ),
        (
            "const { uploadFile: u } = await import('https://esm.sh/@huggingface/hub@1'); u()",
            &["@huggingface/hub.uploadFile()"],
        ),
        (
            "import hub = require('@huggingface/hub'); hub.f()",
            &["@huggingface/hub.f()"],
        ),
        (
            "import { Client } from 'm'\nfunction f(c: Client) { c?.go() }",
            &["m.Client().go()"],
        ),
        (
            "import { Client } from 'm'\nclass A { constructor(private c: Client) {} f() { this.c.go() } }",
            &["m.Client().go()"],
        ),
        (
            "import { Client } from 'm'\nclass A { api = new Client(); f() { (this.api as any).go() } }",
            &["m.Client().go()"],
        ),
        ("const log = console.log; log(1)", &["console.log(\"1\")"]),
        ("globalThis.fetch('u')", &["fetch(\"u\")"]),
        ("const a = ['p']; f(...a, ...b)", &["f(\"p\", *=b)"]),
    ]);
}

#[test]
fn environments() {
    assert_facts(&[
        (
            "f(process.env.A, process.env['B'], import.meta.env.C, Bun.env.D, Deno.env.get('E'))",
            &[
                "f(env:A, env:B, env:C, env:D, env:E)",
                "process.env.__getitem__(A=env:A)",
            ],
        ),
        ("f(process.env[name], process.env)", &["f(env:*, ENVIRON)"]),
        ("f({ ...process.env })", &["f(ENVIRON)"]),
        (
            "f({ ...process.env, A: 'b' })",
            &["f({**: ENVIRON, A: \"b\"})"],
        ),
        (
            "f(process.env.A || 'd', process.env.A ?? b ?? c)",
            &["f(env:A|\"d\", <env:A|b c>)"],
        ),
        (
            "import { env } from 'node:process'; f(env.A)",
            &["f(env:A)"],
        ),
        (
            "import { PUBLIC_A } from '$env/static/public'; f(PUBLIC_A)",
            &[
                "$env/static/public.__getitem__(PUBLIC_A=env:PUBLIC_A)",
                "f(env:PUBLIC_A)",
            ],
        ),
        (
            "const v = window.huggingface?.variables ?? {}; f(v.HF_TOKEN)",
            &[
                "v = window.huggingface.variables",
                "f(window.huggingface.variables.HF_TOKEN)",
                "window.huggingface.variables.__getitem__(HF_TOKEN=window.huggingface.variables.HF_TOKEN)",
            ],
        ),
        (
            "const { HF_TOKEN } = (window as any).huggingface.variables",
            &[
                "window.huggingface.variables.__getitem__(HF_TOKEN=window.huggingface.variables.HF_TOKEN)",
            ],
        ),
    ]);
    let written = facts(Format::JavaScript, "process.env.A = 'x'");
    assert_eq!(written, ["process.env.A = \"x\""]);
}

#[test]
fn values() {
    for (program, expected) in [
        (
            "const e = { ...process.env, A: 1 }; f(e.B, e.A)",
            "env:B, \"1\"",
        ),
        ("f(`a${'b'}c`)", "\"abc\""),
        ("f(`Bearer ${t}`)", "<\"Bearer \" t>"),
        ("f('a' + t + \"\\x62\")", "<\"a\" t \"b\">"),
        ("f(t.slice(0, 4))", "<t>"),
        (
            "f(String(t), t.trim(), t!, <any>t, await t)",
            "t, t, t, t, t",
        ),
        (
            "f([1, -2, null, undefined, true])",
            "[\"1\", \"-2\", null, null, \"true\"]",
        ),
        ("f(c ? a : null, c && a, (b, a))", "a, a, a"),
        (
            "f(['a', b].join(' '), 'a'.concat(b))",
            "<\"a\" b>, <\"a\" b>",
        ),
        ("f(g.h.hfToken, g['x'])", "g.h.hfToken, g.x"),
        (
            "const e = {}; e.a.b = 1; e['c'] = 2; f(e)",
            "{a: {b: \"1\"}, c: \"2\"}",
        ),
        (
            "let e = { a: 1 }; if (x) { e = { b: 2 } } f(e)",
            "{b: \"2\"}",
        ),
        (
            "const e = { a: 1 }; { const e = { b: 2 } } f(e)",
            "{a: \"1\"}",
        ),
        ("const e = { a: 1 }; f({ ...e, a: 2 })", "{a: \"2\"}"),
        (
            "const e = {}; Object.assign(e, { a: 1 }, g); f(e)",
            "{a: \"1\", **: g}",
        ),
        (
            "const l = ['a']; l.push('b'); f([...l, 'c'])",
            "[\"a\", \"b\", \"c\"]",
        ),
        (
            "const h = new Map([['a', 1]]); h.set('b', 2); f(h)",
            "{a: \"1\", b: \"2\"}",
        ),
        ("const g = (t) => ({ A: t }); f(g('x'))", "{A: \"x\"}"),
        ("function g(t) { return `${t}!` } f(g('x'))", "\"x!\""),
        ("function g(e) { f(e) } g({ A: 1 })", "{A: \"1\"}"),
        (
            "class A { e = { a: 1 }; m() { this.e.b = 2; f(this.e) } }",
            "{a: \"1\", b: \"2\"}",
        ),
        ("class A { static T = 'x' } f(A.T)", "\"x\""),
        ("const { a: [, b] = [] } = c; f(b)", "c.a.0"),
        ("const [t, setT] = useState(x); f(t)", "t"),
        ("f(x => 1, /re/, class {})", "?, ?, ?"),
        ("let s = 'a'; s += 'b'; f(s)", "\"ab\""),
        ("const e = { a: 1, b: 2 }; delete e.a; f(e)", "{b: \"2\"}"),
        (
            "const g = (t) => { const e = {}; if (t) e.A = t; return e }; f(g('x'))",
            "{A: \"x\"}",
        ),
    ] {
        let found = facts(Format::TypeScript, program);
        let wanted = format!("f({expected})");
        assert!(
            found.contains(&wanted),
            "{program}\nlacks {wanted}\nhas {found:#?}"
        );
    }
}

#[test]
fn scopes_keep_names_apart() {
    let program = "function a() { const env = { HF_TOKEN: t }; spawn('x', { env }) }\n\
        function b() { const env = { A: 1 }; runJob({ env }) }\n\
        runJob({ env })";
    let found = facts(Format::JavaScript, program);
    assert!(
        found.contains(&"runJob({env: {A: \"1\"}})".to_owned()),
        "{found:#?}"
    );
    assert!(
        found.contains(&"runJob({env: env})".to_owned()),
        "{found:#?}"
    );
}

#[test]
fn commands() {
    for (program, expected) in [
        (
            "import cp from 'child_process'; cp.execSync(`hf auth login --token ${t}`)",
            "$ \"hf\" \"auth\" \"login\" \"--token\" $t",
        ),
        (
            "const { spawn } = require('node:child_process'); spawn('hf', ['jobs', x])",
            "$ \"hf\" \"jobs\" x",
        ),
        (
            "spawnSync('bash', ['-c', 'hf auth login'])",
            "$ \"hf\" \"auth\" \"login\"",
        ),
        (
            "const run = util.promisify(require('child_process').exec); run('hf jobs ' + x)",
            "$ \"hf\" \"jobs\" $x",
        ),
        (
            "await $`hf auth login --token ${process.env.HF_TOKEN}`",
            "$ \"hf\" \"auth\" \"login\" \"--token\" $HF_TOKEN",
        ),
        ("await $({ cwd })`hf jobs`", "$ \"hf\" \"jobs\""),
        (
            "const c = ['hf', 'jobs']; Bun.spawn(c)",
            "$ \"hf\" \"jobs\"",
        ),
        (
            "new Deno.Command('hf', { args: ['jobs'] })",
            "$ \"hf\" \"jobs\"",
        ),
        (
            "run({ command: ['bash', '-c', 'echo $HF_TOKEN'] })",
            "$ \"echo\" $HF_TOKEN",
        ),
        (
            "run({ script: `import os\nprint(os.environ['A'])` })",
            "print(env:A)",
        ),
    ] {
        let found = placed(Format::JavaScript, program);
        let wanted = format!("Embedded: {expected}");
        assert!(
            found.contains(&wanted),
            "{program}\nlacks {wanted}\nhas {found:#?}"
        );
    }
    for silent in [
        "$('hf jobs')",
        "re.exec('hf jobs')",
        "// exec('hf jobs')\n/* $`hf` */",
    ] {
        let found = placed(Format::JavaScript, silent);
        assert!(
            !found.iter().any(|fact| fact.starts_with("Embedded")),
            "{found:#?}"
        );
    }
}

#[test]
fn markup_of_react_gives_its_attributes_alone() {
    let program = "const A = () => <B hfToken=\"x\" on={f(1)} {...p}>HF_TOKEN = 'y' {t}</B>";
    for format in [Format::JavaScript, Format::TypeScript] {
        let found = facts(format, program);
        assert_eq!(
            found,
            ["hfToken = \"x\"", "on = f(\"1\")", "f(\"1\")"],
            "{format:?}"
        );
        assert!(!lower(format, program.as_bytes()).has_errors);
    }
}

#[test]
fn imports_are_told() {
    let program = "import a, { b as c } from 'm'\nimport 'n'\nconst d = require('o')\nimport * as e from './p.js'";
    let document = lower(Format::JavaScript, program.as_bytes());
    let told: Vec<String> = document
        .imports
        .iter()
        .map(|import| format!("{} {}", import.name, import.target))
        .collect();
    assert_eq!(told, ["a m", "c m.b", "* n", "d o", "e ./p"]);
}

#[test]
fn spans_are_those_of_the_file() {
    let program = "\u{feff}const é = { 'a': `b\\n${c}d` }\r\n";
    let document = lower(Format::JavaScript, program.as_bytes());
    let texts = texts(&document);
    let at = |text: &str| texts.iter().find(|(found, _)| found == text).unwrap();
    assert_eq!(&program[at("b\n").1.clone()], "b\\n");
    assert_eq!(&program[at("a").1.clone()], "a");
    assert_eq!(&program[at("d").1.clone()], "d");
}
