//! A token at any place of a file: it is found, or the scan says that it did not reach everything.

#![no_main]

use hfscan_fuzz::{SCANNER, check, is_incomplete, planted};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, &[u8])| {
    let (at, carrier) = input;
    let bytes = planted(at, carrier);
    let outcome = SCANNER.scan_bytes("a.bin", &bytes);
    check(&outcome, &bytes);
    let is_found = |rule: &str| matches!(rule, "hf-user-token" | "hf-ci-token" | "hf-legacy-token");
    let found = outcome.findings.iter().any(|finding| is_found(&finding.rule.id));
    assert!(found || is_incomplete(&outcome), "a false all-clear");
});
