//! Names and values that are not written as a key and its value: `name:`/`value:` pairs, and
//! `NAME=value` items and lines.

use std::rc::Rc;

use super::keys::{Role, is_variable};
use super::walk::Walk;
use super::{Key, NodeId};
use crate::span::Span;
use crate::syntax::data::dotenv;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::template::{self, Dialect};
use crate::syntax::{Spanned, Value};

/// A map that is a pair: in a list (Kubernetes, ECS, Hugging Face endpoints), or a variable with a
/// description (GitLab). The keys of the pair leave the paths, and its name enters them.
pub(crate) fn map(walk: &mut Walk<'_, '_>, id: NodeId) {
    let tree = walk.tree;
    let key = tree.node(id).map(|node| &node.key);
    let in_list = matches!(key, Some(Key::Place(_) | Key::Unnamed));
    if !in_list {
        described(walk, id);
        return;
    }
    let Some(name) = entry(walk, id, "name-keys") else {
        return;
    };
    let value = entry(walk, id, "value-keys");
    let source = entry(walk, id, "source-keys");
    // `- name: HF_TOKEN` alone is one only where variables are.
    let variables =
        holder(walk, id).is_some_and(|key| Role::of(&key, &walk.models.lists) == Role::Environment);
    if value.is_none() && source.is_none() && !variables {
        return;
    }
    let Some(text) = tree.str(name, walk.text) else {
        return;
    };
    let spanned = Rc::new(Spanned {
        value: text.to_owned(),
        span: walk.value(name).span,
    });
    walk.renamed.insert(id, spanned);
    walk.taken.insert(name);
    if let Some(value) = value {
        walk.elided.insert(value);
        return;
    }
    // That it is there is visible, what it is is not.
    let (value, at) = match source {
        Some(source) => (Value::Unknown, walk.span(source)),
        None => (Value::Null, walk.span(name)),
    };
    let value = Spanned { value, span: at };
    walk.setting(walk.path(id), value, walk.span(id));
}

/// The entry of a map under one of the keys of a list.
fn entry(walk: &Walk<'_, '_>, id: NodeId, list: &str) -> Option<NodeId> {
    let keys = walk.models.lists.get(list);
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    walk.tree.entry(id, &keys)
}

/// `variables: {X: {value: …, description: …}}`.
fn described(walk: &mut Walk<'_, '_>, id: NodeId) {
    let tree = walk.tree;
    let Some(value) = tree.entry(id, &["value"]) else {
        return;
    };
    let variables =
        holder(walk, id).is_some_and(|key| Role::of(&key, &walk.models.lists) == Role::Environment);
    let children = tree.children(id);
    let fringe = |child: &NodeId| {
        let name = tree.name(*child);
        name.is_some_and(|name| walk.models.lists.has("fringe-keys", &name.value))
    };
    if variables
        && children.len() <= walk.models.lists.get("fringe-keys").len()
        && children.iter().all(fringe)
    {
        walk.elided.insert(value);
    }
}

/// `NAME=value` items of a list of variables, or of the arguments of a build.
pub(crate) fn list(walk: &mut Walk<'_, '_>, id: NodeId) {
    if !is_variables(walk, id) {
        return;
    }
    let tree = walk.tree;
    for item in tree.children(id) {
        if let Some((text, span)) = tree.text(*item, walk.text)
            && let Some(length) = variable(text, &span)
        {
            walk.taken.insert(*item);
            assign(walk, id, text, span, length);
        }
    }
}

/// Whether the items of a list are variables.
pub(crate) fn is_variables(walk: &Walk<'_, '_>, id: NodeId) -> bool {
    let tree = walk.tree;
    let Some(key) = tree.name(id) else {
        return false;
    };
    match Role::of(&key.value, &walk.models.lists) {
        Role::Environment => true,
        // The arguments of a build are variables; those of a command may be of that form too.
        Role::Arguments => {
            holder(walk, id).is_some_and(|key| key == "build")
                || !tree.children(id).is_empty()
                    && tree.children(id).iter().all(|item| {
                        let text = tree.text(*item, walk.text);
                        text.is_some_and(|(text, span)| {
                            let length = variable(text, &span);
                            length.is_some_and(|length| length < span.len())
                        })
                    })
        }
        Role::Script | Role::Argv | Role::Other => false,
    }
}

/// The length of the variable's name that an item begins with, up to its `=` or its end.
fn variable(text: &MappedText, span: &Span) -> Option<usize> {
    let bytes = text.bytes().get(span.clone())?;
    let length = memchr::memchr(b'=', bytes).unwrap_or(bytes.len());
    let name = std::str::from_utf8(bytes.get(..length)?).ok()?;
    is_variable(name).then_some(length)
}

/// Adds the setting of an item `NAME=value`, or `NAME` alone, of a list or a text.
fn assign(walk: &mut Walk<'_, '_>, holder: NodeId, text: &MappedText, span: Span, length: usize) {
    let key = span.start..span.start + length;
    let value = (key.end + 1).min(span.end)..span.end;
    let mut path = walk.path(holder);
    path.push(Spanned {
        value: String::from_utf8_lossy(text.slice(&key)).into(),
        span: text.origin(key),
    });
    let value = template::read(text, value, Dialect::Data);
    walk.setting(path, value, text.origin(span));
}

/// Lines of `NAME=value` in a text under a key of variables: `build-args: |`. Whether it was that.
fn assignments(text: &MappedText, span: &Span) -> Option<Vec<dotenv::Entry>> {
    let entries = dotenv::entries(text, span.clone());
    let all = !entries.is_empty() && entries.iter().all(|entry| entry.is_assignment);
    all.then_some(entries)
}

/// Adds the settings of a text that holds lines of variables. Whether it was one.
pub(crate) fn lines(walk: &mut Walk<'_, '_>, id: NodeId) -> bool {
    let tree = walk.tree;
    let Some((text, span)) = tree.text(id, walk.text) else {
        return false;
    };
    let key = tree
        .name(id)
        .map(|name| Role::of(&name.value, &walk.models.lists));
    if key != Some(Role::Environment) {
        return false;
    }
    let Some(entries) = assignments(text, &span) else {
        return false;
    };
    for entry in entries {
        let mut path = walk.path(id);
        path.push(entry.name);
        walk.setting(path, entry.value, entry.span);
    }
    true
}

/// The key that a node lies under, past the lists between.
pub(crate) fn holder(walk: &Walk<'_, '_>, id: NodeId) -> Option<String> {
    let mut at = walk.tree.parent(id)?;
    loop {
        if let Some(name) = walk.tree.name(at) {
            return Some(name.value.clone());
        }
        if !walk.tree.is_list(at) {
            return None;
        }
        at = walk.tree.parent(at)?;
    }
}
