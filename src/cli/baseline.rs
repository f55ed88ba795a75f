//! Writing a baseline of what is found, and cleaning it.

use std::io::{self, Write as _};
use std::path::PathBuf;

use super::args::{BaselineArgs, ScanArgs};
use super::exit::{Exit, Failure};
use super::known::{hide, read, was_looked_for};
use super::scan::Tags;
use super::{output, scan};
use crate::finding::Finding;
use crate::redact::one_line;
use crate::report::{self, Report};
use crate::suppress::Baseline;
use crate::verdict::Status;

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
        // What takes a baseline without keeping it, such as /dev/stdout, has none to begin with.
        Some(path) if path.exists() && !output::is_stream(path) => read(path)?,
        Some(path) if prune => return Err(Failure::new(format!("there is no {}", path.display()))),
        None if prune => {
            return Err(Failure::new("say which baseline to prune").help("name it with -o FILE"));
        }
        _ => Baseline::empty(file.as_deref()),
    };
    // What another baseline holds belongs into this one.
    scan.no_baseline = true;
    let (mut report, _) = scan::collect(&mut scan, Tags::Always)?;
    if report.is_incomplete() {
        let _ = report::write_verdict(&report, false, &mut anstream::stderr());
        return Err(Failure::new(
            "no baseline was written, since the scan is incomplete",
        ));
    }
    say_live(&report);
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
            "The baseline holds {held} finding{}: {added} new, {removed} taken out",
            if held == 1 { "" } else { "s" }
        );
    }
    Ok(Exit::Clean)
}

/// Says which findings are credentials that are known to be live: no baseline makes them harmless.
fn say_live(report: &Report) {
    let live = report.active().filter(|finding| {
        let verdict = finding.verdict.as_ref();
        verdict.is_some_and(|verdict| verdict.status == Status::Live)
    });
    let mut err = anstream::stderr();
    for finding in live {
        let (path, line) = (&finding.location.origin.path, finding.location.start.line);
        let (path, rule) = (one_line(path), &finding.rule.id);
        let _ = writeln!(
            err,
            "warning: {path}:{line}: {rule}: it is live, and stays so in a baseline: `hfscan revoke {path}`"
        );
    }
}

/// Takes out what is found no more and, for a reason, adds what is new. Returns how many.
fn update(
    baseline: &mut Baseline,
    report: &mut Report,
    args: &ScanArgs,
    reason: Option<&String>,
) -> (usize, usize) {
    let mut findings: Vec<&mut Finding> = report.findings.iter_mut().collect();
    hide(baseline, &mut findings, args);
    let removed = baseline.prune(|known, path| !was_looked_for(known, path, args));
    let added = reason.map_or(0, |reason| baseline.add(report.active(), reason));
    (added, removed)
}
