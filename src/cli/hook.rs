//! `hfscan hook`: putting Git's hooks in place, and what they run.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use bstr::BString;
use clap::Parser;

use super::args::{HookCommand, ScanArgs, StageArg};
use super::exit::{Exit, Failure, safe};
use super::git::OfHook;
use super::pre_commit::{range, variable};
use super::{print, scan};
use crate::git::{Repository, Update};
use crate::hook::{self, Found, HookError, Stage};
use crate::scan::Scanner;

/// The most that Git may say about a push, in bytes: a line for each branch and tag.
const LONGEST_PUSH: u64 = 64 << 20;

/// The arguments of a scan and nothing else: a file may have the name of a command.
#[derive(Debug, Parser)]
#[command(name = "hfscan hook run")]
struct HookScan {
    #[command(flatten)]
    scan: ScanArgs,
}

/// Does what was asked with hooks.
pub(super) fn run(command: HookCommand) -> Result<Exit, Failure> {
    match command {
        HookCommand::Install { pre_push, global } => {
            let stages: &[Stage] = if pre_push {
                &Stage::ALL
            } else {
                &[Stage::PreCommit]
            };
            install(&hooks(global)?, stages)
        }
        HookCommand::Uninstall { global } => uninstall(&hooks(global)?),
        HookCommand::Run {
            stage,
            remote,
            options,
        } => {
            let mut scan = match arguments(&options)? {
                Ok(scan) => scan,
                Err(exit) => return Ok(exit),
            };
            let is_asked = match stage {
                StageArg::Commit => commit(&mut scan)?,
                StageArg::Push => push(&mut scan, remote)?,
                StageArg::Receive => receive(&mut scan)?,
            };
            if is_asked {
                scan::run(*scan)
            } else {
                print("Nothing is pushed that is not there already\n")
            }
        }
    }
}

/// Reads the options of a scan, and the files that follow them.
fn arguments(options: &[OsString]) -> Result<Result<Box<ScanArgs>, Exit>, Failure> {
    let end = OsString::from("--");
    let mut args = vec![OsString::from("hfscan hook run")];
    // The parser takes away a mark that comes first.
    if !options.contains(&end) && std::env::args_os().any(|arg| arg == end) {
        args.push(end.clone());
    }
    args.extend(options.iter().cloned());
    let before = args.iter().skip(1).take_while(|arg| **arg != end);
    // A repository may hold a file named like an option, such as one that lets everything pass.
    let odd = before.into_iter().find(|option| {
        let is_option = option.len() > 1 && option.as_encoded_bytes().starts_with(b"-");
        is_option && Path::new(option).symlink_metadata().is_ok()
    });
    if let Some(odd) = odd {
        let message = format!(
            "cannot tell whether {} is an option or the file of that name",
            odd.to_string_lossy()
        );
        return Err(Failure::new(message)
            .help("end the options with --: in pre-commit, args: [OPTION, --]"));
    }
    match HookScan::try_parse_from(&args) {
        Ok(HookScan { mut scan }) => {
            scan.git.names_files = args.contains(&end);
            for path in &mut scan.paths {
                if path.as_os_str() == "-" {
                    *path = PathBuf::from("./-");
                }
            }
            Ok(Ok(Box::new(scan)))
        }
        Err(error) => super::usage(&error).map(Err),
    }
}

/// What the hook of a commit scans: what is staged or, of files that are not, all of them.
fn commit(scan: &mut ScanArgs) -> Result<bool, Failure> {
    let here = std::env::current_dir().unwrap_or_default();
    if let Some((base, tip)) = range() {
        scan.git.since = Some(format!("{base}..{tip}"));
        scan.paths.clear();
    } else if scan.paths.is_empty() || Scanner::are_staged(&Repository::open(&here)?, &scan.paths)?
    {
        scan.git.staged = true;
    } else {
        scan.git.of_hook = Some(OfHook::Files(std::mem::take(&mut scan.paths)));
    }
    Ok(true)
}

/// What the hook of a push scans: what is pushed and is not on the remote repository yet. False if that
/// is nothing.
fn push(scan: &mut ScanArgs, remote: Option<OsString>) -> Result<bool, Failure> {
    let remote = remote.or_else(|| std::env::var_os("PRE_COMMIT_REMOTE_NAME"));
    let remote = remote.filter(|remote| !remote.is_empty());
    let branch = variable("PRE_COMMIT_LOCAL_BRANCH");
    let name = variable("PRE_COMMIT_REMOTE_BRANCH").unwrap_or_default();
    let updates = match range() {
        Some((base, tip)) => {
            let here = std::env::current_dir().unwrap_or_default();
            if !Repository::open(&here)?.knows(&base) {
                return Err(Failure::new(format!("there is no revision `{base}` here")));
            }
            let before = Some(base);
            let name = name.into();
            vec![Update { name, tip, before }]
        }
        None if variable("PRE_COMMIT").is_none() => {
            let said = said()?;
            hook::sent(&said)?
        }
        // Nothing is pushed: pre-commit runs the hook on its own, on all files or some.
        None if remote.is_none() && branch.is_none() => {
            scan.paths = vec![PathBuf::from(".")];
            return Ok(true);
        }
        // A branch that is new: pre-commit names no commit before it.
        None => vec![Update {
            name: name.into(),
            tip: branch.unwrap_or_else(|| "HEAD".to_owned()),
            before: None,
        }],
    };
    let remote = remote.map(|remote| BString::from(remote.into_encoded_bytes()));
    let is_asked = !updates.is_empty();
    scan.git.of_hook = Some(OfHook::Sent(updates, remote));
    Ok(is_asked)
}

