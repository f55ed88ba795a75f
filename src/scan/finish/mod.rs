//! From hits to findings: where they lie, and what may be shown.

mod comments;
mod disposition;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::comments::{Comments, Written};
use super::Scanner;
use super::cells::Cells;
use super::cross_file;
use super::cross_file::Site;
use super::masks::Masks;
use crate::engine::{Bounds, Engine, Input, Matches, Nature, Parsing, Part};
use crate::finding::{
    Condition, Disposition, Edit, Finding, Fix, Hit, Location, RuleMeta, Runner, SecretSummary,
    Suppression, TableCell, content, fingerprint,
};
use crate::redact::{Secret, Snippet};
use crate::source::{Chunk, Origin};
use crate::span::{Position, Span, wide};
use crate::suppress;

/// The most findings that one file may have, so that a hostile or hopeless one stays bounded.
const MOST: usize = 10_000;

/// Endings of files that are text for people.
const PROSE: [&str; 6] = ["md", "markdown", "mdx", "rst", "txt", "adoc"];

/// What was found in columns of a table: the column, the rule and the credential.
pub(super) type Known = BTreeSet<(String, usize, Option<String>)>;

/// The scan of one file.
pub(super) struct FileScan<'a> {
    scanner: &'a Scanner,
    origin: Arc<Origin>,
    /// Where it lies.
    site: Option<Site<'a>>,
    findings: Vec<Finding>,
    comments: Comments,
    /// How many of the findings are final, and were told.
    told: usize,
    /// Where previews found something, and by which rule.
    previewed: BTreeSet<(u64, usize)>,
    /// How often the same was found, by rule and subject.
    seen: BTreeMap<(usize, Vec<u8>), usize>,
    /// How many findings were too many.
    more: usize,
    /// Whether its first bytes were looked at.
    begun: bool,
    /// What it is, once that is known.
    nature: Nature,
    /// Scripts that the file runs.
    runs: Vec<(Runner, String)>,
    /// How rules over facts read it.
    parsing: Parsing,
}

impl<'a> FileScan<'a> {
    pub(super) fn new(scanner: &'a Scanner, origin: Arc<Origin>, site: Option<Site<'a>>) -> Self {
        Self {
            scanner,
            origin,
            site,
            findings: Vec::new(),
            comments: Comments::default(),
            told: 0,
            previewed: BTreeSet::new(),
            seen: BTreeMap::new(),
            more: 0,
            begun: false,
            nature: Nature::default(),
            runs: Vec::new(),
            parsing: Parsing::Done,
        }
    }

    /// Scans the `fresh` bytes of a chunk. `whole` is whether the chunk is the whole file.
    pub(super) fn take(&mut self, chunk: &Chunk<'_>, fresh: Span, whole: bool) {
        let part = match (self.begun, whole) {
            (true, _) => Part::Later(self.nature),
            (false, true) if !self.tokens_only() => Part::Whole,
            (false, _) => Part::First,
        };
        let mut matches = self.scan(chunk, fresh, part);
        self.begun = true;
        self.nature = matches.nature;
        self.parsing = self.parsing.max(matches.parsing);
        self.runs.append(&mut matches.runs);
        if matches.hits.is_empty() && matches.markers.is_empty() {
            return;
        }
        self.note(chunk, matches, whole);
    }

    /// Scans a part of a file that is none of the text in it. What is `known` of a column may be noted here
    /// once more, as the first and the last of its texts.
    pub(super) fn part(&mut self, chunk: &Chunk<'_>, nature: Nature, known: &mut Known) {
        let mut matches = self.scan(chunk, 0..chunk.bytes.len(), Part::Later(nature));
        matches.hits.retain(|hit| {
            let secret = hit.secret.as_ref().map(Secret::sha256);
            let again = known.iter().any(|of| (of.1, &of.2) == (hit.rule, &secret));
            !again && known.insert((String::new(), hit.rule, secret))
        });
        self.note(chunk, matches, false);
    }

    /// Scans the text of a cell of a table. What is `known` of its column is not found once more.
    pub(super) fn cell(
        &mut self,
        text: &[u8],
        bounds: Bounds,
        (cell, known): (&TableCell, &mut Known),
    ) {
        let is_log = false;
        let part = Part::Later(Nature {
            is_log,
            bounds,
            begun: true,
        });
        let chunk = Chunk::whole(text);
        let mut matches = self.scan(&chunk, 0..text.len(), part);
        matches.hits.retain(|hit| {
            let secret = hit.secret.as_ref().map(Secret::sha256);
            known.insert((cell.column.clone(), hit.rule, secret))
        });
        // Comments are for those who write files.
        matches.markers.clear();
        let before = self.findings.len();
        self.note(&chunk, matches, false);
        let column = self.scanner.mask_path(&cell.column).into_owned();
        for finding in self.findings.iter_mut().skip(before) {
            finding.location.table = Some(TableCell {
                column: column.clone(),
                row: cell.row,
            });
        }
    }

