//! Findings that are known, and those that are new.

use super::{at, commit, leak, lines, merge, repository};
use crate::support::{Run, Tree, token};

const FILE: &str = "known.jsonl";

fn write(tree: &Tree, args: &[&str]) -> String {
    let mut all = vec!["baseline", "-o", FILE];
    all.extend(args);
    tree.run(all).expect(0);
    String::from_utf8(tree.read(FILE)).unwrap()
}

fn scan(tree: &Tree) -> Run {
    tree.run([
        "--baseline",
        FILE,
        "--exclude",
        FILE,
        "--output-format",
        "json",
    ])
}

#[test]
fn it_hides_what_it_holds_and_nothing_else() {
    let tree = Tree::with("a.py", leak(1));
    let text = write(&tree, &["--reason", "revoked"]);
    assert_eq!(text.lines().count(), 1);
    assert!(text.contains("\"reason\":\"revoked\""), "{text}");
    assert!(!text.contains(&token(1)) && !text.contains(&token(1)[3..]));
    assert_eq!(scan(&tree).expect(0).json()["suppressed"], 1);
    // Lines move.
    tree.file("a.py", format!("import os\n\n\n{}", leak(1)));
    scan(&tree).expect(0);
    // Another token in its place is new, and so is a second copy.
    tree.file("a.py", leak(2));
    assert_eq!(lines(scan(&tree).expect(1)), at(&[("a.py", 1)]));
    tree.file("a.py", format!("{}{}", leak(1), leak(1)));
    assert_eq!(lines(scan(&tree).expect(1)).len(), 1);
    tree.file("a.py", leak(1));
    tree.file("b.py", leak(1));
    assert_eq!(lines(scan(&tree).expect(1)), at(&[("b.py", 1)]));
    // Files move.
    std::fs::remove_file(tree.path("a.py")).unwrap();
    scan(&tree).expect(0);
}

#[test]
fn a_guessable_secret_is_told_from_another_and_not_given_away() {
    let value = |number| format!("k9Fq{}", &token(number)[3..15]);
    let call = |value: &str| {
        let url = "https://example.com/hook";
        format!("hook = create_webhook(url=\"{url}\", watched=[w], secret=\"{value}\")\n")
    };
    let tree = Tree::with("a.py", call(&value(1)));
    assert_eq!(tree.places(&[]).len(), 1, "the example is found at all");
    let text = write(&tree, &[]);
    let sha = hfscan::internals::Secret::new(value(1).as_bytes()).sha256();
    assert!(!text.contains(&value(1)) && !text.contains(&sha[..16]));
    scan(&tree).expect(0);
    tree.file("a.py", call(&value(2)));
    assert_eq!(scan(&tree).expect(1).findings().len(), 1);
}

#[test]
fn it_is_sorted_and_stable() {
    let tree = Tree::new();
    for (number, path) in (1..).zip(["z.py", "b/c.py", "a.py"]) {
        tree.file(path, format!("{}{}", leak(number), leak(number + 10)));
    }
    let text = write(&tree, &["--reason", "old"]);
    let mut sorted: Vec<_> = text.lines().collect();
    sorted.sort_unstable();
    assert_eq!(text.lines().collect::<Vec<_>>(), sorted);
    assert_eq!(text.lines().count(), 6);
    // Written again, it is the same, with its reasons; what is new has its own.
    assert_eq!(write(&tree, &["--exclude", FILE]), text);
    tree.file("n.py", leak(20));
    let more = write(&tree, &["--exclude", FILE, "--reason", "new"]);
    let new: Vec<_> = more.lines().filter(|line| !text.contains(line)).collect();
    assert_eq!(new.len(), 1);
    assert!(new[0].contains("\"reason\":\"new\"") && new[0].contains("n.py"));
}

