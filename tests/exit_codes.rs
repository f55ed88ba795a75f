//! The exit code for each cause of "not scanned": in a walk, where the file is named, and under `--strict`.
//!
//! A walk passes what it counts and lists; what was asked for by name must be read.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::decoding::archives::{gzip, tar, zip, zstd};
use super::support::{FORMATS, Tree, token};

/// A cause: what lies in the tree, and the codes of `hfscan .`, `hfscan FILE`, `hfscan --strict .`.
struct Cause {
    name: &'static str,
    file: &'static str,
    bytes: fn() -> Vec<u8>,
    codes: [i32; 3],
    /// What is said where the code is 2.
    says: &'static str,
}

/// A zip archive whose first member has this byte changed, counted from its header.
fn changed_zip(at: usize, byte: u8) -> Vec<u8> {
    let mut bytes = zip(&[("a", b"one".to_vec()), ("b", b"two".to_vec())]);
    bytes[at] = byte;
    bytes
}

fn nested(depth: usize) -> Vec<u8> {
    (0..depth).fold(b"text".to_vec(), |bytes, _| gzip(&bytes))
}

/// A call that would be found, and a text that is too long to be parsed.
fn large() -> Vec<u8> {
    let call = "from huggingface_hub import run_job\nrun_job(env={\"HF_TOKEN\": t})\n";
    call.repeat(20_000).into_bytes()
}

const CAUSES: [Cause; 17] = [
    Cause {
        name: "nothing",
        file: "a.txt",
        bytes: || b"text".to_vec(),
        codes: [0, 0, 0],
        says: "",
    },
    Cause {
        name: "an archive that is not opened",
        file: "a.7z",
        bytes: || b"7z\xBC\xAF\x27\x1C and so on".to_vec(),
        codes: [0, 2, 2],
        says: "7z archive is not opened",
    },
    Cause {
        name: "such an archive in another",
        file: "a.tar",
        bytes: || tar(&[("b.rar", b"Rar!\x1A\x07\0".to_vec())]),
        codes: [0, 2, 2],
        says: "b.rar: RAR archive is not opened",
    },
    Cause {
        name: "an encrypted member",
        file: "a.zip",
        bytes: || changed_zip(6, 9),
        codes: [0, 2, 2],
        says: "a: encrypted file of a zip archive is not opened",
    },
    Cause {
        name: "a compression of zip that is not known",
        file: "a.zip",
        bytes: || changed_zip(8, 98),
        // Its directory says otherwise.
        codes: [2, 2, 2],
        says: "its directory names 1 files that are not where it says",
    },
    Cause {
        name: "a damaged stream",
        file: "a.gz",
        bytes: || {
            let bytes = gzip(b"text");
            bytes[..bytes.len() - 5].to_vec()
        },
        codes: [2, 2, 2],
        says: "gzip: ",
    },
    Cause {
        name: "an archive that is cut",
        file: "a.zip",
        bytes: || {
            let bytes = changed_zip(0, b'P');
            bytes[..bytes.len() - 30].to_vec()
        },
        codes: [2, 2, 2],
        says: "zip: it ends before its directory",
    },
    Cause {
        name: "a damaged header",
        file: "a.tar",
        bytes: || {
            let mut bytes = tar(&[("a", b"one".to_vec()), ("b", b"two".to_vec())]);
            bytes[1024] ^= 1;
            bytes
        },
        codes: [2, 2, 2],
        says: "tar: a header is damaged",
    },
    Cause {
        name: "too deep",
        file: "a.gz",
        bytes: || nested(9),
        codes: [2, 2, 2],
        says: "has archives or compressed files 8 deep",
    },
    Cause {
        name: "too large when unpacked",
        file: "a.gz",
        bytes: || {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&vec![0; 80 << 20]).unwrap();
            encoder.finish().unwrap()
        },
        codes: [2, 2, 2],
        says: "it unpacks to more than 500 times its size",
    },
    Cause {
        name: "too many members",
        file: "a.tar.zst",
        bytes: || {
            let mut header = ::tar::Header::new_gnu();
            header.set_path("x").unwrap();
            header.set_size(0);
            header.set_cksum();
            zstd(&header.as_bytes().repeat(100_001))
        },
        codes: [2, 2, 2],
        says: "it holds more than 100000 files",
    },
    Cause {
        name: "too many findings",
        file: "a.txt",
        bytes: || {
            (0..10_020)
                .map(|n| token(n) + "\n")
                .collect::<String>()
                .into_bytes()
        },
        codes: [2, 2, 2],
        says: "only the first 10000 are reported",
    },
    Cause {
        name: "too large to be parsed",
        file: "a.py",
        bytes: large,
        codes: [0, 0, 2],
        says: "large file was not parsed",
    },
    Cause {
        name: "configuration that is too large to be parsed",
        file: "Dockerfile",
        bytes: || {
            let layers = "RUN echo one more layer\n".repeat(60_000);
            format!("FROM a\n{layers}RUN huggingface-cli login\n").into_bytes()
        },
        codes: [2, 2, 2],
        says: "is configuration, and too large to be parsed",
    },
    Cause {
        name: "too deep to be parsed",
        file: "a.py",
        bytes: || {
            let call = "import huggingface_hub as h\nh.run_job(env={'HF_TOKEN': t})\n";
            format!("{call}x = {}{}\n", "[".repeat(5_000), "]".repeat(5_000)).into_bytes()
        },
        codes: [2, 2, 2],
        says: "exceeds a limit of parsing",
    },
    Cause {
        name: "data that is too deep to be parsed",
        file: "a.json",
        bytes: || {
            let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
            let job = r#"{"dockerImage": "a", "environment": {"HF_TOKEN": "$HF_TOKEN"}, "flavor": "b", "a": "#;
            format!("{job}{deep}}}").into_bytes()
        },
        codes: [0, 0, 2],
        says: "file was parsed in part",
    },
    Cause {
        name: "parsed in part",
        file: "a.py",
        bytes: || {
            b"import huggingface_hub as h\nh.run_job(env={'A': 1}, token=HF_TOKEN)\n)))( = = def\n"
                .to_vec()
        },
        codes: [0, 0, 2],
        says: "file was parsed in part",
    },
];

