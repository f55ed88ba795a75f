//! A person's day with hfscan and Git, from the first refused commit to the pull request.

use crate::support::{Run, Tree, token};

const LEFTOVER: &str = "config/old.py";

const BASELINE: &str = ".hfscan-baseline";

/// Runs Git as a person does, hooks and all.
#[track_caller]
fn passes(tree: &Tree, args: &[&str]) {
    tree.try_git(args.iter().copied()).expect(0);
}

/// Runs a commit that is refused, and gives all that it says.
#[track_caller]
fn is_refused(tree: &Tree, message: &str) -> String {
    let run = tree.try_git(["commit", "-m", message]);
    let said = run.expect(1).out() + &run.err();
    let head = tree.git(["log", "-1", "--format=%s"]);
    assert_ne!(head, message, "the commit was made: {said}");
    said
}

fn json(tree: &Tree, args: &[&str]) -> Run {
    tree.run([args, &["--output-format", "json"]].concat())
}

/// A repository in which, before hfscan came, a token was committed and taken out again.
fn yesterday() -> Tree {
    let tree = Tree::new();
    passes(&tree, &["init", "--quiet", "--initial-branch=main"]);
    tree.file(LEFTOVER, format!("TOKEN = '{}'\n", token(1)));
    tree.file("train.py", "import os\n");
    passes(&tree, &["add", "."]);
    passes(&tree, &["commit", "--quiet", "-m", "begin"]);
    passes(&tree, &["rm", "--quiet", LEFTOVER]);
    passes(&tree, &["commit", "--quiet", "-m", "clean up"]);
    tree
}

#[test]
fn a_day() {
    let tree = yesterday();
    tree.run(["hook", "install", "--pre-push"]).expect(0);

    // A commit with a token is refused, and says where and what to do, but not the token.
    tree.file("train.py", format!("import os\ntoken = '{}'\n", token(2)));
    passes(&tree, &["add", "train.py"]);
    let said = is_refused(&tree, "train");
    for part in ["train.py:2", "hf-user-token", "revoke it", "HF_TOKEN"] {
        assert!(said.contains(part), "no {part} in: {said}");
    }
    assert!(!said.contains(&token(2)), "{said}");
    // Mended on disk alone, it is refused still.
    tree.file("train.py", "import os\ntoken = os.environ['HF_TOKEN']\n");
    is_refused(&tree, "train");
    // Mended and staged, it is let through; and so is one that changes no file.
    passes(&tree, &["commit", "--quiet", "--all", "-m", "train"]);
    passes(&tree, &["commit", "--quiet", "--amend", "-m", "train well"]);

    // The history holds the first token; its owner has revoked it, and says so.
    let found = json(&tree, &["--history"]);
    assert_eq!(found.expect(1).findings().len(), 1);
    assert_eq!(found.findings()[0]["path"], LEFTOVER);
    assert_eq!(found.findings()[0]["in_head"], false);
    let accept = [
        "baseline",
        "--history",
        "-o",
        BASELINE,
        "--reason",
        "revoked",
    ];
    tree.run(accept).expect(0);
    tree.file("hfscan.toml", format!("baseline = '{BASELINE}'\n"));
    assert_eq!(
        json(&tree, &["--history"]).expect(0).json()["suppressed"],
        1
    );
    passes(&tree, &["add", BASELINE, "hfscan.toml"]);
    passes(
        &tree,
        &["commit", "--quiet", "-m", "accept what is revoked"],
    );

    // A new token is refused, also where the old one was.
    tree.file(LEFTOVER, format!("TOKEN = '{}'\n", token(3)));
    passes(&tree, &["add", "."]);
    is_refused(&tree, "again");
    passes(&tree, &["rm", "--quiet", "--force", LEFTOVER]);

    // A pull request that goes round the hook, and takes its token back in the next commit.
    passes(&tree, &["checkout", "--quiet", "-b", "topic"]);
    tree.file("job.py", format!("x = 1\ntoken = '{}'\n", token(4)));
    passes(&tree, &["add", "job.py"]);
    passes(&tree, &["commit", "--quiet", "--no-verify", "-m", "job"]);
    tree.file("job.py", "x = 1\n");
    passes(&tree, &["commit", "--quiet", "--all", "-m", "mend"]);
    // Its push is stopped,
    passes(&tree, &["init", "--quiet", "--bare", "../remote.git"]);
    passes(
        &tree,
        &["push", "--quiet", "--no-verify", "../remote.git", "main"],
    );
    passes(&tree, &["remote", "add", "origin", "../remote.git"]);
    passes(&tree, &["fetch", "--quiet", "origin"]);
    let push = tree.try_git(["push", "--quiet", "origin", "topic"]);
    assert!(push.expect(1).out().contains("job.py:2"), "{}", push.out());
    // and so is the request.
    let request = tree.run(["--since", "origin/main", "--output-format", "sarif"]);
    let results = request.expect(1).json()["runs"][0]["results"].clone();
    assert_eq!(results.as_array().unwrap().len(), 1);
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "job.py");
    assert_eq!(place["region"]["startLine"], 2);
    // The tree itself is clean.
    tree.run(["."]).expect(0);
    // Without the token in any of its commits, all goes through.
    passes(&tree, &["reset", "--quiet", "--soft", "main"]);
    passes(&tree, &["commit", "--quiet", "-m", "job"]);
    passes(&tree, &["push", "--quiet", "origin", "topic"]);
    tree.run(["--since", "origin/main"]).expect(0);
}
