//! Archives: the tokens of all members go, and all else stays.

use std::io::{Cursor, Read as _, Seek, Write};

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, RngSeed};
use zip::write::{FileOptions, SimpleFileOptions};
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use hfscan::Filter;

use super::{redacted, unmarked};
use crate::decoding::archives::{gzip, tar, zstd};
use crate::support::{Run, Scan, Tree, plant, token};

/// A text with two tokens in place of its `@`.
const TEXT: &str = "x @ y\n{\"t\": \"@\"}\n";

/// A text with tokens.
fn dirty(seed: u64) -> Vec<u8> {
    plant(TEXT, seed).0.into_bytes()
}

/// What a member of a zip archive is, but for its content.
#[derive(Debug, PartialEq)]
struct Kind {
    name: String,
    method: CompressionMethod,
    mode: Option<u32>,
    time: Option<DateTime>,
    comment: String,
}

/// The members of a zip archive, with their contents.
fn unzipped(bytes: &[u8]) -> Vec<(Kind, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let member = |at: usize| {
        let mut file = archive.by_index(at).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        let kind = Kind {
            name: file.name().unwrap().into_owned(),
            method: file.compression(),
            mode: file.unix_mode(),
            time: file.last_modified(),
            comment: file.comment().to_owned(),
        };
        (kind, content)
    };
    (0..ZipArchive::new(Cursor::new(bytes)).unwrap().len())
        .map(member)
        .collect()
}

/// The packed bytes of a member.
fn packed(bytes: &[u8], name: &str) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let at = archive.index_for_name(name).unwrap();
    let mut content = Vec::new();
    let mut file = archive.by_index_raw(at).unwrap();
    file.read_to_end(&mut content).unwrap();
    content
}

fn fill<W: Write + Seek>(mut writer: ZipWriter<W>, first: CompressionMethod) -> W {
    let time = DateTime::from_date_and_time(2026, 11, 22, 20, 31, 10).unwrap();
    let plain = SimpleFileOptions::default().last_modified_time(time);
    let method = |method| plain.compression_method(method);
    let clean = b"nothing to see here\n".repeat(500);
    let all: [(&str, SimpleFileOptions, Vec<u8>); 8] = [
        ("stored.txt", method(first), dirty(1)),
        (
            "clean.log",
            method(CompressionMethod::Deflated).unix_permissions(0o600),
            clean,
        ),
        (
            "d/deflated.log",
            method(CompressionMethod::Deflated).unix_permissions(0o755),
            dirty(3),
        ),
        ("d/b.log", method(CompressionMethod::Bzip2), dirty(5)),
        ("d/z.log", method(CompressionMethod::Zstd), dirty(7)),
        ("large.log", plain.large_file(true), dirty(9)),
        ("in.log.gz", plain, gzip(&dirty(11))),
        (
            "in.tar.zst",
            plain,
            zstd(&tar(&[("a", dirty(13)), ("b", b"b".to_vec())])),
        ),
    ];
    writer.add_directory("d/", plain).unwrap();
    for (name, options, content) in all {
        writer.start_file(name, options).unwrap();
        writer.write_all(&content).unwrap();
    }
    let options = FileOptions::default().with_file_comment("a word");
    writer.start_file("e.txt", options).unwrap();
    writer.set_comment("of a run").unwrap();
    writer.finish().unwrap()
}

/// A zip archive with sizes before the contents.
fn zipped() -> Vec<u8> {
    let writer = ZipWriter::new(Cursor::new(Vec::new()));
    fill(writer, CompressionMethod::Stored).into_inner()
}

/// A zip archive with sizes behind the contents, as services write them.
fn streamed() -> Vec<u8> {
    let writer = ZipWriter::new_stream(Vec::new());
    fill(writer, CompressionMethod::Stored).into_inner()
}

#[track_caller]
fn is_clean(name: &str, bytes: &[u8]) {
    let tree = Tree::with(name, bytes);
    tree.run([name]).expect(0);
    tree.run(["redact", "--check", name]).expect(0);
}