    /// Scans a value that is a text of its own. Nothing in it hides anything.
    pub(super) fn value(&mut self, chunk: &Chunk<'_>, nature: Nature) {
        let mut matches = self.scan(chunk, 0..chunk.bytes.len(), Part::Later(nature));
        matches.markers.clear();
        self.note(chunk, matches, false);
        for finding in &mut self.findings {
            finding.disposition = Disposition::Active;
        }
    }

    /// What it scans with.
    pub(super) fn engine(&self) -> &'a Engine {
        &self.scanner.engine
    }

    /// Whether the configuration says that the file is not to be parsed.
    fn tokens_only(&self) -> bool {
        let patterns = &self.scanner.policy.tokens_only;
        let path = || self.site.and_then(Site::absolute);
        !patterns.is_empty() && path().is_some_and(|path| patterns.cover(&path))
    }

    /// What the engine finds in a chunk, but for what depends on a file that says nothing of it.
    fn scan(&self, chunk: &Chunk<'_>, fresh: Span, part: Part) -> Matches {
        let engine = &self.scanner.engine;
        let input = Input {
            text: chunk.bytes,
            start: chunk.start.byte,
            origin: &self.origin,
            part,
        };
        let mut matches = engine.scan_file(input, fresh);
        matches.hits.retain(|hit| match &hit.condition {
            Some(Condition::HoldsKey { file, class }) => {
                cross_file::holds_key(engine, self.site, file, class)
            }
            _ => true,
        });
        matches
    }

    /// Scans bytes that wait for more context. What stands in a line that has ended is found now.
    pub(super) fn preview(&mut self, chunk: &Chunk<'_>, pending: Span) {
        let mut matches = self.scan(chunk, pending, Part::Later(self.nature));
        let end = memchr::memrchr2(b'\n', b'\r', chunk.bytes).unwrap_or(0);
        matches.hits.retain(|hit| hit.span.end <= end);
        matches.markers.retain(|at| *at <= end);
        let hits = matches
            .hits
            .iter()
            .map(|hit| place(chunk, hit.span.start, hit.rule));
        let markers = matches.markers.iter().map(|at| place(chunk, *at, COMMENT));
        let found: Vec<_> = hits.chain(markers).collect();
        self.note(chunk, matches, false);
        self.previewed.extend(found);
    }

    /// Makes findings of matches.
    fn note(&mut self, chunk: &Chunk<'_>, matches: Matches, whole: bool) {
        let is_notebook = whole && self.origin.extension().as_deref() == Some("ipynb");
        let notebook = is_notebook && !matches.hits.is_empty();
        let cells = notebook.then(|| Cells::of(chunk.bytes));
        let mut masks = Masks::of(&matches.hits);
        let mut from = (chunk.start, 0);
        for hit in matches.hits {
            let start = chunk.advance(from.0, from.1, hit.span.start);
            from = (start, hit.span.start);
            if self
                .previewed
                .contains(&place(chunk, hit.span.start, hit.rule))
            {
                continue;
            }
            if self.findings.len() == MOST {
                self.more += 1;
                continue;
            }
            let mut finding = self.finding(chunk, &hit, start, &mut masks);
            finding.fix = whole.then(|| self.fix(chunk, &hit)).flatten();
            let cells = cells.as_ref();
            finding.location.cell = cells.and_then(|cells| cells.cell(hit.span.start));
            self.findings.push(finding);
        }
        let prose = self
            .origin
            .extension()
            .is_some_and(|e| PROSE.contains(&e.as_str()));
        from = (chunk.start, 0);
        for at in matches.markers {
            let start = chunk.advance(from.0, from.1, at);
            from = (start, at);
            if self.previewed.contains(&place(chunk, at, COMMENT)) {
                continue;
            }
            if let Some(comment) = suppress::parse(chunk, at, start, prose) {
                let masks = masks.around(self.scanner, chunk, &comment.span);
                let shown = if self.scanner.policy.show_secrets {
                    &[]
                } else {
                    masks
                };
                self.comments.push(Written {
                    snippet: Snippet::new(chunk, &comment.span, start.line, shown),
                    comment,
                });
            }
        }
    }

    fn finding(
        &mut self,
        chunk: &Chunk<'_>,
        hit: &Hit,
        start: Position,
        masks: &mut Masks,
    ) -> Finding {
        let scanner = self.scanner;
        let rule = scanner.engine.meta(hit.rule).clone();
        let masked = masks.hide(scanner, chunk, hit);
        let shown = if scanner.policy.show_secrets {
            &[]
        } else {
            masked
        };
        let snippet = Snippet::new(chunk, &hit.span, start.line, shown);
        let content = content_of(scanner, hit, &rule, || {
            Snippet::new(chunk, &hit.span, start.line, masked).text
        });
        let foreign = (hit.secret.is_some() && scanner.policy.honour_comments)
            .then(|| suppress::foreign_marker(chunk, hit.span.start))
            .flatten();
        let mut parts = vec![rule.summary.clone()];
        parts.extend(hit.context.iter().cloned());
        let subject = match &hit.secret {
            Some(secret) if !rule.guessable => secret.sha256().into_bytes(),
            _ => hit.context.join(",").into_bytes(),
        };
        Finding {
            message: scanner.engine.mask(&parts.join(", ")).into_owned(),
            severity: *scanner
                .policy
                .severity
                .get(&*rule.id)
                .unwrap_or(&hit.severity),
            help: help(scanner, hit, &rule),
            confidence: hit.confidence,
            location: Location {
                origin: Arc::clone(&self.origin),
                cell: None,
                table: None,
                start,
                end: chunk.advance(start, hit.span.start, hit.span.end),
                introduced: None,
            },
            snippet,
            content,
            secret: hit
                .secret
                .as_ref()
                .map(|secret| self.summary(secret, &rule)),
            verdict: None,
            fingerprint: self.fingerprint(&rule.id, hit.rule, subject),
            disposition: foreign.map_or(Disposition::Active, |marker| {
                Disposition::Suppressed(Suppression::Comment(marker.to_owned()))
            }),
            run_by: match &hit.condition {
                Some(Condition::RunBy(runner)) => Some(*runner),
                _ => None,
            },
            fix: None,
            rule,
        }
    }

    /// How to mend a hit in a whole file. What would show a credential is left out.
    fn fix(&self, chunk: &Chunk<'_>, hit: &Hit) -> Option<Fix<(Position, Position)>> {
        let engine = &self.scanner.engine;
        let own = || engine.fix(hit, chunk.bytes, &self.origin);
        let fix = hit.fix.clone().or_else(own)?;
        let is_shown = fix
            .edits
            .iter()
            .all(|edit| engine.mask(&edit.text) == edit.text);
        let edits = fix.edits.into_iter().map(|edit| Edit {
            at: (chunk.position(edit.at.start), chunk.position(edit.at.end)),
            text: edit.text,
        });
        is_shown.then(|| Fix {
            says: engine.mask(&fix.says).into_owned(),
            is_safe: fix.is_safe,
            edits: edits.collect(),
        })
    }

    fn summary(&self, secret: &Secret, rule: &RuleMeta) -> SecretSummary {
        let whole = || String::from_utf8_lossy(secret.expose()).into_owned();
        SecretSummary {
            redacted: secret.redacted(),
            sha256: (!rule.guessable).then(|| secret.sha256()),
            value: self.scanner.policy.show_secrets.then(whole),
            whole: self.scanner.policy.keep_secrets.then(|| secret.clone()),
        }
    }

    fn fingerprint(&mut self, id: &str, rule: usize, subject: Vec<u8>) -> String {
        let ordinal = self.seen.entry((rule, subject.clone())).or_default();
        *ordinal += 1;
        fingerprint(id, &self.origin, &subject, *ordinal)
    }
}

