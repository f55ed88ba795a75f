//! Programs behind a pipe: whether they print the secret that they are given.

use regex::{Regex, RegexBuilder};

use super::value::Judge;
use crate::syntax::{Command, Value};

/// The most memory that the pattern of a `grep` may take, in bytes.
const MAX_PATTERN: usize = 64 << 10;

/// Whether a program prints a secret that it is given: the value itself, or a `dump` of all variables
/// with it among them.
pub(super) fn passes(command: &Command, dump: bool, judge: Judge<'_>) -> bool {
    let Some(effective) = command.effective(judge.models) else {
        return false;
    };
    let words: Option<Vec<&str>> = effective
        .arguments
        .iter()
        .map(|word| match &word.value {
            Value::Literal(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    // Options that are not known take nothing away.
    let words = words.unwrap_or_default();
    match effective.program.as_str() {
        program if judge.models.lists.has("filters", program) => true,
        "grep" => grep(&words, dump.then_some(judge), false),
        "egrep" | "rg" | "ag" | "zgrep" => grep(&words, dump.then_some(judge), true),
        "fgrep" => grep(&words, None, true),
        "cut" => !takes_names(&words),
        "sed" => !words.iter().any(|word| hides(word, judge)),
        "awk" | "gawk" | "mawk" => !counts(&words),
        _ => false,
    }
}

/// Whether `grep` prints a line with a token: of a dump of all variables, those with names that the models
/// know.
fn grep(words: &[&str], dump: Option<Judge<'_>>, extended: bool) -> bool {
    let mut extended = extended;
    let (mut ignore_case, mut inverted, mut only, mut fixed) = (false, false, false, false);
    let mut patterns = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--quiet" | "--silent" | "--count" | "--files-with-matches" => return false,
            "--ignore-case" => ignore_case = true,
            "--invert-match" => inverted = true,
            "--only-matching" => only = true,
            "--extended-regexp" | "--perl-regexp" => extended = true,
            "--fixed-strings" => fixed = true,
            "--regexp" => patterns.extend(words.next()),
            long if long.starts_with("--") => {
                patterns.extend(long.strip_prefix("--regexp="));
            }
            short if short.starts_with('-') && short.len() > 1 => {
                let letters = short.get(1..).unwrap_or_default();
                if letters.contains(['q', 'c', 'l', 'L']) {
                    return false;
                }
                ignore_case |= letters.contains('i');
                inverted |= letters.contains('v');
                only |= letters.contains('o');
                extended |= letters.contains(['E', 'P']);
                fixed |= letters.contains('F');
                match letters.chars().last() {
                    Some('e') => patterns.extend(words.next()),
                    Some('m' | 'A' | 'B' | 'C' | 'f') => _ = words.next(),
                    _ => {}
                }
            }
            pattern if patterns.is_empty() => patterns.push(pattern),
            _ => {}
        }
    }
    let Some(judge) = dump.filter(|_| !patterns.is_empty()) else {
        return true;
    };
    let patterns: Option<Vec<Regex>> = patterns
        .into_iter()
        .map(|pattern| {
            let pattern = match (fixed, extended) {
                (true, _) => regex::escape(pattern),
                (false, true) => pattern.to_owned(),
                (false, false) => extend(pattern),
            };
            RegexBuilder::new(&pattern)
                .case_insensitive(ignore_case)
                .size_limit(MAX_PATTERN)
                .build()
                .ok()
        })
        .collect();
    let Some(patterns) = patterns else {
        return true;
    };
    let names = judge.models.names.samples();
    let values = || {
        judge
            .shapes
            .prefixes()
            .map(|prefix| format!("{prefix}AbCdEfGh"))
    };
    let mut lines = names
        .iter()
        .flat_map(|name| values().map(move |value| format!("{name}={value}")));
    lines.any(|line| {
        let found: Vec<_> = patterns.iter().filter_map(|p| p.find(&line)).collect();
        let value = line.find('=').unwrap_or(0) + 1;
        match (inverted, only) {
            (true, _) => found.is_empty(),
            (false, true) => found.iter().any(|found| found.end() > value),
            (false, false) => !found.is_empty(),
        }
    })
}

/// A basic regular expression as an extended one: there, `\|` is what `|` is here.
fn extend(pattern: &str) -> String {
    let mut out = String::new();
    let mut escaped = false;
    for c in pattern.chars() {
        let special = matches!(c, '|' | '(' | ')' | '{' | '}' | '+' | '?');
        match (escaped, c) {
            (false, '\\') => {
                escaped = true;
                continue;
            }
            (false, _) if special => out.push('\\'),
            (true, _) if !special => out.push('\\'),
            _ => {}
        }
        escaped = false;
        out.push(c);
    }
    out
}

/// Whether `cut` leaves the names of variables alone: `cut -d= -f1`.
fn takes_names(words: &[&str]) -> bool {
    let line = words.join(" ");
    let has = |choices: [&str; 5]| choices.iter().any(|choice| line.contains(choice));
    has(["-d=", "-d =", "-d'='", "--delimiter==", "--delimiter ="])
        && has(["-f1", "-f 1", "--fields=1", "--fields 1", "-f-1"])
        && !line.contains(',')
        && !line.ends_with("1-")
}

/// Whether a script of `sed` puts something in place of values.
fn hides(script: &str, judge: Judge<'_>) -> bool {
    let parts = ["=.*", "=).*", "=\\).*", "=[^", "TOKEN", "SECRET", "/.*/"];
    let mut prefixes = judge.shapes.prefixes();
    parts.iter().any(|part| script.contains(part)) || prefixes.any(|prefix| script.contains(prefix))
}

/// Whether a script of `awk` prints names or lengths alone: `awk -F= '{print $1}'`.
fn counts(words: &[&str]) -> bool {
    let line = words.join(" ");
    let whole = ["$0", "$2", "$NF", "print}", "print }", "print;"];
    let names = line.contains("-F=") || line.contains("-F =");
    line.contains("length")
        || (names && line.contains("$1") && !whole.iter().any(|part| line.contains(part)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::facts::given::Given;
    use crate::engine::token::Shapes;
    use crate::rule::RuleSet;
    use crate::syntax::Spanned;

    /// A command; `_` is a space within a word, `~` is `_`.
    fn command(line: &str) -> Command {
        let words = line.split(' ').map(|word| Spanned {
            value: Value::Literal(word.replace('_', " ").replace('~', "_")),
            span: 0..1,
        });
        Command {
            assignments: Vec::new(),
            words: words.collect(),
            redirections: Vec::new(),
            piped_from: None,
        }
    }

    fn passes_here(line: &str, dump: bool) -> bool {
        let set = RuleSet::built_in().unwrap();
        let judge = Judge {
            models: set.models(),
            tokens: &[],
            shapes: &Shapes::new(&set),
            given: &Given::default(),
        };
        passes(&command(line), dump, judge)
    }

    #[test]
    fn a_dump_of_all_variables() {
        for line in [
            "sort",
            "sudo tee env.txt",
            "head -50",
            "grep -i hf",
            "grep HF~",
            "grep -E (HF|CUDA)",
            "grep CUDA\\|TOKEN",
            "grep -v PATH",
            "grep -i -e cuda -e hugging",
            "rg hf~",
            "cut -c1-80",
            "cut -d= -f2",
            "cut -d= -f1,2",
            "cut -d= -f1-",
            "sed s/^/x/",
            "awk {print}",
        ] {
            assert!(passes_here(line, true), "{line}");
        }
        for line in [
            "cut -d= -f1",
            "cut -f 1 -d =",
            "grep -q HF~TOKEN",
            "grep -c hf",
            "grep CUDA",
            "grep -E ^(CUDA|NCCL)",
            "grep -v -i token",
            "grep -o ^[A-Z~]*",
            "wc -l",
            "sha256sum",
            "sed s/=.*//",
            "sed -E s/(TOKEN=).*/\\1***/",
            "awk -F= {print_$1}",
            "docker login",
        ] {
            assert!(!passes_here(line, true), "{line}");
        }
    }

    #[test]
    fn a_value_alone() {
        for line in [
            "cut -c1-8",
            "head -c 5",
            "base64",
            "rev",
            "sed s/./&~/g",
            "grep hf~",
        ] {
            assert!(passes_here(line, false), "{line}");
        }
        for line in [
            "wc -c",
            "grep -q ^hf~",
            "md5sum",
            "sed s/hf~.*/x/",
            "awk {print_length}",
        ] {
            assert!(!passes_here(line, false), "{line}");
        }
    }
}
