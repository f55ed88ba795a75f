//! Words on the command line that are commands of another scanner, or of this one with a letter wrong.

use std::path::{Path, PathBuf};

use clap::CommandFactory as _;

use super::args::Cli;
use super::exit::Failure;
use crate::tomlfile::closest;

/// How other scanners call what this one does without a command.
const SCANS: &[&str] = &[
    "check",
    "detect",
    "dir",
    "directory",
    "file",
    "filesystem",
    "lint",
    "path",
    "protect",
    "scan",
];

/// Refuses a first path that is none, but looks like a command.
pub(super) fn refuse(paths: &[PathBuf]) -> Result<(), Failure> {
    let Some((first, rest)) = paths.split_first() else {
        return Ok(());
    };
    let Some(word) = first.to_str().filter(|word| is_word(word)) else {
        return Ok(());
    };
    if first.symlink_metadata().is_ok() {
        return Ok(());
    }
    let rest: Vec<String> = rest.iter().map(|path| shown(path)).collect();
    let rest = match rest.is_empty() {
        true => ".".to_owned(),
        false => rest.join(" "),
    };
    let failure = Failure::new(format!("there is no file, folder or command `{word}`"));
    if SCANS.contains(&word) {
        return Err(failure.help(format!("a scan needs no command: `hfscan {rest}`")));
    }
    let cli = Cli::command();
    let commands = cli.get_subcommands().map(clap::Command::get_name);
    match closest(word, commands) {
        Some(command) => Err(failure.help(format!("did you mean `hfscan {command}`?"))),
        None => Ok(()),
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
