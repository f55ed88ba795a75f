//! All that was ever committed.

use super::{JOB_RULE, at, clone, commit, leak, lines, merge, repository};
use crate::support::{Run, Tree, token};

fn history(tree: &Tree) -> Run {
    tree.run(["--history", "--output-format", "json"])
}

/// Findings by path: commit, and whether HEAD still holds it.
fn origins(run: &Run) -> Vec<(String, String, serde_json::Value)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let origin = |finding: &serde_json::Value| {
        (
            text(&finding["path"]),
            text(&finding["commit"]),
            finding["in_head"].clone(),
        )
    };
    run.findings().iter().map(origin).collect()
}

#[test]
fn what_was_removed_is_found_once_with_its_first_commit() {
    let tree = repository();
    let first = commit(&tree, &[("a.py", &leak(1))]);
    commit(&tree, &[("a.py", &format!("x = 1\n{}", leak(1)))]);
    commit(&tree, &[("a.py", "x = 1\n")]);
    let second = commit(&tree, &[("dir/b.py", &leak(2))]);
    commit(&tree, &[("dir/b.py", &format!("\n\n{}", leak(2)))]);
    let run = history(&tree);
    assert_eq!(lines(run.expect(1)), at(&[("a.py", 1), ("dir/b.py", 3)]));
    let wanted = [
        ("a.py".to_owned(), first, false.into()),
        ("dir/b.py".to_owned(), second, true.into()),
    ];
    assert_eq!(origins(&run), wanted);
    assert!(run.findings()[0]["date"].as_str().unwrap().len() > 18);
    let text = tree.run(["--history"]);
    assert!(
        text.expect(1).out().contains("not in HEAD"),
        "{}",
        text.out()
    );
    // Packed, it is the same.
    tree.git(["gc", "--quiet"]);
    assert_eq!(history(&tree).findings(), run.findings());
}

#[test]
fn every_reference_counts() {
    let tree = repository();
    commit(&tree, &[("a.py", "x\n")]);
    tree.git(["checkout", "--quiet", "-b", "side"]);
    commit(&tree, &[("branch.py", &leak(1))]);
    tree.git(["checkout", "--quiet", "main"]);
    let tag = format!("with {}", token(2));
    tree.git(["tag", "--annotate", "v1", "--message", &tag]);
    for number in [3, 4] {
        tree.file("a.py", leak(number));
        tree.git(["stash", "--quiet"]);
    }
    tree.git(["notes", "add", "--message", &token(5)]);
    let message = format!("with {}", token(6));
    tree.git(["commit", "--quiet", "--allow-empty", "--message", &message]);
    tree.git(["worktree", "add", "--quiet", "--detach", "../linked"]);
    tree.file("../linked/linked.py", leak(7));
    tree.git(["-C", "../linked", "add", "."]);
    tree.git(["-C", "../linked", "commit", "--quiet", "--message", "x"]);
    let blob = tree.git([
        "hash-object",
        "-w",
        &tree.file("../loose", leak(8)).display().to_string(),
    ]);
    tree.git(["tag", "blob", &blob]);
    for packed in [false, true] {
        if packed {
            tree.git(["gc", "--quiet"]);
        }
        let run = history(&tree);
        let found: std::collections::BTreeSet<String> = run
            .expect(1)
            .findings()
            .iter()
            .map(|finding| finding["secret"]["redacted"].as_str().unwrap().to_owned())
            .collect();
        let redacted = |n| format!("hf_{}…{}", &token(n)[3..5], &token(n)[35..]);
        assert_eq!(found, (1..=8).map(redacted).collect(), "{}", run.out());
    }
}

#[test]
fn what_nothing_refers_to_is_found_only_when_asked_for() {
    let tree = repository();
    let base = commit(&tree, &[("a.py", "x\n")]);
    let gone = commit(&tree, &[("b.py", &leak(1))]);
    tree.git(["reset", "--quiet", "--hard", &base]);
    tree.file("c.py", leak(2));
    tree.git(["add", "c.py"]);
    tree.git(["rm", "--quiet", "--cached", "c.py"]);
    history(&tree).expect(0);
    let run = tree.run(["--history", "--all-objects", "--output-format", "json"]);
    let found = origins(run.expect(1));
    assert_eq!(found.len(), 2);
    assert!(found[0].0.starts_with("<blob "));
    assert_eq!(found[1], ("b.py".to_owned(), gone, false.into()));
}

