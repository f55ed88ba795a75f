//! Taking a command out of its script, and the script, if that is all of it, out of what runs it.

use super::Site;
use super::image;
use super::lines::{behind, glued, line_at};
use crate::finding::Edit;
use crate::rule::DropRule;
use crate::span::Span;
use crate::syntax::{Fact, FactKind, Place};

/// Words behind which a shell waits for a command.
const OPENERS: [&str; 6] = ["then", "else", "do", "{", "(", "!"];

impl Site<'_> {
    /// Takes out what is found.
    pub(super) fn dropped(&self, rule: &DropRule) -> Option<Vec<Edit<Span>>> {
        let fact = self.fact?;
        let edit = match &fact.kind {
            FactKind::Command(_) => self.without_command(fact, rule),
            FactKind::Setting(_) => image::without_pair(self),
            FactKind::Call(_) => None,
        };
        Some(vec![edit?])
    }

    fn without_command(&self, fact: &Fact, rule: &DropRule) -> Option<Edit<Span>> {
        // All scripts of a Dockerfile stand at one place.
        let script = match fact.place.as_slice() {
            [_, Place::Instruction(_), _] => image::step_at(self.text, fact.span.start)?.span,
            _ => 0..self.text.len(),
        };
        let mut facts = self.document?.facts.iter();
        let has_others = facts.any(|other| {
            other.place.starts_with(&fact.place)
                && script.contains(&other.span.start)
                && (other.span.end <= fact.span.start || other.span.start >= fact.span.end)
        });
        match fact.place.as_slice() {
            // The script of a step, all of which is this command.
            [_, Place::Key(key), Place::Document(_)] if !has_others => {
                let path: Vec<&str> = key.split('.').collect();
                let mut items = rule.item.0.iter();
                let depth = items.find_map(|item| depth(item, &path))?;
                self.without_item(path.get(..depth)?, &rule.with.0)
            }
            [_, Place::Instruction(name), Place::Document(_)] if !has_others => {
                let is_run = name == "RUN";
                is_run.then(|| image::without_step(self.text, fact.span.start))?
            }
            [Place::Document(_)]
            | [_, Place::Key(_) | Place::Instruction(_), Place::Document(_)] => {
                let (own, seen) = (&fact.span, &self.entry);
                // Quotes at the ends belong to what is reported.
                cut(
                    self.text,
                    &(own.start.min(seen.start)..own.end.max(seen.end)),
                )
            }
            _ => None,
        }
    }

    /// Takes an item out of a list, if it has these names alone and is not the only one.
    fn without_item(&self, path: &[&str], names: &[String]) -> Option<Edit<Span>> {
        let list = path.get(..path.len().checked_sub(1)?)?;
        let mut start = None;
        let mut is_only = true;
        for (keys, span) in self.settings() {
            if !begins(&keys, list) {
                continue;
            }
            if !begins(&keys, path) {
                is_only = false;
                continue;
            }
            let own = keys.get(path.len());
            if own.is_some_and(|(name, _)| !names.iter().any(|known| known == name)) {
                return None;
            }
            let at = own.map_or(span.start, |(_, at)| at.start);
            start = Some(start.map_or(at, |known: usize| known.min(at)));
        }
        let text = self.text;
        let first = line_at(text, start.filter(|_| !is_only)?);
        let dash = first.indent(text).len();
        if !first.content(text).starts_with('-') {
            return None;
        }
        let (mut end, mut line) = (first.span.end, first.next(text));
        while let Some(next) =
            line.filter(|line| line.is_blank(text) || line.indent(text).len() > dash)
        {
            if !next.is_blank(text) {
                end = next.span.end;
            }
            line = next.next(text);
        }
        // One of the blank lines around it goes, too.
        let is_blank = |line: Option<super::lines::Line>| line.filter(|line| line.is_blank(text));
        if is_blank(first.previous(text)).is_some()
            && end < text.len()
            && let Some(blank) = is_blank(Some(line_at(text, end)))
        {
            end = blank.span.end;
        }
        Some(Edit {
            at: first.span.start..end,
            text: String::new(),
        })
    }
}

