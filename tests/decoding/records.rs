//! Binary records: nothing parts a token from what stands beside it, and that may be a letter.

use super::{exactly, places};
use crate::support::{Letters, Tree, token};

/// Bytes with the token in place of `@`, and where it lies.
fn record(before: &[u8], after: &[u8], number: u64) -> (Vec<u8>, (usize, usize)) {
    let token = token(number);
    let place = (before.len(), before.len() + token.len());
    ([before, token.as_bytes(), after].concat(), place)
}

/// What stands before and after a text of 37 bytes in the formats that programs keep their settings in.
fn records() -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
    let all: Vec<(&str, &[u8], &[u8])> = vec![
        ("protocol-0.pkl", b"(dp0\nVhub_token\np1\nV", b"\np2\ns."),
        (
            "protocol-1.pkl",
            b"}q\0X\x09\0\0\0hub_tokenq\x01X\x25\0\0\0",
            b"q\x02s.",
        ),
        (
            "training_args.bin",
            b"\x80\x02}q\0X\x25\0\0\0",
            b"q\x02X\x02\0\0\0lrq\x03s.",
        ),
        ("python-2.pkl", b"\x80\x02}q\0U\x25", b"q\x02s."),
        (
            "a.pyc",
            b"\xcb\r\r\n\0\0\0\0\xe3\0\0\0\0z\x25",
            b"N)\x01\xda\x08HF_TOKEN",
        ),
        ("a.pb", b"\x0a\x25", b"J\x04next"),
        ("a.cbor", b"\xa2\x65token\x78\x25", b"\x61k\x01"),
        ("a.msgpack", b"\x82\xa5token\xd9\x25", b"\xa1k\x01"),
        (
            "a.plist",
            b"bplist00\xd1\x01\x02Wtoken\x5f\x10\x25",
            b"XmodelsX\x08\x0b",
        ),
        (
            "mlflow.db",
            b"SQLite format 3\0\x07\x04\x1f\x57\x4dhub_token",
            b"3f2a9c0d1e4b5a6978877665544332",
        ),
        ("a.arrow-raw", b"ARROW\0\0first row", b"Next row of text"),
        (
            "program",
            b"\x7fELF\x02\x01\0could not open the file",
            b"invalid digit found in string",
        ),
        (
            "model.gguf",
            b"GGUF\x03\0\0\0\x25\0\0\0\0\0\0\0",
            b"h\0\0\0\0\0\0\0key",
        ),
        (
            "events.out.tfevents.1",
            b"\x18\0\0\0\0\0\0\0\x12\x25",
            b"Z\x01x",
        ),
        (
            "model.safetensors",
            b"\x60\0\0\0\0\0\0\0{\"__metadata__\":{\"hub_token\":\"",
            b"\"}}\0\0\0\0",
        ),
        ("netstring.bencode", b"d5:token37:", b"5:valuei1ee"),
    ];
    let own = |(name, before, after): (&'static str, &[u8], &[u8])| {
        (name, before.to_vec(), after.to_vec())
    };
    all.into_iter().map(own).collect()
}

#[test]
fn a_token_is_found_in_every_record() {
    for (number, (name, before, after)) in (9100..).zip(records()) {
        let (bytes, place) = record(&before, &after, number);
        exactly(name, &bytes, &[place]);
    }
}

#[test]
fn a_copy_of_a_record_has_none_and_the_same_length() {
    for (number, (name, before, after)) in (9200..).zip(records()) {
        let (bytes, place) = record(&before, &after, number);
        let tree = Tree::with(name, &bytes);
        let run = tree.run(["redact", "-q", name]);
        if name.contains("tfevents") {
            // It has checksums.
            run.expect(2);
            continue;
        }
        tree.run(["redact", "-q", "--check", name]).expect(1);
        let copy = run.expect(0).stdout.clone();
        let (start, end) = place;
        if !name.ends_with("bencode") && !name.starts_with("protocol-0") {
            assert_eq!(copy.len(), bytes.len(), "{name}");
            assert_eq!(&copy[end..], &bytes[end..], "{name}");
        }
        assert_eq!(&copy[..start], &bytes[..start], "{name}");
        assert!(
            !copy
                .windows(20)
                .any(|window| bytes[start..end].windows(20).any(|t| t == window))
        );
    }
}

#[test]
fn a_length_ends_a_token_that_has_none() {
    let head = "hf_oauth_eyJhbGciOiJFZERTQSJ9";
    let mut letters = Letters::new(9300);
    let whole = format!("{head}.{}.{}", letters.take(80), letters.take(86));
    let length = u32::try_from(whole.len()).unwrap();
    let before = [b"\x80\x02}q\0X", &length.to_le_bytes()[..]].concat();
    let bytes = [&before[..], whole.as_bytes(), b"q\x02s."].concat();
    let place = (before.len(), before.len() + whole.len());
    exactly("a.pkl", &bytes, &[place]);
    // The text of the field may begin before it.
    let length = length + 7;
    let before = [b"\x80\x02}q\0X", &length.to_le_bytes()[..], b"Bearer "].concat();
    let bytes = [&before[..], whole.as_bytes(), b"q\x02s."].concat();
    let place = (before.len(), before.len() + whole.len());
    exactly("a.pkl", &bytes, &[place]);
}

#[test]
fn text_keeps_its_bounds() {
    for (before, after) in [("a", ""), ("", "a"), ("x_", ""), ("path", "Next")] {
        let (bytes, _) = record(before.as_bytes(), after.as_bytes(), 9301);
        assert_eq!(places("a.txt", &bytes), []);
        // One odd character far away makes no binary of a text.
        let far = [b"\x01", &b"a line of text\n".repeat(40)[..], &bytes].concat();
        assert_eq!(places("a.txt", &far), []);
        // Nor do the zeros before a log that was cut while it was written.
        let cut = [&[0; 600][..], &b"a line of text\n".repeat(40)[..], &bytes].concat();
        assert_eq!(places("a.log", &cut), []);
    }
}

#[test]
fn a_piece_of_something_random_is_no_token() {
    let mut letters = Letters::new(9302);
    let (before, after) = (letters.take(40), letters.take(40));
    let (bytes, _) = record(before.as_bytes(), after.as_bytes(), 9303);
    let bytes = [b"\x7fELF\0\0", &bytes[..]].concat();
    assert_eq!(places("program", &bytes), []);
    // As in a web token or an identifier, behind a hyphen.
    let text = format!("id={}-{after}\n", token(9304));
    assert_eq!(places("a.txt", text.as_bytes()), []);
}
