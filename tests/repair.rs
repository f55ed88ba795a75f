//! `--fix` and `--diff`: what is mended, what is not, and what is left of the file.

use std::fs;

use serde_json::json;

use super::support::{Tree, token};

const JOB: &str = "from huggingface_hub import get_token, run_uv_job\n\
                   run_uv_job(\"a.py\", env={\"HF_TOKEN\": get_token()})\n";
const MENDED: &str = "from huggingface_hub import get_token, run_uv_job\n\
                      run_uv_job(\"a.py\", secrets={\"HF_TOKEN\": get_token()})\n";

fn read(tree: &Tree, path: &str) -> String {
    String::from_utf8(tree.read(path)).unwrap()
}

#[test]
fn what_is_safe_is_mended_and_the_rest_is_reported() {
    let tree = Tree::with("job.py", JOB);
    tree.file("run.sh", "docker run -e HF_TOKEN=$HF_TOKEN image\n");
    let run = tree.run(["--fix", "--fail-on", "note"]);
    run.expect(0)
        .says("2 fixed, 0 refused")
        .says("job.py:2: job-token-in-env");
    assert_eq!(read(&tree, "job.py"), MENDED);
    assert_eq!(read(&tree, "run.sh"), "docker run -e HF_TOKEN image\n");
    // There is nothing left to do.
    let again = tree.run(["--fix", "--fail-on", "note"]);
    assert!(!again.expect(0).err().contains("fixed"), "{}", again.err());
    tree.run(["--diff"]).expect(0);
}

#[test]
fn a_diff_writes_nothing() {
    let tree = Tree::with("a/job.py", JOB);
    let run = tree.run(["--diff"]);
    let out = run.expect(1).out();
    assert_eq!(read(&tree, "a/job.py"), JOB);
    assert!(
        out.starts_with("--- a/a/job.py\n+++ b/a/job.py\n@@ "),
        "{out}"
    );
    // Git takes it.
    tree.git(["init", "-q"]);
    tree.file("fix.patch", out);
    tree.git(["apply", "fix.patch"]);
    assert_eq!(read(&tree, "a/job.py"), MENDED);
    tree.run(["--diff", "--fix"]).expect(2);
}