/// Whether a path begins with these names.
pub(super) fn begins(keys: &[(&str, Span)], names: &[&str]) -> bool {
    keys.len() >= names.len() && keys.iter().zip(names).all(|((key, _), name)| key == name)
}

/// How many names of a path a pattern is for, if it is for its beginning.
fn depth(pattern: &str, path: &[&str]) -> Option<usize> {
    let names = pattern.split('.');
    let depth = names.clone().count();
    let mut pairs = names.zip(path);
    let fits = path.len() >= depth && pairs.all(|(name, own)| name == "*" || name == *own);
    fits.then_some(depth)
}

/// Takes a command out of a script that has others, with what ties it to them.
fn cut(text: &[u8], span: &Span) -> Option<Edit<Span>> {
    let line = line_at(text, span.start);
    let head = glued(text.get(..span.start)?);
    let after = text.get(span.end..)?;
    let tail = after.trim_ascii_start();
    let blanks = after.iter().take_while(|b| matches!(b, b' ' | b'\t'));
    let tail = after
        .get(blanks.count()..)
        .filter(|rest| !rest.is_empty())
        .unwrap_or(tail);
    let ends = |text: &[u8]| matches!(text.first(), None | Some(b'\n' | b'\r'));
    let removed = |at: Span| {
        Some(Edit {
            at,
            text: String::new(),
        })
    };
    if head.ends_with(b"|") {
        return None;
    }
    if let Some(rest) = tail.strip_prefix(b"&&") {
        return removed(span.start..text.len() - behind(rest).len());
    }
    if let Some(rest) = head.strip_suffix(b"&&").filter(|_| ends(tail)) {
        return removed(glued(rest).len()..span.end);
    }
    let before = text.get(line.span.start..span.start)?;
    if before.trim_ascii().is_empty() && ends(tail) {
        let previous = text.get(..line.span.start)?.trim_ascii_end();
        let word = previous
            .rsplit(|b| matches!(b, b' ' | b';' | b'\n' | b'\t'))
            .next();
        let word = std::str::from_utf8(word.unwrap_or_default()).ok()?;
        let waits =
            OPENERS.contains(&word) || previous.ends_with(b"\\") || previous.ends_with(b"&&");
        return if waits { None } else { removed(line.span) };
    }
    let is_first = before.trim_ascii().is_empty() || head.ends_with(b";");
    match tail.strip_prefix(b";") {
        Some(rest) if is_first && !rest.starts_with(b";") => {
            removed(span.start..text.len() - behind(rest).len())
        }
        None if ends(tail) => {
            let rest = head.strip_suffix(b";")?;
            removed(rest.trim_ascii_end().len()..span.end)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::apply;
    use super::*;

    #[test]
    fn a_command_goes_with_what_ties_it_to_others() {
        for (text, after) in [
            ("a\nLOGIN\nb\n", Some("a\nb\n")),
            ("RUN a && LOGIN && b\n", Some("RUN a && b\n")),
            ("RUN LOGIN && b\n", Some("RUN b\n")),
            ("RUN a && LOGIN\n", Some("RUN a\n")),
            ("RUN a \\\n && LOGIN\nCMD b\n", Some("RUN a\nCMD b\n")),
            (
                "RUN a && \\\n  LOGIN && \\\n  b\n",
                Some("RUN a && \\\n  b\n"),
            ),
            ("RUN a && \\\n  LOGIN\n", Some("RUN a\n")),
            ("a; LOGIN; b\n", Some("a; b\n")),
            ("a; LOGIN\n", Some("a\n")),
            ("  LOGIN; b\n", Some("  b\n")),
            ("echo x | LOGIN\n", None),
            ("LOGIN | tee x\n", None),
            ("a || LOGIN\n", None),
            ("LOGIN || exit 1\n", None),
            ("if a; then\n  LOGIN\nfi\n", None),
            ("if a; then LOGIN; fi\n", None),
            ("x=$(LOGIN)\n", None),
        ] {
            let at = text.find("LOGIN").unwrap();
            let edit = cut(text.as_bytes(), &(at..at + 5));
            let cut = edit.map(|edit| apply(text, &[edit]));
            assert_eq!(cut.as_deref(), after, "{text}");
        }
    }
}
