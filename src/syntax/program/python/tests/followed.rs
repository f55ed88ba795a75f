//! Values through functions, loops and files.

use super::{assert_facts, python};

#[test]
fn functions_that_return_at_their_end_are_looked_into() {
    assert_facts(&[
        (
            "def env(t):\n  e = {}\n  if t:\n    e['A'] = t\n  return e\nf(env('x'))",
            &["f({A: \"x\"})"],
        ),
        (
            "import os\ndef token():\n  t = os.getenv('A')\n  if not t:\n    raise E\n  return t\nf(token())",
            &["f(env:A)"],
        ),
        ("def g():\n  x = h\n  return x\nf(g())", &["f(g())"]),
        ("def g(e={'A': 'x'}):\n  f(e)", &["f({A: \"x\"})"]),
        ("def g(e=None):\n  f(e)", &["f(e)"]),
    ]);
}

#[test]
fn what_is_taken_out_is_gone() {
    assert_facts(&[
        (
            "import os\ne = dict(os.environ)\ne['A'] = 'x'\nf(e['B'], e.get('A'))",
            &["f(env:B, \"x\")"],
        ),
        (
            "e = {'A': 'x', 'B': 'y'}\ne.pop('A', None)\nf(e)",
            &["f({B: \"y\"})"],
        ),
        ("e = {'A': 'x'}\ndel e['A']\nf(e)", &["f({})"]),
        (
            "import os\ne = dict(os.environ)\ndel e['A']\nf(e)",
            &["f({**: ENVIRON, A: null})"],
        ),
        ("e = {'A': 'x'}\nf({**e, 'A': 'y'})", &["f({A: \"y\"})"]),
    ]);
}

#[test]
fn loops_over_what_is_written() {
    assert_facts(&[
        (
            "for k, v in {'A': t, 'B': 'y'}.items():\n  g(k, v)",
            &["g(k, v)", "g(\"A\", t)", "g(\"B\", \"y\")"],
        ),
        (
            "import os\nfor n in ['A', 'B']:\n  g(os.environ[n])",
            &["g(env:*)", "g(env:A)", "g(env:B)"],
        ),
        (
            "for i, (k, v) in enumerate([('A', t)]):\n  g(i, k, v)",
            &["g(\"0\", \"A\", t)"],
        ),
        ("for x in [{'key': 'A'}]:\n  g(x['key'])", &["g(\"A\")"]),
        (
            "import os\ne = {}\nfor k in ('A', 'B'):\n  e[k] = os.environ[k]\nf(e)",
            &["f({A: env:A, B: env:B})"],
        ),
        (
            "import os\nf({k: os.environ[k] for k in ('A', 'B') if k in os.environ})",
            &["f({A: env:A, B: env:B})"],
        ),
        ("f([x + '!' for x in ['A', 'B']])", &["f([\"A!\", \"B!\"])"]),
        ("f({k: t for k in names})", &["f({*: t})"]),
    ]);
    let found = python("for k in unknown:\n  g(k)");
    assert_eq!(found, ["g(k)"]);
    let found = python("for k in ['A', 'B']:\n  g(1)");
    assert_eq!(found, ["g(\"1\")"]);
}

#[test]
fn functions_that_are_handed_on() {
    assert_facts(&[
        (
            "import asyncio\nfrom huggingface_hub import run_job\nasyncio.to_thread(run_job, env={'A': t})",
            &["huggingface_hub.run_job(env={A: t})"],
        ),
        (
            "from functools import partial\nfrom huggingface_hub import HfApi\nloop.run_in_executor(None, partial(HfApi().run_job, env=e))",
            &["huggingface_hub.HfApi().run_job(env=e)"],
        ),
        (
            "with ThreadPoolExecutor() as ex:\n  ex.submit(g, t)",
            &["ThreadPoolExecutor().submit(g, t)", "g(t)"],
        ),
        ("form.submit(g, t)", &["form.submit(g, t)"]),
    ]);
}

#[test]
fn files_that_are_written() {
    assert_facts(&[
        (
            "with open('a/token', 'w') as f:\n  f.write(t)",
            &["open().write(t, path=\"a/token\")"],
        ),
        (
            "from pathlib import Path\n(Path.home() / 'a').write_text(t)",
            &["pathlib.Path.home().write_text(t, path=<pathlib.Path.home() \"/\" \"a\">)"],
        ),
        (
            "from pathlib import Path\nPath('~/a').expanduser().write_text(t)",
            &["pathlib.Path().expanduser().write_text(t, path=\"~/a\")"],
        ),
        ("sys.stdout.write(t)", &["sys.stdout.write(t)"]),
    ]);
}
