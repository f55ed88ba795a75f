//! Comments that hide findings, and comments that are findings.

use super::support::{Tree, token};

/// The lines of the findings in a file, with their rules, and how many are hidden.
#[track_caller]
fn scan(name: &str, text: &str, args: &[&str]) -> (Vec<(u64, String)>, u64) {
    // Each `@` is a token.
    let mut out = String::new();
    for (number, piece) in (0..).zip(text.split('@')) {
        if number > 0 {
            out.push_str(&token(number));
        }
        out.push_str(piece);
    }
    let tree = Tree::with(name, out);
    let mut all = vec!["--output-format", "json"];
    all.extend(args);
    let run = tree.run(all);
    let lines = run.findings();
    let lines = lines
        .iter()
        .map(|finding| finding["start"]["line"].as_u64().unwrap());
    let rules = run.rules().into_iter().map(|(_, rule)| rule);
    (
        lines.zip(rules).collect(),
        run.json()["suppressed"].as_u64().unwrap(),
    )
}

/// Asserts the lines of tokens that are left, how many are hidden, and that nothing else is said.
#[track_caller]
fn left(name: &str, text: &str, lines: &[u64], hidden: u64) {
    let found = scan(name, text, &[]);
    let wanted = lines
        .iter()
        .map(|line| (*line, "hf-user-token".to_owned()))
        .collect();
    assert_eq!(found, (wanted, hidden), "{text}");
}

#[test]
fn a_comment_hides_its_line() {
    left(
        "a.py",
        "a = '@'  # hfscan: ignore[hf-user-token]\nb = '@'\n",
        &[2],
        1,
    );
    left(
        "a.py",
        "a = '@', '@'  # hfscan: ignore[hf-user-token] why\n",
        &[],
        2,
    );
    left(
        "a.py",
        "# hfscan: ignore[hf-user-token]: '@'\nb = '@'\n",
        &[2],
        1,
    );
    left("a.js", "a('@') // hfscan:ignore[tokens]\n", &[], 1);
    left(
        "a.c",
        "char *a = \"@\"; /* hfscan: ignore[hf-org-token, hf-user-token] */\n",
        &[],
        1,
    );
    left(
        "a.sql",
        "select '@' -- hfscan: ignore[hf-user-token]\n",
        &[],
        1,
    );
    left(
        "a.html",
        "<p>@</p> <!-- hfscan: ignore[hf-user-token] -->\n",
        &[],
        1,
    );
    left("a.ini", "a = @ ; hfscan: ignore[hf-user-token]\r\n", &[], 1);
    left(
        "a.ipynb",
        "{\"cells\": [{\"source\": [\"t = '@' # hfscan: ignore[hf-user-token]\\n\"]}]}",
        &[],
        1,
    );
}

#[test]
fn a_comment_hides_the_next_line() {
    left(
        "a.py",
        "# hfscan: ignore-next-line[hf-user-token]\na = '@'\nb = '@'\n",
        &[3],
        1,
    );
    left(
        "a.py",
        "\n'@' # hfscan: ignore-next-line[hf-user-token]\n'@'\n",
        &[2],
        1,
    );
}

#[test]
fn a_comment_hides_the_whole_file() {
    left(
        "a.py",
        "a = '@'\n# hfscan: ignore-file[hf-user-token]\nb = '@'\n",
        &[],
        2,
    );
    let far = format!(
        "'@'\n{}# hfscan: ignore-file[hf-user-token]\n'@'",
        "x\n".repeat(900_000)
    );
    left("a.py", &far, &[], 2);
}

#[test]
fn a_token_over_lines_is_hidden_from_any_of_them() {
    let (head, tail) = (&token(1)[..20], &token(1)[20..]);
    for lines in [
        format!("t = ('{head}'  # hfscan: ignore[hf-user-token]\n     '{tail}')\n"),
        format!("t = ('{head}'\n     '{tail}')  # hfscan: ignore[hf-user-token]\n"),
    ] {
        // A comment between the pieces parts them for the engine: then there is no finding.
        let (found, _) = scan("a.py", &lines, &["--select", "tokens"]);
        assert_eq!(found, [], "{lines}");
    }
    let text =
        format!("# hfscan: ignore-next-line[hf-user-token]\nt = ('{head}'\n     '{tail}')\n");
    left("a.py", &text, &[], 1);
}

