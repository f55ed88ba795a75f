//! A command line: its program and subcommands, its options and what is given to them.

use super::entry::Entry;
use super::option::{attached, head, option, pair};
use crate::model::{Models, Program};
use crate::span::Span;
use crate::syntax::{Command, Invocation, Redirection, Spanned, Value};

/// How many options may stand before a subcommand.
const MAX_OPTIONS: usize = 8;

/// The words of a command, from its program on.
#[derive(Debug)]
pub(super) struct Line {
    words: Vec<Word>,
    /// What is read and written, by operator.
    redirections: Vec<Entry>,
    /// The bytes from the program to its last word.
    pub(super) span: Span,
}

#[derive(Debug)]
struct Word {
    /// The word, if all of it is known, or what it begins with.
    text: String,
    value: Spanned<Value>,
}

/// A command of a script, as far as it is text.
#[derive(Debug, Default)]
pub(crate) struct Spoken {
    /// The program and its arguments; what is no text is empty.
    pub(crate) words: Vec<String>,
    /// What is given to it, if it is one of those that were asked for: by the names of options, and by places from
    /// `0`.
    pub(crate) given: Vec<(String, String)>,
}

impl Line {
    /// What a command runs, outermost first.
    pub(super) fn all(command: &Command, models: &Models) -> Vec<Self> {
        let invocations = command.invocations(models).into_iter();
        let redirections = &command.redirections;
        invocations
            .map(|invocation| Self::new(invocation, redirections))
            .collect()
    }

    pub(super) fn new(invocation: Invocation<'_>, redirections: &[Redirection]) -> Self {
        let program = Word {
            text: invocation.program.clone(),
            value: Spanned {
                value: Value::Literal(invocation.program),
                span: invocation.span.clone(),
            },
        };
        let arguments = invocation.arguments.iter().map(|word| Word {
            text: head(&word.value),
            value: word.clone(),
        });
        let end = invocation.arguments.last().map_or(0, |word| word.span.end);
        Self {
            span: invocation.span.start..end.max(invocation.span.end),
            redirections: redirections
                .iter()
                .map(|redirection| plain(vec![redirection.operator.clone()], &redirection.target))
                .collect(),
            words: std::iter::once(program).chain(arguments).collect(),
        }
    }

    /// Its words, and what is given to the first of these programs that it is one of.
    pub(super) fn spoken(&self, programs: &[String], models: &Models) -> Spoken {
        let text = |word: &Word| word.value.value.text().to_owned();
        let mut programs = programs.iter();
        let entries = programs.find_map(|program| self.entries(program, models));
        let given = entries.unwrap_or_default().into_iter();
        let given = given.filter_map(|entry| match &entry.path[..] {
            [name] => Some((name.clone(), entry.value.value.text().to_owned())),
            _ => None,
        });
        Spoken {
            words: self.words.iter().map(text).collect(),
            given: given.collect(),
        }
    }

    /// The program and what follows it, for messages.
    pub(super) fn name(&self) -> String {
        let words = self
            .words
            .iter()
            .take_while(|word| !word.text.is_empty() && !word.text.starts_with('-'));
        let words: Vec<&str> = words.take(3).map(|word| word.text.as_str()).collect();
        words.join(" ")
    }

    /// What is given to a program with its subcommands (`hf auth login`); none if this is another.
    pub(super) fn entries(&self, program: &str, models: &Models) -> Option<Vec<Entry>> {
        if program == "**" {
            return Some(self.read(1, None, models));
        }
        let mut wanted = program.split(' ');
        let mut at = 0;
        let first = wanted.next()?;
        if self.words.first()?.text != first {
            return None;
        }
        for name in wanted {
            at += 1;
            at = self.after_options(at, name);
            if self.words.get(at)?.text != name {
                return None;
            }
        }
        let known = models.programs.get(program);
        let mut entries = self.read(at + 1, known, models);
        if known.is_some_and(|known| known.has_destination) && entries.len() > 1 {
            entries.pop();
        }
        self.read_input(&mut entries);
        entries.extend(self.redirections.iter().cloned());
        Some(entries)
    }

    /// Adds what an option reads from standard input, line by line: `--env-file -`.
    fn read_input(&self, entries: &mut Vec<Entry>) {
        let reads = |entry: &&Entry| {
            let file = head(&entry.value.value);
            entry.path.len() == 1 && entry.key.is_some() && matches!(&*file, "-" | "/dev/stdin")
        };
        let Some(option) = entries.iter().find(reads) else {
            return;
        };
        let is_input = |given: &&Entry| {
            let operator = given.path.first().map_or("", String::as_str);
            operator == "|" || operator.starts_with("<<")
        };
        let Some(input) = self.redirections.iter().rfind(is_input) else {
            return;
        };
        let name = &option.path;
        let mut read = Vec::new();
        for line in lines(&input.value) {
            // The option stands elsewhere: what it reads is shown by itself.
            read.push(match pair(&line) {
                Some((key, value)) => Entry {
                    path: name.iter().cloned().chain([key.value]).collect(),
                    key: Some(key.span),
                    value,
                },
                None => plain(name.clone(), &line),
            });
        }
        entries.extend(read);
    }

    /// The place of a subcommand, before which options may stand, some with a value:
    /// `docker compose -f x.yml build`.
    fn after_options(&self, from: usize, name: &str) -> usize {
        let mut at = from;
        let text = |at: usize| self.words.get(at).map(|word| word.text.as_str());
        for _ in 0..MAX_OPTIONS {
            let Some(option) = text(at).filter(|text| text.starts_with('-')) else {
                break;
            };
            at += 1;
            let value = text(at).is_some_and(|text| text != name && !text.starts_with('-'));
            at += usize::from(value && !option.contains('='));
        }
        at
    }

