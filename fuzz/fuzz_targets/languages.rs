//! A text in each language that is parsed; the first byte says in which.

#![no_main]

use hfscan_fuzz::{SCANNER, check, name};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((number, bytes)) = input.split_first() else {
        return;
    };
    check(&SCANNER.scan_bytes(name(*number), bytes), bytes);
});
