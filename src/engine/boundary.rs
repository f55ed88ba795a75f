//! Whether a match stands by itself or inside a longer word.
//!
//! The byte before a token is often a letter that belongs to no word: the `n` of an escaped line
//! feed, the hex digits of a percent escape, the `m` that ends an ANSI colour.

use std::sync::LazyLock;

use regex::bytes::Regex;

/// How one side of a match is bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    /// Nothing of a word stands there.
    Clean,
    /// A hyphen joins it to a word: perhaps a compound name.
    Joined,
    /// The word goes on.
    Inside,
}

/// Escapes that end in a letter or digit, at the end of a text; and the letter that stands before every text
/// in a pickle of protocol 0.
static ESCAPE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let escape = r"(?-u)(?:\\[abefnrtv0]|\\[xX][0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}|\\[0-3][0-7]{2}|%(?:25)*[0-9A-Fa-f]{2}|=3D|(?:^|\n)V|(?:\x1b|\\+(?:x1[bB]|u001[bB]|u\{1[bB]\}|033|e|E))\[[0-9;:?]*[A-Za-z]|\xc2\x9b[0-9;:?]*[A-Za-z])$";
    Regex::new(escape).ok()
});

/// The longest escape that [`ESCAPE`] knows, in bytes, with room for many ANSI parameters.
const ESCAPE_REACH: usize = 32;

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The edge before the byte at `start`.
pub(super) fn left(text: &[u8], start: usize) -> Edge {
    let before = text.get(..start).unwrap_or_default();
    match before {
        [] => Edge::Clean,
        [.., last] if !is_word(*last) && *last != b'-' => Edge::Clean,
        // A hyphen after a word joins; at the start of a line it is a list or a removed line.
        [.., b, b'-'] if is_word(*b) => Edge::Joined,
        [.., b'-'] => Edge::Clean,
        [.., b'_'] => Edge::Inside,
        _ => {
            let near = before.get(before.len().saturating_sub(ESCAPE_REACH)..);
            let escape = ESCAPE.as_ref().zip(near);
            match escape.is_some_and(|(escape, near)| escape.is_match(near)) {
                true => Edge::Clean,
                false => Edge::Inside,
            }
        }
    }
}

/// The edge after the byte before `end`.
pub(super) fn right(text: &[u8], end: usize) -> Edge {
    match text.get(end..).unwrap_or_default() {
        [b'-', b, ..] if is_word(*b) => Edge::Joined,
        [b, ..] if is_word(*b) => Edge::Inside,
        _ => Edge::Clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_before_a_token_are_no_part_of_it() {
        for before in [
            "",
            " ",
            "\"",
            "=",
            "\n-",
            "- ",
            "令",
            "\\n",
            "\\t",
            "\\\\n",
            "\\u0022",
            "\\x3d",
            "%3D",
            "%20",
            "%253D",
            "=3D",
            "\u{1b}[1m",
            "\u{1b}[38;5;208m",
            "\\x1b[36m",
            "\\u001b[0m",
            "\\033[1;31m",
            "\\e[1m",
            "\\u{1b}[m",
            "(dp0\nV",
            "V",
        ] {
            assert_eq!(
                left(before.as_bytes(), before.len()),
                Edge::Clean,
                "{before:?}"
            );
        }
        for before in ["n", "xn", "xV", "_", "llava_", "3D", "[1m", "u0022"] {
            assert_eq!(
                left(before.as_bytes(), before.len()),
                Edge::Inside,
                "{before:?}"
            );
        }
        assert_eq!(left(b"llava-", 6), Edge::Joined);
    }

    #[test]
    fn what_may_follow_a_token() {
        for after in [
            "",
            "\\n",
            "\\\"",
            "%26",
            "@",
            "\"",
            "`",
            "<",
            ")",
            ",",
            "\u{1b}[0m",
            "->",
            "令",
        ] {
            assert_eq!(right(after.as_bytes(), 0), Edge::Clean, "{after:?}");
        }
        for after in ["a", "0", "_"] {
            assert_eq!(right(after.as_bytes(), 0), Edge::Inside, "{after:?}");
        }
        assert_eq!(right(b"-cache", 0), Edge::Joined);
    }
}
