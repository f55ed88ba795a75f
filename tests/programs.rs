//! Programs in Python and JavaScript, by rules over what they say.

use super::support::Tree;

/// A rule over calls, one over what clients are shown, one over commands.
const RULES: [(&str, &str); 3] = [
    (
        "job-env.toml",
        r#"[[match]]
call = ["**.{run_job,runJob,fetch,post}", "{runJob,fetch}"]
find = "**.{env,environment}.{hf-token}"

[[example]]
file = "a.py"
text = 'client.run_job(env={«"HF_TOKEN": t»})'
"#,
    ),
    (
        "client-token.toml",
        r#"[[match]]
call = "**.huggingface.variables.*"
find = "{hf-token}"

[[match]]
call = "**.env.*"
find = "{NEXT_PUBLIC_*,VITE_*} = {hf-token}"

[[example]]
file = "a.js"
text = 'f(window.huggingface.variables.«HF_TOKEN»)'
also = ["client-exposed-token"]
"#,
    ),
    (
        "login-command.toml",
        r#"[[match]]
command = "hf auth login"

[[example]]
file = "a.sh"
text = '«hf auth login»'
also = ["login-in-script"]
"#,
    ),
];

/// An example in which no rule finds anything.
const SILENT: &str = "[[example]]\nfile = \"a.md\"\ntext = 'hf auth login with HF_TOKEN'\n";

fn tree() -> Tree {
    let tree = Tree::new();
    for (name, patterns) in RULES {
        let about = "summary = \"s\"\nseverity = \"warning\"\nhelp = \"h\"\nwhy = \"w\"\nremedy = \"r\"\nreferences = [\"https://example.com\"]\n";
        tree.file(
            format!("rules.d/{name}"),
            format!("{about}{patterns}{SILENT}"),
        );
    }
    tree
}

/// Asserts which rules report which lines of a file.
#[track_caller]
fn expect(name: &str, text: &str, expected: &[(&str, u64)]) {
    let tree = tree();
    tree.file(name, text);
    let select = "--select=job-env,client-token,login-command";
    let run = tree.run([
        name,
        "--rules",
        "rules.d",
        select,
        "--output-format",
        "json",
    ]);
    let mut found: Vec<(String, u64)> = run
        .findings()
        .iter()
        .map(|finding| {
            let rule = finding["rule"].as_str().unwrap().to_owned();
            (rule, finding["start"]["line"].as_u64().unwrap())
        })
        .collect();
    found.dedup();
    let expected: Vec<(String, u64)> = expected
        .iter()
        .map(|(rule, line)| ((*rule).to_owned(), *line))
        .collect();
    assert_eq!(found, expected, "{name}: {}", run.err());
}

#[test]
fn the_rules_of_this_test_hold() {
    tree().run(["rules", "test", "rules.d"]).expect(0);
}

#[test]
fn requests_of_jobs() {
    let request = "const token = process.env.HF_TOKEN;\n\
        const base = { A: 1 };\n\
        await fetch(`https://huggingface.co/api/jobs/${ns}`, {\n\
          body: JSON.stringify({\n\
            environment: { ...base, HF_TOKEN: token },\n\
            secrets: { HF_TOKEN: token },\n\
          }),\n\
        });\n";
    for name in ["a.js", "a.ts", "a.mjs", "a.tsx"] {
        expect(name, request, &[("job-env", 5)]);
    }
    let later = "const job = { env: {} };\njob.env.HF_TOKEN = t;\nrunJob(job);\nspawn('x', { env: { HF_TOKEN: t } });\n";
    expect("a.ts", later, &[("job-env", 2)]);
    let python = "env = {}\nfor key in ('HF_TOKEN', 'A'):\n    env[key] = os.environ[key]\n\
        def start():\n    return asyncio.to_thread(api.run_job, env=env)\n\
        def local():\n    env = {'HF_TOKEN': t}\n    subprocess.run('x', env=env)\n";
    expect("a.py", python, &[("job-env", 3)]);
    let popped = "env = {'HF_TOKEN': t}\nenv.pop('HF_TOKEN')\nrun.run_job(env=env)\n";
    expect("a.py", popped, &[]);
}

#[test]
fn what_clients_are_shown() {
    expect(
        "a.jsx",
        "const a = process.env.NEXT_PUBLIC_HF_TOKEN;\nconst b = process.env.HF_TOKEN;\n\
         const c = import.meta.env.VITE_HF_MODEL;\nconst { VITE_HF_TOKEN: d } = import.meta.env;\n",
        &[("client-token", 1), ("client-token", 4)],
    );
    let page = "<p>window.huggingface.variables.HF_TOKEN</p>\n<script type=\"module\">\n\
        const v = window.huggingface?.variables ?? {};\nf(v.HF_TOKEN, v.OAUTH_CLIENT_ID);\n</script>\n";
    for name in ["index.html", "a.vue", "a.svelte", "a.astro"] {
        expect(name, page, &[("client-token", 4)]);
    }
    expect(
        "a.md",
        "```js\nf(window.huggingface.variables.HF_TOKEN)\n```\nwindow.huggingface.variables.HF_TOKEN\n",
        &[("client-token", 2)],
    );
}

#[test]
fn commands_of_scripts() {
    expect(
        "a.ts",
        "import { execSync, spawn } from 'node:child_process';\n\
         execSync(`hf auth login --token ${process.env.HF_TOKEN}`);\nspawn('hf', ['auth', 'login']);\n\
         await $`hf auth login`;\nconsole.log('hf auth login');\n// hf auth login\n",
        &[
            ("login-command", 2),
            ("login-command", 3),
            ("login-command", 4),
        ],
    );
}
