mod followed;

use proptest::prelude::*;

use crate::syntax::Format;
use crate::syntax::testing::lower;
use crate::syntax::testing::python::{self, assert_inside, facts, placed, texts};

fn python(text: &str) -> Vec<String> {
    facts(Format::Python, text)
}

fn assert_facts(cases: &[(&str, &[&str])]) {
    python::assert_facts(Format::Python, cases);
}

#[test]
fn settings() {
    assert_facts(&[
        ("token = 'a'", &["token = \"a\""]),
        ("token: str = 'a'", &["token = \"a\""]),
        ("a = b = 'x'", &["a = \"x\"", "b = \"x\""]),
        ("a, b = 'x', 'y'", &["a = \"x\"", "b = \"y\""]),
        ("self.api.token = 'a'", &["self.api.token = \"a\""]),
        ("def f(a, token='x'): pass", &["token = \"x\""]),
        ("def f(a, *, token: str = 'x'): pass", &["token = \"x\""]),
        ("if (t := 'x'): pass", &["t = \"x\""]),
        (
            "import os\nos.environ['HF_TOKEN'] = 'x'",
            &["os.environ.HF_TOKEN = \"x\""],
        ),
        (
            "os.environ.setdefault('HF_TOKEN', 'x')",
            &["os.environ.HF_TOKEN = \"x\""],
        ),
        (
            "c = {'env': {'HF_TOKEN': 'x'}}",
            &[
                "c = {env: {HF_TOKEN: \"x\"}}",
                "c.env = {HF_TOKEN: \"x\"}",
                "c.env.HF_TOKEN = \"x\"",
            ],
        ),
        ("f(env={'A': 'x'})", &["env.A = \"x\""]),
        ("e = dict(HF_TOKEN='x')", &["e.HF_TOKEN = \"x\""]),
        ("e.update(HF_TOKEN='x')", &["e.HF_TOKEN = \"x\""]),
        ("e |= {'HF_TOKEN': 'x'}", &["e.HF_TOKEN = \"x\""]),
        ("p['env']['HF_TOKEN'] = t", &["p.env.HF_TOKEN = t"]),
        (
            "parser.add_argument('--hf-token', default='x')",
            &["hf_token = \"x\""],
        ),
        (
            "f(variables=[{'key': 'HF_TOKEN', 'value': 'x'}])",
            &["variables.HF_TOKEN = \"x\""],
        ),
    ]);
}

#[test]
fn callees() {
    assert_facts(&[
        (
            "import huggingface_hub as h\nh.run_job(image='x')",
            &["huggingface_hub.run_job(image=\"x\")"],
        ),
        (
            "from huggingface_hub import run_job as rj\nrj()",
            &["huggingface_hub.run_job()"],
        ),
        (
            "from huggingface_hub import HfApi\napi = HfApi()\napi.run_job()",
            &[
                "huggingface_hub.HfApi()",
                "huggingface_hub.HfApi().run_job()",
            ],
        ),
        (
            "from huggingface_hub import HfApi\nHfApi(token=t).run_job()",
            &["huggingface_hub.HfApi().run_job()"],
        ),
        (
            "from huggingface_hub import HfApi\ndef f(api: HfApi):\n  api.run_job()",
            &["huggingface_hub.HfApi().run_job()"],
        ),
        (
            "from huggingface_hub import HfApi\ndef f(api: 'HfApi | None'=None, b: Optional[HfApi]=None):\n  b.run_job()",
            &["huggingface_hub.HfApi().run_job()"],
        ),
        (
            "from huggingface_hub import HfApi\nclass A:\n  def __init__(self):\n    self.api = HfApi()\n  def f(self):\n    self.api.run_job()",
            &["huggingface_hub.HfApi().run_job()"],
        ),
        (
            "import huggingface_hub as h\nwith h.HfApi() as api:\n  await api.run_job()",
            &["huggingface_hub.HfApi().run_job()"],
        ),
        (
            "import huggingface_hub as h\nif (api := h.HfApi()):\n  api.run_job()",
            &["huggingface_hub.HfApi().run_job()"],
        ),
        (
            "from functools import partial\nfrom huggingface_hub import run_job\nrj = partial(run_job, env={'A': 'x'}, image='i')\nrj(image='j')",
            &["huggingface_hub.run_job(env={A: \"x\"}, image=\"j\")"],
        ),
        (
            "from huggingface_hub import run_job\nf = run_job\nf()\ngetattr(f, 'x')()",
            &["huggingface_hub.run_job()", "huggingface_hub.run_job.x()"],
        ),
        ("from .jobs import run_job\nrun_job()", &[".jobs.run_job()"]),
        (
            "x = AutoModel.from_pretrained('a')\nx.push_to_hub('b')",
            &["AutoModel.from_pretrained().push_to_hub(\"b\")"],
        ),
        ("print token", &["print(token)"]),
        (
            "import os\nassert 'A' in os.environ",
            &["os.environ.__contains__(\"A\")"],
        ),
        (
            "from os import environ\nf(environ['A'])",
            &["f(env:A)", "os.environ.__getitem__(\"A\")"],
        ),
        (
            "a = {'x': 1}\nargs = ['p']\nf(*args, **a, **b)",
            &["f(\"p\", x=\"1\", **=b)"],
        ),
    ]);
}

