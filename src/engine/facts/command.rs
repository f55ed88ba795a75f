//! A command line: its program and subcommands, its options and what is given to them.

use super::entry::Entry;
use crate::span::Span;
use crate::syntax::{Command, Invocation, Redirection, Spanned, Value};

/// Options of the tools that rules know, which take no value.
const FLAGS: [&str; 49] = [
    "--add-to-git-credential",
    "--help",
    "-h",
    "--detach",
    "-d",
    "--quiet",
    "-q",
    "--verbose",
    "--yes",
    "-y",
    "--rm",
    "-i",
    "-t",
    "-it",
    "-ti",
    "-dit",
    "-itd",
    "-td",
    "-tid",
    "--interactive",
    "--tty",
    "--privileged",
    "--init",
    "--no-cache",
    "--pull",
    "--push",
    "--load",
    "--json",
    "--force",
    "-f",
    "--private",
    "--public",
    "--exist-ok",
    "--ssh",
    "--suspend",
    "--no-suspend",
    "--resume",
    "--debug",
    "--no-detach",
    "--follow",
    "--read-only",
    "-P",
    "--publish-all",
    "--forward-hf-token",
    // Of the cmdlets of PowerShell.
    "-nonewline",
    "-force",
    "-append",
    "-passthru",
    "-noclobber",
];

/// Last words of the names of variables that hold options.
const OPTIONS: [&str; 18] = [
    "@", "*", "ARG", "ARGS", "ARGV", "FLAG", "FLAGS", "OPT", "OPTS", "OPTION", "OPTIONS", "PARAMS",
    "MOUNT", "MOUNTS", "VOLUMES", "VARS", "ENVS", "ENV",
];

/// How many options may stand before a subcommand.
const MAX_OPTIONS: usize = 8;

/// Commands after whose words everything belongs to another program, and how many words those are.
const HAND_OVER: [(&str, usize); 11] = [
    ("hf jobs run", 1),
    ("hf jobs uv run", 1),
    ("hf jobs scheduled run", 2),
    ("hf jobs scheduled uv run", 2),
    ("huggingface-cli jobs run", 1),
    ("huggingface-cli jobs uv run", 1),
    ("docker run", 1),
    ("docker container run", 1),
    ("podman run", 1),
    ("nerdctl run", 1),
    ("docker compose run", 1),
];

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

impl Line {
    /// What a command runs, outermost first.
    pub(super) fn all(command: &Command) -> Vec<Self> {
        let invocations = command.invocations().into_iter();
        let redirections = &command.redirections;
        invocations
            .map(|invocation| Self::new(invocation, redirections))
            .collect()
    }

