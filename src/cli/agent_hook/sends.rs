//! Commands that send what lies here to somewhere else: what they would send is scanned.

use std::path::{Path, PathBuf};

use super::judge::Found;
use crate::agent::{Agents, Send, Sent};
use crate::cli::args::ScanArgs;
use crate::cli::git::OfHook;
use crate::cli::scan;
use crate::finding::Severity;
use crate::git::Update;
use crate::input::absolute;
use crate::problem::ProblemKind;
use crate::scan::Tags;

/// The family of rules that find credentials.
const CREDENTIALS: &str = "tokens";

/// What a command would send.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sending {
    what: Sent,
    /// The folder that the command works in.
    folder: PathBuf,
    /// What it names, without options and subcommands.
    operands: Vec<String>,
    /// Whether it sends all that there is.
    all: bool,
    /// Whether commits are made before it that are not there yet.
    after_commits: bool,
}

/// What commands would send, the first word of each being the program.
pub(super) fn look(agents: &Agents, commands: &[Vec<String>]) -> Vec<Sending> {
    let mut folder = absolute(Path::new("."));
    let mut found = Vec::new();
    let mut commits = false;
    for words in commands {
        let Some((program, arguments)) = words.split_first() else {
            continue;
        };
        if program == "cd" {
            if let Some(to) = arguments.first().filter(|to| !to.is_empty()) {
                folder = absolute(&folder.join(to));
            }
            continue;
        }
        for send in &agents.sends {
            found.extend(sending(send, (program, arguments), &folder, commits));
        }
        let of = &agents.commits;
        let makes = arguments.iter().any(|word| of.subcommands.contains(word));
        commits |= *program == of.program && makes;
    }
    found
}

fn sending(
    send: &Send,
    (program, arguments): (&String, &[String]),
    folder: &Path,
    after_commits: bool,
) -> Option<Sending> {
    let (first, subcommands) = send.command.split_first()?;
    if first != program {
        return None;
    }
    let mut folder = folder.to_owned();
    let mut words = arguments.iter();
    let mut wanted = subcommands.iter();
    while !wanted.as_slice().is_empty() {
        let word = words.next()?;
        if send.skip.contains(word) {
            let value = words.next()?;
            if send.folder.contains(word) {
                folder = absolute(&folder.join(value));
            }
        } else if !word.starts_with('-') && wanted.next() != Some(word) {
            return None;
        }
    }
    let (options, operands): (Vec<&String>, Vec<&String>) =
        words.partition(|word| word.len() > 1 && word.starts_with('-'));
    Some(Sending {
        what: send.what,
        folder,
        operands: operands.into_iter().cloned().collect(),
        all: options.iter().any(|option| send.all.contains(option)),
        after_commits,
    })
}

impl Sending {
    /// Scans what would be sent, and says why that could not be done in full.
    pub(super) fn scan(&self) -> Result<(Vec<Found>, Option<String>), String> {
        if std::env::set_current_dir(&self.folder).is_err() {
            // The command would fail there as well.
            return Ok((Vec::new(), None));
        }
        let mut scans = vec![match self.what {
            Sent::Files => self.files(),
            Sent::Commits => self.commits(),
        }];
        if self.what == Sent::Commits && self.after_commits {
            scans.push(unmade());
        }
        let mut found = Vec::new();
        let mut unchecked = None;
        for mut args in scans {
            let (report, failed) =
                scan::collect(&mut args, Tags::Never).map_err(|e| e.to_string())?;
            let grave = report
                .active()
                .filter(|finding| finding.severity >= Severity::Warning);
            if failed {
                found.extend(grave.map(|finding| Found::new("", finding)));
            }
            let mut problems = report.problems.iter();
            let problem = problems
                .find(|problem| !matches!(problem.kind, ProblemKind::Nothing | ProblemKind::Stale));
            unchecked = unchecked.or(problem.map(|problem| {
                format!(
                    "not all that would be sent was scanned: {}",
                    problem.message
                )
            }));
        }
        Ok((found, unchecked))
    }

    /// What an upload names; without a folder, it is the current one.
    fn files(&self) -> ScanArgs {
        let named = self.operands.iter().skip(1).map(PathBuf::from);
        let mut paths: Vec<PathBuf> = named.filter(|path| path.exists()).collect();
        if paths.is_empty() {
            let repository = self
                .operands
                .first()
                .and_then(|name| name.rsplit('/').next());
            let folder = repository.map(PathBuf::from).filter(|path| path.exists());
            paths.push(folder.unwrap_or_else(|| PathBuf::from(".")));
        }
        ScanArgs {
            paths,
            no_ignore: true,
            ..ScanArgs::plain()
        }
    }

    /// What a push takes along: of the branches that it names, or the current one.
    fn commits(&self) -> ScanArgs {
        let mut args = ScanArgs::plain();
        if self.all {
            args.git.history = Some(None);
            return args;
        }
        let mut operands = self.operands.iter();
        let remote = operands
            .next()
            .filter(|remote| !remote.contains(['/', ':']));
        let mut updates: Vec<Update> = operands
            .filter_map(|refspec| {
                let refspec = refspec.trim_start_matches('+');
                let (tip, name) = refspec.split_once(':').unwrap_or((refspec, refspec));
                // Without a tip, a branch is deleted there.
                (!tip.is_empty()).then(|| update(tip, name))
            })
            .collect();
        if self.operands.len() < 2 {
            updates.push(update("HEAD", "HEAD"));
        }
        args.git.of_hook = Some(OfHook::Sent(
            updates,
            remote.map(|remote| remote.as_str().into()),
        ));
        args
    }
}

fn update(tip: &str, name: &str) -> Update {
    Update {
        name: name.into(),
        tip: tip.to_owned(),
        before: None,
    }
}

/// What commits that are not made yet may hold: of the files that are there, credentials alone, since nobody asked
/// about the rest.
fn unmade() -> ScanArgs {
    ScanArgs {
        paths: vec![PathBuf::from(".")],
        select: vec![CREDENTIALS.to_owned()],
        ..ScanArgs::plain()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Vec<Sending> {
        let agents = Agents::built_in().unwrap();
        let commands: Vec<Vec<String>> = line
            .split(" && ")
            .map(|command| command.split(' ').map(str::to_owned).collect())
            .collect();
        look(&agents, &commands)
    }

    #[test]
    fn a_push_is_told_from_what_looks_like_one() {
        assert_eq!(of("git stash push"), []);
        assert_eq!(of("git log --grep push"), []);
        assert_eq!(of("hg push"), []);
        let sent =
            of("cd /a && git -C b commit -m x && git -C c -c k=v push --force origin +x:main");
        let [sent] = &sent[..] else {
            panic!("{sent:?}")
        };
        assert_eq!(
            (sent.folder.as_path(), sent.after_commits),
            (Path::new("/a/c"), true)
        );
        assert_eq!(sent.operands, ["origin", "+x:main"]);
    }
}
