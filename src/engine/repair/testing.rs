//! What tests of edits have in common.

use crate::finding::Edit;
use crate::span::Span;

/// A text with these edits made.
pub(super) fn apply(text: &str, edits: &[Edit<Span>]) -> String {
    let mut text = text.to_owned();
    let mut edits = edits.to_vec();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.at.start));
    for edit in edits {
        text.replace_range(edit.at, &edit.text);
    }
    text
}
