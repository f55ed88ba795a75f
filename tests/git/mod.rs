//! Scans of what Git holds.

mod around;
mod baseline;
mod causes;
mod history;
mod hostile;
mod kinds;
mod lfs;
mod moved;
mod odd;
mod sarif;
mod since;
mod staged;

use crate::support::{Run, Tree, token};

/// A rule over calls, for a job that is given a token among its plain variables.
const JOB_RULE: &str = r#"
summary = "a token in a job's plain variables"
severity = "error"
confidence = "high"
help = "pass it as a secret"
why = "Everyone who sees the job sees its variables."
remedy = "Pass it as a secret."
references = ["https://example.com"]

[[call]]
callee = ["**.run_job"]
argument = ["env.HF_TOKEN"]

[[example]]
file = "a.py"
text = """run_job(env={"«HF_TOKEN": token»})"""

[[example]]
file = "a.py"
text = """run_job(env={"X": token})"""
"#;

/// An empty repository.
fn repository() -> Tree {
    let tree = Tree::new();
    tree.git(["init", "--quiet", "--initial-branch=main"]);
    tree
}

/// Writes files and commits them.
fn commit(tree: &Tree, files: &[(&str, &str)]) -> String {
    for (path, text) in files {
        tree.file(path, text);
    }
    tree.git(["add", "--all"]);
    tree.git([
        "commit",
        "--quiet",
        "--allow-empty",
        "--message",
        "a commit",
    ]);
    tree.git(["rev-parse", "HEAD"])
}

/// Files and lines of findings.
fn lines(run: &Run) -> Vec<(String, u64)> {
    let line = |finding: &serde_json::Value| {
        let path = finding["path"].as_str().unwrap().to_owned();
        (path, finding["start"]["line"].as_u64().unwrap())
    };
    run.findings().iter().map(line).collect()
}

/// The same, to compare with.
fn at(places: &[(&str, u64)]) -> Vec<(String, u64)> {
    let owned = |(path, line): &(&str, u64)| ((*path).to_owned(), *line);
    places.iter().map(owned).collect()
}

/// A line that holds the token of a number.
fn leak(number: u64) -> String {
    format!("token = '{}'\n", token(number))
}

/// Merges a branch with a commit of its own.
fn merge(tree: &Tree, branch: &str) {
    tree.git(["merge", "--quiet", "--no-ff", "--no-edit", branch]);
}

/// A clone, as over a network.
fn clone(tree: &Tree, args: &[&str]) -> Tree {
    let copy = Tree::new();
    let from = tree.root().display().to_string();
    let from = if args.contains(&"--shared") {
        from
    } else {
        format!("file://{from}")
    };
    let mut all = vec!["clone", "--quiet"];
    all.extend(args);
    all.extend([from.as_str(), "."]);
    copy.git(all);
    copy
}
