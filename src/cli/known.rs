//! The baselines of a scan: what they hide, and what of them hides nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::ScanArgs;
use super::exit::{Failure, safe};
use crate::config::ConfigFile;
use crate::finding::Finding;
use crate::input::{Shown, absolute};
use crate::problem::{Problem, ProblemKind};
use crate::scan::Tags;
use crate::suppress::{Baseline, BaselineError, Known};

/// What of the known findings hid nothing is named up to this number.
const NAMED: usize = 3;

/// Reads the baseline at a path.
pub(super) fn read(path: &Path) -> Result<Baseline, Failure> {
    Baseline::read(path).map_err(|error| {
        let help = match error {
            BaselineError::Conflict { .. } => {
                "keep the findings of both sides, and delete the marks"
            }
            _ => "`hfscan baseline -o FILE` writes one",
        };
        Failure::new(format!("{}: {error}", path.display())).help(help)
    })
}

/// The baselines of a scan, and the parts of it that each holds for.
#[derive(Default)]
pub(super) struct Baselines(BTreeMap<PathBuf, (Baseline, Vec<usize>)>);

impl Baselines {
    /// Opens the baseline of a part of a scan, if it has one: the one of the arguments or else of its
    /// configuration. Says what to tell apart for it.
    pub(super) fn open(
        &mut self,
        args: &ScanArgs,
        file: &ConfigFile,
        part: usize,
    ) -> Result<Option<Tags>, Failure> {
        let of_config = file.config.baseline.as_ref().filter(|_| !args.no_baseline);
        let path = match (&args.baseline, of_config) {
            (Some(path), _) => path.clone(),
            (None, Some(path)) => {
                let path = file.root.join(path);
                let here = Shown::relative_to(std::env::current_dir().ok());
                let path = PathBuf::from(here.path(&absolute(&path)));
                if !path.exists() {
                    let config = file
                        .path
                        .as_deref()
                        .unwrap_or(Path::new("the configuration"));
                    let (config, path) = (here.path(config), path.display());
                    return Err(Failure::new(format!(
                        "{config} names the baseline {path}, which is not there"
                    ))
                    .help(format!(
                        "write it with `hfscan baseline -o {path}`, or scan with --no-baseline"
                    )));
                }
                path
            }
            (None, None) => return Ok(None),
        };
        if !self.0.contains_key(&path) {
            let baseline = read(&path)?;
            self.0.insert(path.clone(), (baseline, Vec::new()));
        }
        Ok(self.0.get_mut(&path).map(|(baseline, parts)| {
            parts.push(part);
            Tags::Of(baseline.tagged().map(str::to_owned).collect())
        }))
    }

    /// Hides what is known, and says what hid nothing.
    pub(super) fn hide(
        &mut self,
        args: &ScanArgs,
        parts: &mut [&mut Vec<Finding>],
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (path, (baseline, of)) in &mut self.0 {
            let own = parts
                .iter_mut()
                .enumerate()
                .filter(|(at, _)| of.contains(at));
            let mut findings: Vec<_> = own.flat_map(|(_, part)| part.iter_mut()).collect();
            hide(baseline, &mut findings, args);
            problems.extend(stale(baseline, path, args));
        }
        problems
    }
}

/// Hides what is known.
pub(super) fn hide(baseline: &mut Baseline, findings: &mut [&mut Finding], args: &ScanArgs) {
    findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    baseline.hide(findings, args.git.is_gone(&args.paths));
}

/// Whether a scan would have come upon a known finding, were it still there.
pub(super) fn was_looked_for(known: &Known, path: &Path, args: &ScanArgs) -> bool {
    if args.git.any() {
        return args.git.is_whole_history() && args.paths.is_empty() && known.commit.is_some();
    }
    known.commit.is_none()
        && args
            .paths
            .iter()
            .any(|root| path.starts_with(absolute(root)))
}

/// Says which of the known findings hid nothing, although the scan was where they were.
fn stale(baseline: &Baseline, path: &Path, args: &ScanArgs) -> Option<Problem> {
    let unused = baseline
        .unused()
        .filter(|(known, path)| was_looked_for(known, path, args));
    let places: Vec<String> = unused
        .map(|(known, _)| format!("{} in {}", known.rule, known.path))
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
