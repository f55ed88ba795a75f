//! The match language of rules over logs.

use serde::Deserialize;
use toml::Spanned;

use super::token::{Near, compile};

/// A pattern over the lines of a log: of a file that is one by its name or its shape, or of a stream.
///
/// The bytes that the group `report` matches, or else the whole match, are what is reported. What
/// the group `value` matches is hidden.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct LogPattern {
    /// Literal texts, with one of which every match begins.
    pub keywords: Spanned<Vec<String>>,
    /// A regular expression over bytes, without Unicode classes, tried where a keyword stands.
    pub pattern: Spanned<String>,
    /// What must stand near a match.
    #[serde(default)]
    pub near: Option<Near>,
    /// Whether the value must look like a credential: no placeholder, no reference, no mask.
    #[serde(default)]
    pub credential: bool,
    /// Together, the groups `head` and `tail` must have more letters than this, of both cases.
    #[serde(default)]
    pub shown: Option<usize>,
}

impl LogPattern {
    /// What is wrong with the pattern, and the part of the file that it is wrong in.
    pub(super) fn fault(&self) -> Option<(crate::span::Span, String)> {
        let keywords = self.keywords.get_ref();
        if keywords.is_empty() || keywords.iter().any(|keyword| keyword.len() < 3) {
            let message = "`keywords` needs at least one text, and each at least 3 bytes";
            return Some((self.keywords.span(), message.to_owned()));
        }
        let patterns = [&self.pattern].into_iter();
        for pattern in patterns.chain(self.near.as_ref().map(|near| &near.pattern)) {
            if let Err(error) = compile(pattern.get_ref()) {
                return Some((pattern.span(), format!("bad pattern: {error}")));
            }
        }
        None
    }
}
