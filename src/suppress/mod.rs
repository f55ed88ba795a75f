//! Comments that hide findings, and judging them: those that name no rule or hide nothing are
//! findings of their own. And the baseline, which hides what is known.

mod baseline;
mod foreign;

use crate::source::Chunk;
use crate::span::{Position, Span};

pub(crate) use baseline::{Baseline, BaselineError, Known};
pub(crate) use foreign::foreign_marker;

/// The longest comment that is read, in bytes.
const REACH: usize = 512;

/// What a comment covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Its own line.
    Line,
    /// The line after it.
    NextLine,
    /// The whole file.
    File,
}

/// A suppression comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comment {
    /// From `hfscan:` to the end of the rule ids, in bytes of its chunk.
    pub span: Span,
    /// Where that is in the file.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
    /// What it covers.
    pub scope: Scope,
    /// The rules or families it names; none if it is bare, and so hides nothing.
    pub rules: Vec<String>,
    /// Its words, for a report.
    pub words: String,
    /// Whether it stands in what surely is a comment, so that its own faults may be reported. In
    /// prose, `# hfscan: …` may be an example.
    pub certain: bool,
}

impl Comment {
    /// Whether it names no rule.
    #[must_use]
    pub(crate) fn is_bare(&self) -> bool {
        self.rules.is_empty()
    }

    /// The line that it covers, counted from 1; none is the whole file. One that names no rule covers
    /// nothing: it would hide what nobody has seen yet.
    #[must_use]
    pub(crate) fn covered(&self) -> Option<u64> {
        match self.scope {
            Scope::Line => Some(self.start.line),
            Scope::NextLine => Some(self.start.line + 1),
            Scope::File => None,
        }
    }
}

/// Marks that begin a comment in some language.
const OPENERS: [&str; 12] = [
    "#", "//", "/*", "--", ";", "%", "<!--", "{{!", "{#", "rem ", "REM ", "::",
];

/// Reads the comment whose `hfscan:` stands at `at`, if it is one. `prose` is whether the file is
/// text for people, in which only `<!--` surely begins a comment.
#[must_use]
pub(crate) fn parse(chunk: &Chunk<'_>, at: usize, start: Position, prose: bool) -> Option<Comment> {
    let line = chunk.line_around(at);
    let before = chunk.get(line.start.max(at.saturating_sub(REACH))..at);
    let before = String::from_utf8_lossy(before);
    let trimmed = before.trim_start();
    let opened = OPENERS.iter().any(|opener| before.contains(opener)) || trimmed.starts_with('*');
    if !opened {
        return None;
    }
    // Bytes, not characters: a stray byte would be replaced by several.
    let rest = chunk.get(at..line.end.min(at + REACH));
    let after = rest.strip_prefix(b"hfscan:")?;
    let word_start = after.trim_ascii_start();
    let mut used = rest.len() - word_start.len();
    let letters = |b: &&u8| b.is_ascii_lowercase() || **b == b'-';
    let word = word_start.get(..word_start.iter().take_while(letters).count())?;
    let scope = match word {
        b"ignore" => Scope::Line,
        b"ignore-next-line" => Scope::NextLine,
        b"ignore-file" => Scope::File,
        _ => return None,
    };
    used += word.len();
    let list = rest.get(used..).and_then(|tail| tail.strip_prefix(b"["));
    let list = list.and_then(|list| list.get(..memchr::memchr(b']', list)?));
    let mut rules = Vec::new();
    if let Some(names) = list {
        used += names.len() + 2;
        let names = String::from_utf8_lossy(names);
        let names = names.split(',').map(|name| name.trim().to_owned());
        rules.extend(names.filter(|name| !name.is_empty()));
    }
    let words = String::from_utf8_lossy(rest.get(..used)?).into_owned();
    let span = at..at + used;
    Some(Comment {
        end: chunk.advance(start, span.start, span.end),
        start,
        scope,
        rules,
        words,
        certain: !prose || before.contains("<!--"),
        span,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(Scope, Vec<String>, String)> {
        let chunk = Chunk::whole(text.as_bytes());
        let at = text.find("hfscan:")?;
        let comment = parse(&chunk, at, chunk.position(at), false)?;
        Some((comment.scope, comment.rules, comment.words))
    }

    #[test]
    fn forms_of_comments() {
        for (text, scope, rules, words) in [
            (
                "x # hfscan: ignore[a-b, c] because",
                Scope::Line,
                vec!["a-b", "c"],
                "hfscan: ignore[a-b, c]",
            ),
            (
                "// hfscan:ignore-next-line[a]",
                Scope::NextLine,
                vec!["a"],
                "hfscan:ignore-next-line[a]",
            ),
            (
                "<!-- hfscan: ignore-file[a] -->",
                Scope::File,
                vec!["a"],
                "hfscan: ignore-file[a]",
            ),
            ("-- hfscan: ignore", Scope::Line, vec![], "hfscan: ignore"),
            (
                " * hfscan: ignore[]",
                Scope::Line,
                vec![],
                "hfscan: ignore[]",
            ),
        ] {
            let wanted = (
                scope,
                rules.into_iter().map(str::to_owned).collect(),
                words.to_owned(),
            );
            assert_eq!(read(text), Some(wanted), "{text}");
        }
        let stray = Chunk::whole(b"# hfscan: ignore[\xff\xfe] x");
        let comment = parse(&stray, 2, stray.position(2), false);
        assert_eq!(comment.map(|comment| comment.span), Some(2..20));
        for text in [
            "hfscan: ignore[a]",
            "# hfscan: ignores",
            "# hfscan: is a tool",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
