//! Languages of which nothing is read but the scripts in their strings: `shell: "a b"` of Snakemake,
//! `script:` of Nextflow, `command <<< … >>>` of WDL, `inline: <<-SHELL` of a Vagrantfile.
//!
//! A word that the models know as the key of a script, or of a command, stands before a string; what is
//! between is one of `:`, `=`, a bracket or blanks.

use crate::model::Models;
use crate::span::Span;
use crate::syntax::data::Role;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Format, Place};

/// Brackets of strings, the longer before those that they begin with.
const QUOTES: [(&[u8], &[u8]); 6] = [
    (b"\"\"\"", b"\"\"\""),
    (b"'''", b"'''"),
    (b"<<<", b">>>"),
    (b"\"", b"\""),
    (b"'", b"'"),
    (b"`", b"`"),
];

/// Lowers the scripts in the strings of a text.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let bytes = text.bytes();
    let models = sink.models();
    let mut at = 0;
    while let Some(word) = next_word(bytes, at) {
        at = word.end;
        if !is_key(bytes, &word, &models) {
            continue;
        }
        let mut from = word.end;
        // Strings may stand side by side, in a list or one below the other.
        while let Some(string) = string(bytes, from) {
            let key = String::from_utf8_lossy(text.slice(&word)).into_owned();
            let script = text.cut(string.inside.clone());
            sink.nested(Place::Key(key), Format::Shell, &script);
            from = string.end;
            at = from;
        }
    }
}

struct Quoted {
    inside: Span,
    end: usize,
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The next word at or behind a place.
fn next_word(bytes: &[u8], from: usize) -> Option<Span> {
    let rest = bytes.get(from..)?;
    let start = from + rest.iter().position(|b| is_word(*b))?;
    let rest = bytes.get(start..)?;
    let length = rest.iter().take_while(|b| is_word(**b)).count();
    Some(start..start + length)
}

fn is_key(bytes: &[u8], word: &Span, models: &Models) -> bool {
    let text = bytes.get(word.clone()).unwrap_or_default();
    let text = std::str::from_utf8(text).unwrap_or_default();
    matches!(Role::of(text, &models.lists), Role::Script | Role::Argv)
}

/// The string that stands right behind a place: behind `:`, `=`, brackets, commas and blanks.
fn string(bytes: &[u8], from: usize) -> Option<Quoted> {
    let rest = bytes.get(from..)?;
    let between = |b: &&u8| b.is_ascii_whitespace() || b":=([{,".contains(b);
    let start = from + rest.iter().take_while(between).count();
    let rest = bytes.get(start..)?;
    if let Some(found) = heredoc(bytes, start) {
        return Some(found);
    }
    let (open, close) = QUOTES.iter().find(|(open, _)| rest.starts_with(open))?;
    let inside = start + open.len();
    let text = bytes.get(inside..)?;
    let mut ends = memchr::memmem::find_iter(text, close);
    let escaped = |end: &usize| end.checked_sub(1).and_then(|at| text.get(at)) == Some(&b'\\');
    let end = ends.find(|end| !escaped(end))?;
    Some(Quoted {
        inside: inside..inside + end,
        end: inside + end + close.len(),
    })
}

/// `<<-SHELL` of Ruby, up to the line of that word.
fn heredoc(bytes: &[u8], start: usize) -> Option<Quoted> {
    let rest = bytes.get(start..)?.strip_prefix(b"<<")?;
    let dash = usize::from(matches!(rest.first(), Some(b'-' | b'~')));
    let name = rest.get(dash..)?;
    let length = name.iter().take_while(|b| is_word(**b)).count();
    let name = name.get(..length).filter(|name| !name.is_empty())?;
    let line = start + memchr::memchr(b'\n', bytes.get(start..)?)? + 1;
    let mut at = line;
    for text in bytes.get(line..)?.split_inclusive(|b| *b == b'\n') {
        if text.trim_ascii() == name {
            return Some(Quoted {
                inside: line..at,
                end: at + text.len(),
            });
        }
        at += text.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::syntax::testing::lower;
    use crate::syntax::{FactKind, Format};

    #[test]
    fn strings_behind_keys_of_scripts_are_scripts() {
        for text in [
            "rule a:\n    shell: \"p x\"\n",
            "rule a:\n    shell:\n        '''\n        p x\n        '''\n",
            "process a {\n  script:\n  \"\"\"\n  p \\$x\n  \"\"\"\n}\n",
            "task a {\n  command <<<\n    p x\n  >>>\n}\n",
            "config.vm.provision \"shell\", inline: <<-SHELL\n  p x\nSHELL\n",
            "beforeScript = 'p x'\n",
        ] {
            let document = lower(Format::Quoted, text.as_bytes());
            let is_run = document.facts.iter().any(|fact| match &fact.kind {
                FactKind::Command(command) => command.program() == Some("p"),
                _ => false,
            });
            assert!(is_run, "{text}");
        }
        let prose = lower(Format::Quoted, b"message: \"p x\"\n# shell is \"fish\"\n");
        assert!(prose.facts.is_empty());
    }
}
