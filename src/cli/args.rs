//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::agent_args::{AgentHookArgs, AgentsArgs};
pub(super) use super::fail_on::FailOnArg;
pub(super) use super::format::OutputFormat;
use super::git::GitArgs;
use super::network::NetworkArgs;
use super::revoke::RevokeArgs;
use super::upload_args::UploadArgs;
use super::verify::VerifyArgs;
use super::when::When;
use crate::finding::{Confidence, Severity};

/// Finds Hugging Face tokens, and the mistakes that leak them, in repositories and logs.
#[derive(Debug, Parser)]
#[command(
    name = "hfscan",
    version,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    after_help = "Exit codes: 0 nothing to report; 1 findings; 2 the scan could not do all that was \
                  asked.\nA folder that has the name of a command is scanned as ./NAME."
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) scan: ScanArgs,
}

/// Commands beside the scan.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Copy logs with every credential replaced by a mark, which is the same for the same credential
    Redact(RedactArgs),
    /// List the rules, or run the examples of rules
    Rules {
        #[command(subcommand)]
        command: Option<RulesCommand>,
        /// Write the whole catalogue as Markdown
        #[arg(long)]
        markdown: bool,
        /// Write the right forms for credentials, as a skill for agents
        #[arg(long, conflicts_with = "markdown")]
        skill: bool,
    },
    /// Write a baseline of what is found today, so that --baseline reports only what is new
    Baseline(Box<BaselineArgs>),
    /// Say why a rule matters, and how to fix what it finds
    Explain {
        /// The rule's id
        rule: String,
        /// Say what to do after a leak
        #[arg(long)]
        incident: bool,
        /// Where it was: history, log, public, image, dataset, notebook [default: all]
        #[arg(
            long,
            value_name = "PLACE",
            value_delimiter = ',',
            requires = "incident"
        )]
        found_in: Vec<String>,
        /// When to use colours
        #[arg(long, value_enum, default_value_t = When::Auto)]
        color: When,
    },
    /// Ask the Hub whether credentials are live, and what they open
    ///
    /// Exit codes: 0 none is live; 1 some are; 2 of some it is not known.
    Verify(VerifyArgs),
    /// Have credentials revoked, and look whether they are dead
    ///
    /// Exit codes: 0 all are dead; 1 some are left; 2 something went wrong or is not known.
    Revoke(RevokeArgs),
    /// Scan what `hf upload` would send of a folder, before it does
    UploadCheck(Box<UploadArgs>),
    /// Install Git hooks that stop commits and pushes with credentials
    Hook {
        #[command(subcommand)]
        command: HookCommand,
    },
    /// Check what an agent that writes code is about to do; hooks of agents run this
    ///
    /// The event is read from standard input, and answered on standard output, as the agent's documentation has it.
    AgentHook(AgentHookArgs),
    /// Look for credentials in what agents, shells and trackers wrote down on this machine
    Agents(AgentsArgs),
    /// Serve an editor: diagnostics, fixes and explanations in the Language Server Protocol
    #[cfg(feature = "lsp")]
    Lsp {
        /// Speak on standard input and output, which it does in any case
        #[arg(long)]
        stdio: bool,
    },
    /// Serve a model: tools to scan, redact and explain, in the Model Context Protocol on standard input and output
    #[cfg(feature = "mcp")]
    Mcp,
    /// Print the JSON schema of the configuration file
    Schema,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// What to redact, and where to.
#[derive(Args, Debug)]
pub(super) struct RedactArgs {
    /// Files to copy to standard output; `-` is standard input [default: -]
    pub(super) files: Vec<PathBuf>,
    /// Write each copy over its file
    #[arg(long, conflicts_with = "check")]
    pub(super) in_place: bool,
    /// Write nothing, and exit with 1 if anything would be redacted
    #[arg(long)]
    pub(super) check: bool,
    /// Add the rules in this folder
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
    /// Do not say how much was redacted
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// List the rules
    List,
    /// Run the examples of the rules in a folder, or of the built-in rules
    Test {
        /// The folder with rules
        folder: Option<PathBuf>,
    },
    /// Print what rules see in a file: its settings, calls and commands
    ///
    /// Each fact has its place, as line:column and, behind a dash, where it ends. The line below it has
    /// the places of its parts, in the same order. A command begins with `$`, or with `|` if it reads what
    /// another one writes.
    Facts {
        /// The file
        file: PathBuf,
    },
}

