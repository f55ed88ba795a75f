//! `print x` of Python 2, which the parser does not know.

use std::collections::BTreeMap;

use super::magic::{Lines, closing};

/// What a statement `print` becomes, of the same length.
const STAND_IN: &[u8] = b"yield";

/// Words behind `print` that make it a name.
const OPERATORS: [&[u8]; 7] = [b"in", b"is", b"and", b"or", b"if", b"else", b"for"];

/// Makes every statement `print` one that the parser knows, and says where they begin, each with whether
/// its first expression is the file that it prints to: `print >>f, x`.
pub(super) fn rewrite(program: &mut [u8]) -> BTreeMap<usize, bool> {
    let mut found = BTreeMap::new();
    if memchr::memmem::find(program, b"print ").is_none() {
        return found;
    }
    let mut lines = Lines::default();
    let mut at = 0;
    while at < program.len() {
        let rest = program.get(at..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let line = rest.get(..length).unwrap_or_default();
        if lines.fresh() && memchr::memmem::find(line, b"print ").is_some() {
            found.extend(
                statements(line)
                    .into_iter()
                    .map(|(start, to)| (at + start, to)),
            );
        }
        lines.read(line);
        at += length;
    }
    for (start, to_file) in &found {
        let statement = program.get_mut(*start..).unwrap_or_default();
        let (name, rest) = statement.split_at_mut(STAND_IN.len().min(statement.len()));
        name.copy_from_slice(STAND_IN.get(..name.len()).unwrap_or_default());
        if *to_file {
            let arrows = rest.iter_mut().skip_while(|b| **b != b'>').take(2);
            arrows.for_each(|b| *b = b' ');
        }
    }
    found
}

/// Where the statements `print` of a line begin.
fn statements(line: &[u8]) -> Vec<(usize, bool)> {
    let mut found = Vec::new();
    let mut begins = true;
    let mut brackets = 0_usize;
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        let rest = line.get(at..).unwrap_or_default();
        match byte {
            b'#' => break,
            b'"' | b'\'' => {
                begins = false;
                at += closing(line.get(at + 1..).unwrap_or_default(), *byte);
            }
            b'(' | b'[' | b'{' => brackets += 1,
            b')' | b']' | b'}' => brackets = brackets.saturating_sub(1),
            b':' | b';' if brackets == 0 => begins = true,
            b' ' | b'\t' => {}
            _ => {
                if begins
                    && brackets == 0
                    && let Some(to_file) = is_print(rest)
                {
                    found.push((at, to_file));
                }
                begins = false;
            }
        }
        at += 1;
    }
    found
}

/// Whether a statement begins that prints, and whether to a file.
fn is_print(statement: &[u8]) -> Option<bool> {
    let given = statement.strip_prefix(b"print ")?.trim_ascii_start();
    if given.starts_with(b">>") {
        return Some(true);
    }
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || !b.is_ascii();
    let end = given.iter().position(|b| !is_name(b));
    let word = given.get(..end.unwrap_or(given.len()))?;
    let begins = !word.is_empty() || given.starts_with(b"\"") || given.starts_with(b"'");
    (begins && !OPERATORS.contains(&word)).then_some(false)
}
