//! The words of a command, from a shell or from a list in a program, and the scripts among them.
//!
//! `bash -c '…'`, `python -c '…'`, `ssh host '…'`, `eval "…"`, `python - <<EOF`, `cat > f.py <<EOF`
//! hold documents of their own. Every front-end that knows an argv hands it over here.

use super::invocation::{assignment, base_name, is_python, literal};
use super::line::{Line, Word};
use super::request;
use crate::span::Span;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{
    Command, FactKind, Format, Invocation, Place, Redirection, Setting, Spanned, Value,
};

/// Lowers an argv, such as a list of strings in JSON or Python, to a command and the documents
/// within it. `span` is all of it in the file.
pub(crate) fn lower(words: Vec<Word>, span: Span, sink: &mut FactSink) -> Option<usize> {
    let line = Line {
        words,
        ..Line::default()
    };
    lower_line(line, span, sink)
}

/// Lowers a command line. Its place among the facts is returned; without words it is none.
pub(crate) fn lower_line(line: Line, span: Span, sink: &mut FactSink) -> Option<usize> {
    if line.words.is_empty() {
        return None;
    }
    let words: Vec<_> = line.words.iter().map(|word| word.value.clone()).collect();
    let piped = line.input.iter().map(|input| ("|", input));
    let redirections = line
        .redirections
        .iter()
        .map(|redirected| (redirected.operator.as_str(), &redirected.target))
        .chain(piped)
        .map(|(operator, target)| Redirection {
            operator: operator.to_owned(),
            target: target.value.clone(),
        })
        .collect();
    let command = Command {
        assignments: line.assignments.clone(),
        words,
        redirections,
        piped_from: line.piped_from,
    };
    let place = sink.fact(FactKind::Command(command.clone()), span.clone());
    if line.in_shell {
        for setting in declared(&command) {
            sink.fact(FactKind::Setting(setting), span.clone());
        }
    }
    let Some(effective) = command.effective(&sink.models()) else {
        return place;
    };
    // An argument list is the tail of the words, so that texts are found from the end.
    let first = line.words.len() - effective.arguments.len();
    let arguments = line.words.get(first..).unwrap_or_default();
    if let Some((format, script)) = script(&command, &line.words)
        .or_else(|| script_of(&effective, arguments))
        .or_else(|| standard_input(&effective, &line))
        .or_else(|| written_file(&effective, arguments, &line))
        .or_else(|| request::body(&effective, arguments, &line))
    {
        sink.nested(Place::Embedded, format, &script);
    }
    place
}

/// Variables that `export A=b` and its kin set, also in fish (`set -gx A b`) and csh (`setenv A b`).
fn declared(command: &Command) -> Vec<Setting> {
    let arguments = command.words.get(1..).unwrap_or_default();
    match command.program() {
        Some("export" | "declare" | "typeset" | "local" | "readonly" | "alias") => {
            arguments.iter().filter_map(assignment).collect()
        }
        Some("setenv") => named(arguments).into_iter().collect(),
        Some("set") => {
            let is_fish = |option: &str| {
                option.strip_prefix('-').is_some_and(|letters| {
                    letters.contains(['x', 'g', 'U'])
                        && letters.bytes().all(|b| b"gxUlf".contains(&b))
                }) || matches!(option, "--export" | "--global" | "--universal")
            };
            let options = arguments
                .iter()
                .take_while(|word| literal(&word.value).is_some_and(is_fish))
                .count();
            let rest = arguments.get(options..).unwrap_or_default();
            (options > 0)
                .then(|| named(rest))
                .flatten()
                .into_iter()
                .collect()
        }
        _ => Vec::new(),
    }
}

/// A name and its value as two words.
fn named(words: &[Spanned<Value>]) -> Option<Setting> {
    let [name, value, ..] = words else {
        return None;
    };
    Some(Setting {
        path: vec![Spanned {
            value: literal(&name.value)?.to_owned(),
            span: name.span.clone(),
        }],
        value: value.clone(),
    })
}

