//! Imports that a new text of Python needs.

use crate::finding::Edit;
use crate::span::Span;

/// The name by which a Python program may use `module.name`, or a module, and the edit that imports it.
pub(super) fn import(text: &[u8], path: &str) -> Option<(String, Vec<Edit<Span>>)> {
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
    use super::super::testing::apply;
    use super::*;

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
}
