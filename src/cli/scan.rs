//! The scan: from arguments and configuration to a report and an exit code.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::args::{OutputFormat, ScanArgs};
use super::exit::{Exit, Failure, safe};
use super::{baseline, git, output, progress};
use crate::config::{ConfigFile, FailOn, PathPatterns};
use crate::engine::Engine;
use crate::finding::{Confidence, Finding, Severity};
use crate::input::Shown;
use crate::problem::{Problem, ProblemKind};
use crate::report::{self, Report, Style};
use crate::rule::{RuleSet, Selection};
pub(super) use crate::scan::Tags;
use crate::scan::{Outcome, Paths, Policy, Progress, Scanner, Scope, Tell};

/// What shares one configuration.
struct Group {
    config: ConfigFile,
    paths: Vec<PathBuf>,
}

/// Scans what the arguments name.
pub(super) fn run(mut args: ScanArgs) -> Result<Exit, Failure> {
    if args.show_secrets && !matches!(args.output_format, OutputFormat::Text | OutputFormat::Json) {
        return Err(
            Failure::new("--show-secrets is refused in a format that CI systems keep")
                .help("use it with --output-format text or json, on your own machine"),
        );
    }
    let (report, failed) = collect(&mut args, Tags::Never)?;
    show(&args, &report)?;
    Ok(if report.is_incomplete() {
        Exit::Failed
    } else if failed && !args.exit_zero {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// Scans what the arguments name, and says whether what was found fails the scan.
pub(super) fn collect(args: &mut ScanArgs, mut tags: Tags) -> Result<(Report, bool), Failure> {
    let clock = Instant::now();
    let started = SystemTime::now();
    args.git.part(&mut args.paths)?;
    if args.paths.is_empty() && !args.git.any() {
        args.paths.push(PathBuf::from("."));
    }
    let built_in = RuleSet::built_in()?;
    let mut report = Report::default();
    let mut total = Outcome::default();
    let path = args.baseline.as_deref();
    let mut baseline = path.map(baseline::read).transpose()?;
    if let Some(baseline) = &baseline {
        tags = Tags::Of(baseline.tagged().map(str::to_owned).collect());
    }
    let mut parts = Vec::new();
    for group in groups(args)? {
        let (mut scanner, fail_on) = compile(args, &group.config, built_in.clone(), started)?;
        scanner.policy.tags = tags.clone();
        parts.push((scan(args, &group, &scanner)?, fail_on));
        report.rules.extend(scanner.engine.enabled().cloned());
    }
    // A workflow may run a script that another configuration holds for.
    let runs: BTreeSet<_> = parts
        .iter()
        .flat_map(|(part, _)| part.runs.clone())
        .collect();
    for (part, _) in &mut parts {
        part.runs.clone_from(&runs);
        part.sort();
    }
    let mut stale = None;
    if let (Some(baseline), Some(path)) = (&mut baseline, path) {
        let findings = parts.iter_mut().flat_map(|(part, _)| &mut part.findings);
        baseline::hide(baseline, &mut findings.collect::<Vec<_>>());
        stale = baseline::stale(baseline, path, args);
    }
    let failed = parts.iter().any(|(part, fail_on)| {
        let mut active = part.findings.iter().filter(|finding| finding.is_active());
        active.any(|finding| fail_on.fails(finding.severity))
    });
    for (part, _) in parts {
        total.merge(part);
    }
    if total.stats.files == 0 && total.problems.is_empty() {
        total.problems.push(nothing(args));
    }
    total.problems.extend(stale);
    total.sort();
    report.rules.sort_by(|a, b| a.id.cmp(&b.id));
    report.rules.dedup_by(|a, b| a.id == b.id);
    report.findings = total.findings;
    report.problems = total.problems;
    report.stats = total.stats;
    report.stats.seconds = clock.elapsed().as_secs_f64();
    report.stats.started = Some(started);
    Ok((report, failed))
}

/// Nothing scanned is not a pass: an empty checkout must not make a gate green.
fn nothing(args: &ScanArgs) -> Problem {
    let named: Vec<String> = args
        .paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    Problem {
        path: String::new(),
        kind: ProblemKind::Nothing,
        message: format!(
            "there is no file to scan in {}: it is empty, or everything in it is left out \
             (--no-ignore scans what .gitignore names)",
            safe(&named.join(", "))
        ),
    }
}

/// Sorts the paths by the configuration that holds for them.
fn groups(args: &ScanArgs) -> Result<Vec<Group>, Failure> {
    if args.isolated || args.config.is_some() {
        let config = args.config.as_deref().map(ConfigFile::read).transpose()?;
        return Ok(vec![Group {
            config: config.unwrap_or_default(),
            paths: args.paths.clone(),
        }]);
    }
    if args.git.any() {
        // One commit has one configuration, wherever its files lie.
        let config = ConfigFile::discover(Path::new("."))?;
        return Ok(vec![Group {
            config: config.unwrap_or_default(),
            paths: args.paths.clone(),
        }]);
    }
    let mut groups: BTreeMap<Option<PathBuf>, Group> = BTreeMap::new();
    // Many named files lie in few folders.
    let mut known: BTreeMap<PathBuf, ConfigFile> = BTreeMap::new();
    for path in &args.paths {
        let is_dir = path.is_dir();
        let folder = if path == Path::new("-") {
            PathBuf::from(".")
        } else if is_dir {
            path.clone()
        } else {
            path.parent().unwrap_or(Path::new("")).to_owned()
        };
        let config = match known.get(&folder) {
            Some(config) => config.clone(),
            None => {
                let start = Path::new(".").join(&folder);
                let found = ConfigFile::discover(&start)?.unwrap_or_default();
                known.entry(folder).or_insert(found).clone()
            }
        };
        groups
            .entry(config.path.clone())
            .or_insert_with(|| Group {
                config,
                paths: Vec::new(),
            })
            .paths
            .push(path.clone());
    }
    Ok(groups.into_values().collect())
}

/// Loads and compiles what the arguments and a configuration ask for.
fn compile(
    args: &ScanArgs,
    file: &ConfigFile,
    mut set: RuleSet,
    now: SystemTime,
) -> Result<(Scanner, FailOn), Failure> {
    let config = &file.config;
    for folder in config
        .rules
        .iter()
        .map(|folder| file.root.join(folder))
        .chain(args.rules.clone())
    {
        set.add_folder(&folder)?;
    }
    let in_config = |error: Failure| match &file.path {
        Some(path) => error.help(format!("see {}", path.display())),
        None => error,
    };
    let selection = Selection {
        select: config.select.clone(),
        ignore: config.ignore.clone(),
    };
    selection
        .resolve(&set)
        .map_err(Failure::from)
        .map_err(in_config)?;
    let names = config
        .severity
        .keys()
        .chain(config.per_path_ignores.values().flatten());
    let names = Selection {
        select: names.cloned().collect(),
        ignore: Vec::new(),
    };
    names
        .resolve(&set)
        .map_err(Failure::from)
        .map_err(in_config)?;
    let mut ignore = config.ignore.clone();
    ignore.extend(args.ignore.iter().cloned());
    let select = if args.select.is_empty() {
        &config.select
    } else {
        &args.select
    };
    let selection = Selection {
        select: select.clone(),
        ignore,
    };
    let enabled = enabled(args, &selection, &mut set)?;
    let mut path_ignores = Vec::new();
    for (pattern, rules) in &config.per_path_ignores {
        let patterns = PathPatterns::new(&file.root, [pattern.as_str()])
            .map_err(Failure::new)
            .map_err(in_config)?;
        path_ignores.push((patterns, pattern.clone(), rules.clone()));
    }
    let min_confidence = args.min_confidence.map(Confidence::from);
    let min_severity = args.min_severity.map(Severity::from);
    let since_epoch = now
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let scanner = Scanner {
        engine: Engine::new(
            &set,
            enabled,
            i64::try_from(since_epoch).unwrap_or(i64::MAX),
        )?,
        policy: Policy {
            min_severity: min_severity
                .or(config.min_severity)
                .unwrap_or(Severity::Note),
            min_confidence: min_confidence
                .or(config.min_confidence)
                .unwrap_or(Confidence::Medium),
            severity: config.severity.clone(),
            path_ignores,
            honour_comments: !args.ignore_suppressions,
            show_secrets: args.show_secrets,
            tags: Tags::Never,
        },
        shown: Shown::relative_to(std::env::current_dir().ok()),
    };
    let fail_on = args.fail_on.map(FailOn::from).or(config.fail_on);
    Ok((scanner, fail_on.unwrap_or(FailOn::Warning)))
}

/// Whether history is searched for credentials alone, since no rules were asked for.
fn is_whole_history(args: &ScanArgs) -> bool {
    args.git.history.is_some() && args.select.is_empty()
}

/// Which rules report. In history, those that find credentials, unless others are asked for: a mistake
/// in an old version cannot be mended, while a credential in it can be revoked.
fn enabled(
    args: &ScanArgs,
    selection: &Selection,
    set: &mut RuleSet,
) -> Result<Vec<bool>, Failure> {
    let mut enabled = selection.resolve(set)?;
    if is_whole_history(args) {
        for (on, rule) in enabled.iter_mut().zip(set.rules()) {
            *on &= rule.token.is_some();
        }
        set.keep_bytes();
    }
    Ok(enabled)
}

fn scan(args: &ScanArgs, group: &Group, scanner: &Scanner) -> Result<Outcome, Failure> {
    let config = &group.config.config;
    if args.verbose {
        let mut err = anstream::stderr();
        let from = match &group.config.path {
            Some(path) => safe(&path.display().to_string()),
            None => "none".to_owned(),
        };
        let rules = scanner.engine.enabled().count();
        let _ = writeln!(err, "configuration: {from}; rules: {rules}");
    }
    let mut exclude = Vec::new();
    let here = std::env::current_dir().unwrap_or_default();
    for (root, lines) in [
        (&group.config.root, &config.exclude),
        (&here, &args.exclude),
    ] {
        if !lines.is_empty() {
            let lines = lines.iter().map(String::as_str);
            exclude.push(PathPatterns::new(root, lines).map_err(Failure::new)?);
        }
    }
    let progress = Progress::default();
    if args.git.any() {
        let scope = Scope {
            within: group.paths.iter().map(|path| git::absolute(path)).collect(),
            exclude,
            threads: threads(args.threads),
        };
        let scan = || args.git.scan(scanner, &scope, &progress);
        return Ok(progress::during(args.progress, &progress, scan)?);
    }
    let is_stdin = |path: &&PathBuf| *path == Path::new("-");
    let paths = Paths {
        roots: group
            .paths
            .iter()
            .filter(|path| !is_stdin(path))
            .cloned()
            .collect(),
        threads: threads(args.threads),
        honour_gitignore: !args.no_ignore,
        exclude,
    };
    let mut written = Ok(());
    let outcome = progress::during(args.progress, &progress, || {
        let mut outcome = Outcome::default();
        if group.paths.iter().any(|path| is_stdin(&path)) {
            let mut print = |finding: &Finding| {
                if written.is_ok() {
                    written = report::write_line(finding, &mut io::stdout());
                }
            };
            let live = is_live(args).then_some(&mut print as &mut Tell<'_>);
            let name = &args.stdin_filename;
            outcome = scanner.follow_stream(name, io::stdin(), &progress, live);
            if outcome.stats.bytes == 0 && outcome.problems.is_empty() {
                outcome.problems.push(Problem {
                    path: safe(&args.stdin_filename),
                    kind: ProblemKind::Nothing,
                    message: "standard input was empty: did the command before the pipe fail?"
                        .to_owned(),
                });
            }
        }
        if !paths.roots.is_empty() {
            outcome.merge(scanner.scan_paths(paths, &progress));
        }
        outcome
    });
    // A reader that closed the pipe has seen enough.
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write the report: {error}")))
        }
        _ => Ok(outcome),
    }
}

/// Whether findings are written as soon as they are known, rather than in a report at the end.
fn is_live(args: &ScanArgs) -> bool {
    let only_stdin = args.paths.iter().all(|path| path == Path::new("-"));
    only_stdin && args.output_format == OutputFormat::Jsonl && args.output_file.is_none()
}

fn threads(wanted: Option<usize>) -> usize {
    let processors = || std::thread::available_parallelism().map_or(1, Into::into);
    wanted
        .filter(|threads| *threads > 0)
        .unwrap_or_else(processors)
}

fn show(args: &ScanArgs, report: &Report) -> Result<(), Failure> {
    let format = args.output_format.into();
    let style = Style {
        statistics: args.statistics,
        quiet: args.quiet,
        ..Style::default()
    };
    // A list of findings has no place for what went wrong, and a file is not looked at.
    let silent = args.output_file.is_some() || args.output_format == OutputFormat::Jsonl;
    if silent {
        let _ = report::write_verdict(report, args.quiet, &mut anstream::stderr());
    }
    if is_live(args) {
        return Ok(());
    }
    output::write(
        format,
        report,
        style,
        args.color,
        args.output_file.as_deref(),
    )
}
