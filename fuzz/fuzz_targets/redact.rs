//! Any bytes with a token in them, through the filter: if it says that all went well, its copy holds no token.

#![no_main]

use hfscan::Filter;
use hfscan_fuzz::{SCANNER, TOKEN, planted};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, &[u8])| {
    let (at, carrier) = input;
    let bytes = planted(at, carrier);
    let mut copy = Vec::new();
    let mut filter = Filter::new(&SCANNER, [7; 32]);
    let copied = filter.copy("a.bin", &*bytes, &mut copy);
    if copied.is_err() || !filter.warnings().is_empty() {
        return;
    }
    let holds = copy.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes());
    assert!(!holds, "a token passed");
    let mut again = Filter::new(&SCANNER, [7; 32]);
    again.copy("a.bin", &*copy, &mut std::io::sink()).expect("a copy is as good as its original");
    assert_eq!(again.redacted(), 0, "a copy has something to hide");
});
