//! `hfscan hook`: putting Git's hooks in place, and what they run.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Parser as _, Subcommand, ValueEnum};

use super::args::Cli;
use super::exit::{Exit, Failure, safe};
use super::{print, scan};
use crate::hook::{self, Found, HookError, Stage};

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
        } => scan_with(&["--staged"], options),
        HookCommand::Run {
            stage: StageArg::PrePush,
            ..
        } => Err(Failure::new("not yet")),
    }
}

/// Scans as `hfscan` with these arguments would.
fn scan_with(what: &[&str], options: Vec<OsString>) -> Result<Exit, Failure> {
    let args = ["hfscan"].iter().chain(what).map(OsString::from);
    match Cli::try_parse_from(args.chain(options)) {
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
