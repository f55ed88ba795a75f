//! Imports that a new text of Python needs.

use super::lines::ending;
use crate::finding::Edit;
use crate::span::Span;

/// The name by which a Python program may use `module.name`, or a module, at a place, and the edit that imports it
/// before.
pub(super) fn import(text: &[u8], path: &str, place: usize) -> Option<(String, Vec<Edit<Span>>)> {
    let text = std::str::from_utf8(text).ok()?;
    let statements: Vec<(usize, &str)> = statements(text)
        .into_iter()
        .take_while(|(start, _)| *start < place)
        .collect();
    let find = |pattern: &str| {
        let regex = regex::Regex::new(pattern).ok()?;
        let mut statements = statements.iter();
        statements.find_map(|(start, statement)| Some((*start, regex.captures(statement)?)))
    };
    let name = path.rsplit('.').next().unwrap_or(path).to_owned();
    let line = match path.rsplit_once('.') {
        Some((module, name)) => {
            let known = format!(r"^from {module} import (?:[^(\n]*\b{name}\b|\([^)]*\b{name}\b)");
            if find(&known).is_some() {
                return Some((name.to_owned(), Vec::new()));
            }
            let list = format!(r"^from {module} import ([\w, ]*\w)[ \t]*\r?\n?$");
            if let Some((start, found)) = find(&list) {
                let end = start + found.get(1)?.end();
                let text = format!(", {name}");
                return Some((name.to_owned(), vec![Edit { at: end..end, text }]));
            }
            format!("from {module} import {name}")
        }
        None => {
            let known = format!(r"^import (?:[\w., ]+, )?{path}[ \t]*(?:,|#|\r?\n?$)");
            if find(&known).is_some() {
                return Some((name, Vec::new()));
            }
            format!("import {path}")
        }
    };
    let first = first_import(&statements);
    let at = first.unwrap_or_else(|| head(text, &statements));
    let end = ending(text.as_bytes());
    // A blank line is between what a program says of itself and the first that it imports.
    let mut above = statements.iter().rev();
    let follows = above.find(|(start, _)| *start < at && first.is_none());
    let gap = follows.filter(|(_, statement)| is_string(statement));
    let edit = Edit {
        at: at..at,
        text: format!("{}{line}{end}", gap.map_or("", |_| end)),
    };
    Some((name, vec![edit]))
}

/// The statements of a program that begin at the margin, comments and blank lines among them: where each starts,
/// and its text up to the next one. Lines within strings and brackets begin none.
fn statements(text: &str) -> Vec<(usize, &str)> {
    let bytes = text.as_bytes();
    let mut at = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let mut starts = vec![at];
    let mut depth = 0usize;
    let mut is_continued = false;
    while let Some(byte) = bytes.get(at) {
        let was_continued = std::mem::take(&mut is_continued);
        match byte {
            b'#' => at = line_end(bytes, at),
            b'"' | b'\'' => {
                at = string_end(bytes, at);
                continue;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'\\' => is_continued = true,
            b'\r' => is_continued = was_continued,
            b'\n' if depth == 0 && !was_continued => starts.push(at + 1),
            _ => {}
        }
        at += usize::from(*byte != b'#');
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| Some((*start, text.get(*start..end)?)))
        .collect()
}

/// The end of a line, before what ends it.
fn line_end(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(text.len(), |feed| at + feed)
}

/// The end of a string that begins with a quote at a place. One in single quotes ends with its line at the latest.
fn string_end(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let quote = rest.first().copied().unwrap_or_default();
    let is_long = rest.starts_with(&[quote; 3]);
    let close = if is_long { 3 } else { 1 };
    let mut at = at + close;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        match rest {
            [b'\\', b'\r', b'\n', ..] => at += 3,
            [b'\\', ..] => at += 2,
            [b'\n', ..] if !is_long => return at,
            _ if rest.iter().take(close).filter(|b| **b == quote).count() == close => {
                return at + close;
            }
            _ => at += 1,
        }
    }
    text.len()
}

fn is_string(statement: &str) -> bool {
    let statement = statement.trim_start_matches(['r', 'R', 'u', 'U']);
    statement.starts_with(['"', '\''])
}

/// Where the first import begins, but for those that say how the program is to be read.
fn first_import(statements: &[(usize, &str)]) -> Option<usize> {
    let is_import = |text: &str| text.starts_with("import ") || text.starts_with("from ");
    let mut statements = statements.iter();
    let first =
        statements.find(|(_, text)| is_import(text) && !text.starts_with("from __future__"));
    first.map(|(start, _)| *start)
}

/// Where a program without imports gets them: after its first comments, and what it says of itself.
fn head(text: &str, statements: &[(usize, &str)]) -> usize {
    let is_head = |(_, text): &&(usize, &str)| {
        text.starts_with('#')
            || text.trim().is_empty()
            || is_string(text)
            || text.starts_with("from __future__")
    };
    let mut rest = statements.iter().skip_while(is_head);
    let last = || {
        statements
            .last()
            .map_or(0, |(start, text)| start + text.len())
    };
    rest.next()
        .map_or_else(last, |(start, _)| *start)
        .min(text.len())
}

#[cfg(test)]
mod tests {
    use super::super::testing::apply;
    use super::*;

    fn imported(text: &str, path: &str) -> Option<String> {
        import(text.as_bytes(), path, text.len()).map(|(_, edits)| apply(text, &edits))
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
            (
                "\"\"\"Says.\"\"\"\nx = 1\n",
                Some("\"\"\"Says.\"\"\"\n\nimport os\nx = 1\n"),
            ),
            (
                "\"\"\"Loads\nfrom the Hub\nimport os\n\"\"\"\nimport a\nx\n",
                Some("\"\"\"Loads\nfrom the Hub\nimport os\n\"\"\"\nimport os\nimport a\nx\n"),
            ),
            ("f(\nfrom a\n)\nx\n", Some("import os\nf(\nfrom a\n)\nx\n")),
            (
                "\u{feff}import a\nx\n",
                Some("\u{feff}import os\nimport a\nx\n"),
            ),
            ("\u{feff}x\n", Some("\u{feff}import os\nx\n")),
            ("import a\r\nx\r\n", Some("import os\r\nimport a\r\nx\r\n")),
            ("import os\r\nx\r\n", Some("import os\r\nx\r\n")),
            (
                "s = 'it\\\'s'  # isn't\nimport os\nx\n",
                Some("s = 'it\\\'s'  # isn't\nimport os\nx\n"),
            ),
            (
                "from __future__ import a\nx\n",
                Some("from __future__ import a\nimport os\nx\n"),
            ),
        ] {
            assert_eq!(imported(before, "os").as_deref(), after, "{before}");
        }
    }

    #[test]
    fn a_name_is_imported_before_it_is_used() {
        for (text, after) in [
            ("USE\nimport os\n", "import os\nUSE\nimport os\n"),
            ("a = USE\nimport b\n", "import os\na = USE\nimport b\n"),
            ("import os\nUSE\n", "import os\nUSE\n"),
        ] {
            let place = text.find("USE").unwrap();
            let (_, edits) = import(text.as_bytes(), "os", place + 1).unwrap();
            assert_eq!(apply(text, &edits), after);
        }
    }
}