#[test]
fn reports_say_what_is_fixable_and_how() {
    let tree = Tree::with("job.py", JOB);
    let text = tree.run(["."]);
    assert!(
        text.expect(1).out().ends_with("1 fixable with --fix\n"),
        "{}",
        text.out()
    );
    let json = tree.run([".", "--output-format", "json"]);
    let fix = &json.findings()[0]["fix"];
    assert_eq!(fix["applicability"], "safe");
    assert_eq!(fix["edits"][0]["content"], "secrets");
    assert_eq!(
        fix["edits"][0]["start"],
        json!({"line": 2, "column": 20, "byte": 69})
    );
    let sarif = tree.run([".", "--output-format", "sarif"]).json();
    let change = &sarif["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "job.py");
    assert_eq!(
        change["replacements"][0]["insertedContent"]["text"],
        "secrets"
    );
}

#[test]
fn a_fix_that_brings_another_finding_is_refused() {
    let text = "from huggingface_hub import run_uv_job\n\
                run_uv_job(\"a.py\", env={\"HF_TOKEN\": \"$HF_TOKEN\"})\n";
    let tree = Tree::with("job.py", text);
    let run = tree.run(["--fix"]);
    run.expect(1)
        .says("0 fixed, 1 refused")
        .says("`job-secret-not-expanded` would find something new");
    assert_eq!(read(&tree, "job.py"), text);
}

#[test]
fn a_fix_that_breaks_a_program_is_refused() {
    // Nothing that a rule asks about is left in the file then; it is parsed all the same.
    let own = format!("    os.environ[\"HF_TOKEN\"] = \"{}\"\n", token(65));
    let whole = format!("import os\nif os.name:\n{own}x = 1\n");
    // Of a program that has an error, no more may come of it.
    let damaged = format!("{whole}print (\n");
    for text in [whole, damaged] {
        let tree = Tree::with("a.py", &text);
        let run = tree.run(["--fix", "--unsafe-fixes"]);
        run.expect(1)
            .says("0 fixed, 1 refused")
            .says("the file would no longer parse");
        assert_eq!(read(&tree, "a.py"), text);
    }
}

#[test]
fn an_import_comes_where_a_program_may_have_one() {
    let use_of = |value: &str| format!("login(token={value})\n");
    let own = use_of("os.environ[\"HF_TOKEN\"]");
    for (head, mended) in [
        ("\u{feff}import b\n", "\u{feff}import os\nimport b\n"),
        ("import b\r\n", "import os\r\nimport b\r\n"),
        (
            "\"\"\"Takes it\nfrom the Hub.\n\"\"\"\nimport b\n",
            "\"\"\"Takes it\nfrom the Hub.\n\"\"\"\nimport os\nimport b\n",
        ),
    ] {
        let literal = use_of(&format!("\"{}\"", token(66)));
        let tree = Tree::with("a.py", format!("{head}{literal}import os\n"));
        tree.run(["--fix", "--unsafe-fixes"]).expect(0);
        assert_eq!(read(&tree, "a.py"), format!("{mended}{own}import os\n"));
    }
}

#[test]
fn a_job_in_a_text_in_a_file_is_mended() {
    let call = |env: &str| format!("run_uv_job('a.py', {env})");
    let (old, new) = (
        call("env={'HF_TOKEN': get_token()}"),
        call("secrets={'HF_TOKEN': get_token()}"),
    );
    let both = call("env={'A': '1', 'HF_TOKEN': get_token()}");
    let parted = call("secrets={'HF_TOKEN': get_token()}, env={'A': '1'}");
    let import = "from huggingface_hub import get_token, run_uv_job";
    let page = |one: &str, two: &str| {
        format!("# Jobs\r\n\r\n```python\r\n>>> {import}\r\n>>> {one}\r\n>>> {two}\r\n```\r\n")
    };
    let quoted = |text: &str| text.replace('\'', "\\\"");
    let notebook = |one: &str, two: &str| {
        let [one, two] = [quoted(one), quoted(two)];
        format!(
            "{{\"cells\": [{{\"cell_type\":\"code\", \"source\": [\n  \"{import}\\n\",\n  \
             \"{one}\\n\",\n  \"{two}\"]}}],\n \"nbformat\": 4}}\n"
        )
    };
    let tree = Tree::with("README.md", page(&old, &both));
    tree.file("a.ipynb", notebook(&old, &both));
    let run = tree.run(["--fix"]);
    run.expect(0).says("4 fixed, 0 refused");
    assert_eq!(read(&tree, "README.md"), page(&new, &parted));
    assert_eq!(read(&tree, "a.ipynb"), notebook(&new, &parted));
}

#[test]
fn lines_end_as_they_did() {
    let text = "from huggingface_hub import get_token, run_job\nrun_job(\n    image=\"a\",\n    env={\n        \
                \"A\": \"b\",\n        \"HF_TOKEN\": get_token(),\n    },\n)\n";
    let mended = "from huggingface_hub import get_token, run_job\nrun_job(\n    image=\"a\",\n    \
                  secrets={\"HF_TOKEN\": get_token()},\n    env={\n        \"A\": \"b\",\n    },\n)\n";
    for end in ["\n", "\r\n"] {
        let tree = Tree::with("job.py", text.replace('\n', end));
        tree.run(["--fix"]).expect(0);
        assert_eq!(read(&tree, "job.py"), mended.replace('\n', end));
    }
}

#[test]
fn a_token_in_source_is_not_only_deleted() {
    let token = token(61);
    let text = format!("import torch\nlogin(token=\"{token}\")\n");
    let tree = Tree::with("train.py", &text);
    let safe = tree.run(["--fix"]);
    safe.expect(1);
    assert_eq!(read(&tree, "train.py"), text);
    assert!(
        safe.out().contains("1 fixable with --fix --unsafe-fixes"),
        "{}",
        safe.out()
    );
    let diff = tree.run(["--diff", "--unsafe-fixes"]);
    diff.expect(1)
        .says("must be revoked first: `hfscan revoke FILE`");
    let mended = tree.run(["--fix", "--unsafe-fixes"]);
    mended.expect(0).says("must be revoked first");
    assert_eq!(
        read(&tree, "train.py"),
        "import os\nimport torch\nlogin(token=os.environ[\"HF_TOKEN\"])\n"
    );
    for run in [safe, diff, mended] {
        assert!(!run.out().contains(&token[6..30]) && !run.err().contains(&token[6..30]));
    }
}

#[test]
fn no_fix_shows_a_token() {
    let token = token(62);
    let text = JOB.replace("get_token()", &format!("\"{token}\""));
    let text = text.replace("env={", "env={\"A\": \"1\", ");
    let tree = Tree::with("job.py", &text);
    for format in ["json", "sarif"] {
        let out = tree.run(["--output-format", format]).out();
        assert!(!out.contains(&token[6..30]), "{out}");
    }
    tree.run(["--fix"]).expect(1);
    assert_eq!(read(&tree, "job.py"), text);
}

#[test]
fn what_is_hidden_is_left_alone() {
    let hidden = JOB.replace("()})", "()})  # hfscan: ignore[job-token-in-env]");
    let tree = Tree::with("job.py", &hidden);
    tree.run(["--fix"]).expect(0);
    assert_eq!(read(&tree, "job.py"), hidden);
    let known = Tree::with("job.py", JOB);
    known.run(["baseline", "-o", "known"]).expect(0);
    known.run(["--fix", "--baseline", "known"]).expect(0);
    assert_eq!(read(&known, "job.py"), JOB);
    known
        .run(["--fix", "--ignore", "job-token-in-env"])
        .expect(0);
    assert_eq!(read(&known, "job.py"), JOB);
}

#[test]
fn a_notebook_keeps_every_other_byte() {
    let cell = r#"{"cell_type":"code","source":["!docker run -e HF_TOKEN=$HF_TOKEN image\n", "x=1"],"outputs":[]}"#;
    let text = format!("{{\"cells\": [{cell}],\r\n  \"nbformat\": 4}}\n");
    let tree = Tree::with("a.ipynb", &text);
    tree.run(["--fix"]).expect(0);
    assert_eq!(
        read(&tree, "a.ipynb"),
        text.replace("HF_TOKEN=$HF_TOKEN", "HF_TOKEN")
    );
}

#[test]
fn only_files_on_disk_are_mended() {
    let tree = Tree::with("job.py", JOB);
    tree.git(["init", "-q"]);
    tree.git(["add", "-A"]);
    for args in [
        &["--fix", "--staged"][..],
        &["--fix", "--history"],
        &["--fix", "-"],
        &["--diff", "-"],
    ] {
        tree.run(args).expect(2).says("only files on disk");
    }
    assert_eq!(read(&tree, "job.py"), JOB);
    let packed = super::decoding::archives::gzip(JOB.as_bytes());
    tree.file("job.py.gz", &packed);
    tree.run(["--fix", "job.py.gz"]).expect(1);
    assert_eq!(tree.read("job.py.gz"), packed);
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_mode_and_a_link_is_not_written_through() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let tree = Tree::with("job.py", JOB);
    let mode = |mode| fs::set_permissions(tree.path("job.py"), fs::Permissions::from_mode(mode));
    mode(0o750).unwrap();
    tree.run(["--fix"]).expect(0);
    assert_eq!(
        tree.path("job.py").metadata().unwrap().permissions().mode() & 0o777,
        0o750
    );
    let outside = tree.file("other/job.py", JOB);
    fs::create_dir(tree.path("in")).unwrap();
    symlink(&outside, tree.path("in/link.py")).unwrap();
    tree.run(["--fix", "in/link.py"])
        .expect(2)
        .says("cannot mend in/link.py: it is a link");
    assert_eq!(read(&tree, "other/job.py"), JOB);
    assert!(
        tree.path("in/link.py")
            .symlink_metadata()
            .unwrap()
            .is_symlink()
    );
}

#[cfg(unix)]
#[test]
fn what_cannot_be_replaced_as_it_is_is_named_and_left() {
    use std::os::unix::fs::PermissionsExt as _;
    let linked = Tree::with("job.py", JOB);
    fs::hard_link(linked.path("job.py"), linked.path("other.py")).unwrap();
    let run = linked.run(["--fix", "job.py"]);
    run.expect(2)
        .says("cannot mend job.py: it has 2 names (hard links)");
    assert!(!run.err().contains("redact"), "{}", run.err());
    assert_eq!(read(&linked, "other.py"), JOB);

    let tree = Tree::with("job.py", JOB);
    tree.file("other.py", JOB);
    let mode = fs::Permissions::from_mode(0o444);
    fs::set_permissions(tree.path("job.py"), mode).unwrap();
    // The others are mended all the same.
    let run = tree.run(["--fix"]);
    run.expect(2).says("cannot mend job.py: it is read-only");
    assert_eq!(
        (read(&tree, "job.py"), read(&tree, "other.py")),
        (JOB.into(), MENDED.into())
    );
    tree.run(["--diff", "job.py"]).expect(1);
}

#[test]
fn a_second_run_of_unsafe_fixes_changes_nothing() {
    let [one, two] = [63, 64].map(token);
    let tree = Tree::with(
        "Dockerfile",
        "FROM a\nARG HF_TOKEN\nENV HF_TOKEN=${HF_TOKEN} B=c\n\
         RUN pip install x && \\\n    huggingface-cli login --token $HF_TOKEN && \\\n    hf download a/b\n\
         FROM a\nARG HF_TOKEN\nRUN hf download c/d\n",
    );
    tree.file(
        "a.py",
        format!("import os\nT = os.environ.get('HF_TOKEN', '{one}')\n"),
    );
    tree.file("a.sh", format!("export HF_TOKEN=${{HF_TOKEN:-{two}}}\n"));
    tree.file(
        ".github/workflows/a.yml",
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: b\n      - run: hf auth login --token $HF_TOKEN\n        \
         env:\n          HF_TOKEN: ${{ secrets.HF_TOKEN }}\n      - run: python a.py\n",
    );
    let run = tree.run(["--fix", "--unsafe-fixes"]);
    assert!(!run.err().contains("not fixed"), "{}", run.err());
    assert_eq!(
        read(&tree, "Dockerfile"),
        "FROM a\nENV B=c\n\
         RUN --mount=type=secret,id=HF_TOKEN,env=HF_TOKEN pip install x && \\\n    hf download a/b\n\
         FROM a\nRUN --mount=type=secret,id=HF_TOKEN,env=HF_TOKEN hf download c/d\n"
    );
    assert_eq!(
        read(&tree, "a.py"),
        "import os\nT = os.environ.get('HF_TOKEN')\n"
    );
    assert_eq!(read(&tree, "a.sh"), "export HF_TOKEN=${HF_TOKEN}\n");
    assert_eq!(
        read(&tree, ".github/workflows/a.yml"),
        "on: push\njobs:\n  a:\n    runs-on: x\n    env:\n      HF_TOKEN: ${{ secrets.HF_TOKEN }}\n    \
         steps:\n      - uses: b\n      - run: python a.py\n"
    );
    tree.run(["--diff", "--unsafe-fixes"]).expect(0);
}
