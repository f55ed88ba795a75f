//! Edits that mend a finding, made from what its rule says of them.
//!
//! They speak of bytes of the file as it is. Whether the file is better for them is proved before any is
//! written; here, what cannot be right is left out: a text that another one around it would have to escape,
//! an entry that is not where its map is.

use crate::finding::{Edit, Fix};
use crate::model::is_like;
use crate::rule::{EditRule, FixRule, Slot, compile};
use crate::source::Origin;
use crate::span::Span;

/// What a fix may look at.
#[derive(Clone, Debug)]
pub(super) struct Site<'a> {
    /// The whole file.
    pub(super) text: &'a [u8],
    pub(super) origin: &'a Origin,
    /// Whether what is found lies in a text in the file, which may be escaped or indented.
    pub(super) is_nested: bool,
    pub(super) subject: Span,
    pub(super) entry: Span,
    pub(super) key: Option<Span>,
    pub(super) value: Option<Span>,
    /// The name of the entry.
    pub(super) name: &'a str,
    /// What else is given, by name.
    pub(super) given: Vec<&'a str>,
    /// Whether nothing else is given in the way of the entry.
    pub(super) is_alone: bool,
    /// The map that holds the entry, and the one beside it that a fix moves it to.
    pub(super) maps: Option<Maps>,
}

/// The map that holds an entry.
#[derive(Clone, Debug)]
pub(super) struct Maps {
    /// The name of the map.
    pub(super) name: Span,
    /// The map itself.
    pub(super) own: Span,
    /// Maps beside it, by name: none where it is no map that is written out.
    pub(super) beside: Vec<(String, Option<Span>)>,
}

impl<'a> Site<'a> {
    /// A credential, and nothing that is known of what surrounds it.
    pub(super) fn of_credential(text: &'a [u8], origin: &'a Origin, span: Span) -> Self {
        Self {
            text,
            origin,
            is_nested: false,
            subject: span.clone(),
            entry: span.clone(),
            key: None,
            value: Some(span.start.saturating_sub(2)..(span.end + 1).min(text.len())),
            name: "",
            given: Vec::new(),
            is_alone: true,
            maps: None,
        }
    }
}

