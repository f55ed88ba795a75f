//! The configuration file.

use super::support::{Tree, token};

fn tree() -> Tree {
    let tree = Tree::with("a.py", token(1));
    tree.file("sub/b.py", token(2));
    tree
}

/// The files with a finding.
fn found(tree: &Tree, args: &[&str]) -> Vec<String> {
    let places = tree.places(args).into_iter();
    places.map(|(path, ..)| path).collect()
}

#[test]
fn every_name_is_known_and_the_first_counts() {
    let tree = tree();
    tree.file("pyproject.toml", "[tool.hfscan]\nexclude = ['a.py']\n");
    assert_eq!(found(&tree, &[]), ["sub/b.py"]);
    tree.file(".hfscan.toml", "exclude = ['sub']\n");
    assert_eq!(found(&tree, &[]), ["a.py"]);
    tree.file("hfscan.toml", "");
    assert_eq!(found(&tree, &[]), ["a.py", "sub/b.py"]);
}

#[test]
fn a_pyproject_that_says_nothing_is_passed_over() {
    let tree = tree();
    tree.file("hfscan.toml", "exclude = ['*']\n");
    for text in [
        "[tool.ruff]\n",
        "this is [ no TOML",
        "# hfscan\n[project]\nname = 'x'\n",
    ] {
        tree.file("sub/pyproject.toml", text);
        tree.run(["sub"]).expect(2);
    }
    tree.file("sub/pyproject.toml", "[tool.hfscan]\n");
    assert_eq!(found(&tree, &["sub"]), ["sub/b.py"]);
    tree.file("sub/pyproject.toml", "[tool.hfscan]\nselct = []\n");
    tree.run(["sub"])
        .expect(2)
        .says("sub/pyproject.toml:2: ")
        .says("did you mean `select`?");
    tree.run(["--config", "sub/pyproject.toml"]).expect(2);
    tree.file("sub/pyproject.toml", "[tool.ruff]\n");
    let none = tree.run(["--config", "sub/pyproject.toml"]);
    none.expect(2).says("has no table `[tool.hfscan]`");
}

#[test]
fn it_is_looked_for_upward_as_far_as_the_repository_goes() {
    let tree = Tree::with("repo/sub/deep/a.py", token(1));
    tree.file("repo/hfscan.toml", "ignore = ['hf-user-token']\n");
    tree.run(["repo/sub/deep"]).expect(0);
    tree.run(["repo/sub/deep/a.py"]).expect(0);
    // A repository below does not take its orders from above.
    tree.git(["init", "-q", "repo/sub"]);
    tree.run(["repo/sub/deep"]).expect(1);
    tree.file("repo/sub/hfscan.toml", "fail-on = 'never'\n");
    tree.run(["repo/sub/deep/a.py"]).expect(0);
    assert_eq!(
        found(&tree, &["repo/sub/deep/a.py"]),
        ["repo/sub/deep/a.py"]
    );
}

#[test]
fn each_path_has_the_configuration_that_holds_for_it() {
    let tree = tree();
    tree.file("other/c.py", token(3));
    tree.file("sub/hfscan.toml", "ignore = ['hf-user-token']\n");
    assert_eq!(
        found(&tree, &["a.py", "sub", "other/c.py"]),
        ["a.py", "other/c.py"]
    );
    // Each with its own idea of what fails.
    tree.file("sub/hfscan.toml", "fail-on = 'never'\n");
    tree.run(["sub"]).expect(0);
    tree.run(["sub", "a.py"]).expect(1);
}

#[test]
fn a_named_file_or_none() {
    let tree = tree();
    tree.file("hfscan.toml", "exclude = ['*']\n");
    tree.file("conf/x.toml", "exclude = ['nothing']\n");
    tree.run(["."]).expect(2);
    assert_eq!(found(&tree, &["--isolated"]), ["a.py", "sub/b.py"]);
    assert_eq!(
        found(&tree, &["--config", "conf/x.toml"]),
        ["a.py", "sub/b.py"]
    );
}

#[test]
fn unknown_keys_and_values_are_refused_with_a_suggestion() {
    let tree = tree();
    for (text, line, words) in [
        ("\nselct = []", 2, "did you mean `select`?"),
        ("min_severity = 'note'", 1, "did you mean `min-severity`?"),
        ("min-severity = 'eror'", 1, "did you mean `error`?"),
        ("fail-on = 'nevr'", 1, "did you mean `never`?"),
        ("select = 'tokens'", 1, "expected a sequence"),
        (
            "[severity]\nhf-user-token = 'eror'",
            2,
            "did you mean `error`?",
        ),
        ("exclude = [", 1, ""),
    ] {
        tree.file("hfscan.toml", text);
        let run = tree.run(["."]);
        run.expect(2)
            .says(&format!("hfscan.toml:{line}: "))
            .says(words);
        assert_eq!(run.out(), "");
    }
    for text in ["exclude = ['{a']", "per-path-ignores = {'a{' = ['tokens']}"] {
        tree.file("hfscan.toml", text);
        tree.run(["."]).expect(2).says("bad path pattern");
    }
    tree.file("hfscan.toml", b"select = ['\xff']");
    tree.run(["."])
        .expect(2)
        .says("cannot read the configuration");
}

