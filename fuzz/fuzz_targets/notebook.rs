//! Any bytes as a notebook: no panic, and a cell for any place or none.

#![no_main]

use hfscan::decode::Notebook;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(notebook) = Notebook::parse(bytes) else {
        return;
    };
    let step = (bytes.len() / 16).max(1);
    for at in (0..=bytes.len()).step_by(step) {
        if let Some(cell) = notebook.cell(bytes, at) {
            assert!(cell.number >= 1);
        }
    }
});
