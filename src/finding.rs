//! What is found: severities, the engine's hit, and the finished finding.
//!
//! Two types only. A [`Hit`] is small, internal, and speaks of bytes in one chunk. A [`Finding`] is
//! owned, final and already masked; reports see nothing else.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::redact::{Secret, Snippet, hex};
use crate::source::Origin;
use crate::span::{Position, Span};
use crate::verdict::{Response, Verdict};

/// What stands in place of a member: the finding lies in the name of a file, folder or branch.
pub(crate) const NAME: &str = "<name>";

/// How bad a finding is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; hygiene.
    Note,
    /// A practice that leaks under ordinary conditions.
    Warning,
    /// A credential is exposed, or will be.
    Error,
}

impl Severity {
    /// The word that users see.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How sure a finding is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A hint; not shown unless asked for.
    Low,
    /// Probably right.
    Medium,
    /// Almost certainly right.
    High,
}

impl Confidence {
    /// The word that users see.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is said about a rule: everything but how it matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleMeta {
    /// The rule's name, such as `hf-user-token`. Once released it never changes its meaning.
    pub id: Arc<str>,
    /// The folder that the rule lies in, such as `tokens`.
    pub family: String,
    /// What the rule finds, in a few words.
    pub summary: String,
    /// Why that matters; Markdown.
    pub why: String,
    /// What to do, at length; Markdown.
    pub remedy: String,
    /// What to do, in the one line that is shown with each finding.
    pub help: String,
    /// How bad a finding of this rule is.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// Pages to read on; the first is the rule's own.
    pub references: Vec<String>,
    /// Whether what the rule finds could be guessed, so that not even its hash may be shown.
    pub guessable: bool,
    /// What can be done about what it finds; known of credentials, and of rules in the binary alone.
    pub response: Option<Response>,
}

/// A change of a file that mends a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix<At> {
    /// What it does, in a few words.
    pub says: String,
    /// Whether the program does the same afterwards, and nothing needs to be done first.
    pub is_safe: bool,
    /// What is replaced, in order, none over another.
    pub edits: Vec<Edit<At>>,
}

/// A text in place of another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit<At> {
    /// What is replaced.
    pub at: At,
    /// What is put there.
    pub text: String,
}

/// A match of one rule in one chunk; offsets and no text, but for the secret itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// The rule's place in the engine's rule set.
    pub rule: usize,
    /// The bytes to report.
    pub span: Span,
    /// The credential, decoded.
    pub secret: Option<Secret>,
    /// Further bytes that must not be shown, such as the other half of a key pair.
    pub hide: Vec<Span>,
    /// The bytes of the credential alone, without what parts them.
    pub pieces: Vec<Span>,
    /// How bad this one is, where it differs from the rule.
    pub severity: Severity,
    /// How sure this one is, where it differs from the rule.
    pub confidence: Confidence,
    /// Where the credential sits and how it is wrapped, to follow the rule's summary.
    pub context: Vec<String>,
    /// What to do, where that differs from the rule.
    pub help: Option<String>,
    /// What must hold outside of its file for it to count.
    pub condition: Option<Condition>,
    /// How to mend it.
    pub fix: Option<Fix<Span>>,
}

/// What must hold outside of a file for something in it to be a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// The file is a script that such a file runs.
    RunBy(Runner),
    /// The file of this name, as a script beside it would find it, holds a key of a class of credentials.
    HoldsKey {
        /// The name of the file.
        file: String,
        /// The class, as models name it.
        class: String,
    },
}

/// A kind of file that runs scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Runner {
    /// A configuration of a CI system.
    Ci,
    /// A Dockerfile.
    Dockerfile,
    /// A command that has the shell print what it runs: `bash -x run.sh`.
    Tracing,
    /// Another script, which something of the above may run.
    Script,
}

/// That a file runs a script.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Run {
    /// What kind of file it is.
    pub runner: Runner,
    /// The script, as it names it.
    pub script: String,
    /// Its own path.
    pub by: String,
}

/// A part of a notebook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The cell's place in the notebook, from 1.
    pub number: usize,
    /// What of the cell it is.
    pub part: CellPart,
}

/// Which part of a notebook's cell a finding lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CellPart {
    /// What the author wrote.
    Source,
    /// What running it printed.
    Output,
    /// What tools noted about it.
    Metadata,
    /// A file pasted into it.
    Attachment,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match self.part {
            CellPart::Source => "source",
            CellPart::Output => "output",
            CellPart::Metadata => "metadata",
            CellPart::Attachment => "attachment",
        };
        write!(f, "{part} of cell {}", self.number)
    }
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct TableCell {
    /// The column, by the names that lead to it.
    pub column: String,
    /// The row, from 1; none if no row has it, as a text that a dictionary alone holds.
    pub row: Option<u64>,
}

