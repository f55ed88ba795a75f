//! Writing a baseline of what is found, using it, and cleaning it.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::args::ScanArgs;
use super::exit::{Exit, Failure, safe};
use super::{output, scan};
use crate::finding::Finding;
use crate::problem::{Problem, ProblemKind};
use crate::report::{self, Report};
use crate::suppress::{Baseline, Known};

/// What of the known findings hid nothing is named up to this number.
const NAMED: usize = 3;

/// How to write a baseline. What is scanned, and how, is said as for a scan.
#[derive(Args, Debug)]
pub(super) struct BaselineArgs {
    /// Only take out what is found no more; add nothing
    #[arg(long)]
    prune: bool,
    /// Why the new findings are accepted
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    #[command(flatten)]
    scan: ScanArgs,
}

/// Reads the baseline at a path.
pub(super) fn read(path: &Path) -> Result<Baseline, Failure> {
    Baseline::read(path).map_err(|error| {
        Failure::new(format!("{}: {error}", path.display()))
            .help("`hfscan baseline -o FILE` writes one")
    })
}

/// Whether a file is no more.
fn gone(path: &str) -> bool {
    Path::new(path).symlink_metadata().is_err()
}

/// Hides what is known.
pub(super) fn hide(baseline: &mut Baseline, findings: &mut [&mut Finding]) {
    findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    baseline.hide(findings, gone);
}

/// Whether a scan would have come upon a known finding, were it still there.
fn was_looked_for(known: &Known, args: &ScanArgs) -> bool {
    if args.git.any() {
        return args.git.is_whole_history() && args.paths.is_empty() && known.commit.is_some();
    }
    let roots = || args.paths.iter();
    known.commit.is_none()
        && (args.paths.is_empty()
            || roots()
                .any(|root| root == Path::new(".") || Path::new(&known.path).starts_with(root)))
}

/// Says which of the known findings hid nothing, although the scan was where they were.
pub(super) fn stale(baseline: &Baseline, path: &Path, args: &ScanArgs) -> Option<Problem> {
    let unused = baseline
        .unused()
        .filter(|known| was_looked_for(known, args));
    let places: Vec<String> = unused
        .map(|known| format!("{} in {}", known.rule, known.path))
        .collect();
    let named = places.get(..places.len().min(NAMED)).unwrap_or_default();
    let more = match places.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let path = path.display().to_string();
    (!places.is_empty()).then(|| Problem {
        message: safe(&format!(
            "it holds findings that are there no more: {}{more}; \
             `hfscan baseline --prune -o {path}` takes them out",
            named.join(", ")
        )),
        path: safe(&path),
        kind: ProblemKind::Stale,
    })
}

/// Writes a baseline. One that is there keeps the reasons that it gives.
pub(super) fn run(args: BaselineArgs) -> Result<Exit, Failure> {
    let BaselineArgs {
        prune,
        reason,
        mut scan,
    } = args;
    if scan.show_secrets {
        return Err(Failure::new("a baseline never holds a secret"));
    }
    let file: Option<PathBuf> = scan.output_file.take();
    if scan.baseline.is_some() {
        return Err(Failure::new(
            "say which baseline to write with -o FILE, not --baseline",
        ));
    }
    let mut baseline = match &file {
        Some(path) if path.exists() => read(path)?,
        Some(path) if prune => return Err(Failure::new(format!("there is no {}", path.display()))),
        None if prune => {
            return Err(Failure::new("say which baseline to prune").help("name it with -o FILE"));
        }
        _ => Baseline::default(),
    };
    let (mut report, _) = scan::collect(&mut scan, scan::Tags::Always)?;
    if report.is_incomplete() {
        let _ = report::write_verdict(&report, false, &mut anstream::stderr());
        return Err(Failure::new(
            "no baseline was written, since the scan is incomplete",
        ));
    }
    let (added, removed) = update(
        &mut baseline,
        &mut report,
        &scan,
        (!prune).then_some(&reason),
    );
    let written = match &file {
        Some(path) => output::write_file(path, |out| baseline.write(out)),
        None => baseline.write(&mut io::stdout().lock()),
    };
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            return Err(Failure::new(format!("cannot write the baseline: {error}")));
        }
        _ => {}
    }
    if !scan.quiet {
        let mut err = anstream::stderr();
        let held = baseline.len();
        let _ = writeln!(
            err,
            "The baseline holds {held} findings: {added} new, {removed} taken out"
        );
    }
    Ok(Exit::Clean)
}

/// Takes out what is found no more and, for a reason, adds what is new. Returns how many.
fn update(
    baseline: &mut Baseline,
    report: &mut Report,
    args: &ScanArgs,
    reason: Option<&String>,
) -> (usize, usize) {
    let mut findings: Vec<&mut Finding> = report.findings.iter_mut().collect();
    hide(baseline, &mut findings);
    let moved = |known: &Known| !was_looked_for(known, args);
    let removed = baseline.prune(moved);
    let added = reason.map_or(0, |reason| baseline.add(report.active(), reason));
    (added, removed)
}
