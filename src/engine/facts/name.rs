//! Names of credentials in a text, before it is parsed: whether it has one, and gives it a literal.

use std::sync::{Arc, LazyLock};

use regex::bytes::Regex;

use crate::model::{ClassId, Models};
use crate::span::Span;

/// What follows a name that is given a literal: an assignment, a type, a key's quote and bracket, a
/// default, the second key of a pair of name and value. Data has no quotes.
const LITERAL: &str = concat!(
    r#"^["'`]?\s{0,4}[\])]?\s{0,4}(?::[^=\n"']{1,40}=|[:=,]{1,2}>?)\s{0,8}"#,
    r#"(?:[bfru]{0,2}["'`]\S{8}|[^\s"'`$({\[<]{8})"#,
    r#"|^["']?,?\s{0,80}["']?(?:value|default)\b"#
);

static GIVEN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(LITERAL).ok());

/// How far a literal may stand behind its name, in bytes.
const REACH: usize = 120;

/// The longest name, in bytes.
const LONGEST: usize = 80;

/// Classes of credentials, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Classes(u64);

impl Classes {
    pub(super) fn of<'c>(classes: impl IntoIterator<Item = &'c ClassId>) -> Self {
        Self(
            classes
                .into_iter()
                .fold(0, |bits, class| bits | class.bit()),
        )
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn join(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// What a text says of credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mentioned {
    /// The classes of which it has a name.
    pub(super) named: Classes,
    /// Those of which it gives a literal to one.
    pub(super) given: Classes,
}

impl Mentioned {
    pub(super) fn join(&mut self, other: Self) {
        self.named.join(other.named);
        self.given.join(other.given);
    }
}

/// What looks for names.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    models: Arc<Models>,
    classes: Vec<ClassId>,
    texts: Vec<String>,
    all: u64,
}

impl Mentions {
    /// Looks for the names of some classes.
    pub(super) fn new(models: &Arc<Models>, classes: Vec<ClassId>) -> Self {
        let mut texts: Vec<String> = Vec::new();
        for text in classes.iter().flat_map(|class| models.names.texts(*class)) {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        Self {
            models: Arc::clone(models),
            all: Classes::of(&classes).0,
            classes,
            texts,
        }
    }

    /// What names are known by.
    pub(super) fn models(&self) -> &Models {
        &self.models
    }

    /// Texts of which one is in every name.
    pub(super) fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Takes note of the name around a text.
    pub(super) fn read(&self, text: &[u8], at: usize, known: &mut Mentioned) {
        if known.given.0 == self.all {
            return;
        }
        let word = around(text, at..at + 1, is_word);
        // `huggingface.api.key` is one name in Java properties.
        let path = || around(text, at..at + 1, |b| is_word(b) || b == b'.');
        for class in &self.classes {
            let bit = class.bit();
            if known.given.0 & bit != 0 {
                continue;
            }
            let is_name = |span: &Span| {
                let name = text.get(span.clone()).unwrap_or_default();
                std::str::from_utf8(name).is_ok_and(|name| self.models.names.is(*class, name))
            };
            let name = Some(word.clone()).filter(is_name);
            let Some(name) = name.or_else(|| Some(path()).filter(is_name)) else {
                continue;
            };
            known.named.0 |= bit;
            if is_given(text, name.end) {
                known.given.0 |= bit;
            }
        }
    }
}

/// Whether what ends at a place of a text, such as a name, is given a literal there.
pub(super) fn is_given(text: &[u8], end: usize) -> bool {
    let after = text
        .get(end..text.len().min(end + REACH))
        .unwrap_or_default();
    GIVEN.as_ref().is_none_or(|given| given.is_match(after))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// A piece of a text with the bytes of a kind before and after it, as far as names go.
fn around(text: &[u8], piece: Span, of_kind: impl Fn(u8) -> bool) -> Span {
    let before = text.get(piece.start.saturating_sub(LONGEST)..piece.start);
    let before = before.unwrap_or_default().iter().rev();
    let after = text.get(piece.end..(piece.end + LONGEST).min(text.len()));
    let after = after.unwrap_or_default().iter();
    let from = piece.start - before.take_while(|b| of_kind(**b)).count();
    let to = piece.end + after.take_while(|b| of_kind(**b)).count();
    from..to
}
