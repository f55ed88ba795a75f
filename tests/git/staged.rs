//! What is staged, and nothing else.

use super::{JOB_RULE, at, commit, leak, lines, repository};
use crate::support::{Run, Tree, token};

fn staged(tree: &Tree) -> Run {
    tree.run(["--staged", "--output-format", "json"])
}

#[test]
fn the_index_is_scanned_and_not_the_work_tree() {
    let tree = repository();
    commit(&tree, &[("a.py", "x = 1\n"), ("b.py", "x = 1\n")]);
    tree.file("a.py", leak(1));
    tree.git(["add", "a.py"]);
    tree.file("a.py", "x = 1\n");
    tree.file("b.py", leak(2));
    assert_eq!(lines(staged(&tree).expect(1)), at(&[("a.py", 1)]));
}

#[test]
fn nothing_staged_is_said() {
    let tree = repository();
    let said = |run: &Run| {
        let report = run.expect(0).json();
        assert_eq!(report["summary"]["files"], 0);
        assert_eq!(report["errors"][0]["kind"], "unchanged");
    };
    said(&staged(&tree));
    commit(&tree, &[("a.py", &leak(1))]);
    said(&staged(&tree));
    let text = tree.run(["--staged"]);
    assert!(text.expect(0).out().contains("nothing is staged"));
    assert!(text.out().contains("Nothing was scanned"));
    assert!(!text.out().contains("No leaks"));
    // A deletion adds nothing.
    tree.git(["rm", "--quiet", "a.py"]);
    said(&staged(&tree));
    tree.git(["reset", "--quiet", "--hard"]);
    tree.file("b.py", leak(2));
    tree.git(["add", "--intent-to-add", "b.py"]);
    said(&staged(&tree));
}

#[test]
fn the_first_commit_is_all_new() {
    let tree = repository();
    tree.file("a/b.py", format!("x = 1\n{}", leak(1)));
    tree.git(["add", "."]);
    assert_eq!(lines(staged(&tree).expect(1)), at(&[("a/b.py", 2)]));
}

#[test]
fn only_added_lines_count() {
    let tree = repository();
    commit(&tree, &[("a.py", &format!("x = 1\n{}y = 2\n", leak(1)))]);
    tree.file("a.py", format!("new = 0\nx = 1\n{}y = 2\n", leak(1)));
    tree.git(["add", "."]);
    let run = staged(&tree);
    assert_eq!(lines(run.expect(0)), at(&[]));
    assert_eq!(run.json()["summary"]["files"], 1);
    tree.file("a.py", format!("x = 1\n{}{}y = 2\n", leak(1), leak(2)));
    tree.git(["add", "."]);
    assert_eq!(lines(staged(&tree).expect(1)), at(&[("a.py", 3)]));
    // A line that changed around its token is added.
    tree.file(
        "a.py",
        format!("x = 1\n{}y = 2\n", leak(1).replace("token", "key")),
    );
    tree.git(["add", "."]);
    assert_eq!(lines(staged(&tree).expect(1)), at(&[("a.py", 2)]));
}

#[test]
fn a_hunk_may_be_staged_alone() {
    let tree = repository();
    let gap = "x = 1\n".repeat(20);
    commit(&tree, &[("a.py", &gap)]);
    tree.file("a.py", format!("{}{gap}", leak(1)));
    tree.git(["add", "."]);
    tree.file("a.py", format!("{}{gap}{}", leak(1), leak(2)));
    assert_eq!(lines(staged(&tree).expect(1)), at(&[("a.py", 1)]));
}

#[test]
fn a_shape_is_seen_with_its_surroundings() {
    let tree = repository();
    tree.file("../rules/jobs/job-env.toml", JOB_RULE);
    let staged = || tree.run(["--staged", "--output-format", "json", "--rules", "../rules"]);
    let job = |name: &str| {
        let body = "    command=['y'],\n    image='z',\n    env={'HF_TOKEN': token},\n)\n";
        format!("from huggingface_hub import {name}\n\n{name}(\n{body}")
    };
    // The call becomes one that is wrong by a line far from the setting.
    commit(&tree, &[("a.py", &job("harmless"))]);
    staged().expect(0);
    tree.file("a.py", job("run_job"));
    tree.git(["add", "."]);
    let run = staged();
    assert_eq!(run.expect(1).rules()[0].1, "job-env", "{}", run.out());
    commit(&tree, &[]);
    tree.file("a.py", format!("import os\n{}", job("run_job")));
    tree.git(["add", "."]);
    staged().expect(0);
}

