//! Which script a file means when it runs one. Commands name scripts by paths of their own, and images
//! have them elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::Outcome;
use crate::finding::{Finding, Run, Runner};

/// The name of a script, without folders.
pub(super) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A path as its parts, without those that only lead to where they stand.
fn parts(path: &str) -> Vec<&str> {
    path.split('/')
        .filter(|part| !matches!(*part, "" | "." | ".."))
        .collect()
}

/// The scripts of these names that were come upon, by name.
pub(super) struct Known<'a> {
    by_name: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Known<'a> {
    /// Those of an outcome in which something was found that counts only where something runs them,
    /// and all others of their names.
    pub(super) fn new(outcome: &'a Outcome) -> Self {
        let mut by_name: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for finding in outcome.findings.iter().filter(|f| f.run_by.is_some()) {
            let path = finding.location.origin.path.as_str();
            by_name.entry(name(path)).or_default().insert(path);
        }
        // Few scans find any such thing, and there may be many scripts.
        if by_name.is_empty() {
            return Self { by_name };
        }
        // Scripts that run others may be run themselves.
        let scripts = outcome
            .runs
            .iter()
            .filter(|run| run.runner == Runner::Script);
        for run in scripts {
            by_name.entry(name(&run.by)).or_default().insert(&run.by);
        }
        for path in &outcome.scripts {
            if let Some(paths) = by_name.get_mut(name(path)) {
                paths.insert(path);
            }
        }
        Self { by_name }
    }

    /// What runs which of the scripts, also by way of others.
    pub(super) fn run(&self, runs: &BTreeSet<Run>) -> BTreeSet<(Runner, &'a str)> {
        let meant = |run: &Run| Some((run.runner, self.meant(run)?));
        let mut run: BTreeSet<_> = runs.iter().filter_map(meant).collect();
        let steps = self.steps(runs);
        let mut open: Vec<_> = run.iter().copied().collect();
        while let Some((runner, by)) = open.pop() {
            let next = steps.get(by).into_iter().flatten();
            let next = next.map(|script| (runner, *script));
            open.extend(next.filter(|next| run.insert(*next)));
        }
        run
    }

    /// The scripts that run some of the scripts, at any remove.
    pub(super) fn through(&self, runs: &BTreeSet<Run>, wanted: &BTreeSet<&str>) -> Vec<&'a str> {
        let steps = self.steps(runs);
        let mut known: BTreeSet<&str> = wanted.clone();
        let mut through = Vec::new();
        loop {
            let leads = |scripts: &BTreeSet<&str>| !scripts.is_disjoint(&known);
            let more = steps
                .iter()
                .filter(|(by, scripts)| !known.contains(*by) && leads(scripts));
            let more: Vec<&str> = more.map(|(by, _)| *by).collect();
            if more.is_empty() {
                return through;
            }
            through.extend(&more);
            known.extend(&more);
        }
    }

    /// Which scripts run which others.
    fn steps(&self, runs: &BTreeSet<Run>) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
        let mut steps: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for run in runs.iter().filter(|run| run.runner == Runner::Script) {
            let by = self.by_name.get(name(&run.by));
            if let Some(by) = by.and_then(|paths| paths.get(run.by.as_str()))
                && let Some(script) = self.meant(run)
            {
                steps.entry(by).or_default().insert(script);
            }
        }
        steps
    }

    /// The script that a file means: the one at this path from the folder of the file or from one
    /// above it, or else the only one nearby whose path ends like this.
    fn meant(&self, run: &Run) -> Option<&'a str> {
        let paths = self.by_name.get(name(&run.script))?;
        let wanted = parts(&run.script);
        let by = parts(&run.by);
        let folder = by.get(..by.len().saturating_sub(1)).unwrap_or_default();
        let fitting = paths.iter().map(|path| (*path, parts(path)));
        let ranked = fitting.filter_map(|(path, parts)| {
            let common =
                |a: &mut dyn Iterator<Item = (&&str, &&str)>| a.take_while(|(a, b)| a == b).count();
            let ends = common(&mut parts.iter().rev().zip(wanted.iter().rev()));
            let near = common(&mut parts.iter().zip(folder));
            // A path that is told from here has its folders here; one of an image has others.
            let fits = ends == wanted.len() || (ends > 0 && run.script.starts_with('/'));
            let exact = ends == wanted.len() && near + ends >= parts.len();
            fits.then_some(((exact, ends, near), path))
        });
        let ranked: Vec<_> = ranked.collect();
        let best = ranked.iter().map(|(rank, _)| *rank).max()?;
        let mut meant = ranked.iter().filter(|(rank, _)| *rank == best);
        let first = meant.next().map(|(_, path)| *path);
        first.filter(|_| meant.next().is_none())
    }
}

/// Drops what says less of the same place than what holds because something runs the script: a login
/// in a script beside one in an image.
pub(super) fn drop_lesser(findings: &mut Vec<Finding>) {
    let place = |finding: &Finding| {
        let at = &finding.location;
        (
            finding.rule.family.clone(),
            at.origin.path.clone(),
            at.start.byte,
            at.end.byte,
        )
    };
    let run: BTreeMap<_, _> = findings
        .iter()
        .filter(|finding| finding.run_by.is_some())
        .map(|finding| (place(finding), finding.severity))
        .collect();
    if run.is_empty() {
        return;
    }
    findings.retain(|finding| {
        let severer = run.get(&place(finding));
        finding.run_by.is_some() || severer.is_none_or(|severer| *severer <= finding.severity)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The script among these that a file runs.
    fn meant<'a>(by: &str, script: &str, paths: &[&'a str]) -> Option<&'a str> {
        let known = Known {
            by_name: [(name(script), paths.iter().copied().collect())].into(),
        };
        let run = Run {
            runner: Runner::Dockerfile,
            script: script.to_owned(),
            by: by.to_owned(),
        };
        known
            .meant(&run)
            .and_then(|meant| paths.iter().find(|path| **path == meant).copied())
    }

    #[test]
    fn a_path_from_the_file_that_runs_it() {
        let paths = ["a/run.sh", "b/run.sh", "run.sh"];
        for (by, script, wanted) in [
            ("a/Dockerfile", "run.sh", Some("a/run.sh")),
            ("b/docker/Dockerfile", "run.sh", Some("b/run.sh")),
            (".github/workflows/x.yml", "a/run.sh", Some("a/run.sh")),
            (".github/workflows/x.yml", "../b/run.sh", Some("b/run.sh")),
            (".github/workflows/x.yml", "run.sh", Some("run.sh")),
            ("a/Dockerfile", "/opt/run.sh", Some("a/run.sh")),
            ("c/Dockerfile", "front/run.sh", None),
        ] {
            assert_eq!(meant(by, script, &paths), wanted, "{by} {script}");
        }
    }

    #[test]
    fn a_name_alone_must_be_the_only_one() {
        assert_eq!(
            meant("ci/x.yml", "run.sh", &["jobs/run.sh"]),
            Some("jobs/run.sh")
        );
        assert_eq!(meant("ci/x.yml", "run.sh", &["a/run.sh", "b/run.sh"]), None);
        assert_eq!(
            meant("p/ci/x.yml", "run.sh", &["p/a/run.sh", "q/run.sh"]),
            Some("p/a/run.sh")
        );
    }
}
