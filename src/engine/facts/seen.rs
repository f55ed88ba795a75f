//! What a file was seen to hold, before any of it is parsed.

use super::few::Few;
use super::name::Mentioned;

/// What the first pass came upon in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::engine) struct Seen {
    pub(super) texts: Few,
    pub(super) names: Mentioned,
    /// Whether token rules found a credential.
    pub(in crate::engine) tokens: bool,
}

impl Seen {
    /// Adds what was seen in another piece of the text.
    pub(in crate::engine) fn join(&mut self, other: Self) {
        self.texts.join(other.texts);
        self.names.join(other.names);
        self.tokens |= other.tokens;
    }
}