/// The script after `-c` of a shell or a Python, wherever it stands: `docker run i sh -c '…'`.
fn script(command: &Command, words: &[Word]) -> Option<(Format, MappedText)> {
    if matches!(
        command.program(),
        Some("echo" | "printf" | "grep" | "git" | "alias")
    ) {
        return None;
    }
    for (at, word) in words.iter().enumerate() {
        let Some(name) = base_name(&word.value.value) else {
            continue;
        };
        let (format, is_option): (_, fn(&str) -> bool) = match name {
            _ if is_shell(name) || name == "su" => (Format::Shell, is_c),
            _ if is_python(name) => (Format::Python, is_c),
            "node" | "bun" | "deno" => {
                (Format::JavaScript, |o| matches!(o, "-e" | "--eval" | "-p"))
            }
            "pwsh" | "powershell" => (Format::PowerShell, |o| {
                matches!(o.to_ascii_lowercase().as_str(), "-command" | "-c")
            }),
            "cmd" => (Format::Batch, |o| matches!(o, "/c" | "/C" | "/k" | "/K")),
            _ => continue,
        };
        let rest = words.get(at + 1..)?;
        // A shell that is given a script file has no `-c` of its own; `su` names a user first.
        let stop = |word: &Word| {
            !literal(&word.value.value).is_some_and(|text| text.starts_with(['-', '+', '/']))
                && name != "su"
        };
        let until = rest.iter().position(stop).unwrap_or(rest.len());
        let option = rest
            .iter()
            .take(until)
            .position(|word| literal(&word.value.value).is_some_and(is_option));
        if let Some(option) = option {
            let scripts = rest.get(option + 1..)?;
            return match format {
                // These take all that follows as one script.
                Format::PowerShell | Format::Batch => Some((format, join(scripts).text)),
                _ => Some((format, scripts.first()?.text.clone())),
            };
        }
    }
    None
}

fn is_c(option: &str) -> bool {
    option == "--command"
        || option.strip_prefix('-').is_some_and(|letters| {
            letters.ends_with('c') && letters.bytes().all(|b| b.is_ascii_lowercase())
        })
}

fn is_shell(name: &str) -> bool {
    matches!(
        name,
        "sh" | "bash" | "zsh" | "dash" | "ksh" | "ash" | "fish" | "rbash"
    )
}

/// Scripts in the arguments of other programs.
fn script_of(effective: &Invocation<'_>, arguments: &[Word]) -> Option<(Format, MappedText)> {
    let text = match effective.program.as_str() {
        "eval" => join(arguments).text,
        "ssh" => join(after_host(arguments)).text,
        "sbatch" => {
            let (at, word) = arguments
                .iter()
                .enumerate()
                .find(|(_, word)| word.text.bytes().starts_with(b"--wrap"))?;
            let length = word.text.bytes().len();
            match word.text.bytes().get(6) {
                Some(b'=') => word.text.cut(7..length),
                _ => arguments.get(at + 1)?.text.clone(),
            }
        }
        "watch" => {
            let valued = |word: &Word| matches!(word.text.bytes(), b"-n" | b"--interval");
            let skipped = arguments.iter().take_while(|word| is_option(word));
            let skipped: usize = skipped.map(|word| 1 + usize::from(valued(word))).sum();
            join(arguments.get(skipped..)?).text
        }
        "trap" => arguments.iter().find(|word| !is_option(word))?.text.clone(),
        _ => return None,
    };
    (!text.bytes().is_empty()).then_some((Format::Shell, text))
}

fn is_option(word: &Word) -> bool {
    literal(&word.value.value).is_some_and(|text| text.starts_with('-'))
}

/// What is left of the arguments of `ssh` after its options and the host.
fn after_host(arguments: &[Word]) -> &[Word] {
    let mut at = 0;
    while let Some(word) = arguments.get(at) {
        let text = literal(&word.value.value).unwrap_or_default();
        let valued = matches!(
            text,
            "-i" | "-p" | "-o" | "-l" | "-F" | "-J" | "-L" | "-R" | "-D" | "-W" | "-b" | "-c"
        );
        at += 1 + usize::from(valued);
        if !text.starts_with('-') {
            break;
        }
    }
    arguments.get(at..).unwrap_or_default()
}

