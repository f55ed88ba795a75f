//! Whether a text speaks of Hugging Face credentials, before it is parsed.

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::Regex;

use crate::rule::names::is_credential_name;
use crate::span::Span;

/// One of these is in every name of a Hugging Face credential.
const NAMES: [&str; 8] = ["HF", "Hf", "hf", "HUGGING", "ugging", "HUB", "Hub", "hub"];

/// Other ways to come by a token: functions, files, commands, and tokens themselves.
const SOURCE: &str = concat!(
    r"(?-u:\b)(?:get|save)_token(?-u:\b)|huggingface/token|hf auth token",
    "|(?:hf|api_org)_[A-Za-z0-9]{34}"
);

/// What follows a name that is given a literal: an assignment, a type, a key's quote and bracket, a
/// default, the second key of a pair of name and value. Data has no quotes.
const LITERAL: &str = concat!(
    r#"^["'`]?\s{0,4}[\])]?\s{0,4}(?::[^=\n"']{1,40}=|[:=,]{1,2}>?)\s{0,8}"#,
    r#"(?:[bfru]{0,2}["'`]\S{8}|[^\s"'`$({\[<]{8})"#,
    r#"|^["']?,?\s{0,80}["']?(?:value|default)\b"#
);

/// What a text says of credentials.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mentioned {
    /// Whether it has one, or the name of one.
    pub(super) named: bool,
    /// Whether it gives a literal to the name of one.
    pub(super) given: bool,
}

/// What looks for them.
#[derive(Debug)]
pub(super) struct Mentions {
    names: Option<AhoCorasick>,
    source: Option<Regex>,
    literal: Option<Regex>,
}

impl Mentions {
    pub(super) fn new() -> Self {
        Self {
            names: AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostFirst)
                .build(NAMES)
                .ok(),
            source: Regex::new(SOURCE).ok(),
            literal: Regex::new(LITERAL).ok(),
        }
    }

    /// Whether a text has a Hugging Face credential, or the name of one, and gives it a literal.
    pub(super) fn read(&self, text: &[u8]) -> Mentioned {
        let Self {
            names: Some(names),
            source: Some(source),
            literal: Some(literal),
        } = self
        else {
            return Mentioned {
                named: true,
                given: true,
            };
        };
        let mut known = Mentioned {
            named: source.is_match(text),
            given: false,
        };
        let is_name = |span: &Span| {
            let name = text.get(span.clone()).unwrap_or_default();
            std::str::from_utf8(name).is_ok_and(is_credential_name)
        };
        let mut end = 0;
        for found in names.find_iter(text) {
            if found.start() < end {
                continue;
            }
            let word = span_around(text, found.start()..found.end(), is_word);
            end = word.end;
            // `huggingface.api.key` is one name in Java properties.
            let path = || span_around(text, word.clone(), |b| is_word(b) || b == b'.');
            let name = Some(word.clone()).filter(is_name);
            let Some(name) = name.or_else(|| Some(path()).filter(is_name)) else {
                continue;
            };
            known.named = true;
            let after = text.get(name.end..(name.end + 120).min(text.len()));
            known.given = literal.is_match(after.unwrap_or_default());
            if known.given {
                break;
            }
        }
        known
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// A piece of a text with the bytes of a kind before and after it, as far as names go.
fn span_around(text: &[u8], piece: Span, of_kind: impl Fn(u8) -> bool) -> Span {
    const LONGEST: usize = 80;
    let before = text.get(piece.start.saturating_sub(LONGEST)..piece.start);
    let before = before.unwrap_or_default().iter().rev();
    let after = text.get(piece.end..(piece.end + LONGEST).min(text.len()));
    let after = after.unwrap_or_default().iter();
    let from = piece.start - before.take_while(|b| of_kind(**b)).count();
    let to = piece.end + after.take_while(|b| of_kind(**b)).count();
    from..to
}
