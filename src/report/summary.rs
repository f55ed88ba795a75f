//! What a scan comes to, in one line. It must never read as an all-clear that the scan has not earned.

use std::collections::BTreeSet;

use crate::finding::Severity;
use crate::problem::{Problem, ProblemKind};
use crate::report::{Report, Stats};
use crate::span::wide;

/// The verdict and what qualifies it. It says no time, so that two runs say the same.
pub(super) fn line(report: &Report) -> String {
    let stats = &report.stats;
    let scanned = format!("{} ({})", count(stats.files, "file"), size(stats.bytes));
    let found = found(report);
    let verdict = if !found.is_empty() {
        format!("Found {found} in {scanned}")
    } else if stats.files == 0 {
        "Nothing was scanned".to_owned()
    } else if report.is_incomplete() {
        format!("The scan is incomplete: nothing found in the {scanned} that were scanned")
    } else {
        format!("No leaks found in {scanned}")
    };
    let mut parts = vec![verdict];
    if report.suppressed() > 0 {
        parts.push(format!("{} suppressed", report.suppressed()));
    }
    parts.extend(unscanned(&report.problems));
    parts.extend(passed_over(stats));
    parts.join("; ")
}

/// How many findings can be mended, if any can.
pub(super) fn fixable(report: &Report) -> Option<String> {
    let fixes = report.active().filter_map(|finding| finding.fix.as_ref());
    let (safe, others): (Vec<_>, Vec<_>) = fixes.partition(|fix| fix.is_safe);
    match (safe.len(), others.len()) {
        (0, 0) => None,
        (0, others) => Some(format!("{others} fixable with --fix --unsafe-fixes")),
        (safe, 0) => Some(format!("{safe} fixable with --fix")),
        (safe, others) => Some(format!(
            "{safe} fixable with --fix, {others} more with --unsafe-fixes"
        )),
    }
}

/// The findings, counted by severity: `3 errors, 1 warning`. Empty if there is none.
fn found(report: &Report) -> String {
    [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .map(|severity| (report.count(severity), severity.as_str()))
        .filter(|(number, _)| *number > 0)
        .map(|(number, name)| count(wide(number), name))
        .collect::<Vec<_>>()
        .join(", ")
}

/// What was asked for and could not be scanned.
fn unscanned(problems: &[Problem]) -> Vec<String> {
    // One file may have several problems.
    let paths = |wanted: fn(&Problem) -> bool| {
        let paths: BTreeSet<_> = problems
            .iter()
            .filter(|problem| wanted(problem) && !problem.path.is_empty())
            .map(|problem| &problem.path)
            .collect();
        wide(paths.len())
    };
    let failed = paths(|p| p.is_incomplete() && p.kind != ProblemKind::Nothing);
    let empty = paths(|p| p.kind == ProblemKind::Nothing);
    let vanished = paths(|p| p.kind == ProblemKind::Vanished);
    let whole = problems.iter().any(|problem| {
        problem.path.is_empty() && problem.is_incomplete() && problem.kind != ProblemKind::Nothing
    });
    let mut parts = Vec::new();
    if failed > 0 {
        let files = count(failed, "file");
        parts.push(format!("{files} could not be scanned in full"));
    }
    if empty > 0 {
        parts.push(format!("{} held nothing to scan", count(empty, "path")));
    }
    if vanished > 0 {
        parts.push(format!("{} vanished", count(vanished, "file")));
    }
    if whole {
        parts.push("the scan did not run to its end".to_owned());
    }
    parts
}

/// What was left out on purpose.
pub(super) fn passed_over(stats: &Stats) -> Vec<String> {
    let mut parts = Vec::new();
    if stats.links > 0 {
        let links = count(stats.links, "symbolic link");
        parts.push(format!("{links} not followed"));
    }
    if stats.special > 0 {
        parts.push(format!("{} not read", count(stats.special, "special file")));
    }
    if stats.submodules > 0 {
        parts.push(format!(
            "{} not scanned",
            count(stats.submodules, "submodule")
        ));
    }
    if stats.pointers > 0 {
        let files = count(stats.pointers, "Git LFS file");
        parts.push(format!("{files} not here (git lfs pull)"));
    }
    if stats.unopened > 0 {
        parts.push(format!("{} not opened", count(stats.unopened, "archive")));
    }
    if stats.unparsed > 0 {
        let files = count(stats.unparsed, "large file");
        parts.push(format!("{files} searched for tokens alone"));
    }
    if stats.bytes_alone {
        parts.push("looked for credentials alone, and parsed nothing".to_owned());
    }
    if stats.partly_parsed > 0 {
        parts.push(format!(
            "{} parsed in part",
            count(stats.partly_parsed, "file")
        ));
    }
    parts
}

/// A number and its noun: `1 file`, `2 files`.
pub(super) fn count(number: u64, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

/// A number of bytes, to two figures or three.
fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 4] = [
        (1_000, "kB"),
        (1_000_000, "MB"),
        (1_000_000_000, "GB"),
        (1_000_000_000_000, "TB"),
    ];
    if bytes < 1000 {
        return count(bytes, "byte");
    }
    let mut shown = String::new();
    for (unit, name) in UNITS {
        let tenths = bytes.saturating_add(unit / 20) / (unit / 10);
        shown = if tenths < 1000 {
            format!("{}.{} {name}", tenths / 10, tenths % 10)
        } else {
            format!("{} {name}", tenths / 10)
        };
        if tenths < 10_000 {
            break;
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing;

    fn problem(path: &str, kind: ProblemKind) -> Problem {
        Problem {
            path: path.to_owned(),
            kind,
            message: "it broke".to_owned(),
        }
    }

    #[test]
    fn a_clean_and_complete_scan_is_the_only_all_clear() {
        let mut report = testing::clean();
        assert_eq!(line(&report), "No leaks found in 120 files (1.9 MB)");
        report.problems = vec![
            problem("a.zip", ProblemKind::Undecodable),
            problem("a.zip", ProblemKind::Limit),
            problem("b", ProblemKind::Vanished),
        ];
        assert_eq!(
            line(&report),
            "The scan is incomplete: nothing found in the 120 files (1.9 MB) that were scanned; \
             1 file could not be scanned in full; 1 file vanished"
        );
        report.stats = Stats::default();
        report.problems = vec![problem("", ProblemKind::Nothing)];
        assert_eq!(line(&report), "Nothing was scanned");
        report.problems.clear();
        assert_eq!(line(&report), "Nothing was scanned");
        report.stats.files = 1;
        report.problems = vec![problem("", ProblemKind::Internal)];
        assert!(line(&report).ends_with("; the scan did not run to its end"));
    }

    #[test]
    fn all_that_qualifies_the_verdict_is_said() {
        let mut report = testing::sample();
        report.stats.links = 1;
        report.stats.special = 2;
        assert_eq!(
            line(&report),
            "Found 2 errors, 2 warnings, 1 note in 120 files (1.9 MB); 2 suppressed; \
             1 file could not be scanned in full; 1 file vanished; \
             1 symbolic link not followed; 2 special files not read"
        );
    }

    #[test]
    fn sizes_are_short() {
        for (bytes, shown) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1.0 kB"),
            (1_949, "1.9 kB"),
            (99_949, "99.9 kB"),
            (99_950, "100 kB"),
            (999_499, "999 kB"),
            (999_949, "999 kB"),
            (999_950, "1.0 MB"),
            (1_900_000, "1.9 MB"),
            (2_500_000_000, "2.5 GB"),
            (u64::MAX, "18446744 TB"),
        ] {
            assert_eq!(size(bytes), shown);
        }
    }
}