#[test]
fn zip_archives_keep_all_but_their_tokens() {
    for bytes in [zipped(), streamed()] {
        let tree = Tree::with("a.zip", &bytes);
        let run = tree.run(["redact", "a.zip"]);
        run.expect(0).says("a.zip: 14 credentials redacted");
        let copy = run.stdout;
        is_clean("a.zip", &copy);
        let (before, after) = (unzipped(&bytes), unzipped(&copy));
        assert_eq!(before.len(), 10);
        for ((kind, content), (copied, redacted)) in before.iter().zip(&after) {
            assert_eq!(kind, copied);
            let name = &*kind.name;
            if name.ends_with(".log") && name != "clean.log" || name == "stored.txt" {
                let text = String::from_utf8(redacted.clone()).unwrap();
                assert_eq!(unmarked(&text), TEXT, "{name}");
            } else if !name.starts_with("in.") {
                assert_eq!(content, redacted, "{name}");
            }
        }
        assert_eq!(packed(&bytes, "clean.log"), packed(&copy, "clean.log"));
        let comment = |bytes: &[u8]| {
            ZipArchive::new(Cursor::new(bytes))
                .unwrap()
                .comment()
                .to_vec()
        };
        assert_eq!(comment(&copy), b"of a run");
        // The same from a stream, and in place.
        assert_eq!(unzipped(&redacted(bytes.clone())).len(), after.len());
        tree.run(["redact", "--check", "a.zip"]).expect(1);
        assert_eq!(tree.read("a.zip"), bytes);
        tree.run(["redact", "--in-place", "a.zip"]).expect(0);
        is_clean("a.zip", &tree.read("a.zip"));
    }
}

#[test]
fn marks_are_the_same_in_all_members() {
    let text = format!("t={}\n", token(1));
    let files = [
        ("a", text.clone().into_bytes()),
        ("b.gz", gzip(text.as_bytes())),
    ];
    let copy = redacted(tar(&files));
    let mut archive = tar::Archive::new(&copy[..]);
    let texts: Vec<String> = archive
        .entries()
        .unwrap()
        .map(|entry| {
            let mut content = Vec::new();
            entry.unwrap().read_to_end(&mut content).unwrap();
            let mut text = String::new();
            match content.first() {
                Some(0x1F) => flate2::read::GzDecoder::new(&content[..]).read_to_string(&mut text),
                _ => (&content[..]).read_to_string(&mut text),
            }
            .unwrap();
            text
        })
        .collect();
    assert_eq!(texts[0], texts[1]);
    assert_eq!(unmarked(&texts[0]), "t=@\n");
}

/// A tar archive with long names, links, folders and what only pax says.
fn tarred() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut file = |path: &str, size: u64, content: &[u8], records: Vec<(&str, String)>| {
        let records = records.iter().map(|(key, value)| (*key, value.as_bytes()));
        let records: Vec<_> = records.collect();
        if !records.is_empty() {
            builder.append_pax_extensions(records).unwrap();
        }
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o640);
        header.set_mtime(1_795_000_000);
        builder.append_data(&mut header, path, content).unwrap();
    };
    let long = format!("{}/run.log", "d/".repeat(120));
    let text = dirty(21);
    let size = text.len() as u64;
    file("a.log", size, &text, vec![]);
    file(&long, size, &dirty(23), vec![("mtime", "1.5".to_owned())]);
    file("clean", 4, b"text", vec![]);
    file("sized", size, &dirty(25), vec![("size", size.to_string())]);
    file("b.log.gz", gzip(&text).len() as u64, &gzip(&text), vec![]);
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    header.set_mode(0o777);
    header.set_mtime(0);
    builder.append_link(&mut header, "link", "a.log").unwrap();
    builder.into_inner().unwrap()
}

/// Path, link, mode, time and content of a member of a tar archive.
type Tarred = (String, Option<String>, u32, u64, Vec<u8>);

