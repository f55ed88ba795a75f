//! Files that have checksums over their content: what changes in them makes them unreadable.

/// How such files begin, and what they are called.
const HEADS: [(&[u8], &str); 8] = [
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"DIRC\0\0\0", "the index of a Git repository"),
    (b"\x37\x7F\x06\x82", "the journal of an SQLite database"),
    (b"\x37\x7F\x06\x83", "the journal of an SQLite database"),
    (
        b"\xD9\xD5\x05\xF9\x20\xA1\x63\xD7",
        "the journal of an SQLite database",
    ),
    (b"wOFF", "a web font"),
    (b"OggS", "an Ogg stream"),
    (b":W&B", "the log of a run of W&B"),
];

/// Records of `TensorFlow`, by the names that its tools give their files.
const RECORDS: [&str; 2] = ["tfrecord", "tfevents"];

/// What a file is, if a checksum covers its content.
pub(super) fn sealed(name: &str, head: &[u8]) -> Option<&'static str> {
    let known = HEADS.iter().find(|(magic, _)| head.starts_with(magic));
    let record = || {
        let name = name.rsplit('/').next().unwrap_or(name);
        RECORDS.iter().any(|word| name.contains(word))
    };
    match known {
        Some((_, what)) => Some(what),
        None => record().then_some("a file of TensorFlow's records"),
    }
}