#[test]
fn a_comment_that_hides_no_more_counts() {
    let tree = repository();
    let hidden = format!("# hfscan: ignore-next-line[hf-user-token]\n{}", leak(1));
    commit(&tree, &[("a.py", &hidden)]);
    tree.file("a.py", leak(1));
    tree.git(["add", "."]);
    assert_eq!(lines(staged(&tree).expect(1)), at(&[("a.py", 1)]));
}

#[test]
fn what_moves_is_not_new() {
    let tree = repository();
    let long = format!("{}{}", "x = 1\n".repeat(9), leak(1));
    commit(&tree, &[("a.py", &long), ("c/d.py", &leak(2))]);
    tree.git(["mv", "a.py", "b.py"]);
    tree.git(["mv", "c", "e"]);
    staged(&tree).expect(0);
    tree.file("b.py", format!("{long}{}", leak(3)));
    tree.git(["add", "."]);
    assert_eq!(lines(staged(&tree).expect(1)), at(&[("b.py", 11)]));
    // A copy is.
    commit(&tree, &[]);
    tree.file("copy.py", &long);
    tree.git(["add", "."]);
    assert_eq!(lines(staged(&tree).expect(1)), at(&[("copy.py", 10)]));
}

#[test]
fn a_merge_adds_what_no_parent_has() {
    let tree = repository();
    commit(&tree, &[("a.py", "x = 1\n")]);
    tree.git(["checkout", "--quiet", "-b", "side"]);
    commit(&tree, &[("side.py", &leak(1)), ("a.py", "x = 2\n")]);
    tree.git(["checkout", "--quiet", "main"]);
    commit(&tree, &[("a.py", "x = 3\n")]);
    let mut merge = std::process::Command::new("git");
    let merge = merge
        .args(["merge", "--quiet", "side"])
        .current_dir(tree.root());
    assert!(!merge.output().unwrap().status.success(), "a conflict");
    tree.file("a.py", format!("x = 2\nx = 3\n{}", leak(2)));
    tree.git(["add", "."]);
    assert_eq!(lines(staged(&tree).expect(1)), at(&[("a.py", 3)]));
}

#[test]
fn an_unsettled_conflict_is_scanned_on_both_sides() {
    let tree = repository();
    commit(&tree, &[("a.py", "x = 1\n")]);
    tree.git(["checkout", "--quiet", "-b", "side"]);
    commit(&tree, &[("a.py", &leak(1))]);
    tree.git(["checkout", "--quiet", "main"]);
    commit(&tree, &[("a.py", "x = 3\n")]);
    let mut pick = std::process::Command::new("git");
    let pick = pick.args(["cherry-pick", "side"]).current_dir(tree.root());
    assert!(!pick.output().unwrap().status.success(), "a conflict");
    assert_eq!(lines(staged(&tree).expect(1)), at(&[("a.py", 1)]));
}

#[test]
fn submodules_are_passed_over_and_links_are_not() {
    let tree = repository();
    let commit = commit(&tree, &[("a.py", "x\n")]);
    let entry = format!("160000,{commit},sub");
    tree.git(["update-index", "--add", "--cacheinfo", &entry]);
    staged(&tree).expect(0);
    std::os::unix::fs::symlink(token(1), tree.path("link")).unwrap();
    tree.git(["add", "link"]);
    assert_eq!(lines(staged(&tree).expect(1)), at(&[("link", 1)]));
}