#[test]
fn values() {
    for (program, expected) in [
        ("f(os.environ['A'])", "env:A"),
        ("f(os.environ.get('A', 'd'))", "env:A|\"d\""),
        ("f(os.getenv('A', default=None))", "env:A"),
        ("f(os.environ)", "ENVIRON"),
        ("f(dict(os.environ))", "ENVIRON"),
        ("f(os.environ.copy())", "ENVIRON"),
        ("f({**os.environ})", "ENVIRON"),
        ("f({k: v for k, v in os.environ.items()})", "ENVIRON"),
        ("f({**os.environ, 'A': 'b'})", "{**: ENVIRON, A: \"b\"}"),
        ("f(os.environ | {'A': 'b'})", "{**: ENVIRON, A: \"b\"}"),
        (
            "e = os.environ.copy()\ne['A'] = t\nf(e)",
            "{**: ENVIRON, A: t}",
        ),
        (
            "e = {}\ne['A'] = t\ne.update(B='c')\nf(e)",
            "{A: t, B: \"c\"}",
        ),
        ("e = {'A': 'x'}\ne |= {'A': 'y'}\nf(e)", "{A: \"y\"}"),
        ("e = {'A': 'x'}\nf(dict(e, B='y'))", "{A: \"x\", B: \"y\"}"),
        ("e = {'A': 'x'}\nf({**e, 'B': 1})", "{A: \"x\", B: \"1\"}"),
        (
            "p = {'env': {'A': 1}}\np['env']['B'] = t\nf(p)",
            "{env: {A: \"1\", B: t}}",
        ),
        ("p = {'env': {'A': 'x'}}\nf(p['env']['A'])", "\"x\""),
        ("f(f'Bearer {os.environ[\"A\"]}')", "<\"Bearer \" env:A>"),
        ("f('a' 'b' + 'c')", "\"abc\""),
        ("f('Bearer ' + t)", "<\"Bearer \" t>"),
        ("f('Bearer %s' % t)", "<\"Bearer %s\" t>"),
        ("f('Bearer {}'.format(t))", "<\"Bearer {}\" t>"),
        ("t = os.environ['A']\nf(t[:10])", "<env:A>"),
        ("f(get_token())", "get_token()"),
        (
            "from google.colab import userdata\nf(userdata.get('A'))",
            "google.colab.userdata.get(\"A\")",
        ),
        ("f(os.environ.get('A') or 'x')", "env:A|\"x\""),
        ("f('x' if a else None)", "\"x\""),
        ("f(a or b)", "<a b>"),
        (
            "def t():\n  'doc'\n  return os.environ['A']\nf(t())",
            "env:A",
        ),
        ("def e(x):\n  return {'A': x}\nf(e('y'))", "{A: \"y\"}"),
        ("def g(x):\n  f(x)\ng('y')", "\"y\""),
        ("class C:\n  T = 'x'\nf(C.T)", "\"x\""),
        (
            "class C:\n  T = 'x'\n  def g(self):\n    f(self.T)",
            "\"x\"",
        ),
        ("T = 'x'\ndef g():\n  f(T)", "\"x\""),
        ("def g():\n  f(T)\nT = 'x'", "\"x\""),
        ("T = 'x'\nT = 'y'\nf(T)\nT = 'z'", "\"y\""),
        ("T = 'x'\ndef g():\n  f(T)\n  T = 'y'", "T"),
        ("for t in x:\n  f(t)", "t"),
        ("f(args.token)", "args.token"),
        ("f(cfg['token'])", "cfg.token"),
        (
            "from config import settings as s\nf(s.T)",
            "config.settings.T",
        ),
        ("f('')", "null"),
        ("f(...)", "\"...\""),
        ("f(rb'\\n', '\\n')", "\"\\\\n\""),
        ("f(f'{{a}}')", "\"{a}\""),
        ("a = a\nf(a)", "a"),
        ("a = b\nb = a\nf(b)", "b"),
        ("f(json.dumps({'a': 1}))", "{a: \"1\"}"),
    ] {
        let program = format!("import os, json\n{program}\n");
        let found = python(&program);
        let expected = format!("f({expected}");
        assert!(
            found.iter().any(|fact| fact.starts_with(&expected)),
            "{program}\nlacks {expected}\nhas {found:#?}"
        );
    }
}

