//! Documents, images, packages and mail: streams of zlib inside them, and texts in runs.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::exactly;
use crate::support::{Run, Tree, plant, token};

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A scan of one file that finds one token, with the member that it is in.
#[track_caller]
fn member(name: &str, bytes: &[u8], number: u64) -> String {
    let run = scan(name, bytes);
    let findings = run.expect(1).findings();
    let sha = |number| {
        use sha2::Digest as _;
        let hash = sha2::Sha256::digest(token(number));
        hash.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    assert!(
        findings
            .iter()
            .all(|f| f["secret"]["sha256"] == sha(number)),
        "{findings:?}"
    );
    findings[0]["member"].as_str().unwrap_or("-").to_owned()
}

#[track_caller]
fn scan(name: &str, bytes: &[u8]) -> Run {
    let args = [
        "--isolated",
        "--select",
        "tokens",
        "--output-format",
        "json",
    ];
    Tree::with(name, bytes).run(args)
}

fn pdf(streams: &[&[u8]]) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    for (number, stream) in streams.iter().enumerate() {
        let head = format!(
            "{} 0 obj\n<</Length {}>>\nstream\r\n",
            number + 1,
            stream.len()
        );
        pdf.extend([head.as_bytes(), stream, b"\nendstream\nendobj\n"].concat());
    }
    [&pdf[..], b"trailer\n%%EOF\n"].concat()
}

#[test]
fn streams_of_a_document_are_opened() {
    let text = format!("BT /F1 12 Tf (HF_TOKEN={}) Tj ET", token(9400));
    let bytes = pdf(&[
        &zlib(b"q 1 0 0 1 0 0 cm"),
        b"\xff\xd8 an image",
        &zlib(text.as_bytes()),
    ]);
    assert_eq!(member("a.pdf", &bytes, 9400), "stream 2");
    // What is not packed is found in the document itself.
    let open = pdf(&[text.as_bytes()]);
    assert_eq!(member("b.pdf", &open, 9400), "-");
    // Letters that are moved apart.
    let token = token(9401);
    let (first, second) = token.split_at(17);
    let text = format!("BT [({first}) -20.5 ({second})] TJ ET");
    assert_eq!(
        member("c.pdf", &pdf(&[&zlib(text.as_bytes())]), 9401),
        "stream 1"
    );
}

#[test]
fn a_large_document_is_read_to_its_end() {
    let noise: Vec<u8> = (0..300_000_u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    let text = zlib(format!("BT ({}) Tj ET", token(9402)).as_bytes());
    let bytes = pdf(&[&noise, &zlib(&noise), &text]);
    assert_eq!(member("a.pdf", &bytes, 9402), "stream 2");
}

#[test]
fn texts_of_an_image_are_opened() {
    let chunk = |kind: &[u8], data: &[u8]| {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], kind, data, &[0; 4]].concat()
    };
    let text = zlib(token(9403).as_bytes());
    for names in [
        (&b"zTXt"[..], &b"prompt\0\0"[..]),
        (b"iTXt", b"workflow\0\x01\0en\0\0"),
    ] {
        let text = chunk(names.0, &[names.1, &text].concat());
        let png = [b"\x89PNG\r\n\x1a\n", &chunk(b"IHDR", &[0; 13])[..], &text].concat();
        assert_eq!(member("a.png", &png, 9403), "text 1");
    }
}

#[test]
fn objects_of_a_pack_are_opened() {
    let tree = Tree::with("a.env", format!("KEY={}\n", token(9404)));
    tree.git(["init", "-q", "-b", "main"]);
    tree.git(["add", "."]);
    tree.git(["commit", "-q", "-m", "a"]);
    tree.git(["bundle", "create", "-q", "b.bundle", "--all"]);
    let bundle = tree.read("b.bundle");
    assert!(member("b.bundle", &bundle, 9404).starts_with("object "));
    let pack = bundle
        .windows(4)
        .position(|window| window == b"PACK")
        .unwrap();
    assert!(member("b.pack", &bundle[pack..], 9404).starts_with("object "));
}

#[test]
fn a_debian_package_is_opened() {
    let mut tar = tar::Builder::new(Vec::new());
    let text = token(9405);
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    tar.append_data(&mut header, "etc/x.env", text.as_bytes())
        .unwrap();
    let tar = zstd::encode_all(&*tar.into_inner().unwrap(), 3).unwrap();
    let head = |name: &str, size: usize| {
        format!(
            "{name:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n",
            0, 0, 0, 100_644
        )
    };
    let mut deb = b"!<arch>\n".to_vec();
    for (name, bytes) in [("debian-binary", &b"2.0\n"[..]), ("data.tar.zst", &tar)] {
        deb.extend(head(name, bytes.len()).bytes());
        deb.extend(bytes);
        deb.extend(if bytes.len() % 2 == 1 {
            &b"\n"[..]
        } else {
            b""
        });
    }
    assert_eq!(member("a.deb", &deb, 9405), "data.tar.zst!etc/x.env");
}

