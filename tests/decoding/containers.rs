//! No byte of a container is lost: a token anywhere in one is found, or the scan says what it did not
//! read.
//!
//! Each kind of container is built with a token in every part that holds text; others are put over and
//! between its bytes, before and behind it; and some of all lie in a second container. The test draws
//! 10,000 such plants; `HFSCAN_PLANTS` asks for more.

use std::io::Write as _;

use flate2::{Compression, Crc, GzBuilder};
use hfscan::Filter;
use hfscan::Outcome;
use hfscan::internals::Secret;

use super::archives::{bzip2, gzip, lz4, xz, zstd};
use crate::support::{Letters, Scan, token};

/// Parts of a container that hold text.
#[derive(Clone, Debug)]
struct Parts {
    content: Vec<u8>,
    name: String,
    comment: String,
    extra: Vec<u8>,
    /// What stands between two members.
    gap: Vec<u8>,
}

/// Where a token is planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Content,
    Name,
    Comment,
    Extra,
    Gap,
    Before,
    Behind,
    /// Over bytes of the container.
    Over,
    /// Between bytes of the container.
    Between,
}

const CLASSES: [Class; 9] = [
    Class::Content,
    Class::Name,
    Class::Comment,
    Class::Extra,
    Class::Gap,
    Class::Before,
    Class::Behind,
    Class::Over,
    Class::Between,
];

type Build = fn(&Parts) -> Vec<u8>;

/// Every kind of container, and what a plain file is in comparison.
const KINDS: [(&str, Build); 25] = [
    ("a.bin", |parts| parts.content.clone()),
    ("stored.zip", |parts| zip(parts, Zip::default())),
    ("deflated.zip", |parts| zip(parts, Zip::method(8))),
    ("bzip2.zip", |parts| zip(parts, Zip::method(12))),
    ("zstd.zip", |parts| zip(parts, Zip::method(93))),
    ("streamed.zip", |parts| {
        zip(
            parts,
            Zip {
                later: true,
                ..Zip::method(8)
            },
        )
    }),
    ("open.zip", |parts| {
        zip(
            parts,
            Zip {
                later: true,
                ..Zip::method(0)
            },
        )
    }),
    ("large.zip", |parts| {
        zip(
            parts,
            Zip {
                wide: true,
                ..Zip::method(8)
            },
        )
    }),
    ("large-open.zip", |parts| {
        zip(
            parts,
            Zip {
                wide: true,
                later: true,
                method: 0,
            },
        )
    }),
    ("ustar.tar", |parts| tar(parts, ::tar::Header::new_ustar())),
    ("gnu.tar", |parts| tar(parts, ::tar::Header::new_gnu())),
    ("old.tar", |parts| tar(parts, ::tar::Header::new_old())),
    ("pax.tar", pax),
    ("members.gz", |parts| {
        let half = parts.content.len() / 2;
        let gap = if parts.gap.is_empty() {
            vec![0; 512]
        } else {
            parts.gap.clone()
        };
        [
            gzipped(parts, &parts.content[..half]),
            gap,
            gzipped(parts, &parts.content[half..]),
        ]
        .concat()
    }),
    ("stored.gz", |parts| {
        let mut encoder = GzBuilder::new().write(Vec::new(), Compression::none());
        encoder.write_all(&parts.content).unwrap();
        encoder.finish().unwrap()
    }),
    ("frames.zst", |parts| {
        let half = parts.content.len() / 2;
        let (a, b) = parts.content.split_at(half);
        [
            skippable(&parts.comment),
            zstd(a),
            skippable(&parts.name),
            zstd(b),
        ]
        .concat()
    }),
    ("streams.xz", |parts| {
        let (a, b) = parts.content.split_at(parts.content.len() / 2);
        [xz(a), vec![0; 64], xz(b), vec![0; 8]].concat()
    }),
    ("streams.bz2", |parts| {
        let (a, b) = parts.content.split_at(parts.content.len() / 2);
        [bzip2(a), bzip2(b)].concat()
    }),
    ("frames.lz4", |parts| {
        let (a, b) = parts.content.split_at(parts.content.len() / 2);
        [lz4(a), skippable(&parts.comment), lz4(b)].concat()
    }),
    ("first.lz4", |parts| {
        let block = lz4_flex::block::compress(&parts.content);
        let length = u32::try_from(block.len()).unwrap().to_le_bytes();
        [b"\x02\x21\x4c\x18", &length[..], &block].concat()
    }),
    ("a.zz", |parts| {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&parts.content).unwrap();
        encoder.finish().unwrap()
    }),
    ("a.lzma", |parts| {
        let options = lzma_rust2::LzmaOptions::with_preset(1);
        let mut writer =
            lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, None).unwrap();
        writer.write_all(&parts.content).unwrap();
        writer.finish().unwrap()
    }),
    ("a.pyz", |parts| {
        [b"#!/usr/bin/env python3\n", &zip(parts, Zip::method(8))[..]].concat()
    }),
    ("two.zip", |parts| {
        let one = Parts {
            content: b"nothing".to_vec(),
            ..parts.clone()
        };
        [
            zip(&one, Zip::method(8)),
            parts.gap.clone(),
            zip(parts, Zip::method(8)),
        ]
        .concat()
    }),
    ("mixed.bin", |parts| {
        [
            gzip(b"nothing"),
            zip(parts, Zip::default()),
            zstd(b"nothing"),
        ]
        .concat()
    }),
];

