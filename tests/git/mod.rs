//! Scans of what Git holds.

mod staged;

use crate::support::{Run, Tree};

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
