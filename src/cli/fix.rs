//! `--fix` and `--diff`: mending what can be mended.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use imara_diff::{Algorithm, BasicLineDiffPrinter, Diff, InternedInput, UnifiedDiffConfig};

use super::args::ScanArgs;
use super::exit::{Exit, Failure, masker, safe};
use super::setup::{Group, compile, groups};
use super::{in_place, print};
use crate::finding::Finding;
use crate::input::absolute;
use crate::redact::{one_line, printable};
use crate::report::Report;
use crate::scan::{Repaired, Wanted};

/// Larger files are not mended, in bytes; they are not parsed either.
const LARGEST: u64 = 8 << 20;

/// A file that is better for it.
struct Mended {
    path: String,
    before: Vec<u8>,
    repaired: Repaired,
}

/// Refuses what cannot be mended: only files that lie on disk can.
pub(super) fn check(args: &ScanArgs) -> Result<(), Failure> {
    let stdin = args.paths.iter().any(|path| path == Path::new("-"));
    if args.git.any() || stdin {
        let failure = Failure::new("only files on disk are mended, not what Git or a stream holds");
        return Err(failure.help("name files or folders"));
    }
    Ok(())
}

/// Mends the files of a report, or shows how. Says whether that is all that was asked for, and with which
/// exit code.
pub(super) fn run(args: &ScanArgs, report: &Report) -> Result<Option<Exit>, Failure> {
    let mended = mend(args, report)?;
    tell(&mended);
    if args.diff {
        let mask = masker();
        let text: String = mended.iter().map(|file| mask(&diff(file))).collect();
        // Elsewhere it is a patch, which has to be as it is.
        let text = match std::io::stdout().is_terminal() {
            true => printable(&text),
            false => text,
        };
        print(&text)?;
        let any = mended.iter().any(|file| !file.repaired.fixed.is_empty());
        return Ok(Some(if report.is_incomplete() {
            Exit::Failed
        } else if any {
            Exit::Findings
        } else {
            Exit::Clean
        }));
    }
    let mut failed: Vec<String> = links(report, args.unsafe_fixes);
    for file in mended
        .iter()
        .filter(|file| file.before != file.repaired.bytes)
    {
        let written = in_place::replace(Path::new(&file.path), &file.before, &file.repaired.bytes);
        if let Err(error) = written {
            failed.push(format!("{}: {error}", safe(&file.path)));
        }
    }
    match failed.is_empty() {
        true => Ok(None),
        false => Err(Failure::new(format!("cannot mend {}", failed.join("; ")))),
    }
}

/// Says of links with something to mend that they are not written through: what they lead to may lie outside
/// of what was named.
fn links(report: &Report, with_unsafe: bool) -> Vec<String> {
    let fixable = report.active().filter(|finding| {
        let fix = finding.fix.as_ref();
        fix.is_some_and(|fix| fix.is_safe || with_unsafe)
    });
    let paths: BTreeSet<&str> = fixable
        .map(|finding| &*finding.location.origin.path)
        .filter(|path| Path::new(path).is_symlink())
        .collect();
    let link = in_place::InPlaceError::Link;
    let said = paths.iter().map(|path| format!("{}: {link}", safe(path)));
    said.collect()
}

/// Tries the fixes of each file.
fn mend(args: &ScanArgs, report: &Report) -> Result<Vec<Mended>, Failure> {
    let mut by_path: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let fixable = report.active().filter(|finding| {
        let origin = &finding.location.origin;
        finding.fix.is_some() && origin.member.is_none() && origin.commit.is_none()
    });
    for finding in fixable {
        let origin = &finding.location.origin;
        by_path
            .entry(&origin.path)
            .or_default()
            .insert(&finding.fingerprint);
    }
    let mut mended = Vec::new();
    for group in groups(args)? {
        let (scanner, _) = compile(args, &group.config, SystemTime::now())?;
        for (path, names) in &by_path {
            if !is_of(&group, path) {
                continue;
            }
            // A name that is shown otherwise than it is names no file, or another.
            let Some(before) = read(path) else { continue };
            let is_wanted = |finding: &Finding| names.contains(&*finding.fingerprint);
            let wanted = Wanted {
                with_unsafe: args.unsafe_fixes,
                is_wanted: &is_wanted,
            };
            let repaired = scanner.repair(path, &before, &wanted);
            mended.push(Mended {
                path: (*path).to_owned(),
                before,
                repaired,
            });
        }
    }
    Ok(mended)
}

/// Whether a file was scanned as one of a group of paths.
fn is_of(group: &Group, path: &str) -> bool {
    let path = absolute(Path::new(path));
    let mut roots = group.paths.iter().map(|root: &PathBuf| absolute(root));
    roots.any(|root| path.starts_with(root))
}

fn read(path: &str) -> Option<Vec<u8>> {
    let path = Path::new(path);
    // What a link leads to may lie outside of what was named.
    let is_file = path
        .symlink_metadata()
        .is_ok_and(|meta| meta.is_file() && meta.len() <= LARGEST);
    let file = is_file.then(|| std::fs::File::open(path).ok()).flatten()?;
    let mut text = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut text).ok()?;
    Some(text)
}

/// Says what was mended and what was not.
fn tell(mended: &[Mended]) {
    let mask = masker();
    let mut err = anstream::stderr();
    let mut counts = [0; 2];
    for file in mended {
        let lists = [
            ("fix", &file.repaired.fixed),
            ("not fixed", &file.repaired.refused),
        ];
        for (count, (what, list)) in counts.iter_mut().zip(lists) {
            *count += list.len();
            for (rule, line, says) in list {
                let text = format!("{what}: {}:{line}: {rule}: {says}", file.path);
                let _ = writeln!(err, "{}", one_line(&mask(&text)));
            }
        }
    }
    let [fixed, refused] = counts;
    if fixed + refused > 0 {
        let _ = writeln!(err, "{fixed} fixed, {refused} refused by their proof");
    }
}

/// A unified diff, as `git apply` takes it.
fn diff(file: &Mended) -> String {
    let before = String::from_utf8_lossy(&file.before);
    let after = String::from_utf8_lossy(&file.repaired.bytes);
    if before == after {
        return String::new();
    }
    let input = InternedInput::new(&*before, &*after);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let printer = BasicLineDiffPrinter(&input.interner);
    let hunks = diff.unified_diff(&printer, UnifiedDiffConfig::default(), &input);
    let path = one_line(&file.path);
    format!("--- a/{path}\n+++ b/{path}\n{hunks}")
}