#[test]
fn each_cause_has_its_code() {
    for cause in CAUSES {
        let tree = Tree::with(cause.file, (cause.bytes)());
        let runs = [&["."][..], &[cause.file], &["--strict", "."]];
        for (args, code) in runs.into_iter().zip(cause.codes) {
            let run = tree.run(["--isolated", "--exit-zero"].iter().chain(args));
            let about = format!("{}, {args:?}: {}", cause.name, run.out());
            assert_eq!(run.code, code, "{about}");
            assert_eq!(
                run.out().contains(cause.says),
                code == 2 || cause.says.is_empty(),
                "{about}"
            );
        }
        // The configuration may say the same.
        tree.file("hfscan.toml", "strict = true");
        assert_eq!(
            tree.run(["--exit-zero"]).code,
            cause.codes[2],
            "{}",
            cause.name
        );
    }
}

#[test]
fn padding_hides_nothing() {
    let pad = "# a comment\n\n".repeat(150_000);
    let large = format!("FROM a\n{pad}RUN huggingface-cli login --token $T\n");
    let tree = Tree::with("Dockerfile", large);
    let run = tree.run(["--isolated"]);
    assert!(
        run.expect(1).out().contains("login-in-dockerfile"),
        "{}",
        run.out()
    );
    let workflow = format!(
        "on: push\njobs:\n  a:\n{pad}    steps:\n      - run: huggingface-cli login --token $T\n"
    );
    let tree = Tree::with(".github/workflows/a.yml", workflow);
    let run = tree.run(["--isolated"]);
    assert!(run.expect(1).out().contains("login-in-ci"), "{}", run.out());
}

