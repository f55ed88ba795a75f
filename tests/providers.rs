//! Another provider, taught by a folder of rules and models alone: its key, its jobs, its login, its files.

use super::support::{Letters, Tree};

const ACME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/acme");

/// A key of the provider.
fn key() -> String {
    format!("acme_{}", Letters::new(7).take(32))
}

#[test]
fn its_examples_hold() {
    let run = Tree::new().run(["rules", "test", ACME]);
    let out = run.expect(0).out();
    assert!(out.ends_with(" examples of 8 rules, 0 failures\n"), "{out}");
}

#[test]
fn its_key_is_found_masked_and_redacted_like_any() {
    let key = key();
    let (first, rest) = key.split_at(20);
    let tree = Tree::with("a.py", format!("k = '{first}' \\\n  '{rest}'\n"));
    tree.file("b.md", format!("the key is {key}\n"));
    let run = tree.run([".", "--rules", ACME]);
    let out = run.expect(1).out();
    assert_eq!(out.matches("error[acme-key]").count(), 2, "{out}");
    assert!(out.contains("acme_") && !out.contains(rest), "{out}");
    let copy = tree.run(["redact", "--rules", ACME, "b.md"]);
    let copy = copy.expect(0).out();
    assert!(copy.starts_with("the key is acme_[redacted:"), "{copy}");
    // Without its rules, it is nothing.
    tree.run(["."]).expect(0);
}

#[test]
fn its_words_mean_nothing_without_its_models() {
    let tree = Tree::with("a.sh", "acme jobs run -e ACME_API_KEY=$ACME_API_KEY img\n");
    let run = tree.run([".", "--rules", ACME, "--output-format", "json"]);
    let rules: Vec<String> = run.rules().into_iter().map(|(_, rule)| rule).collect();
    assert_eq!(rules, ["acme-job-env"]);
    tree.run(["."]).expect(0);
}
