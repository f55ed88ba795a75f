//! Files that Git LFS keeps: Git has pointers, and the contents lie beside its objects.

use sha2::{Digest as _, Sha256};

use super::{at, commit, leak, lines, repository};
use crate::support::{Run, Tree};

/// A pointer to a content.
fn pointer(content: &str) -> String {
    let (id, size) = (hex(content), content.len());
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{id}\nsize {size}\n")
}

fn hex(content: &str) -> String {
    let hash = Sha256::digest(content);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Keeps a content, as `git lfs clean` does, and gives its pointer.
fn keep(tree: &Tree, content: &str) -> String {
    let id = hex(content);
    let path = format!(".git/lfs/objects/{}/{}/{id}", &id[..2], &id[2..4]);
    tree.file(path, content);
    pointer(content)
}

fn json(tree: &Tree, args: &[&str]) -> Run {
    tree.run([args, &["--output-format", "json"]].concat())
}

#[test]
fn a_pointer_is_followed() {
    let tree = repository();
    let base = commit(&tree, &[("a.py", "x\n")]);
    let text = format!("one\n{}", leak(1));
    tree.file("train.jsonl", keep(&tree, &text));
    tree.git(["add", "."]);
    let found = at(&[("train.jsonl", 2)]);
    assert_eq!(lines(json(&tree, &["--staged"]).expect(1)), found);
    assert_eq!(lines(json(&tree, &["."]).expect(1)), found);
    commit(&tree, &[]);
    for args in [
        &["--since", &base][..],
        &["--history"],
        &["--history", "HEAD~1..HEAD"],
    ] {
        assert_eq!(lines(json(&tree, args).expect(1)), found, "{args:?}");
    }
    // Lines that were there before are not new.
    tree.file(
        "train.jsonl",
        keep(&tree, &format!("zero\n{text}{}", leak(2))),
    );
    tree.git(["add", "."]);
    assert_eq!(
        lines(json(&tree, &["--staged"]).expect(1)),
        at(&[("train.jsonl", 4)])
    );
}

#[test]
fn a_content_that_is_not_here_is_no_pass() {
    let tree = repository();
    let base = commit(&tree, &[("a.py", "x\n")]);
    tree.file("model.bin", pointer("gone"));
    tree.git(["add", "."]);
    let absent = |args: &[&str]| {
        let run = json(&tree, args);
        let report = run.expect(2).json();
        assert_eq!(report["summary"]["pointers"], 1);
        assert_eq!(report["errors"][0]["kind"], "unreadable");
        let said = report["errors"][0]["message"].to_string();
        assert!(
            said.contains("model.bin") && said.contains("git lfs fetch"),
            "{said}"
        );
    };
    absent(&["--staged"]);
    commit(&tree, &[("b.py", "y\n")]);
    absent(&["--since", &base]);
    absent(&["--history"]);
    // A tree has what it has; but that is said.
    let run = json(&tree, &["."]);
    assert_eq!(run.expect(0).json()["summary"]["pointers"], 1);
    let said = tree.run(["."]).out();
    assert!(said.contains("1 Git LFS file not here"), "{said}");
    // What is left out need not be here.
    json(&tree, &["--history", "--exclude", "*.bin"]).expect(0);
    // A device in its place is none.
    let id = hex("gone");
    let folder = tree.path(format!(".git/lfs/objects/{}/{}", &id[..2], &id[2..4]));
    std::fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.join(&id)).unwrap();
    absent(&["--history"]);
}
