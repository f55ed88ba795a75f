//! Whole files: packed, binary, very long, very large.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::exactly;
use crate::support::{Tree, plant, token};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn gzip_is_opened_whatever_its_name() {
    let (text, places) = plant("line\nx = '@'\nand @\n", 200);
    for (name, member) in [
        ("run.log.gz", "run.log"),
        ("page.html", "content"),
        ("x.tgz", "x.tar"),
    ] {
        let tree = Tree::with(name, gzip(text.as_bytes()));
        let run = tree.run(["--output-format", "json"]);
        let found: Vec<_> = run
            .expect(1)
            .places()
            .into_iter()
            .map(|(_, a, b)| (a, b))
            .collect();
        assert_eq!(found, places);
        let finding = &run.findings()[0];
        assert_eq!(
            (&finding["path"], &finding["member"]),
            (&name.into(), &member.into())
        );
        assert_eq!(finding["start"]["line"], 2);
    }
}

#[test]
fn several_gzip_members_are_one_file() {
    let (text, places) = plant("a @\n", 201);
    let packed = [gzip(b"first\n"), gzip(text.as_bytes())].concat();
    let moved: Vec<_> = places.iter().map(|(a, b)| (a + 6, b + 6)).collect();
    exactly("a.gz", &packed, &moved);
}

#[test]
fn a_damaged_gzip_is_scanned_as_far_as_it_goes() {
    let noise: String = (0..4000).map(|n| token(n).replace("hf_", " ")).collect();
    let packed = gzip(format!("{}\n{noise}", token(5000)).as_bytes());
    let tree = Tree::with("a.gz", &packed[..packed.len() / 2]);
    let run = tree.run(["--output-format", "json"]);
    assert_eq!(run.expect(2).places(), [("a.gz".to_owned(), 0, 37)]);
    assert_eq!(run.json()["errors"][0]["kind"], "undecodable");
}

#[test]
fn a_bomb_is_no_pass() {
    let tree = Tree::with("a.gz", gzip(&vec![0; 80 << 20]));
    let run = tree.run(["--output-format", "json"]);
    assert_eq!(run.expect(2).json()["errors"][0]["kind"], "limit");
}

#[test]
fn archives_that_are_not_opened_are_counted() {
    let head = b"7z\xbc\xaf\x27\x1c";
    let tree = Tree::with("a.7z", [head, token(1).as_bytes()].concat());
    let run = tree.run(["--output-format", "json"]);
    // Their bytes are scanned as they are.
    assert_eq!(run.expect(1).places().len(), 1);
    assert_eq!(run.json()["summary"]["unopened"], 1);
    let unread = &run.json()["unread"][0];
    assert_eq!(
        (&unread["path"], &unread["what"]),
        (&"a.7z".into(), &"7z archive".into())
    );
}

#[test]
fn binary_files() {
    // As Python pickles a dictionary: a length before each text.
    let mut bytes = b"\x80\x04\x95\x44\0\0\0\0\0\0\0}\x94\x8c\x05token\x94\x8c\x25".to_vec();
    let at = bytes.len();
    bytes.extend(token(1).bytes());
    bytes.extend(b"\x94s.");
    exactly("a.pkl", &bytes, &[(at, at + 37)]);
    let noise: Vec<u8> = (0..=255).chain(0..=255).collect();
    let mut bytes = [&noise[..], b"\0"].concat();
    bytes.extend(token(2).bytes());
    bytes.push(0);
    bytes.extend(&noise);
    exactly("a.bin", &bytes, &[(513, 513 + 37)]);
    exactly(
        "a.jpg",
        &[b"\xff\xd8", token(3).as_bytes(), b"\xff\xd9"].concat(),
        &[(2, 39)],
    );
}

#[test]
fn broken_text_is_text() {
    let (text, places) = plant("x = '@'  # ", 202);
    let bytes = [b"\xff\xfe\xfd\xe2\x82 ", text.as_bytes(), b"\xf0\x9f"].concat();
    let moved: Vec<_> = places.iter().map(|(a, b)| (a + 6, b + 6)).collect();
    // The first two bytes are the mark of UTF-16, which this is not.
    exactly("a.py", &bytes, &moved);
    let mojibake = format!("print(\"βœ…\") # β€™ {}\r", token(203));
    let at = mojibake.len() - 38;
    exactly("a.txt", mojibake.as_bytes(), &[(at, at + 37)]);
}

#[test]
fn a_line_of_forty_megabytes() {
    let mut bytes = vec![b'x'; 40 << 20];
    let middle = 20 << 20;
    let near = middle + 1..middle + 38;
    bytes[middle] = b' ';
    bytes[near.clone()].copy_from_slice(token(1).as_bytes());
    bytes[near.end] = b' ';
    let end = bytes.len();
    bytes.push(b'"');
    bytes.extend(token(2).bytes());
    let tree = Tree::with("a.min.js", bytes);
    let run = tree.run(["--output-format", "json"]);
    let places: Vec<_> = run
        .expect(1)
        .places()
        .into_iter()
        .map(|(_, a, b)| (a, b))
        .collect();
    assert_eq!(places, [(near.start, near.end), (end + 1, end + 38)]);
    assert!(run.stdout.len() < 10_000, "snippets are cut");
    assert_eq!(run.findings()[1]["start"]["column"], end + 2);
    let text = tree.run(["a.min.js"]);
    assert!(text.expect(1).stdout.len() < 10_000);
}

#[test]
fn a_large_sparse_file() {
    let tree = Tree::new();
    let mut file = File::create(tree.path("disk.img")).unwrap();
    let at: u64 = 50 << 20;
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(token(1).as_bytes()).unwrap();
    let places = tree.places(&[]);
    let at = usize::try_from(at).unwrap();
    assert_eq!(places, [("disk.img".to_owned(), at, at + 37)]);
}

#[test]
fn too_many_findings_are_counted() {
    let text: String = (0..10_020).map(|n| token(n) + "\n").collect();
    let tree = Tree::with("a.txt", text);
    let run = tree.run(["--output-format", "json"]);
    assert_eq!(run.expect(2).places().len(), 10_000);
    assert_eq!(run.json()["errors"][0]["kind"], "limit");
}
