//! Shells that print every command before they run it, with all values filled in: `set -x`.

use crate::model::Models;
use crate::span::Span;
use crate::syntax::{Command, Document, Fact, FactKind, Format, Place, Spanned, Value};

/// How many bytes after a `(` its end is looked for in.
const SUBSHELL: usize = 16 << 10;

/// How many facts of a script that a command hands over are looked at.
const MAX_INNER: usize = 200;

/// Whether a command turns tracing on or off in the shell that runs it; none if it does neither.
pub(super) fn switch(command: &Command) -> Option<bool> {
    if command.program() != Some("set") {
        return None;
    }
    let words = texts(&command.words);
    let (traced, options) = read(words.get(1..)?);
    // `set -x NAME value` exports a variable in fish.
    let plain = words
        .get(1 + options)
        .is_none_or(|word| word.starts_with('-'));
    traced.filter(|_| plain)
}

/// The script file that a command has a shell run with tracing: `bash -x run.sh`.
pub(super) fn traced_script<'c>(command: &'c Command, models: &Models) -> Option<&'c str> {
    let (traced, script) = of_shell(command, models)?;
    match &script?.value {
        Value::Literal(text) if traced => Some(text),
        _ => None,
    }
}

/// Whether the first line of a script says that its shell traces.
pub(super) fn in_first_line(text: &[u8]) -> bool {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let Some(line) = line.strip_prefix(b"#!") else {
        return false;
    };
    let line = String::from_utf8_lossy(line);
    let words: Vec<&str> = line.split_whitespace().collect();
    let shell = words.iter().position(|word| is_shell(word));
    let options = shell.and_then(|at| words.get(at + 1..));
    options.is_some_and(|options| read(options).0 == Some(true))
}

/// Whether a fact is of a script that a command hands to a shell which traces: `bash -xc '…'`.
pub(super) fn in_argument(document: &Document, at: usize, models: &Models) -> bool {
    let Some(fact) = document.facts.get(at) else {
        return false;
    };
    let [outer @ .., Place::Embedded, Place::Document(Format::Shell)] = fact.place.as_slice()
    else {
        return false;
    };
    let before = document.facts.get(..at).unwrap_or_default();
    // The outer command stands right before what is in it.
    let mut near = before.iter().rev().take(MAX_INNER);
    let Some(fact) = near.find(|fact| fact.place.len() <= outer.len()) else {
        return false;
    };
    match &fact.kind {
        FactKind::Command(command) if fact.place == outer => {
            of_shell(command, models).is_some_and(|(traced, _)| traced)
        }
        _ => false,
    }
}

/// Where tracing that a command turns on ends at the latest: behind the brackets that it stands in.
pub(super) fn end(text: &[u8], span: &Span) -> usize {
    let before = text.get(..span.start).unwrap_or_default().trim_ascii_end();
    if !before.ends_with(b"(") {
        return usize::MAX;
    }
    let mut depth = 1_usize;
    let rest = text.get(span.end..).unwrap_or_default();
    for (at, byte) in rest.iter().enumerate().take(SUBSHELL) {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return span.end + at;
        }
    }
    usize::MAX
}

/// Whether two facts stand in scripts that one shell runs: the same, or entries of one list of a CI
/// system's commands.
pub(super) fn same_script(one: &Fact, other: &Fact) -> bool {
    fn stem(key: &str) -> Option<&str> {
        let (stem, last) = key.rsplit_once('.')?;
        last.bytes().all(|b| b.is_ascii_digit()).then_some(stem)
    }
    one.place.len() == other.place.len()
        && one.place.iter().zip(&other.place).all(|pair| match pair {
            (Place::Key(one), Place::Key(other)) => {
                one == other || stem(one).is_some_and(|stem_of| stem(other) == Some(stem_of))
            }
            (one, other) => one == other,
        })
}

/// Whether a command starts a shell that traces, and the first word after the shell's options.
fn of_shell<'c>(
    command: &'c Command,
    models: &Models,
) -> Option<(bool, Option<&'c Spanned<Value>>)> {
    let effective = command.effective(models)?;
    if !is_shell(&effective.program) {
        return None;
    }
    let (traced, options) = read(&texts(effective.arguments));
    let script = command.words.len() - effective.arguments.len() + options;
    Some((traced == Some(true), command.words.get(script)))
}

fn is_shell(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word);
    matches!(name, "sh" | "bash" | "zsh" | "dash" | "ksh" | "ash")
}

/// Words as texts; of those that are not known, nothing.
fn texts(words: &[Spanned<Value>]) -> Vec<&str> {
    words
        .iter()
        .map(|word| match &word.value {
            Value::Literal(text) => text.as_str(),
            _ => "",
        })
        .collect()
}

/// What the options of a shell, or of its `set`, say of tracing, and how many words they are.
fn read(words: &[&str]) -> (Option<bool>, usize) {
    let mut traced = None;
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let on = word.starts_with('-');
        let letters = word.strip_prefix(['-', '+']).unwrap_or_default();
        if letters.starts_with('-') && letters.len() > 1 {
            at += 1;
            continue;
        }
        if letters.is_empty() || !letters.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            break;
        }
        at += 1;
        if letters.contains('x') {
            traced = Some(on);
        }
        // The name of an option is a word of its own.
        if letters.contains(['o', 'O']) {
            if words.get(at) == Some(&"xtrace") {
                traced = Some(on);
            }
            at += 1;
        }
    }
    (traced, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_shells() {
        for (line, wanted) in [
            ("-x", (Some(true), 1)),
            ("-euxo pipefail", (Some(true), 2)),
            ("-o errexit", (None, 2)),
            ("-eo xtrace -u", (Some(true), 3)),
            ("+x", (Some(false), 1)),
            ("-x +o xtrace", (Some(false), 3)),
            ("--norc -x run.sh -y", (Some(true), 2)),
            ("-e", (None, 1)),
            ("run.sh -x", (None, 0)),
            ("-- -x", (None, 0)),
        ] {
            let words: Vec<&str> = line.split(' ').collect();
            assert_eq!(read(&words), wanted, "{line}");
        }
    }

    #[test]
    fn first_lines() {
        for line in [
            "#!/bin/bash -x\n",
            "#!/usr/bin/env -S bash -ex",
            "#! /bin/sh -xe\r\n",
        ] {
            assert!(in_first_line(line.as_bytes()), "{line}");
        }
        for line in [
            "#!/bin/bash\n# -x",
            "#!/usr/bin/env python -x",
            "# bash -x",
            "",
        ] {
            assert!(!in_first_line(line.as_bytes()), "{line}");
        }
    }
}
