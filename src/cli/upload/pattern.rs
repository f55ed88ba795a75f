//! Patterns as the client of the Hub reads them: those of Python's `fnmatch.fnmatchcase`.

use std::iter::Peekable;
use std::str::Chars;

use regex::Regex;

/// Patterns of which one has to match.
#[derive(Debug)]
pub(super) struct Patterns(Vec<Regex>);

impl Patterns {
    /// Compiles patterns. Backslashes part names, as slashes do, and a folder stands for all in it.
    ///
    /// # Errors
    ///
    /// If a pattern is too large.
    pub(super) fn new<'p>(
        patterns: impl IntoIterator<Item = &'p str>,
    ) -> Result<Self, regex::Error> {
        let patterns = patterns.into_iter().map(|pattern| {
            let mut pattern = pattern.replace('\\', "/");
            if pattern.ends_with('/') {
                pattern.push('*');
            }
            Regex::new(&translated(&pattern))
        });
        patterns.collect::<Result<_, _>>().map(Self)
    }

    /// Whether one of them matches a path with slashes.
    pub(super) fn match_path(&self, path: &str) -> bool {
        self.0.iter().any(|pattern| pattern.is_match(path))
    }
}

/// A pattern as a regular expression.
fn translated(pattern: &str) -> String {
    let mut out = String::from(r"(?s)\A");
    let mut rest = pattern.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '*' => out.push_str(".*"),
            '?' => out.push('.'),
            '[' => match class(&rest) {
                Some((class, after)) => {
                    out.push_str(&class);
                    rest = after;
                }
                // It is never closed, and stands for itself.
                None => out.push_str(r"\["),
            },
            plain => out.push_str(&regex::escape(plain.encode_utf8(&mut [0; 4]))),
        }
    }
    out.push_str(r"\z");
    out
}

/// The class of characters after an opening bracket, and what stands behind it.
fn class<'p>(rest: &Peekable<Chars<'p>>) -> Option<(String, Peekable<Chars<'p>>)> {
    let mut rest = rest.clone();
    let negated = rest.next_if_eq(&'!').is_some();
    let mut members: Vec<char> = rest.next_if_eq(&']').into_iter().collect();
    loop {
        match rest.next()? {
            ']' => break,
            member => members.push(member),
        }
    }
    let mut ranges = String::new();
    let mut at = 0;
    while let Some(first) = members.get(at) {
        let (last, length) = match (members.get(at + 1), members.get(at + 2)) {
            (Some('-'), Some(last)) => (last, 3),
            _ => (first, 1),
        };
        // A range that runs backwards has no member.
        if first <= last {
            let escaped = |c: &char| format!("\\x{{{:x}}}", u32::from(*c));
            ranges.push_str(&format!("{}-{}", escaped(first), escaped(last)));
        }
        at += length;
    }
    let class = match (negated, ranges.is_empty()) {
        (false, true) => r"[^\x{0}-\x{10ffff}]".to_owned(),
        (true, true) => ".".to_owned(),
        (false, false) => format!("[{ranges}]"),
        (true, false) => format!("[^{ranges}]"),
    };
    Some((class, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `tests/upload_check.rs` compares with Python itself, where the client is there.
    #[test]
    fn patterns_match_as_those_of_python() {
        for (pattern, path, matches) in [
            ("*.py", "a/b.py", true),
            ("*.py", "a.pyc", false),
            ("logs/", "logs/a/b", true),
            ("logs/", "a/logs/b", false),
            ("a?c", "a/c", true),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]]", "]", true),
            ("[!]]", "]", false),
            ("[a", "[a", true),
            ("[z-a]", "z", false),
            ("[!z-a]", "z", true),
            ("[-a]", "-", true),
            ("[a-]", "-", true),
            ("[^a]", "^", true),
            ("a.b", "axb", false),
            ("{a,b}", "a", false),
            ("a\\b", "a/b", true),
            ("", "", true),
            ("*", "a\nb", true),
        ] {
            let patterns = Patterns::new([pattern]).unwrap();
            assert_eq!(patterns.match_path(path), matches, "{pattern} on {path:?}");
        }
    }
}
