//! Streams of all kinds, packed here and unpacked again.

use std::io::Write;

use flate2::write::GzEncoder;

use super::*;
use crate::decode::{Counted, Packing, is_spent, sniff};

fn source(bytes: &[u8]) -> Source<'_> {
    Source::new(Vec::new(), Box::new(bytes), None)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    use lz4_flex::frame::{BlockSize, FrameEncoder, FrameInfo};
    let info = FrameInfo::new().block_size(BlockSize::Max64KB);
    let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    bzip2::read::BzEncoder::new(bytes, bzip2::Compression::fast())
        .read_to_end(&mut out)
        .unwrap();
    out
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn lzma(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::LzmaOptions::with_preset(1);
    let mut writer = lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, None).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

type Pack = fn(&[u8]) -> Vec<u8>;

const ALL: [(Compression, Pack); 7] = [
    (Compression::Gzip, gzip),
    (Compression::Zstd, zstd),
    (Compression::Xz, xz),
    (Compression::Bzip2, bzip2),
    (Compression::Lz4, lz4),
    (Compression::Lzma, lzma),
    (Compression::Zlib, zlib),
];

/// Whether several streams of a kind are one.
fn joins(kind: Compression) -> bool {
    !matches!(kind, Compression::Lzma | Compression::Zlib)
}

/// What a stream unpacks to, and what follows it.
fn unpacked(kind: Compression, packed: &[u8]) -> (String, Vec<u8>) {
    let budget = Budget::default();
    let mut source = source(packed);
    let mut out = String::new();
    let mut stream = unpack(kind, &mut source, &budget).unwrap();
    stream.read_to_string(&mut out).unwrap();
    drop(stream);
    let mut rest = Vec::new();
    source.read_to_end(&mut rest).unwrap();
    (out, rest)
}

#[test]
fn several_members_are_one_stream() {
    for (kind, pack) in ALL.into_iter().filter(|(kind, _)| joins(*kind)) {
        let packed = [pack(b"one "), pack(b""), pack(b"two")].concat();
        assert_eq!(sniff(&packed), Some(Packing::Compressed(kind)));
        assert_eq!(unpacked(kind, &packed), ("one two".to_owned(), vec![]));
    }
}

#[test]
fn what_follows_stays() {
    for (kind, pack) in ALL {
        assert_eq!(sniff(&pack(b"one")), Some(Packing::Compressed(kind)));
        for rest in [&b"text"[..], &[0x1F], b"\x1F\x8B", b"PK\x03\x04"] {
            let packed = [&pack(b"one"), rest].concat();
            let wanted = ("one".to_owned(), rest.to_vec());
            assert_eq!(unpacked(kind, &packed), wanted, "{kind:?}");
        }
    }
}

#[test]
fn padding_and_frames_to_skip_are_passed() {
    let skip = b"\x5a\x2a\x4d\x18\x03\0\0\0xyz";
    let pads: [(Compression, Pack, &[u8]); 4] = [
        (Compression::Gzip, gzip, &[0; 700]),
        (Compression::Xz, xz, &[0; 8]),
        (Compression::Zstd, zstd, skip),
        (Compression::Lz4, lz4, skip),
    ];
    for (kind, pack, pad) in pads {
        let packed = [&pack(b"one "), pad, pad, &pack(b"two"), pad, b"x"].concat();
        let wanted = ("one two".to_owned(), b"x".to_vec());
        assert_eq!(unpacked(kind, &packed), wanted, "{kind:?}");
    }
}

#[test]
fn short_streams_of_zlib_are_known_and_texts_are_none() {
    for text in [&b""[..], b"a", &[b'a'; 5000]] {
        assert!(is_zlib(&zlib(text)));
    }
    for text in [
        "x^2",
        "x^",
        "x\u{1}",
        "h\u{5}text",
        "x^2 + y^2 = z^2, as everybody knows",
    ] {
        assert!(!is_zlib(text.as_bytes()), "{text}");
    }
}

/// The form that the Linux kernel is packed in.
#[test]
fn the_first_form_of_lz4() {
    let block = lz4_flex::block::compress(b"one and one and one");
    let mut packed = b"\x02\x21\x4c\x18".to_vec();
    packed.extend(u32::try_from(block.len()).unwrap().to_le_bytes());
    packed.extend(block);
    let wanted = ("one and one and one".to_owned(), vec![]);
    assert_eq!(unpacked(Compression::Lz4, &packed), wanted);
}

#[test]
fn a_damaged_stream_gives_what_it_can_and_fails() {
    let text: Vec<u8> = (0..400_000_u32)
        .flat_map(|n| {
            (n.wrapping_mul(2_654_435_761) >> 20)
                .to_string()
                .into_bytes()
        })
        .collect();
    for (kind, pack) in ALL {
        let packed = pack(&text);
        let cut = &packed[..packed.len() - 20];
        let budget = Budget::default();
        let mut out = Vec::new();
        let mut source = source(cut);
        let mut stream = unpack(kind, &mut source, &budget).unwrap();
        let error = stream.read_to_end(&mut out).unwrap_err();
        assert!(error.to_string().starts_with(kind.name()), "{error}");
        assert!(!out.is_empty() && text.starts_with(&out), "{kind:?}");
    }
}

#[test]
fn a_bomb_is_stopped() {
    for (kind, pack) in ALL {
        let packed = pack(&vec![0; 200 << 20]);
        let budget = Budget::default();
        let counted = Box::new(Counted::new(&packed[..], &budget));
        let mut source = Source::new(Vec::new(), counted, None);
        let mut bomb = unpack(kind, &mut source, &budget).unwrap();
        let error = io::copy(&mut bomb, &mut io::sink());
        // LZ4 packs no better than 255 to 1.
        if kind == Compression::Lz4 {
            assert_eq!(error.unwrap(), 200 << 20);
        } else {
            assert!(is_spent(&error.unwrap_err()), "{kind:?}");
        }
    }
}

#[test]
fn the_name_inside() {
    for (kind, path, name) in [
        (Compression::Gzip, "a/run.log.gz", "run.log"),
        (Compression::Gzip, "x.TGZ", "x.tar"),
        (Compression::Gzip, ".gz", "content"),
        (Compression::Xz, "a.gz", "content"),
        (Compression::Zstd, "a.b.zst", "a.b"),
        (Compression::Lzma, "a.tlz", "a.tar"),
    ] {
        assert_eq!(kind.content_name(path), name);
    }
}
