//! Rules over several files: what runs a script, what a script is given, where a token is used again.

use super::{commit, leak, merge, repository};
use crate::support::{Run, Tree};

const LOGIN: &str = "from huggingface_hub import login\nlogin()\n";

const WORKFLOW: &str = ".github/workflows/ci.yml";

/// A workflow that speaks of nothing but its script.
fn workflow(script: &str) -> String {
    format!(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: python {script}\n"
    )
}

fn json(tree: &Tree, args: &[&str]) -> Run {
    tree.run([args, &["--output-format", "json"]].concat())
}

fn stage(tree: &Tree, path: &str, text: &str) {
    tree.file(path, text);
    tree.git(["add", path]);
}

fn rule(path: &str, rule: &str) -> (String, String) {
    (path.to_owned(), rule.to_owned())
}

#[test]
fn what_is_on_disk_is_run_by_files_that_do_not_speak_of_tokens() {
    let tree = Tree::with("jobs/train.py", LOGIN);
    json(&tree, &["."]).expect(0);
    tree.file(WORKFLOW, workflow("jobs/train.py"));
    let found = [rule("jobs/train.py", "login-in-ci")];
    assert_eq!(json(&tree, &["."]).expect(1).rules(), found);
    tree.file(WORKFLOW, workflow("jobs/other.py"));
    json(&tree, &["."]).expect(0);
    tree.file(
        "docker/Dockerfile",
        "FROM python\nRUN python /app/train.py\n",
    );
    let found = [rule("jobs/train.py", "login-in-dockerfile")];
    assert_eq!(json(&tree, &["."]).expect(1).rules(), found);
}

#[test]
fn a_staged_script_is_run_by_what_the_index_holds() {
    let tree = repository();
    commit(
        &tree,
        &[("Dockerfile", "FROM python\nRUN python train.py\n")],
    );
    // Neither what is on disk alone counts, nor that the rest is not on disk.
    tree.file(WORKFLOW, workflow("train.py"));
    std::fs::remove_file(tree.path("Dockerfile")).unwrap();
    stage(&tree, "train.py", LOGIN);
    let found = rule("train.py", "login-in-dockerfile");
    assert_eq!(
        json(&tree, &["--staged"]).expect(1).rules(),
        std::slice::from_ref(&found)
    );
    tree.git(["add", WORKFLOW]);
    let both = [rule("train.py", "login-in-ci"), found];
    assert_eq!(json(&tree, &["--staged"]).expect(1).rules(), both);
    // A scan of one folder looks around all the same.
    let only = json(&tree, &["--staged", "train.py"]);
    assert_eq!(only.expect(1).rules(), both);
    tree.git(["rm", "-q", "--cached", "Dockerfile", WORKFLOW]);
    json(&tree, &["--staged"]).expect(0);
}

#[test]
fn a_staged_workflow_does_not_bring_up_a_script_that_did_not_change() {
    let tree = repository();
    commit(&tree, &[("train.py", LOGIN)]);
    stage(&tree, WORKFLOW, &workflow("train.py"));
    json(&tree, &["--staged"]).expect(0);
    // Nor lines of it that did not.
    stage(&tree, "train.py", &format!("{LOGIN}print()\n"));
    json(&tree, &["--staged"]).expect(0);
    stage(&tree, "train.py", &format!("{LOGIN}login(token)\n"));
    let run = json(&tree, &["--staged"]);
    assert_eq!(super::lines(run.expect(1)), super::at(&[("train.py", 3)]));
}

