//! Commands and documents in the strings of programs.

use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Command, Format, Spanned, Value};

/// How many lines of a text say what it is.
const LINES: usize = 200;

/// A command of nothing but words.
pub(super) fn plain(words: Vec<Spanned<Value>>) -> Command {
    Command {
        assignments: Vec::new(),
        words,
        redirections: Vec::new(),
        piped_from: None,
    }
}

/// Which word of a command holds a document.
pub(super) fn document_of_argv(words: &[Spanned<Value>]) -> Option<(usize, Format)> {
    let literal = |word: &Spanned<Value>| match &word.value {
        Value::Literal(text) => Some(text.clone()),
        Value::Name(name) if name == "sys.executable" => Some("python".to_owned()),
        _ => None,
    };
    let program = literal(words.first()?)?;
    let program = program.rsplit('/').next().unwrap_or_default();
    let format = match program {
        "sh" | "bash" | "zsh" | "dash" | "ksh" => Format::Shell,
        _ if program.starts_with("python") => Format::Python,
        _ => return None,
    };
    let option = words.iter().skip(1).take(4).position(|word| {
        let option = literal(word).unwrap_or_default();
        option.starts_with('-') && !option.starts_with("--") && option.ends_with('c')
    })?;
    Some((option + 2, format))
}

/// The last name in an expression.
pub(super) fn identifier(expression: &str) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    expression
        .split(|c| !is_name(c))
        .rfind(|part| part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
        .unwrap_or("_")
        .to_owned()
}

/// Whether a script looks like Python rather than shell.
pub(super) fn is_python(script: &[u8]) -> bool {
    if let Some(line) = script.strip_prefix(b"#!") {
        let line = line.split(|b| *b == b'\n').next().unwrap_or_default();
        return memchr::memmem::find(line, b"python").is_some()
            || memchr::memmem::find(line, b"uv run").is_some();
    }
    script.split(|b| *b == b'\n').take(200).any(|line| {
        let line = line.trim_ascii();
        [
            "import ",
            "from ",
            "def ",
            "class ",
            "print(",
            "# /// script",
            "async def ",
        ]
        .iter()
        .any(|start| line.starts_with(start.as_bytes()))
    })
}

/// Whether the first line of a script that says something is one of Python.
pub(super) fn begins_as_python(script: &[u8]) -> bool {
    let says = |line: &&[u8]| !line.is_empty() && !line.starts_with(b"#");
    let mut lines = script.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    lines.find(says).is_some_and(is_python)
}

/// Whether a string has more than one line.
pub(super) fn has_lines(string: &[u8]) -> bool {
    memchr::memchr(b'\n', string).is_some() || memchr::memmem::find(string, b"\\n").is_some()
}

/// What a text is that a program has in a string: a script by its first line, a Dockerfile by its
/// instructions, settings by their keys.
pub(super) fn sniffed(text: &[u8]) -> Option<Format> {
    let text = std::str::from_utf8(text).ok()?.trim_start();
    if text.starts_with("#!") {
        return Format::detect("", text.as_bytes());
    }
    let lines = || text.lines().map(str::trim).take(LINES);
    if lines().any(|line| line.starts_with("#SBATCH ")) {
        return Some(Format::Shell);
    }
    let says = |line: &&str| !line.is_empty() && !line.starts_with('#') && *line != "---";
    let first = lines().find(says)?;
    if first.starts_with("FROM ") || first.starts_with("ARG ") {
        let instructions = ["RUN ", "CMD ", "ENTRYPOINT ", "ENV ", "COPY ", "WORKDIR "];
        let is_one = |line: &str| instructions.iter().any(|name| line.starts_with(name));
        return lines().any(is_one).then_some(Format::Dockerfile);
    }
    let is_entry = |line: &str| {
        let line = line
            .trim_start_matches("- ")
            .trim_end_matches(['|', '>', '-', ' ']);
        let key = line.split(':').next().unwrap_or_default();
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_-./$\"'".contains(c);
        let after = line.get(key.len()..).unwrap_or_default();
        !key.is_empty() && key.chars().all(is_name) && (after == ":" || after.starts_with(": "))
    };
    let mut entries = lines().filter(says).take(2);
    let nested = text.lines().any(|line| line.starts_with([' ', '-']));
    let settings = nested && entries.all(|line| is_entry(line) || line.starts_with("- "));
    (settings && is_entry(first)).then_some(Format::Yaml)
}

/// A program without the indentation that all of its lines share.
pub(super) fn dedented(text: &MappedText) -> MappedText {
    let indent_of = |line: &[u8]| line.len() - line.trim_ascii_start().len();
    let lines = || text.bytes().split_inclusive(|b| *b == b'\n');
    let shared = lines()
        .filter(|line| !line.trim_ascii().is_empty())
        .map(indent_of)
        .min()
        .unwrap_or_default();
    let mut dedented = MappedText::default();
    let mut at = 0;
    for line in lines() {
        let cut = shared.min(line.len().saturating_sub(1));
        let cut = if line.trim_ascii().is_empty() { 0 } else { cut };
        dedented.push_from(text, at + cut..at + line.len());
        at += line.len();
    }
    dedented
}
