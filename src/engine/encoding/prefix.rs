//! The prefixes of tokens, as token rules give them.

/// With what the tokens of a rule begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Prefix {
    /// The text.
    pub(in crate::engine) text: Vec<u8>,
    /// Whether the tokens are JSON web tokens or like them: long, of no fixed length, with dots and hyphens.
    pub(in crate::engine) is_long: bool,
}

/// The prefixes of all token rules, longest first.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Prefixes {
    prefixes: Vec<Prefix>,
}

impl Prefixes {
    pub(in crate::engine) fn new(mut prefixes: Vec<Prefix>) -> Self {
        prefixes.sort_by(|a, b| (b.text.len(), &a.text).cmp(&(a.text.len(), &b.text)));
        prefixes.dedup_by(|a, b| a.text == b.text);
        Self { prefixes }
    }

    /// Those that begin with no other one: what is looked for is found with these.
    pub(super) fn roots(&self) -> impl Iterator<Item = &[u8]> {
        let is_root = |prefix: &&Prefix| {
            let shorter =
                |other: &Prefix| other.text != prefix.text && prefix.text.starts_with(&other.text);
            !self.prefixes.iter().any(shorter)
        };
        self.prefixes
            .iter()
            .filter(is_root)
            .map(|prefix| prefix.text.as_slice())
    }

    /// The longest prefix that a token begins with.
    pub(in crate::engine) fn of(&self, token: &[u8]) -> Option<&Prefix> {
        self.prefixes
            .iter()
            .find(|prefix| token.starts_with(&prefix.text))
    }

    /// Whether a token is long, of no fixed length, and has dots and hyphens.
    pub(super) fn is_long(&self, token: &[u8]) -> bool {
        self.of(token).is_some_and(|prefix| prefix.is_long)
    }

    /// Whether a piece of text begins a token.
    pub(super) fn begin(&self, text: &[u8]) -> bool {
        self.of(text).is_some()
    }

    /// All of them, longest first.
    pub(in crate::engine) fn iter(&self) -> impl Iterator<Item = &Prefix> {
        self.prefixes.iter()
    }

    /// The first place in a text where one of the roots stands.
    pub(in crate::engine) fn find(&self, text: &[u8]) -> Option<usize> {
        let places = self
            .roots()
            .filter_map(|root| memchr::memmem::find(text, root));
        places.min()
    }
}
