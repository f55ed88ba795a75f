//! `hfscan agents`: what agents, shells and trackers wrote down on this machine.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::agent_args::AgentsArgs;
use super::args::ScanArgs;
use super::exit::{Exit, Failure, safe};
use super::{in_place, print, scan};
use crate::agent::{Agents, Places};
use crate::filter::Filter;
use crate::input::{absolute, path_of};
use crate::rule::RuleSet;
use crate::scan::{Scanner, Tags};

/// The family of rules that find credentials: what else is in a transcript was said, and not done.
const CREDENTIALS: &str = "tokens";

/// How a database of SQLite begins, in which nothing can change its length.
const DATABASE: &[u8] = b"SQLite format 3\0";

/// The user's home folder.
pub(super) fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| !home.as_os_str().is_empty())
}

/// Looks into what is there.
pub(super) fn run(args: &AgentsArgs) -> Result<Exit, Failure> {
    let found = transcripts(&args.projects)?;
    if args.list {
        let lines = found.iter();
        let lines =
            lines.map(|(of, path)| format!("{}\t{of}\n", safe(&path.display().to_string())));
        return print(&lines.collect::<String>());
    }
    if found.is_empty() {
        return print("Agents, shells and trackers left nothing here\n");
    }
    let paths: BTreeSet<PathBuf> = found.into_iter().map(|(_, path)| path).collect();
    let scan = ScanArgs {
        paths: paths.into_iter().collect(),
        select: vec![CREDENTIALS.to_owned()],
        isolated: true,
        ignore_suppressions: true,
        output_format: args.output_format,
        color: args.color,
        quiet: args.quiet,
        ..ScanArgs::plain()
    };
    match args.redact {
        true => redact(scan),
        false => scan::run(scan),
    }
}

fn transcripts(projects: &[PathBuf]) -> Result<BTreeSet<(String, PathBuf)>, Failure> {
    let agents = Agents::built_in()?;
    let home = home();
    let here = [PathBuf::from(".")];
    let projects = if projects.is_empty() { &here } else { projects };
    let variable = |name: &str| {
        let value = std::env::var_os(name).filter(|value| !value.is_empty());
        value.map(PathBuf::from)
    };
    let mut found = BTreeSet::new();
    for project in projects {
        found.extend(agents.transcripts(Places {
            home: home.as_deref(),
            project: &absolute(project),
            variable: &variable,
        }));
    }
    Ok(found)
}

/// Cleans the files in which something is found. What is in them beside stays, and so do their times.
fn redact(mut scan: ScanArgs) -> Result<Exit, Failure> {
    let (report, _) = scan::collect(&mut scan, Tags::Never)?;
    let files: BTreeSet<PathBuf> = report
        .active()
        .map(|finding| path_of(&finding.location.origin.path))
        .collect();
    in_place::clean_up_on_signals();
    let scanner = Scanner::new(&RuleSet::built_in()?, SystemTime::now()).thorough();
    let mut key = [0; 32];
    getrandom::fill(&mut key)
        .map_err(|error| Failure::new(format!("the system gives no random numbers: {error}")))?;
    let mut filter = Filter::new(&scanner, key);
    let mut failed = report.is_incomplete();
    let mut err = anstream::stderr();
    let (mut cleaned, mut credentials) = (0, 0);
    for problem in &report.problems {
        let _ = writeln!(err, "{}: {}", problem.path, problem.message);
    }
    for file in &files {
        let before = filter.redacted();
        let shown = safe(&file.display().to_string());
        let why = match is_database(file) {
            true => Some(
                "it is a database, in which nothing can change its length: delete the conversation in the program that \
                 keeps it, and revoke the credential"
                    .to_owned(),
            ),
            false => in_place::rewrite(&mut filter, file).err().map(|error| error.to_string()),
        };
        match why {
            Some(why) => {
                failed = true;
                let _ = writeln!(err, "{shown}: not cleaned: {}", safe(&why));
            }
            None if filter.is_lost() => {
                failed = true;
                let _ = writeln!(err, "{shown}: not cleaned: the copy would lack some of it");
            }
            None => {
                cleaned += 1;
                credentials += filter.redacted() - before;
            }
        }
    }
    let files = if cleaned == 1 { "file" } else { "files" };
    let what = if credentials == 1 {
        "credential"
    } else {
        "credentials"
    };
    let _ = writeln!(err, "replaced {credentials} {what} in {cleaned} {files}");
    if credentials > 0 {
        let _ = writeln!(
            err,
            "whoever read them before has them: revoke them (`hfscan revoke`)"
        );
    }
    Ok(if failed { Exit::Failed } else { Exit::Clean })
}

fn is_database(path: &Path) -> bool {
    let mut head = Vec::new();
    let file = std::fs::File::open(path);
    let read = file.and_then(|file| file.take(DATABASE.len() as u64).read_to_end(&mut head));
    read.is_ok() && head == DATABASE
}
