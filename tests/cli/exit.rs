//! Exit codes: 0 nothing to report, 1 findings, 2 the scan could not do all that was asked.

use crate::support::{Tree, token};

/// A tree with one error, one note and one finding of low confidence.
fn findings() -> Tree {
    let tree = Tree::with("a.py", format!("x = '{}'\n", token(1)));
    tree.file("b.py", "x = 1  # hfscan: ignore[hf-user-token]\n");
    tree
}

#[test]
fn clean_is_zero_and_findings_are_one() {
    let tree = Tree::with("a.py", "x = 1\n");
    let clean = tree.run(["."]);
    assert!(clean.expect(0).out().contains("No leaks found in 1 file"));
    let tree = findings();
    let found = tree.run(["."]);
    assert!(
        found.expect(1).out().contains("hf-user-token"),
        "{}",
        found.out()
    );
    // The current folder is the default.
    assert_eq!(tree.run([""; 0]), found);
}

#[test]
fn exit_zero_hides_findings_from_the_exit_code_alone() {
    let tree = findings();
    let run = tree.run(["--exit-zero"]);
    assert!(run.expect(0).out().contains("hf-user-token"));
    tree.run(["--exit-zero", ".", "missing"]).expect(2);
}

#[test]
fn fail_on_says_what_fails() {
    let note = Tree::with("b.py", "x = 1  # hfscan: ignore[hf-user-token]\n");
    let warning = Tree::with("b.py", "x = 1  # hfscan: ignore\n");
    let error = Tree::with("a.py", token(1));
    for (level, codes) in [
        (None, [0, 1, 1]),
        (Some("error"), [0, 0, 1]),
        (Some("warning"), [0, 1, 1]),
        (Some("note"), [1, 1, 1]),
        (Some("never"), [0, 0, 0]),
    ] {
        let args: Vec<&str> = level.map_or(vec![], |level| vec!["--fail-on", level]);
        for (tree, code) in [&note, &warning, &error].into_iter().zip(codes) {
            let run = tree.run(&args);
            assert!(
                run.expect(code).out().starts_with(['e', 'w', 'n']),
                "{}",
                run.out()
            );
        }
    }
}

#[test]
fn bad_usage_is_two() {
    let tree = findings();
    for (args, words) in [
        (&["--selct", "tokens"][..], "'--select'"),
        (&["--fail-on", "critical"], "'critical'"),
        (&["--output-format", "xml"], "'xml'"),
        (&["--min-severity", "high"], "'high'"),
        (&["--threads", "many"], "'many'"),
        (&["--config", "x.toml", "--isolated"], "'--isolated'"),
        (&["explain"], "<RULE>"),
        (&["completions", "cmd"], "'cmd'"),
    ] {
        let run = tree.run(args);
        run.expect(2).says(words);
        assert_eq!(run.out(), "", "{args:?}");
    }
}

#[test]
fn an_unknown_rule_is_two_wherever_it_stands() {
    let tree = findings();
    for option in ["--select", "--ignore"] {
        let run = tree.run([option, "tokens,hf-user-tokn"]);
        run.expect(2)
            .says("there is no rule or family `hf-user-tokn`; did you mean `hf-user-token`?");
        assert_eq!(run.out(), "");
    }
    tree.run(["--select", ""])
        .expect(2)
        .says("there is no rule or family ``");
    for line in [
        "select = ['hf-user-tokn']",
        "ignore = ['hf-user-tokn']",
        "severity = {hf-user-tokn = 'note'}",
        "per-path-ignores = {'a' = ['hf-user-tokn']}",
    ] {
        tree.file("hfscan.toml", line);
        let run = tree.run(["."]);
        run.expect(2)
            .says("did you mean `hf-user-token`?")
            .says("hfscan.toml");
    }
}

#[test]
fn bad_configuration_is_two() {
    let tree = findings();
    tree.file("hfscan.toml", "select = [");
    tree.run(["."]).expect(2).says("hfscan.toml:1: ");
    tree.run(["--isolated"]).expect(1);
    tree.run(["--config", "missing.toml"])
        .expect(2)
        .says("missing.toml");
}

#[test]
fn missing_input_is_two() {
    let tree = findings();
    let missing = tree.run(["missing.py"]);
    assert!(
        missing
            .expect(2)
            .out()
            .contains("missing.py: no such file or folder")
    );
    let empty = tree.run(["-"]);
    assert!(
        empty.expect(2).out().contains("standard input was empty"),
        "{}",
        empty.out()
    );
    tree.run_with(["-"], "x").expect(0);
}

#[test]
fn commands_of_other_scanners_are_met_with_the_right_one() {
    let tree = findings();
    for (given, help) in [
        (&["scan", "src"][..], "hfscan src"),
        (&["detect"], "hfscan ."),
        (&["redcat"], "hfscan redact"),
    ] {
        tree.run(given).expect(2).says(help);
    }
    tree.file("scan/a.py", "x = 1");
    tree.run(["scan"]).expect(0);
}

#[test]
fn two_beats_one_and_the_findings_are_printed() {
    let tree = findings();
    tree.file(
        "broken.gz",
        [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF],
    );
    for args in [&["."][..], &["--isolated", ".", "missing"]] {
        for format in ["text", "json", "sarif", "github"] {
            let mut all = vec!["--output-format", format];
            all.extend(args);
            let run = tree.run(all);
            assert!(
                run.expect(2).out().contains("hf-user-token"),
                "{format}: {}",
                run.out()
            );
            assert!(run.out().contains("broken.gz"), "{format}: {}", run.out());
        }
    }
    // A list of findings has no place for it.
    let run = tree.run(["--output-format", "jsonl"]);
    assert_eq!(run.expect(2).says("broken.gz").out().lines().count(), 2);
}