/// How a zip archive is written.
#[derive(Clone, Copy, Default)]
struct Zip {
    method: u16,
    /// Whether lengths stand behind the content.
    later: bool,
    /// Whether they have a field for large ones.
    wide: bool,
}

impl Zip {
    fn method(method: u16) -> Self {
        Self {
            method,
            ..Self::default()
        }
    }
}

/// A member of a zip archive as it is written.
struct Written {
    packed: Vec<u8>,
    /// The fields of headers from the method to the lengths, where those are known.
    fields: Vec<u8>,
    extra: Vec<u8>,
    /// What stands behind the content if lengths do.
    behind: Vec<u8>,
}

/// A number as a field of a header.
fn short(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap().to_le_bytes()
}

fn long(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap().to_le_bytes()
}

fn written(content: &[u8], extra: &[u8], how: Zip) -> Written {
    let packed = match how.method {
        8 => {
            let mut encoder =
                flate2::write::DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(content).unwrap();
            encoder.finish().unwrap()
        }
        12 => bzip2(content),
        93 => zstd(content),
        _ => content.to_vec(),
    };
    let mut crc = Crc::new();
    crc.update(content);
    let sum = crc.sum().to_le_bytes();
    let lengths = [packed.len(), content.len()];
    let (narrow, large) = (
        lengths.map(long),
        lengths.map(|length| (length as u64).to_le_bytes()),
    );
    let mut fields = [&how.method.to_le_bytes()[..], &[0; 4], &sum].concat();
    let mut behind = [b"PK\x07\x08", &sum[..]].concat();
    let mut fields_of_extra = Vec::new();
    if how.wide {
        let [packed, unpacked] = if how.later { [[0; 8]; 2] } else { large };
        // The unpacked one comes first.
        fields_of_extra.extend([&[1, 0, 16, 0][..], &unpacked, &packed].concat());
        fields.extend([0xFF; 8]);
        behind.extend(large.as_flattened());
    } else {
        fields.extend(narrow.as_flattened());
        behind.extend(narrow.as_flattened());
    }
    if !extra.is_empty() {
        fields_of_extra.extend([&[0x77; 2][..], &short(extra.len()), extra].concat());
    }
    Written {
        packed,
        fields,
        extra: fields_of_extra,
        behind,
    }
}

/// A zip archive of two members, written by hand: crates write no gaps.
fn zip(parts: &Parts, how: Zip) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for (name, content) in [
        ("first.txt", &b"nothing here"[..]),
        (&parts.name, &parts.content),
    ] {
        let at = out.len();
        let member = written(content, &parts.extra, how);
        let mut fields = member.fields.clone();
        if how.later {
            // The method and the time are known; large lengths have their mark.
            let known = if how.wide { 10 } else { 18 };
            fields[6..known].fill(0);
        }
        let flags = [45, 0, if how.later { 8 } else { 0 }, 0];
        let lengths = [short(name.len()), short(member.extra.len())];
        let names = [name.as_bytes(), &member.extra].concat();
        out.extend(
            [
                b"PK\x03\x04",
                &flags[..],
                &fields,
                lengths.as_flattened(),
                &names,
            ]
            .concat(),
        );
        out.extend(member.packed);
        if how.later {
            out.extend(member.behind);
        }
        out.extend(&parts.gap);
        directory.extend([b"PK\x01\x02\x2d\0", &flags[..], &member.fields].concat());
        directory.extend([lengths.as_flattened(), &short(parts.comment.len())].concat());
        directory.extend([&[0; 8][..], &long(at), &names, parts.comment.as_bytes()].concat());
    }
    let (at, length) = (out.len(), directory.len());
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0\x02\0\x02\0");
    out.extend([long(length), long(at)].as_flattened());
    out.extend(short(parts.comment.len()));
    out.extend(parts.comment.bytes());
    out
}

