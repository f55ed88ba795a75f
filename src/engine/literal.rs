//! Whether a text given to a credential key is a credential, or a placeholder, a reference, prose.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::random;

/// A text in base64 has at least so many bytes. So short a one is seldom text by accident.
const ENCODED: usize = 6;

/// Words that a stand-in for a credential is made of, in lower case.
const STAND_INS: [&str; 29] = [
    "your",
    "example",
    "placeholder",
    "change",
    "replace",
    "insert",
    "enter",
    "dummy",
    "fake",
    "sample",
    "redacted",
    "hidden",
    "masked",
    "todo",
    "none",
    "null",
    "undefined",
    "default",
    "secret",
    "token",
    "password",
    "test",
    "mock",
    "xxxx",
    "...",
    "***",
    "here",
    "abc123",
    "1234",
];

/// Beginnings and parts that make a text a reference to something else.
const REFERENCES: [&str; 12] = [
    "$",
    "{{",
    "{%",
    "<",
    "%(",
    "env:",
    "vault:",
    "op://",
    "file:",
    "secretref",
    "arn:",
    "!",
];

/// Whether a text may be a credential that a person put there, as it is or in base64.
pub(super) fn is_credential(text: &[u8]) -> bool {
    is_plain_credential(text) && encoded(text).is_none_or(|inner| is_plain_credential(&inner))
}

/// The text that a text is in base64. Hardly any random one is.
fn encoded(text: &[u8]) -> Option<Vec<u8>> {
    let inner = STANDARD.decode(text).ok()?;
    let inner = inner.trim_ascii();
    let is_text = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    (inner.len() >= ENCODED && inner.iter().all(is_text)).then(|| inner.to_vec())
}

fn is_plain_credential(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else {
        return false;
    };
    let lower = text.to_ascii_lowercase();
    let length = text.chars().count();
    let plain = text.bytes().all(|b| b.is_ascii_graphic());
    let digit_or_mixed = text.bytes().any(|b| b.is_ascii_digit())
        || (text.bytes().any(|b| b.is_ascii_uppercase())
            && text.bytes().any(|b| b.is_ascii_lowercase()));
    let distinct: std::collections::BTreeSet<char> = lower.chars().collect();
    (8..=128).contains(&length)
        && plain
        && digit_or_mixed
        && distinct.len() >= 6
        && !STAND_INS.iter().any(|word| lower.contains(word))
        && !REFERENCES.iter().any(|mark| lower.starts_with(mark))
        && !text.contains([
            '$', '(', ')', '[', ']', '{', '}', '"', '\'', '/', '\\', '*', ',', ';', '<', '>', '|',
        ])
        && !is_name(text)
        && !random::is_filler(text.as_bytes())
}

/// Whether a text is a name in code: words of one case, joined by `_`, `-`, `.` or `::`.
fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split(['_', '-', '.', ':']).collect();
    let word = |w: &str| {
        let letters = w.trim_end_matches(|c: char| c.is_ascii_digit());
        let one_case = letters.bytes().all(|b| b.is_ascii_lowercase())
            || letters.bytes().all(|b| b.is_ascii_uppercase());
        letters.bytes().all(|b| b.is_ascii_alphabetic()) && one_case
    };
    words.len() > 1 && words.into_iter().all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_what_it_encodes() {
        for placeholder in [
            "hf_xxxxxxxxxx",
            "your-token-here",
            "changeme\n",
            "ABCDEFGHIJKLMNOPabc1",
        ] {
            let text = STANDARD.encode(placeholder);
            assert!(!is_credential(text.as_bytes()), "{placeholder}: {text}");
        }
        let text = STANDARD.encode("k9FqYNX5I3SEQwqlIntmpxf0");
        assert!(is_credential(text.as_bytes()), "{text}");
        assert!(is_credential(b"k9FqYNX5I3SEQwqlIntmpxf0rfWCfPKP"));
    }

    #[test]
    fn credentials_and_what_stands_in_for_them() {
        for yes in ["k9Fq2LmZ71bQ", "hunter2Horse9", "Zm9vYmFyMTIz"] {
            assert!(is_credential(yes.as_bytes()), "{yes}");
        }
        for no in [
            "$HF_TOKEN",
            "${HF_TOKEN}",
            "{{ token }}",
            "<your token>",
            "your-token-1",
            "hf_xxx",
            "hf_...",
            "changeme123",
            "HF_TOKEN_2",
            "config.hub.v2",
            "os.environ[\"A1\"]",
            "short1",
            "/run/secrets/hf1",
            "None",
            "hf_****WXYZ",
            "lowercaseword",
        ] {
            assert!(!is_credential(no.as_bytes()), "{no}");
        }
    }
}
