//! What `hf upload` would send, scanned before it does. `python/tests/test_hub.py` compares with the client itself.

use std::fs;
use std::os::unix::fs::symlink;

use super::support::{Tree, token};

fn tree() -> Tree {
    let tree = Tree::new();
    for (number, path) in (1..).zip([
        "up/a.py",
        "up/data/b.txt",
        "up/.env",
        "up/.git/config",
        "up/.cache/huggingface/download/x",
    ]) {
        tree.file(path, token(number));
    }
    tree.file("up/.gitignore", "*");
    tree
}

#[test]
fn what_the_client_would_send_is_scanned_and_nothing_else() {
    let tree = tree();
    let json = |args: &[&str]| {
        tree.run([&["upload-check", "up", "--output-format", "json"], args].concat())
            .places()
    };
    let places = json(&[]).into_iter();
    let files: Vec<String> = places.map(|(path, ..)| path).collect();
    assert_eq!(files, ["up/.env", "up/a.py", "up/data/b.txt"]);
    let chosen = ["--include", "*.py", "--include=data/", "--exclude=*.txt"];
    assert_eq!(json(&chosen).len(), 1);
    let clean = tree.run(["upload-check", "up", "--include", ".gitignore"]);
    clean.expect(0);
}

#[test]
fn files_are_listed_and_not_scanned() {
    let tree = tree();
    let run = tree.run(["upload-check", "up", "--list", "--exclude", ".env"]);
    assert_eq!(run.expect(0).out(), ".gitignore\na.py\ndata/b.txt\n");
    let one = tree.run(["upload-check", "up/a.py", "--list"]);
    assert_eq!(one.expect(0).out(), "up/a.py\n");
    tree.run(["upload-check", "up/a.py"]).expect(1);
}

#[test]
fn links_to_files_are_sent_and_links_to_folders_are_not() {
    let tree = Tree::with("other/secret.py", token(1));
    fs::create_dir(tree.path("up")).unwrap();
    symlink(tree.path("other/secret.py"), tree.path("up/link.py")).unwrap();
    symlink(tree.path("other"), tree.path("up/folder")).unwrap();
    symlink(tree.path("gone"), tree.path("up/broken")).unwrap();
    let run = tree.run(["upload-check", "up", "--list"]);
    assert_eq!(run.expect(0).out(), "link.py\n");
    tree.run(["upload-check", "up"]).expect(1);
}

#[test]
fn nothing_to_send_is_no_pass() {
    let tree = tree();
    tree.run(["upload-check", "up", "--exclude", "*"]).expect(2);
    tree.run(["upload-check", "gone"]).expect(2);
}
