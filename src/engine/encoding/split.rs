//! Tokens in pieces: literals that a program joins, colours inside, and lines that were wrapped.
//!
//! A terminal, a logger or a container runtime cuts a line wherever it is full, and may put the same
//! words before each part: a time, a rank, the name of a pod. Such words are known by their shape:
//! two lines that begin alike, but for their digits, have a prefix.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::Prefixes;
use super::decoded::{AFTER, BEFORE, Decoded};
use crate::span::Span;

/// How many pieces a split token may have: one that is written by hand, and a long one that is
/// wrapped.
const PIECES: usize = 12;
const PIECES_LONG: usize = 48;

/// The shortest token that is put together, in bytes.
const SHORTEST: usize = 30;

/// The longest joint, without the prefix of a line, in bytes: between two runs of a document stands how they
/// look.
const JOINT_REACH: usize = 1024;

/// How much of a line is looked at for its prefix, and how far the start of a line may lie back, in
/// bytes.
const PREFIX: usize = 160;
const LINE: usize = 1024;

/// The longest colour code, in bytes.
const CODE: usize = 24;

/// A long token is joined over lines of at least this many bytes.
const FULL: usize = 72;

/// Codes that a terminal obeys, as they are and as escapes.
const CODES: &str = r"(?:\x1b\[[0-9;:?]*[ -/]*[@-~]|\x1b[()][0-9A-Za-z]|\x1b\][^\x07\x1b\n]{0,80}(?:\x07|\x1b\\)|\\+(?:x1[bB]|u001[bB]|u\{1[bB]\}|033|e)\[[0-9;:?]*[A-Za-z])";

/// What may stand between two pieces of one token in one statement of a program.
static JOINT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let quote = r#"\\*["'`]"#;
    // In a notebook, the line break is an escape, and each line may be a string of a list.
    let line = r#"(?:\\r)?\\n(?:"\s*,\s*")?\s*"#;
    let string = format!(
        r"{quote}\s*(?:\+{{1,2}}|\.\.?|&(?:[ \t]+_)?|~|,|\|\||<<|<>|\*|\^|//|\.concat\()?\s*(?:\\\r?\n\s*|{line})?[rRbBfFuU]{{0,2}}{quote}"
    );
    // A box around a text that is wrapped, or a table whose other cells stay empty.
    let side = r"(?:\xe2\x94[\x82\x83]|\xe2\x95\x91|\|)[ \t]*";
    let frame = format!(r"[ \t]*{side}\r?\n[ \t]*(?:{side}){{1,8}}");
    // The end of a run of text and the beginning of the next, in documents that are XML; the room between
    // two strings, in PDF.
    let runs = r"(?:<[^<>]+>)+";
    let kerning = r"\)\s{0,4}-?[0-9.]{1,10}\s{0,4}\(";
    let soft = r"=\r?\n";
    let line = r"\\\r?\n[ \t]*";
    let joints = [&*string, &frame, runs, kerning, soft, line];
    Regex::new(&format!(r"(?-u)^(?:{}|{CODES}{{1,4}})", joints.join("|"))).ok()
});

/// Codes at the start of a text.
static LEADING: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!("(?-u)^{CODES}{{1,4}}")).ok());

/// The end of a record of JSON whose string is a part of a line, up to the line feed.
static RECORD_END: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // An empty line ends an event of a stream; the next may begin with its name.
    let event = r"(?:\r?\n(?:(?:event|id|retry):[^\n]*\r?\n)*)?";
    Regex::new(&format!(r#"(?-u)^"(?:\s*[,}}][^\n]*)?\r?\n{event}"#)).ok()
});

/// What container runtimes put before the parts of a line that is longer than they keep.
static RUNTIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let time = r"\d{4}-\d\d-\d\d[T ][0-9:.,]+(?:Z|[+-][0-9:]+)?";
    Regex::new(&format!(
        r#"(?-u)^(?:{time} (?:std(?:out|err) [FP] )?|\{{"\w{{1,32}}":\s?")"#
    ))
    .ok()
});

