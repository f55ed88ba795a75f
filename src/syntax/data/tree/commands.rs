//! Commands that are written as a list: `command: [sh, -c, …]`, and a program with the list of its
//! arguments beside it.

use super::keys::{Role, normal};
use super::walk::Walk;
use super::{NodeId, pairs, scripts};
use crate::span::Span;
use crate::syntax::{Command, FactKind, Format, Place, Spanned, Value};

/// The most words of a command that are read.
const MAX_WORDS: usize = 1000;

/// The shells whose `-c` is a script.
const SHELLS: &[&str] = &["sh", "bash", "zsh", "dash", "ash", "ksh"];

/// A map with a program and its arguments in two entries: Kubernetes, compose, MCP servers, launch
/// configurations.
pub(crate) fn map(walk: &mut Walk<'_, '_>, id: NodeId) {
    let tree = walk.tree;
    let entrypoint = tree.entry(id, &["entrypoint", "entryPoint"]);
    let command = tree.entry(id, &["command", "program", "cmd", "executable"]);
    let args = tree.entry(id, &["args", "arguments"]);
    let (head, tail) = match (entrypoint, command, args) {
        (_, Some(command), Some(args)) => (command, args),
        // In compose, the command is what the entrypoint gets.
        (Some(entrypoint), Some(command), None) => (entrypoint, command),
        (Some(entrypoint), None, Some(args)) => (entrypoint, args),
        (None, None, Some(args)) => return of_image(walk, id, args),
        _ => return,
    };
    let Some(mut words) = argv(walk, head) else {
        return;
    };
    // A string before a list is a program if it is one word; a string after one is a script.
    let one_word = |id: NodeId| {
        let text = tree.str(id, walk.text).unwrap_or_default();
        !text.is_empty() && !text.contains(char::is_whitespace)
    };
    let joined = tree.is_list(tail) && (tree.is_list(head) || one_word(head))
        || tree.is_scalar(tail) && tree.is_list(head) && ends_with_c(walk, &words);
    if !joined || (tree.is_list(tail) && pairs::is_variables(walk, tail)) {
        return;
    }
    words.extend(argv(walk, tail).unwrap_or_default());
    walk.argvs.extend(words.iter().copied());
    walk.argvs.extend([head, tail]);
    command_of(walk, head, &words);
}

/// The arguments of the program that an image starts: a builder's step, a container of a pod.
fn of_image(walk: &mut Walk<'_, '_>, id: NodeId, args: NodeId) {
    let tree = walk.tree;
    let image = tree
        .entry(id, &["image"])
        .or_else(|| tree.entry(id, &["name"]));
    let Some(image) = image.and_then(|image| tree.str(image, walk.text)) else {
        return;
    };
    let models = std::sync::Arc::clone(&walk.models);
    let Some(program) = models.program_of_image(image) else {
        return;
    };
    let Some(ids) = argv(walk, args).filter(|_| tree.is_list(args)) else {
        return;
    };
    walk.argvs.extend(ids.iter().copied());
    walk.argvs.insert(args);
    let mut words: Vec<Spanned<Value>> = ids.iter().map(|id| walk.value(*id)).collect();
    let span = around(&words);
    let program = Spanned {
        value: Value::Literal(program.to_owned()),
        span: span.start..span.start,
    };
    words.insert(0, program);
    command(walk, args, words, span);
}

/// A list that is a command, or a list of scripts under a key of commands.
pub(crate) fn list(walk: &mut Walk<'_, '_>, id: NodeId) {
    let tree = walk.tree;
    if walk.argvs.contains(&id) || !is_argv(walk, id) || pairs::is_variables(walk, id) {
        return;
    }
    let Some(words) = argv(walk, id) else {
        return;
    };
    // A program's name has no blank in it: these are lines of a script.
    let first = words.first().and_then(|word| tree.str(*word, walk.text));
    if first.is_some_and(|word| word.trim().contains(char::is_whitespace)) {
        walk.lines.insert(id);
        return;
    }
    walk.argvs.extend(words.iter().copied());
    command_of(walk, id, &words);
}

