//! Which files are scanned.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::support::{Tree, token};

/// The files with a finding.
fn found(tree: &Tree, args: &[&str]) -> Vec<String> {
    let places = tree.places(args).into_iter();
    places.map(|(path, ..)| path).collect()
}

/// A tree with a token in each of these files.
fn tree(paths: &[&str]) -> Tree {
    let tree = Tree::new();
    for (number, path) in (1..).zip(paths) {
        tree.file(path, token(number));
    }
    tree
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn gitignore_is_honoured_in_a_repository() {
    let tree = tree(&[
        "a.py",
        "b.log",
        "out/c.py",
        "sub/d.tmp",
        "sub/keep.log",
        "e.local",
        "f.home",
    ]);
    tree.git(["init", "-q"]);
    tree.file(".gitignore", "*.log\n/out/\n");
    tree.file("sub/.gitignore", "*.tmp\n!keep.log\n");
    tree.file(".git/info/exclude", "*.local\n");
    tree.file("../home/.config/git/ignore", "*.home\n");
    assert_eq!(found(&tree, &[]), ["a.py", "sub/keep.log"]);
    assert_eq!(found(&tree, &["sub"]), ["sub/keep.log"]);
    let all = [
        "a.py",
        "b.log",
        "e.local",
        "f.home",
        "out/c.py",
        "sub/d.tmp",
        "sub/keep.log",
    ];
    assert_eq!(found(&tree, &["--no-ignore"]), all);
}

#[test]
fn hidden_files_are_in_and_git_is_out() {
    let tree = tree(&[
        ".env",
        ".github/workflows/x.yml",
        ".ssh/config",
        "vendor/.git/config",
    ]);
    tree.git(["init", "-q"]);
    tree.file(".git/config.bak", token(9));
    // A folder of that name which is no repository is one like others.
    let hidden = [
        ".env",
        ".github/workflows/x.yml",
        ".ssh/config",
        "vendor/.git/config",
    ];
    assert_eq!(found(&tree, &[]), hidden);
    assert_eq!(found(&tree, &["--no-ignore"]), hidden);
}

#[test]
fn what_git_tracks_is_scanned_whatever_gitignore_says() {
    let tree = tree(&[".env", "other.env", "keys/a.txt", "keys/b.txt"]);
    tree.git(["init", "-q"]);
    tree.file(".gitignore", "*.env\nkeys/\n");
    tree.git(["add", "-f", ".env", "keys/a.txt"]);
    assert_eq!(found(&tree, &[]), [".env", "keys/a.txt"]);
    assert_eq!(found(&tree, &["--exclude", "keys/"]), [".env"]);
    // Whoever names a folder means all that is in it.
    assert_eq!(found(&tree, &["keys"]), ["keys/a.txt", "keys/b.txt"]);
    tree.git(["commit", "-q", "-m", "x"]);
    assert_eq!(found(&tree, &["."]), [".env", "keys/a.txt"]);
    // Once only, though both Git and the walk know it.
    assert_eq!(found(&tree, &[".", ".env"]), [".env", "keys/a.txt"]);
}

#[test]
fn a_broken_index_is_no_pass() {
    let tree = Tree::with("a.py", "x");
    tree.git(["init", "-q"]);
    tree.file(".git/index", "DIRC broken");
    tree.run(["."]).expect(2);
    tree.run([".", "--no-ignore"]).expect(0);
}

#[test]
fn an_ignored_repository_below_keeps_its_own_files() {
    let tree = tree(&["deps/lib/tracked.env", "deps/lib/loose.env"]);
    tree.git(["init", "-q"]);
    tree.git(["init", "-q", "deps/lib"]);
    tree.file("deps/lib/.gitignore", "*.env\n");
    tree.git(["-C", "deps/lib", "add", "-f", "tracked.env"]);
    assert_eq!(found(&tree, &[]), ["deps/lib/tracked.env"]);
}

#[test]
fn a_named_path_is_never_filtered() {
    let tree = tree(&["a.log", "out/b.py", "out/c.log"]);
    tree.git(["init", "-q"]);
    tree.file(".gitignore", "*.log\nout/\n");
    tree.file("hfscan.toml", "exclude = ['a.log']\n");
    assert_eq!(found(&tree, &["a.log"]), ["a.log"]);
    assert_eq!(found(&tree, &["a.log", "--exclude", "a.log"]), ["a.log"]);
    assert_eq!(found(&tree, &["out/b.py"]), ["out/b.py"]);
    tree.run(["."]).expect(0);
}

#[test]
fn excluded_paths_are_left_out() {
    let tree = tree(&["a.py", "b/a.py", "b/c/d.py", "e.txt"]);
    tree.file("hfscan.toml", "exclude = ['/a.py', '*.txt']\n");
    assert_eq!(found(&tree, &[]), ["b/a.py", "b/c/d.py"]);
    assert_eq!(found(&tree, &["b", "--exclude", "c/"]), ["b/a.py"]);
    assert_eq!(
        found(&tree, &["--isolated", "--exclude", "b"]),
        ["a.py", "e.txt"]
    );
}

#[test]
fn links_are_counted_and_not_followed() {
    let tree = tree(&["a.py", "../outside/secret.py", "sub/b.py"]);
    symlink("..", tree.path("sub/loop")).unwrap();
    symlink("self", tree.path("self")).unwrap();
    symlink("../outside", tree.path("folder")).unwrap();
    symlink("../outside/secret.py", tree.path("file.py")).unwrap();
    symlink("nowhere", tree.path("dangling")).unwrap();
    let run = tree.run([".", "--output-format", "json"]);
    let paths: Vec<_> = run
        .expect(1)
        .places()
        .into_iter()
        .map(|(path, ..)| path)
        .collect();
    assert_eq!(paths, ["a.py", "sub/b.py"]);
    assert_eq!(run.json()["summary"]["links"], 5);
    assert_eq!(run.json()["errors"].as_array().unwrap().len(), 0);
    // A link that the user names is followed: that is what was asked for.
    assert_eq!(found(&tree, &["file.py"]), ["file.py"]);
    assert_eq!(found(&tree, &["folder"]), ["folder/secret.py"]);
    for name in ["dangling", "self"] {
        let run = tree.run([name]);
        assert!(run.expect(2).out().contains(name), "{}", run.out());
    }
}

#[test]
fn pipes_and_sockets_do_not_hang() {
    let tree = tree(&["a.py"]);
    fifo(&tree.path("pipe"));
    let _socket = UnixListener::bind(tree.path("socket")).unwrap();
    let run = tree.run([".", "--output-format", "json"]);
    assert_eq!(run.expect(1).places().len(), 1);
    assert_eq!(run.json()["summary"]["special"], 2);
}

#[test]
fn a_named_pipe_is_read_as_a_file() {
    let tree = tree(&["a.py"]);
    fifo(&tree.path("pipe"));
    // As `hfscan <(command)` does it.
    let script = format!("printf %s '{}' > pipe", token(7));
    let mut writer = Command::new("sh");
    let mut writer = writer
        .arg("-c")
        .arg(script)
        .current_dir(tree.root())
        .spawn()
        .unwrap();
    let places = tree.places(&["pipe"]);
    writer.wait().unwrap();
    assert_eq!(places, [("pipe".to_owned(), 0, 37)]);
}

#[test]
fn what_cannot_be_read_is_an_error_and_the_rest_is_scanned() {
    let tree = tree(&["a.py"]);
    let run = tree.run([".", "missing.py", "--output-format", "json"]);
    assert_eq!(run.expect(2).places().len(), 1);
    let errors = &run.json()["errors"];
    assert_eq!(errors[0]["path"], "missing.py");
    assert_eq!(errors[0]["kind"], "unreadable");
    assert_eq!(run.json()["summary"]["incomplete"], true);
}

/// Permission bits do not hold for root, who runs the tests in a container; reading the memory of
/// a process at its beginning fails for everyone.
#[cfg(target_os = "linux")]
#[test]
fn a_read_error_is_no_pass() {
    let tree = tree(&[]);
    let run = tree.run(["/proc/self/mem", "--output-format", "json"]);
    assert_eq!(run.expect(2).json()["errors"][0]["kind"], "unreadable");
}

#[test]
fn names_need_not_be_text() {
    let tree = tree(&[]);
    let names: [&[u8]; 4] = [
        b"caf\xe9.txt",
        b"\xff\xfe",
        b"a\nb.txt",
        "日本語.py".as_bytes(),
    ];
    for (number, name) in (1..).zip(names) {
        tree.file(OsStr::from_bytes(name), token(number));
    }
    let mut paths = found(&tree, &[]);
    paths.sort();
    let shown = ["\\xFF\\xFE", "a\nb.txt", "caf\\xE9.txt", "日本語.py"];
    assert_eq!(paths, shown);
    let named = tree.run([OsStr::from_bytes(names[0])]);
    assert!(named.expect(1).out().contains("caf\\xE9.txt"));
}

#[test]
fn paths_that_are_no_text_are_told_apart() {
    let tree = tree(&[]);
    let names: [&[u8]; 3] = [b"caf\xe9.txt", b"caf\xff.txt", br"caf\xE9.txt"];
    for name in names {
        tree.file(OsStr::from_bytes(name), token(1));
    }
    // The same token at the same place of each.
    let run = tree.run([".", "--output-format", "json"]);
    let named = |finding: &serde_json::Value| finding["fingerprint"].to_string();
    let names: std::collections::BTreeSet<_> = run.findings().iter().map(named).collect();
    assert_eq!(names.len(), 3, "{}", run.out());
    tree.run(["baseline", "-o", "../known", "."]).expect(0);
    tree.run([".", "--baseline", "../known"]).expect(0);
    // One that is gone is known to be, by its bytes.
    fs::remove_file(tree.path(OsStr::from_bytes(b"caf\xff.txt"))).unwrap();
    let run = tree.run([".", "--baseline", "../known", "--output-format", "json"]);
    let errors = run.expect(0).json()["errors"].to_string();
    assert!(
        errors.contains("xFF") && !errors.contains("xE9"),
        "{errors}"
    );
}

#[test]
fn a_credential_in_a_name_is_found_and_not_shown() {
    let [file, folder, link, target] = [1, 2, 3, 4].map(token);
    let tree = tree(&[]);
    tree.file(format!("out_{file}-final.txt"), "x");
    tree.file(format!("runs/{folder}/a.txt"), "x");
    symlink("nowhere", tree.path(&link)).unwrap();
    symlink(&target, tree.path("link")).unwrap();
    let run = tree.run([".", "--output-format", "json"]);
    assert_eq!(run.expect(1).findings().len(), 4, "{}", run.out());
    for secret in [file, folder, link, target] {
        assert!(!run.out().contains(&secret), "{}", run.out());
    }
    // A name that is no credential, though as long.
    let tree = Tree::with(
        format!("hf_{}/sha{}.bin", "x".repeat(34), "0a".repeat(30)),
        "x",
    );
    tree.run(["."]).expect(0);
}

#[test]
fn three_hundred_folders_deep() {
    let tree = tree(&[]);
    let deep: PathBuf = std::iter::repeat_n("d", 300).collect();
    tree.file(deep.join("a.py"), token(1));
    let path = format!("{}a.py", "d/".repeat(300));
    assert_eq!(found(&tree, &[]), [path]);
}

#[test]
fn the_same_file_named_twice_counts_once() {
    let tree = tree(&["sub/a.py", "b.py"]);
    let all = ["b.py", "sub/a.py"];
    for args in [
        &[".", "."][..],
        &[".", "sub", "sub/a.py"],
        &["./sub", "b.py", "sub/../b.py"],
    ] {
        let mut paths = found(&tree, args);
        paths.retain(|path| !path.contains(".."));
        assert_eq!(paths, all, "{args:?}");
    }
}

#[test]
fn nothing_to_scan_is_no_pass() {
    let tree = Tree::new();
    let empty = tree.run(["."]);
    assert!(empty.expect(2).out().contains("there is no file to scan"));
    fs::create_dir(tree.path("empty")).unwrap();
    tree.file("a.py", "x");
    tree.run(["empty"]).expect(2);
    tree.run([".", "--exclude", "*"]).expect(2);
    // An empty file was looked at.
    tree.file("b/__init__.py", "");
    tree.run(["b"]).expect(0);
    // Beside a full folder, an empty one is no pass either.
    let run = tree.run(["empty", "b", "--output-format", "json"]);
    assert_eq!(run.expect(2).json()["errors"][0]["path"], "empty");
    assert_eq!(run.json()["errors"][0]["kind"], "nothing");
    tree.run(["b", "a.py", "b/__init__.py"]).expect(0);
    tree.run(["b", "a.py", "--exclude", "*.py"]).expect(2);
}

/// What may lie where a file of a repository belongs, made by the shell.
const SPECIAL: [&str; 4] = ["mkfifo", "ln -s /dev/zero", "mkdir", "ln -s /etc/passwd"];

#[test]
fn what_hfscan_reads_itself_are_files_in_the_tree() {
    for path in [
        "hfscan.toml",
        ".hfscan.toml",
        "pyproject.toml",
        ".gitignore",
        "b/.gitignore",
    ] {
        for special in SPECIAL {
            let tree = tree(&["a.py"]);
            tree.git(["init", "-q"]);
            fs::create_dir(tree.path("b")).unwrap();
            let script = format!("{special} {path}");
            let made = Command::new("sh")
                .args(["-c", &script])
                .current_dir(tree.root())
                .status();
            assert!(made.unwrap().success());
            let run = tree.run(["."]);
            run.expect(2);
            assert!(
                (run.out() + &run.err()).contains(path),
                "{script}: {}",
                run.out()
            );
            // What a repository brings does not count.
            tree.run([".", "--isolated"]).expect(1);
        }
    }
}

#[test]
fn ignore_files_are_read_up_to_a_limit() {
    let line = |number: usize| format!("*a{number}*b*c*d*e*f\n");
    let large: String = (0..20_000).map(line).collect();
    let tree = tree(&["a.py", "sub/b.log"]);
    tree.git(["init", "-q"]);
    tree.file("sub/.gitignore", format!("*.log\n{large}"));
    let run = tree.run([".", "--output-format", "json"]);
    // What was not read leaves nothing out.
    assert_eq!(run.expect(2).places().len(), 2);
    let error = run.json()["errors"][0].clone();
    assert_eq!(error["path"], "sub/.gitignore");
    assert!(
        error["message"].to_string().contains("larger than 256 KiB"),
        "{error}"
    );
    // Together with those above it.
    let half: String = (0..8_000).map(line).collect();
    tree.file(".gitignore", &half);
    tree.file("sub/.gitignore", half);
    let run = tree.run([".", "--output-format", "json"]);
    assert_eq!(run.expect(2).json()["errors"][0]["path"], "sub/.gitignore");
}

#[test]
fn a_repository_is_known_by_what_it_holds() {
    // Ignore files count in repositories alone, and a broken one is none.
    for script in [
        "mkdir .git",
        "echo 'gitdir: ../gone' > .git",
        "git init -q; rm .git/HEAD",
    ] {
        let tree = tree(&["a.env"]);
        tree.file(".gitignore", "*.env\n");
        let made = Command::new("sh")
            .args(["-c", script])
            .current_dir(tree.root())
            .status();
        assert!(made.unwrap().success());
        assert_eq!(found(&tree, &["."]), ["a.env"], "{script}");
    }
    let tree = tree(&["sub/.git/leak.py", "other/.git"]);
    assert_eq!(found(&tree, &["."]), ["other/.git", "sub/.git/leak.py"]);
    // What Git tracks cannot be told without its index.
    let tree = tree_with_forced_file();
    fs::remove_file(tree.path(".git/index")).unwrap();
    let run = tree.run(["."]);
    assert!(
        run.expect(2).out().contains("git reset makes one"),
        "{}",
        run.out()
    );
    tree.run(["--staged"]).expect(2).says("no index");
}

fn tree_with_forced_file() -> Tree {
    let tree = tree(&["a.env"]);
    tree.git(["init", "-q"]);
    tree.file(".gitignore", "*.env\n");
    tree.git(["add", "-f", "."]);
    tree.git(["commit", "-q", "-m", "x"]);
    tree
}

#[test]
fn submodules_whose_files_are_not_here_are_counted() {
    let tree = tree_with_forced_file();
    let commit = tree.git(["rev-parse", "HEAD"]);
    let entry = format!("160000,{commit},sub");
    tree.git(["update-index", "--add", "--cacheinfo", &entry]);
    let run = tree.run([".", "--output-format", "json"]);
    assert_eq!(run.json()["summary"]["submodules"], 1);
    let said = tree.run(["."]).out();
    assert!(said.contains("1 submodule not scanned"), "{said}");
}
