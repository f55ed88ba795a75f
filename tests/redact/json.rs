//! JSON stays JSON, however deep its strings lie in strings.

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, RngSeed};
use serde_json::{Value, json};

use hfscan::Filter;

use super::unmarked;
use crate::support::{Scan, plant};

/// What stands beside a token in the strings of a trace. `@` is a token.
const PIECES: [&str; 16] = [
    "@",
    "\n@\n",
    "\"@\"",
    "'@'",
    "\t@\r\n",
    "HF_TOKEN=@\n",
    "export HF_TOKEN=\"@\" && hf upload",
    "Authorization: Bearer @",
    "\u{1b}[31m@\u{1b}[0m",
    "C:\\new\\@\\x",
    "https://user:\u{0}@\u{0}huggingface.co/x",
    "token=@&x=1",
    "é @ ü",
    "{'token': '@'}",
    "no token: hf_hub_download\n",
    "+ curl -H \"Authorization: Bearer @\" \\\n",
];

/// A value of a trace: texts, and texts that are JSON themselves.
fn value() -> impl Strategy<Value = Value> {
    let text = prop::collection::vec(prop::sample::select(&PIECES[..]), 1..4)
        .prop_map(|pieces| Value::String(pieces.join(" ")));
    text.prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            inner
                .clone()
                .prop_map(|value| Value::String(value.to_string())),
            inner
                .clone()
                .prop_map(|value| Value::String(serde_json::to_string_pretty(&value).unwrap())),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Value::Array),
            inner
                .clone()
                .prop_map(|value| json!({"type": "tool_result", "content": value, "code": 0})),
            inner.prop_map(|value| json!({"env": {"HF_TOKEN": "@", "PATH": "/bin"}, "out": value})),
        ]
    })
}

/// JSON in ASCII, as Python writes it by default.
fn ascii(text: &str) -> String {
    let letter = |c: char| match c {
        ' '..='~' => c.to_string(),
        _ => format!("\\u{:04x}", u32::from(c)),
    };
    text.chars().map(letter).collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(20_261_122),
        ..ProptestConfig::default()
    })]

    #[test]
    fn traces_stay_json(
        lines in prop::collection::vec((value(), any::<bool>()), 1..6),
        seed in 1_000_u64..1_000_000,
    ) {
        thread_local! { static SCAN: Scan = Scan::new(); }
        let lines = lines.iter().map(|(value, plain)| {
            let line = value.to_string();
            if *plain { line } else { ascii(&line) }
        });
        let template = lines.collect::<Vec<_>>().join("\n") + "\n";
        let (text, _) = plant(&template, seed);
        let copy = SCAN.with(|scan| {
            let mut out = Vec::new();
            let mut filter = Filter::new(scan.scanner(), [7; 32]);
            filter.copy("a.jsonl", text.as_bytes(), &mut out).unwrap();
            String::from_utf8(out).unwrap()
        });
        for line in copy.lines() {
            prop_assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
        }
        prop_assert_eq!(unmarked(&copy), template);
    }
}
