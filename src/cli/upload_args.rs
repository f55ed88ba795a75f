//! The arguments of `hfscan upload-check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::fail_on::FailOnArg;
use super::format::OutputFormat;

/// What to look at.
#[derive(Args, Debug)]
pub(super) struct UploadArgs {
    /// The folder, or the one file, that is to be uploaded
    pub(super) folder: PathBuf,
    /// Only files that this pattern names, as for `hf upload`: `*.safetensors`, `data/*`
    #[arg(long, value_name = "PATTERN")]
    pub(super) include: Vec<String>,
    /// No files that this pattern names
    #[arg(long, value_name = "PATTERN")]
    pub(super) exclude: Vec<String>,
    /// What it is uploaded to. The client sends the same files to all
    #[arg(long, value_enum, value_name = "TYPE", default_value_t)]
    pub(super) repo_type: RepoType,
    /// Print the files that would be sent, and do not scan them
    #[arg(long)]
    pub(super) list: bool,
    /// Write the report in this format
    #[arg(short = 'f', long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) output_format: OutputFormat,
    /// Write the report to this file
    #[arg(short, long, value_name = "FILE")]
    pub(super) output_file: Option<PathBuf>,
    /// Exit with 1 for findings of this severity and above [default: warning]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(super) fail_on: Option<FailOnArg>,
    /// Read no configuration file and no baseline
    #[arg(long)]
    pub(super) isolated: bool,
    /// Leave out the summary
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// What the Hub keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum RepoType {
    #[default]
    Model,
    Dataset,
    Space,
}
