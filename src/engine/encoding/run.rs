//! Long runs of base64 that hold text: what is encoded in it again has no keyword of its own that could be looked for.
//!
//! A run is decoded only if a piece of it is text.

use super::base64::{is_base64, line_break, sextet};
use super::decoded::Decoded;
use crate::span::Span;

/// The shortest run that is looked at, in bytes: no shorter one holds a token in base64 twice.
pub(in crate::engine) const SHORTEST: usize = 64;

/// How many characters stand for three bytes.
const GROUP: usize = 4;

/// How much of a run is decoded beyond the bytes that are asked for, on either side.
const BESIDE: usize = 8 << 10;

/// How many characters tell whether a run holds text.
const SAMPLE: usize = 16;

/// In how many parts a run is divided; between them, samples of it are looked at.
const SAMPLES: usize = 4;

/// A run of base64.
struct Run {
    /// All of it, line breaks in it included.
    span: Span,
    /// Where its first line ends.
    line: usize,
}

/// Decodes the runs with a byte in `range` that hold text.
pub(in crate::engine) fn decode(text: &[u8], range: Span) -> Vec<Decoded> {
    let mut found = Vec::new();
    let mut start = range.start.saturating_sub(SHORTEST - 1);
    while start < range.end
        && let Some(window) = text.get(start..start + SHORTEST)
    {
        // Backwards: what stands before a byte that is none of the run need not be looked at.
        if let Some(at) = window.iter().rposition(|byte| !is_base64(*byte)) {
            start += at + 1;
            continue;
        }
        let run = run(text, start, range.end + BESIDE);
        found.extend(lead(text, &run).map(|lead| decode_run(text, &run, lead)));
        start = run.span.end;
    }
    found
}

fn is_code(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(|byte| is_base64(*byte))
}

/// The run around a place: in its line before it, and also in further lines behind it.
fn run(text: &[u8], at: usize, most: usize) -> Run {
    let before = text.get(at.saturating_sub(BESIDE)..at).unwrap_or_default();
    let start = at - before.iter().rev().take_while(|b| is_base64(**b)).count();
    let line_end = |from: usize| {
        let rest = text.get(from..most.min(text.len())).unwrap_or_default();
        from + rest.iter().take_while(|b| is_base64(**b)).count()
    };
    let line = line_end(at);
    let (mut from, mut end) = (start, line);
    // Only lines of base64 are long words.
    while end - from >= SHORTEST
        && let Some(next) = line_break(text, end).filter(|next| is_code(text, *next))
        && next < most
    {
        (from, end) = (next, line_end(next));
    }
    let span = start..end;
    Run { span, line }
}

/// How many characters to leave out for the rest to hold text, if it does.
fn lead(text: &[u8], run: &Run) -> Option<usize> {
    let groups = (run.line - run.span.start) / GROUP;
    let is_text = |from: usize| {
        let sample = text
            .get(from..from + SAMPLE)
            .filter(|_| from + SAMPLE <= run.line);
        sample.is_some_and(|sample| {
            let codes = sample
                .chunks(GROUP)
                .map(|group| bytes(group.iter().copied()));
            let printable = |byte: &u8| matches!(byte, 0 | b'\t' | b'\n' | b'\r' | b' '..=b'~');
            codes.flatten().all(|byte| printable(&byte))
        })
    };
    (0..GROUP).find(|lead| {
        let mut parts = 1..SAMPLES;
        parts.any(|part| is_text(run.span.start + groups * part / SAMPLES * GROUP + lead))
    })
}

fn decode_run(text: &[u8], run: &Run, lead: usize) -> Decoded {
    let places = run.span.clone().filter(|at| is_code(text, *at));
    let places: Vec<usize> = places.skip(lead).collect();
    let mut decoded = Decoded::new("base64-encoded");
    for group in places.chunks(GROUP) {
        let codes = group.iter().filter_map(|at| text.get(*at).copied());
        for (byte, pair) in bytes(codes).into_iter().zip(group.windows(2)) {
            decoded.push(byte, pair[0]..pair[1] + 1);
        }
    }
    decoded
}

/// The three bytes of four characters; of fewer, those that they begin.
fn bytes(codes: impl Iterator<Item = u8>) -> [u8; 3] {
    let (bits, count) = codes.fold((0, 0), |(bits, count), code| {
        (bits << 6 | sextet(code), count + 1)
    });
    let [_, bytes @ ..] = (bits << (6 * (GROUP - count))).to_be_bytes();
    bytes
}
