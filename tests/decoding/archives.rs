//! Archives and compressions, alone and inside each other.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::{Run, Tree, plant, token};

type Pack = fn(&[u8]) -> Vec<u8>;

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

pub(crate) fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub(crate) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = bzip2::read::BzEncoder::new(bytes, bzip2::Compression::fast());
    encoder.read_to_end(&mut out).unwrap();
    out
}

pub(crate) fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn tar(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, path, &bytes[..]).unwrap();
    }
    builder.into_inner().unwrap()
}

/// A zip as services write them: lengths stand behind the content.
pub(crate) fn zip(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    for (name, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Members, with the places of findings in them.
fn found(run: &Run) -> Vec<(String, u64)> {
    let place = |finding: &serde_json::Value| {
        let member = finding["member"].as_str().unwrap_or("-").to_owned();
        (member, finding["start"]["byte"].as_u64().unwrap())
    };
    run.findings().iter().map(place).collect()
}

fn scan(name: &str, bytes: &[u8]) -> Run {
    Tree::with(name, bytes).run([name, "--output-format", "json"])
}

#[test]
fn every_compression_is_opened() {
    let (text, places) = plant("line\nx = '@'\nand @\n", 300);
    let packings: [(&str, Pack); 5] = [
        ("gz", gzip),
        ("zst", zstd),
        ("xz", xz),
        ("bz2", bzip2),
        ("lz4", lz4),
    ];
    for (ending, pack) in packings {
        let run = scan(&format!("run.log.{ending}"), &pack(text.as_bytes()));
        let wanted = places
            .iter()
            .map(|(at, _)| ("run.log".to_owned(), *at as u64));
        assert_eq!(found(run.expect(1)), wanted.collect::<Vec<_>>(), "{ending}");
        assert_eq!(run.findings()[0]["start"]["line"], 2);
    }
}

#[test]
fn archives_name_their_members() {
    let text = |n| format!("x\n{}\n", token(n)).into_bytes();
    let inner = zip(&[("d/3.txt", text(3)), ("4.log.gz", gzip(&text(4)))]);
    let files = [
        ("1.txt", text(1)),
        ("d/2.txt", text(2)),
        ("in.zip", inner),
        ("empty", Vec::new()),
    ];
    let wanted = [
        "1.txt",
        "d/2.txt",
        "in.zip!4.log.gz!4.log",
        "in.zip!d/3.txt",
    ]
    .map(|member| (member.to_owned(), 2))
    .to_vec();
    for (name, bytes) in [
        ("a.tar", tar(&files)),
        ("a.tar.gz", gzip(&tar(&files))),
        ("a.txz", xz(&tar(&files))),
        ("a.tar.zst", zstd(&tar(&files))),
        ("logs.zip", zip(&files)),
        ("no-name", bzip2(&zip(&files))),
    ] {
        let run = scan(name, &bytes);
        let mut members = found(run.expect(1));
        members.sort();
        assert_eq!(members, wanted, "{name}");
        let piped = Tree::new().run_with(["-", "--output-format", "json"], bytes);
        assert_eq!(found(piped.expect(1)), found(&run), "{name}");
    }
}

#[test]
fn members_that_cannot_be_read_leave_the_rest() {
    let text = |n| token(n).into_bytes();
    let mut bytes = zip(&[("a", text(1)), ("b", text(2)), ("c", text(3))]);
    let second = bytes.windows(4).rposition(|w| w == b"PK\x07\x08").unwrap();
    let second = bytes[..second]
        .windows(4)
        .rposition(|w| w == b"PK\x03\x04")
        .unwrap();
    let first = bytes[..second]
        .windows(4)
        .rposition(|w| w == b"PK\x03\x04")
        .unwrap();
    // One is encrypted.
    bytes[first + 6] |= 1;
    let run = scan("a.zip", &bytes);
    let members: Vec<_> = found(run.expect(2)).into_iter().map(|(m, _)| m).collect();
    assert_eq!(members, ["a", "c"]);
    let error = run.json()["errors"][0].clone();
    assert_eq!(error["kind"], "unopened");
    let what =
        "b: encrypted file of a zip archive is not opened: unpack it, and scan what is in it";
    assert_eq!(error["message"], what);
}

#[test]
fn a_damaged_archive_is_scanned_all_the_same() {
    let files = [("a", token(1).into_bytes()), ("b", token(2).into_bytes())];
    let mut bytes = tar(&files);
    bytes[1024 + 5] ^= 1;
    let run = scan("a.tar", &bytes);
    let members: Vec<_> = found(run.expect(2)).into_iter().map(|(m, _)| m).collect();
    // What cannot be told apart any more is scanned as bytes of the archive.
    assert_eq!(members, ["-", "a"]);
    let cut = gzip(&tar(&files));
    let run = scan("a.tgz", &cut[..cut.len() - 12]);
    run.expect(2);
    assert_eq!(
        run.json()["errors"].as_array().unwrap().len(),
        1,
        "{}",
        run.out()
    );
}

#[test]
fn too_deep_is_said() {
    let mut bytes = token(1).into_bytes();
    for _ in 0..8 {
        bytes = gzip(&bytes);
    }
    assert_eq!(scan("a.gz", &bytes).expect(1).findings().len(), 1);
    let run = scan("a.gz", &gzip(&bytes));
    assert_eq!(run.expect(2).json()["errors"][0]["kind"], "limit");
}

#[test]
fn too_many_members_are_said() {
    let mut header = tar::Header::new_gnu();
    header.set_path("x").unwrap();
    header.set_size(0);
    header.set_cksum();
    let packed = zstd(&header.as_bytes().repeat(120_000));
    let run = scan("a.tar.zst", &packed);
    let errors = run.expect(2).json()["errors"].clone();
    assert_eq!(errors[0]["kind"], "limit");
    assert_eq!(errors.as_array().unwrap().len(), 1);
}

#[test]
fn a_bomb_in_an_archive_ends_it() {
    let zeros = vec![0; 80 << 20];
    let files = [
        ("a", token(1).into_bytes()),
        ("b", zeros),
        ("c", token(2).into_bytes()),
    ];
    let run = scan("a.zip", &zip(&files));
    assert_eq!(found(run.expect(2)), [("a".to_owned(), 0)]);
    let errors = run.json()["errors"].clone();
    assert_eq!(errors.as_array().unwrap().len(), 1, "{errors}");
    assert_eq!(errors[0]["kind"], "limit");
}

#[test]
fn many_small_archives_in_one() {
    let files: Vec<(String, Vec<u8>)> = (0..300)
        .map(|n| (format!("{n}.log.gz"), gzip(token(n).as_bytes())))
        .collect();
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(n, b)| (&**n, b.clone())).collect();
    let run = scan("a.tar", &tar(&files));
    // A few letters look like words, and are no tokens.
    assert!(run.expect(1).findings().len() > 290);
}