#[test]
fn sparse_checkouts_and_sparse_indexes() {
    let tree = repository();
    commit(
        &tree,
        &[
            ("in/a.py", "x\n"),
            ("out/deep/b.py", &leak(1)),
            ("out/c.py", "x\n"),
        ],
    );
    tree.git(["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    let index = tree.git(["ls-files", "--sparse"]);
    assert!(
        index.contains("out/\n") || index.ends_with("out/"),
        "{index}"
    );
    tree.file("in/a.py", leak(2));
    tree.git(["add", "in/a.py"]);
    assert_eq!(lines(staged(&tree).expect(1)), at(&[("in/a.py", 1)]));
    // The index stands for another commit than the one before.
    tree.git(["commit", "--quiet", "--message", "x"]);
    tree.git([
        "update-ref",
        "HEAD",
        &tree.git([
            "commit-tree",
            "-m",
            "x",
            "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        ]),
    ]);
    let wanted = at(&[("in/a.py", 1), ("out/deep/b.py", 1)]);
    assert_eq!(lines(staged(&tree).expect(1)), wanted);
}

#[test]
fn linked_worktrees_have_their_own_index() {
    let tree = repository();
    commit(&tree, &[("a.py", "x\n")]);
    tree.git(["worktree", "add", "--quiet", "../linked"]);
    tree.file("../linked/b.py", leak(1));
    tree.git(["-C", "../linked", "add", "."]);
    staged(&tree).expect(0);
    let mut command = tree.command(["--staged", "--output-format", "json"]);
    let output = command
        .current_dir(tree.path("../linked"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

#[test]
fn repositories_with_sha256() {
    let tree = Tree::new();
    tree.git(["init", "--quiet", "--object-format=sha256"]);
    commit(&tree, &[("a.py", "x\n")]);
    tree.file("a.py", format!("x\n{}", leak(1)));
    tree.git(["add", "."]);
    assert_eq!(lines(staged(&tree).expect(1)), at(&[("a.py", 2)]));
}

#[test]
fn the_index_that_a_hook_is_given_counts() {
    let tree = repository();
    commit(&tree, &[("a.py", "x\n"), ("b.py", "x\n")]);
    tree.file("a.py", leak(1));
    let hook = format!(
        "#!/bin/sh\nexec {} --staged -q\n",
        env!("CARGO_BIN_EXE_hfscan")
    );
    let hook = tree.file(".git/hooks/pre-commit", hook);
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(hook, executable).unwrap();
    let commit = |args: &[&str]| {
        let mut command = std::process::Command::new("git");
        let config = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        command
            .args(config)
            .args(["commit", "--quiet", "-m", "x"])
            .args(args);
        command.current_dir(tree.root()).output().unwrap()
    };
    // Nothing is staged in the index itself.
    let refused = commit(&["--all"]);
    assert!(!refused.status.success(), "{refused:?}");
    assert!(!commit(&["a.py"]).status.success());
    tree.file("b.py", "y\n");
    let passed = commit(&["b.py"]);
    assert!(passed.status.success(), "{passed:?}");
}

#[test]
fn configuration_and_paths_hold_as_for_files() {
    let tree = repository();
    tree.file(
        "hfscan.toml",
        "exclude = ['/third/']\n[per-path-ignores]\n'/tests/' = ['tokens']\n",
    );
    for (number, folder) in (1..).zip(["third", "tests", "src", "lib"]) {
        tree.file(format!("{folder}/a.py"), leak(number));
    }
    tree.git(["add", "."]);
    let run = staged(&tree);
    assert_eq!(
        lines(run.expect(1)),
        at(&[("lib/a.py", 1), ("src/a.py", 1)])
    );
    assert_eq!(run.json()["suppressed"], 1);
    let some = tree.run([
        "--staged",
        "--output-format",
        "json",
        "src",
        "./tests/../third",
    ]);
    assert_eq!(lines(some.expect(1)), at(&[("src/a.py", 1)]));
    let none = tree.run(["--staged", "--output-format", "json", "docs"]);
    assert_eq!(none.expect(0).json()["errors"][0]["kind"], "unchanged");
}

#[test]
fn odd_paths_are_shown_safely() {
    let tree = repository();
    let odd = format!("{}.py", token(9));
    tree.file(&odd, leak(1));
    tree.file("a\nb.py", leak(2));
    tree.git(["add", "."]);
    let run = staged(&tree);
    // Two in files, and one in the name of a file.
    assert_eq!(run.expect(1).findings().len(), 3);
    assert!(!run.out().contains(&token(9)));
    // No name begins a line.
    tree.file("b\n::warning::x.py", "\x1b[31m");
    tree.git(["add", "."]);
    for format in ["text", "github", "markdown"] {
        let run = tree.run(["--staged", "--output-format", format]);
        let said = run.out() + &run.err();
        assert!(!said.contains("\n::warning::x"), "{said}");
        assert!(!said.contains('\x1b'), "{said}");
    }
}

#[test]
fn what_is_no_repository_is_an_error() {
    let tree = Tree::with("a.py", leak(1));
    tree.run(["--staged"]).expect(2).says("no Git repository");
    let tree = repository();
    tree.file("a.py", leak(1));
    tree.git(["add", "."]);
    tree.file(".git/index", "DIRC");
    tree.run(["--staged"]).expect(2).says("index");
}

#[test]
fn a_missing_object_is_no_pass() {
    let tree = repository();
    commit(&tree, &[("a.py", "x\n")]);
    tree.file("a.py", "y\n");
    tree.git(["add", "."]);
    let id = tree.git(["rev-parse", ":a.py"]);
    let (folder, file) = id.split_at(2);
    std::fs::remove_file(tree.path(format!(".git/objects/{folder}/{file}"))).unwrap();
    let run = staged(&tree);
    assert_eq!(run.expect(2).json()["errors"][0]["kind"], "unreadable");
}
