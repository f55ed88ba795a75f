//! What holds packed bytes and is not opened: archives, compressions, and files of data or documents
//! whose parts are compressed. It is known so that it can be named.

/// How such files begin, and what they are called.
const HEADS: [(&[u8], &str); 24] = [
    (b"7z\xBC\xAF\x27\x1C", "7z archive"),
    (b"Rar!\x1A\x07", "RAR archive"),
    (b"LZIP\x01", "lzip stream"),
    (b"\x89LZO\0\r\n\x1A\n", "lzop stream"),
    (b"LRZI", "lrzip stream"),
    (b"\xFF\x06\0\0sNaPpY", "Snappy stream"),
    (b"zPQ\x01", "ZPAQ archive"),
    (b"zPQ\x02", "ZPAQ archive"),
    (b"7kSt", "ZPAQ archive"),
    (b"MSCF\0\0\0\0", "Windows cabinet"),
    (b"ISc(", "InstallShield cabinet"),
    (b"xar!", "xar archive"),
    (b"StuffIt ", "StuffIt archive"),
    (b"SIT!", "StuffIt archive"),
    (b"bvx1", "LZFSE stream"),
    (b"bvx2", "LZFSE stream"),
    (b"bvxn", "LZFSE stream"),
    (b"\xED\xAB\xEE\xDB", "RPM package"),
    (b"hsqs", "SquashFS image"),
    (b"sqsh", "SquashFS image"),
    (b"{\\rtf1", "RTF document"),
    (b"PAR1", "Parquet file"),
    (b"PARE", "encrypted Parquet file"),
    (b"FEA1", "Feather file of the first version"),
];

/// What a file is, by the beginning of its content.
pub(super) fn by_head(head: &[u8]) -> Option<&'static str> {
    let known = HEADS.iter().find(|(magic, _)| head.starts_with(magic));
    known.map(|(_, name)| *name).or_else(|| by_shape(head))
}

/// The same for what more than a few fixed bytes tell.
fn by_shape(head: &[u8]) -> Option<&'static str> {
    let has = |text: &[u8]| memchr::memmem::find(head, text).is_some();
    match head {
        // How many bits its codes have.
        [0x1F, 0x9D, flags, ..] if (9..=16).contains(&(flags & 0x1F)) && flags & 0x60 == 0 => {
            Some("compress stream")
        }
        [_, _, b'-', b'l', b'h' | b'z', _, b'-', ..] => Some("LHA archive"),
        [0x60, 0xEA, _, 0..=10, ..] => Some("ARJ archive"),
        [
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            b'*',
            b'*',
            b'A',
            b'C',
            b'E',
            b'*',
            b'*',
            ..,
        ] => Some("ACE archive"),
        // A word of text may begin so.
        [b'O', b'R', b'C', ..] if has(b"\0") => Some("ORC file"),
        [b'O', b'b', b'j', 1, ..] if has(b"avro.codec") && !has(b"null") => Some("Avro file"),
        _ => None,
    }
}

/// What a file is by its name, if its content says nothing: such streams have no mark of their own.
pub(super) fn by_name(name: &str, head: &[u8]) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    let stream = match extension {
        "snappy" | "sz" => "Snappy stream",
        "lzo" => "LZO stream",
        "lzf" => "LZF stream",
        "zpaq" => "ZPAQ archive",
        _ => return None,
    };
    is_packed(head).then_some(stream)
}

/// Whether a file is a Brotli stream by its name, and its content is no text.
pub(super) fn is_brotli(name: &str, head: &[u8]) -> bool {
    name.ends_with(".br") && is_packed(head)
}

fn is_packed(head: &[u8]) -> bool {
    let mut head = head.iter().take(super::HEAD);
    head.any(|byte| !byte.is_ascii() || *byte == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_opened_has_a_name() {
        for (head, name) in [
            (&b"7z\xBC\xAF\x27\x1C and so on"[..], "7z archive"),
            (b"\x1F\x9D\x90x", "compress stream"),
            (b"ORC\x11\0\0", "ORC file"),
            (b"Obj\x01\x04\x14avro.codec\x0edeflate", "Avro file"),
        ] {
            assert_eq!(by_head(head), Some(name));
        }
        for head in [
            &b"ORChestra"[..],
            b"Obj\x01\x04\x14avro.codec\x08null",
            b"\x1F\x9D\xFF",
            b"!<arch>\nfoo.o/",
            b"",
        ] {
            assert_eq!(by_head(head), None);
        }
        assert_eq!(by_name("a.lzo", b"\x1b\x03\xf8"), Some("LZO stream"));
        assert!(is_brotli("a/app.js.br", b"\x1b\x03\xf8"));
        assert!(!is_brotli("notes.br", b"plain text"));
    }
}
