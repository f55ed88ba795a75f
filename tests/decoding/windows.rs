//! A file is read in windows; no token may fall between two of them.

use hfscan::internals::{LOOKBACK, REACH};

use crate::support::{Scan, Tree, token};

/// How much is read for the first window, and for each other, in bytes.
const FIRST: usize = 1 << 20;
const NEXT: usize = 128 << 10;

/// Places around which a border may lie: where windows end, and where the scan of them does.
fn borders() -> Vec<usize> {
    let ends = [FIRST, FIRST + NEXT];
    ends.into_iter()
        .flat_map(|end| [end - REACH - LOOKBACK, end - REACH, end])
        .collect()
}

#[test]
fn a_token_over_a_border_is_found_once() {
    let scan = Scan::new();
    let filler = b"nothing to see here\n".repeat(120_000);
    for border in borders() {
        for back in [0, 1, 2, 3, 4, 17, 35, 36, 37, 38, 40] {
            let mut text = filler.clone();
            let at = border - back;
            text[at - 1] = b' ';
            text[at..at + 37].copy_from_slice(token(1).as_bytes());
            text[at + 37] = b' ';
            assert_eq!(
                scan.places("a.txt", &text),
                [(at, at + 37)],
                "{border} - {back}"
            );
        }
    }
}

#[test]
fn lines_and_columns_go_on_over_a_border() {
    let line = "ä nothing to see here\n";
    let tree = Tree::new();
    for border in borders() {
        let lines = border / line.len();
        tree.file("a.txt", format!("{}ä {}\n", line.repeat(lines), token(1)));
        let run = tree.run(["--output-format", "json"]);
        let start = &run.expect(1).findings()[0]["start"];
        assert_eq!(start["line"], lines + 1);
        assert_eq!(start["column"], 3);
        assert_eq!(start["byte"], lines * line.len() + 3);
    }
}

#[test]
fn a_long_token_over_a_border() {
    let scan = Scan::new();
    let jws = format!(
        "hf_oauth_eyJ{}.{}.{}",
        "aBcD".repeat(10),
        "eFgH".repeat(400),
        "iJkL".repeat(30)
    );
    let filler = vec![b'.'; 3 * FIRST];
    for border in borders() {
        for back in [0, 9, 100, 1000, jws.len() - 1, jws.len()] {
            let mut text = filler.clone();
            let at = border - back;
            text[at - 1] = b'"';
            text[at..at + jws.len()].copy_from_slice(jws.as_bytes());
            text[at + jws.len()] = b'"';
            assert_eq!(
                scan.places("a.txt", &text),
                [(at, at + jws.len())],
                "{border} - {back}"
            );
        }
    }
}

#[test]
fn a_comment_covers_its_line_over_a_border() {
    let tree = Tree::new();
    let comment = "# hfscan: ignore[hf-user-token]";
    for border in borders() {
        for back in [10, 45, 60] {
            let filler = "x\n".repeat((border - back) / 2);
            tree.file(
                "a.py",
                format!("{filler}'{}' {comment}\n{}", token(1), "y\n".repeat(20_000)),
            );
            let run = tree.run(["--output-format", "json"]);
            assert_eq!(run.expect(0).json()["suppressed"], 1, "{border} - {back}");
        }
    }
}

#[test]
fn utf16_over_a_border() {
    let scan = Scan::new();
    let wide: Vec<u8> = token(1).encode_utf16().flat_map(u16::to_le_bytes).collect();
    for border in borders() {
        for back in [0, 1, 2, 37, 73, 74] {
            let mut text: Vec<u8> = "x "
                .repeat(FIRST)
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect();
            // After a space, and on an even byte.
            let at = (border - back) & !3;
            text[at..at + wide.len()].copy_from_slice(&wide);
            let after = at + wide.len();
            text[after..after + 2].copy_from_slice(b" \0");
            assert_eq!(
                scan.places("a.txt", &text),
                [(at, after)],
                "{border} - {back}"
            );
        }
    }
}
