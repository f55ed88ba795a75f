//! Programs behind a pipe: whether they print the secret that they are given.

use regex::{Regex, RegexBuilder};

use crate::syntax::{Command, Value};

/// Programs that print what is piped into them, or a part of it.
const FILTERS: [&str; 25] = [
    "base32", "base64", "cat", "column", "expand", "fmt", "fold", "head", "hexdump", "less",
    "more", "nl", "od", "paste", "pr", "rev", "shuf", "sort", "strings", "tac", "tail", "tee",
    "tr", "uniq", "xxd",
];

/// Lines as a dump of an environment has them.
const DUMPED: [&str; 3] = [
    "HF_TOKEN=hf_AbCdEfGh",
    "HUGGING_FACE_HUB_TOKEN=hf_AbCdEfGh",
    "HUGGINGFACE_TOKEN=hf_AbCdEfGh",
];

/// The most memory that the pattern of a `grep` may take, in bytes.
const MAX_PATTERN: usize = 64 << 10;

/// Whether a program prints a secret that it is given: the value itself, or a `dump` of all variables
/// with it among them.
pub(super) fn passes(command: &Command, dump: bool) -> bool {
    let Some(effective) = command.effective() else {
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
        program if FILTERS.contains(&program) => true,
        "grep" => grep(&words, dump, false),
        "egrep" | "rg" | "ag" | "zgrep" => grep(&words, dump, true),
        "fgrep" => grep(&words, false, true),
        "cut" => !takes_names(&words),
        "sed" => !words.iter().any(|word| hides(word)),
        "awk" | "gawk" | "mawk" => !counts(&words),
        _ => false,
    }
}

/// Whether `grep` prints a line with a token.
fn grep(words: &[&str], dump: bool, extended: bool) -> bool {
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
    if !dump || patterns.is_empty() {
        return true;
    }
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
    DUMPED.iter().any(|line| {
        let found: Vec<_> = patterns.iter().filter_map(|p| p.find(line)).collect();
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
fn hides(script: &str) -> bool {
    let parts = [
        "=.*", "=).*", "=\\).*", "=[^", "TOKEN", "hf_", "SECRET", "/.*/",
    ];
    parts.iter().any(|part| script.contains(part))
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
            assert!(passes(&command(line), true), "{line}");
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
            assert!(!passes(&command(line), true), "{line}");
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
            assert!(passes(&command(line), false), "{line}");
        }
        for line in [
            "wc -c",
            "grep -q ^hf~",
            "md5sum",
            "sed s/hf~.*/x/",
            "awk {print_length}",
        ] {
            assert!(!passes(&command(line), false), "{line}");
        }
    }
}
