//! The metadata of a script, which stands in comments at its beginning:
//! `# /// script` … `# ///` around TOML. From PEP 723.

use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Format, Place};

/// What stands before and behind the metadata.
const START: &[u8] = b"# /// script";
const END: &[u8] = b"# ///";

/// Lowers the metadata of a script, if it has any.
pub(super) fn lower(text: &MappedText, sink: &mut FactSink) {
    if let Some(metadata) = find(text) {
        sink.nested(Place::Embedded, Format::Toml, &metadata);
    }
}

/// The metadata without the signs of comments. A line that is no comment ends it.
fn find(text: &MappedText) -> Option<MappedText> {
    let bytes = text.bytes();
    let mut at = start(bytes)?;
    let mut metadata = MappedText::default();
    for line in bytes.get(at..)?.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii_end() == END {
            return Some(metadata);
        }
        let sign = match line {
            [b'#', b' ', ..] => 2,
            [b'#', ..] => 1,
            _ => return None,
        };
        metadata.push_from(text, at + sign..at + line.len());
        at += line.len();
    }
    None
}

/// Where the line behind the start begins.
fn start(bytes: &[u8]) -> Option<usize> {
    let mut places = memchr::memmem::find_iter(bytes, START);
    let at = places.find(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let behind = bytes.get(at + START.len());
        matches!(before, None | Some(b'\n')) && matches!(behind, Some(b'\r' | b'\n'))
    })?;
    let line = memchr::memchr(b'\n', bytes.get(at..)?)?;
    Some(at + line + 1)
}
