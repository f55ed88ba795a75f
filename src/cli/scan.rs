//! The scan: from arguments and configuration to a report and an exit code.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use super::args::{OutputFormat, ScanArgs};
use super::exit::{Exit, Failure, safe};
use super::known::Baselines;
use super::setup::{Group, compile, groups, is_bytes_alone, least_severe};
use super::{command, fix, network, output, pre_commit, progress};
use crate::config::{FailOn, PathPatterns};
use crate::finding::{Finding, Severity};
use crate::gitdir::GitDir;
use crate::input::{Shown, absolute};
use crate::problem::{Problem, ProblemKind};
use crate::redact::one_line;
use crate::report::{self, Report, Style};
use crate::respond;
pub(super) use crate::scan::Tags;
use crate::scan::{FindingSink, Outcome, Paths, Progress, Scanner, Scope};

/// Scans what the arguments name.
pub(super) fn run(mut args: ScanArgs) -> Result<Exit, Failure> {
    if args.show_secrets && !matches!(args.output_format, OutputFormat::Text | OutputFormat::Json) {
        return Err(
            Failure::new("--show-secrets is refused in a format that CI systems keep")
                .help("use it with --output-format text or json, on your own machine"),
        );
    }
    if args.fix || args.diff {
        fix::check(&args)?;
        // What is mended is found without the network.
        let verifies = (args.verify, args.only_verified);
        (args.verify, args.only_verified) = (false, false);
        let (report, _) = collect(&mut args, Tags::Never)?;
        if let Some(exit) = fix::run(&args, &report)? {
            return Ok(exit);
        }
        (args.verify, args.only_verified) = verifies;
    }
    let (report, failed) = collect(&mut args, Tags::Never)?;
    if args.verbose > 0 {
        list(&report);
    }
    show(&args, &report)?;
    Ok(if report.is_incomplete() {
        Exit::Failed
    } else if failed && !args.exit_zero {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// Lists what was passed over.
fn list(report: &Report) {
    let mut err = anstream::stderr();
    for unread in &report.unread {
        let member = unread.member.as_ref().map(|member| format!("!{member}"));
        let place = format!("{}{}", unread.path, member.unwrap_or_default());
        let (kind, what) = (unread.kind.as_str(), &unread.what);
        let _ = writeln!(err, "passed over: {}: {what} ({kind})", one_line(&place));
    }
}

/// Scans what the arguments name, and says whether what was found fails the scan.
pub(super) fn collect(args: &mut ScanArgs, tags: Tags) -> Result<(Report, bool), Failure> {
    let clock = Instant::now();
    let started = SystemTime::now();
    limit_threads(args.threads);
    args.git.part(&mut args.paths)?;
    pre_commit::narrow(args);
    command::refuse(&args.paths)?;
    if args.paths.is_empty() && !args.git.any() {
        args.paths.push(PathBuf::from("."));
    }
    let mut report = Report::default();
    let mut total = Outcome::default();
    let mut baselines = Baselines::default();
    let mut parts: Vec<ScanPart> = Vec::new();
    let mut engine = None;
    for group in groups(args)? {
        let (mut scanner, fail_on) = compile(args, &group.config, started)?;
        let place = parts.len();
        let known = baselines.open(args, &group.config, place)?;
        scanner.policy.tags = known.unwrap_or_else(|| tags.clone());
        let mut part = scan(args, &group, &scanner)?;
        if args.strict || group.config.config.strict {
            part.be_strict();
        }
        parts.push((part, fail_on, least_severe(args, &group.config)));
        report.rules.extend(scanner.engine.enabled().cloned());
        engine.get_or_insert(scanner.engine);
    }
    // A workflow may run a script that another configuration holds for.
    let runs: BTreeSet<_> = parts
        .iter()
        .flat_map(|(part, ..)| part.runs.clone())
        .collect();
    let scripts: Vec<_> = parts
        .iter()
        .flat_map(|(part, ..)| part.scripts.clone())
        .collect();
    for (part, ..) in &mut parts {
        part.runs.clone_from(&runs);
        part.scripts.clone_from(&scripts);
        part.sort();
    }
    let all = parts.iter_mut().map(|(part, ..)| &mut part.findings);
    let stale = baselines.hide(args, &mut all.collect::<Vec<_>>());
    if args.verifies() {
        total.problems.extend(verify(args, &mut parts)?);
    }
    let failed = parts.iter().any(|(part, fail_on, _)| {
        let mut active = part.findings.iter().filter(|finding| finding.is_active());
        active.any(|finding| fail_on.fails(finding.severity))
    });
    for (part, ..) in parts {
        total.merge(part);
    }
    if total.stats.files == 0 && total.problems.is_empty() {
        total.problems.push(nothing(args));
    }
    total.problems.extend(stale);
    let nothing = args.git.staged && !args.git.names_files && total.stats.files == 0;
    if nothing && pre_commit::is_run_by_hand() {
        total.problems.push(not_asked());
    }
    total.sort();
    report.rules.sort_by(|a, b| a.id.cmp(&b.id));
    report.rules.dedup_by(|a, b| a.id == b.id);
    report.findings = total.findings;
    report.problems = total.problems;
    report.unread = total.unread;
    report.stats = total.stats;
    // Any engine masks all credentials.
    if let Some(engine) = engine {
        if report::Format::from(args.output_format).is_of_root() {
            report.origin = origin(&args.paths, |path| engine.mask(path).into_owned());
        }
        // The process ends soon, and to take the rules apart would be a part of a small scan's time.
        std::mem::forget(engine);
    }
    report.stats.bytes_alone = is_bytes_alone(args);
    report.stats.seconds = clock.elapsed().as_secs_f64();
    report.stats.started = Some(started);
    Ok((report, failed))
}

/// What a part of a scan found, what fails it, and the least severe findings that it reports.
type ScanPart = (Outcome, FailOn, Severity);

/// Asks about the credentials of all findings, each once, and says what could not be learned.
fn verify(args: &ScanArgs, parts: &mut [ScanPart]) -> Result<Vec<Problem>, Failure> {
    let asked = network::questions(parts.iter().flat_map(|(part, ..)| &part.findings));
    // Without a question there is no need of the network.
    let verdicts = match asked.is_empty() {
        true => BTreeMap::new(),
        false => network::connected(&args.network, |_, line| {
            network::ask(line, asked, args.progress)
        })?,
    };
    for (part, _, least) in parts {
        respond::apply(&mut part.findings, &verdicts);
        if args.only_verified {
            respond::hide_unverified(&mut part.findings);
        }
        part.findings.retain(|finding| finding.severity >= *least);
    }
    Ok(network::unlearned(verdicts.values()))
}

/// Nothing is staged, and pre-commit runs the hook all the same: then it was asked about something else.
fn not_asked() -> Problem {
    Problem {
        path: String::new(),
        kind: ProblemKind::Nothing,
        message: "pre-commit asks about files that are not staged, and does not name them: set \
                  pass_filenames: true and entry: hfscan hook run pre-commit"
            .to_owned(),
    }
}

/// Where the paths of a report lead from. The repository is that of the folder that hfscan runs in or, if
/// it lies in none, of what is scanned.
fn origin(paths: &[PathBuf], mask: impl Fn(&str) -> String) -> report::From {
    let here = absolute(Path::new("."));
    let mut starts = std::iter::once(here.clone()).chain(paths.iter().map(|path| absolute(path)));
    let root_above = |start: PathBuf| {
        let mut above = start.ancestors();
        above
            .find(|folder| GitDir::of(folder).is_some())
            .map(Path::to_owned)
    };
    let shown = |path: &Path| mask(&Shown::relative_to(None).path(path));
    let workspace = std::env::var_os("GITHUB_WORKSPACE").map(|path| absolute(Path::new(&path)));
    let workspace = workspace.filter(|workspace| here.starts_with(workspace));
    report::From {
        here: shown(&here),
        repository: starts.find_map(root_above).map(|root| shown(&root)),
        workspace: workspace.map(|workspace| shown(&workspace)),
    }
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

fn scan(args: &ScanArgs, group: &Group, scanner: &Scanner) -> Result<Outcome, Failure> {
    let config = &group.config.config;
    if args.verbose > 0 {
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
            within: group.paths.iter().map(|path| absolute(path)).collect(),
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
        // Whoever may not configure the scan may not leave files out of it either.
        honour_gitignore: !args.no_ignore && !args.isolated,
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
            let live = is_live(args).then_some(&mut print as &mut FindingSink<'_>);
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
    only_stdin
        && !args.paths.is_empty()
        && args.output_format == OutputFormat::Jsonl
        && args.output_file.is_none()
        && !args.verifies()
}

fn threads(wanted: Option<usize>) -> usize {
    let processors = || std::thread::available_parallelism().map_or(1, Into::into);
    wanted
        .filter(|threads| *threads > 0)
        .unwrap_or_else(processors)
}

/// Has the pieces of long files looked at by so many threads, if a number is wanted.
fn limit_threads(wanted: Option<usize>) {
    if wanted.is_some() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads(wanted));
        // It is there already only where hfscan runs within another program.
        let _ = pool.build_global();
    }
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