/// A tar archive of three members, one of them a link.
fn tar(parts: &Parts, mut header: ::tar::Header) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    let mut add = |name: &str, content: &[u8]| {
        header.set_size(content.len() as u64);
        header.set_entry_type(::tar::EntryType::Regular);
        builder.append_data(&mut header, name, content).unwrap();
    };
    add("first.txt", b"nothing here");
    add(&parts.name, &parts.content);
    header.set_size(0);
    header.set_entry_type(::tar::EntryType::Symlink);
    let target = if parts.comment.is_empty() {
        "first.txt"
    } else {
        &parts.comment
    };
    builder.append_link(&mut header, "link", target).unwrap();
    builder.into_inner().unwrap()
}

/// A tar archive whose members have records of pax.
fn pax(parts: &Parts) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    let records = [
        ("path", parts.name.as_bytes()),
        ("comment", parts.comment.as_bytes()),
        ("SCHILY.xattr.user.x", &parts.extra),
    ];
    builder.append_pax_extensions(records).unwrap();
    let mut header = ::tar::Header::new_ustar();
    header.set_size(parts.content.len() as u64);
    builder
        .append_data(&mut header, "short", &parts.content[..])
        .unwrap();
    builder.into_inner().unwrap()
}

/// A member of gzip with all that its header can say.
fn gzipped(parts: &Parts, content: &[u8]) -> Vec<u8> {
    let mut builder = GzBuilder::new().mtime(1);
    if !parts.name.is_empty() {
        builder = builder.filename(parts.name.as_bytes());
    }
    if !parts.comment.is_empty() {
        builder = builder.comment(parts.comment.as_bytes());
    }
    if !parts.extra.is_empty() {
        builder = builder.extra(parts.extra.clone());
    }
    let mut encoder = builder.write(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// A frame that decoders skip.
fn skippable(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap().to_le_bytes();
    [&b"\x5c\x2a\x4d\x18"[..], &length, text.as_bytes()].concat()
}

/// Text without credentials, of some length.
fn text(letters: &mut Letters, lines: u64) -> Vec<u8> {
    let line = |letters: &mut Letters| {
        let (word, number) = (letters.take(5), letters.next() % 1000);
        format!("step {number} of {word}: nothing to see here\n")
    };
    (0..lines)
        .map(|_| line(letters))
        .collect::<String>()
        .into_bytes()
}

/// The next number below a limit.
fn below(letters: &mut Letters, limit: usize) -> usize {
    usize::try_from(letters.next()).unwrap() % limit.max(1)
}

/// A container with a token at a place of this class.
fn plant(build: Build, class: Class, secret: &str, letters: &mut Letters) -> Vec<u8> {
    let lines = 1 + letters.next() % 80;
    let mut parts = Parts {
        content: text(letters, lines),
        name: "dir/second.txt".to_owned(),
        comment: String::new(),
        extra: Vec::new(),
        gap: Vec::new(),
    };
    let quoted = format!("\"{secret}\"");
    match class {
        Class::Content => {
            let at = below(letters, parts.content.len() + 1);
            parts.content.splice(at..at, quoted.bytes());
        }
        Class::Name => parts.name = format!("runs/{secret}/log"),
        Class::Comment => parts.comment = format!("by {secret}"),
        Class::Extra => parts.extra = quoted.clone().into_bytes(),
        Class::Gap => parts.gap = quoted.clone().into_bytes(),
        _ => {}
    }
    let mut bytes = build(&parts);
    let at = below(letters, bytes.len() + 1);
    match class {
        Class::Before => [quoted.into_bytes(), bytes].concat(),
        Class::Behind => [bytes, quoted.into_bytes()].concat(),
        Class::Over => {
            let end = (at + quoted.len()).min(bytes.len());
            bytes.splice(at..end, quoted.bytes());
            bytes
        }
        Class::Between => {
            bytes.splice(at..at, quoted.bytes());
            bytes
        }
        _ => bytes,
    }
}

/// Packs a container once more.
fn pack(bytes: &[u8], letters: &mut Letters) -> Vec<u8> {
    let parts = Parts {
        content: bytes.to_vec(),
        name: "inner".to_owned(),
        comment: String::new(),
        extra: Vec::new(),
        gap: Vec::new(),
    };
    match letters.next() % 5 {
        0 => gzip(bytes),
        1 => zstd(bytes),
        2 => zip(&parts, Zip::default()),
        3 => zip(
            &parts,
            Zip {
                later: true,
                ..Zip::method(8)
            },
        ),
        _ => tar(&parts, ::tar::Header::new_gnu()),
    }
}

fn is_found(outcome: &Outcome, secret: &str) -> bool {
    let hash = Secret::new(secret.as_bytes()).sha256();
    let mut secrets = outcome.findings.iter().filter_map(|f| f.secret.as_ref());
    secrets.any(|secret| secret.sha256.as_ref() == Some(&hash))
}

/// Whether a scan of what was named would end with 2.
fn is_said(outcome: &Outcome) -> bool {
    outcome
        .problems
        .iter()
        .any(|problem| problem.is_incomplete())
        || !outcome.unread.is_empty()
}

fn plants() -> usize {
    let asked = std::env::var("HFSCAN_PLANTS").ok();
    asked.and_then(|asked| asked.parse().ok()).unwrap_or(10_000)
}

#[test]
fn a_token_anywhere_in_a_container_is_found_or_said() {
    let scan = Scan::new();
    let mut letters = Letters::new(20_261_130);
    let (mut found, mut missing) = (0, 0);
    let all = plants();
    for number in 0..all {
        let (name, build) = KINDS[number % KINDS.len()];
        let class = CLASSES[number / KINDS.len() % CLASSES.len()];
        // Fewer than one of a thousand looks like words, and is none.
        let secret = loop {
            let secret = token(letters.next());
            if is_found(&scan.stream("x", secret.as_bytes()), &secret) {
                break secret;
            }
        };
        let mut bytes = plant(build, class, &secret, &mut letters);
        // Not every kind has every part.
        let packs = class == Class::Content;
        let planted = packs || memchr::memmem::find(&bytes, secret.as_bytes()).is_some();
        let deep = letters.next().is_multiple_of(3);
        if deep {
            bytes = pack(&bytes, &mut letters);
        }
        let outcome = scan.stream(name, &bytes[..]);
        let is_found = is_found(&outcome, &secret);
        assert!(
            is_found || is_said(&outcome) || !planted,
            "{name}, {class:?}, deep: {deep}, number {number}"
        );
        found += usize::from(is_found);
        missing += usize::from(planted && !is_found);
        if number % 20 == 0 {
            redacts(&scan, name, &bytes, (class, number));
        }
    }
    // Nearly all are found; what is said instead is damage.
    assert!(found > 50 * missing, "{found} found, {missing} not");
}

/// Asserts that a copy is clean, or that it is refused.
fn redacts(scan: &Scan, name: &str, bytes: &[u8], about: (Class, usize)) {
    let mut filter = Filter::new(scan.scanner(), [7; 32]);
    let mut copy = Vec::new();
    if filter.copy(name, bytes, &mut copy).is_err() || !filter.warnings().is_empty() {
        return;
    }
    let outcome = scan.stream(name, &copy[..]);
    let left = outcome
        .findings
        .iter()
        .filter(|f| f.secret.is_some())
        .count();
    assert_eq!(left, 0, "{name}, {about:?}");
    let mut again = Vec::new();
    filter.copy(name, &copy[..], &mut again).unwrap();
    assert!(again == copy, "{name}, {about:?}");
}

#[test]
fn large_containers_are_scanned_in_full() {
    let scan = Scan::new();
    let mut letters = Letters::new(4711);
    let filler: Vec<u8> = (0..3_u32 << 20)
        .map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap())
        .collect();
    for (name, build) in [KINDS[1], KINDS[2], KINDS[6], KINDS[9], KINDS[14], KINDS[22]] {
        for part in 0..4 {
            let secret = format!("\"{}\"", token(letters.next()));
            let mut parts = Parts {
                content: filler.clone(),
                name: "second".to_owned(),
                comment: String::new(),
                extra: Vec::new(),
                gap: Vec::new(),
            };
            let bytes = match part {
                0 => {
                    parts.comment = secret.clone();
                    build(&parts)
                }
                1 => [build(&parts), secret.clone().into_bytes()].concat(),
                2 => [filler.clone(), secret.clone().into_bytes(), build(&parts)].concat(),
                _ => {
                    parts.content.splice(2_000_000..2_000_000, secret.bytes());
                    build(&parts)
                }
            };
            let outcome = scan.stream(name, &bytes[..]);
            let secret = secret.trim_matches('"');
            let planted = part > 0 || memchr::memmem::find(&bytes, secret.as_bytes()).is_some();
            assert!(
                !planted || is_found(&outcome, secret) || is_said(&outcome),
                "{name}, part {part}"
            );
        }
    }
}

#[test]
fn a_credential_is_reported_once() {
    let scan = Scan::new();
    // What is packed may stand there as it is.
    let secret = token(5);
    for pack in [lz4, zstd, xz, gzip] {
        let outcome = scan.stream("a", &pack(format!("key = {secret}\n").as_bytes())[..]);
        assert_eq!(outcome.findings.len(), 1);
        assert!(outcome.findings[0].location.origin.member.is_some());
    }
}