    fn new(invocation: Invocation<'_>, redirections: &[Redirection]) -> Self {
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

    /// The program and what follows it, for messages.
    pub(super) fn name(&self) -> String {
        let words = self
            .words
            .iter()
            .take_while(|word| !word.text.starts_with('-'));
        let words: Vec<&str> = words.take(3).map(|word| word.text.as_str()).collect();
        words.join(" ")
    }

    /// What is given to a program with its subcommands (`hf auth login`); none if this is another.
    pub(super) fn entries(&self, program: &str) -> Option<Vec<Entry>> {
        if program == "**" {
            return Some(self.read(1, usize::MAX, false));
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
        let hand_over = HAND_OVER.iter().find(|(name, _)| *name == program);
        let own = hand_over.map_or(usize::MAX, |(_, words)| *words);
        // A script takes no variables: these are the job's, also behind it.
        let late = hand_over.is_some() && program.ends_with("uv run");
        let mut entries = self.read(at + 1, own, late);
        // What these write to is none of what they take.
        if matches!(first, "COPY" | "ADD" | "%files" | "%appfiles") && entries.len() > 1 {
            entries.pop();
        }
        entries.extend(self.redirections.iter().cloned());
        Some(entries)
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

    /// Reads options and words; after `own` words, all that follows is the other program's, but for
    /// variables that come `late`.
    fn read(&self, from: usize, own: usize, late: bool) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut positional = 0;
        let mut at = from;
        while let Some(word) = self.words.get(at) {
            at += 1;
            let text = word.text.as_str();
            if positional >= own && is_secret_option(text) {
                // Newer versions of `hf` take these out of the inner command: no leak by itself.
                at += usize::from(!text.contains('='));
            } else if positional >= own && !(late && is_variable_option(text)) {
                entries.push(plain(
                    vec!["then".into(), (positional - own).to_string()],
                    &word.value,
                ));
                positional += 1;
            } else if own != usize::MAX && self.stands_for_options(at - 1) {
                // What they are is not known here.
            } else if text == "--" || !text.starts_with('-') || text == "-" {
                if text != "--" {
                    entries.push(plain(vec![positional.to_string()], &word.value));
                    positional += 1;
                }
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
    fn stands_for_options(&self, at: usize) -> bool {
        let named = match self.words.get(at).map(|word| &word.value.value) {
            Some(Value::Variable(name, None)) => {
                let last = name.rsplit('_').next().unwrap_or(name);
                OPTIONS.contains(&last.to_ascii_uppercase().as_str())
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

fn plain(path: Vec<String>, value: &Spanned<Value>) -> Entry {
    Entry {
        path,
        key: None,
        value: value.clone(),
    }
}

/// An option with what is given to it, and, if that is `NAME=value` or `NAME`, the entry of it.
fn option(name: &Spanned<String>, value: &Spanned<Value>, into: &mut Vec<Entry>) {
    let (inner, given) = match pair(value) {
        Some((inner, given)) => (Some(inner), given),
        None => {
            let text = head(&value.value);
            let inner = (!text.is_empty()).then(|| Spanned {
                value: text,
                span: value.span.clone(),
            });
            let nothing = Spanned {
                value: Value::Null,
                span: value.span.clone(),
            };
            (inner, nothing)
        }
    };
    if let Some(inner) = inner {
        into.push(Entry {
            path: vec![name.value.clone(), inner.value],
            key: Some(name.span.start..inner.span.end.max(name.span.end)),
            value: given,
        });
    }
    into.push(Entry {
        path: vec![name.value.clone()],
        key: Some(name.span.clone()),
        value: value.clone(),
    });
}

/// `--secrets`, which gives a job a secret wherever it stands.
fn is_secret_option(text: &str) -> bool {
    let name = text.split('=').next().unwrap_or(text);
    matches!(name, "--secrets" | "--secret" | "-s" | "--secrets-file")
}

/// `--env`, which gives a job a variable.
fn is_variable_option(text: &str) -> bool {
    matches!(text, "-e" | "--env") || text.starts_with("--env=")
}

fn is_flag(text: &str) -> bool {
    FLAGS.contains(&text)
}

/// What a word begins with: all of it, if nothing in it is unknown.
fn head(value: &Value) -> String {
    match value {
        Value::Literal(text) => text.clone(),
        Value::Text(parts) => parts
            .first()
            .map(|part| head(&part.value))
            .unwrap_or_default(),
        _ => String::new(),
    }
}

/// Divides `-eNAME=value`, an option of one letter with what is given to it.
fn attached(value: &Spanned<Value>) -> Option<(Spanned<String>, Spanned<Value>)> {
    const LETTERS: usize = 2;
    let split = |text: &str| {
        let (option, name) = text.split_at_checked(LETTERS)?;
        let name = name.split('=').next().unwrap_or(name);
        let is_name =
            name.contains('_') && name.bytes().all(|b| b == b'_' || b.is_ascii_uppercase());
        (matches!(option, "-e" | "-s") && is_name).then(|| option.to_owned())
    };
    let without = |text: &str| text.get(LETTERS..).unwrap_or_default().to_owned();
    let span = |span: &Span| (span.start + LETTERS).min(span.end)..span.end;
    let (name, rest) = match &value.value {
        Value::Literal(text) => (split(text)?, Value::Literal(without(text))),
        Value::Text(parts) => {
            let (first, more) = parts.split_first()?;
            let Value::Literal(text) = &first.value else {
                return None;
            };
            let head = Spanned {
                value: Value::Literal(without(text)),
                span: span(&first.span),
            };
            let parts = std::iter::once(head).chain(more.iter().cloned());
            (split(text)?, Value::Text(parts.collect()))
        }
        _ => return None,
    };
    let name = Spanned {
        value: name,
        span: value.span.start..(value.span.start + LETTERS).min(value.span.end),
    };
    let rest = Spanned {
        value: rest,
        span: span(&value.span),
    };
    Some((name, rest))
}

/// Divides `NAME=value`; the value may be put together from parts.
fn pair(value: &Spanned<Value>) -> Option<(Spanned<String>, Spanned<Value>)> {
    let split = |text: &str, span: &Span| {
        let (name, rest) = text.split_once('=')?;
        if name.is_empty() || name.contains(char::is_whitespace) {
            return None;
        }
        // Where quotes or escapes stand between, the parts cannot be told: the whole is shown.
        let exact = span.len() == text.len();
        let end = if exact {
            span.start + name.len()
        } else {
            span.end
        };
        let rest_span = if exact {
            end + 1..span.end
        } else {
            span.clone()
        };
        let name = Spanned {
            value: name.to_owned(),
            span: span.start..end,
        };
        Some((name, rest.to_owned(), rest_span))
    };
    match &value.value {
        Value::Literal(text) => {
            let (name, rest, span) = split(text, &value.span)?;
            let value = if rest.is_empty() {
                Value::Null
            } else {
                Value::Literal(rest)
            };
            Some((name, Spanned { value, span }))
        }
        Value::Text(parts) => {
            let (first, others) = parts.split_first()?;
            let Value::Literal(text) = &first.value else {
                return None;
            };
            let (name, rest, span) = split(text, &first.span)?;
            let whole = span.start..value.span.end.max(span.start);
            let mut parts: Vec<Spanned<Value>> = others.to_vec();
            if !rest.is_empty() {
                parts.insert(
                    0,
                    Spanned {
                        value: Value::Literal(rest),
                        span,
                    },
                );
            }
            let value = match parts.len() {
                1 => parts.remove(0).value,
                _ => Value::Text(parts),
            };
            Some((name, Spanned { value, span: whole }))
        }
        _ => None,
    }
}