#[test]
fn paths_have_rules_of_their_own() {
    let tree = tree();
    tree.file("sub/tests/c.py", token(3));
    tree.file("d.py", "x = 1  # hfscan: ignore\n");
    tree.file(
        "hfscan.toml",
        "[per-path-ignores]\n'sub/' = ['hf-user-token']\n'/d.py' = ['hygiene']\n",
    );
    let run = tree.run(["--output-format", "json"]);
    assert_eq!(run.expect(1).places(), [("a.py".to_owned(), 0, 37)]);
    assert_eq!(run.json()["suppressed"], 3);
    // Relative to the file, from wherever hfscan runs and however the path is written.
    tree.run(["sub/tests/c.py"]).expect(0);
    tree.run([tree.path("sub/b.py")]).expect(0);
    let sarif = tree.run(["--output-format", "sarif"]).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap().clone();
    let kinds: Vec<_> = results
        .iter()
        .map(|result| result["suppressions"][0]["kind"].as_str())
        .collect();
    assert_eq!(
        kinds
            .iter()
            .filter(|kind| **kind == Some("external"))
            .count(),
        3
    );
}

#[test]
fn the_command_line_beats_the_configuration() {
    let tree = tree();
    tree.file(
        "hfscan.toml",
        "select = ['hygiene']\nmin-severity = 'error'\nmin-confidence = 'high'\nfail-on = 'never'\n",
    );
    tree.run(["."]).expect(0);
    assert_eq!(found(&tree, &["--select", "tokens"]), ["a.py", "sub/b.py"]);
    tree.run(["--select", "tokens", "--fail-on", "error"])
        .expect(1);
    tree.file("a.py", "x = 1  # hfscan: ignore\n");
    assert_eq!(found(&tree, &[]), [""; 0]);
    assert_eq!(found(&tree, &["--min-severity", "note"]), ["a.py"]);
    // What either leaves out is left out.
    tree.file("hfscan.toml", "ignore = ['hygiene']\n");
    assert_eq!(found(&tree, &["--ignore", "tokens"]), [""; 0]);
}

#[test]
fn a_baseline_is_relative_to_the_configuration() {
    let tree = Tree::with("sub/a.py", format!("token = '{}'\n", token(1)));
    tree.file("hfscan.toml", "baseline = 'known/baseline'\n");
    // One that is not there is an error, and does not keep it from being written.
    tree.run(["."])
        .expect(2)
        .says("hfscan baseline -o known/baseline");
    tree.run(["--no-baseline"]).expect(1);
    tree.file("known/.keep", "");
    tree.run(["baseline", "-o", "known/baseline", "--reason", "old"])
        .expect(0);
    assert!(
        String::from_utf8(tree.read("known/baseline"))
            .unwrap()
            .contains("/sub/a.py")
    );
    let suppressed = |args: &[&str], folder: &str| {
        let mut command = tree.command([args, &["--output-format", "json"]].concat());
        let output = command.current_dir(tree.path(folder)).output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["errors"], serde_json::json!([]), "{args:?} {folder}");
        (
            output.status.code().unwrap(),
            report["suppressed"].as_u64().unwrap(),
        )
    };
    // Wherever it runs, it is the same file, and nothing in it is stale.
    for (args, folder) in [
        (&[][..], "."),
        (&["sub"], "."),
        (&[], "sub"),
        (&["a.py"], "sub"),
    ] {
        assert_eq!(suppressed(args, folder), (0, 1), "{args:?} {folder}");
    }
    for args in [&["--no-baseline"][..], &["--isolated"]] {
        assert_eq!(suppressed(args, "."), (1, 0), "{args:?}");
    }
    // That of the command line counts instead.
    tree.file("empty", "");
    assert_eq!(suppressed(&["--baseline", "empty"], "."), (1, 0));
    tree.run(["--baseline", "empty", "--no-baseline"]).expect(2);
    // Each configuration has its own.
    tree.file("other/hfscan.toml", "");
    tree.file("other/b.py", format!("token = '{}'\n", token(1)));
    assert_eq!(suppressed(&["sub", "other"], "."), (1, 1));
    tree.file("known/baseline", "<<<<<<< HEAD\n");
    tree.run(["."]).expect(2).says("merge conflict");
}
