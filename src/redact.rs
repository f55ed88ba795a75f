//! The only types that hold secret text, and the only code that masks it.
//!
//! A [`Secret`] prints as its length under every formatter. A [`Snippet`] is masked, and freed of
//! control characters, when it is made, so that no report can leak what it is given.

use std::borrow::Cow;
use std::fmt;
use std::fmt::Write as _;

use scrypt::{Params, scrypt};
use sha2::{Digest as _, Sha256};

use crate::source::Chunk;
use crate::span::{Span, overlap};

/// From this length on, a mask may show two characters at each end of a body.
const LONG_BODY: usize = 20;

/// The cost of a tag, as the binary logarithm of scrypt's N: 8 MiB, and some hundredths of a second.
const TAG_COST: u8 = 13;

/// The longest text, in bytes, that a snippet shows on each side of its finding.
const SNIPPET_REACH: usize = 120;

/// The value of a credential. It can be compared and hashed; only `Secret::expose` gives it out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Secret {
    bytes: Box<[u8]>,
    /// How many bytes it begins with that name its kind and give nothing away.
    prefix: usize,
}

impl Secret {
    /// Takes the bytes of a credential, without quotes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self::with_prefix(bytes, 0)
    }

    /// The same for one that begins with a `prefix` of so many bytes, which names its kind and gives nothing
    /// away.
    #[must_use]
    pub(crate) fn with_prefix(bytes: &[u8], prefix: usize) -> Self {
        Self {
            bytes: bytes.into(),
            prefix: prefix.min(bytes.len()),
        }
    }

    /// What names its kind, and the rest.
    fn parts(&self) -> (Cow<'_, str>, Cow<'_, str>) {
        let (prefix, body) = self.bytes.split_at(self.prefix);
        (
            String::from_utf8_lossy(prefix),
            String::from_utf8_lossy(body),
        )
    }

    /// The whole credential. To be called only where the user asked to see or use it.
    #[must_use]
    pub(crate) fn expose(&self) -> &[u8] {
        &self.bytes
    }

    /// The credential's SHA-256, in lower-case hex. It identifies a random credential without
    /// giving it away; a guessable one could be found from it.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex(&Sha256::digest(&self.bytes))
    }

    /// A few bits of a slow hash. They tell one credential from another that stands in its place,
    /// and are too few to tell a guess that is right from many that are wrong.
    #[must_use]
    pub(crate) fn tag(&self, salt: &str) -> String {
        let mut tag = [0; 16];
        let hashed = Params::new(TAG_COST, 8, 1)
            .is_ok_and(|params| scrypt(&self.bytes, salt.as_bytes(), &params, &mut tag).is_ok());
        if hashed {
            hex(&tag[..2])
        } else {
            String::new()
        }
    }

    /// What takes the credential's place in a text: its kind, and a name that stands for it, if it has one.
    #[must_use]
    pub(crate) fn mark(&self, name: Option<&str>) -> String {
        let (prefix, _) = self.parts();
        match name {
            Some(name) => format!("{prefix}[redacted:{name}]"),
            None => format!("{prefix}[redacted]"),
        }
    }

    /// The kind and, of a long credential, two characters at each end: `hf_ab…yz`.
    #[must_use]
    pub fn redacted(&self) -> String {
        let (prefix, body) = self.parts();
        let length = body.chars().count();
        let mut out = prefix.clone().into_owned();
        let long = length >= LONG_BODY && !prefix.is_empty();
        if long {
            out.extend(body.chars().take(2));
        }
        out.push('…');
        if long {
            out.extend(body.chars().skip(length - 2));
        }
        printable(&out)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.bytes.len())
    }
}

/// Lower-case hex of some bytes.
#[must_use]
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Replaces what could steer a terminal or hide text: control characters become their pictures,
/// bidirectional and invisible format characters become U+FFFD. Tabs and line feeds stay.
#[must_use]
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' => c,
            '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
            '\u{7f}' => '\u{2421}',
            '\u{80}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => '\u{fffd}',
            _ => c,
        })
        .collect()
}

/// The same on one line: line feeds and tabs become their pictures, too.
#[must_use]
pub(crate) fn one_line(text: &str) -> String {
    let picture = |c| match c {
        '\n' => '␊',
        '\t' => '␉',
        _ => c,
    };
    printable(text).chars().map(picture).collect()
}

/// A part of a chunk that must not be shown, and what is shown in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// The bytes to hide.
    pub span: Span,
    /// What stands for them.
    pub shown: String,
}

/// The lines of a finding, ready to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The text: masked, decoded, printable. Lines end in `\n`; the last has none.
    pub text: String,
    /// The finding's bytes in `text`.
    pub highlight: Span,
    /// The line number of the first line, from 1.
    pub first_line: u64,
    /// Whether text of the first line is left out before, and of the last line after.
    pub cut: (bool, bool),
}

