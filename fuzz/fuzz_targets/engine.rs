//! Any bytes, through the whole pipeline: no panic, and every place lies in the file.

#![no_main]

use hfscan_fuzz::SCANNER;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let outcome = SCANNER.scan_bytes("a.txt", bytes);
    for finding in &outcome.findings {
        let place = &finding.location;
        assert!(place.start.byte <= place.end.byte);
        assert!(place.origin.member.is_some() || place.end.byte <= bytes.len() as u64);
        assert!(
            finding
                .snippet
                .text
                .get(finding.snippet.highlight.clone())
                .is_some()
        );
        // What is shown holds nothing that would have to be hidden; a cut may part words.
        let text = &finding.snippet.text;
        assert!(SCANNER.masks(text.as_bytes()).is_empty(), "{text}");
    }
});
