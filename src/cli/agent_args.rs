//! The arguments of what is for agents.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::format::OutputFormat;
use super::when::When;

/// What an agent asks, or what is to be done with its settings.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct AgentHookArgs {
    #[command(subcommand)]
    pub(super) command: Option<AgentHookCommand>,
    #[command(flatten)]
    pub(super) event: EventArgs,
}

/// How an event on standard input is to be read and answered.
#[derive(Args, Debug)]
pub(super) struct EventArgs {
    /// The agent that asks: claude, codex, cursor, copilot, gemini
    pub(super) agent: Option<String>,
    /// What the agent calls the event, if the event does not say it
    #[arg(long, value_name = "NAME")]
    pub(super) event: Option<String>,
    /// Refuse what could not be checked, instead of letting it pass
    #[arg(long)]
    pub(super) fail_closed: bool,
}

/// What to do with the settings of an agent.
#[derive(Debug, Subcommand)]
pub(super) enum AgentHookCommand {
    /// Add hfscan to an agent's hooks; what else is in its settings stays
    Install {
        #[command(flatten)]
        place: PlaceArgs,
        /// Have the hook refuse what could not be checked, instead of letting it pass
        #[arg(long)]
        fail_closed: bool,
    },
    /// Take hfscan out of an agent's hooks
    Uninstall {
        #[command(flatten)]
        place: PlaceArgs,
    },
}

/// Whose settings.
#[derive(Args, Debug)]
pub(super) struct PlaceArgs {
    /// The agent: claude, codex, cursor, copilot, gemini
    pub(super) agent: String,
    /// In the settings of this project, which others share: the default
    #[arg(long, conflicts_with = "user")]
    pub(super) project: bool,
    /// In your own settings, for all projects
    #[arg(long)]
    pub(super) user: bool,
}

/// Where to look, and what to do.
#[derive(Args, Debug)]
pub(super) struct AgentsArgs {
    /// Projects to look into beside the home folder [default: .]
    pub(super) projects: Vec<PathBuf>,
    /// Replace every credential in these files by a mark, in place
    #[arg(long)]
    pub(super) redact: bool,
    /// List the files, and scan none
    #[arg(long, conflicts_with = "redact")]
    pub(super) list: bool,
    /// Write the report in this format
    #[arg(
        short = 'f',
        long,
        visible_alias = "format",
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub(super) output_format: OutputFormat,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = When::Auto)]
    pub(super) color: When,
    /// Leave out the summary
    #[arg(short, long)]
    pub(super) quiet: bool,
}