/// The members of a tar archive.
fn untarred(bytes: &[u8]) -> Vec<Tarred> {
    let mut archive = tar::Archive::new(bytes);
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let header = entry.header();
        (
            text(&entry.path_bytes()),
            entry.link_name_bytes().map(|name| text(&name)),
            header.mode().unwrap(),
            header.mtime().unwrap(),
            content,
        )
    });
    entries.collect()
}

#[test]
fn tar_archives_keep_all_but_their_tokens() {
    let bytes = tarred();
    let copy = redacted(bytes.clone());
    is_clean("a.tar", &copy);
    assert_eq!(copy.len() % 512, 0);
    let (before, after) = (untarred(&bytes), untarred(&copy));
    assert_eq!(before.len(), 6);
    for (was, is) in before.iter().zip(&after) {
        assert_eq!((&was.0, &was.1, was.2, was.3), (&is.0, &is.1, is.2, is.3));
        match &*was.0 {
            "clean" | "link" => assert_eq!(was.4, is.4),
            "b.log.gz" => assert!(is.4.starts_with(&[0x1F, 0x8B])),
            _ => assert_eq!(unmarked(&String::from_utf8(is.4.clone()).unwrap()), TEXT),
        }
    }
    for (name, bytes) in [("a.tgz", gzip(&bytes)), ("a.tar.zst", zstd(&bytes))] {
        let copy = redacted(bytes);
        is_clean(name, &copy);
    }
}