impl Snippet {
    /// Takes the lines around `span`, whose first line is number `line`, out of a chunk. Every one
    /// of `masks` (in order of their start) that touches them is replaced; the ends of very long
    /// lines are left out.
    #[must_use]
    pub(crate) fn new(chunk: &Chunk<'_>, span: &Span, line: u64, masks: &[Mask]) -> Self {
        let first = chunk.line_around(span.start);
        let last = chunk.line_around(span.end.max(span.start + 1) - 1);
        let mut shown = first.start.max(span.start.saturating_sub(SNIPPET_REACH))
            ..last.end.min(span.end + SNIPPET_REACH).max(span.end);
        let cut = (shown.start > first.start, shown.end < last.end);
        shown.start = chunk.next_boundary(shown.start);
        shown.end = chunk.next_boundary(shown.end);
        let mut writer = SnippetWriter {
            chunk,
            span,
            text: String::new(),
            highlight: 0..0,
        };
        let mut at = shown.start;
        for mask in masks.iter().filter(|mask| overlap(&mask.span, &shown)) {
            if mask.span.end <= at {
                continue;
            }
            writer.plain(at..mask.span.start.max(at));
            writer.mask(mask);
            at = mask.span.end;
        }
        writer.plain(at..shown.end.max(at));
        let text = writer.text.trim_end_matches('\u{240d}').to_owned();
        // A finding that takes in the line's end is shown up to there.
        let highlight =
            writer.highlight.start.min(text.len())..writer.highlight.end.min(text.len());
        Self {
            text,
            highlight,
            first_line: line,
            cut,
        }
    }
}

/// Builds a snippet's text, and notes where the finding's ends fall in it.
struct SnippetWriter<'a> {
    chunk: &'a Chunk<'a>,
    span: &'a Span,
    text: String,
    highlight: Span,
}

impl SnippetWriter<'_> {
    /// Writes bytes that may be shown.
    fn plain(&mut self, bytes: Span) {
        let mut at = bytes.start;
        for stop in [self.span.start, self.span.end, bytes.end] {
            if !(at..=bytes.end).contains(&stop) {
                continue;
            }
            let piece = self.chunk.encoding.decode(self.chunk.get(at..stop));
            self.text.push_str(&printable(&piece));
            at = stop;
            if at == self.span.start {
                self.highlight.start = self.text.len();
            }
            if at == self.span.end {
                self.highlight.end = self.text.len();
            }
        }
    }

    /// Writes what stands for hidden bytes. An end of the finding inside them takes in the mask.
    fn mask(&mut self, mask: &Mask) {
        if (mask.span.start..mask.span.end).contains(&self.span.start) {
            self.highlight.start = self.text.len();
        }
        self.text.push_str(&mask.shown);
        if (mask.span.start + 1..=mask.span.end).contains(&self.span.end) {
            self.highlight.end = self.text.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(span: Span) -> Mask {
        Mask {
            span,
            shown: "hf_…".to_owned(),
        }
    }

    #[test]
    fn a_secret_has_no_text() {
        let secret = Secret::with_prefix(b"hf_abcdefghijklmnopqrstuvwx", 3);
        assert_eq!(format!("{secret:?}"), "Secret(27 bytes)");
        assert_eq!(secret.redacted(), "hf_ab…wx");
        assert_eq!(Secret::new(b"hunter2").redacted(), "…");
        assert_eq!(Secret::new(&[b'x'; 40]).redacted(), "…");
        assert_eq!(Secret::with_prefix(b"hf_short", 3).redacted(), "hf_…");
    }

    #[test]
    fn all_secrets_of_a_line_are_masked() {
        let text = b"before\na=SECRET1 b=SECRET2 # end\r\nafter";
        let chunk = Chunk::whole(text);
        let snippet = Snippet::new(&chunk, &(9..16), 2, &[mask(9..16), mask(19..26)]);
        assert_eq!(snippet.text, "a=hf_… b=hf_… # end");
        assert_eq!(snippet.text.get(snippet.highlight.clone()), Some("hf_…"));
        assert_eq!(snippet.cut, (false, false));
    }

    #[test]
    fn a_mask_at_the_edge_of_a_long_line_hides_all_of_its_secret() {
        let text = format!("{}SECRET{}", "x".repeat(500), "y".repeat(500));
        let chunk = Chunk::whole(text.as_bytes());
        let far = 500 + SNIPPET_REACH + 3;
        let snippet = Snippet::new(&chunk, &(far..far + 2), 1, &[mask(500..506)]);
        assert!(!snippet.text.contains("SEC") && !snippet.text.contains("RET"));
        assert_eq!(snippet.cut, (true, true));
    }

    #[test]
    fn a_finding_may_take_in_the_end_of_its_line() {
        for text in [
            &b"x=SECRET\r\ny"[..],
            b"x=SECRET\r",
            b"\r\r",
            b"SECRET\xe2\x90\x8d",
        ] {
            let chunk = Chunk::whole(text);
            for start in 0..text.len() {
                for end in start..=text.len() {
                    let snippet = Snippet::new(&chunk, &(start..end), 1, &[mask(2..6)]);
                    let shown = snippet.text.get(snippet.highlight.clone());
                    assert!(shown.is_some(), "{start}..{end} of {text:?}");
                }
            }
        }
    }

    #[test]
    fn control_characters_do_not_pass() {
        let chunk = Chunk::whole(b"\x1b]0;title\x07 \xe2\x80\xae x");
        let snippet = Snippet::new(&chunk, &(0..1), 1, &[]);
        assert_eq!(snippet.text, "␛]0;title␇ \u{fffd} x");
    }
}