    /// Reads options and operands. Behind the operands of a program that starts another, all that follows
    /// is the other's, but for options that the first takes from wherever they stand.
    fn read(&self, from: usize, program: Option<&Program>, models: &Models) -> Vec<Entry> {
        let operands = program.and_then(|program| program.operands);
        let is_late = |text: &str| program.is_some_and(|program| program.is_late(text));
        let is_silent = |text: &str| program.is_some_and(|program| program.is_silent(text));
        let is_flag = |text: &str| {
            models.lists.has("flags", text) || program.is_some_and(|program| program.is_flag(text))
        };
        let mut entries = Vec::new();
        let mut positional = 0;
        let mut ended = false;
        let mut at = from;
        while let Some(word) = self.words.get(at) {
            at += 1;
            let text = word.text.as_str();
            let behind = operands.filter(|operands| positional >= *operands);
            let is_late = |text: &str| !ended && is_late(text);
            if behind.is_some() && !ended && is_silent(text) {
                at += usize::from(!text.contains('='));
            } else if let Some(operands) = behind.filter(|_| !is_late(text)) {
                entries.push(plain(
                    vec!["then".into(), (positional - operands).to_string()],
                    &word.value,
                ));
                positional += 1;
            } else if operands.is_some() && self.stands_for_options(at - 1, models) {
                // What they are is not known here.
            } else if text == "--" && !ended {
                ended = true;
            } else if ended || !text.starts_with('-') || text == "-" {
                entries.push(plain(vec![positional.to_string()], &word.value));
                positional += 1;
            } else if let Some((name, value)) = attached(&word.value).or_else(|| pair(&word.value))
            {
                option(&name, &value, &mut entries);
            } else {
                let name = Spanned {
                    value: text.to_owned(),
                    span: word.value.span.clone(),
                };
                let next = self.words.get(at).filter(|next| {
                    !is_flag(text) && (!next.text.starts_with('-') || next.text == "-")
                });
                match next {
                    Some(next) => {
                        at += 1;
                        option(&name, &next.value, &mut entries);
                    }
                    None => entries.push(Entry {
                        path: vec![name.value],
                        key: Some(name.span.clone()),
                        value: Spanned {
                            value: Value::Null,
                            span: name.span,
                        },
                    }),
                }
            }
        }
        entries
    }

    /// Whether a word is a variable that holds options, by its name: `"${ARGS[@]}"`, `$@`. More
    /// options follow.
    fn stands_for_options(&self, at: usize, models: &Models) -> bool {
        let named = match self.words.get(at).map(|word| &word.value.value) {
            Some(Value::Variable(name, None)) => {
                let last = name.rsplit('_').next().unwrap_or(name);
                let last = last.to_ascii_uppercase();
                models.lists.has("option-variables", &last)
            }
            // `${GPU:+--flavor $GPU}`
            Some(Value::Unknown) => true,
            _ => false,
        };
        let rest = self.words.get(at + 1..).unwrap_or_default();
        let next = rest.iter().find(|word| !word.text.is_empty());
        named && next.is_some_and(|word| word.text.starts_with('-'))
    }
}

/// The lines of a text that may be put together from parts. Those of `echo` and `printf` may be escapes still.
fn lines(value: &Spanned<Value>) -> Vec<Spanned<Value>> {
    let parts = match &value.value {
        Value::Text(parts) => parts.as_slice(),
        _ => std::slice::from_ref(value),
    };
    let mut lines = vec![Vec::new()];
    for part in parts {
        let Value::Literal(text) = &part.value else {
            lines
                .last_mut()
                .into_iter()
                .for_each(|line| line.push(part.clone()));
            continue;
        };
        let exact = part.span.len() == text.len();
        let mut start = part.span.start;
        for (number, line) in text.split('\n').enumerate() {
            let mut at = start;
            for (piece_number, piece) in line.split("\\n").enumerate() {
                if number + piece_number > 0 {
                    lines.push(Vec::new());
                }
                let span = match exact {
                    true => at..at + piece.len(),
                    false => part.span.clone(),
                };
                at += piece.len() + 2;
                let value = Value::Literal(piece.to_owned());
                if let Some(line) = lines.last_mut().filter(|_| !piece.is_empty()) {
                    line.push(Spanned { value, span });
                }
            }
            start += line.len() + 1;
        }
    }
    let lines = lines.into_iter().filter(|line| !line.is_empty());
    lines.map(whole).collect()
}

/// One value of all parts.
fn whole(mut parts: Vec<Spanned<Value>>) -> Spanned<Value> {
    if parts.len() == 1 {
        return parts.remove(0);
    }
    let start = parts.first().map_or(0, |part| part.span.start);
    let end = parts.last().map_or(0, |part| part.span.end);
    Spanned {
        value: Value::Text(parts),
        span: start..end.max(start),
    }
}

fn plain(path: Vec<String>, value: &Spanned<Value>) -> Entry {
    Entry {
        path,
        key: None,
        value: value.clone(),
    }
}

/// The variables that a command hands to the script that it runs: `docker run -e HF_TOKEN …`.
pub(super) fn handed(command: &Command, models: &Models) -> Vec<String> {
    let lines = Line::all(command, models);
    let entries = lines.iter().filter_map(|line| line.entries("**", models));
    let handed = entries
        .flatten()
        .filter_map(|entry| match entry.path.as_slice() {
            [option, name] if models.programs.is_handing(option) => Some(name.clone()),
            _ => None,
        });
    handed.collect()
}
