//! POSIX shell, bash and zsh, as far as their commands go; fish and csh where they look alike.
//!
//! The reader is our own. `tree-sitter-bash` 0.25 does not keep to linear time: a pipeline of
//! 40 kB takes it 3.5 seconds, 10 kB of NULs half a second between two calls of its progress
//! callback, so that it can't be stopped either; and a template in a script makes it lose what
//! follows. The crates in pure Rust (`brush-parser`, `yash-syntax`, `conch-parser`) stop at the
//! first error and recurse as deep as the input nests. Here every byte is read once, nesting costs
//! heap up to a bound, and what is not understood costs its own command only.

mod close;
mod command;
mod dollar;
mod frame;
mod heredoc;
mod list;
mod quote;
mod reader;
#[cfg(test)]
mod tests;
mod transcript;

use super::invocation::literal;
use super::line::{Line, Redirected, Word};
use super::pipe::{Piped, Pipes};
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{FactKind, Value};
use frame::{Draft, Target};
use reader::Script;

/// Lowers a script, or a transcript of a terminal, to settings and commands.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let nested = sink.place().len() > 1;
    match transcript::commands(text, nested) {
        Some(commands) => lower_script(&commands, sink),
        None => lower_script(text, sink),
    }
}

fn lower_script(text: &MappedText, sink: &mut FactSink) {
    let Script {
        mut drafts,
        bodies,
        has_errors,
    } = reader::read(text);
    if has_errors {
        sink.mark_errors();
    }
    // Inner commands are finished before the outer; facts are in order of place. What is piped into
    // a command stands before it, so its place is known by then.
    let mut order: Vec<usize> = (0..drafts.len()).collect();
    order.sort_by_key(|id| drafts.get(*id).map(|draft| draft.span.start));
    let mut pipes = Pipes::default();
    for id in order {
        let Some(draft) = drafts.get_mut(id).map(std::mem::take) else {
            continue;
        };
        let span = text.origin(draft.span.clone());
        if draft.words.is_empty() {
            for setting in draft.assignments {
                let end = setting.value.span.end;
                let start = setting
                    .path
                    .first()
                    .map_or(span.start, |key| key.span.start);
                sink.fact(FactKind::Setting(setting), start..end.max(start));
            }
            continue;
        }
        let piped = Piped {
            id,
            from: draft.piped_from,
            is_source: draft.is_piped,
        };
        pipes.lower(line(draft, &bodies), piped, span, sink);
    }
}

fn line(draft: Draft, bodies: &[Word]) -> Line {
    let redirections = draft
        .redirections
        .into_iter()
        .filter_map(|(operator, target)| {
            let target = match target {
                Target::Word(word) => word,
                Target::Here(number) => bodies.get(number)?.clone(),
            };
            Some(Redirected { operator, target })
        })
        .collect();
    Line {
        assignments: draft.assignments,
        words: draft.words,
        redirections,
        in_shell: true,
        ..Line::default()
    }
}

/// Whether the next word of a script would be a program.
pub(crate) fn begins_command(script: &[u8]) -> bool {
    let script = script.trim_ascii_end();
    matches!(
        script.last(),
        None | Some(b'&' | b'|' | b';' | b'(' | b'{' | b'`')
    )
}

/// Whether a word is this literal.
fn is(word: &Word, text: &str) -> bool {
    literal(&word.value.value) == Some(text)
}

/// A value of nothing but text.
fn empty() -> Value {
    Value::Literal(String::new())
}
