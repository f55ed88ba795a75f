//! `hfscan redact`: nothing of a credential is left, and everything else is as it was.

mod all;
mod archives;
mod json;

use std::io::Write as _;
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::{PATIENCE, Tree, lines_of, plant, token};

/// The copy of a text.
#[track_caller]
fn redacted(text: impl Into<Vec<u8>>) -> Vec<u8> {
    let run = Tree::new().run_with(["redact", "-q"], text);
    run.expect(0);
    assert_eq!(run.err(), "");
    run.stdout
}

#[track_caller]
fn redacted_text(text: &str) -> String {
    String::from_utf8(redacted(text)).unwrap()
}

/// Replaces each mark by `@`.
fn unmarked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("hf_[redacted:") {
        let end = at + rest[at..].find(']').unwrap() + 1;
        assert_eq!(end - at, "hf_[redacted:0123]".len(), "{rest}");
        out.push_str(&rest[..at]);
        out.push('@');
        rest = &rest[end..];
    }
    out + rest
}

#[test]
fn tokens_become_marks_and_the_rest_stays() {
    let text =
        "a @ b\r\n{\"t\": \"@\", \"u\": \"x\\n@\\n\"}\nhttps://u:@;hf.co \x1b[1m@\x1b[0m\u{fffd}@";
    let (planted, places) = plant(text, 600);
    assert_eq!(places.len(), 6);
    let copy = redacted_text(&planted);
    assert_eq!(unmarked(&copy), text);
    let line = copy.lines().nth(1).unwrap();
    serde_json::from_str::<serde_json::Value>(line).unwrap();
    // A copy has nothing left to redact.
    assert_eq!(redacted_text(&copy), copy);
}

#[test]
fn the_same_token_has_the_same_mark_in_one_run() {
    let text = format!("{0} {1} {0}\n", token(1), token(2));
    let tree = Tree::with("a.log", &text);
    tree.file("b.log", &text);
    let run = tree.run(["redact", "a.log", "b.log"]);
    let out = run.expect(0).out();
    let marks: Vec<&str> = out.split_whitespace().collect();
    assert_eq!(marks[0], marks[2]);
    assert_ne!(marks[0], marks[1]);
    assert_eq!(marks[..3], marks[3..]);
    run.says("a.log: 3 credentials redacted");
    // Who knows a mark cannot try tokens against it.
    assert_ne!(redacted_text(&text), redacted_text(&text));
}

#[test]
fn pieces_are_covered_and_what_parts_them_stays() {
    let body = token(3).replace("hf_", "");
    let (a, b) = body.split_at(13);
    for (text, wanted) in [
        (format!("x = 'hf_{a}' + '{b}'\n"), "x = '@' + ''\n"),
        (format!("x hf_{a}\n{b} y\n"), "x @\n y\n"),
        (format!("x hf_{a}\x1b[0m{b}\x1b[m\n"), "x @\x1b[0m\x1b[m\n"),
        (
            format!("1Z stdout P x hf_{a}\n2Z stdout F {b} y\n"),
            "1Z stdout P x @\n2Z stdout F  y\n",
        ),
        (format!("x hf%5F{body}"), "x @"),
        (format!("x {body} hf\n_{body}"), &format!("x {body} @\n")),
    ] {
        assert_eq!(unmarked(&redacted_text(&text)), wanted, "{text:?}");
    }
}

