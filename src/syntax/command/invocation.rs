//! What a command really runs: behind `sudo`, `env`, `uv run`, `docker exec c`, `python -m`.

use crate::model::Models;
use crate::span::Span;
use crate::syntax::{Command, Setting, Spanned, Value};

/// How many programs that start each other are told apart, so that a line of `sudo sudo …` costs
/// little.
const MAX_INVOCATIONS: usize = 16;

/// A command without the programs that only start another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Invocation<'c> {
    /// The name of the program, without folders and `.exe`. `python -m pip` is `pip`,
    /// `python -m huggingface_hub.commands.huggingface_cli` is `huggingface-cli`.
    pub program: String,
    /// Where the program's name stands in the file.
    pub span: Span,
    /// The arguments of the program.
    pub arguments: &'c [Spanned<Value>],
    /// What is put in its environment: leading assignments, and those of `env` and `sudo`.
    pub assignments: Vec<Setting>,
}

impl Command {
    /// The name of the first word, without folders and `.exe`.
    #[must_use]
    pub(crate) fn program(&self) -> Option<&str> {
        self.words.first().and_then(|word| base_name(&word.value))
    }

    /// What is run: the program itself, and what it starts, if it is a wrapper such as `sudo`,
    /// `timeout 5` or `docker run image`; outermost first. Of very many, those in the middle are left
    /// out.
    #[must_use]
    pub(crate) fn invocations<'c>(&'c self, models: &Models) -> Vec<Invocation<'c>> {
        let mut words = self.words.as_slice();
        let mut assignments = self.assignments.clone();
        let mut found = Vec::new();
        while let Some((first, rest)) = words.split_first() {
            let name = base_name(&first.value).map(str::to_owned);
            let Some(name) = name.or_else(|| implied(&first.value, rest, models)) else {
                break;
            };
            if found.len() == MAX_INVOCATIONS {
                found.pop();
            }
            let set = assignments.len();
            words = unwrap(&name, rest, &mut assignments, models).unwrap_or_default();
            found.push((name, first, rest, set));
        }
        let found = found.into_iter();
        found
            .map(|(name, first, rest, set)| {
                let assignments = assignments.iter().take(set).cloned().collect();
                invocation(name, first, rest, assignments, models)
            })
            .collect()
    }

    /// What is really run, behind all wrappers.
    #[must_use]
    pub(crate) fn effective<'c>(&'c self, models: &Models) -> Option<Invocation<'c>> {
        self.invocations(models).pop()
    }
}

fn invocation<'c>(
    name: String,
    first: &Spanned<Value>,
    rest: &'c [Spanned<Value>],
    assignments: Vec<Setting>,
    models: &Models,
) -> Invocation<'c> {
    let module = is_python(&name).then(|| module(rest)).flatten();
    let (program, arguments) = match module {
        Some((module, arguments)) => (models.known_name(module).to_owned(), arguments),
        None => (name, rest),
    };
    Invocation {
        program,
        span: first.span.clone(),
        arguments,
        assignments,
    }
}

/// The module and its arguments of `python -m module …`.
fn module(rest: &[Spanned<Value>]) -> Option<(&str, &[Spanned<Value>])> {
    for (at, word) in rest.iter().enumerate() {
        let option = literal(&word.value)?;
        if option == "-m" {
            let module = literal(&rest.get(at + 1)?.value)?;
            return Some((module, rest.get(at + 2..)?));
        }
        if !option.starts_with('-') || option == "-" || option == "-c" {
            return None;
        }
    }
    None
}