#[test]
fn other_rules_are_not_hidden() {
    let (found, hidden) = scan("a.py", "a = '@'  # hfscan: ignore[hf-org-token]\n", &[]);
    let rules: Vec<_> = found.iter().map(|(_, rule)| rule.as_str()).collect();
    assert_eq!(rules, ["hf-user-token", "unused-ignore"]);
    assert_eq!(hidden, 0);
}

#[test]
fn markers_of_other_scanners_hide_tokens() {
    for marker in [
        "gitleaks:allow",
        "betterleaks:allow",
        "kingfisher:ignore",
        "trufflehog:ignore",
        "pragma: allowlist secret",
        "pragma: whitelist secret",
    ] {
        left("a.py", &format!("a = '@'  # {marker}\nb = '@'\n"), &[2], 1);
    }
    left(
        "a.py",
        "# pragma: allowlist nextline secret\na = '@'\nb = '@'\n",
        &[3],
        1,
    );
    // They say nothing of what is no token.
    let (found, _) = scan("a.py", "x = 1  # hfscan: ignore gitleaks:allow\n", &[]);
    assert_eq!(found, [(1, "bare-ignore".to_owned())]);
}

#[test]
fn a_bare_comment_hides_nothing_and_is_a_warning() {
    for comment in ["ignore", "ignore[]", "ignore because"] {
        let (found, hidden) = scan("a.py", &format!("a = '@'  # hfscan: {comment}\n"), &[]);
        let token = (1, "hf-user-token".to_owned());
        let bare = (1, "bare-ignore".to_owned());
        assert_eq!(found, [token, bare], "{comment}");
        assert_eq!(hidden, 0);
    }
}

#[test]
fn a_comment_that_hides_nothing_is_a_note() {
    let unused = [(1, "unused-ignore".to_owned())];
    assert_eq!(
        scan("a.py", "x = 1  # hfscan: ignore[hf-user-token]\n", &[]).0,
        unused
    );
    assert_eq!(
        scan("a.py", "x = 1  # hfscan: ignore-file[tokens]\n", &[]).0,
        unused
    );
    assert_eq!(
        scan("a.py", "x = 1  # hfscan: ignore[hf-usr-token]\n", &[]).0,
        unused
    );
    // A rule that was not looked for might have been there.
    let args = ["--ignore", "hf-user-token"];
    assert_eq!(
        scan("a.py", "x = '@'  # hfscan: ignore[hf-user-token]\n", &args).0,
        []
    );
}

#[test]
fn words_in_prose_are_no_comment() {
    for (name, text) in [
        (
            "a.md",
            "Write hfscan: ignore[hf-user-token] into a comment.\n",
        ),
        ("a.md", "# hfscan: ignore\n"),
        ("a.txt", "    x = 1  # hfscan: ignore[hf-user-token]\n"),
        ("a.py", "print('hfscan: done')  # hfscan: found it\n"),
        ("a.py", "hfscan: ignore\n"),
    ] {
        assert_eq!(scan(name, text, &[]), (vec![], 0), "{text}");
    }
}

#[test]
fn a_stranger_cannot_hide_anything_if_asked() {
    let text = "'@'  # hfscan: ignore[hf-user-token]\n'@'  # gitleaks:allow\n# hfscan: ignore-file[tokens]\n";
    let (found, hidden) = scan("a.py", text, &["--ignore-suppressions"]);
    let lines: Vec<_> = found.iter().map(|(line, _)| *line).collect();
    assert_eq!((lines, hidden), (vec![1, 2], 0));
}

#[test]
fn hidden_findings_are_counted_and_marked() {
    let tree = Tree::with(
        "a.py",
        format!("'{}'  # hfscan: ignore[hf-user-token]\n", token(1)),
    );
    let text = tree.run(["."]);
    assert!(
        text.expect(0).out().contains("1 suppressed"),
        "{}",
        text.out()
    );
    let sarif = tree.run(["--output-format", "sarif"]);
    let result = &sarif.expect(0).json()["runs"][0]["results"][0];
    assert_eq!(result["suppressions"][0]["kind"], "inSource");
    for format in ["jsonl", "github", "gitlab", "junit"] {
        let run = tree.run(["--output-format", format]);
        assert!(
            !run.expect(0).out().contains("a.py"),
            "{format}: {}",
            run.out()
        );
    }
}
