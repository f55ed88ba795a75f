//! How fast the engine goes over texts of several kinds, from plain to hostile.

use divan::Bencher;
use divan::counter::BytesCount;
use hfscan::engine::{Engine, Input, Part};
use hfscan::rule::RuleSet;
use hfscan::source::Origin;

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
    let Ok(set) = RuleSet::built_in() else { return };
    let all = vec![true; set.rules().len()];
    let engine = Engine::new(&set, all, 0);
    let origin = Origin::file("bench.txt");
    let input = Input {
        text,
        start: 0,
        origin: &origin,
        part: Part::Whole,
    };
    bencher
        .counter(BytesCount::new(text.len()))
        .bench(|| engine.scan_file(divan::black_box(input), 0..text.len()));
}

#[divan::bench]
fn compile_rules() -> bool {
    let set = RuleSet::built_in();
    let engine = set.map(|set| Engine::new(&set, vec![true; set.rules().len()], 0));
    engine.is_ok()
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