/// How two pieces follow each other.
struct Joint {
    /// Where the second piece begins.
    next: usize,
    /// Whether a line ends between them.
    wrapped: bool,
}

/// A prefix of up to so many bytes is looked for by what stands before a cut and the cut itself, where it is
/// cut; a longer one, by its first letters.
const SHORT: usize = 3;

/// The first letters of a longer prefix, in bytes.
const FIRST: usize = 5;

/// What stands where a literal, a line or a colour ends.
const CUTS: [&[u8]; 8] = [b"\"", b"'", b"\n", b"\r", b"\x1b", b"=\n", b"=\r", b"<"];

/// What stands before the second piece. Between the line feed and it may stand what a logger puts before each
/// line.
const JOINTS: [u8; 5] = [b'\n', b' ', b'\t', b'"', b'm'];

/// Texts with which the first piece of a token begins.
pub(super) fn keywords(prefix: &[u8]) -> Vec<Vec<u8>> {
    let short = (prefix.len() <= SHORT).then_some(2..prefix.len());
    let heads = short
        .into_iter()
        .flatten()
        .filter_map(|length| prefix.get(..length));
    let cut = heads.flat_map(|head| CUTS.map(|cut| [head, cut].concat()));
    let first = prefix.get(..FIRST).unwrap_or(prefix).to_vec();
    std::iter::once(first).chain(cut).collect()
}

/// Texts with which the second piece of a token begins whose first is one letter.
pub(super) fn tail_keywords(prefix: &[u8]) -> Vec<Vec<u8>> {
    let rest = prefix.get(1..prefix.len().min(FIRST)).unwrap_or_default();
    JOINTS.map(|joint| [&[joint], rest].concat()).to_vec()
}

/// Joins the pieces of a token that begins at `at`: the first two, the first three, and so on, for what
/// follows a token may look like one more. A long token of no fixed length is joined to its end.
pub(super) fn decode(text: &[u8], at: usize, prefixes: &Prefixes) -> Vec<Decoded> {
    let mut decodeds = Vec::new();
    let mut piece = at..word(text, at, at, prefixes);
    // Most keywords stand in plain names: leave before anything is built.
    if !is_parted(text.get(piece.end..).unwrap_or_default()) {
        return decodeds;
    }
    let long = prefixes.is_long(text.get(at..).unwrap_or_default());
    let mut decoded = Decoded::new("in pieces that are joined");
    for _ in 1..if long { PIECES_LONG } else { PIECES } {
        let Some(joint) =
            find_joint(text, at, piece.end, prefixes).filter(|_| !decoded.is_full(prefixes))
        else {
            break;
        };
        if decoded.text.is_empty() {
            decoded.push_range(text, at.saturating_sub(BEFORE)..at);
            decoded.anchor = decoded.text.len();
        }
        decoded.push_range(text, piece.clone());
        if joint.wrapped {
            decoded.note = "cut by a line break";
        }
        piece = joint.next..word(text, at, joint.next, prefixes);
        let body = decoded.text.len() - decoded.anchor + piece.len();
        if !long && body >= SHORTEST {
            decodeds.push(ended(&decoded, text, &piece));
        }
        if piece.is_empty()
            || text
                .get(piece.clone())
                .is_some_and(|piece| prefixes.begin(piece))
        {
            break;
        }
    }
    if long && !decoded.text.is_empty() {
        decodeds.push(ended(&decoded, text, &piece));
    }
    decodeds
}

/// Whether what follows a piece may part it from the next.
fn is_parted(rest: &[u8]) -> bool {
    let blank = |byte: &&u8| matches!(**byte, b' ' | b'\t');
    match rest {
        [
            b'"' | b'\'' | b'`' | b'\\' | 0x1b | b'\n' | b'\r' | b'=' | b'|' | b'<' | b')' | 0xE2,
            ..,
        ] => true,
        [b' ' | b'\t', ..] => {
            let near = rest.get(..JOINT_REACH).unwrap_or(rest);
            let blanks = near.iter().take_while(blank).count();
            matches!(near.get(blanks), Some(b'|' | 0xE2))
        }
        _ => false,
    }
}