#[test]
fn embedded() {
    for (program, expected) in [
        (
            "import subprocess\nsubprocess.run(['hf', 'auth', 'login', '--token', t])",
            "Embedded: $ \"hf\" \"auth\" \"login\" \"--token\" t",
        ),
        (
            "from subprocess import check_call as c\ncmd = ['hf']\ncmd += ['x']\nc(cmd)",
            "Embedded: $ \"hf\" \"x\"",
        ),
        (
            "hf_jobs('uv', {'script': '''\nimport os\nprint(os.environ['A'])\n'''})",
            "Embedded: print(env:A)",
        ),
        (
            "S = \"\"\"\n  import os\n  os.getenv('A')\n\"\"\"\nhf_jobs('uv', {'script': S})",
            "Embedded: os.getenv(\"A\")",
        ),
        (
            "run_job(command=['python', '-c', 'from x import y; y(1)'])",
            "Embedded: x.y(\"1\")",
        ),
    ] {
        let found = placed(Format::Python, program);
        assert!(
            found.iter().any(|fact| fact == expected),
            "{program}\nlacks {expected}\nhas {found:#?}"
        );
    }
    // A docstring is no program, and a file's name no script.
    assert_eq!(
        python("def f():\n  '''\n  >>> login('x')\n  '''\n# login('y')\n"),
        [""; 0]
    );
    assert_eq!(
        python("f({'script': 'a.py'})"),
        ["f({script: \"a.py\"})", "script = \"a.py\""]
    );
}

