//! How a place is written for a person: on one printable line, whatever the path holds.

use std::sync::Arc;

use crate::finding::Location;
use crate::source::Origin;

pub(super) use crate::redact::one_line;
use crate::report::Report;

/// How much of a commit's name identifies it to a person.
const SHORT_COMMIT: usize = 12;

/// A report whose paths are relative to a root, where they lie below it.
pub(super) fn relative_to(root: &str, report: &Report) -> Report {
    let mut report = report.clone();
    let here = report.origin.here.clone();
    for finding in &mut report.findings {
        let path = below(root, &here, &finding.location.origin.path);
        if path != finding.location.origin.path {
            Arc::make_mut(&mut finding.location.origin).path = path;
        }
    }
    for problem in &mut report.problems {
        problem.path = below(root, &here, &problem.path);
    }
    for unread in &mut report.unread {
        unread.path = below(root, &here, &unread.path);
    }
    report
}

/// A path, told from a root instead of from `here`.
fn below(root: &str, here: &str, path: &str) -> String {
    if path.is_empty() || path.starts_with('<') {
        return path.to_owned();
    }
    let whole = if path.starts_with('/') || path.contains(":/") {
        path.to_owned()
    } else {
        format!("{here}/{path}")
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let whole = parts.join("/");
    let rest = whole.strip_prefix(root.trim_end_matches('/'));
    match rest.and_then(|rest| rest.strip_prefix('/')) {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => path.to_owned(),
    }
}

/// The file, and the member if it is an archive: `job.zip!run/1.txt`.
pub(super) fn file(origin: &Origin) -> String {
    match &origin.member {
        Some(member) => one_line(&format!("{}!{member}", origin.path)),
        None => one_line(&origin.path),
    }
}

/// The file, line and column, in the form that editors and terminals open: `a.py:12:9`; or the file and the
/// cell of the table that it is.
pub(super) fn position(location: &Location) -> String {
    let file = file(&location.origin);
    match &location.table {
        Some(cell) => format!("{file}: {}", one_line(&cell.to_string())),
        None => format!("{file}:{}", lines(location)),
    }
}

fn lines(location: &Location) -> String {
    let at = location.start;
    format!("{}:{}", at.line, at.column)
}

/// What a path with a line number leaves unsaid: the notebook cell and the commit.
pub(super) fn details(location: &Location) -> Option<String> {
    let cell = location.cell.as_ref().map(ToString::to_string);
    let commit = location.origin.commit.as_deref().map(|commit| {
        let short: String = commit.chars().take(SHORT_COMMIT).collect();
        one_line(&format!("commit {short}"))
    });
    let introduced = location.introduced.as_ref();
    let date = introduced.and_then(|how| how.date.as_deref());
    let day = date.map(|date| one_line(date.split('T').next().unwrap_or(date)));
    let in_head = introduced.and_then(|how| how.in_head).map(|there| {
        let words = if there { "in HEAD" } else { "not in HEAD" };
        words.to_owned()
    });
    let parts = cell.into_iter().chain(commit).chain(day).chain(in_head);
    let parts: Vec<_> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The same for formats that can point at a file alone: the place inside an archive too.
pub(super) fn inside(location: &Location) -> Option<String> {
    let cell = location
        .table
        .as_ref()
        .map(|cell| one_line(&cell.to_string()));
    let member = location.origin.member.as_deref().map(one_line);
    let member = match (member, cell) {
        (Some(member), Some(cell)) => Some(format!("{member}: {cell}")),
        (Some(member), None) => Some(format!("{member}:{}", lines(location))),
        (None, cell) => cell,
    };
    let parts: Vec<_> = member.into_iter().chain(details(location)).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Cell, CellPart};
    use crate::report::testing;

    #[test]
    fn no_path_breaks_the_line_or_steers_a_terminal() {
        assert_eq!(one_line("a\nb\tc\x1b[31m\r"), "a␊b␉c␛[31m␍");
    }

    #[test]
    fn paths_are_told_from_a_root() {
        for (path, wanted) in [
            ("a.py", "pkg/a.py"),
            ("./b/c.py", "pkg/b/c.py"),
            ("../d.py", "d.py"),
            ("/r/e.py", "e.py"),
            ("../../f.py", "../../f.py"),
            ("/other/g.py", "/other/g.py"),
            ("<stdin>", "<stdin>"),
            ("", ""),
        ] {
            assert_eq!(below("/r", "/r/pkg", path), wanted);
        }
    }

    #[test]
    fn a_place_says_all_that_is_needed_to_find_it() {
        let mut location = testing::location("logs/job.zip", 12, 9, 20);
        assert_eq!(position(&location), "logs/job.zip:12:9");
        assert_eq!((details(&location), inside(&location)), (None, None));
        location.origin = Origin {
            path: "logs/job.zip".to_owned(),
            member: Some("run/1.txt".to_owned()),
            commit: Some("0123456789abcdef0123".to_owned()),
        }
        .into();
        location.cell = Some(Cell {
            number: 3,
            part: CellPart::Output,
        });
        assert_eq!(position(&location), "logs/job.zip!run/1.txt:12:9");
        assert_eq!(
            inside(&location).as_deref(),
            Some("run/1.txt:12:9, output of cell 3, commit 0123456789ab")
        );
    }
}