/// Whether a program is a Python: `python`, `python3`, `python3.12`, `py`.
pub(crate) fn is_python(name: &str) -> bool {
    let version = name.strip_prefix("python").or(name.strip_prefix("pypy"));
    name == "py"
        || name == "ipython"
        || version.is_some_and(|version| version.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
}

/// The text of a literal.
pub(crate) fn literal(value: &Value) -> Option<&str> {
    match value {
        Value::Literal(text) => Some(text),
        _ => None,
    }
}

/// The name of a program without its folder, which may be a variable: `$VENV/bin/hf` is `hf`.
pub(crate) fn base_name(value: &Value) -> Option<&str> {
    let path = match value {
        Value::Literal(path) => path,
        Value::Text(parts) => {
            literal(&parts.last()?.value).filter(|path| path.contains(['/', '\\']))?
        }
        _ => return None,
    };
    let name = path.rsplit(['/', '\\']).next()?;
    let name = name.strip_suffix(".exe").unwrap_or(name);
    (!name.is_empty()).then_some(name)
}

/// The program that a variable stands for, by the subcommands that only it has: `$HF jobs run`.
fn implied(program: &Value, rest: &[Spanned<Value>], models: &Models) -> Option<String> {
    let variable = match program {
        Value::Variable(name, _) | Value::Name(name) | Value::Environment(name, _) => {
            Some(name.as_str())
        }
        Value::Call(_) | Value::Substitution(_) | Value::Text(_) | Value::Unknown => None,
        _ => return None,
    };
    let word = |at: usize| rest.get(at).and_then(|word| literal(&word.value));
    let words = [word(0)?, word(1)?];
    let mut implied = models.implied.iter();
    let found = implied.find(|implied| implied.is(variable, words))?;
    Some(found.program.clone())
}

/// The words of the program that a wrapper starts, none if the program is not one.
fn unwrap<'c>(
    name: &str,
    words: &'c [Spanned<Value>],
    assignments: &mut Vec<Setting>,
    models: &Models,
) -> Option<&'c [Spanned<Value>]> {
    let wrappers = models.wrappers.iter().filter(|wrapper| wrapper.is(name));
    let mut fitting = wrappers.flat_map(|wrapper| wrapper.verbs().map(move |verb| (wrapper, verb)));
    let (wrapper, mut rest) =
        fitting.find_map(|(wrapper, verb)| Some((wrapper, after_verb(verb, words)?)))?;
    if wrapper.dashes {
        let dashes = rest
            .iter()
            .position(|word| literal(&word.value) == Some("--"))?;
        return rest.get(dashes + 1..);
    }
    let asks = |word: &Spanned<Value>| literal(&word.value).is_some_and(|o| wrapper.asks(o));
    if rest.first().is_some_and(asks) {
        return None;
    }
    let mut operands = wrapper.operands;
    while let Some((word, after)) = rest.split_first() {
        let option = literal(&word.value).filter(|text| text.len() > 1 && text.starts_with('-'));
        if option == Some("--") {
            return after.get(operands..);
        } else if let Some(option) = option {
            rest = match wrapper.takes_value(option) {
                true => after.get(1..)?,
                false => after,
            };
        } else if wrapper.assigns
            && operands == 0
            && let Some(setting) = assignment(word)
        {
            assignments.push(setting);
            rest = after;
        } else if operands > 0 {
            operands -= 1;
            rest = after;
            if operands == 0 {
                // What comes after a container or a duration is the program, also if it is odd.
                return Some(rest);
            }
        } else {
            return Some(rest);
        }
    }
    None
}

/// The words after a verb. Options may stand before it: `docker -H x exec`.
fn after_verb<'c>(verb: &str, mut words: &'c [Spanned<Value>]) -> Option<&'c [Spanned<Value>]> {
    for expected in verb.split_ascii_whitespace() {
        // Options before the verb are few, and some have values.
        let at = words
            .iter()
            .take(6)
            .position(|word| literal(&word.value) == Some(expected))?;
        let skipped = words.get(..at)?;
        if skipped
            .first()
            .is_some_and(|word| !literal(&word.value).is_some_and(|text| text.starts_with('-')))
        {
            return None;
        }
        words = words.get(at + 1..)?;
    }
    Some(words)
}

