//! Files with a script a line, each behind a name or a time: `web: python app.py`, `0 4 * * * backup`.

use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Format, Place};

/// How many fields of time cron has.
const FIELDS: usize = 5;

/// Lowers a Procfile or a table of cron.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let mut at = 0;
    for line in text.bytes().split_inclusive(|b| *b == b'\n') {
        if let Some((name, script)) = parts(line) {
            let place = Place::Key(String::from_utf8_lossy(name).into_owned());
            let script = text.cut(at + script..at + line.len());
            sink.nested(place, Format::Shell, &script);
        }
        at += line.len();
    }
}

/// What stands before the script of a line, and where that begins.
fn parts(line: &[u8]) -> Option<(&[u8], usize)> {
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let name = line.iter().take_while(|b| is_name(b)).count();
    if name > 0 && line.get(name) == Some(&b':') {
        return Some((line.get(..name)?, name + 1));
    }
    let is_time = |b: &u8| b.is_ascii_digit() || b"*/,-".contains(b);
    let fields = if line.starts_with(b"@") { 1 } else { FIELDS };
    let mut at = 0;
    for _ in 0..fields {
        let field = line.get(at..)?;
        let length = field
            .iter()
            .take_while(|b| !b.is_ascii_whitespace())
            .count();
        let word = field.get(..length)?;
        if length == 0 || (fields > 1 && !word.iter().all(is_time)) {
            return None;
        }
        let rest = field.get(length..)?;
        at += length
            + rest
                .iter()
                .take_while(|b| matches!(b, b' ' | b'\t'))
                .count();
    }
    Some((b"cron", at))
}

#[cfg(test)]
mod tests {
    use crate::syntax::testing::lower;
    use crate::syntax::{FactKind, Format};

    #[test]
    fn names_and_times_stand_before_scripts() {
        let text = "web: a b && c\n# d e\n0 4 * * 1-5 f g\n@daily h\nnot a line\n\n";
        let document = lower(Format::Lines, text.as_bytes());
        let programs = document.facts.iter().filter_map(|fact| match &fact.kind {
            FactKind::Command(command) => command.program(),
            _ => None,
        });
        assert_eq!(programs.collect::<Vec<_>>(), ["a", "c", "f", "h"]);
    }
}