/// What to scan, and how to report it.
#[derive(Args, Debug)]
pub(super) struct ScanArgs {
    /// Files and folders to scan; `-` is standard input [default: .]
    pub(super) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) git: GitArgs,

    /// Write the report in this format
    #[arg(
        short = 'f',
        long,
        visible_alias = "format",
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(super) output_format: OutputFormat,
    /// Write the report to this file
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(super) output_file: Option<PathBuf>,
    /// Add a table of what was scanned and found
    #[arg(long, help_heading = "Output")]
    pub(super) statistics: bool,
    /// Print secrets whole (text and json formats only)
    #[arg(long, help_heading = "Output")]
    pub(super) show_secrets: bool,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = When::Auto, help_heading = "Output")]
    pub(super) color: When,
    /// When to show progress
    #[arg(long, value_enum, default_value_t = When::Auto, help_heading = "Output")]
    pub(super) progress: When,
    /// Leave out the summary
    #[arg(short, long, help_heading = "Output")]
    pub(super) quiet: bool,
    /// Say on standard error what configuration and rules are used, and what was passed over
    #[arg(short, long, action = clap::ArgAction::Count, help_heading = "Output")]
    pub(super) verbose: u8,

    /// Look only for these rules or families
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "RULE",
        help_heading = "Rules"
    )]
    pub(super) select: Vec<String>,
    /// Do not look for these rules or families
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "RULE",
        help_heading = "Rules"
    )]
    pub(super) ignore: Vec<String>,
    /// Add the rules in this folder
    #[arg(long, value_name = "DIR", help_heading = "Rules")]
    pub(super) rules: Vec<PathBuf>,
    /// Report nothing below this severity [default: note]
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "Rules")]
    pub(super) min_severity: Option<SeverityArg>,
    /// Report nothing below this confidence [default: medium]
    #[arg(long, value_enum, value_name = "CONFIDENCE", help_heading = "Rules")]
    pub(super) min_confidence: Option<ConfidenceArg>,
    /// Exit with 1 for findings of this severity and above [default: warning]
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "Rules")]
    pub(super) fail_on: Option<FailOnArg>,
    /// Exit with 0 even if there are findings
    #[arg(long, help_heading = "Rules")]
    pub(super) exit_zero: bool,

    /// Exit with 2 if anything was passed over: what is packed and not opened, what could not be parsed
    /// in full, special files, links that lead out of what is scanned
    #[arg(long, help_heading = "Rules")]
    pub(super) strict: bool,

    /// Mend what can be mended without changing what the program does
    #[arg(long, help_heading = "Fixes")]
    pub(super) fix: bool,
    /// Mend also what may change what the program does, or needs something to be done first, such as
    /// revoking a token
    #[arg(long, help_heading = "Fixes")]
    pub(super) unsafe_fixes: bool,
    /// Print what --fix would change as a diff, and write nothing; exit with 1 if there is anything
    #[arg(long, conflicts_with = "fix", help_heading = "Fixes")]
    pub(super) diff: bool,

    /// Ask the Hub of each token found whether it is live and what it opens. Tokens are sent to it, and
    /// nowhere else
    #[arg(long, help_heading = "Verification")]
    pub(super) verify: bool,
    /// Ask the same, and report live tokens alone, and those that nothing could be learned of
    #[arg(long, help_heading = "Verification")]
    pub(super) only_verified: bool,
    #[command(flatten)]
    pub(super) network: NetworkArgs,

    /// Report only what this baseline does not hold
    #[arg(long, value_name = "FILE", help_heading = "Files")]
    pub(super) baseline: Option<PathBuf>,
    /// Report also what the configuration's baseline holds
    #[arg(long, conflicts_with = "baseline", help_heading = "Files")]
    pub(super) no_baseline: bool,
    /// Read this configuration file instead of looking for one
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "isolated",
        help_heading = "Files"
    )]
    pub(super) config: Option<PathBuf>,
    /// Read no configuration file, no baseline that one names, and no .gitignore: for pull requests
    /// that are not trusted
    #[arg(long, help_heading = "Files")]
    pub(super) isolated: bool,
    /// Report what comments in the scanned files hide
    #[arg(long, help_heading = "Files")]
    pub(super) ignore_suppressions: bool,
    /// Also scan what .gitignore leaves out
    #[arg(long, help_heading = "Files")]
    pub(super) no_ignore: bool,
    /// Leave out files and folders that this pattern names, in the form of a .gitignore line
    #[arg(long, value_name = "PATTERN", help_heading = "Files")]
    pub(super) exclude: Vec<String>,
    /// Treat standard input as a file of this name
    #[arg(
        long,
        value_name = "NAME",
        default_value = "<stdin>",
        help_heading = "Files"
    )]
    pub(super) stdin_filename: String,
    /// Use this many threads [default: one a processor]
    #[arg(short = 'j', long, value_name = "N", help_heading = "Files")]
    pub(super) threads: Option<usize>,
}

