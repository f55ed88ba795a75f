//! What a rule says, where something of it was found.

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, Range};

use crate::finding::Finding;

/// The rule of a finding, explained.
pub(super) fn of(finding: &Finding, range: Range) -> Hover {
    let rule = &finding.rule;
    let references = rule.references.iter().map(|link| format!("- <{link}>"));
    let value = format!(
        "**{}** ({}, {} confidence)\n\n{}\n\n{}\n\n**What to do**\n\n{}\n\n{}\n",
        rule.id,
        finding.severity,
        finding.confidence,
        finding.message,
        rule.why.trim(),
        rule.remedy.trim(),
        references.collect::<Vec<_>>().join("\n"),
    );
    Hover {
        contents: HoverContents::Markup(MarkupContent {
            kind: MarkupKind::Markdown,
            value,
        }),
        range: Some(range),
    }
}