/// Decoded text with its last piece, and a little of what follows on its line.
fn ended(decoded: &Decoded, text: &[u8], piece: &Span) -> Decoded {
    let mut ended = decoded.clone();
    let rest = text.get(piece.end..).unwrap_or_default().iter();
    let near = rest.take(8).take_while(|b| **b != b'\n').count();
    ended.push_range(text, piece.start..piece.end + near);
    ended
}

/// Joins a token whose first letter stands alone at the end of a line, or before colours: its second
/// begins at `at`.
pub(super) fn decode_tail(text: &[u8], at: usize, prefixes: &Prefixes) -> Vec<Decoded> {
    let start = first_letter(text, at, prefixes);
    start.map_or(Vec::new(), |start| decode(text, start, prefixes))
}

/// The first letter of a token whose second, at `at`, stands alone.
fn first_letter(text: &[u8], at: usize, prefixes: &Prefixes) -> Option<usize> {
    let before = text.get(at.saturating_sub(LINE)..at)?;
    let mut end = before.len();
    while let Some(shorter) = without_code(before.get(..end)?) {
        end = shorter;
    }
    if end == before.len() {
        end = memchr::memrchr(b'\n', before)?;
    }
    let rest = text.get(at..)?;
    let begins = |letter: u8| {
        prefixes.roots().any(|root| {
            root.split_first()
                .is_some_and(|(first, more)| *first == letter && rest.starts_with(more))
        })
    };
    let letter = match before.get(..end)? {
        [.., letter] if begins(*letter) => end - 1,
        [.., letter, b'\r' | b'='] if begins(*letter) => end - 2,
        [.., letter, b'=', b'\r'] if begins(*letter) => end - 3,
        _ => return None,
    };
    if letter > 0
        && before
            .get(letter - 1)
            .is_some_and(u8::is_ascii_alphanumeric)
    {
        return None;
    }
    let start = at - before.len() + letter;
    // The joint must be the one that was come upon.
    let joint = find_joint(text, start, start + 1, prefixes)?;
    (joint.next == at).then_some(start)
}

/// The length of a text without the colour that ends it.
fn without_code(text: &[u8]) -> Option<usize> {
    let near = text.get(text.len().saturating_sub(CODE)..)?;
    let at = memchr::memrchr(0x1b, near)?;
    let (kind, params) = near.get(at + 1..)?.split_first()?;
    let (last, params) = params.split_last()?;
    let is_code = *kind == b'[' && last.is_ascii_alphabetic();
    (is_code && params.iter().all(|b| (b' '..=b'?').contains(b)))
        .then(|| text.len() - near.len() + at)
}

/// Where the word at `from` ends, as a piece of the token at `at`.
fn word(text: &[u8], at: usize, from: usize, prefixes: &Prefixes) -> usize {
    let long = prefixes.is_long(text.get(at..).unwrap_or_default());
    let rest = text.get(from..).unwrap_or_default();
    let most = if long { LINE } else { AFTER };
    let is_part = |b: &&u8| {
        b.is_ascii_alphanumeric() || **b == b'_' || (long && matches!(**b, b'.' | b'-' | b'='))
    };
    from + rest.iter().take(most).take_while(is_part).count()
}

/// How the token at `at` goes on after a piece that ends at `end`.
fn find_joint(text: &[u8], at: usize, end: usize, prefixes: &Prefixes) -> Option<Joint> {
    let rest = text.get(end..text.len().min(end + JOINT_REACH))?;
    let line = line_start(text, end);
    let feed = match rest {
        [b'\n', ..] => Some(end + 1),
        [b'\r', b'\n', ..] => Some(end + 2),
        [b'"', ..] if is_record(text, line) => {
            let found = RECORD_END.as_ref()?.find(rest);
            found.map(|found| end + found.end())
        }
        _ => None,
    };
    if let Some(joint) = feed.and_then(|feed| wrap(text, at, (line, feed), prefixes)) {
        return Some(joint);
    }
    let found = JOINT
        .as_ref()?
        .find(rest)
        .filter(|found| !found.is_empty())
        .filter(|found| !is_key(rest, found.range()))?;
    Some(Joint {
        next: end + found.end(),
        wrapped: false,
    })
}

