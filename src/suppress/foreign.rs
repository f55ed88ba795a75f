//! The markers of other scanners, which people already have in their files.

use crate::source::Chunk;

/// Markers that hide what their own line holds.
const SAME_LINE: [&str; 6] = [
    "gitleaks:allow",
    "betterleaks:allow",
    "kingfisher:ignore",
    "trufflehog:ignore",
    "pragma: allowlist secret",
    "pragma: whitelist secret",
];

/// The marker that hides what the next line holds.
const NEXT_LINE: &str = "pragma: allowlist nextline secret";

/// The longest line that is searched on each side, in bytes.
const REACH: usize = 4096;

/// The marker of another scanner that covers the byte at `at`.
#[must_use]
pub(crate) fn foreign_marker(chunk: &Chunk<'_>, at: usize) -> Option<&'static str> {
    let line = chunk.line_around(at);
    let near = line.start.max(at.saturating_sub(REACH))..line.end.min(at + REACH);
    let text = chunk.encoding.decode(chunk.get(near));
    let same = SAME_LINE.into_iter().find(|marker| text.contains(marker));
    if same.is_some() || line.start == 0 {
        return same;
    }
    let before = chunk.line_around(line.start - 1);
    let before = before.start.max(line.start.saturating_sub(REACH))..before.end;
    let text = chunk.encoding.decode(chunk.get(before));
    text.contains(NEXT_LINE).then_some(NEXT_LINE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_cover_their_line_or_the_next() {
        let text = "one\n# pragma: allowlist nextline secret\ntwo\nsix # gitleaks:allow\n";
        let chunk = Chunk::whole(text.as_bytes());
        let at = |word| foreign_marker(&chunk, text.find(word).unwrap());
        assert_eq!(at("one"), None);
        assert_eq!(at("two"), Some(NEXT_LINE));
        assert_eq!(at("six"), Some("gitleaks:allow"));
    }
}
