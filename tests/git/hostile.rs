//! Repositories that are damaged, or made to do harm.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::{at, commit, leak, lines, repository};
use crate::support::{Letters, Tree, token};

/// Makes a tree of some entries: mode, object, name.
fn tree_of(tree: &Tree, entries: &[(&str, &str, String)]) -> String {
    let lines = entries.iter().map(|(mode, id, name)| {
        let kind = if *mode == "040000" { "tree" } else { "blob" };
        format!("{mode} {kind} {id}\t{name}\n")
    });
    let mut command = Command::new("git");
    let command = command.args(["mktree"]).current_dir(tree.root());
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input
        .write_all(lines.collect::<String>().as_bytes())
        .unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn trees_that_stand_for_more_paths_than_can_be_walked() {
    let tree = repository();
    let base = commit(&tree, &[("a.py", "x\n")]);
    let file = tree.file("../leak", leak(1)).display().to_string();
    let blob = tree.git(["hash-object", "-w", &file]);
    let mut at = tree_of(&tree, &[("100644", &blob, "a.py".to_owned())]);
    for _ in 0..14 {
        let ten = (0..10).map(|n| ("040000", at.as_str(), format!("d{n}")));
        at = tree_of(&tree, &ten.collect::<Vec<_>>());
    }
    let bomb = tree.git(["commit-tree", "-m", "x", "-p", &base, &at]);
    tree.git(["update-ref", "HEAD", &bomb]);
    tree.run(["--history"]).expect(1);
    tree.run(["--history", "--exclude", "other"]).expect(1);
    tree.run(["--since", &base]).expect(1);
    assert!(tree.run(["--staged"]).code < 2);
}

#[test]
fn folders_that_lie_very_deep() {
    let tree = repository();
    let base = commit(&tree, &[("a.py", "x\n")]);
    let file = tree.file("../leak", leak(1)).display().to_string();
    let blob = tree.git(["hash-object", "-w", &file]);
    let mut at = tree_of(&tree, &[("100644", &blob, "a.py".to_owned())]);
    let long = "d".repeat(4000);
    for _ in 0..20 {
        at = tree_of(&tree, &[("040000", &at, long.clone())]);
    }
    let deep = tree.git(["commit-tree", "-m", "x", "-p", &base, &at]);
    tree.git(["update-ref", "HEAD", &deep]);
    tree.run(["--since", &base])
        .expect(2)
        .says("a path of more than");
    tree.run(["--history"]).expect(2);
}

#[test]
fn damage_is_an_error_and_no_crash() {
    let tree = repository();
    for number in 0..12 {
        let text = format!("{}{}", leak(number), "x = 1\n".repeat(200));
        commit(&tree, &[(&format!("{}/a.py", number % 3), &text)]);
    }
    tree.git(["gc", "--quiet"]);
    tree.file("0/a.py", leak(50));
    tree.git(["add", "."]);
    let mut files = vec![tree.path(".git/index"), tree.path(".git/packed-refs")];
    for entry in std::fs::read_dir(tree.path(".git/objects/pack")).unwrap() {
        files.push(entry.unwrap().path());
    }
    files.retain(|file| file.extension().is_none_or(|e| e != "rev" && e != "bitmap"));
    files.sort();
    let mut draw = Letters::new(1);
    let mut draw = |below: usize| usize::try_from(draw.next() % below as u64).unwrap();
    for file in &files {
        let whole = std::fs::read(file).unwrap();
        for round in 0..12 {
            let mut bytes = whole.clone();
            if round % 4 == 0 {
                bytes.truncate(draw(bytes.len()));
            }
            for _ in 0..draw(4) {
                if !bytes.is_empty() {
                    let place = draw(bytes.len());
                    bytes[place] ^= u8::try_from(1 + draw(255)).unwrap();
                }
            }
            std::fs::remove_file(file).unwrap();
            tree.file(file.strip_prefix(tree.root()).unwrap(), &bytes);
            for args in [&["--staged"][..], &["--history"], &["--since", "HEAD~3"]] {
                // The run itself asserts that it ends, and by no signal.
                let run = tree.run(args);
                assert!(run.code <= 2);
                assert!((0..12).all(|n| !run.out().contains(&token(n))));
            }
        }
        std::fs::remove_file(file).unwrap();
        tree.file(file.strip_prefix(tree.root()).unwrap(), &whole);
    }
    tree.run(["--staged"]).expect(1);
}

#[test]
fn large_files_are_read_as_streams() {
    let tree = repository();
    let filler = "nothing to see here\n".repeat(1_900_000);
    commit(&tree, &[("a.log", &format!("{filler}{}", leak(1)))]);
    tree.file("a.log", format!("{filler}{}{}", leak(1), leak(2)));
    tree.git(["add", "."]);
    let staged = tree.run(["--staged", "--output-format", "json"]);
    assert_eq!(lines(staged.expect(1)), at(&[("a.log", 1_900_002)]));
    tree.git(["reset", "--quiet", "--hard"]);
    tree.git(["gc", "--quiet", "--prune=now"]);
    let history = tree.run(["--history", "--output-format", "json"]);
    assert_eq!(lines(history.expect(1)), at(&[("a.log", 1_900_001)]));
}
