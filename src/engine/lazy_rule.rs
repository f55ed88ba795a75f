//! Rules that are tried where one of their keywords stands, compiled when they first are.
//!
//! A scan of a few files tries few of them, and to compile them all takes longer than such a scan.

use std::sync::LazyLock;

/// A rule and its keywords.
#[derive(Debug)]
pub(super) struct LazyRule<R> {
    keywords: Vec<Vec<u8>>,
    rule: LazyLock<Option<R>, Box<dyn FnOnce() -> Option<R> + Send>>,
}

impl<R> LazyRule<R> {
    /// A rule to be compiled. Loading a rule rules out that this fails.
    pub(super) fn new(
        keywords: &[String],
        compile: impl FnOnce() -> Result<R, regex::Error> + Send + 'static,
    ) -> Self {
        Self {
            keywords: keywords.iter().map(|k| k.clone().into_bytes()).collect(),
            rule: LazyLock::new(Box::new(|| compile().ok())),
        }
    }

    /// The keywords.
    pub(super) fn keywords(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.keywords.iter()
    }

    /// The rule.
    pub(super) fn get(&self) -> Option<&R> {
        self.rule.as_ref()
    }
}
