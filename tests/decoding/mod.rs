//! Tokens are found through every encoding, at their exact bytes.

pub(crate) mod archives;

mod containers;
mod documents;
mod encodings;
mod files;
mod notebooks;
mod records;
mod tables;
mod windows;
mod wraps;

use crate::support::Tree;

/// The places that a scan of one file reports.
#[track_caller]
fn places(name: &str, bytes: &[u8]) -> Vec<(usize, usize)> {
    let tree = Tree::with(name, bytes);
    let run = tree.run([
        name,
        "--isolated",
        "--select",
        "tokens",
        "--output-format",
        "json",
    ]);
    assert!(run.err().is_empty(), "{}", run.err());
    assert_eq!(
        run.json()["errors"].as_array().unwrap().len(),
        0,
        "{}",
        run.out()
    );
    run.places()
        .into_iter()
        .map(|(_, start, end)| (start, end))
        .collect()
}

/// Asserts that exactly these bytes are found.
#[track_caller]
fn exactly(name: &str, bytes: &[u8], wanted: &[(usize, usize)]) {
    let found = places(name, bytes);
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(300)]);
    assert_eq!(found, wanted, "in {name}: {shown}");
}