impl Site<'_> {
    /// The first fix that fits.
    pub(super) fn fix(&self, rules: &[FixRule]) -> Option<Fix<Span>> {
        rules.iter().find_map(|rule| self.fix_by(rule))
    }

    fn fix_by(&self, rule: &FixRule) -> Option<Fix<Span>> {
        let files = &rule.file.0;
        let name = self.origin.name().rsplit('/').next().unwrap_or_default();
        let is_for = files.is_empty() || files.iter().any(|like| is_like(like, name));
        let has_other = self
            .given
            .iter()
            .any(|name| rule.unless.0.iter().any(|other| other == name));
        if !is_for || has_other || (rule.alone && !self.is_alone) {
            return None;
        }
        let (import, mut edits) = match &rule.import {
            Some(path) => import(self.text, path).filter(|_| !self.is_nested)?,
            None => (String::new(), Vec::new()),
        };
        if let Some(to) = &rule.move_to {
            edits.extend(self.moved(to)?);
        }
        for edit in &rule.edit {
            edits.extend(self.replaced(edit, &import)?);
        }
        edits.sort_by_key(|edit| (edit.at.start, edit.at.end));
        let apart = edits.windows(2).all(|pair| match pair {
            [one, next] => one.at.end <= next.at.start,
            _ => true,
        });
        let plain = |edit: &Edit<Span>| {
            let bytes = edit.text.bytes();
            bytes
                .into_iter()
                .all(|b| matches!(b, b' '..=b'~') && !matches!(b, b'"' | b'\'' | b'\\'))
        };
        (apart && (!self.is_nested || edits.iter().all(plain))).then(|| Fix {
            says: rule.says.replace("{key}", self.name),
            is_safe: !rule.is_unsafe,
            edits,
        })
    }

    /// The replacements of one rule; none if nothing fits.
    fn replaced(&self, rule: &EditRule, import: &str) -> Option<Vec<Edit<Span>>> {
        let slot = match rule.at {
            Slot::Subject => self.subject.clone(),
            Slot::Entry => self.entry.clone(),
            Slot::Key => self.key.clone()?,
            Slot::Value => self.value.clone()?,
            Slot::File => 0..self.text.len(),
        };
        let regex = compile(&rule.from.replace("{key}", &regex::escape(self.name))).ok()?;
        let to = rule
            .to
            .replace("{key}", self.name)
            .replace("{import}", import);
        let text = self.text.get(slot.clone())?;
        let most = if rule.at == Slot::File { usize::MAX } else { 1 };
        let edits = regex.captures_iter(text).take(most).map(|found| {
            let whole = found.get(0)?.range();
            let mut new = Vec::new();
            found.expand(to.as_bytes(), &mut new);
            Some(Edit {
                at: whole.start + slot.start..whole.end + slot.start,
                text: String::from_utf8(new).ok()?,
            })
        });
        let edits: Vec<Edit<Span>> = edits.collect::<Option<_>>()?;
        (!edits.is_empty()).then_some(edits)
    }

    /// Moves the entry from its map to the one of this name beside it, which is made if it is not there.
    fn moved(&self, to: &str) -> Option<Vec<Edit<Span>>> {
        let maps = self.maps.as_ref().filter(|_| !self.is_nested)?;
        let text = self.text;
        let own = braces(text, &maps.own)?;
        let entry = &self.entry;
        if entry.start < own.start || entry.end > own.end {
            return None;
        }
        let get = |span: Span| std::str::from_utf8(text.get(span)?).ok();
        let (before, after) = (get(own.start..entry.start)?, get(entry.end..own.end)?);
        // What is moved must be an entry from comma to comma.
        let ends = |text: &str| text.is_empty() || text.starts_with(',');
        if !(before.trim_end().is_empty() || before.trim_end().ends_with(','))
            || !ends(after.trim_start())
        {
            return None;
        }
        let is_only =
            before.trim().is_empty() && after.trim().trim_start_matches(',').trim().is_empty();
        let piece = get(entry.clone())?;
        let beside = maps.beside.iter().find(|(name, _)| name == to);
        let rename = |text: String| Edit {
            at: maps.name.clone(),
            text,
        };
        match beside {
            None if is_only => Some(vec![rename(to.to_owned())]),
            None => {
                let quote = quoted(text, &maps.name);
                let glue = get(maps.name.end..own.start)?;
                let mark = get(quote.start..maps.name.start)?;
                // On a line of its own where the other map has one.
                let line = get(0..quote.start)?.rsplit('\n').next().unwrap_or_default();
                let between = match line.trim().is_empty() {
                    true => format!(",\n{line}"),
                    false => ", ".to_owned(),
                };
                let new = format!("{mark}{to}{glue}{piece}}}{between}");
                let place = Edit {
                    at: quote.start..quote.start,
                    text: new,
                };
                Some(vec![place, without(text, entry.clone())])
            }
            Some((_, other)) => {
                let other = braces(text, other.as_ref()?)?;
                let is_empty = get(other.clone())?.trim().is_empty();
                let comma = if is_empty { "" } else { ", " };
                let place = Edit {
                    at: other.start..other.start,
                    text: format!("{piece}{comma}"),
                };
                let gone = match is_only {
                    true => quoted(text, &maps.name).start..own.end + 1,
                    false => entry.clone(),
                };
                Some(vec![place, without(text, gone)])
            }
        }
    }
}

/// The bytes between the braces of a map that is written out.
fn braces(text: &[u8], map: &Span) -> Option<Span> {
    let inside = text.get(map.clone())?;
    let is_written = inside.starts_with(b"{") && inside.ends_with(b"}") && inside.len() > 1;
    is_written.then(|| map.start + 1..map.end - 1)
}

/// A name with the quotes around it.
fn quoted(text: &[u8], name: &Span) -> Span {
    let before = name.start.checked_sub(1).and_then(|at| text.get(at));
    let after = text.get(name.end);
    match (before, after) {
        (Some(b'"'), Some(b'"')) | (Some(b'\''), Some(b'\'')) => name.start - 1..name.end + 1,
        _ => name.clone(),
    }
}

/// Takes out one of several things with commas between them: with the comma behind it and the space after
/// that, or its whole line if it has one; the last one with the comma before it.
fn without(text: &[u8], span: Span) -> Edit<Span> {
    let spaces = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count()
    };
    let (mut start, mut end) = (span.start, spaces(span.end));
    if text.get(end) == Some(&b',') {
        end = spaces(end + 1);
        let head = text.get(..start).unwrap_or_default();
        let indent = head
            .iter()
            .rev()
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count();
        let begins = start == indent || head.get(start - indent - 1) == Some(&b'\n');
        if begins && text.get(end) == Some(&b'\n') {
            start -= indent;
            end += 1;
        }
    } else {
        end = span.end;
        let head = text.get(..start).unwrap_or_default().trim_ascii_end();
        if let Some(head) = head.strip_suffix(b",") {
            start = head.len();
        }
    }
    Edit {
        at: start..end,
        text: String::new(),
    }
}

