//! Which rules look, and which of their findings are reported.

use crate::support::{Tree, token};

/// A tree with a finding of each of several rules, severities and confidences.
fn tree() -> Tree {
    let tree = Tree::with("a_user.py", format!("x = '{}'\n", token(1)));
    let body = token(2).replace("hf_", "");
    tree.file("b_org.py", format!("x = 'api_org_{body}'\n"));
    // Digits, and nothing that says credential: less sure.
    let digits = token(3).replace(['a', 'e', 'i', 'o'], "7");
    tree.file(
        "c_digits.txt",
        format!("release {digits}7 and {digits} of today\n"),
    );
    tree.file("d_note.py", "x = 1  # hfscan: ignore[hf-user-token]\n");
    tree.file("e_bare.py", "x = 1  # hfscan: ignore\n");
    let legacy = token(4).replace("hf_", "api_");
    tree.file("f_legacy.txt", format!("huggingface key {legacy}\n"));
    tree
}

/// The first letters of the files with a finding.
fn letters(args: &[&str]) -> String {
    let places = tree().places(args).into_iter();
    places
        .map(|(path, ..)| path.chars().next().unwrap())
        .collect()
}

#[test]
fn all_but_low_confidence_is_reported() {
    assert_eq!(letters(&[]), "abcde");
}

#[test]
fn least_severity() {
    assert_eq!(letters(&["--min-severity", "note"]), "abcde");
    assert_eq!(letters(&["--min-severity", "warning"]), "abce");
    assert_eq!(letters(&["--min-severity", "error"]), "abc");
}

#[test]
fn least_confidence() {
    assert_eq!(letters(&["--min-confidence", "low"]), "abcdef");
    assert_eq!(letters(&["--min-confidence", "medium"]), "abcde");
    assert_eq!(letters(&["--min-confidence", "high"]), "abde");
}

#[test]
fn rules_and_families() {
    assert_eq!(letters(&["--select", "hf-org-token"]), "b");
    assert_eq!(letters(&["--select", "hf-org-token,hf-user-token"]), "abc");
    assert_eq!(
        letters(&["--select", "hf-org-token", "--select", "bare-ignore"]),
        "be"
    );
    // Whether a comment hides a token is not known when tokens are not looked for.
    assert_eq!(letters(&["--select", "hygiene"]), "e");
    assert_eq!(letters(&["--select", "hygiene,hf-user-token"]), "acde");
    assert_eq!(
        letters(&["--select", "tokens", "--min-confidence", "low"]),
        "abcf"
    );
    assert_eq!(letters(&["--ignore", "tokens"]), "e");
    assert_eq!(letters(&["--ignore", "hf-user-token,hygiene"]), "b");
    assert_eq!(
        letters(&["--select", "tokens", "--ignore", "hf-org-token"]),
        "ac"
    );
}

#[test]
fn a_severity_of_the_configuration_counts_for_the_exit_code() {
    let tree = Tree::with("a.py", token(1));
    tree.file("hfscan.toml", "[severity]\nhf-user-token = 'note'\n");
    let run = tree.run(["--output-format", "json"]);
    assert_eq!(run.expect(0).findings()[0]["severity"], "note");
    tree.run(["--fail-on", "note"]).expect(1);
    assert_eq!(tree.places(&["--min-severity", "warning"]), []);
}
