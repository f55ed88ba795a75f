//! zip archives of all kinds, made by hand.

use std::io::{Read as _, Write as _};

use flate2::Crc;

use super::Zip;
use crate::decode::{Budget, Source};

/// A member: header, content, and what stands behind.
fn member(name: &str, text: &[u8], method: u16, later: bool) -> Vec<u8> {
    let packed = match method {
        8 => {
            let mut encoder =
                flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        }
        93 => ::zstd::encode_all(text, 1).unwrap(),
        _ => text.to_vec(),
    };
    let mut crc = Crc::new();
    crc.update(text);
    let mut sums = crc.sum().to_le_bytes().to_vec();
    for length in [packed.len(), text.len()] {
        sums.extend(u32::try_from(length).unwrap().to_le_bytes());
    }
    let mut out = b"PK\x03\x04\x14\0".to_vec();
    out.extend([if later { 8 } else { 0 }, 0]);
    out.extend(method.to_le_bytes());
    out.extend([0; 4]);
    out.extend(if later { vec![0; 12] } else { sums.clone() });
    out.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
    out.extend([0, 0]);
    out.extend(name.bytes());
    out.extend(packed);
    if later {
        out.extend(b"PK\x07\x08");
        out.extend(sums);
    }
    out
}

/// The last record of an archive, which names nothing.
const END: &[u8] = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// The directory of members that stand at some places, and its last record.
fn directory(start: usize, members: &[(usize, u16)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (offset, method) in members {
        let mut entry = [0; 46];
        entry[..4].copy_from_slice(b"PK\x01\x02");
        entry[10..12].copy_from_slice(&method.to_le_bytes());
        entry[42..].copy_from_slice(&u32::try_from(*offset).unwrap().to_le_bytes());
        out.extend(entry);
    }
    let mut end = END.to_vec();
    end[16..20].copy_from_slice(&u32::try_from(start).unwrap().to_le_bytes());
    out.extend(end);
    out
}

fn read(bytes: &[u8]) -> Vec<(String, Result<String, String>)> {
    let budget = Budget::default();
    let mut source = Source::new(Vec::new(), Box::new(bytes), None);
    let mut zip = Zip::new(&mut source);
    let mut out = Vec::new();
    loop {
        let member = match zip.next_member() {
            Ok(Some(member)) => member,
            Ok(None) => return out,
            Err(error) => {
                out.push(("!".to_owned(), Err(error.to_string())));
                return out;
            }
        };
        let content = match member.closed {
            Some(why) => Err(why),
            None => {
                let mut text = String::new();
                let mut content = zip.content(&budget).unwrap();
                let read = content.read_to_string(&mut text);
                read.map(|_| text).map_err(|error| error.to_string())
            }
        };
        out.push((member.name, content));
    }
}

fn ok(name: &str, text: &str) -> (String, Result<String, String>) {
    (name.to_owned(), Ok(text.to_owned()))
}

#[test]
fn members_of_all_kinds() {
    let bytes = [
        member("a.txt", b"stored", 0, false),
        member("d/b.txt", b"deflated", 8, false),
        member("c.txt", b"streamed", 8, true),
        member("z.txt", b"zstd", 93, false),
        member("d/", b"", 0, false),
        END.to_vec(),
    ]
    .concat();
    assert_eq!(
        read(&bytes),
        [
            ok("a.txt", "stored"),
            ok("d/b.txt", "deflated"),
            ok("c.txt", "streamed"),
            ok("z.txt", "zstd"),
            ok("d/", "")
        ]
    );
}

#[test]
fn closed_and_damaged_members_leave_the_rest() {
    let mut secret = member("secret", b"xyz", 0, false);
    secret[6] = 1;
    let odd = member("odd", b"xyz", 14, false);
    let mut wrong = member("wrong", b"text", 8, false);
    let last = wrong.len() - 2;
    wrong[last] ^= 0x40;
    let fine = member("fine", b"text", 8, true);
    let end = END.to_vec();
    let found = read(&[secret, odd, wrong, fine, end].concat());
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["secret", "odd", "wrong", "fine"]);
    assert_eq!(
        found[0].1,
        Err("encrypted file of a zip archive".to_owned())
    );
    assert!(found[1].1.is_err() && found[2].1.is_err());
    assert_eq!(found[3], ok("fine", "text"));
}

#[test]
fn a_cut_archive_is_an_error() {
    let bytes = [
        member("a", b"one", 8, false),
        member("b", b"two two", 0, false),
    ]
    .concat();
    // What is shorter than a header is none.
    for cut in 30..bytes.len() {
        let found = read(&bytes[..cut]);
        assert!(found.iter().any(|(_, text)| text.is_err()), "{cut}");
    }
}

#[test]
fn members_are_found_wherever_they_stand() {
    let archive = |name: &str| [member(name, b"one", 8, true), END.to_vec()].concat();
    for gap in [
        &b""[..],
        b"?",
        b"PK\x05\x06",
        b"PK\x03\x04",
        &[b'?'; 300_000],
    ] {
        let bytes = [gap, &archive("a"), gap, &archive("b"), gap].concat();
        assert_eq!(
            read(&bytes),
            [ok("a", "one"), ok("b", "one")],
            "{}",
            gap.len()
        );
    }
}

#[test]
fn a_directory_that_names_something_else_is_an_error() {
    let bytes = member("a", b"one", 0, false);
    let start = bytes.len();
    let with = |named: &[(usize, u16)]| [&bytes[..], &directory(start, named)].concat();
    assert_eq!(read(&with(&[(0, 0)])), [ok("a", "one")]);
    // With something before it, all of it is moved.
    let moved = [b"#!/bin/sh\n", &with(&[(0, 0)])[..]].concat();
    assert_eq!(read(&moved), [ok("a", "one")]);
    for named in [&[(0, 8)][..], &[(0, 0), (7, 0)]] {
        let found = read(&with(named));
        assert!(
            found[1]
                .1
                .as_ref()
                .unwrap_err()
                .contains("its directory names 1 files")
        );
    }
}

#[test]
fn another_kind_of_archive_may_follow() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(b"text").unwrap();
    let packed = encoder.finish().unwrap();
    let bytes = [member("a", b"one", 0, false), END.to_vec(), packed.clone()].concat();
    let mut source = Source::new(Vec::new(), Box::new(&bytes[..]), None);
    let mut zip = Zip::new(&mut source);
    assert_eq!(zip.next_member().unwrap().unwrap().name, "a");
    assert_eq!(zip.next_member().unwrap(), None);
    let mut rest = Vec::new();
    source.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, packed);
}
