//! Files that move, are copied and are split: nothing hides in them, and nothing is told twice.

use super::{at, commit, leak, lines, repository};
use crate::support::{Run, Tree};

/// Lines by which a file is known again.
fn body() -> String {
    (0..20).map(|number| format!("line {number}\n")).collect()
}

fn json(tree: &Tree, args: &[&str]) -> Run {
    tree.run([args, &["--output-format", "json"]].concat())
}

/// Paths, lines, and whether HEAD holds them.
fn places(run: &Run) -> Vec<(String, u64, bool)> {
    let place = |finding: &serde_json::Value| {
        (
            finding["path"].as_str().unwrap().to_owned(),
            finding["start"]["line"].as_u64().unwrap(),
            finding["in_head"].as_bool().unwrap(),
        )
    };
    run.findings().iter().map(place).collect()
}

#[test]
fn each_old_finding_excuses_one_new() {
    let old = format!("{}{}", leak(1), body());
    // Alike, alike but for a line, and the same.
    for (x, y) in [
        (old.clone(), format!("{old}more\n")),
        (format!("a\n{old}"), format!("b\n{old}")),
        (old.clone(), old.clone()),
    ] {
        let tree = repository();
        let base = commit(&tree, &[("old.py", &old)]);
        std::fs::remove_file(tree.path("old.py")).unwrap();
        tree.file("x.py", &x);
        tree.file("y.py", &y);
        tree.git(["add", "--all"]);
        assert_eq!(json(&tree, &["--staged"]).expect(1).findings().len(), 1);
        commit(&tree, &[]);
        let since = json(&tree, &["--since", &base]);
        assert_eq!(since.expect(1).findings().len(), 1, "{}", since.out());
        // One content is told once, however many files hold it.
        let contents = 1 + usize::from(x != y);
        let history = json(&tree, &["--history"]);
        assert_eq!(history.findings().len(), contents, "{}", history.out());
    }
    // A half that stays is no move of the other.
    let tree = repository();
    let whole = format!("{}{}{}{}", leak(1), body(), leak(2), body());
    commit(&tree, &[("a.py", &whole)]);
    tree.file("a.py", format!("{}{}", leak(1), body()));
    tree.file("b.py", format!("{}{}{}", leak(1), leak(2), body()));
    tree.git(["add", "--all"]);
    let staged = json(&tree, &["--staged"]);
    assert_eq!(lines(staged.expect(1)), at(&[("b.py", 1), ("b.py", 2)]));
}

#[test]
fn what_was_left_out_where_it_was_is_new_where_it_goes() {
    let tree = repository();
    let config = "exclude = ['/third/']\n[per-path-ignores]\n'/tests/' = ['tokens']\n";
    commit(
        &tree,
        &[
            ("hfscan.toml", config),
            ("third/a.py", &leak(1)),
            ("tests/b.py", &leak(2)),
            ("src/c.py", &leak(3)),
        ],
    );
    for (from, to) in [
        ("third/a.py", "a.py"),
        ("tests/b.py", "b.py"),
        ("src/c.py", "c.py"),
    ] {
        tree.git(["mv", from, to]);
    }
    let staged = json(&tree, &["--staged"]);
    assert_eq!(lines(staged.expect(1)), at(&[("a.py", 1), ("b.py", 1)]));
}

#[test]
fn a_name_may_make_a_file_what_it_was_not() {
    let tree = repository();
    let workflow = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: hf auth login --token ${{ secrets.HF_TOKEN }}\n";
    commit(&tree, &[("notes.txt", workflow)]);
    tree.file(".github/workflows/x", "");
    tree.git(["mv", "notes.txt", ".github/workflows/ci.yml"]);
    let staged = json(&tree, &["--staged"]);
    assert!(!staged.expect(1).findings().is_empty());
}

