//! zip archives of all kinds, made by hand.

use std::io::{Read as _, Write as _};

use flate2::Crc;

use super::{DESCRIPTOR, Zip};
use crate::decode::Budget;

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

fn read(bytes: &[u8]) -> Vec<(String, Result<String, String>)> {
    let budget = Budget::default();
    let mut zip = Zip::new(bytes);
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
        b"PK\x01\x02 directory".to_vec(),
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
    let end = b"PK\x05\x06".to_vec();
    let found = read(&[secret, odd, wrong, fine, end].concat());
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["secret", "odd", "wrong", "fine"]);
    assert_eq!(found[0].1, Err("it is encrypted".to_owned()));
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
    for cut in 5..bytes.len() {
        let found = read(&bytes[..cut]);
        assert!(found.iter().any(|(_, text)| text.is_err()), "{cut}");
    }
}

#[test]
fn bytes_between_members_are_noted() {
    let bytes = [
        member("a", b"one", 0, false),
        vec![b'?'; 100],
        member("b", b"two", 0, false),
        b"PK\x01\x02".to_vec(),
    ]
    .concat();
    assert_eq!(read(&bytes), [ok("a", "one"), ok("b", "two")]);
    let mut zip = Zip::new(&bytes[..]);
    zip.next_member().unwrap();
    assert_eq!(zip.next_member().unwrap().unwrap().gap, 100 - DESCRIPTOR);
}
