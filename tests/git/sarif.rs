//! SARIF of history and of pull requests, as GitHub takes it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{commit, leak, repository};
use crate::support::{Tree, token};

/// What GitHub tells alerts apart by. It makes it itself of the lines of files that it has.
const LINE_HASH: &str = "primaryLocationLineHash";

fn results(tree: &Tree, args: &[&str]) -> Vec<Value> {
    let run = tree.run([args, &["--output-format", "sarif"]].concat());
    let log = run.expect(1).json();
    let run = &log["runs"][0];
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    run["results"].as_array().unwrap().clone()
}

/// The fingerprints of each file.
fn fingerprints(results: &[Value]) -> BTreeMap<String, Value> {
    let pair = |result: &Value| (uri(result), result["partialFingerprints"].clone());
    results.iter().map(pair).collect()
}

fn physical(result: &Value) -> &Value {
    &result["locations"][0]["physicalLocation"]
}

fn uri(result: &Value) -> String {
    let uri = physical(result)["artifactLocation"]["uri"].as_str();
    uri.unwrap().to_owned()
}

/// Asserts that each location is one that an upload takes: a path below the root of the repository,
/// with a line; and, where a line of the checkout is meant, that it is there.
#[track_caller]
fn is_fit_for_upload(tree: &Tree, results: &[Value]) {
    for result in results {
        let uri = uri(result);
        assert!(!uri.starts_with('/') && !uri.contains(':'), "{uri}");
        assert!(uri.split('/').all(|part| part != ".."), "{uri}");
        let base = &physical(result)["artifactLocation"]["uriBaseId"];
        assert_eq!(base, "%SRCROOT%");
        let line = physical(result)["region"]["startLine"].as_u64().unwrap();
        assert!(line > 0);
        let in_checkout = result["partialFingerprints"].get(LINE_HASH).is_none();
        if in_checkout {
            let text = String::from_utf8(tree.read(&uri)).unwrap();
            let line = text.lines().nth(usize::try_from(line).unwrap() - 1);
            assert!(line.unwrap().contains("hf_"), "{uri}: {line:?}");
        }
        assert_eq!(result["locations"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn history_fits_for_upload_and_keeps_its_fingerprints() {
    let tree = repository();
    let files = [
        ("old.py", &*leak(1)),
        ("a.py", &leak(2)),
        ("mended.py", &format!("x\n{}", leak(3))),
        ("moved.py", &leak(4)),
    ];
    commit(&tree, &files);
    let message = format!("with {}", token(5));
    tree.git(["commit", "-q", "--allow-empty", "-m", &message]);
    tree.git(["rm", "-q", "old.py"]);
    tree.git(["mv", "moved.py", "new.py"]);
    commit(&tree, &[("mended.py", "x\ny\n")]);
    let before = results(&tree, &["--history"]);
    is_fit_for_upload(&tree, &before);
    let hashed: Vec<String> = before
        .iter()
        .filter(|result| !result["partialFingerprints"][LINE_HASH].is_null())
        .map(uri)
        .collect();
    assert_eq!(hashed, ["%3Ccommit%20message%3E", "mended.py", "old.py"]);
    // An edit above each of them, as far as they are there.
    let text = format!("import os\n\n{}", leak(2));
    commit(&tree, &[("a.py", &text), ("mended.py", "w\nx\ny\n")]);
    let after = results(&tree, &["--history"]);
    is_fit_for_upload(&tree, &after);
    assert_eq!(fingerprints(&before), fingerprints(&after));
    let moved = after.iter().find(|result| uri(result) == "a.py").unwrap();
    assert_eq!(physical(moved)["region"]["startLine"], 3);
    assert_eq!(moved["properties"]["inHead"], true);
}

#[test]
fn a_pull_request_fits_for_upload_and_keeps_its_fingerprints() {
    let tree = repository();
    commit(&tree, &[("a.py", "x = 1\ny = 2\n")]);
    tree.git(["checkout", "-q", "-b", "topic"]);
    commit(&tree, &[("a.py", &format!("x = 1\n{}y = 2\n", leak(1)))]);
    commit(&tree, &[("sub/gone.py", &leak(2))]);
    tree.git(["rm", "-q", "sub/gone.py"]);
    commit(&tree, &[]);
    let before = results(&tree, &["--since", "main"]);
    is_fit_for_upload(&tree, &before);
    assert_eq!(before.len(), 2);
    commit(
        &tree,
        &[("a.py", &format!("# new\nx = 1\n{}y = 2\n", leak(1)))],
    );
    let after = results(&tree, &["--since", "main"]);
    is_fit_for_upload(&tree, &after);
    assert_eq!(fingerprints(&before), fingerprints(&after));
    let line = |results: &[Value]| physical(&results[0])["region"]["startLine"].clone();
    assert_eq!((line(&before), line(&after)), (2.into(), 3.into()));
}

#[test]
fn more_results_than_are_shown_are_said_in_fewer_words() {
    let tree = repository();
    let many: String = (0..5_100).map(leak).collect();
    commit(&tree, &[("a.py", &many)]);
    let results = results(&tree, &["--history"]);
    assert!(results.len() > 5_000, "{}", results.len());
    assert!(physical(&results[0]).get("contextRegion").is_none());
    is_fit_for_upload(&tree, &results);
}
