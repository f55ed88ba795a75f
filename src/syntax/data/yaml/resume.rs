//! Where to go on after a part of a file that is no YAML.

use super::Reader;
use crate::span::Span;
use crate::syntax::data::tree::Body;
use crate::syntax::mapped_text::trim;

/// How many of the maps and lists that are open a line may go on with: the outermost, for a file may
/// nest as deep as it is long.
const MAX_OPEN: usize = 200;

/// Finds the line to go on at after an attempt that began at `start` and failed at `at`, and closes
/// what does not hold it. None if there is no such line.
pub(super) fn place(reader: &mut Reader<'_>, start: usize, at: usize) -> Option<usize> {
    let copy = reader.source.copy.as_bytes();
    let at = at.min(copy.len());
    salvage(reader);
    let before = copy.get(..at)?;
    let mut line = memchr::memrchr(b'\n', before).map_or(0, |feed| feed + 1);
    // The line of the error is tried again if nothing of it was read: the parser may just not have
    // known what the line belongs to.
    if line <= start || reader.last.end > line {
        line = after(copy, line.max(start));
    }
    while line < copy.len() {
        if fits(reader, line) {
            return Some(line);
        }
        line = after(copy, line);
    }
    None
}

/// Reads the value of a key that the parser has no value for, up to the end of its line.
fn salvage(reader: &mut Reader<'_>) {
    let waits = matches!(reader.open.last(), Some(open) if open.is_map && open.key.is_some());
    let key = reader.last.clone();
    let copy = reader.source.copy.as_bytes();
    let end = after(copy, key.end).min(copy.len());
    let Some(colon) = copy
        .get(key.end..end)
        .and_then(|rest| memchr::memchr(b':', rest))
    else {
        return;
    };
    let value = trim(copy, key.end + colon + 1..end);
    let first = copy.get(value.start).copied().filter(|_| !value.is_empty());
    // Anything but a scalar is not one.
    if !waits || matches!(first, None | Some(b'|' | b'>' | b'[' | b'{' | b'*' | b'#')) {
        return;
    }
    let content = unquoted(copy, value.clone());
    reader.node(Body::Piece(content), value.clone());
    reader.last = value;
}

/// The bytes in the quotes that a value begins with, as far as they go.
fn unquoted(copy: &[u8], value: Span) -> Span {
    match copy.get(value.clone()) {
        Some([quote @ (b'"' | b'\''), rest @ ..]) => {
            let length = memchr::memchr(*quote, rest).unwrap_or(rest.len());
            value.start + 1..value.start + 1 + length
        }
        _ => value,
    }
}

/// The start of the line after the one that holds a byte.
fn after(copy: &[u8], at: usize) -> usize {
    let rest = copy.get(at..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(copy.len(), |feed| at + feed + 1)
}

/// Whether a line is a next entry of something open. If so, what lies in that is closed.
fn fits(reader: &mut Reader<'_>, start: usize) -> bool {
    let copy = reader.source.copy;
    let line = copy.get(start..).unwrap_or_default();
    let line = line.get(..line.find('\n').unwrap_or(line.len()));
    let line = line.unwrap_or_default();
    let content = line.trim_start_matches(' ');
    let column = line.len() - content.len();
    if content.starts_with("---") && column == 0 {
        reader.open.clear();
        reader.resumed = false;
        return true;
    }
    let is_item = content.starts_with("- ") || content.trim_end() == "-";
    let is_entry =
        !content.starts_with('#') && (content.contains(": ") || content.trim_end().ends_with(':'));
    if !is_item && !is_entry {
        return false;
    }
    if reader.open.is_empty() {
        reader.resumed = false;
        return column == 0;
    }
    let found = reader
        .open
        .iter()
        .take(MAX_OPEN)
        .rposition(|open| open.column == Some(column) && open.is_map != is_item);
    let Some(found) = found else {
        return false;
    };
    reader.open.truncate(found + 1);
    if let Some(open) = reader.open.last_mut() {
        open.key = None;
    }
    reader.resumed = true;
    true
}

/// The column of the keys of a map or the dashes of a list that begins at a byte.
pub(super) fn column(reader: &mut Reader<'_>, start: usize, is_map: bool) -> usize {
    let before = reader.source.copy.as_bytes().get(..start);
    let before = before.unwrap_or_default();
    // Each begins after the one before it, perhaps on the same line: no byte is looked at twice.
    let (line, seen) = Some(reader.line.clone())
        .filter(|known| known.end <= start)
        .map_or((0, 0), |known| (known.start, known.end));
    let feed = memchr::memrchr(b'\n', before.get(seen..).unwrap_or_default());
    let line = feed.map_or(line, |feed| seen + feed + 1);
    reader.line = line..start;
    if is_map {
        return start - line;
    }
    // A list is said to begin at its first item, after the dash.
    let dash = memchr::memrchr(b'-', before.get(line..).unwrap_or_default());
    dash.unwrap_or(start - line)
}