#[test]
fn a_sparse_index_and_a_conflict_are_looked_into() {
    let tree = repository();
    let docker = "FROM python\nRUN python train.py\n";
    commit(
        &tree,
        &[("in/a.py", "x\n"), ("out/deep/Dockerfile", docker)],
    );
    tree.git(["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    stage(&tree, "in/train.py", LOGIN);
    let found = [rule("in/train.py", "login-in-dockerfile")];
    assert_eq!(json(&tree, &["--staged"]).expect(1).rules(), found);

    let tree = repository();
    commit(&tree, &[("Dockerfile", "FROM python\n")]);
    tree.git(["checkout", "-q", "-b", "side"]);
    commit(&tree, &[("Dockerfile", docker)]);
    tree.git(["checkout", "-q", "main"]);
    commit(&tree, &[("Dockerfile", "FROM pypy\n")]);
    tree.try_git(["merge", "side"]).expect(1);
    stage(&tree, "train.py", LOGIN);
    let found = [rule("train.py", "login-in-dockerfile")];
    assert_eq!(json(&tree, &["--staged"]).expect(1).rules(), found);
}

#[test]
fn commits_are_judged_by_what_the_last_one_holds() {
    let tree = repository();
    commit(&tree, &[(WORKFLOW, &workflow("train.py"))]);
    tree.git(["tag", "base"]);
    commit(&tree, &[("train.py", LOGIN)]);
    let found = [rule("train.py", "login-in-ci")];
    assert_eq!(json(&tree, &["--since", "base"]).expect(1).rules(), found);
    commit(&tree, &[(WORKFLOW, &workflow("other.py"))]);
    // What is checked out does not count.
    tree.file(WORKFLOW, workflow("train.py"));
    json(&tree, &["--since", "base"]).expect(0);
    assert_eq!(
        json(&tree, &["--since", "base..HEAD~1"]).expect(1).rules(),
        found
    );
}

#[test]
fn history_knows_what_ran_what() {
    let tree = repository();
    commit(&tree, &[(WORKFLOW, &workflow("train.py"))]);
    commit(&tree, &[("train.py", LOGIN)]);
    commit(&tree, &[(WORKFLOW, "on: push\n"), ("train.py", "x\n")]);
    json(&tree, &["--history"]).expect(0);
    let run = json(&tree, &["--history", "--select", "login"]);
    assert_eq!(run.expect(1).rules(), [rule("train.py", "login-in-ci")]);
}

#[test]
fn files_of_variables_are_those_of_git() {
    const SUBMIT: &str = "#!/bin/sh\nhf jobs run --env-file ../.env python:3.12 python x.py\n";
    const KEY: &str = "HF_TOKEN=$HF_TOKEN\n";
    let found = [rule("jobs/submit.sh", "job-token-in-env")];
    let job = |tree: &Tree, args: &[&str]| {
        let run = json(tree, &[args, &["--select", "job-token-in-env"]].concat());
        run.rules()
    };
    let tree = repository();
    let base = commit(&tree, &[("jobs/run.sh", "x\n")]);
    stage(&tree, "jobs/submit.sh", SUBMIT);
    tree.file(".env", KEY);
    assert_eq!(job(&tree, &["."]), found);
    assert_eq!(job(&tree, &["--staged"]), []);
    tree.git(["add", ".env"]);
    std::fs::remove_file(tree.path(".env")).unwrap();
    assert_eq!(job(&tree, &["--staged"]), found);
    tree.git(["commit", "-q", "-m", "x"]);
    assert_eq!(job(&tree, &["--since", &base]), found);
    assert_eq!(job(&tree, &["--history"]), found);
    // Where the last commit has none, the old one still had it.
    tree.git(["rm", "-q", "--cached", ".env"]);
    tree.git(["commit", "-q", "-m", "x"]);
    tree.file(".env", KEY);
    assert_eq!(job(&tree, &["--since", &base]), []);
    assert_eq!(job(&tree, &["--history"]), []);
    tree.git(["rm", "-q", "jobs/submit.sh"]);
    tree.git(["commit", "-q", "-m", "x"]);
    assert_eq!(job(&tree, &["--history"]), found);
}

#[test]
fn a_token_that_is_used_again() {
    const REUSED: &str = "token-reused";
    let reused = |tree: &Tree, args: &[&str]| {
        let run = json(tree, args);
        let all = run.rules().into_iter();
        all.filter_map(|(path, rule)| (rule == REUSED).then_some(path))
            .collect::<Vec<_>>()
    };
    let tree = repository();
    let base = commit(&tree, &[("x.py", "x\n")]);
    stage(&tree, "a/a.py", &leak(1));
    stage(&tree, "b/b.py", &format!("x\n{}", leak(1)));
    assert_eq!(reused(&tree, &["--staged"]), ["a/a.py"]);
    tree.git(["commit", "-q", "-m", "x"]);
    assert_eq!(reused(&tree, &["--since", &base]), ["a/a.py"]);
    let select = ["--history", "--select", "hf-user-token,token-reused"];
    assert_eq!(reused(&tree, &select), ["a/a.py"]);
    assert_eq!(reused(&tree, &["--history"]), [""; 0]);
    // A second place that comes to one that was there before, in a file that changes too.
    let middle = tree.git(["rev-parse", "HEAD"]);
    commit(
        &tree,
        &[("a/a.py", &format!("x\n{}", leak(1))), ("c/c.py", &leak(1))],
    );
    assert_eq!(reused(&tree, &["--since", &middle]), ["c/c.py"]);
    // What moves is in one place.
    let tree = repository();
    let base = commit(&tree, &[("x.py", "x\n")]);
    commit(&tree, &[("a/a.py", &leak(1))]);
    tree.git(["rm", "-q", "a/a.py"]);
    commit(&tree, &[("b/b.py", &format!("{}y = 1\n", leak(1)))]);
    assert_eq!(reused(&tree, &["--since", &base]), [""; 0]);
    assert_eq!(reused(&tree, &select), [""; 0]);
}

#[test]
fn a_merge_is_judged_by_what_it_brings_together() {
    let tree = repository();
    commit(&tree, &[("a.py", "x\n")]);
    tree.git(["checkout", "-q", "-b", "side"]);
    commit(&tree, &[("train.py", LOGIN)]);
    tree.git(["checkout", "-q", "main"]);
    let base = commit(&tree, &[(WORKFLOW, &workflow("train.py"))]);
    merge(&tree, "side");
    let found = [rule("train.py", "login-in-ci")];
    assert_eq!(json(&tree, &["--since", &base]).expect(1).rules(), found);
}