impl fmt::Display for TableCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}", self.column)?;
        match self.row {
            Some(row) => write!(f, ", row {row}"),
            None => Ok(()),
        }
    }
}

/// Where a finding lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file, archive member, commit.
    pub origin: Arc<Origin>,
    /// The notebook cell, if it is in one.
    pub cell: Option<Cell>,
    /// The cell of a table, if it is in one: then lines, columns and bytes are those of the cell's text.
    pub table: Option<TableCell>,
    /// The first byte.
    pub start: Position,
    /// The byte after the last.
    pub end: Position,
    /// How it came into history, if it was found there.
    pub introduced: Option<Introduced>,
}

/// How a finding came into the history of a repository. The commit is named by its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introduced {
    /// When the author of its first commit made that, in the form of ISO 8601.
    pub date: Option<String>,
    /// Whether the commit that is checked out still holds it, so that its place is one in that, rather
    /// than one in an old version of a file; none if it is in no file.
    pub in_head: Option<bool>,
}

/// What may be said of a credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SecretSummary {
    /// Its kind and a few characters.
    pub redacted: String,
    /// Its SHA-256 in hex; none if it could be guessed from that.
    pub sha256: Option<String>,
    /// The whole of it, only where the user asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The credential itself, only where the user asked to do something with it.
    #[serde(skip)]
    pub whole: Option<Secret>,
}

/// What became of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// It is reported.
    Active,
    /// A comment or a setting hides it.
    Suppressed(Suppression),
}

/// What hides a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suppression {
    /// A comment in the scanned file; its words.
    Comment(String),
    /// A `per-path-ignores` entry of the configuration; its glob.
    Config(String),
    /// A baseline holds it; why.
    Baseline(String),
    /// Only credentials that are known to be live were asked for; what is known of it.
    Unverified(String),
}

/// What orders findings.
pub(crate) type SortKey<'f> = (
    &'f Origin,
    &'f Option<TableCell>,
    Position,
    Position,
    &'f str,
);

/// A finished finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: Arc<RuleMeta>,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What was found and where it sits, in one sentence without a full stop.
    pub message: String,
    /// What to do, in one line.
    pub help: String,
    /// Where it lies.
    pub location: Location,
    /// The source around it, masked.
    pub snippet: Snippet,
    /// The credential, if it holds one.
    pub secret: Option<SecretSummary>,
    /// What is known of the credential, if that was asked for.
    pub verdict: Option<Verdict>,
    /// A name that stays the same across unrelated edits of the file.
    pub fingerprint: String,
    /// What it is, wherever it lies: a hash of the rule and the credential. Where a credential could
    /// be guessed from that, the line around it stands in its place, masked.
    pub content: String,
    /// Whether it is reported.
    pub disposition: Disposition,
    /// What must run its file for it to be reported at all.
    pub run_by: Option<Runner>,
    /// How to mend it; none holds a credential.
    pub fix: Option<Fix<(Position, Position)>>,
}

impl Finding {
    /// Whether the finding is reported, as against suppressed.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.disposition == Disposition::Active
    }

    /// Whether it lies in the name of a file, and not in what that holds.
    #[must_use]
    pub(crate) fn is_in_name(&self) -> bool {
        self.location.origin.member.as_deref() == Some(NAME)
    }

    /// The order of a report: by path, then place, then rule.
    #[must_use]
    pub(crate) fn sort_key(&self) -> SortKey<'_> {
        let at = &self.location;
        (&at.origin, &at.table, at.start, at.end, &self.rule.id)
    }
}

/// What a finding is, whatever its file is called and wherever in it it lies.
#[must_use]
pub(crate) fn content(rule: &str, subject: &[u8]) -> String {
    let mut hash = Sha256::new();
    for part in [b"hfscan content", rule.as_bytes(), subject] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let mut name = hex(&hash.finalize());
    name.truncate(32);
    name
}

/// A name for a finding that outlives unrelated edits: it is made of the rule, the file and what
/// was found (`subject`), and, if the same was found there before, how often (`ordinal`); never of
/// a line number.
#[must_use]
pub(crate) fn fingerprint(rule: &str, origin: &Origin, subject: &[u8], ordinal: usize) -> String {
    let mut hash = Sha256::new();
    let member = origin.member.as_deref().unwrap_or_default();
    for part in [
        rule.as_bytes(),
        origin.path.as_bytes(),
        member.as_bytes(),
        subject,
    ] {
        // Lengths keep the parts apart.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.update((ordinal as u64).to_le_bytes());
    let mut name = hex(&hash.finalize());
    name.truncate(32);
    name
}
