//! Moving an entry from its map to another thing beside the map: `env` to `secrets`.
//!
//! What is moved to is a map, to which the entry goes as it is, or a list of names, to which its name goes
//! alone. Maps are written in braces; the tables of TOML in other ways, too.

use super::Site;
use super::lines::{Line, ending, line_at};
use crate::finding::Edit;
use crate::span::Span;

/// The map that holds an entry.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Maps {
    /// The name of the map.
    pub(in crate::engine) name: Span,
    /// The map itself, or nothing behind its name where no braces are around it.
    pub(in crate::engine) own: Span,
    /// The name of what holds the map.
    pub(in crate::engine) above: Option<Span>,
    /// What is beside it, by name: none where it is no map or list that is written out.
    pub(in crate::engine) beside: Vec<(String, Option<Span>)>,
}

impl Site<'_> {
    /// Moves the entry from its map to the one of this name beside it, which is made if it is not there.
    pub(super) fn moved(&self, to: &str) -> Option<Vec<Edit<Span>>> {
        let maps = self.maps.as_ref()?;
        let text = self.text;
        let beside = maps.beside.iter().find(|(name, _)| name == to);
        let rename = |text: String| Edit {
            at: maps.name.clone(),
            text,
        };
        let Some(own) = braces(text, &maps.own) else {
            // Of a block, the name alone says what it is.
            let is_block =
                !self.is_nested && maps.own.is_empty() && self.is_alone && beside.is_none();
            return is_block.then(|| vec![rename(to.to_owned())]);
        };
        let entry = &match self.is_nested {
            true => escaped(text, self.entry.clone()),
            false => self.entry.clone(),
        };
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
        if beside.is_none() && is_only {
            return Some(vec![rename(to.to_owned())]);
        }
        // Lines of a text in the file may begin with more than blanks, such as the quotes of a notebook.
        let start = line_at(text, entry.start).span.start;
        let is_first = start <= own.start;
        if self.is_nested && !is_first && !get(start..entry.start)?.trim().is_empty() {
            return None;
        }
        let piece = get(entry.clone())?;
        match beside {
            None => {
                let quote = quoted(text, &maps.name);
                let glue = get(maps.name.end..own.start)?;
                let mark = get(quote.start..maps.name.start)?;
                // On a line of its own where the other map has one.
                let line = get(0..quote.start)?.rsplit('\n').next().unwrap_or_default();
                let between = match line.trim().is_empty() {
                    true => format!(",{}{line}", ending(text)),
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

    /// Adds the name of the entry to the list of this name beside its map, which is made if it is not there,
    /// and takes the entry out.
    pub(super) fn listed(&self, to: &str) -> Option<Vec<Edit<Span>>> {
        let maps = self.maps.as_ref()?;
        let text = self.text;
        let name = format!("\"{}\"", self.name);
        let table = line_at(text, maps.name.start);
        let is_inline = braces(text, &maps.own).is_some();
        let gone = match (is_inline, self.is_alone) {
            (true, false) => without(text, self.entry.clone()),
            // The map goes with its last entry: a statement, or a header of TOML and the line below.
            (true, true) => table.removed(),
            (false, _) => line_at(text, self.entry.start).removed(),
        };
        let mut edits = vec![gone];
        let is_header = table.content(text).starts_with('[');
        if !is_inline && is_header && self.is_alone {
            edits.push(table.removed());
        }
        let (at, new) = match maps.beside.iter().find(|(name, _)| name == to) {
            Some((_, list)) => {
                let list = list.clone()?;
                let inside = text.get(list.clone())?.strip_prefix(b"[")?;
                let inside = std::str::from_utf8(inside.strip_suffix(b"]")?).ok()?;
                if inside.contains(&name) || inside.contains(&name.replace('"', "'")) {
                    return Some(edits);
                }
                let comma = if inside.trim().is_empty() { "" } else { ", " };
                (list.start + 1, format!("{name}{comma}"))
            }
            None => self.new_list(maps, (&table, is_header), &format!("{to} = [{name}]"))?,
        };
        // What stands for the map's own line takes its place.
        match edits.iter_mut().find(|edit| edit.at.start == at) {
            Some(edit) => edit.text.insert_str(0, &new),
            None => edits.push(Edit {
                at: at..at,
                text: new,
            }),
        }
        Some(edits)
    }

    /// Where a new list goes, and its text: before the map, or, where that has a header of its own, behind the
    /// header of the table around it.
    fn new_list(
        &self,
        maps: &Maps,
        (table, is_header): (&Line, bool),
        list: &str,
    ) -> Option<(usize, String)> {
        let text = self.text;
        let (margin, end) = (table.margin(text), ending(text));
        if !is_header {
            return Some((table.span.start, format!("{margin}{list}{end}")));
        }
        let above = maps.above.as_ref()?;
        let header = line_at(text, above.end);
        match text.get(above.end) {
            Some(b']') => Some((header.span.end, format!("{margin}{list}{end}"))),
            // The table has no header but that of its map.
            _ => {
                let start = table.span.start + margin.len() + 1;
                let path = std::str::from_utf8(text.get(start..above.end)?).ok()?;
                let new = format!("{margin}[{path}]{end}{margin}{list}{end}");
                Some((table.span.start, new))
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

/// An entry with all of the quotes around it that are escaped.
fn escaped(text: &[u8], entry: Span) -> Span {
    let (before, after) = (text.get(..entry.start), text.get(entry.end..));
    let own = text.get(entry.clone()).unwrap_or_default();
    let before = before.unwrap_or_default();
    let start = match own.first() {
        _ if before.ends_with(b"\\\"") => entry.start - 2,
        Some(b'"') if before.ends_with(b"\\") => entry.start - 1,
        _ => return entry,
    };
    let own = text.get(start..entry.end).unwrap_or_default();
    let is_open = memchr::memchr_iter(b'"', own).count() % 2 == 1;
    let closes = is_open && after.is_some_and(|after| after.starts_with(b"\\\""));
    start..entry.end + if closes { 2 } else { 0 }
}

/// A name with the quotes around it.
fn quoted(text: &[u8], name: &Span) -> Span {
    let before = name.start.checked_sub(1).and_then(|at| text.get(at));
    let after = text.get(name.end);
    let is_escaped = |at: Option<usize>| at.and_then(|at| text.get(at)) == Some(&b'\\');
    match (before, after) {
        (Some(b'"'), Some(b'"')) | (Some(b'\''), Some(b'\'')) => name.start - 1..name.end + 1,
        (Some(b'"'), Some(b'\\')) if is_escaped(name.start.checked_sub(2)) => {
            name.start - 2..(name.end + 2).min(text.len())
        }
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
        let rest = text.get(end..).unwrap_or_default();
        let feeds = [&b"\r\n"[..], b"\n"];
        let feed = feeds.iter().find(|feed| rest.starts_with(feed));
        if let Some(feed) = feed.filter(|_| begins) {
            start -= indent;
            end += feed.len();
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

/// What follows a name and is in brackets: from the opening one to the closing one.
pub(in crate::engine) fn enclosed(text: &[u8], name: &Span) -> Option<Span> {
    let rest = text.get(name.end..)?;
    let gap = rest
        .iter()
        .position(|b| !matches!(b, b'"' | b'\'' | b':' | b'=' | b' ' | b'\t' | b'\r' | b'\n'))?;
    let start = name.end + gap;
    if !matches!(text.get(start), Some(b'{' | b'[')) {
        return None;
    }
    let (mut depth, mut quote, mut at) = (0usize, None, start);
    while let Some(byte) = text.get(at) {
        match (byte, quote) {
            (b'\\', Some(_)) => at += 1,
            (byte, Some(open)) if *byte == open => quote = None,
            (_, Some(_)) => {}
            (b'"' | b'\'', None) => quote = Some(*byte),
            (b'{' | b'[', None) => depth += 1,
            (b'}' | b']', None) => {
                depth -= 1;
                if depth == 0 {
                    return Some(start..at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::testing::apply;
    use super::*;

    #[test]
    fn brackets_end_where_they_close() {
        for (text, inside) in [
            (
                r#""env": {"a": "}", "b": {"c": 1}}, 2"#,
                Some(r#"{"a": "}", "b": {"c": 1}}"#),
            ),
            (r#""env": ["x\"]"], 2"#, Some(r#"["x\"]"]"#)),
            (r#""env": 1, {}"#, None),
            (r#""env": {"#, None),
        ] {
            let found = enclosed(text.as_bytes(), &(1..4));
            assert_eq!(found.and_then(|at| text.get(at)), inside, "{text}");
        }
    }

    #[test]
    fn commas_go_with_what_they_follow() {
        for (text, what, after) in [
            ("{a, b, c}", "b", "{a, c}"),
            ("{a, b}", "b", "{a}"),
            ("{a, b}", "a", "{b}"),
            ("{\n  a,\n  b,\n}", "a", "{\n  b,\n}"),
            ("{\r\n  a,\r\n  b,\r\n}", "b", "{\r\n  a,\r\n}"),
            ("{a}", "a", "{}"),
        ] {
            let at = text.find(what).unwrap();
            let edit = without(text.as_bytes(), at..at + what.len());
            assert_eq!(apply(text, &[edit]), after, "{text}");
        }
    }
}