#[test]
fn a_place_is_where_its_file_went() {
    let tree = repository();
    commit(&tree, &[("a.py", "x\n")]);
    tree.git(["tag", "base"]);
    let first = commit(&tree, &[("old.env", &format!("{}{}", leak(1), body()))]);
    for (number, (from, to)) in (2..).zip([("old.env", "new.env"), ("new.env", "d/third.env")]) {
        tree.file("d/keep", "");
        tree.git(["mv", from, to]);
        let text = String::from_utf8(tree.read(to)).unwrap();
        commit(&tree, &[(to, &format!("# moved\n{text}"))]);
        for args in [
            &["--history"][..],
            &["--since", "base"],
            &["--history", "base..HEAD"],
        ] {
            let run = json(&tree, args);
            let wanted = [(to.to_owned(), number, true)];
            assert_eq!(places(run.expect(1)), wanted, "{args:?}");
            assert_eq!(run.findings()[0]["commit"], first.as_str());
        }
    }
    // A copy is a leak of its own, and outlives it.
    let second = commit(&tree, &[("copy.env", &leak(1))]);
    tree.git(["rm", "-q", "d/third.env"]);
    commit(&tree, &[]);
    for args in [&["--history"][..], &["--since", "base"]] {
        let run = json(&tree, args);
        let mut found = places(run.expect(1));
        found.sort();
        assert_eq!(found[0], ("copy.env".to_owned(), 1, true), "{args:?}");
        assert_eq!((found.len(), found[1].2), (2, false), "{args:?}");
        let commits: Vec<_> = run
            .findings()
            .iter()
            .map(|f| f["commit"].to_string())
            .collect();
        assert!(
            commits.contains(&format!("\"{first}\"")) && commits.contains(&format!("\"{second}\""))
        );
    }
}

#[test]
fn a_baseline_follows_a_move_in_every_mode() {
    let tree = repository();
    let base = commit(&tree, &[("a.env", &format!("{}{}", leak(1), body()))]);
    tree.run(["baseline", "-o", "../known", "."]).expect(0);
    let known = |args: &[&str]| json(&tree, &[args, &["--baseline", "../known"]].concat());
    known(&["."]).expect(0);
    known(&["--history"]).expect(0);
    tree.git(["mv", "a.env", "b.env"]);
    tree.file(
        "b.env",
        format!("new\n{}x\n{}", leak(1).replace("token", "key"), body()),
    );
    tree.git(["add", "--all"]);
    known(&["."]).expect(0);
    known(&["--staged"]).expect(0);
    commit(&tree, &[]);
    known(&["--since", &base]).expect(0);
    known(&["--history"]).expect(0);
    // Where nothing moved, a copy is new: in the index, or in the commits that are asked about.
    let tree = repository();
    let base = commit(&tree, &[("a.env", &leak(1))]);
    tree.run(["baseline", "-o", "../known", "."]).expect(0);
    commit(&tree, &[("b.env", &leak(1))]);
    std::fs::remove_file(tree.path("a.env")).unwrap();
    let known = |args: &[&str]| json(&tree, &[args, &["--baseline", "../known"]].concat());
    known(&["--since", &base]).expect(1);
    tree.file("c.env", leak(1));
    tree.git(["add", "c.env"]);
    known(&["--staged"]).expect(1);
    // One of history holds for history alone.
    let tree = repository();
    commit(&tree, &[("a.env", &leak(1))]);
    tree.run(["baseline", "--history", "-o", "../known"])
        .expect(0);
    tree.git(["mv", "a.env", "b.env"]);
    commit(&tree, &[("b.env", &format!("# l\n{}", leak(1)))]);
    let known = |args: &[&str]| json(&tree, &[args, &["--baseline", "../known"]].concat());
    known(&["--history"]).expect(0);
    known(&["."]).expect(1);
}

#[test]
fn many_copies_of_one_token_take_no_longer_than_many_tokens() {
    let tree = repository();
    commit(&tree, &[("a.py", "x\n")]);
    tree.git(["tag", "base"]);
    for number in 0..300 {
        tree.file(format!("{number}.py"), format!("# {number}\n{}", leak(1)));
    }
    commit(&tree, &[]);
    for number in 0..300 {
        tree.git([
            "mv",
            "-k",
            &format!("{number}.py"),
            &format!("m{number}.py"),
        ]);
    }
    commit(&tree, &[]);
    let since = json(&tree, &["--since", "base"]);
    assert_eq!(since.expect(1).findings().len(), 300);
}
