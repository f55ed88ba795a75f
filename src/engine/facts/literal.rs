//! Whether a literal that a pattern needs stands at a place of a text as it must, before the text is parsed.

use super::name::is_given;
use crate::rule::{Literal, Stands};

/// How far behind a key what follows it is looked for, in bytes.
const KEY_REACH: usize = 8;

/// How long the label of a block may be, in bytes: `target "app" {`.
const LONGEST_LABEL: usize = 80;

/// How far before a module the word that imports it may stand, in bytes.
const IMPORT_REACH: usize = 160;

/// Whether a literal stands at a place of a text as it must.
pub(super) fn stands(text: &[u8], at: usize, literal: &Literal) -> bool {
    let behind = text.get(at + literal.text.len()..).unwrap_or_default();
    match literal.stands {
        Stands::Anywhere => true,
        Stands::End => ends(behind),
        Stands::Whole => ends(behind) && !has_key(behind),
        Stands::Ended => behind
            .first()
            .is_none_or(|b| matches!(b, b'"' | b'\'' | b'`' | b'}' | b'%' | b')')),
        Stands::Word => begins(text, at) && ends(behind),
        Stands::Key => begins(text, at) && ends(behind) && is_key(behind),
        Stands::Argument => begins(text, at) && ends(behind) && is_argument(behind),
        Stands::Given => {
            begins(text, at) && ends(behind) && is_given(text, at + literal.text.len())
        }
        Stands::Module => begins(text, at) && ends(behind) && imports(text, at),
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a word may begin at a place.
fn begins(text: &[u8], at: usize) -> bool {
    match text.get(..at).unwrap_or_default() {
        // An escape: `\n` before the first word of a line.
        [.., b'\\', b'n' | b't' | b'r'] => true,
        [.., last] => !is_word(*last),
        [] => true,
    }
}

/// Whether a word ends before these bytes.
fn ends(behind: &[u8]) -> bool {
    !behind.first().copied().is_some_and(is_word)
}

/// Whether a key of a map is asked for behind it: `["HOME"]`, `.get("HOME")`, `.HOME`.
fn has_key(behind: &[u8]) -> bool {
    match behind
        .strip_prefix(b".")
        .or_else(|| behind.strip_prefix(b"?."))
    {
        Some(name) => name.starts_with(b"get") || name.first().is_some_and(u8::is_ascii_uppercase),
        None => behind.first() == Some(&b'['),
    }
}

/// Whether these bytes may follow a key: `key:`, `"key": `, `key = `, `["key"]`, `[key]`, `key.`, `key {`,
/// `key "label" {`.
fn is_key(behind: &[u8]) -> bool {
    next_sign(behind).is_none_or(|b| b":=].{[+,)".contains(&b)) || has_label(behind)
}

/// Whether these bytes may follow the name of an argument: `token=`, `"token": `, `{ token }`, `token, `.
fn is_argument(behind: &[u8]) -> bool {
    next_sign(behind).is_none_or(|b| b":=,}]".contains(&b))
}

/// The first byte behind a name that is no quote and no blank; none if it is not near.
fn next_sign(behind: &[u8]) -> Option<u8> {
    let mut near = behind.iter().take(KEY_REACH).copied();
    near.find(|b| !matches!(b, b'"' | b'\'' | b' ' | b'\t' | b'\\' | b'`'))
}

/// Whether a label in quotes and a block follow.
fn has_label(behind: &[u8]) -> bool {
    let behind = behind.trim_ascii_start();
    let Some(label) = behind.strip_prefix(b"\"") else {
        return false;
    };
    let end = label.iter().take(LONGEST_LABEL).position(|b| *b == b'"');
    end.and_then(|end| label.get(end + 1..))
        .is_some_and(|rest| matches!(rest.trim_ascii_start().first(), Some(b'{' | b'"')))
}

/// Whether the line of a place imports something, as far as it goes before that.
fn imports(text: &[u8], at: usize) -> bool {
    let before = text
        .get(at.saturating_sub(IMPORT_REACH)..at)
        .unwrap_or_default();
    let line = memchr::memrchr(b'\n', before)
        .map_or(before, |feed| before.get(feed + 1..).unwrap_or_default());
    // A comment imports nothing, whatever it says.
    if line.trim_ascii_start().starts_with(b"# ") {
        return false;
    }
    let words: [&[u8]; 3] = [b"import", b"from", b"require"];
    words
        .iter()
        .any(|word| memchr::memmem::find(line, word).is_some())
}