/// Whether a list stands where commands stand.
fn is_argv(walk: &Walk<'_, '_>, id: NodeId) -> bool {
    let tree = walk.tree;
    match tree.name(id) {
        Some(key) => {
            matches!(
                Role::of(&key.value, &walk.models.lists),
                Role::Argv | Role::Arguments
            ) || pairs::holder(walk, id).is_some_and(|holder| {
                normal(&holder).ends_with("command")
                    && Role::of(&holder, &walk.models.lists) == Role::Argv
            })
        }
        // Cloud-init has lists among its lines.
        None => pairs::holder(walk, id)
            .is_some_and(|key| matches!(normal(&key).as_str(), "runcmd" | "bootcmd")),
    }
}

/// The words of a command: the scalars of a list, or one scalar.
fn argv(walk: &Walk<'_, '_>, id: NodeId) -> Option<Vec<NodeId>> {
    let tree = walk.tree;
    if tree.is_map(id) {
        return None;
    }
    let words: Vec<NodeId> = if tree.is_list(id) {
        tree.children(id).iter().copied().take(MAX_WORDS).collect()
    } else {
        vec![id]
    };
    let scalars = words.iter().all(|word| tree.is_scalar(*word));
    (scalars && !words.is_empty()).then_some(words)
}

/// Adds a command, and lowers the script in it.
fn command_of(walk: &mut Walk<'_, '_>, holder: NodeId, ids: &[NodeId]) {
    let words: Vec<Spanned<Value>> = ids.iter().map(|id| walk.value(*id)).collect();
    let span = around(&words);
    command(walk, holder, words, span);
    let Some((at, format)) = script_of(walk, ids) else {
        return;
    };
    let Some(found) = ids.get(at).and_then(|id| walk.tree.text(*id, walk.text)) else {
        return;
    };
    let script = found.0.cut(found.1);
    scripts::nested(walk, holder, format, &script);
}

/// Adds a command of these words.
fn command(walk: &mut Walk<'_, '_>, holder: NodeId, words: Vec<Spanned<Value>>, span: Span) {
    let place = Place::Key(walk.dotted(holder));
    let command = Command {
        assignments: Vec::new(),
        words,
        redirections: Vec::new(),
        piped_from: None,
    };
    walk.sink.within(place, |sink| {
        sink.fact(FactKind::Command(command), span);
    });
}

/// The bytes of the file from the first word to the last, wherever aliases put them.
fn around(words: &[Spanned<Value>]) -> Span {
    let start = words.iter().map(|word| word.span.start).min().unwrap_or(0);
    let end = words.iter().map(|word| word.span.end).max().unwrap_or(0);
    start..end
}

/// The word that is the script of `sh -c` and its kin, and its format.
fn script_of(walk: &Walk<'_, '_>, ids: &[NodeId]) -> Option<(usize, Format)> {
    let word = |at: usize| walk.tree.str(*ids.get(at)?, walk.text);
    for at in 0..ids.len().min(16) {
        let Some(program) = word(at).and_then(|word| word.rsplit(['/', '\\']).next()) else {
            continue;
        };
        let format = match program {
            _ if SHELLS.contains(&program) => Format::Shell,
            _ if program.starts_with("python") => Format::Python,
            "pwsh" | "powershell" | "powershell.exe" | "pwsh.exe" => Format::PowerShell,
            _ => continue,
        };
        let mut option = at + 1;
        while let Some(text) = word(option).filter(|text| text.starts_with(['-', '+'])) {
            if takes_script(text, format) {
                return Some((option + 1, format));
            }
            // `-o pipefail` has a word of its own.
            option += if text == "-o" || text == "+o" { 2 } else { 1 };
        }
    }
    None
}

/// Whether an option is followed by a script.
fn takes_script(option: &str, format: Format) -> bool {
    if format == Format::PowerShell {
        return matches!(option.to_ascii_lowercase().as_str(), "-c" | "-command");
    }
    !option.starts_with("--") && option.ends_with('c')
}

fn ends_with_c(walk: &Walk<'_, '_>, ids: &[NodeId]) -> bool {
    script_of(walk, ids).is_some_and(|(at, _)| at == ids.len())
}
