//! Repositories of every kind, each scanned in every way.

use super::{clone, commit, leak, lines, repository};
use crate::support::{Run, Tree};

/// A repository, and where in its tree it lies.
struct Place {
    tree: Tree,
    folder: &'static str,
}

impl Place {
    fn git(&self, args: &[&str]) -> String {
        self.tree.git([&["-C", self.folder][..], args].concat())
    }

    fn hfscan(&self, args: &[&str]) -> Run {
        let mut command = self
            .tree
            .command([args, &["--output-format", "json"]].concat());
        let output = command.current_dir(self.tree.path(self.folder)).output();
        let output = output.unwrap();
        Run {
            code: output.status.code().unwrap(),
            stdout: output.stdout,
            stderr: output.stderr,
        }
    }
}

/// Stages, commits and removes a token, and looks for it at each step. `history` is the exit code of a
/// scan of all history.
#[track_caller]
fn scan_every_way(place: &Place, history: i32) {
    let found = |line| super::at(&[("in/a.py", line)]);
    let base = place.git(&["rev-parse", "HEAD"]);
    let file = format!("{}/in/a.py", place.folder);
    place.hfscan(&["--staged"]).expect(0);
    place.tree.file(&file, format!("x = 1\n{}", leak(1)));
    place.hfscan(&["--staged"]).expect(0);
    place.git(&["add", "in/a.py"]);
    assert_eq!(lines(place.hfscan(&["--staged"]).expect(1)), found(2));
    place.git(&["commit", "-q", "-m", "x"]);
    assert_eq!(lines(place.hfscan(&["--since", &base]).expect(1)), found(2));
    place.git(&["mv", "in/a.py", "in/b.py"]);
    place.hfscan(&["--staged"]).expect(0);
    place.git(&["commit", "-q", "-m", "x"]);
    place.git(&["rm", "-q", "in/b.py"]);
    place.hfscan(&["--staged"]).expect(0);
    place.git(&["commit", "-q", "-m", "x"]);
    let since = place.hfscan(&["--since", &base]);
    assert_eq!(lines(since.expect(1)), found(2));
    assert_eq!(since.findings()[0]["in_head"], false);
    let all = place.hfscan(&["--history"]);
    assert_eq!(lines(all.expect(history)), found(2));
    let range = place.hfscan(&["--history", &format!("{base}..HEAD")]);
    assert_eq!(lines(range.expect(1)), found(2));
}

/// A repository with two commits.
fn plain() -> Tree {
    let tree = repository();
    commit(&tree, &[("in/x.py", "x\n"), ("out/deep/y.py", "y\n")]);
    commit(&tree, &[("in/x.py", "x = 1\n")]);
    tree
}

#[test]
fn plain_ones() {
    let tree = plain();
    scan_every_way(&Place { tree, folder: "." }, 1);
}

#[test]
fn those_with_sha256() {
    let tree = Tree::new();
    tree.git(["init", "-q", "--object-format=sha256", "-b", "main"]);
    commit(&tree, &[("in/x.py", "x\n")]);
    scan_every_way(&Place { tree, folder: "." }, 1);
}

#[test]
fn linked_worktrees() {
    let tree = plain();
    tree.git(["worktree", "add", "-q", "tree", "-b", "side"]);
    scan_every_way(
        &Place {
            tree,
            folder: "tree",
        },
        1,
    );
}

#[test]
fn submodules() {
    let library = plain();
    let tree = plain();
    let from = format!("file://{}", library.root().display());
    let allow = ["-c", "protocol.file.allow=always"];
    tree.git([&allow[..], &["submodule", "add", "-q", &from, "lib"]].concat());
    tree.git(["commit", "-q", "-m", "x"]);
    let tree = {
        let place = Place {
            tree,
            folder: "lib",
        };
        scan_every_way(&place, 1);
        place.tree
    };
    // What is in it is none of the business of what holds it.
    tree.git(["add", "lib"]);
    tree.run(["--staged"]).expect(0);
    tree.git(["commit", "-q", "-m", "x"]);
    tree.run(["--since", "HEAD~2"]).expect(0);
    tree.run(["--history"]).expect(0);
}

#[test]
fn sparse_checkouts() {
    for index in ["--sparse-index", "--no-sparse-index"] {
        let tree = plain();
        tree.git(["sparse-checkout", "set", "--cone", index, "in"]);
        assert!(!tree.path("out").exists());
        scan_every_way(&Place { tree, folder: "." }, 1);
    }
}

#[test]
fn shallow_clones() {
    let tree = clone(&plain(), &["--depth=1"]);
    // What lies before the cut could not be scanned, and that is said.
    scan_every_way(&Place { tree, folder: "." }, 2);
}

#[test]
fn bare_ones() {
    let tree = plain();
    let base = commit(&tree, &[]);
    commit(&tree, &[("in/a.py", &leak(1))]);
    let bare = clone(&tree, &["--bare"]);
    let json = |args: &[&str]| bare.run([args, &["--output-format", "json"]].concat());
    let found = super::at(&[("in/a.py", 1)]);
    assert_eq!(lines(json(&["--since", &base]).expect(1)), found);
    assert_eq!(lines(json(&["--history"]).expect(1)), found);
    // There is no index, and no silence about that.
    json(&["--staged"]).expect(2).says("bare");
}
