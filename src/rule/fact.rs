//! The match language of rules over facts: settings, calls and commands.

use serde::Deserialize;
use toml::Spanned;

use super::class::{Context, ValueClass};
use super::path::PathPattern;
use crate::finding::{Confidence, Runner, Severity};

/// A pattern over one kind of fact. A rule has any number, and matches where one does.
///
/// A fact is looked at as a subject (the callee, the program with its subcommands) and entries: the
/// arguments or options by name or place, and the entries of maps in them. `run(env={"A": 1})` has
/// the entries `env` and `env.A`; `run -e A=1 x` has `-e`, `-e.A` and `0`. A setting is one entry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FactPattern {
    /// Of a setting, its keys from the root of the document.
    #[serde(default)]
    pub key: Vec<PathPattern>,
    /// Of a call, the callee.
    #[serde(default)]
    pub callee: Vec<PathPattern>,
    /// Of a command, the program and its subcommands: `hf auth login`; `**` is any.
    #[serde(default)]
    pub program: Vec<String>,
    /// Of a call or command, an entry that must be there; it is what is reported.
    #[serde(default)]
    pub argument: Vec<PathPattern>,
    /// What the entry's value must be, one of these; anything, if this is missing.
    #[serde(default)]
    pub value: Vec<ValueClass>,
    /// What it must not be.
    #[serde(default)]
    pub not_value: Vec<ValueClass>,
    /// Where the fact must stand: one of these.
    #[serde(default)]
    pub within: Vec<Context>,
    /// Where it must not stand.
    #[serde(default)]
    pub not_within: Vec<Context>,
    /// Entries of the same call or command, or settings of the same document, of which one must be
    /// there.
    #[serde(default)]
    pub with: Vec<PathPattern>,
    /// The same, of which none may be there.
    #[serde(default)]
    pub without: Vec<PathPattern>,
    /// Names of which one must stand in the same map as the entry.
    #[serde(default)]
    pub beside: Vec<PathPattern>,
    /// Names of which none may.
    #[serde(default)]
    pub not_beside: Vec<PathPattern>,
    /// Names of which one must stand beside the map that holds the entry: `flavor` in
    /// `{"flavor": "a10g", "env": {"HF_TOKEN": …}}`.
    #[serde(default)]
    pub around: Vec<PathPattern>,
    /// Names of which none may.
    #[serde(default)]
    pub not_around: Vec<PathPattern>,
    /// Texts of which some setting must hold one that stands beside the map that holds the entry, or
    /// below: `git push` in the `run` of a step.
    #[serde(default)]
    pub around_holds: Vec<String>,
    /// What the entry's text must hold, one of these.
    #[serde(default)]
    pub contains: Vec<String>,
    /// Of calls and commands, settings of which the file must give one to them: in the same script,
    /// or in a map above it.
    #[serde(default)]
    pub given: Vec<PathPattern>,
    /// Of a command, what some word of a later command of the same script must be.
    #[serde(default)]
    pub later: Vec<ValueClass>,
    /// Of a command, whether it has the shell print each command after it (`set -x`), one of which
    /// has a word like `later` before `set +x`.
    #[serde(default)]
    pub traces: bool,
    /// Of a command, whether its shell was started so that it prints each command: by the first line
    /// of the script, by `bash -xc`, by `bash -x` in another file.
    #[serde(default)]
    pub traced: bool,
    /// Whether what a command, or a call in a program that a command runs, prints must be seen: not
    /// piped into another program that takes it or leaves the value out, not captured, not written to
    /// a file.
    #[serde(default)]
    pub shown: bool,
    /// What must run the file, which is a script, or has one in it.
    #[serde(default)]
    pub run_by: Option<Runner>,
    /// Whether the value names a file that holds the key of a token.
    #[serde(default)]
    pub holds_token: bool,
    /// Whether one finding of the rule is enough for a call or command, of whatever pattern.
    #[serde(default)]
    pub single: bool,
    /// Whether one finding a file is enough of those that say the same.
    #[serde(default)]
    pub once: bool,
    /// Texts of which the file must hold none.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// Literal texts, groups of which the file must hold one each, beside what the pattern itself
    /// needs. They keep files from being parsed in vain.
    #[serde(default)]
    pub needs: Vec<Vec<String>>,
    /// Whether the value is a credential: then it is hidden, and a token rule that knows it reports
    /// in place of this.
    #[serde(default)]
    pub credential: bool,
    /// How bad it is, where that differs from the rule.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// How sure it is, where that differs from the rule.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// What to say after the rule's summary. `{key}`, `{path}`, `{name}`, `{subject}` stand for the
    /// user's own names.
    #[serde(default)]
    pub message: Option<String>,
    /// What to do, where that differs from the rule; with the same names.
    #[serde(default)]
    pub help: Option<String>,
}

/// The kind of fact that a pattern is over, as the rule file names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `[[setting]]`
    Setting,
    /// `[[call]]`
    Call,
    /// `[[command]]`
    Command,
}

impl FactPattern {
    /// What is wrong with a pattern of this kind.
    pub(super) fn fault(
        pattern: &Spanned<Self>,
        subject: Subject,
    ) -> Option<(crate::span::Span, String)> {
        let this = pattern.get_ref();
        let has = [
            (Subject::Setting, "key", !this.key.is_empty()),
            (Subject::Call, "callee", !this.callee.is_empty()),
            (Subject::Command, "program", !this.program.is_empty()),
        ];
        for (kind, name, is_there) in has {
            let message = match (kind == subject, is_there) {
                (true, false) => format!("a pattern needs `{name}`"),
                (false, true) => format!("`{name}` belongs to another kind of pattern"),
                _ => continue,
            };
            return Some((pattern.span(), message));
        }
        let beside = subject == Subject::Setting && !this.argument.is_empty();
        let message = if beside {
            "`argument` belongs to calls and commands"
        } else if this.needles().is_empty() && !this.needs_credential() {
            "the pattern fits any file: name something in it, or give `needs`"
        } else {
            return None;
        };
        Some((pattern.span(), message.to_owned()))
    }
}
