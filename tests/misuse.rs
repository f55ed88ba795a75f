//! Misuse in the strings, settings and names of files that only carry it: commands that something else runs,
//! credentials under names of the user's own.

use crate::support::Tree;

/// The rules that find something in a file, notes among them.
fn rules(file: &str, text: &str) -> Vec<String> {
    let tree = Tree::with(file, text);
    let run = tree.run([".", "--exit-zero", "--output-format", "json"]);
    run.expect(0)
        .rules()
        .into_iter()
        .map(|found| found.1)
        .collect()
}

fn finds(rule: &str, file: &str, text: &str) {
    let found = rules(file, text);
    assert!(
        found.iter().any(|found| found == rule),
        "{file}: {found:?}\n{text}"
    );
}

#[test]
fn settings_that_hold_a_script_or_an_argv_are_run_by_no_person() {
    for (file, text) in [
        (
            "main.tf",
            "resource \"a\" \"b\" {\n  user_data = <<-X\n    hf auth login --token x\n  X\n}\n",
        ),
        (
            "main.tf",
            "resource \"a\" \"b\" {\n  provisioner \"remote-exec\" {\n    inline = [\"hf auth login\"]\n  }\n}\n",
        ),
        (
            "stack.yaml",
            "Resources:\n  A:\n    Properties:\n      UserData:\n        Fn::Base64: !Sub |\n          hf auth login\n",
        ),
        (
            ".devcontainer/devcontainer.json",
            "{\"postCreateCommand\": \"hf auth login\"}",
        ),
        (".gitpod.yml", "tasks:\n  - init: hf auth login\n"),
        ("dvc.yaml", "stages:\n  a:\n    cmd: hf auth login && x\n"),
        (
            "hf.service",
            "[Service]\nExecStartPre=/usr/bin/hf auth login\n",
        ),
        (
            "pyproject.toml",
            "[tool.poe.tasks]\nlogin = \"hf auth login\"\n",
        ),
        ("ray.yaml", "setup_commands:\n  - hf auth login\n"),
        ("Procfile", "web: hf auth login && python app.py\n"),
        ("Snakefile", "rule a:\n    shell: \"hf auth login && x\"\n"),
        (
            "main.nf",
            "process a {\n  script:\n  \"\"\"\n  hf auth login\n  \"\"\"\n}\n",
        ),
    ] {
        finds("login-in-script", file, text);
    }
    for (file, text) in [
        ("data.jsonl", "{\"command\": \"hf auth login\"}\n"),
        ("a.yaml", "description: hf auth login\n"),
        (
            "Snakefile",
            "rule a:\n    message: \"hf auth login first\"\n",
        ),
    ] {
        assert_eq!(rules(file, text), Vec::<String>::new(), "{file}");
    }
}

