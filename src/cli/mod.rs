//! The command line: arguments, exit codes, and the only place that knows the terminal.

mod agent_args;
mod agent_hook;
mod agents;
mod args;
mod baseline;
mod catalogue;
mod command;
mod exit;
mod explain;
mod facts;
mod fail_on;
mod fix;
mod format;
mod git;
mod given;
mod hook;
mod in_place;
mod incident;
mod known;
#[cfg(feature = "lsp")]
mod lsp;
#[cfg(feature = "mcp")]
mod mcp;
mod network;
mod output;
mod pre_commit;
mod progress;
mod prose;
mod redact;
mod revoke;
mod rules;
mod scan;
mod setup;
mod skill;
mod upload;
mod upload_args;
mod verify;
mod when;

use std::ffi::OsString;
use std::io::{self, Write};
use std::panic;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use self::args::{Cli, Command, RulesCommand};
use self::exit::{Exit, Failure, masked};
use crate::redact::{one_line, printable};

/// Runs hfscan with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    // The message of a panic may quote the text that it was about.
    panic::set_hook(Box::new(|_| {}));
    panic::catch_unwind(|| run_with(std::env::args_os())).unwrap_or_else(|_| {
        said(Err(Failure::new(
            "internal error: this is a bug in hfscan, please report it",
        )))
    })
}

/// Runs hfscan with other arguments, the first of which is its own name.
pub fn run_with<A: Into<OsString> + Clone>(arguments: impl IntoIterator<Item = A>) -> ExitCode {
    said(match Cli::try_parse_from(arguments) {
        Ok(cli) => run(cli),
        Err(error) => usage(&error),
    })
}

/// Says what failed.
fn said(result: Result<Exit, Failure>) -> ExitCode {
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            // Where not even this can be written, the exit code has to say it.
            let _ = failure.print(&mut anstream::stderr());
            Exit::Failed.into()
        }
    }
}

/// Says what is wrong with the arguments, without credentials that may be among them; or gives the
/// help that was asked for.
fn usage(error: &clap::Error) -> Result<Exit, Failure> {
    if !error.use_stderr() {
        // Help and version quote no argument.
        let _ = error.print();
        return Ok(Exit::Clean);
    }
    let plain = error.to_string();
    let safe = printable(&masked(&in_lines(&plain)));
    // As it is, it may have colours.
    if safe == plain {
        let _ = error.print();
    } else {
        let _ = anstream::stderr().write_all(safe.as_bytes());
    }
    Ok(Exit::Failed)
}

/// What is wrong with the arguments, in lines of its own alone: those of an argument would tell a CI
/// system what to do.
fn in_lines(plain: &str) -> String {
    let given = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    let given: Vec<String> = given.collect();
    let safe: Vec<String> = given.iter().map(|argument| one_line(argument)).collect();
    if safe == given {
        return plain.to_owned();
    }
    match Cli::try_parse_from(&safe) {
        Err(error) if error.use_stderr() => error.to_string(),
        _ => "error: an argument is not known\n".to_owned(),
    }
}

fn run(cli: Cli) -> Result<Exit, Failure> {
    match cli.command {
        None => scan::run(cli.scan),
        Some(Command::Redact(args)) => redact::run(&args),
        Some(Command::Rules {
            command: Some(RulesCommand::Test { folder }),
            ..
        }) => rules::test(folder.as_deref()),
        Some(Command::Rules {
            command: Some(RulesCommand::Facts { file }),
            ..
        }) => facts::run(&file),
        Some(Command::Rules { markdown: true, .. }) => catalogue::run(),
        Some(Command::Rules { skill: true, .. }) => skill::run(),
        Some(Command::Rules { .. }) => rules::list(),
        Some(Command::Baseline(args)) => baseline::run(*args),
        Some(Command::Explain {
            rule,
            incident,
            found_in,
            color,
        }) => {
            let places = incident.then_some(found_in.as_slice());
            explain::run(&rule, places, color)
        }
        Some(Command::Hook { command }) => hook::run(command),
        Some(Command::UploadCheck(args)) => upload::run(*args),
        Some(Command::AgentHook(args)) => agent_hook::run(args),
        Some(Command::Agents(args)) => agents::run(&args),
        #[cfg(feature = "mcp")]
        Some(Command::Mcp) => mcp::run(),
        #[cfg(feature = "lsp")]
        Some(Command::Lsp { .. }) => lsp::run(),
        Some(Command::Verify(args)) => verify::run(&args),
        Some(Command::Revoke(args)) => revoke::run(&args),
        Some(Command::Schema) => {
            let schema = serde_json::to_string_pretty(&crate::config::schema());
            print(&format!("{}\n", schema.unwrap_or_default()))
        }
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "hfscan", &mut script);
            print(&String::from_utf8_lossy(&script))
        }
        Some(Command::Man) => {
            let mut page = Vec::new();
            let written = clap_mangen::Man::new(Cli::command()).render(&mut page);
            written.map_err(|error| Failure::new(error.to_string()))?;
            print(&String::from_utf8_lossy(&page))
        }
    }
}

/// Writes to standard output. A reader that closed it has seen enough.
fn print(text: &str) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write the output: {error}")))
        }
        _ => Ok(Exit::Clean),
    }
}