/// `NAME=value` as a word.
pub(crate) fn assignment(word: &Spanned<Value>) -> Option<Setting> {
    let mut parts = match &word.value {
        Value::Text(parts) => parts.clone(),
        _ => vec![word.clone()],
    };
    let first = parts.first_mut()?;
    let (target, value) = literal(&first.value)?.split_once('=')?;
    // `NAME+=value` and `NAME[key]=value` set a part of the variable.
    let part = target.split('[').next().unwrap_or(target);
    let name = part.strip_suffix('+').unwrap_or(part);
    let plain = !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !plain {
        return None;
    }
    let (name, value, target) = (name.to_owned(), value.to_owned(), target.len());
    // A name is plain text, so that its bytes are those of the file.
    let start = first.span.start;
    let middle = (start + name.len()).min(first.span.end);
    let end = word.span.end;
    let path = vec![Spanned {
        value: name,
        span: start..middle,
    }];
    first.span.start = (start + target + 1).min(first.span.end);
    if value.is_empty() {
        parts.remove(0);
    } else {
        first.value = Value::Literal(value);
    }
    let value_start = parts.first().map_or(end, |part| part.span.start);
    let value = match parts.len() {
        0 => Value::Null,
        1 => parts.remove(0).value,
        _ => Value::Text(parts),
    };
    Some(Setting {
        path,
        value: Spanned {
            value,
            span: value_start..end.max(value_start),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A command of words that are split at spaces; `$X` is a variable.
    fn command(line: &str) -> Command {
        let mut at = 0;
        let words = line
            .split(' ')
            .map(|word| {
                let span = at..at + word.len();
                at += word.len() + 1;
                let value = match word.strip_prefix('$') {
                    Some(name) => Value::Variable(name.to_owned(), None),
                    None => Value::Literal(word.to_owned()),
                };
                Spanned { value, span }
            })
            .collect();
        Command {
            assignments: Vec::new(),
            words,
            redirections: Vec::new(),
            piped_from: None,
        }
    }

    #[test]
    fn wrappers_are_seen_through() {
        for (line, expected) in [
            ("hf auth login", "hf auth login"),
            ("/usr/local/bin/hf auth", "hf auth"),
            ("C:\\venv\\hf.exe auth", "hf auth"),
            ("sudo -u me -E hf auth", "hf auth"),
            ("sudo HF_TOKEN=x env -i A=b hf auth", "hf auth"),
            ("nohup time hf x", "hf x"),
            ("timeout -s 9 10m hf x", "hf x"),
            ("xargs -n 1 hf x", "hf x"),
            ("srun -n 4 --pty --partition gpu -N1 hf x", "hf x"),
            ("uv run --with huggingface_hub hf x", "hf x"),
            ("uv tool run hf x", "hf x"),
            ("uv pip install x", "uv pip install x"),
            ("uvx --from huggingface_hub hf x", "hf x"),
            ("taskset -c 0-3 hf x", "hf x"),
            ("poetry run hf x", "hf x"),
            ("poetry install", "poetry install"),
            ("conda run -n base hf x", "hf x"),
            ("docker exec -it -e A=b c hf x", "hf x"),
            ("docker compose exec -T web hf x", "hf x"),
            (
                "docker run --rm -it -e HF_TOKEN --gpus all img hf x",
                "hf x",
            ),
            ("docker run --rm img", "docker run --rm img"),
            ("docker build -t run .", "docker build -t run ."),
            ("kubectl -n a exec pod -- hf x", "hf x"),
            ("python3 -m pip install x", "pip install x"),
            (
                "python -u -m huggingface_hub.commands.huggingface_cli login",
                "huggingface-cli login",
            ),
            ("python3.12 train.py -m x", "python3.12 train.py -m x"),
            ("command hf x", "hf x"),
            ("command -v hf", "command -v hf"),
            ("sudo", "sudo"),
            ("env", "env"),
            ("env HF_TOKEN=x", "env HF_TOKEN=x"),
        ] {
            let command = command(line);
            let effective = command.effective(&Models::built_in().unwrap()).expect(line);
            let mut words = vec![effective.program.as_str()];
            words.extend(
                effective
                    .arguments
                    .iter()
                    .filter_map(|word| literal(&word.value)),
            );
            assert_eq!(words.join(" "), expected, "{line}");
        }
    }

    #[test]
    fn assignments_of_env_are_kept_with_their_spans() {
        let command = command("env HF_TOKEN=abc B= hf");
        let effective = command.effective(&Models::built_in().unwrap()).unwrap();
        let [first, second] = effective.assignments.as_slice() else {
            panic!("{effective:?}");
        };
        assert_eq!(first.path[0].span, 4..12);
        assert_eq!(first.value.span, 13..16);
        assert_eq!(first.value.value, Value::Literal("abc".into()));
        assert_eq!(second.value.value, Value::Null);
    }
}
