//! Any bytes around a token as a notebook: no panic, and a cell for the token or none.

#![no_main]

use hfscan_fuzz::{SCANNER, TOKEN, check};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|halves: (&[u8], &[u8])| {
    let bytes = [halves.0, b" ", TOKEN.as_bytes(), b" ", halves.1].concat();
    let outcome = SCANNER.scan_bytes("a.ipynb", &bytes);
    check(&outcome, &bytes);
    for finding in &outcome.findings {
        let cell = &finding.location.cell;
        assert!(cell.as_ref().is_none_or(|cell| cell.number >= 1));
    }
});