#[test]
fn what_holds_no_token_stays_byte_for_byte() {
    let clean = |name: &str| (name.to_owned(), b"hf_hub_download, and text\n".repeat(99));
    let files = [clean("a"), clean("d/b.log")];
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(n, t)| (&**n, t.clone())).collect();
    let tar = tar(&files);
    // Without the blocks at the end, and with what someone put behind.
    let cut = tar[..tar.len() - 1024].to_vec();
    let more = [&tar[..], b"and more"].concat();
    for bytes in [tar.clone(), cut, more, gzip(&tar)] {
        assert_eq!(redacted(bytes.clone()), bytes);
    }
    let pack = |mut writer: ZipWriter<Cursor<Vec<u8>>>| {
        for (name, text) in [("a.log", &tar), ("b.log", &gzip(&tar))] {
            writer
                .start_file(name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(text).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let zip = pack(ZipWriter::new(Cursor::new(Vec::new())));
    assert_eq!(redacted(zip.clone()), zip);
    assert_eq!(redacted(b"PK\x05\x06".to_vec()), b"PK\x05\x06");
}

/// What `redact` makes of an archive that it cannot redact as a whole.
fn in_part(name: &str, bytes: &[u8]) -> Run {
    let run = Tree::with(name, bytes).run(["redact", name]);
    run.expect(2);
    run
}

#[test]
fn members_that_cannot_be_read_are_said() {
    let mut bytes = zipped();
    let first = b"stored.txt";
    let at = bytes.windows(10).position(|w| w == first).unwrap();
    // One is damaged: its checksum is wrong.
    let name = b"d/deflated.log";
    let second = bytes.windows(14).position(|w| w == name).unwrap();
    bytes[second - 30 + 14] ^= 1;
    // One is of an unknown method.
    bytes[at - 30 + 8] = 97;
    let run = in_part("a.zip", &bytes);
    run.says("stored.txt: file of a zip archive with compression method 97 is not opened");
    run.says("d/deflated.log: zip: the checksum of a file is wrong");
    let tree = Tree::with("a.zip", &run.stdout);
    let members: Vec<_> = tree
        .run(["a.zip", "--output-format", "json"])
        .findings()
        .iter()
        .map(|finding| finding["member"].clone())
        .collect();
    assert_eq!(members, [""; 0], "{members:?}");
    let inner = gzip(&dirty(1));
    let cut = inner[..inner.len() - 9].to_vec();
    let run = in_part(
        "a.tar",
        &tar(&[("a", dirty(3)), ("b.gz", cut), ("c", dirty(5))]),
    );
    run.says("b.gz: ").says("a.tar: 6 credentials redacted");
    assert_eq!(
        tar::Archive::new(&run.stdout[..])
            .entries()
            .unwrap()
            .count(),
        3
    );
}

#[test]
fn an_archive_is_replaced_by_nothing_less() {
    let inner = gzip(&dirty(1));
    let cut = inner[..inner.len() - 9].to_vec();
    let bytes = tar(&[("a", dirty(3)), ("b.gz", cut)]);
    let tree = Tree::with("a.tar", &bytes);
    let run = tree.run(["redact", "--in-place", "a.tar"]);
    run.expect(2).says("the file stays as it is");
    assert_eq!(tree.read("a.tar"), bytes);
    // What is copied as it is is no loss.
    let bytes = tar(&[("a", dirty(3)), ("b.7z", b"7z\xBC\xAF\x27\x1C".to_vec())]);
    let tree = Tree::with("a.tar", &bytes);
    let run = tree.run(["redact", "--in-place", "a.tar"]);
    run.expect(2).says("a.tar: b.7z: 7z archive is not opened");
    is_clean("a.tar", &tree.read("a.tar")[..1024]);
}

#[test]
fn archives_that_end_too_soon_are_said() {
    for bytes in [zipped(), streamed(), tarred()] {
        for cut in (600..bytes.len() - 1024).step_by(97) {
            let run = Tree::new().run_with(["redact"], &bytes[..cut]);
            // A tar archive may end behind any member.
            assert!(run.code == 2 || bytes.starts_with(b"a.log"), "{cut}");
            let text = String::from_utf8_lossy(&run.stdout);
            for seed in [1, 2, 21, 22, 23, 24, 25, 26] {
                assert!(!text.contains(&token(seed)), "{cut}");
            }
        }
    }
}

#[test]
fn names_keep_their_length() {
    let name = format!("run-{}.log", token(1));
    let bytes = tar(&[(&name, b"x".to_vec()), ("b", dirty(1))]);
    let copy = redacted(bytes);
    let names: Vec<String> = tar::Archive::new(&copy[..])
        .entries()
        .unwrap()
        .map(|entry| entry.unwrap().path().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(names[0].len(), name.len());
    assert!(names[0].starts_with("run-hf_[redacted:"), "{}", names[0]);
    assert!(names[0].ends_with("***.log"));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    writer.start_file(&*name, options).unwrap();
    writer.set_comment(format!("of {}", token(1))).unwrap();
    let copy = redacted(writer.finish().unwrap().into_inner());
    let archive = ZipArchive::new(Cursor::new(&copy[..])).unwrap();
    let copied = archive.file_names().next().unwrap().unwrap();
    assert!(copied.starts_with("run-hf_[redacted:") && copied.ends_with(".log"));
    assert!(archive.comment().starts_with(b"of hf_[redacted:"));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(20_261_122),
        ..ProptestConfig::default()
    })]

    /// What is wrong with an archive is said, or the copy is clean.
    #[test]
    fn damage_is_never_silent(
        kind in 0..4_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        thread_local! {
            static SCAN: Scan = Scan::new();
            static ARCHIVES: [Vec<u8>; 4] = [zipped(), streamed(), tarred(), gzip(&tarred())];
        }
        let mut bytes = ARCHIVES.with(|all| all[kind].clone());
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        SCAN.with(|scan| {
            let mut out = Vec::new();
            let mut filter = Filter::new(scan.scanner(), [7; 32]);
            let copied = filter.copy("a", &bytes[..], &mut out);
            let said = filter.warnings();
            let left = scan.stream("a", &out[..]);
            let tokens = left.findings.iter().filter(|f| f.rule.family == "tokens").count();
            let silent = copied.is_ok() && said.is_empty();
            prop_assert!(!silent || tokens == 0, "{:?}", left.findings);
            Ok(())
        })?;
    }
}