#[test]
fn runs_of_a_text_are_joined() {
    let (first, second) = (token(9406)[..20].to_owned(), token(9406)[20..].to_owned());
    let look =
        r#"<w:rPr><w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/><w:sz w:val="20"/></w:rPr>"#;
    let xml = format!(
        "<w:p><w:r><w:t>key {first}</w:t></w:r><w:r w:rsidR=\"00A\">{look}<w:t xml:space=\"preserve\">{second}</w:t></w:r></w:p>"
    );
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(
        "word/document.xml",
        zip::write::SimpleFileOptions::default(),
    )
    .unwrap();
    zip.write_all(xml.as_bytes()).unwrap();
    let docx = zip.finish().unwrap().into_inner();
    assert_eq!(member("a.docx", &docx, 9406), "word/document.xml");
}

#[test]
fn lines_of_mail_are_joined() {
    for at in 1..36 {
        let token = token(9407);
        let (first, second) = token.split_at(at);
        for feed in ["=\n", "=\r\n"] {
            let text = format!(
                "Content-Transfer-Encoding: quoted-printable\n\nHF_TOKEN=3D {first}{feed}{second} thanks\n"
            );
            assert_eq!(member("a.eml", text.as_bytes(), 9407), "-", "{at}");
        }
    }
}

#[test]
fn wide_characters_of_either_order() {
    let (text, places) = plant("line\nkey = \"@\"\n", 9408);
    let wide = |unit: fn(u32) -> [u8; 4]| {
        text.chars()
            .flat_map(|c| unit(c.into()))
            .collect::<Vec<u8>>()
    };
    let places: Vec<_> = places
        .iter()
        .map(|(start, end)| (start * 4, end * 4))
        .collect();
    exactly("a.txt", &wide(u32::to_le_bytes), &places);
    exactly("a.txt", &wide(u32::to_be_bytes), &places);
}

#[test]
fn hexadecimal_of_either_case() {
    for upper in [false, true] {
        let hex: String = token(9409)
            .bytes()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let hex = if upper { hex.to_ascii_uppercase() } else { hex };
        let text = format!("HEX={hex}\n");
        exactly("a.txt", text.as_bytes(), &[(4, 4 + hex.len())]);
    }
}

#[test]
fn underscores_are_escaped_in_many_ways() {
    for escape in [
        "\\_", "&#95;", "&#x5F;", "&lowbar;", "=5F", "%255F", "%25255f", "\\u{5f}",
    ] {
        let written = token(9410).replacen('_', escape, 1);
        let text = format!("the key {written} is here\n");
        exactly("a.md", text.as_bytes(), &[(8, 8 + written.len())]);
    }
}

#[test]
fn pieces_in_boxes_and_events() {
    let whole = token(9411);
    let (a, rest) = whole.split_at(13);
    let (b, c) = rest.split_at(12);
    let event = |text: &str| {
        format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
    };
    let record = |text: &str| format!("{{\"log\": \"{text}\", \"stream\": \"stdout\"}}\n");
    let long = "x".repeat(3000);
    for text in [
        format!("│ config = '{a}{b} │\n│ {c}', 1           │\n"),
        format!("| config = '{a}{b} |\n| {c}', 1           |\n"),
        format!("│ hub_token │ {a}{b} │\n│           │ {c}            │\n"),
        [event(a), event(b), event(c)].concat(),
        [
            record(&format!("{long} {a}{b}")),
            record(&format!("{c}\\n")),
        ]
        .concat(),
    ] {
        let run = scan("train.log", text.as_bytes());
        assert_eq!(run.expect(1).findings().len(), 1, "{text}");
    }
}

#[test]
fn the_next_member_of_json_is_no_part_of_a_token() {
    let text = format!(
        "{{\"refresh_token\":\"hf_oauth__refresh_{}\",\"expires_at\":1}}",
        &token(9412)[3..]
    );
    assert_eq!(
        scan("o.json", text.as_bytes()).expect(1).findings().len(),
        1
    );
}

#[test]
fn a_brotli_stream_is_known_by_its_name() {
    // A stream of one block that is not compressed: its length less one, then its bytes.
    let text = format!("key = \"{}\" é\n", token(9413));
    let length = u32::try_from(text.len() - 1).unwrap();
    // One bit for the window, four digits of the length, and that it is stored.
    let bits = length << 4 | 1 << 20;
    let bytes = bits.to_le_bytes();
    let stream = [&bytes[..3], text.as_bytes(), &[0b11]].concat();
    assert_eq!(member("app.js.br", &stream, 9413), "app.js");
    let run = scan("app.js.br", &stream[..stream.len() - 30]);
    run.expect(2);
    Tree::with("a.br", &stream)
        .run(["redact", "a.br"])
        .expect(2)
        .says("Brotli stream is not opened");
}