/// What the hook of a repository that is pushed to scans. False if that is nothing.
fn receive(scan: &mut ScanArgs) -> Result<bool, Failure> {
    let said = said()?;
    if said.is_empty() {
        return Err(Failure::new("nothing says what is pushed, so nothing was scanned").help(
            "Git's pre-receive hook says it on standard input: let no other program read it first",
        ));
    }
    let updates = hook::received(&said)?;
    let is_asked = !updates.is_empty();
    scan.git.of_hook = Some(OfHook::Received(updates));
    Ok(is_asked)
}

/// What Git says about a push.
fn said() -> Result<Vec<u8>, Failure> {
    let mut said = Vec::new();
    let read = io::stdin().take(LONGEST_PUSH).read_to_end(&mut said);
    read.map_err(|error| Failure::new(format!("cannot read what is pushed: {error}")))?;
    if said.len() as u64 == LONGEST_PUSH {
        return Err(Failure::new("the list of what is pushed is too long"));
    }
    Ok(said)
}

/// The folder that hooks belong in.
fn hooks(global: bool) -> Result<PathBuf, Failure> {
    let here = std::env::current_dir().unwrap_or_default();
    Ok(hook::folder(&here, global)?)
}

/// Installs hooks: all of them, or none if one cannot be.
fn install(folder: &Path, stages: &[Stage]) -> Result<Exit, Failure> {
    for stage in stages {
        let path = folder.join(stage.name());
        if let Found::Foreign { managed } = hook::look(&path)? {
            return Err(foreign(&path, *stage, managed));
        }
    }
    let program = std::env::current_exe().ok();
    let mut said = String::new();
    for stage in stages {
        let path = folder.join(stage.name());
        let changed = hook::install(&path, *stage, program.as_deref())?;
        let what = match stage {
            Stage::PreCommit => "a commit is scanned before it is made",
            Stage::PrePush => "commits are scanned before they are pushed",
        };
        let done = if changed {
            "Installed"
        } else {
            "In place already:"
        };
        let _ = writeln!(said, "{done} {}: {what}", shown(&path));
    }
    print(&said)
}

/// Removes the hooks of hfscan, and says which others stay.
fn uninstall(folder: &Path) -> Result<Exit, Failure> {
    let mut said = String::new();
    for stage in Stage::ALL {
        let path = folder.join(stage.name());
        match hook::look(&path)? {
            Found::Nothing => {}
            Found::Own => {
                hook::remove(&path)?;
                let _ = writeln!(said, "Removed {}", shown(&path));
            }
            Found::Foreign { .. } => {
                let _ = writeln!(
                    said,
                    "Left {} as it is: hfscan did not write it, or somebody changed it",
                    shown(&path)
                );
            }
        }
    }
    if said.is_empty() {
        let _ = writeln!(said, "There is no hook of hfscan in {}", shown(folder));
    }
    print(&said)
}

/// What to do where another hook lies.
fn foreign(path: &Path, stage: Stage, managed: bool) -> Failure {
    let failure = Failure::new(format!(
        "{} is a hook already, and hfscan did not write it; nothing was changed",
        path.display()
    ));
    failure.help(if managed {
        "it is one of pre-commit: add hfscan to .pre-commit-config.yaml instead, as the README shows"
            .to_owned()
    } else {
        format!("add this line to it: {}", stage.command())
    })
}

impl From<HookError> for Failure {
    fn from(error: HookError) -> Self {
        let help = match &error {
            HookError::NoGit(_) => "install Git, and see that it is on the path",
            HookError::NoRepository(_) => "run this in the repository that the hook is for",
            HookError::Shared(_) => {
                "with --global the hook is installed there, and runs in all of them"
            }
            HookError::Update(_) => {
                "run it as Git's pre-push hook or through pre-commit, which say what is pushed"
            }
            HookError::NotShared => {
                "git config --global core.hooksPath ~/.config/git/hooks sets one; mind that Git then \
                 ignores the hooks of single repositories"
            }
            HookError::File { .. } => {
                "hooks can also be written by hand; the README shows the line"
            }
        };
        Self::new(error.to_string()).help(help)
    }
}

/// A path for a person.
fn shown(path: &Path) -> String {
    safe(&path.display().to_string())
}
