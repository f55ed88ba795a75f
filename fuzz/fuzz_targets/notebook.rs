//! Any bytes around a token as a notebook: no panic, and a cell for the token or none.

#![no_main]

use std::sync::LazyLock;

use hfscan_fuzz::SCANNER;
use libfuzzer_sys::fuzz_target;

/// A token that is made when the target runs, for none may stand in the repository.
static TOKEN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let letters = (1_u32..=34).scan(7_u32, |state, at| {
        *state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345 + at);
        Some(b"aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ"[(*state >> 16) as usize % 52])
    });
    b"hf_".iter().copied().chain(letters).collect()
});

fuzz_target!(|halves: (&[u8], &[u8])| {
    let bytes = [halves.0, b" ", &TOKEN, b" ", halves.1].concat();
    let outcome = SCANNER.scan_bytes("a.ipynb", &bytes);
    for finding in &outcome.findings {
        let cell = &finding.location.cell;
        assert!(cell.as_ref().is_none_or(|cell| cell.number >= 1));
    }
});
