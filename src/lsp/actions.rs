//! What an editor offers to do about findings: the fixes, each with its proof, and a comment that hides.

use std::collections::BTreeMap;
use std::path::Path;

use imara_diff::{Algorithm, Diff, InternedInput};
use lsp_types::{CodeAction, CodeActionKind, Diagnostic, TextEdit, Uri, WorkspaceEdit};

use super::position::Units;
use super::texts::{Analysis, Scanned, Texts, span_of};
use crate::finding::Finding;
use crate::scan::{Outcome, Wanted};
use crate::span::Span;

/// The kind of the action that makes all fixes that are safe.
pub(super) const FIX_ALL: &str = "source.fixAll.hfscan";

/// Marks of comments, by endings of files; `#` begins one in all others.
const MARKS: [(&str, &str, &[&str]); 4] = [
    (
        "// ",
        "",
        &[
            "go", "js", "jsx", "ts", "tsx", "mjs", "cjs", "java", "kt", "rs", "c", "cpp", "h",
            "swift", "scala", "groovy", "jsonc", "json5",
        ],
    ),
    ("-- ", "", &["sql", "lua", "hs"]),
    (
        "<!-- ",
        " -->",
        &[
            "md", "markdown", "html", "htm", "xml", "svg", "vue", "svelte",
        ],
    ),
    ("REM ", "", &["bat", "cmd"]),
];

/// Files that can have no comments.
const BARE: [&str; 4] = ["csv", "json", "jsonl", "ipynb"];

/// What can be done about some findings of a text.
pub(super) struct Actions<'t> {
    pub(super) texts: &'t Texts,
    pub(super) analysis: &'t Analysis,
    pub(super) units: Units,
}

/// Replacements in the documents of an analysis, by their place in it.
type Edits = BTreeMap<usize, Vec<(Span, String)>>;