#[test]
fn stale_entries_are_said_and_pruned() {
    let tree = Tree::with("a.py", leak(1));
    tree.file("b.py", leak(2));
    tree.file("c/d.py", leak(3));
    let before = write(&tree, &[]);
    tree.file("a.py", "x\n");
    tree.file("b.py", format!("{}{}", leak(2), leak(9)));
    let run = scan(&tree);
    assert_eq!(lines(run.expect(1)), at(&[("b.py", 2)]));
    let error = &run.json()["errors"][0];
    assert_eq!(error["kind"], "stale");
    assert!(error["message"].as_str().unwrap().contains("a.py"));
    // A scan that was not there cannot know.
    let part = tree.run(["c", "--baseline", FILE, "--output-format", "json"]);
    assert_eq!(part.expect(0).json()["errors"], serde_json::json!([]));
    let after = write(&tree, &["--prune", "--exclude", FILE]);
    let left: Vec<_> = before
        .lines()
        .filter(|line| !line.contains("a.py"))
        .collect();
    assert_eq!(after.lines().collect::<Vec<_>>(), left);
    assert_eq!(
        scan(&tree).expect(1).json()["errors"],
        serde_json::json!([])
    );
}

#[test]
fn history_has_its_own_entries() {
    let tree = repository();
    commit(&tree, &[("a.py", &leak(1))]);
    let first = commit(&tree, &[("a.py", "x\n")]);
    assert!(first.len() == 40);
    let text = write(&tree, &["--history"]);
    assert!(text.contains("\"commit\""));
    let history = || tree.run(["--history", "--baseline", FILE, "--output-format", "json"]);
    history().expect(0);
    // The files hold nothing, and that makes nothing stale.
    assert_eq!(
        scan(&tree).expect(0).json()["errors"],
        serde_json::json!([])
    );
    commit(&tree, &[("b.py", &leak(2))]);
    assert_eq!(lines(history().expect(1)), at(&[("b.py", 1)]));
    let text = write(&tree, &["--prune", "--history"]);
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn a_bad_baseline_is_an_error_and_shows_nothing() {
    let tree = Tree::with("a.py", leak(1));
    tree.run(["--baseline", "none"])
        .expect(2)
        .says("hfscan baseline");
    tree.file(FILE, format!("# a comment\n\n{{\"{}\": 1}}\n", token(2)));
    let run = tree.run(["--baseline", FILE]);
    run.expect(2).says("line 3");
    assert!(!run.err().contains(&token(2)));
    // A scan that is incomplete writes none.
    tree.run(["baseline", "-o", "new", "a.py", "missing.py"])
        .expect(2);
    assert!(!tree.path("new").exists());
    tree.run(["baseline", "--prune"]).expect(2);
    tree.run(["baseline", "--show-secrets"]).expect(2);
}

#[test]
fn it_goes_to_standard_output_too() {
    let tree = Tree::with("a.py", leak(1));
    let run = tree.run(["baseline", "a.py"]);
    assert_eq!(run.expect(0).out().lines().count(), 1);
    run.says("holds 1 finding: 1 new, 0 taken out");
}

#[test]
fn branches_merge() {
    let tree = repository();
    commit(&tree, &[("a.py", &leak(1))]);
    write(&tree, &[]);
    commit(&tree, &[]);
    let add = |number: u64| {
        commit(&tree, &[(&format!("{number}.py"), &leak(number))]);
        write(&tree, &["--exclude", FILE]);
        commit(&tree, &[]);
    };
    tree.git(["checkout", "-q", "-b", "side"]);
    add(2);
    tree.git(["checkout", "-q", "main"]);
    add(3);
    // Two lines at one place are a conflict, which is said as such.
    tree.try_git(["merge", "-q", "side"]).expect(1);
    let run = tree.run(["--baseline", FILE]);
    run.expect(2).says("merge conflict");
    run.says("keep the findings of both sides");
    let text = String::from_utf8(tree.read(FILE)).unwrap();
    let is_mark = |line: &&str| !line.starts_with(['<', '=', '>']);
    let kept: Vec<&str> = text.lines().filter(is_mark).collect();
    tree.file(FILE, kept.join("\n"));
    assert_eq!(scan(&tree).expect(0).json()["suppressed"], 3);
    // Git does that by itself where it is told to.
    tree.git(["merge", "--abort"]);
    tree.file(".gitattributes", format!("{FILE} merge=union\n"));
    merge(&tree, "side");
    assert_eq!(scan(&tree).expect(0).json()["suppressed"], 3);
}
