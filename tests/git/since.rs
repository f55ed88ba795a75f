//! What commits add, as in a pull request or a push.

use super::{at, clone, commit, leak, lines, merge, repository};
use crate::support::{Run, Tree, token};

fn since(tree: &Tree, revision: &str) -> Run {
    tree.run(["--since", revision, "--output-format", "json"])
}

#[test]
fn added_lines_of_every_commit_count() {
    let tree = repository();
    commit(&tree, &[("a.py", &leak(1))]);
    tree.git(["branch", "base"]);
    let adds = commit(&tree, &[("a.py", &format!("{}{}", leak(1), leak(2)))]);
    commit(&tree, &[("a.py", &leak(1))]);
    let stays = commit(&tree, &[("b.py", &leak(3))]);
    commit(&tree, &[("b.py", &format!("import os\n\n{}", leak(3)))]);
    let run = since(&tree, "base");
    // What is still there is shown where it is today.
    assert_eq!(lines(run.expect(1)), at(&[("a.py", 2), ("b.py", 3)]));
    let found = run.findings();
    assert_eq!(found[0]["commit"], adds.as_str());
    assert_eq!(found[0]["in_head"], false);
    assert_eq!(found[1]["commit"], stays.as_str());
    assert_eq!(found[1]["in_head"], true);
    assert!(found[1]["date"].as_str().unwrap().contains('T'));
}

#[test]
fn the_range_starts_where_branches_part() {
    let tree = repository();
    commit(&tree, &[("a.py", "x\n")]);
    tree.git(["checkout", "--quiet", "-b", "topic"]);
    commit(&tree, &[("topic.py", &leak(1))]);
    tree.git(["checkout", "--quiet", "main"]);
    commit(&tree, &[("main.py", &leak(2))]);
    tree.git(["checkout", "--quiet", "topic"]);
    assert_eq!(
        lines(since(&tree, "main").expect(1)),
        at(&[("topic.py", 1)])
    );
    // A merge of main brings nothing that main has not, and its own work counts.
    merge(&tree, "main");
    assert_eq!(
        lines(since(&tree, "main").expect(1)),
        at(&[("topic.py", 1)])
    );
    tree.file("a.py", leak(3));
    tree.git(["commit", "--quiet", "--all", "--amend", "--no-edit"]);
    let wanted = at(&[("a.py", 1), ("topic.py", 1)]);
    assert_eq!(lines(since(&tree, "main").expect(1)), wanted);
}

#[test]
fn messages_and_moves() {
    let tree = repository();
    commit(&tree, &[("a.py", &leak(1))]);
    tree.git(["tag", "base"]);
    tree.git(["mv", "a.py", "b.py"]);
    tree.git(["commit", "--quiet", "--message", "move"]);
    since(&tree, "base").expect(0);
    let message = format!("use {}", token(2));
    tree.git(["commit", "--quiet", "--allow-empty", "--message", &message]);
    let run = since(&tree, "base");
    assert_eq!(lines(run.expect(1)), at(&[("<commit message>", 1)]));
    assert_eq!(run.findings()[0]["in_head"], serde_json::Value::Null);
}

#[test]
fn no_commit_is_said() {
    let tree = repository();
    commit(&tree, &[("a.py", &leak(1))]);
    let run = since(&tree, "HEAD");
    assert_eq!(run.expect(0).json()["errors"][0]["kind"], "unchanged");
    assert!(
        tree.run(["--since", "HEAD"])
            .out()
            .contains("no commit since `HEAD`")
    );
}

#[test]
fn a_missing_base_names_the_command_that_fetches_it() {
    let tree = repository();
    commit(&tree, &[("a.py", "x\n")]);
    commit(&tree, &[("a.py", "y\n")]);
    let run = since(&tree, "origin/main");
    run.expect(2)
        .says("git fetch origin main:refs/remotes/origin/main");
    let id = "0123456789012345678901234567890123456789";
    since(&tree, id)
        .expect(2)
        .says(&format!("git fetch origin {id}"));
    // What no fetch brings is not to be fetched.
    for (revision, help) in [
        ("", "name one, such as origin/main"),
        ("nowhere", "git log --all"),
        ("HEAD~9", "git log --all"),
        (&"0".repeat(40), "a branch that is new"),
    ] {
        since(&tree, revision).expect(2).says(help);
    }
    let shallow = clone(&tree, &["--depth=1"]);
    let run = since(&shallow, "HEAD~1");
    run.expect(2).says("git fetch --unshallow");
}

#[test]
fn a_shallow_clone_that_ends_before_the_base_is_an_error() {
    let tree = repository();
    commit(&tree, &[("a.py", "x\n")]);
    tree.git(["branch", "base"]);
    for number in 0..3 {
        commit(&tree, &[("b.py", &number.to_string())]);
    }
    let shallow = clone(&tree, &["--depth=2"]);
    let from = tree.root().display().to_string();
    shallow.git([
        "fetch",
        "--quiet",
        "--depth=1",
        &format!("file://{from}"),
        "base:base",
    ]);
    since(&shallow, "base")
        .expect(2)
        .says("git fetch --unshallow");
    // One that reaches it is none.
    let deep = clone(&tree, &["--depth=4"]);
    deep.git([
        "fetch",
        "--quiet",
        "--depth=1",
        &format!("file://{from}"),
        "base:base",
    ]);
    since(&deep, "base").expect(0);
}

#[test]
fn histories_without_a_common_commit() {
    let tree = repository();
    commit(&tree, &[("a.py", "x\n")]);
    tree.git(["checkout", "--quiet", "--orphan", "other"]);
    commit(&tree, &[("a.py", "y\n")]);
    since(&tree, "main").expect(2).says("no commit in common");
}