impl Actions<'_> {
    /// The fix of a finding, if it proves itself.
    pub(super) fn fix(&self, finding: &Finding, diagnostic: Diagnostic) -> Option<CodeAction> {
        let fix = finding.fix.as_ref()?;
        let is_wanted = |other: &Finding| other.fingerprint == finding.fingerprint;
        let edits = self.mended(&Wanted {
            with_unsafe: !fix.is_safe,
            is_wanted: &is_wanted,
        })?;
        let title = match fix.is_safe {
            true => fix.says.clone(),
            false => format!("{} (look at what it changes)", fix.says),
        };
        Some(CodeAction {
            is_preferred: Some(fix.is_safe),
            diagnostics: Some(vec![diagnostic]),
            kind: Some(CodeActionKind::QUICKFIX),
            ..self.action(title, &edits)?
        })
    }

    /// All fixes that are safe.
    pub(super) fn fix_all(&self) -> Option<CodeAction> {
        let mut fixes = self
            .analysis
            .findings
            .iter()
            .filter_map(|finding| finding.fix.as_ref());
        if !fixes.any(|fix| fix.is_safe) {
            return None;
        }
        let edits = self.mended(&Wanted {
            with_unsafe: false,
            is_wanted: &|_| true,
        })?;
        Some(CodeAction {
            kind: Some(CodeActionKind::new(FIX_ALL)),
            ..self.action("Mend all that can be mended safely".to_owned(), &edits)?
        })
    }

    /// A comment that hides a finding, if one can stand there.
    pub(super) fn hide(&self, finding: &Finding, diagnostic: Diagnostic) -> Option<CodeAction> {
        let (at, text, span) = match &self.analysis.text {
            Scanned::Document(uri) => (0, self.text(uri)?, span_of(finding)),
            Scanned::Notebook(notebook, file) => {
                let (at, span) = file.cell(&span_of(finding))?;
                (at, self.text(&notebook.cells.get(at)?.1)?, span)
            }
        };
        let (open, close) = marks(&self.analysis.path)?;
        let rule = &finding.rule.id;
        let (line, end) = line_around(text, span.start);
        let content = text.get(line..end).unwrap_or_default();
        let indent: String = content
            .chars()
            .take_while(|c| matches!(c, ' ' | '\t'))
            .collect();
        let feed = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let above = format!("{indent}{open}hfscan: ignore-next-line[{rule}]{close}{feed}");
        let behind = format!("  {open}hfscan: ignore[{rule}]{close}");
        let mut places = vec![(end..end, behind)];
        if !content.starts_with("#!") {
            places.insert(0, (line..line, above));
        }
        let edit = places
            .into_iter()
            .find(|edit| self.hides(at, edit, finding))?;
        let title = format!("Hide `{rule}` here with a comment");
        Some(CodeAction {
            diagnostics: Some(vec![diagnostic]),
            kind: Some(CodeActionKind::QUICKFIX),
            ..self.action(title, &BTreeMap::from([(at, vec![edit])]))?
        })
    }

    /// Whether a comment hides a finding and does nothing else.
    fn hides(&self, at: usize, (span, text): &(Span, String), finding: &Finding) -> bool {
        let with = |before: &str| {
            let mut after = before.to_owned();
            after.replace_range(span.clone(), text);
            after
        };
        let Scanned::Document(uri) = &self.analysis.text else {
            // The cells of a notebook are programs, and its file is not the editor's.
            return matches!(&self.analysis.text, Scanned::Notebook(notebook, _) if at < notebook.cells.len());
        };
        let Some(before) = self.text(uri) else {
            return false;
        };
        let scan = |text: &str| {
            self.analysis
                .project
                .scan(&self.analysis.path, text.as_bytes())
        };
        let (old, new) = (scan(before), scan(&with(before)));
        let count = |outcome: &Outcome| outcome.findings.iter().filter(|f| f.is_active()).count();
        let same = |outcome: &Outcome| {
            let mut active = outcome.findings.iter().filter(|f| f.is_active());
            active.any(|other| other.fingerprint == finding.fingerprint)
        };
        count(&new) < count(&old)
            && !same(&new)
            && new.stats.partly_parsed <= old.stats.partly_parsed
            && new.stats.unparsed <= old.stats.unparsed
    }

    fn text(&self, uri: &Uri) -> Option<&str> {
        let document = self.texts.documents.get(uri.as_str())?;
        Some(&document.text)
    }

    /// What fixes change.
    fn mended(&self, wanted: &Wanted<'_>) -> Option<Edits> {
        let name = &self.analysis.findings.first()?.location.origin.path;
        let scanner = &self.analysis.project.scanner;
        match &self.analysis.text {
            Scanned::Document(uri) => {
                let before = self.text(uri)?;
                let repaired = scanner.repair(name, before.as_bytes(), wanted);
                let after = String::from_utf8(repaired.bytes).ok()?;
                Some(BTreeMap::from([(0, changes(before, &after))]))
            }
            Scanned::Notebook(notebook, file) => {
                let repaired = scanner.repair(name, file.json.as_bytes(), wanted);
                let after: serde_json::Value = serde_json::from_slice(&repaired.bytes).ok()?;
                let cells = after.get("cells")?.as_array()?;
                let mut edits = Edits::new();
                for (at, ((_, uri), cell)) in notebook.cells.iter().zip(cells).enumerate() {
                    let source = cell.get("source")?.as_str()?;
                    edits.insert(at, changes(self.text(uri)?, source));
                }
                Some(edits)
            }
        }
    }

    /// An action that makes changes; none if it makes none, or if one of them holds a credential.
    fn action(&self, title: String, edits: &Edits) -> Option<CodeAction> {
        #[expect(
            clippy::mutable_key_type,
            reason = "what the type of the protocol asks for; nothing in a URI changes"
        )]
        let mut changes = std::collections::HashMap::new();
        for (at, list) in edits.iter().filter(|(_, list)| !list.is_empty()) {
            let uri = Texts::uri(self.analysis, *at)?;
            let document = self.texts.documents.get(uri.as_str())?;
            let engine = &self.analysis.project.scanner.engine;
            if list.iter().any(|(_, text)| engine.mask_only(text) != *text) {
                return None;
            }
            let edit = |(span, text): &(Span, String)| TextEdit {
                range: document.lines.range(&document.text, span, self.units),
                new_text: text.clone(),
            };
            changes.insert(uri.clone(), list.iter().map(edit).collect());
        }
        if changes.is_empty() {
            return None;
        }
        Some(CodeAction {
            title,
            edit: Some(WorkspaceEdit {
                changes: Some(changes),
                ..WorkspaceEdit::default()
            }),
            ..CodeAction::default()
        })
    }
}

