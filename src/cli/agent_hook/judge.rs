//! Findings that stand against what an agent does, and how it is told of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::finding::Finding;
use crate::scan::Project;

/// The family of rules that find credentials.
pub(super) const CREDENTIALS: &str = "tokens";

/// How many findings an agent is told of at once.
const MOST: usize = 8;

/// A finding, as an agent is told of it. It holds no credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    place: String,
    rule: String,
    message: String,
    help: String,
}

impl Found {
    /// What of some findings stands against it. `what` is said in place of the file's name, if there is none.
    pub(super) fn of<'f>(
        what: &str,
        findings: impl Iterator<Item = &'f Finding>,
        project: &Project,
    ) -> Vec<Self> {
        let grave =
            |finding: &&Finding| finding.is_active() && project.fail_on.fails(finding.severity);
        findings
            .filter(grave)
            .map(|finding| Self::new(what, finding))
            .collect()
    }

    /// The same of a finding that was judged elsewhere.
    pub(super) fn new(what: &str, finding: &Finding) -> Self {
        let origin = &finding.location.origin;
        let line = finding.location.start.line;
        let place = match (what, &origin.member) {
            ("", Some(member)) => format!("{}!{member}", origin.path),
            ("", None) => format!("{}:{line}", origin.path),
            (what, _) => format!("{what}, line {line}"),
        };
        Self {
            place,
            rule: finding.rule.id.to_string(),
            message: finding.message.clone(),
            help: finding.help.clone(),
        }
    }

    /// Those findings that were not there before, wherever they lie.
    pub(super) fn new_in<'f>(after: &'f [Finding], before: &[Finding]) -> Vec<&'f Finding> {
        let mut known: BTreeMap<(&str, &String), usize> = BTreeMap::new();
        for finding in before {
            *known
                .entry((&finding.rule.id, &finding.content))
                .or_default() += 1;
        }
        let mut new = Vec::new();
        for finding in after {
            match known.get_mut(&(&*finding.rule.id, &finding.content)) {
                Some(count) if *count > 0 => *count -= 1,
                _ => new.push(finding),
            }
        }
        new
    }
}

/// Why something is refused, and what to do instead.
pub(super) fn reason(found: &[Found]) -> String {
    let mut text = "hfscan refused this, since it would give a credential away:\n".to_owned();
    for Found {
        place,
        rule,
        message,
        help,
    } in found.iter().take(MOST)
    {
        let _ = writeln!(text, "- {place}: {message} [{rule}]. Instead: {help}.");
    }
    if let Some(more) = found.len().checked_sub(MOST).filter(|more| *more > 0) {
        let _ = writeln!(text, "- and {more} more");
    }
    text.push_str("Do it in the form above, and try again. `hfscan explain RULE` says why.");
    text
}
