//! `hfscan hook`: putting Git's hooks in place, and what they run.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::{Parser as _, Subcommand, ValueEnum};

use super::args::Cli;
use super::exit::{Exit, Failure, safe};
use super::{print, scan};
use crate::hook::{self, Found, HookError, Pushed, Stage, Update};

/// The most that Git may say about a push, in bytes: a line for each branch and tag.
const LONGEST_PUSH: u64 = 64 << 20;

/// What to do with Git's hooks.
#[derive(Debug, Subcommand)]
pub(super) enum HookCommand {
    /// Stop commits that hold credentials, by a hook in this repository
    Install {
        /// Also stop pushes
        #[arg(long)]
        pre_push: bool,
        /// Install where the global `core.hooksPath` of Git points, for all repositories
        #[arg(long)]
        global: bool,
    },
    /// Remove the hooks that `hfscan hook install` put in place
    Uninstall {
        /// Remove them from where the global `core.hooksPath` of Git points
        #[arg(long)]
        global: bool,
    },
    /// Scan as a hook does; hooks run this
    Run {
        /// The hook that runs it
        stage: StageArg,
        /// The remote repository that is pushed to, as Git names it
        #[arg(long, value_name = "NAME")]
        remote: Option<OsString>,
        /// Options of the scan
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<OsString>,
    },
}

/// Stages, as they are named on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum StageArg {
    /// Scan what is staged
    PreCommit,
    /// Scan what is pushed
    PrePush,
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
            stage: StageArg::PreCommit,
            options,
            ..
        } => scan_with("--staged".into(), &options),
        HookCommand::Run {
            stage: StageArg::PrePush,
            remote,
            options,
        } => push(remote, &options),
    }
}

/// Scans what is pushed and is not on the remote repository yet.
fn push(remote: Option<OsString>, options: &[OsString]) -> Result<Exit, Failure> {
    let here = std::env::current_dir().unwrap_or_default();
    let mut all = Vec::new();
    let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    match (
        environment("PRE_COMMIT_FROM_REF"),
        environment("PRE_COMMIT_TO_REF"),
    ) {
        (Some(base), Some(tip)) => all.push(Pushed::Since { base, tip }),
        // A branch that is new: pre-commit names no commit before it.
        _ if environment("PRE_COMMIT").is_some() => {
            let remote = remote.or_else(|| std::env::var_os("PRE_COMMIT_REMOTE_NAME"));
            let tip = environment("PRE_COMMIT_LOCAL_BRANCH").unwrap_or_else(|| "HEAD".to_owned());
            all.extend(hook::pushed(
                &here,
                remote.as_deref(),
                &Update { tip, before: None },
            )?);
        }
        _ => {
            let mut said = String::new();
            let read = io::stdin().take(LONGEST_PUSH).read_to_string(&mut said);
            read.map_err(|error| Failure::new(format!("cannot read what is pushed: {error}")))?;
            for update in hook::updates(&said)? {
                all.extend(hook::pushed(&here, remote.as_deref(), &update)?);
            }
        }
    }
    all.sort();
    all.dedup();
    if all.is_empty() {
        return print("Nothing is pushed that is not there already\n");
    }
    let mut worst = Exit::Clean;
    for one in all {
        let what = match one {
            Pushed::Since { base, tip } => format!("--since={base}..{tip}"),
            Pushed::All { tip } => format!("--history={tip}"),
        };
        worst = worst.max(scan_with(what.into(), options)?);
    }
    Ok(worst)
}

/// Scans as `hfscan` with these arguments would.
fn scan_with(what: OsString, options: &[OsString]) -> Result<Exit, Failure> {
    let args = [OsString::from("hfscan"), what];
    match Cli::try_parse_from(args.iter().chain(options)) {
        Ok(Cli {
            command: None,
            scan,
        }) => scan::run(scan),
        Ok(_) => Err(Failure::new("a hook runs a scan and no other command")),
        Err(error) => super::usage(&error),
    }
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
            HookError::Unknown(_) => "git fetch brings what is on the remote repository",
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