/// A script that a shell or a Python reads from its standard input: `bash <<EOF`.
fn standard_input(effective: &Invocation<'_>, line: &Line) -> Option<(Format, MappedText)> {
    let name = effective.program.as_str();
    let mut arguments = effective.arguments.iter();
    let only_options = |mut words: std::slice::Iter<'_, Spanned<Value>>| {
        words.all(|word| literal(&word.value).is_some_and(|text| text.starts_with('-')))
    };
    let format = match name {
        _ if is_shell(name) => {
            let from_input = |word: &Spanned<Value>| literal(&word.value) == Some("-s");
            let reads = effective.arguments.iter().any(from_input);
            (reads || only_options(arguments)).then_some(Format::Shell)?
        }
        _ if is_python(name) => {
            let first = arguments.find(|word| literal(&word.value) != Some("-u"));
            first
                .is_none_or(|word| literal(&word.value) == Some("-"))
                .then_some(Format::Python)?
        }
        "ssh" => Format::Shell,
        "node" => only_options(arguments).then_some(Format::JavaScript)?,
        _ => return None,
    };
    let read = line.here().or(line.input.as_ref())?;
    Some((format, read.text.clone()))
}

/// What a command writes to its standard output, if it is plain: `cat <<EOF`, `echo "…"`, `env`.
pub(crate) fn output(line: &Line) -> Option<Word> {
    let program = line.words.first()?;
    match base_name(&program.value.value)? {
        "env" | "printenv" if line.words.len() == 1 => Some(Word::of(Spanned {
            value: Value::WholeEnvironment,
            span: program.value.span.clone(),
        })),
        "cat" | "tee" => line.here().cloned(),
        "echo" | "printf" | "Write-Output" => {
            let words = line.words.get(1..)?;
            let options = words.iter().take_while(|word| is_option(word)).count();
            Some(join(words.get(options..)?))
        }
        _ => None,
    }
}

/// A file that a command writes, if its name or its text says what it is: `cat > f.py <<EOF`.
fn written_file(
    effective: &Invocation<'_>,
    arguments: &[Word],
    line: &Line,
) -> Option<(Format, MappedText)> {
    let (file, text) = match effective.program.as_str() {
        "tee" => {
            let file = arguments.iter().find(|word| !is_option(word))?;
            (
                &file.text,
                line.here().or(line.input.as_ref())?.text.clone(),
            )
        }
        "cat" | "echo" | "printf" => {
            let file = line
                .redirections
                .iter()
                .rfind(|redirected| matches!(redirected.operator.as_str(), ">" | ">>"))?;
            (&file.target.text, output(line)?.text)
        }
        _ => return None,
    };
    let path = String::from_utf8_lossy(file.bytes());
    let format = Format::detect(&path, text.bytes())?;
    Some((format, text))
}

/// Words with a space between them, as `eval` and `ssh` put them together.
fn join(words: &[Word]) -> Word {
    let mut text = MappedText::default();
    let mut parts = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            let start = word.value.span.start;
            text.push(b" ", start..start);
            parts.push(Spanned {
                value: Value::Literal(" ".to_owned()),
                span: start..start,
            });
        }
        text.push_from(&word.text, 0..word.text.bytes().len());
        match &word.value.value {
            Value::Text(inner) => parts.extend(inner.iter().cloned()),
            _ => parts.push(word.value.clone()),
        }
    }
    let start = parts.first().map_or(0, |part| part.span.start);
    let end = parts.last().map_or(0, |part| part.span.end);
    let value = match parts.len() {
        1 => parts.remove(0).value,
        _ => Value::Text(parts),
    };
    let span = start..end.max(start);
    Word {
        value: Spanned { value, span },
        text,
    }
}