#[test]
fn what_the_user_knows_to_be_large_may_be() {
    let layers = "RUN echo one more layer\n".repeat(60_000);
    let text = format!("FROM a\n{layers}RUN huggingface-cli login\n");
    let tree = Tree::with("generated/Dockerfile", &text);
    tree.run(["."]).expect(2);
    tree.file("hfscan.toml", "tokens-only = ['/generated/']");
    let run = tree.run(["."]);
    assert!(
        run.expect(0)
            .out()
            .contains("1 large file searched for tokens alone"),
        "{}",
        run.out()
    );
    tree.file("generated/Dockerfile", text + &token(1));
    tree.run(["."]).expect(1);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_of_the_tree_is_passed_over() {
    use std::os::unix::fs::symlink;
    let tree = Tree::with("work/a.txt", "text");
    tree.file("outside.txt", token(1));
    let strict = || tree.run(["--strict", "work"]);
    symlink("a.txt", tree.path("work/inside")).unwrap();
    symlink("nowhere", tree.path("work/broken")).unwrap();
    strict().expect(0);
    symlink("../outside.txt", tree.path("work/out")).unwrap();
    tree.run(["work"]).expect(0);
    let run = strict();
    assert!(
        run.expect(2)
            .out()
            .contains("work/out: symbolic link is not followed"),
        "{}",
        run.out()
    );
    std::fs::remove_file(tree.path("work/out")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(tree.path("work/pipe"))
        .status();
    assert!(made.unwrap().success());
    tree.run(["work"]).expect(0);
    let run = strict();
    assert!(
        run.expect(2)
            .out()
            .contains("work/pipe: special file is not read"),
        "{}",
        run.out()
    );
}

#[test]
fn every_format_counts_what_is_not_opened() {
    let tree = Tree::with("a.7z", b"7z\xBC\xAF\x27\x1C and so on");
    tree.file("b.tar", tar(&[("c.rar", b"Rar!\x1A\x07\0".to_vec())]));
    for format in FORMATS {
        let run = tree.run(["--output-format", format]);
        let all = run.expect(0).out() + &run.err();
        let counted = if format == "json" {
            "\"unopened\": 2"
        } else {
            "2 archives not opened"
        };
        assert!(all.contains(counted), "{format}: {all}");
    }
    let run = tree.run(["--output-format", "json"]);
    let unread = run.json()["unread"].as_array().unwrap().clone();
    assert_eq!(unread[0]["path"], "a.7z");
    assert_eq!(
        (&unread[1]["member"], &unread[1]["kind"]),
        (&"c.rar".into(), &"unopened".into())
    );
    let run = tree.run(["-v"]);
    run.says("passed over: a.7z: 7z archive (unopened)");
    run.says("passed over: b.tar!c.rar: RAR archive (unopened)");
}

#[test]
fn a_stream_is_named() {
    let tree = Tree::new();
    tree.run_with(["-"], b"7z\xBC\xAF\x27\x1C and so on".to_vec())
        .expect(2);
    // A zip archive that begins far behind other bytes would have to be read twice.
    let mut bytes = vec![b'x'; 3 << 20];
    bytes.extend(zip(&[("a", token(1).into_bytes())]));
    let run = tree.run_with(["-"], bytes.clone());
    let said = "zip archive behind other bytes is not opened";
    assert!(run.expect(2).out().contains(said), "{}", run.out());
    // A file can be.
    tree.file("a.bin", bytes);
    let run = tree.run(["a.bin", "--output-format", "json"]);
    assert_eq!(run.expect(1).findings()[0]["member"], "a");
}

#[test]
fn redact_says_what_it_cannot_do() {
    let tree = Tree::new();
    let png = format!("\u{89}PNG\r\n\x1a\n tEXt {}", token(1));
    let png: Vec<u8> = png
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let damaged = gzip(token(1).as_bytes());
    for (file, bytes, says) in [
        (
            "a.7z",
            b"7z\xBC\xAF\x27\x1C".to_vec(),
            "7z archive is not opened",
        ),
        ("a.png", png, "a PNG image has checksums over its content"),
        (
            "x.tfevents.1",
            token(1).into_bytes(),
            "TensorFlow's records",
        ),
        ("a.gz", damaged[..damaged.len() - 4].to_vec(), "gzip: "),
        (
            "a.zip",
            changed_zip(6, 9),
            "encrypted file of a zip archive is not opened",
        ),
    ] {
        tree.file(file, &bytes);
        tree.run(["redact", file]).expect(2).says(says);
        tree.run(["redact", "--in-place", file]).expect(2);
        assert_eq!(tree.read(file), bytes, "{file}");
    }
}