/// Whether what a comma parts from a text is no further part of it but the key of the next member of JSON.
fn is_key(rest: &[u8], joint: Span) -> bool {
    let comma = rest.get(joint.clone()).is_some_and(|j| j.contains(&b','));
    let behind = rest.get(joint.end..).unwrap_or_default().iter();
    let mut behind =
        behind.skip_while(|b| b.is_ascii_alphanumeric() || matches!(**b, b'_' | b'-' | b'.'));
    let mut more = || behind.find(|byte| !byte.is_ascii_whitespace());
    comma && matches!(more(), Some(b'"' | b'\'')) && more() == Some(&b':')
}

/// How the token at `at` goes on in the line at `feed`, where the one at `line` was full.
fn wrap(
    text: &[u8],
    at: usize,
    (line, feed): (Option<usize>, usize),
    prefixes: &Prefixes,
) -> Option<Joint> {
    let next = after_prefix(text, line, feed)?;
    if prefixes.is_long(text.get(at..)?) {
        let length = |from: usize| {
            let rest = text.get(from..).unwrap_or_default();
            memchr::memchr(b'\n', rest.get(..LINE).unwrap_or(rest)).unwrap_or(rest.len())
        };
        let full = feed - line?;
        if full < FULL || length(feed) > full {
            return None;
        }
    }
    Some(Joint {
        next,
        wrapped: true,
    })
}

/// Where the line of a place begins, if that is near.
fn line_start(text: &[u8], at: usize) -> Option<usize> {
    let from = at.saturating_sub(LINE);
    let before = text.get(from..at)?;
    let feed = memchr::memrchr(b'\n', before).map(|feed| from + feed + 1);
    feed.or((from == 0).then_some(0))
}

/// Whether a line is a record of JSON, alone or in a stream of events. So is one whose start is far.
fn is_record(text: &[u8], line: Option<usize>) -> bool {
    line.is_none_or(|line| {
        let line = text.get(line..).unwrap_or_default();
        line.starts_with(b"{") || line.starts_with(b"data: {")
    })
}

/// Where the content of the line at `feed` begins, after what stands before every line.
fn after_prefix(text: &[u8], line: Option<usize>, feed: usize) -> Option<usize> {
    let rest = text.get(feed..)?;
    let rest = rest.get(..PREFIX.min(rest.len())).unwrap_or_default();
    let same = line.map_or(0, |line| {
        let before = text.get(line..feed).unwrap_or_default();
        shared_prefix(before.get(..PREFIX).unwrap_or(before), rest)
    });
    let same = match RUNTIME.as_ref()?.find(rest) {
        Some(found) if same == 0 => found.end(),
        _ => same,
    };
    let rest = rest.get(same..)?;
    let blanks = rest
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    let rest = rest.get(blanks..)?;
    let codes = LEADING.as_ref()?.find(rest).map_or(0, |found| found.end());
    let next = feed + same + blanks + codes;
    let follows = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    text.get(next).is_some_and(follows).then_some(next)
}

