//! Commands that send what lies here to somewhere else: what they would send is scanned.

use std::path::{Path, PathBuf};

use super::judge::{CREDENTIALS, Found};
use crate::agent::{Agents, Send, Sent};
use crate::cli::agents::home;
use crate::cli::args::ScanArgs;
use crate::cli::git::OfHook;
use crate::cli::{scan, upload};
use crate::engine::Spoken;
use crate::finding::Severity;
use crate::git::Update;
use crate::input::absolute;
use crate::problem::ProblemKind;
use crate::scan::Tags;

/// What a command would send.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sending {
    /// The folder that the command works in.
    folder: PathBuf,
    what: What,
}

#[derive(Debug, PartialEq, Eq)]
enum What {
    Commits {
        /// What it names, without options and subcommands.
        operands: Vec<String>,
        /// Whether it sends all that there is.
        all: bool,
        /// Whether commits are made before it that are not there yet.
        after_commits: bool,
    },
    Files {
        /// What it names; none if that is not said, and empty if it cannot be told.
        source: Option<String>,
        /// The name of the repository that it sends them to.
        repository: Option<String>,
        include: Vec<String>,
        exclude: Vec<String>,
    },
}

/// The commands that send something, as they are asked for.
pub(super) fn programs(agents: &Agents) -> Vec<String> {
    let sends = agents.sends.iter();
    sends.map(|send| send.command.join(" ")).collect()
}

/// What commands would send.
pub(super) fn look(agents: &Agents, commands: &[Spoken]) -> Vec<Sending> {
    let mut folder = absolute(Path::new("."));
    let mut found = Vec::new();
    let mut commits = false;
    for command in commands {
        let Some((program, arguments)) = command.words.split_first() else {
            continue;
        };
        if program == "cd" {
            if let Some(to) = arguments.first().filter(|to| !to.is_empty()) {
                folder = placed(&folder, to);
            }
            continue;
        }
        for send in &agents.sends {
            found.extend(sending(send, command, &folder, commits));
        }
        let of = &agents.commits;
        let makes = arguments.iter().any(|word| of.subcommands.contains(word));
        commits |= *program == of.program && makes;
    }
    found
}

fn sending(send: &Send, command: &Spoken, folder: &Path, after_commits: bool) -> Option<Sending> {
    let (program, arguments) = command.words.split_first()?;
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
                folder = placed(&folder, value);
            }
        } else if !word.starts_with('-') && wanted.next() != Some(word) {
            return None;
        }
    }
    let what = match send.what {
        Sent::Commits => {
            let (options, operands): (Vec<&String>, Vec<&String>) =
                words.partition(|word| word.len() > 1 && word.starts_with('-'));
            What::Commits {
                operands: operands.into_iter().cloned().collect(),
                all: options.iter().any(|option| send.all.contains(option)),
                after_commits,
            }
        }
        Sent::Files => {
            let given = |names: &[String]| -> Vec<String> {
                let given = command.given.iter();
                let given = given.filter(|(name, _)| names.contains(name));
                given.map(|(_, value)| value.clone()).collect()
            };
            let operand = |place: usize| given(&[place.to_string()]).pop();
            let repository = operand(0).filter(|_| send.to_repository);
            let repository = repository
                .as_deref()
                .and_then(|name| name.rsplit('/').next());
            What::Files {
                source: operand(send.source),
                repository: repository.map(str::to_owned),
                include: given(&send.include),
                exclude: given(&send.exclude),
            }
        }
    };
    Some(Sending { folder, what })
}

/// A path as a shell means it in a folder.
fn placed(folder: &Path, path: &str) -> PathBuf {
    let below_home = match path.strip_prefix('~') {
        Some("") => Some(""),
        Some(rest) => rest.strip_prefix('/'),
        None => None,
    };
    let below_home = below_home.and_then(|rest| Some(home()?.join(rest)));
    below_home.unwrap_or_else(|| absolute(&folder.join(path)))
}

impl Sending {
    /// Scans what would be sent, and says why that could not be done in full.
    pub(super) fn scan(&self) -> Result<(Vec<Found>, Option<String>), String> {
        if std::env::set_current_dir(&self.folder).is_err() {
            // The command would fail there as well.
            return Ok((Vec::new(), None));
        }
        let scans = match &self.what {
            What::Files {
                source,
                repository,
                include,
                exclude,
            } => match self.root(source.as_deref(), repository.as_deref()) {
                Ok(root) => files(root, include, exclude)?,
                Err(why) => return Ok((Vec::new(), Some(why))),
            },
            What::Commits {
                operands,
                all,
                after_commits,
            } => {
                let made = commits(operands, *all);
                let unmade = after_commits.then(unmade);
                std::iter::once(made).chain(unmade).collect()
            }
        };
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

    /// What an upload names. Without a name, it is what is called as the repository is, or the folder itself.
    fn root(&self, source: Option<&str>, repository: Option<&str>) -> Result<Option<Root>, String> {
        let there = |name: &str| {
            let path = placed(&self.folder, name);
            path.exists().then_some(path)
        };
        let root = |path, pattern| Some(Root { path, pattern });
        match source {
            Some(name) if !name.is_empty() => match there(name) {
                Some(path) => Ok(root(path, None)),
                None if name.contains(['*', '?', '[']) => {
                    Ok(root(self.folder.clone(), Some(name.to_owned())))
                }
                // What comes from the Hub is sent nowhere.
                None if name.contains("://") => Ok(None),
                None => Err(format!("what would be sent is not there yet: {name}")),
            },
            Some(_) => Err("the name of what would be sent cannot be told".to_owned()),
            None => {
                let named = repository.filter(|name| !name.is_empty()).and_then(there);
                Ok(root(named.unwrap_or_else(|| self.folder.clone()), None))
            }
        }
    }
}

/// What an upload begins with.
struct Root {
    path: PathBuf,
    /// A pattern in place of a name.
    pattern: Option<String>,
}

/// The files that would be sent, as a scan; none if there are none.
fn files(
    root: Option<Root>,
    include: &[String],
    exclude: &[String],
) -> Result<Vec<ScanArgs>, String> {
    let Some(Root { path, pattern }) = root else {
        return Ok(Vec::new());
    };
    let include: Vec<String> = include.iter().cloned().chain(pattern).collect();
    let sent = upload::sent(&path, &include, exclude);
    let sent = sent.map_err(|failure| failure.to_string())?;
    if sent.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![ScanArgs {
        paths: sent.into_iter().map(|(_, path)| path).collect(),
        ..ScanArgs::plain()
    }])
}

/// What a push takes along: of the branches that it names, or the current one.
fn commits(operands: &[String], all: bool) -> ScanArgs {
    let mut args = ScanArgs::plain();
    if all {
        args.git.history = Some(None);
        return args;
    }
    let named = operands.len();
    let mut operands = operands.iter();
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
    if named < 2 {
        updates.push(update("HEAD", "HEAD"));
    }
    args.git.of_hook = Some(OfHook::Sent(
        updates,
        remote.map(|remote| remote.as_str().into()),
    ));
    args
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
        let commands: Vec<Spoken> = line
            .split(" && ")
            .map(|command| Spoken {
                words: command.split(' ').map(str::to_owned).collect(),
                given: Vec::new(),
            })
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
        assert_eq!(sent.folder, Path::new("/a/c"));
        let wanted = What::Commits {
            operands: vec!["origin".to_owned(), "+x:main".to_owned()],
            all: false,
            after_commits: true,
        };
        assert_eq!(sent.what, wanted);
    }
}
