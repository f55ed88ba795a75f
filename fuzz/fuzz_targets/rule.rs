//! Any text as a rule file: an error or a rule, and never a panic when the rule is used.

#![no_main]

use std::time::UNIX_EPOCH;

use hfscan::internals::examples;
use hfscan::{Load, RuleSet, Scanner};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("fuzzed-rule.toml"), text).expect("a file");
    let Ok(set) = RuleSet::load(&[folder.path().to_owned()], Load::ForScan) else {
        return;
    };
    let scanner = Scanner::new(&set, UNIX_EPOCH);
    for rule in set.rules() {
        let _ = examples::check(&scanner, rule);
    }
});
