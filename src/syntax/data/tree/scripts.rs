//! Scalars that hold a document of their own: scripts, files, JSON in a string.

use super::keys::{Role, normal};
use super::walk::Walk;
use super::{NodeId, pairs};
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{Format, Place};

/// How many bytes of a text say what it is.
const HEAD: usize = 4096;

/// Lowers the document that a scalar holds, if it holds one.
pub(crate) fn scalar(walk: &mut Walk<'_, '_>, id: NodeId) {
    let Some((text, span)) = walk.tree.text(id, walk.text) else {
        return;
    };
    if span.is_empty() || pairs::lines(walk, id) {
        return;
    }
    let Some(format) = format(walk, id) else {
        return;
    };
    let script = text.cut(span);
    nested(walk, id, format, &script);
}

/// Lowers a text that a node holds.
pub(crate) fn nested(walk: &mut Walk<'_, '_>, id: NodeId, format: Format, text: &MappedText) {
    let place = Place::Key(walk.dotted(id));
    walk.sink.nested(place, format, text);
}

/// The format of the document in a scalar.
fn format(walk: &Walk<'_, '_>, id: NodeId) -> Option<Format> {
    let text = walk.tree.str(id, walk.text)?;
    let mut end = text.len().min(HEAD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = text.get(..end)?;
    if is_json(head, text) {
        return Some(Format::Json);
    }
    let said = walk.tree.formats.get(&id).copied();
    said.or_else(|| file(walk, id, text))
        .or_else(|| script(walk, id, head))
}

/// A text that is JSON on the whole: of more than a template or a glob.
fn is_json(head: &str, text: &str) -> bool {
    let head = head.trim_start();
    let inner = head
        .strip_prefix(['{', '['])
        .unwrap_or_default()
        .trim_start();
    inner.starts_with(['"', '{', '['])
        && !head.starts_with("{{")
        && text.trim_end().ends_with(['}', ']'])
        && !head.starts_with("[[")
}

/// A scalar under the name of a file, or beside one.
fn file(walk: &Walk<'_, '_>, id: NodeId, text: &str) -> Option<Format> {
    let tree = walk.tree;
    let key = &tree.name(id)?.value;
    if key.contains('.') {
        let known = pairs::holder(walk, id)
            .is_some_and(|key| walk.models.lists.has("file-keys", &normal(&key)));
        if known || text.contains('\n') {
            return Format::detect(key, b"");
        }
        return None;
    }
    if !matches!(key.as_str(), "content" | "contents" | "template" | "inline") {
        return None;
    }
    let names = ["path", "filename", "file", "dest", "destination", "target"];
    let path = tree.entry(tree.parent(id)?, &names)?;
    Format::detect(tree.str(path, walk.text)?, text.as_bytes())
}

/// A scalar under a key of scripts.
fn script(walk: &Walk<'_, '_>, id: NodeId, head: &str) -> Option<Format> {
    let tree = walk.tree;
    // The items of a list are what its key says.
    let mut top = id;
    let mut lines = false;
    while let Some(parent) = tree.parent(top) {
        if tree.is_list(parent) {
            lines |= walk.lines.contains(&parent);
        } else if !is_function(walk, top) {
            break;
        }
        top = parent;
    }
    let key = &tree.name(top)?.value;
    let is_item = top != id;
    let under_scripts = || {
        pairs::holder(walk, top)
            .is_some_and(|key| walk.models.lists.has("named-script-keys", &normal(&key)))
    };
    let is_script = match Role::of(key, &walk.models.lists) {
        Role::Script => !walk.argvs.contains(&id),
        Role::Argv if is_item => lines,
        Role::Argv | Role::Arguments => !is_item && !walk.argvs.contains(&id),
        Role::Environment | Role::Other => !walk.argvs.contains(&id) && under_scripts(),
    };
    let plain = normal(key);
    // `shell: bash` names a shell.
    if !is_script || (plain == "shell" && !head.trim().contains(char::is_whitespace)) {
        return None;
    }
    match plain.as_str() {
        "pwsh" | "powershell" => return Some(Format::PowerShell),
        "bash" | "sh" => return Some(Format::Shell),
        _ => {}
    }
    Some(said_beside(walk, top).unwrap_or_else(|| sniff(head)))
}

/// Whether a key is that of a function which gives what it is given: `Fn::Sub` of CloudFormation.
fn is_function(walk: &Walk<'_, '_>, id: NodeId) -> bool {
    let name = walk.tree.name(id);
    name.is_some_and(|name| walk.models.lists.has("function-keys", &name.value))
}

/// What the keys beside a script say of its language.
fn said_beside(walk: &Walk<'_, '_>, id: NodeId) -> Option<Format> {
    let tree = walk.tree;
    let map = tree.parent(id)?;
    if let Some(task) = tree.entry(map, &["task"])
        && tree.str(task, walk.text)?.starts_with("PythonScript")
    {
        return Some(Format::Python);
    }
    if let Some(step) = tree.parent(map)
        && let Some(action) = tree.entry(step, &["uses"])
        && tree
            .str(action, walk.text)?
            .starts_with("actions/github-script")
    {
        return Some(Format::JavaScript);
    }
    let says: &[&str] = match tree.parent(map).is_none() || tree.is_list(id) {
        // The language of a whole project, as Travis has it.
        true => &["shell", "scriptType"],
        false => &["shell", "scriptType", "language"],
    };
    let beside = tree.entry(map, says)?;
    if beside == id {
        return None;
    }
    // A shell may come with its path and options.
    let program = tree.str(beside, walk.text)?.split_whitespace().next()?;
    let program = program.rsplit('/').next()?;
    match program {
        "ps" | "pscore" => Some(Format::PowerShell),
        _ => Format::of_language(program),
    }
}

/// What a script is, by its first lines; a shell script if they say nothing.
pub(crate) fn sniff(head: &str) -> Format {
    if let Some(format) = Format::detect("", head.as_bytes()) {
        return format;
    }
    if head.trim_start().starts_with("# /// script") {
        return Format::Python;
    }
    let code = |line: &&str| !line.is_empty() && !line.starts_with('#');
    let first = head.lines().map(str::trim).find(code).unwrap_or_default();
    let import = first.starts_with("from ") && first.contains(" import ");
    let python = ["import ", "def ", "class ", "\"\"\"", "print("];
    if import || python.iter().any(|start| first.starts_with(start)) {
        return Format::Python;
    }
    Format::Shell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_lines_say_what_a_script_is() {
        for (script, format) in [
            ("pip install x\nimport os", Format::Shell),
            ("# c\n\nimport os\n", Format::Python),
            ("# /// script\n# dependencies = []\n", Format::Python),
            ("#!/usr/bin/env python3\nx()", Format::Python),
            ("#!/bin/bash\nimport x.png", Format::Shell),
            ("from x import y", Format::Python),
        ] {
            assert_eq!(sniff(script), format, "{script}");
        }
        assert!(is_json("{\"a\": 1}", "{\"a\": 1}"));
        assert!(!is_json("{{ a }}", "{{ a }}"));
        assert!(!is_json("[[ -f x ]]", "[[ -f x ]]"));
    }
}
