//! Any text as a rule file: an error or a rule, and never a panic when the rule is used.

#![no_main]

use hfscan::engine::Engine;
use hfscan::input::Shown;
use hfscan::rule::{Load, RuleSet};
use hfscan::scan::{Policy, Scanner, examples};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("fuzzed-rule.toml"), text).expect("a file");
    let Ok(set) = RuleSet::load(&[folder.path().to_owned()], Load::ForScan) else {
        return;
    };
    let scanner = Scanner {
        engine: Engine::new(&set, vec![true; set.rules().len()], 0),
        policy: Policy::default(),
        shown: Shown::relative_to(None),
    };
    for rule in set.rules() {
        let _ = examples::check(&scanner, rule);
    }
});
