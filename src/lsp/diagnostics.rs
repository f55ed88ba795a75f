//! What is found, as an editor shows it.

use lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    Location, NumberOrString, Range, Uri,
};
use serde_json::json;

use crate::finding::{Finding, Severity};
use crate::problem::Problem;

/// The family of rules over what is obsolete.
const DEPRECATED: &str = "deprecated";

/// The rules over comments that do nothing, which editors show pale.
const UNNECESSARY: &str = "unused-ignore";

/// A finding at a place, with places that belong to it.
pub(super) fn of_finding(
    finding: &Finding,
    range: Range,
    related: Vec<(Location, String)>,
) -> Diagnostic {
    let rule = &finding.rule;
    let link = rule
        .references
        .first()
        .and_then(|link| link.parse::<Uri>().ok());
    let tag = match (&*rule.family, &*rule.id) {
        (DEPRECATED, _) => Some(DiagnosticTag::DEPRECATED),
        (_, UNNECESSARY) => Some(DiagnosticTag::UNNECESSARY),
        _ => None,
    };
    let related = related.into_iter();
    let related: Vec<_> = related
        .map(|(location, message)| DiagnosticRelatedInformation { location, message })
        .collect();
    Diagnostic {
        range,
        severity: Some(match finding.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
            Severity::Note => DiagnosticSeverity::INFORMATION,
        }),
        code: Some(NumberOrString::String(rule.id.to_string())),
        code_description: link.map(|href| CodeDescription { href }),
        source: Some(env!("CARGO_PKG_NAME").to_owned()),
        message: format!("{}\n{}", finding.message, finding.help),
        related_information: (!related.is_empty()).then_some(related),
        tags: tag.map(|tag| vec![tag]),
        data: Some(json!({"fingerprint": finding.fingerprint})),
    }
}

/// Something that could not be looked at.
pub(super) fn of_problem(problem: &Problem) -> Diagnostic {
    Diagnostic {
        severity: Some(DiagnosticSeverity::WARNING),
        source: Some(env!("CARGO_PKG_NAME").to_owned()),
        message: format!("not all of this was scanned: {}", problem.message),
        ..Diagnostic::default()
    }
}