#[test]
fn what_programs_run_is_run_by_no_person() {
    for text in [
        "import subprocess\nsubprocess.run(['hf', 'auth', 'login', '--token', t])\n",
        "import subprocess\nsubprocess.run(f'hf auth login --token {t}', shell=True)\n",
        "import subprocess\nsubprocess.run('hf auth login'.split())\n",
        "import subprocess\ndef sh(line):\n    subprocess.run(line, shell=True)\nsh('ls')\nsh('hf auth login')\n",
        "from fabric import Connection\nConnection('h').run('hf auth login')\n",
        "import nox\ndef a(session):\n    session.run('hf', 'auth', 'login')\n",
        "import modal\nmodal.Image.debian_slim().run_commands('ls', 'hf auth login')\n",
        "from airflow.operators.bash import BashOperator\nBashOperator(bash_command='hf auth login')\n",
        "import sky\nsky.Task(setup='hf auth login', run='python a.py')\n",
        "T = '''#!/bin/bash\nhf auth login\n'''\n",
        "import subprocess\ncommands = ['ls', 'hf auth login']\n",
    ] {
        finds("login-in-script", "a.py", text);
    }
    for text in [
        "print('run `hf auth login` first')\n",
        "\"\"\"#!/bin/sh\nhf auth login\n\"\"\"\nimport subprocess\n",
        "import subprocess\ncommand = 'hf auth login'\nraise OSError(command)\n",
    ] {
        assert_eq!(rules("a.py", text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_string_is_a_document_by_what_is_in_it() {
    let image =
        "T = '''\nFROM ubuntu:22.04\nENV HF_TOKEN={hf_token}\nRUN ls\n'''.format(hf_token=t)\n";
    finds("dockerfile-token-env", "a.py", image);
    let job = "T = f'''\n- name: a\n  command:\n    - hf auth login --token {t}\n'''\n";
    finds("login-in-script", "a.py", job);
    let script = "const T = `#!/bin/bash\nhf auth login\n`;\n";
    finds("login-in-script", "a.js", script);
}

#[test]
fn what_runs_a_script_may_be_a_script() {
    let login = "from huggingface_hub import login\nlogin(t)\n";
    for (runner, text, between, program, rule) in [
        (
            "Dockerfile",
            "FROM x\nCMD [\"python\", \"-m\", \"srv.main\"]\n",
            "",
            "srv/main.py",
            "login-in-dockerfile",
        ),
        (
            "Dockerfile",
            "FROM x\nCMD uvicorn app.main:app\n",
            "",
            "app/main.py",
            "login-in-dockerfile",
        ),
        (
            "Dockerfile",
            "FROM x\nENTRYPOINT [\"/app/start.sh\"]\n",
            "start.sh",
            "app.py",
            "login-in-dockerfile",
        ),
        (
            ".gitlab-ci.yml",
            "a:\n  script:\n    - bash ci/run.sh\n",
            "ci/run.sh",
            "up.py",
            "login-in-ci",
        ),
    ] {
        let tree = Tree::with(runner, text);
        tree.file(program, login);
        if !between.is_empty() {
            tree.file(between, format!("#!/bin/sh\npython {program}\n"));
        }
        let found = tree
            .run([".", "--exit-zero", "--output-format", "json"])
            .rules();
        let wanted = (program.to_owned(), rule.to_owned());
        assert!(found.contains(&wanted), "{runner}: {found:?}");
    }
    for folder in [
        ".buildkite",
        ".circleci/scripts",
        ".gitlab",
        ".github/scripts",
    ] {
        finds(
            "login-in-ci",
            &format!("{folder}/run.sh"),
            "#!/bin/sh\nhf auth login\n",
        );
    }
}

#[test]
fn a_credential_is_known_by_its_name_and_by_what_it_is_given_to() {
    for text in [
        "hf_token = f.read()\nprint(hf_token)\n",
        "from huggingface_hub import login\nx = f.read()\nprint(x)\nlogin(token=x)\n",
        "from huggingface_hub import HfApi\ndef f(x):\n    print(x)\n    HfApi(token=x)\n",
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--hub-token')\nargs = p.parse_args()\nprint(f'{args}')\n",
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--hub_token')\nargs, _ = p.parse_known_args()\nprint(vars(args))\n",
        "import hvac\nx = c.read_secret(path='kv/hf_token')['data']\nprint(x)\n",
        "import gradio as gr, os\ngr.Textbox(value=os.environ['HF_TOKEN'])\n",
    ] {
        finds("token-printed", "a.py", text);
    }
    for text in [
        "hf_token = bool(f.read())\nprint(hf_token)\n",
        "from huggingface_hub import login\nx = f.read()\nlogin(token=x)\ndef g(x):\n    print(x)\n",
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--lr')\nargs = p.parse_args()\nprint(args)  # HF_TOKEN\n",
        "import os\nt = os.environ['HF_TOKEN']\nprint(t[:4])\n",
    ] {
        assert_eq!(rules("a.py", text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn options_behind_two_dashes_are_those_of_what_is_run() {
    let text = "hf jobs uv run -s HF_TOKEN -- prog -e HF_TOKEN=x\n";
    assert_eq!(rules("a.sh", text), Vec::<String>::new());
    finds(
        "job-token-in-env",
        "a.sh",
        "hf jobs uv run prog -e HF_TOKEN=x\n",
    );
}