#[test]
fn a_range_is_what_it_says() {
    let tree = repository();
    commit(&tree, &[("a.py", &leak(1))]);
    tree.git(["tag", "v1"]);
    commit(&tree, &[("b.py", &leak(2))]);
    commit(
        &tree,
        &[("b.py", &format!("x\n{}", leak(2))), ("c.py", &leak(3))],
    );
    tree.git(["tag", "v2"]);
    let range = |range: &str| {
        let run = tree.run(["--history", range, "--output-format", "json"]);
        assert!(run.code < 2, "{}", run.err());
        run.places()
            .into_iter()
            .map(|(path, ..)| path)
            .collect::<Vec<_>>()
    };
    assert_eq!(range("v1"), ["a.py"]);
    assert_eq!(range("v2"), ["a.py", "b.py", "c.py"]);
    assert_eq!(range("v1..v2"), ["b.py", "c.py"]);
    assert_eq!(range("v2..v1"), [""; 0]);
    tree.run(["--history", "v3"])
        .expect(2)
        .says("no revision or range `v3`");
}

#[test]
fn bare_repositories_and_borrowed_objects() {
    let tree = repository();
    commit(&tree, &[("a/b.py", &leak(1))]);
    commit(&tree, &[("a/b.py", "x\n")]);
    for args in [
        &["--bare"][..],
        &["--bare", "--shared"],
        &["--shared", "--no-checkout"],
    ] {
        let copy = clone(&tree, args);
        assert_eq!(
            lines(history(&copy).expect(1)),
            at(&[("a/b.py", 1)]),
            "{args:?}"
        );
    }
}

#[test]
fn a_clone_that_lacks_something_is_no_pass() {
    let tree = repository();
    commit(&tree, &[("a.py", &leak(1))]);
    commit(&tree, &[("a.py", "x\n")]);
    tree.git(["config", "uploadpack.allowFilter", "true"]);
    let shallow = clone(&tree, &["--depth=1"]);
    let run = history(&shallow);
    let said = run.expect(2).json()["errors"][0]["message"].to_string();
    assert!(said.contains("git fetch --unshallow"), "{said}");
    let partial = clone(&tree, &["--filter=blob:none", "--no-checkout"]);
    let run = history(&partial);
    let said = run.expect(2).json()["errors"][0]["message"].to_string();
    assert!(
        said.contains("2 files of the history are not in this clone"),
        "{said}"
    );
}

#[test]
fn a_damaged_pack_is_no_pass() {
    let tree = repository();
    let noise: String = (0..200)
        .map(|n| format!("{n} {}\n", token(n).to_uppercase()))
        .collect();
    commit(&tree, &[("a.txt", &noise)]);
    tree.git(["gc", "--quiet"]);
    let folder = tree.path(".git/objects/pack");
    let pack = std::fs::read_dir(folder).unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        path.extension()
            .is_some_and(|e| e == "pack")
            .then_some(path)
    });
    let pack = pack.unwrap();
    let mut bytes = std::fs::read(&pack).unwrap();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[middle..middle + 64] {
        *byte ^= 0xFF;
    }
    std::fs::remove_file(&pack).unwrap();
    tree.file(pack.strip_prefix(tree.root()).unwrap(), bytes);
    history(&tree).expect(2);
}

#[test]
fn configuration_and_paths_hold_as_for_files() {
    let tree = repository();
    commit(
        &tree,
        &[
            ("third/a.py", &leak(1)),
            ("z/ok.py", &leak(1)),
            ("src/b.py", &leak(2)),
        ],
    );
    let config = "exclude = ['/third/']\n[per-path-ignores]\n'/src/' = ['tokens']\n";
    tree.file("hfscan.toml", config);
    let run = history(&tree);
    // What is left out at one path is found at another.
    assert_eq!(lines(run.expect(1)), at(&[("z/ok.py", 1)]));
    assert_eq!(run.json()["suppressed"], 1);
    for args in [
        &["--history", "src"][..],
        &["src", "--history"],
        &["--history", "main", "src"],
    ] {
        let common = ["--isolated", "--output-format", "json"];
        let some = tree.run([&common, args].concat());
        assert_eq!(lines(some.expect(1)), at(&[("src/b.py", 1)]), "{args:?}");
    }
    tree.run(["--history", "main", "-"]).expect(2);
}