/// The arguments of a scan and nothing else.
#[derive(Debug, Parser)]
struct Plain {
    #[command(flatten)]
    scan: ScanArgs,
}

impl ScanArgs {
    /// Those of a scan without arguments.
    pub(super) fn plain() -> Self {
        Plain::parse_from([""]).scan
    }

    /// Those of a scan with these.
    #[cfg(feature = "lsp")]
    pub(super) fn with(options: &[String]) -> Result<Self, clap::Error> {
        let name = std::iter::once("");
        let all = name.chain(options.iter().map(String::as_str));
        Ok(Plain::try_parse_from(all)?.scan)
    }

    /// Whether tokens are to be asked about.
    pub(super) fn verifies(&self) -> bool {
        self.verify || self.only_verified
    }
}

/// Severities, as they are named on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SeverityArg {
    /// Hygiene
    Note,
    /// Leaks under ordinary conditions
    Warning,
    /// A credential is exposed
    Error,
}

impl From<SeverityArg> for Severity {
    fn from(severity: SeverityArg) -> Self {
        match severity {
            SeverityArg::Note => Self::Note,
            SeverityArg::Warning => Self::Warning,
            SeverityArg::Error => Self::Error,
        }
    }
}

/// Confidences, as they are named on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ConfidenceArg {
    /// Hints
    Low,
    /// Probably right
    Medium,
    /// Almost certainly right
    High,
}

impl From<ConfidenceArg> for Confidence {
    fn from(confidence: ConfidenceArg) -> Self {
        match confidence {
            ConfidenceArg::Low => Self::Low,
            ConfidenceArg::Medium => Self::Medium,
            ConfidenceArg::High => Self::High,
        }
    }
}

/// How to write a baseline. What is scanned, and how, is said as for a scan.
#[derive(Args, Debug)]
pub(super) struct BaselineArgs {
    /// Only take out what is found no more; add nothing
    #[arg(long)]
    pub(super) prune: bool,
    /// Why the new findings are accepted
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(super) reason: String,
    #[command(flatten)]
    pub(super) scan: ScanArgs,
}

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
        /// Options of the scan, and files that pre-commit names
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<OsString>,
    },
}

/// Stages, as they are named on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum StageArg {
    /// Scan what is staged, or what pre-commit names
    #[value(name = "pre-commit")]
    Commit,
    /// Scan what is pushed
    #[value(name = "pre-push")]
    Push,
    /// Scan what a repository is to take from a push
    #[value(name = "pre-receive")]
    Receive,
}
