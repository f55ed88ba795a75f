//! How fast texts of several kinds are scanned, from plain to hostile.

use std::time::UNIX_EPOCH;

use divan::Bencher;
use divan::counter::BytesCount;
use hfscan::{RuleSet, Scanner};

/// The size of each text, in bytes: about that of a window.
const SIZE: usize = 1 << 20;

fn main() {
    divan::main();
}

/// A text of a line over and over.
fn repeat(line: &str) -> Vec<u8> {
    line.bytes().cycle().take(SIZE).collect()
}

/// A body of 34 letters that looks random; put together here, so that no file holds a token.
fn body(seed: usize) -> String {
    let letters: Vec<char> = ('a'..='z').chain('A'..='Z').collect();
    (0..34)
        .map(|at: usize| letters[(seed * 7919 + at * at * 31 + at * 17) % letters.len()])
        .collect()
}

fn bench(bencher: Bencher<'_, '_>, text: &[u8]) {
    let Ok(rules) = RuleSet::built_in() else {
        return;
    };
    let scanner = Scanner::new(&rules, UNIX_EPOCH);
    bencher
        .counter(BytesCount::new(text.len()))
        .bench(|| scanner.scan_bytes("bench.txt", divan::black_box(text)));
}

#[divan::bench]
fn compile_rules() -> bool {
    let rules = RuleSet::built_in();
    let scanner = rules.map(|rules| Scanner::new(&rules, UNIX_EPOCH));
    scanner.is_ok()
}

#[divan::bench]
fn plain_text(bencher: Bencher<'_, '_>) {
    bench(
        bencher,
        &repeat("Some words of a text that nobody needs to hide, line after line.\n"),
    );
}

#[divan::bench]
fn source_code(bencher: Bencher<'_, '_>) {
    bench(
        bencher,
        &repeat(
            "    for (index, item) in items.iter().enumerate() { total += item.half_of(index); }\n",
        ),
    );
}

#[divan::bench]
fn binary(bencher: Bencher<'_, '_>) {
    let mut state = 1_u64;
    let bytes: Vec<u8> = (0..SIZE)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            state.to_be_bytes()[0]
        })
        .collect();
    bench(bencher, &bytes);
}

#[divan::bench]
fn many_names(bencher: Bencher<'_, '_>) {
    bench(
        bencher,
        &repeat("static int hf_servingcell_descriptor = -1; hf_hub_download(hf_jobs, 'hf_...');\n"),
    );
}

#[divan::bench]
fn many_near_misses(bencher: Bencher<'_, '_>) {
    let lines: String = (0..100)
        .map(|n| format!("x = 'hf_{}x'\n", body(n)))
        .collect();
    bench(bencher, &repeat(&lines));
}

#[divan::bench]
fn many_tokens(bencher: Bencher<'_, '_>) {
    let lines: String = (0..100)
        .map(|n| format!("x = 'hf_{}'\n", body(n)))
        .collect();
    bench(bencher, &repeat(&lines));
}

/// Texts that are made to keep the engine busy.
#[divan::bench(args = [
    "hf_", "hf_\"+\"", "aGZfb", "hf\\u005f", "h\0f\0_\0", "HFAK1234567 ", "hf_oauth_eyJ", "api_org_", "\x1b[0m", "hfscan: ",
    "create_webhook(", "HF_TOKEN=", "huggingface api_",
])]
fn hostile(bencher: Bencher<'_, '_>, piece: &str) {
    bench(bencher, &repeat(piece));
}
