//! Which findings of a file are reported: comments, settings and thresholds.

use std::sync::Arc;

use super::{FileScan, MOST};
use crate::engine::Parsing;
use crate::finding::{Disposition, Finding, Location, Suppression, content};
use crate::problem::{ProblemKind, UnreadKind};
use crate::rule::Check;
use crate::scan::cross_file::Site;
use crate::scan::{FindingSink, Outcome};

impl FileScan<'_> {
    /// Judges what was found since the last time, and tells it.
    pub(in crate::scan) fn tell(&mut self, tell: &mut FindingSink<'_>) {
        let mut findings = std::mem::take(&mut self.findings);
        for finding in findings.iter_mut().skip(self.told) {
            self.dispose(finding);
            if self.is_wanted(finding) && finding.is_active() {
                tell(finding);
            }
        }
        self.told = findings.len();
        self.findings = findings;
    }

    fn dispose(&mut self, finding: &mut Finding) {
        if self.scanner.policy.honour_comments {
            self.suppress(finding);
        }
        self.ignore_by_path(finding);
    }

    fn is_wanted(&self, finding: &Finding) -> bool {
        let policy = &self.scanner.policy;
        finding.severity >= policy.min_severity && finding.confidence >= policy.min_confidence
    }

    /// Says what of the file was not parsed.
    fn tell_parsing(&self, outcome: &mut Outcome) {
        let limit = |outcome: &mut Outcome, what: &str| {
            let message = format!(
                "{what}, so that mistakes in it may not be found: divide it, or name it in `tokens-only` of \
                 the configuration"
            );
            outcome.fail(self.origin.path.clone(), ProblemKind::Limit, message);
        };
        match self.parsing {
            Parsing::Done => {}
            Parsing::Partial => {
                outcome.stats.partly_parsed += 1;
                outcome.pass_over(&self.origin, UnreadKind::PartlyParsed, "file");
            }
            Parsing::TooLargeConfiguration if !self.tokens_only() => {
                limit(outcome, "is configuration, and too large to be parsed");
            }
            Parsing::TooLarge | Parsing::TooLargeConfiguration => {
                outcome.stats.unparsed += 1;
                outcome.pass_over(&self.origin, UnreadKind::Unparsed, "large file");
            }
            Parsing::Limited => {
                limit(
                    outcome,
                    "exceeds a limit of parsing (nesting, statements, steps)",
                );
            }
        }
    }

    /// Judges what was found, and hands it over.
    pub(in crate::scan) fn finish(
        mut self,
        outcome: &mut Outcome,
        tell: Option<&mut FindingSink<'_>>,
    ) {
        if self.more > 0 {
            let message = format!(
                "has {} findings; only the first {MOST} are reported",
                MOST + self.more
            );
            outcome.fail(self.origin.path.clone(), ProblemKind::Limit, message);
        }
        self.tell_parsing(outcome);
        if self.scanner.policy.honour_comments {
            // Before the comments that hide nothing are known, all that they hide must be.
            let mut findings = std::mem::take(&mut self.findings);
            let rest = findings.iter_mut().skip(self.told);
            rest.for_each(|finding| self.suppress(finding));
            findings.extend(self.faulty_comments());
            self.findings = findings;
        }
        self.tell(tell.unwrap_or(&mut |_| {}));
        let mut findings = std::mem::take(&mut self.findings);
        findings.retain(|finding| self.is_wanted(finding));
        outcome.findings.extend(findings);
        outcome.ran(&self.origin.path, self.runs);
        if self.scanner.engine.is_script(&self.origin.path) {
            outcome.scripts.push(self.origin.path.clone());
        }
    }

    fn suppress(&mut self, finding: &mut Finding) {
        if let Some(words) = self.comments.hide(finding) {
            let suppression = Suppression::Comment(words.to_owned());
            finding.disposition = Disposition::Suppressed(suppression);
        }
    }

    /// Comments that name no rule, and comments that hide nothing.
    fn faulty_comments(&mut self) -> Vec<Finding> {
        let engine = &self.scanner.engine;
        let (bare, unused) = (
            engine.check(Check::BareIgnore),
            engine.check(Check::UnusedIgnore),
        );
        let mut findings = Vec::new();
        for (written, used) in self.comments.take() {
            let comment = &written.comment;
            let judged = |name: &String| engine.judges(name);
            let (rule, message) = if !comment.certain {
                continue;
            } else if comment.is_bare() {
                (bare, String::new())
            } else if let Some(name) = comment.rules.iter().find(|name| !engine.knows(name)) {
                (unused, format!(": there is no rule `{name}`"))
            } else if !used && comment.rules.iter().all(judged) {
                (unused, String::new())
            } else {
                continue;
            };
            let Some(rule) = rule.map(Arc::clone) else {
                continue;
            };
            let message = format!("{}{message}", rule.summary);
            let severity = self.scanner.policy.severity.get(&*rule.id);
            let subject = comment.words.clone().into_bytes();
            findings.push(Finding {
                message: engine.mask(&message).into_owned(),
                help: rule.help.clone(),
                severity: severity.copied().unwrap_or(rule.severity),
                confidence: rule.confidence,
                location: Location {
                    origin: Arc::clone(&self.origin),
                    cell: None,
                    start: comment.start,
                    end: comment.end,
                    introduced: None,
                },
                content: content(&rule.id, comment.words.as_bytes()),
                snippet: written.snippet,
                secret: None,
                verdict: None,
                fingerprint: self.fingerprint(&rule.id, usize::MAX, subject),
                disposition: Disposition::Active,
                run_by: None,
                fix: None,
                rule,
            });
        }
        findings
    }

    fn ignore_by_path(&self, finding: &mut Finding) {
        if self.scanner.policy.path_ignores.is_empty() {
            return;
        }
        let Some(path) = self.site.and_then(Site::absolute) else {
            return;
        };
        for (patterns, line, names) in &self.scanner.policy.path_ignores {
            let named = names
                .iter()
                .any(|name| **name == *finding.rule.id || *name == finding.rule.family);
            if named && finding.is_active() && patterns.cover(&path) {
                let suppression = Suppression::Config(line.clone());
                finding.disposition = Disposition::Suppressed(suppression);
            }
        }
    }
}
