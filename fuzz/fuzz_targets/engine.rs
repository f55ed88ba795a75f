//! Any bytes, through the whole pipeline: no panic, and every place lies in the file.

#![no_main]

use hfscan_fuzz::{SCANNER, check};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    check(&SCANNER.scan_bytes("a.txt", bytes), bytes);
});