/// The name by which a Python program may use `module.name`, or a module, and the edit that imports it.
fn import(text: &[u8], path: &str) -> Option<(String, Vec<Edit<Span>>)> {
    let text = std::str::from_utf8(text).ok()?;
    let find = |pattern: &str| regex::Regex::new(pattern).ok()?.captures(text);
    let (line, known) = match path.rsplit_once('.') {
        Some((module, name)) => {
            let known =
                format!(r"(?m)^from {module} import (?:[^(\n]*\b{name}\b|\([^)]*\b{name}\b)");
            (format!("from {module} import {name}"), known)
        }
        None => {
            let known = format!(r"(?m)^import (?:[\w., ]+, )?{path}(?:$|,| *#)");
            (format!("import {path}"), known)
        }
    };
    let name = path.rsplit('.').next().unwrap_or(path).to_owned();
    if find(&known).is_some() {
        return Some((name, Vec::new()));
    }
    if let Some((module, own)) = path.rsplit_once('.')
        && let Some(found) = find(&format!(r"(?m)^from {module} import ([\w, ]*\w)[ \t]*$"))
        && let Some(list) = found.get(1)
    {
        let text = format!(", {own}");
        return Some((
            name,
            vec![Edit {
                at: list.end()..list.end(),
                text,
            }],
        ));
    }
    let at = first_import(text)?;
    let edit = Edit {
        at: at..at,
        text: format!("{line}\n"),
    };
    Some((name, vec![edit]))
}

/// Where the first import of a program begins; a program without any gets them after its first comments,
/// unless a docstring follows.
fn first_import(text: &str) -> Option<usize> {
    let mut at = 0;
    let mut after_comments = Some(0);
    for line in text.split_inclusive('\n') {
        let is_future = line.starts_with("from __future__");
        if (line.starts_with("import ") || line.starts_with("from ")) && !is_future {
            return Some(at);
        }
        at += line.len();
        let is_head = line.starts_with('#') || line.trim().is_empty() || is_future;
        after_comments = match after_comments {
            Some(known) if is_head && known + line.len() == at => Some(at),
            other => other,
        };
    }
    let rest = after_comments.and_then(|at| text.get(at..))?;
    let is_docstring = ["\"\"\"", "'''", "r\"\"\"", "\"", "'"]
        .iter()
        .any(|mark| rest.starts_with(mark));
    (!is_docstring).then_some(after_comments?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(text: &str, edits: &[Edit<Span>]) -> String {
        let mut text = text.to_owned();
        let mut edits = edits.to_vec();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.at.start));
        for edit in edits {
            text.replace_range(edit.at, &edit.text);
        }
        text
    }

    fn imported(text: &str, path: &str) -> Option<String> {
        import(text.as_bytes(), path).map(|(_, edits)| apply(text, &edits))
    }

    #[test]
    fn names_are_imported_once() {
        let token = "huggingface_hub.get_token";
        for (before, after) in [
            (
                "from huggingface_hub import run_job\nx\n",
                "from huggingface_hub import run_job, get_token\nx\n",
            ),
            (
                "from huggingface_hub import get_token\n",
                "from huggingface_hub import get_token\n",
            ),
            (
                "from huggingface_hub import (\n    a,\n    get_token,\n)\n",
                "from huggingface_hub import (\n    a,\n    get_token,\n)\n",
            ),
            (
                "# x\nimport os\n",
                "# x\nfrom huggingface_hub import get_token\nimport os\n",
            ),
        ] {
            assert_eq!(imported(before, token).as_deref(), Some(after));
        }
        for (before, after) in [
            ("import os\n", Some("import os\n")),
            ("import sys, os\n", Some("import sys, os\n")),
            ("import os.path\n", Some("import os\nimport os.path\n")),
            (
                "#!/usr/bin/python\nx = 1\n",
                Some("#!/usr/bin/python\nimport os\nx = 1\n"),
            ),
            ("\"\"\"Says.\"\"\"\nx = 1\n", None),
            (
                "from __future__ import a\nx\n",
                Some("from __future__ import a\nimport os\nx\n"),
            ),
        ] {
            assert_eq!(imported(before, "os").as_deref(), after, "{before}");
        }
    }

    #[test]
    fn commas_go_with_what_they_follow() {
        for (text, what, after) in [
            ("{a, b, c}", "b", "{a, c}"),
            ("{a, b}", "b", "{a}"),
            ("{a, b}", "a", "{b}"),
            ("{\n  a,\n  b,\n}", "a", "{\n  b,\n}"),
            ("{a}", "a", "{}"),
        ] {
            let at = text.find(what).unwrap();
            let edit = without(text.as_bytes(), at..at + what.len());
            assert_eq!(apply(text, &[edit]), after, "{text}");
        }
    }
}