/// The forms of a job, as they are documented.
#[test]
fn jobs() {
    assert_facts(&[
        (
            "hf_jobs(\"uv\", {\n    \"script\": \"your_script.py\",\n    \"secrets\": {\"HF_TOKEN\": \"$HF_TOKEN\"}  # β€™ ok\n})",
            &[
                "hf_jobs(\"uv\", {script: \"your_script.py\", secrets: {HF_TOKEN: \"$HF_TOKEN\"}})",
                "secrets.HF_TOKEN = \"$HF_TOKEN\"",
            ],
        ),
        (
            "from huggingface_hub import run_uv_job, get_token\nrun_uv_job('m.py', env={'HF_TOKEN': get_token()})",
            &["huggingface_hub.run_uv_job(\"m.py\", env={HF_TOKEN: huggingface_hub.get_token()})"],
        ),
        (
            "from huggingface_hub import HfApi\nimport os\napi = HfApi()\nenv = {\"HF_TOKEN\": os.environ[\"HF_TOKEN\"]}\nconfig = dict(image='x', env=env)\napi.run_job(**config)",
            &["huggingface_hub.HfApi().run_job(image=\"x\", env={HF_TOKEN: env:HF_TOKEN})"],
        ),
        (
            "import requests\npayload = {'environment': {}}\npayload['environment']['HF_TOKEN'] = t\nrequests.post('https://huggingface.co/api/jobs/me', json=payload, headers={'Authorization': f'Bearer {t}'})",
            &[
                "requests.post(\"https://huggingface.co/api/jobs/me\", json={environment: {HF_TOKEN: t}}, headers={Authorization: <\"Bearer \" t>})",
            ],
        ),
        (
            "token = os.environ[\"HF_TOKEN\"]\nif not token.startswith(\"hf_\"):\n    raise ValueError(f\"Invalid token format: {token[:10]}...\")",
            &["ValueError(<\"Invalid token format: \" <env:HF_TOKEN> \"...\">)"],
        ),
    ]);
}

#[test]
fn spans_are_bytes_of_the_file() {
    let program = "\u{feff}import os\r\nt = {'é': 'ü', \"k\": r'w', 'm': '''x'''}\r\nf(a='v', b=(\"z\"))\r\nhf_jobs('uv', {'script': 'import os\\nos.getenv(\"A\", \"B\")'})\n!ls\n";
    let document = lower(Format::Python, program.as_bytes());
    assert!(!document.has_errors);
    let mut seen = 0;
    for (text, span) in texts(&document) {
        if !text.is_empty() && !text.contains('\n') {
            assert_eq!(&program[span], text);
            seen += 1;
        }
    }
    assert!(seen > 20);
}

#[test]
fn hostile_programs_are_bounded() {
    let n = 10_000;
    for program in [
        "[".repeat(n),
        "f(".repeat(n),
        format!("{}{}", "f(".repeat(n), ")".repeat(n)),
        format!("x = {}1{}", "[".repeat(n), "]".repeat(n)),
        format!("x = {}1{}", "{'a':".repeat(n), "}".repeat(n)),
        format!("x = a{}", ".b()".repeat(n)),
        format!("x = a{}", "[0]".repeat(n)),
        format!("x = 'a'{}", " + 'b'".repeat(n)),
        format!("x = {}", "not ".repeat(n)),
        format!("x = {}1", "lambda: ".repeat(n)),
        format!("x = {}", "f'{".repeat(n)),
        "\"\"\"".repeat(n),
        "if x:\n".repeat(n),
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
        "a b=c ".repeat(n),
        "!\n%\n%%\n".repeat(n),
    ] {
        let document = lower(Format::Python, program.as_bytes());
        assert_inside(&document, program.len());
    }
}

const SAMPLE: &str = "from huggingface_hub import HfApi\napi = HfApi()\ne = {'A': f'x{t}', **b}\ne['B'] = '\\x41é'\n!ls {e}\ndef g(x, y='z'):\n    return {'q': x}\napi.run_job(env=e, command=['bash', '-c', 'hf auth'], **g('w'))\n";

proptest! {
    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        assert_inside(&lower(Format::Python, &bytes), bytes.len());
    }

    #[test]
    fn damage_is_borne(at in 0..SAMPLE.len(), length in 0..40_usize, with in "[\\[\\](){}'\"\\\\\n !%#a=.*]{0,6}") {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, with.bytes());
        assert_inside(&lower(Format::Python, &bytes), bytes.len());
    }
}