/// How many bytes of the second line are a prefix that the first has too. Digits match any number of
/// digits; the prefix ends with something that parts words.
fn shared_prefix(first: &[u8], second: &[u8]) -> usize {
    let digits = |line: &[u8], from: usize| {
        let rest = line.get(from..).unwrap_or_default();
        rest.iter().take_while(|b| b.is_ascii_digit()).count()
    };
    let (mut a, mut b, mut end) = (0, 0, 0);
    while let (Some(left), Some(right)) = (first.get(a), second.get(b)) {
        let (skip_left, skip_right) = (digits(first, a), digits(second, b));
        if skip_left > 0 && skip_right > 0 {
            a += skip_left;
            b += skip_right;
            continue;
        }
        // A container runtime says of each part whether it is the last.
        let flags = matches!((left, right), (b'P', b'F') | (b'F', b'P'));
        if left != right && !flags {
            break;
        }
        a += 1;
        b += 1;
        if matches!(right, b' ' | b'\t' | b'|' | b':' | b']' | b'>' | b'"') {
            end = b;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_begin_alike_have_a_prefix() {
        for (first, second, prefix) in [
            (
                "2026-11-22T20:31:10.12Z a b",
                "2026-11-22T20:31:10.345Z c",
                "2026-11-22T20:31:10.345Z ",
            ),
            ("[rank0]: token", "[rank0]: abc", "[rank0]: "),
            ("web-1  | a", "web-1  | b", "web-1  | "),
            ("{\"log\":\"a", "{\"log\":\"b", "{\"log\":\""),
            ("1Z stdout P a", "2Z stdout F b", "2Z stdout F "),
            (
                "build\tRun\t2026Z a",
                "build\tRun\t2026Z b",
                "build\tRun\t2026Z ",
            ),
            ("token=a", "tokens", ""),
            ("a", "b", ""),
        ] {
            let same = shared_prefix(first.as_bytes(), second.as_bytes());
            assert_eq!(&second[..same], prefix);
        }
    }

    fn prefixes() -> Prefixes {
        Prefixes::new(vec![crate::engine::encoding::Prefix {
            text: b"hf_".to_vec(),
            is_long: false,
        }])
    }

    #[test]
    fn pieces_are_put_together() {
        for (text, at, whole) in [
            ("x hf_abc\ndef g", 2, "hf_abcdef g"),
            ("x hf_abc\r\n  def", 2, "hf_abcdef"),
            ("x hf\n_abc", 2, "hf_abc"),
            ("1: hf_abc\n2: def\n3: ghi", 3, "hf_abcdefghi"),
            (
                "{\"log\":\"hf_abc\",\"t\":1}\n{\"log\":\"def\"}",
                8,
                "hf_abcdef\"}",
            ),
            ("x hf_a\x1b[0m\x1b[1mabc", 2, "hf_aabc"),
            // Of Julia, Haskell, Elixir, OCaml, Visual Basic, Fortran, JavaScript.
            ("x hf_abc\" * \"def\"", 2, "hf_abcdef\""),
            ("x hf_abc\" ++\n  \"def\"", 2, "hf_abcdef\""),
            ("x hf_abc\" <> \"def\"", 2, "hf_abcdef\""),
            ("x hf_abc\" ^ \"def\"", 2, "hf_abcdef\""),
            ("x hf_abc\" & _\r\n  \"def\"", 2, "hf_abcdef\""),
            ("x hf_abc' // 'def'", 2, "hf_abcdef'"),
            ("x hf_abc\".concat(\"def\")", 2, "hf_abcdef\")"),
        ] {
            // Longer than a piece of a test may be by itself.
            let (body, more) = ("q".repeat(SHORTEST), "abc".to_owned());
            let text = text.replace("abc", &(more + &body));
            let whole = whole.replace("abc", &format!("abc{body}"));
            let decoded = decode(text.as_bytes(), at, &prefixes()).pop().unwrap();
            assert_eq!(&decoded.text[decoded.anchor..], whole.as_bytes(), "{text}");
        }
        for (text, at) in [("x h\nf_abc", 4), ("7 h\n8 f_abc", 6), ("h\x1b[0mf_abc", 5)] {
            let text = format!("{text}{}", "q".repeat(SHORTEST));
            let decoded = decode_tail(text.as_bytes(), at, &prefixes()).pop().unwrap();
            assert!(
                decoded.text[decoded.anchor..].starts_with(b"hf_abcq"),
                "{text}"
            );
        }
        for text in ["path\nf_abc", "h\n f_abc\nf_", "x f_abc"] {
            let at = text.rfind("f_").unwrap();
            assert!(
                decode_tail(text.as_bytes(), at, &prefixes()).is_empty(),
                "{text}"
            );
        }
    }
}
