//! A token at any place of a file: it is found, or the scan says that it did not reach everything.

#![no_main]

use hfscan_fuzz::{SCANNER, TOKEN, check, is_incomplete};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, &[u8])| {
    let (at, carrier) = input;
    let at = usize::from(at) % (carrier.len() + 1);
    let (before, after) = carrier.split_at(at);
    let bytes = [before, b"\n", TOKEN.as_bytes(), b"\n", after].concat();
    let outcome = SCANNER.scan_bytes("a.bin", &bytes);
    check(&outcome, &bytes);
    let is_found = |rule: &str| matches!(rule, "hf-user-token" | "hf-ci-token" | "hf-legacy-token");
    let found = outcome.findings.iter().any(|finding| is_found(&finding.rule.id));
    assert!(found || is_incomplete(&outcome), "a false all-clear");
});
