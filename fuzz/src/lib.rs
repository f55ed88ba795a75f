//! What the fuzz targets share.

use std::sync::LazyLock;
use std::time::UNIX_EPOCH;

use hfscan::{Outcome, Problem, RuleSet, Scanner};

/// A scanner with the built-in rules.
pub static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    let rules = RuleSet::built_in().expect("the rules are good");
    Scanner::new(&rules, UNIX_EPOCH)
});

/// A token that is made when the target runs, for none may stand in the repository.
pub static TOKEN: LazyLock<String> = LazyLock::new(|| {
    let letters = (1_u32..=34).scan(7_u32, |state, at| {
        *state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345 + at);
        let letters = b"aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ";
        Some(char::from(letters[(*state >> 16) as usize % 52]))
    });
    "hf_".chars().chain(letters).collect()
});

/// Names of files, one for each language that hfscan reads.
const NAMES: &str = include_str!("../names.txt");

/// The name that a number stands for.
#[must_use]
pub fn name(number: u8) -> &'static str {
    let names: Vec<&str> = NAMES.lines().collect();
    names[usize::from(number) % names.len()]
}

/// Asserts what is true of every scan: places lie in their file, and what is shown holds nothing that would have
/// to be hidden.
pub fn check(outcome: &Outcome, bytes: &[u8]) {
    for finding in &outcome.findings {
        let place = &finding.location;
        assert!(place.start.byte <= place.end.byte);
        let inside = place.origin.member.is_some() || place.table.is_some();
        assert!(inside || place.end.byte <= bytes.len() as u64);
        let snippet = &finding.snippet;
        assert!(snippet.text.get(snippet.highlight.clone()).is_some());
        let masks = SCANNER.masks(snippet.text.as_bytes());
        assert!(masks.is_empty(), "{}", snippet.text);
    }
}

/// Whether a scan says that it did not reach all of its input.
#[must_use]
pub fn is_incomplete(outcome: &Outcome) -> bool {
    outcome.problems.iter().any(Problem::is_incomplete) || !outcome.unread.is_empty()
}

/// A file with a token on a line of its own, at any place of what a fuzzer made up.
#[must_use]
pub fn planted(at: u16, carrier: &[u8]) -> Vec<u8> {
    let at = usize::from(at) % (carrier.len() + 1);
    let (before, after) = carrier.split_at(at);
    [before, b"\n", TOKEN.as_bytes(), b"\n", after].concat()
}
