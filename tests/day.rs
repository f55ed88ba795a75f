//! A person's day with hfscan and Git, from the first refused commit to the pull request.

use std::process::{Command, Output};

use crate::support::{Tree, token};

const LEFTOVER: &str = "config/old.py";

/// Runs Git as a person does, hooks and all.
fn git(tree: &Tree, args: &[&str]) -> Output {
    let mut command = Command::new("git");
    for name in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{name}_NAME"), "a");
        command.env(format!("GIT_{name}_EMAIL"), "a@example.com");
    }
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", tree.path("../home"));
    command
        .args(args)
        .current_dir(tree.root())
        .output()
        .unwrap()
}

#[track_caller]
fn passes(tree: &Tree, args: &[&str]) {
    let output = git(tree, args);
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_day() {
    let tree = Tree::new();
    passes(&tree, &["init", "--quiet", "--initial-branch=main"]);
    // Before hfscan came, a token was committed, and taken out again.
    tree.file(LEFTOVER, format!("TOKEN = '{}'\n", token(1)));
    tree.file("train.py", "import os\n");
    passes(&tree, &["add", "."]);
    passes(&tree, &["commit", "--quiet", "-m", "begin"]);
    passes(&tree, &["rm", "--quiet", LEFTOVER]);
    passes(&tree, &["commit", "--quiet", "-m", "clean up"]);
    let hook = format!(
        "#!/bin/sh\nexec {} --staged --baseline .hfscan-baseline\n",
        env!("CARGO_BIN_EXE_hfscan")
    );
    let hook = tree.file(".git/hooks/pre-commit", hook);
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(hook, executable).unwrap();
    tree.file(".hfscan-baseline", "");

    // A commit with a token is refused.
    let leak = format!("import os\ntoken = '{}'\n", token(2));
    tree.file("train.py", &leak);
    passes(&tree, &["add", "train.py"]);
    let refused = git(&tree, &["commit", "-m", "train"]);
    assert!(!refused.status.success());
    let said =
        String::from_utf8(refused.stdout).unwrap() + &String::from_utf8(refused.stderr).unwrap();
    assert!(
        said.contains("train.py:2") && !said.contains(&token(2)),
        "{said}"
    );
    // Mended on disk alone, it is refused still.
    tree.file("train.py", "import os\ntoken = os.environ['HF_TOKEN']\n");
    assert!(!git(&tree, &["commit", "-m", "train"]).status.success());
    // Mended and staged, it is let through; and so is one that changes no file.
    passes(&tree, &["commit", "--quiet", "--all", "-m", "train"]);
    passes(&tree, &["commit", "--quiet", "--amend", "-m", "train well"]);

    // The history holds the first token; its owner has revoked it, and says so.
    let history = || {
        tree.run([
            "--history",
            "--baseline",
            ".hfscan-baseline",
            "--output-format",
            "json",
        ])
    };
    let found = history();
    assert_eq!(found.expect(1).findings().len(), 1);
    assert_eq!(found.findings()[0]["path"], LEFTOVER);
    assert_eq!(found.findings()[0]["in_head"], false);
    let accept = [
        "baseline",
        "--history",
        "-o",
        ".hfscan-baseline",
        "--reason",
        "revoked",
    ];
    tree.run(accept).expect(0);
    history().expect(0);
    passes(&tree, &["add", ".hfscan-baseline"]);
    passes(
        &tree,
        &["commit", "--quiet", "-m", "accept what is revoked"],
    );

    // A new token is refused, also where the old one was.
    tree.file(LEFTOVER, format!("TOKEN = '{}'\n", token(3)));
    passes(&tree, &["add", "."]);
    assert!(!git(&tree, &["commit", "-m", "again"]).status.success());
    passes(&tree, &["rm", "--quiet", "--cached", LEFTOVER]);
    std::fs::remove_file(tree.path(LEFTOVER)).unwrap();

    // A pull request that goes round the hook, and takes its token back in the next commit.
    passes(&tree, &["checkout", "--quiet", "-b", "topic"]);
    tree.file("job.py", format!("x = 1\ntoken = '{}'\n", token(4)));
    passes(&tree, &["add", "job.py"]);
    passes(&tree, &["commit", "--quiet", "--no-verify", "-m", "job"]);
    tree.file("job.py", "x = 1\n");
    passes(&tree, &["commit", "--quiet", "--all", "-m", "mend"]);
    let request = tree.run(["--since", "main", "--output-format", "sarif"]);
    let results = request.expect(1).json()["runs"][0]["results"].clone();
    assert_eq!(results.as_array().unwrap().len(), 1);
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "job.py");
    assert_eq!(place["region"]["startLine"], 2);
    // The tree itself is clean.
    tree.run(["."]).expect(0);
}