/// What a hit is, wherever it lies; see [`Finding::content`]. `line` gives the masked text around it.
fn content_of(
    scanner: &Scanner,
    hit: &Hit,
    rule: &RuleMeta,
    line: impl FnOnce() -> String,
) -> String {
    match &hit.secret {
        Some(secret) if !rule.guessable => content(&rule.id, secret.sha256().as_bytes()),
        secret => {
            let mut subject = hit.context.join(",");
            for word in line().split_whitespace() {
                subject.push(' ');
                subject.push_str(word);
            }
            let name = content(&rule.id, subject.as_bytes());
            match secret {
                Some(secret) if scanner.policy.tags.want(&name) => {
                    format!("{name}-{}", secret.tag(&name))
                }
                _ => name,
            }
        }
    }
}

/// What stands for a rule where a comment was found.
const COMMENT: usize = usize::MAX;

/// A place where a rule found something, as it is known again.
fn place(chunk: &Chunk<'_>, at: usize, rule: usize) -> (u64, usize) {
    (chunk.start.byte + wide(at), rule)
}

/// What to do about a hit; the user's own names in it are masked, should one be a credential.
fn help(scanner: &Scanner, hit: &Hit, rule: &RuleMeta) -> String {
    match &hit.help {
        Some(help) => scanner.engine.mask(help).into_owned(),
        None => rule.help.clone(),
    }
}
