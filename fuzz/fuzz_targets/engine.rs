//! Any bytes, through the whole pipeline: no panic, and every place lies in the file.

#![no_main]

use std::sync::LazyLock;

use hfscan::engine::Engine;
use hfscan::input::Shown;
use hfscan::rule::RuleSet;
use hfscan::scan::{Policy, Progress, Scanner};
use libfuzzer_sys::fuzz_target;

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    let set = RuleSet::built_in().expect("the rules are good");
    let all = vec![true; set.rules().len()];
    Scanner {
        engine: Engine::new(&set, all, 0),
        policy: Policy::default(),
        shown: Shown::relative_to(None),
    }
});

fuzz_target!(|bytes: &[u8]| {
    let outcome = SCANNER.scan_stream("a.txt", bytes, &Progress::default());
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
        assert!(
            SCANNER.engine.masks(text.as_bytes(), 0).is_empty(),
            "{text}"
        );
    }
});
