//! The hook of a repository that is pushed to, with the real Git: what it takes, and what it refuses.

use std::path::PathBuf;

use crate::support::{Run, Tree, token};

/// A bare repository with the hook, and a clone of it.
struct Server {
    tree: Tree,
}

impl Server {
    fn new(options: &str) -> Self {
        let tree = Tree::new();
        tree.git(["init", "-q", "--bare", "-b", "main", "../server.git"]);
        let program = env!("CARGO_BIN_EXE_hfscan");
        let hook = format!("#!/bin/sh\nexec {program} hook run pre-receive {options}\n");
        let path = tree.file("../server.git/hooks/pre-receive", hook);
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(path, executable).unwrap();
        tree.git(["clone", "-q", "../server.git", "."]);
        tree.git(["checkout", "-q", "-b", "main"]);
        let server = Self { tree };
        server.commit("README.md", "Hello.\n");
        server.takes(&["main"]);
        server
    }

    fn commit(&self, path: &str, text: &str) {
        self.tree.file(path, text);
        self.tree.git(["add", "--all"]);
        self.tree.git(["commit", "-q", "-m", "more"]);
    }

    fn push(&self, what: &[&str]) -> Run {
        self.tree
            .try_git([&["push", "-q", "origin"][..], what].concat())
    }

    #[track_caller]
    fn takes(&self, what: &[&str]) {
        self.push(what).expect(0);
    }

    #[track_caller]
    fn refuses(&self, what: &[&str]) -> Run {
        let run = self.push(what);
        run.expect(1).says("hook declined");
        run
    }

    /// What it holds, by name.
    fn references(&self) -> String {
        self.tree
            .git(["-C", "../server.git", "for-each-ref", "--format=%(refname)"])
    }

    fn objects(&self) -> PathBuf {
        self.tree.path("../server.git/objects")
    }
}

/// A line that holds the token of a number.
fn leak(number: u64) -> String {
    format!("token = '{}'\n", token(number))
}

#[test]
fn a_push_with_a_leak_is_refused_and_one_without_is_not() {
    let server = Server::new("");
    server.commit("a.py", &leak(1));
    server.refuses(&["main"]).says("a.py:1:10");
    // Nor what takes it away again, nor under another name.
    server.tree.git(["rm", "-q", "a.py"]);
    server.commit("b.py", "x\n");
    server.refuses(&["main"]);
    server.refuses(&["main:refs/heads/other"]);
    server.tree.git(["reset", "-q", "--hard", "origin/main"]);
    // What was refused is not kept.
    let kept = std::fs::read_dir(server.objects()).unwrap();
    assert!(
        kept.flatten()
            .all(|entry| !entry.file_name().to_string_lossy().starts_with("tmp_"))
    );
    server.takes(&["main:refs/heads/other"]);
    server.takes(&[":other"]);
    server.tree.git(["commit", "-q", "--amend", "-m", "forced"]);
    server.takes(&["--force", "main"]);
    // Old leaks that are there already do not stop new work.
    server.commit("c.py", "y\n");
    server.takes(&["main"]);
}

#[test]
fn all_that_is_pushed_is_looked_at() {
    let server = Server::new("");
    let tree = &server.tree;
    tree.git(["tag", "-a", "inner", "-m", &format!("use {}", token(1))]);
    tree.git(["tag", "-a", "outer", "inner", "-m", "fine"]);
    server.refuses(&["inner"]).says("<tag message>");
    server.refuses(&["outer"]);
    tree.git(["tag", "-a", "good", "-m", "fine"]);
    server.takes(&["good"]);
    tree.git(["notes", "add", "-m", &format!("use {}", token(2))]);
    server.refuses(&["refs/notes/commits"]);
    // One of several is enough, and a deletion among them does not matter.
    server.takes(&["main:refs/heads/gone"]);
    server.refuses(&["main:refs/heads/new", "inner", ":gone"]);
    let file = tree.file("../leak", leak(3)).display().to_string();
    let blob = tree.git(["hash-object", "-w", &file]);
    tree.git(["update-ref", "refs/tags/blob", &blob]);
    server.refuses(&["refs/tags/blob"]);
    let name = format!("main:refs/heads/tmp/{}", token(4));
    let run = server.refuses(&[&name]);
    run.says("<reference>");
    assert_eq!(
        server.references(),
        "refs/heads/gone\nrefs/heads/main\nrefs/tags/good"
    );
}

#[test]
fn objects_in_quarantine_are_read_packed_or_not() {
    // Up to a hundred objects are unpacked where they arrive; more stay a pack.
    for files in [2, 150] {
        let server = Server::new("");
        for number in 0..files {
            server
                .tree
                .file(format!("{number}.txt"), format!("{number}\n"));
        }
        server.commit("last.py", "x\n");
        server.takes(&["main"]);
        for number in 0..files {
            server
                .tree
                .file(format!("{number}.txt"), format!("{number}, again\n"));
        }
        server.commit("last.py", &leak(1));
        server.refuses(&["main"]);
    }
}

#[test]
fn the_hook_is_configured_where_it_is_installed() {
    // What is pushed configures nothing, and comments in it count unless the hook says otherwise.
    let server = Server::new("");
    server.tree.file("hfscan.toml", "ignore = ['tokens']\n");
    server.commit("a.py", &leak(1));
    server.refuses(&["main"]);
    server.tree.git(["reset", "-q", "--hard", "origin/main"]);
    let hidden = format!("{} # hfscan: ignore[hf-user-token]\n", leak(1).trim_end());
    server.commit("a.py", &hidden);
    server.takes(&["main"]);
    let server = Server::new("--ignore-suppressions");
    server.commit("a.py", &hidden);
    server.refuses(&["main"]);
    let server = Server::new("--fail-on never");
    server.commit("a.py", &leak(1));
    server.takes(&["main"]);
}

#[test]
fn a_hook_that_cannot_decide_refuses() {
    let server = Server::new("");
    let run = |input: &str| {
        let mut command = server.tree.command(["hook", "run", "pre-receive"]);
        command.current_dir(server.tree.path("../server.git"));
        let mut command = assert_cmd::Command::from_std(command);
        let output = command.write_stdin(input).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let id = server.tree.git(["rev-parse", "HEAD"]);
    let (none, unknown) = ("0".repeat(40), "1".repeat(40));
    for (input, wanted) in [
        (String::new(), "nothing says what is pushed"),
        ("x\n".to_owned(), "cannot be understood"),
        (
            format!("{none} {unknown} refs/heads/x\n"),
            "there is no object",
        ),
        (
            format!("{id} refs/heads/x {none}\n"),
            "cannot be understood",
        ),
    ] {
        let (code, said) = run(&input);
        assert_eq!(code, Some(2), "{input}");
        assert!(said.contains(wanted), "{said}");
    }
    let (code, _) = run(&format!("{id} {none} refs/heads/x\n"));
    assert_eq!(code, Some(0), "a deletion");
    // The environment names objects that are not there.
    let mut command = server.tree.command(["hook", "run", "pre-receive"]);
    command.current_dir(server.tree.path("../server.git"));
    command.env("GIT_OBJECT_DIRECTORY", "/nowhere/objects");
    let mut command = assert_cmd::Command::from_std(command);
    let line = format!("{none} {unknown} refs/heads/x\n");
    assert_eq!(
        command.write_stdin(line).output().unwrap().status.code(),
        Some(2)
    );
}

#[test]
fn what_git_lfs_has_goes_another_way() {
    let server = Server::new("");
    let pointer = format!(
        "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 7\n",
        "0a".repeat(32)
    );
    server.commit("model.bin", &pointer);
    server.takes(&["main"]);
}
