//! What a run has to say of itself: what could not be scanned, and what was left out.

use serde_json::json;
use serde_sarif::sarif;

use super::rules::{pascal_case, plain};
use super::{message, number, properties, uri};
use crate::problem::{Problem, ProblemKind};
use crate::redact::printable;
use crate::report::{Report, kind_name, summary};
use crate::span::wide;

/// Results beyond what GitHub takes.
const LEFT_OUT: &str = "results-left-out";

/// Links and devices.
const PASSED_OVER: &str = "passed-over";

/// Every kind of notification, what it means, and what to do about it.
const KINDS: [(&str, &str, &str); 12] = [
    (
        "unreadable",
        "A file or folder could not be read.",
        "Make it readable, or exclude it.",
    ),
    (
        "vanished",
        "A file was removed during the scan.",
        "Scan again when nothing changes the files.",
    ),
    (
        "undecodable",
        "An archive or a compressed file could not be decoded.",
        "Repair it, or exclude it.",
    ),
    (
        "unopened",
        "Something that must not be passed over was.",
        "Unpack it and scan what is in it, exclude it, or scan without `--strict`.",
    ),
    (
        "limit",
        "A limit ended the scan of a file.",
        "Raise the limit, or exclude the file.",
    ),
    (
        "internal",
        "A defect of hfscan ended the scan of a file.",
        "Report the defect.",
    ),
    (
        "nothing",
        "There was nothing to scan.",
        "Name files or folders that hold something.",
    ),
    (
        "unchanged",
        "Only what is new was asked for, and nothing is.",
        "Scan files, or the whole history, to see what was there before.",
    ),
    (
        "stale",
        "The baseline holds findings that are there no more.",
        "Take them out with `hfscan baseline --prune`.",
    ),
    (
        "unverified",
        "Whether a credential is live could not be learned.",
        "Scan again later, or allow more time with `--time-limit`.",
    ),
    (
        LEFT_OUT,
        "There are more findings than code scanning takes.",
        "Read the whole report in another format.",
    ),
    (
        PASSED_OVER,
        "Something was left out on purpose, such as links and special files.",
        "Name the files that links lead to; name with `--select` what else to look for in history.",
    ),
];

/// The descriptions of all notifications.
pub(super) fn descriptors() -> Vec<sarif::ReportingDescriptor> {
    KINDS
        .into_iter()
        .map(|(id, meaning, help)| {
            sarif::ReportingDescriptor::builder()
                .id(id)
                .name(format!("Scan{}", pascal_case(id)))
                .short_description(plain(meaning))
                .full_description(plain(meaning))
                .help(plain(help))
                .build()
        })
        .collect()
}

/// The run, of whose results `cut` were left out.
///
/// GitHub takes no results from a run that says it was unsuccessful. That is meant: it would close
/// the alerts of every file that an incomplete scan did not reach.
pub(super) fn invocation(report: &Report, cut: usize) -> sarif::Invocation {
    let stats = &report.stats;
    let mut notes: Vec<_> = report.problems.iter().map(trouble).collect();
    if cut > 0 {
        let results = summary::count(wide(cut), "result");
        notes.push(note(
            LEFT_OUT,
            "warning",
            &format!("{results} were left out: the least severe, and suppressed ones before them."),
        ));
    }
    let passed_over = summary::passed_over(stats);
    if !passed_over.is_empty() {
        let text = format!("{}.", passed_over.join("; "));
        notes.push(note(PASSED_OVER, "note", &text));
    }
    sarif::Invocation::builder()
        .execution_successful(!report.is_incomplete())
        .tool_execution_notifications(notes)
        .properties(properties([
            ("files", json!(stats.files)),
            ("bytes", json!(stats.bytes)),
            ("links", json!(stats.links)),
            ("special", json!(stats.special)),
            ("submodules", json!(stats.submodules)),
            ("pointers", json!(stats.pointers)),
            ("unopened", json!(stats.unopened)),
            ("unparsed", json!(stats.unparsed)),
            ("suppressed", json!(report.suppressed())),
        ]))
        .build()
}

/// A notification of some kind.
fn note(kind: &str, level: &str, text: &str) -> sarif::Notification {
    let place = KINDS.iter().position(|(id, _, _)| *id == kind);
    let mut descriptor = sarif::ReportingDescriptorReference::builder()
        .id(kind)
        .build();
    descriptor.index = place.map(|place| number(wide(place)));
    sarif::Notification::builder()
        .descriptor(descriptor)
        .level(json!(level))
        .message(message(text))
        .build()
}

/// A notification of a problem: an error if the scan may not pass for it.
fn trouble(problem: &Problem) -> sarif::Notification {
    let level = if problem.is_incomplete() {
        "error"
    } else {
        "warning"
    };
    let text = printable(problem.message.trim_end_matches('.'));
    let mut note = note(kind_name(problem.kind), level, &format!("{text}."));
    if !problem.path.is_empty() && problem.kind != ProblemKind::Nothing {
        let physical = sarif::PhysicalLocation::builder()
            .artifact_location(uri::artifact(&problem.path))
            .build();
        let location = sarif::Location::builder()
            .physical_location(physical)
            .build();
        note.locations = Some(vec![location]);
    }
    note
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notification_points_at_its_description() {
        let kinds = [
            ProblemKind::Unreadable,
            ProblemKind::Vanished,
            ProblemKind::Undecodable,
            ProblemKind::Unopened,
            ProblemKind::Limit,
            ProblemKind::Internal,
            ProblemKind::Nothing,
            ProblemKind::Unchanged,
            ProblemKind::Stale,
            ProblemKind::Unverified,
        ];
        for id in kinds
            .map(kind_name)
            .into_iter()
            .chain([LEFT_OUT, PASSED_OVER])
        {
            let note = note(id, "note", "text");
            let descriptor = note.descriptor.expect("a descriptor");
            let index = descriptor.index.expect("an index");
            let index = usize::try_from(index).expect("a small index");
            assert_eq!(descriptors()[index].id, id);
        }
    }
}