/// How a comment begins and ends in a file; none if it can have none.
fn marks(path: &Path) -> Option<(&'static str, &'static str)> {
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    let ending = ending.to_ascii_lowercase();
    if ending == "ipynb" {
        return Some(("# ", ""));
    }
    if BARE.contains(&ending.as_str()) {
        return None;
    }
    let known = MARKS
        .iter()
        .find(|(.., endings)| endings.contains(&ending.as_str()));
    Some(known.map_or(("# ", ""), |(open, close, _)| (open, close)))
}

/// Where the line of a byte begins and ends, without its end.
fn line_around(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |feed| feed + 1);
    let rest = text.get(at..).unwrap_or_default();
    let end = rest.find(['\n', '\r']).map_or(text.len(), |feed| at + feed);
    (start, end)
}

/// What turns a text into another: each change as small as can be, so that nothing is sent that stays.
fn changes(before: &str, after: &str) -> Vec<(Span, String)> {
    let input = InternedInput::new(before, after);
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let starts = |text: &str| {
        let mut at = 0;
        let ends = text.split_inclusive('\n').map(|line| {
            at += line.len();
            at
        });
        std::iter::once(0).chain(ends).collect::<Vec<usize>>()
    };
    let (old, new) = (starts(before), starts(after));
    let span = |starts: &[usize], lines: std::ops::Range<u32>| {
        let at = |line: u32| {
            usize::try_from(line)
                .ok()
                .and_then(|line| starts.get(line).copied())
        };
        at(lines.start).unwrap_or(0)..at(lines.end).unwrap_or(0)
    };
    diff.hunks()
        .map(|hunk| {
            let (from, to) = (span(&old, hunk.before), span(&new, hunk.after));
            let (gone, put) = (
                before.get(from.clone()).unwrap_or_default(),
                after.get(to).unwrap_or_default(),
            );
            let same = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
                pairs
                    .take_while(|(a, b)| a == b)
                    .map(|(a, _)| a.len_utf8())
                    .sum()
            };
            let head = same(&mut gone.chars().zip(put.chars()));
            let (gone, put) = (
                gone.get(head..).unwrap_or_default(),
                put.get(head..).unwrap_or_default(),
            );
            let tail = same(&mut gone.chars().rev().zip(put.chars().rev()));
            let put = put.get(..put.len() - tail).unwrap_or_default();
            (
                from.start + head..from.start + head + gone.len() - tail,
                put.to_owned(),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_small_and_lead_there() {
        for (before, after) in [
            ("a\nb\nc\n", "a\nx\nc\n"),
            ("a\n", "import os\na\n"),
            ("x = \"\u{1f917}\"\ny", "x = \"\u{1f916}\"\ny = 1"),
            ("", "a"),
            ("a", ""),
        ] {
            let mut text = before.to_owned();
            for (span, new) in changes(before, after).into_iter().rev() {
                text.replace_range(span, &new);
            }
            assert_eq!(text, after);
        }
        assert_eq!(
            changes("key = abc\n", "key = abd\n"),
            [(8..9, "d".to_owned())]
        );
    }
}
