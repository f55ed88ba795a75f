//! Dockerfiles: taking instructions out, and build secrets for those that stay.

use super::Site;
use super::lines::{behind, glued, line_at};
use crate::finding::Edit;
use crate::rule::{MountRule, compile};
use crate::span::Span;
use crate::syntax::{FactKind, Instruction, Place, instructions};

/// Takes out a pair of `ENV` or `ARG`, or the instruction, if it has no other.
pub(super) fn without_pair(site: &Site<'_>) -> Option<Edit<Span>> {
    let (text, entry) = (site.text, &site.entry);
    if !matches!(site.fact?.place.as_slice(), [_, Place::Instruction(_)]) {
        return None;
    }
    let step = step_at(text, entry.start)?;
    let facts = site.document?.facts.iter();
    let pairs = facts.filter(|fact| {
        matches!(fact.kind, FactKind::Setting(_)) && step.span.contains(&fact.span.start)
    });
    if pairs.count() == 1 {
        return without_step(text, entry.start);
    }
    let end = entry.start + word(text.get(entry.start..step.span.end)?);
    let rest = text.get(end..step.span.end)?;
    let next = end + (rest.len() - behind(rest).len());
    let is_last = text.get(next..step.span.end)?.trim_ascii().is_empty();
    let at = match is_last {
        false => entry.start..next,
        true => glued(text.get(..entry.start)?).len()..end,
    };
    Some(Edit {
        at,
        text: String::new(),
    })
}

/// Takes out the instruction that holds a byte.
pub(super) fn without_step(text: &[u8], at: usize) -> Option<Edit<Span>> {
    let step = step_at(text, at)?;
    let start = line_at(text, step.span.start).span.start;
    let end = line_at(text, step.span.end.saturating_sub(1)).span.end;
    Some(Edit {
        at: start..end,
        text: String::new(),
    })
}

/// The instruction that holds a byte.
pub(super) fn step_at(text: &[u8], at: usize) -> Option<Instruction> {
    let mut steps = instructions(text).into_iter();
    steps.find(|step| step.span.contains(&at))
}

/// How long a word is, which may have blanks in quotes.
fn word(text: &[u8]) -> usize {
    let (mut quote, mut escaped) = (None, false);
    let ends = |byte: &u8| {
        if std::mem::take(&mut escaped) {
            return false;
        }
        match (byte, quote) {
            (b'\\', _) => escaped = true,
            (byte, Some(open)) if *byte == open => quote = None,
            (b'"' | b'\'', None) => quote = Some(*byte),
            (byte, None) => return byte.is_ascii_whitespace(),
            _ => {}
        }
        false
    };
    text.iter().position(ends).unwrap_or(text.len())
}

impl Site<'_> {
    /// Mounts a secret for each `RUN` from the one that holds the finding on, in its stage, that needs it
    /// and has it not.
    pub(super) fn mounted(&self, rule: &MountRule, gone: &[Edit<Span>]) -> Option<Vec<Edit<Span>>> {
        let text = self.text;
        let secret = rule.secret.replace("{key}", self.name);
        let needs = rule.at.replace("{key}", &regex::escape(self.name));
        let needs = compile(&needs).ok()?;
        let lasting = |step: &Instruction| {
            let mut own = text.get(step.span.clone()).unwrap_or_default().to_vec();
            for edit in gone {
                let at = edit.at.start.max(step.span.start)..edit.at.end.min(step.span.end);
                if at.start < at.end
                    && let Some(part) =
                        own.get_mut(at.start - step.span.start..at.end - step.span.start)
                {
                    part.fill(b' ');
                }
            }
            own
        };
        let known = [format!("id={secret}"), format!("env={secret}")];
        let mut edits = Vec::new();
        let steps = instructions(text).into_iter();
        for step in steps.filter(|step| step.span.end > self.entry.start) {
            match step.name.as_str() {
                "FROM" => break,
                "RUN" => {}
                _ => continue,
            }
            let own = lasting(&step);
            let has = |part: &String| memchr::memmem::find(&own, part.as_bytes()).is_some();
            if needs.is_match(&own) && !known.iter().any(has) {
                edits.push(Edit {
                    at: step.body..step.body,
                    text: format!("--mount=type=secret,id={secret},env={secret} "),
                });
            }
        }
        Some(edits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_at_blanks_outside_of_quotes() {
        assert_eq!(word(b"A=\"b c\" D=e"), 7);
        assert_eq!(word(b"A=b\\ c D=e"), 6);
        assert_eq!(word(b"A"), 1);
    }
}
