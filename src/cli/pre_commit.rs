//! What pre-commit says of the scan that it asks for, in variables.

use super::args::ScanArgs;

/// What a scan of what is staged is to be where pre-commit runs it without names of files: the range that it
/// was asked about, if there is one.
pub(super) fn narrow(scan: &mut ScanArgs) {
    if scan.git.staged
        && scan.paths.is_empty()
        && variable("PRE_COMMIT").is_some()
        && let Some((base, tip)) = range()
    {
        scan.git.staged = false;
        scan.git.since = Some(format!("{base}..{tip}"));
    }
}

/// Whether pre-commit was run by hand, and not by a commit. Git gives the hooks of a commit its index.
pub(super) fn is_run_by_hand() -> bool {
    variable("PRE_COMMIT").is_some() && variable("GIT_INDEX_FILE").is_none()
}

/// A variable that pre-commit sets.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The range that pre-commit was asked about.
pub(super) fn range() -> Option<(String, String)> {
    variable("PRE_COMMIT_FROM_REF").zip(variable("PRE_COMMIT_TO_REF"))
}
