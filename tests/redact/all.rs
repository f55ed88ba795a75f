//! All that a scan finds is redacted: every example of every rule, and every fixture.

use std::fs;

use hfscan::Filter;
use hfscan::Outcome;
use hfscan::RuleSet;

use crate::support::{Scan, files_below};

/// The findings that show a credential: those that hold it, and those of logs, which show that it is
/// one by what it is the value of.
fn shown(outcome: &Outcome) -> Vec<String> {
    let shows = ["log-env-dump", "log-weak-mask"];
    let findings = outcome.findings.iter();
    let showing = findings.filter(|f| f.secret.is_some() || shows.contains(&&*f.rule.id));
    showing
        .map(|f| format!("{} at {}", f.rule.id, f.location.start.byte))
        .collect()
}

/// Redacts a file, and asserts that nothing is left of its credentials. Returns whether it had any.
fn redacts(scan: &Scan, name: &str, bytes: &[u8], about: &str) -> bool {
    let before = shown(&scan.stream(name, bytes));
    let mut filter = Filter::new(scan.scanner(), [7; 32]);
    let mut copy = Vec::new();
    filter.copy(name, bytes, &mut copy).unwrap();
    assert!(filter.warnings().is_empty(), "{about}");
    let text = String::from_utf8_lossy(&copy);
    assert_eq!(
        shown(&scan.stream(name, &copy[..])),
        [""; 0],
        "{about}: {text}"
    );
    assert!(before.is_empty() || copy != bytes, "{about}");
    let mut again = Vec::new();
    filter.copy(name, &copy[..], &mut again).unwrap();
    assert!(
        again == copy,
        "{about}: {text}\n{}",
        String::from_utf8_lossy(&again)
    );
    !before.is_empty()
}

#[test]
fn every_example_of_every_rule() {
    let scan = Scan::all();
    let set = RuleSet::built_in_with_examples().unwrap();
    let mut with = 0;
    for rule in set.rules() {
        for (number, example) in (1..).zip(&rule.examples) {
            let expanded = example.expand().unwrap();
            let about = format!("{}, example {number}", rule.meta.id);
            with += usize::from(redacts(&scan, &example.file, &expanded.bytes, &about));
        }
    }
    assert!(with > 50, "{with}");
}

#[test]
fn every_fixture() {
    let scan = Scan::all();
    let mut with = 0;
    for path in files_below("fixtures") {
        let name = path.to_str().unwrap();
        with += usize::from(redacts(&scan, name, &fs::read(&path).unwrap(), name));
    }
    assert!(with > 5, "{with}");
}