#[test]
fn encodings_are_covered() {
    let encoded = STANDARD.encode(format!("user:{} and so on", token(4)));
    let copy = redacted_text(&format!("Authorization: Basic {encoded}\n"));
    assert!(unmarked(&copy).contains('@'), "{copy}");
    let wide: Vec<u8> = format!("\u{feff}t={}\r\n", token(5))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let (pairs, rest) = (redacted(wide), ());
    let () = rest;
    let units: Vec<u16> = pairs
        .chunks(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    assert_eq!(
        unmarked(&String::from_utf16(&units).unwrap()),
        "\u{feff}t=@\r\n"
    );
}

#[test]
fn compressed_logs_stay_compressed() {
    use std::io::Read as _;
    let (text, _) = plant("x @ y\n", 610);
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    let mut copy = String::new();
    let packed = redacted(encoder.finish().unwrap());
    flate2::read::GzDecoder::new(&packed[..])
        .read_to_string(&mut copy)
        .unwrap();
    assert_eq!(unmarked(&copy), "x @ y\n");
    let packed = redacted(zstd::encode_all(text.as_bytes(), 1).unwrap());
    let copy = String::from_utf8(zstd::decode_all(&packed[..]).unwrap()).unwrap();
    assert_eq!(unmarked(&copy), "x @ y\n");
}

#[test]
fn what_cannot_be_redacted_fails() {
    let tree = Tree::with("a.7z", b"7z\xBC\xAF\x27\x1C and so on");
    tree.file("b.log", token(1));
    let run = tree.run(["redact", "a.7z", "gone", "b.log"]);
    run.expect(2)
        .says("a.7z: 7z archive is not opened")
        .says("gone: ");
    assert_eq!(unmarked(&run.out()), "@");
    tree.run(["redact", "--in-place"]).expect(2);
    let (text, _) = plant("x @ y\n", 610);
    let packed = zstd::encode_all(text.as_bytes(), 1).unwrap();
    let path = tree.file("c.zst", &packed[..packed.len() - 3]);
    tree.run(["redact", "--in-place", "c.zst"]).expect(2);
    assert_eq!(std::fs::read(path).unwrap(), packed[..packed.len() - 3]);
}

#[test]
fn check_writes_nothing() {
    let tree = Tree::with("a.log", token(1));
    tree.file(
        "b.log",
        "hf_hub_download hf_... HF_TOKEN=hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    );
    let run = tree.run(["redact", "--check", "a.log"]);
    assert_eq!(run.expect(1).out(), "");
    run.says("a.log: 1 credential to redact");
    tree.run(["redact", "--check", "b.log"]).expect(0);
    assert_eq!(tree.read("a.log"), token(1).as_bytes());
}

#[cfg(unix)]
#[test]
fn in_place_keeps_links_and_permissions() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let tree = Tree::with("a.log", format!("x {}\n", token(1)));
    let clean = tree
        .file("clean.log", "nothing\n")
        .metadata()
        .unwrap()
        .ino();
    let mode = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(tree.path("a.log"), mode).unwrap();
    std::os::unix::fs::symlink("a.log", tree.path("link.log")).unwrap();
    tree.run(["redact", "--in-place", "link.log", "clean.log"])
        .expect(0);
    assert!(
        tree.path("link.log")
            .symlink_metadata()
            .unwrap()
            .is_symlink()
    );
    let copy = String::from_utf8(tree.read("a.log")).unwrap();
    assert_eq!(unmarked(&copy), "x @\n");
    let meta = tree.path("a.log").metadata().unwrap();
    assert_eq!(meta.permissions().mode() & 0o777, 0o640);
    assert_eq!(tree.path("clean.log").metadata().unwrap().ino(), clean);
    assert_eq!(std::fs::read_dir(tree.root()).unwrap().count(), 3);
}

#[test]
fn lines_appear_while_the_stream_pauses() {
    let tree = Tree::new();
    let mut command = tree.command(["redact", "-q"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = lines_of(child.stdout.take().unwrap());
    let mut stdin = child.stdin.take().unwrap();
    let next = || unmarked(&lines.recv_timeout(PATIENCE).unwrap());
    let body = token(3).replace("hf_", "");
    let (a, b) = body.split_at(13);
    for (written, seen) in [
        ("starting up\n".to_owned(), vec!["starting up\n"]),
        (
            format!("t={} ok\nhf_hub is here\n", token(1)),
            vec!["t=@ ok\n", "hf_hub is here\n"],
        ),
        (format!("one\ncut hf_{a}\n"), vec!["one\n"]),
        (
            format!("{b} end\nx\ny\n"),
            vec!["cut @\n", " end\n", "x\n", "y\n"],
        ),
    ] {
        stdin.write_all(written.as_bytes()).unwrap();
        for line in seen {
            assert_eq!(next() + "\n", line);
        }
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}
