//! PowerShell: assignments and `setx` are settings, all else that runs is a command.
//!
//! The reader is our own. To `tree-sitter-powershell` 0.26 and `tree-sitter-pwsh` 0.38 the
//! `${{ secrets.X }}` of a workflow is an error, with the rest of its statement. Here nesting costs
//! heap up to a bound, and what is not understood costs its own statement only.

mod frame;
mod quote;
mod reader;
mod statement;
#[cfg(test)]
mod tests;

use super::invocation::literal;
use super::line::{Line, Word};
use super::pipe::{Piped, Pipes};
use crate::model::Models;
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::{FactKind, Setting, Spanned, Value};
use frame::Draft;

/// Lowers a script.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let models = sink.models();
    let (drafts, has_errors) = reader::read(text);
    if has_errors {
        sink.mark_errors();
    }
    // Inner statements are finished before the outer; facts are in order of place.
    let start = |draft: &Draft| match draft.setting {
        Some(_) => draft.span.start,
        None => text.origin(draft.span.clone()).start,
    };
    let mut drafts: Vec<(usize, Draft)> = drafts.into_iter().enumerate().collect();
    drafts.sort_by_key(|(_, draft)| start(draft));
    let mut pipes = Pipes::default();
    for (id, mut draft) in drafts {
        name_cmdlet(&mut draft.words, &models);
        if let Some(setting) = draft.setting {
            sink.fact(FactKind::Setting(setting), draft.span);
            continue;
        }
        let span = text.origin(draft.span);
        if let Some(setting) = set(&draft.words) {
            sink.fact(FactKind::Setting(setting), span.clone());
        }
        let piped = Piped {
            id,
            from: draft.piped_from,
            is_source: draft.is_piped,
        };
        let line = Line {
            words: draft.words,
            redirections: draft.redirections,
            ..Line::default()
        };
        pipes.lower(line, piped, span, sink);
    }
}

/// Writes the names of cmdlets, and of their options, as rules do.
fn name_cmdlet(words: &mut [Word], models: &Models) {
    let Some((first, rest)) = words.split_first_mut() else {
        return;
    };
    let Some(name) = literal(&first.value.value).map(str::to_ascii_lowercase) else {
        return;
    };
    let cmdlet = models.known_name(&name);
    if cmdlet == name {
        return;
    }
    first.value.value = Value::Literal(cmdlet.to_owned());
    for word in rest {
        if let Value::Literal(text) = &mut word.value.value
            && text.starts_with('-')
        {
            text.make_ascii_lowercase();
        }
    }
}

/// What `setx X y`, `Set-Item Env:X y` set.
fn set(words: &[Word]) -> Option<Setting> {
    let name = literal(&words.first()?.value.value)?.to_ascii_lowercase();
    let is_option =
        |word: &&Word| literal(&word.value.value).is_some_and(|text| text.starts_with('-'));
    let mut given = words.iter().skip(1).filter(|word| !is_option(word));
    let (first, value) = (given.next()?, given.next()?);
    let target = literal(&first.value.value)?;
    let variable = match name.as_str() {
        "setx" => target,
        "set-item" | "new-item" | "si" => {
            let head = target.get(..4)?;
            target
                .get(4..)
                .filter(|_| head.eq_ignore_ascii_case("env:"))?
        }
        _ => return None,
    };
    Some(Setting {
        path: vec![Spanned {
            value: variable.trim_start_matches(['\\', '/']).to_owned(),
            span: first.value.span.clone(),
        }],
        value: value.value.clone(),
    })
}
