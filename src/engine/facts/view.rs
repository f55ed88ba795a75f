//! A fact as a subject and entries, which is how patterns look at it.

use std::borrow::Cow;

use super::command::Line;
use super::entry::{Entry, of_call, of_setting};
use crate::model::Models;
use crate::rule::{FactPattern, Target};
use crate::span::Span;
use crate::syntax::{Command, Fact, FactKind};

/// A fact, taken apart, as patterns look at it.
pub(super) enum FactView {
    /// A setting or a call.
    Plain(TargetView),
    /// What a command runs, outermost first.
    Command(Vec<Line>),
}

/// What a pattern looks at: a target, and what is given to it.
#[derive(Clone, Debug)]
pub(super) struct TargetView {
    /// The callee, the program with its subcommands, the path of a setting: for messages.
    pub(super) name: String,
    /// Where that stands.
    pub(super) span: Span,
    pub(super) entries: Vec<Entry>,
}

impl FactView {
    /// Takes a fact apart; a command with the words that its variables hold, if it is `filled`.
    pub(super) fn of(fact: &Fact, filled: Option<&Command>, models: &Models) -> Self {
        match &fact.kind {
            FactKind::Setting(setting) => {
                let keys = setting.path.iter().map(|key| key.value.as_str());
                Self::Plain(TargetView {
                    name: keys.collect::<Vec<_>>().join("."),
                    span: fact.span.clone(),
                    entries: of_setting(setting),
                })
            }
            FactKind::Call(call) => Self::Plain(TargetView {
                name: call.callee.value.clone(),
                span: call.callee.span.clone(),
                entries: of_call(call),
            }),
            FactKind::Command(command) => {
                Self::Command(Line::all(filled.unwrap_or(command), models))
            }
        }
    }

    /// What a pattern may look at; none if a command is not of a program that it names.
    pub(super) fn target(
        &self,
        pattern: &FactPattern,
        models: &Models,
    ) -> Option<Cow<'_, TargetView>> {
        let (lines, programs) = match (self, &pattern.target) {
            (Self::Plain(target), _) => return Some(Cow::Borrowed(target)),
            (Self::Command(lines), Target::Command(programs)) => (lines, programs),
            _ => return None,
        };
        lines.iter().find_map(|line| {
            let mut entries = programs.iter();
            let entries = entries.find_map(|program| line.entries(program, models))?;
            Some(Cow::Owned(TargetView {
                name: line.name(),
                span: line.span.clone(),
                entries,
            }))
        })
    }
}