#[test]
fn mistakes_without_a_credential_count_only_if_they_are_asked_for() {
    let tree = repository();
    tree.file("../rules/jobs/job-env.toml", JOB_RULE);
    let job = "run_job(env={'HF_TOKEN': token})  # hfscan: ignore\n";
    commit(&tree, &[("a.py", &format!("{job}{}", leak(1)))]);
    commit(&tree, &[("a.py", "x\n")]);
    let rules = |more: &[&str]| {
        let args = ["--rules", "../rules", "--ignore-suppressions"];
        let args = [&["--history", "--output-format", "json"], &args[..], more].concat();
        tree.run(args)
            .rules()
            .into_iter()
            .map(|(_, rule)| rule)
            .collect::<Vec<_>>()
    };
    assert_eq!(rules(&[]), ["hf-user-token"]);
    // That is said, and not said where it is not so.
    let said = |more: &[&str]| {
        tree.run([&["--history", "--statistics"], more].concat())
            .out()
    };
    let alone = "looked for credentials alone, and parsed nothing";
    assert!(said(&[]).contains(alone), "{}", said(&[]));
    assert!(!said(&["--select", "tokens"]).contains(alone));
    assert_eq!(rules(&["--select", "jobs"]), ["job-env"]);
}

#[test]
fn a_merge_is_walked_on_both_sides() {
    let tree = repository();
    commit(&tree, &[("a.py", "x\n")]);
    tree.git(["checkout", "--quiet", "-b", "side"]);
    let side = commit(&tree, &[("side.py", &leak(1))]);
    tree.git(["checkout", "--quiet", "main"]);
    commit(&tree, &[("main.py", "y\n")]);
    merge(&tree, "side");
    assert_eq!(
        origins(&history(&tree)),
        [("side.py".to_owned(), side, true.into())]
    );
}

#[test]
fn repositories_with_sha256() {
    let tree = Tree::new();
    tree.git(["init", "--quiet", "--object-format=sha256"]);
    let first = commit(&tree, &[("a.py", &leak(1))]);
    commit(&tree, &[("a.py", "x\n")]);
    for packed in [false, true] {
        if packed {
            tree.git(["gc", "--quiet"]);
        }
        let run = history(&tree);
        assert_eq!(
            origins(run.expect(1)),
            [("a.py".to_owned(), first.clone(), false.into())]
        );
    }
}

#[test]
fn an_empty_repository_is_no_pass() {
    let run = history(&repository());
    assert_eq!(run.expect(2).json()["errors"][0]["kind"], "nothing");
}

#[test]
fn a_replaced_object_does_not_hide_another() {
    let tree = repository();
    commit(&tree, &[("a.py", &leak(1))]);
    let clean = tree.file("../clean", "x\n").display().to_string();
    let clean = tree.git(["hash-object", "-w", &clean]);
    let blob = tree.git(["rev-parse", "HEAD:a.py"]);
    tree.git(["replace", &blob, &clean]);
    assert_eq!(lines(history(&tree).expect(1)), at(&[("a.py", 1)]));
}

#[test]
fn the_report_is_the_same_whatever_the_threads() {
    let tree = repository();
    for number in 0..30 {
        commit(
            &tree,
            &[(&format!("{}.py", number % 7), &leak(number % 11))],
        );
    }
    let one = tree.run(["--history", "-j1", "--output-format", "json"]);
    for _ in 0..3 {
        let many = tree.run(["--history", "-j4", "--output-format", "json"]);
        assert_eq!(many.expect(1).findings(), one.findings());
    }
}

#[test]
fn a_path_names_the_repository_to_search() {
    let tree = repository();
    commit(&tree, &[("sub/a.py", &leak(1)), ("b.py", &leak(2))]);
    commit(&tree, &[("sub/a.py", ""), ("b.py", "")]);
    let root = tree.root().display().to_string();
    let other = Tree::new();
    let elsewhere = |paths: &[&str]| {
        let args = ["--history", "--output-format", "json"];
        other.run(args.iter().chain(paths))
    };
    assert_eq!(elsewhere(&[&root]).expect(1).findings().len(), 2);
    let sub = format!("{root}/sub");
    assert_eq!(elsewhere(&[&sub]).expect(1).findings().len(), 1);
    // What is in no repository was not searched.
    let outside = other.root().display().to_string();
    elsewhere(&[&root, &outside])
        .expect(2)
        .says("is not in the Git repository");
    elsewhere(&[&outside])
        .expect(2)
        .says("there is no Git repository here");
}

#[test]
fn a_list_of_lines_holds_the_findings_of_git_too() {
    let tree = repository();
    commit(&tree, &[("a.py", &leak(1))]);
    let run = tree.run(["--history", "--output-format", "jsonl"]);
    let finding: serde_json::Value = serde_json::from_str(run.expect(1).out().trim()).unwrap();
    assert_eq!(finding["path"], "a.py");
    tree.file("a.py", leak(2));
    tree.git(["add", "--all"]);
    let run = tree.run(["--staged", "--output-format", "jsonl"]);
    assert_eq!(run.expect(1).out().lines().count(), 1);
}
