//! The formats of a report, as the command line names them.

use clap::ValueEnum;

use crate::report::Format;

/// Formats, as they are named on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputFormat {
    /// For a person at a terminal
    #[default]
    Text,
    /// One line a finding, for editors and grep
    Concise,
    /// One JSON object
    Json,
    /// One JSON finding a line
    Jsonl,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// GitLab secret detection report
    Gitlab,
    /// JUnit XML
    Junit,
    /// A page for the summary of a job
    Markdown,
}

impl From<OutputFormat> for Format {
    fn from(format: OutputFormat) -> Self {
        match format {
            OutputFormat::Text => Self::Text,
            OutputFormat::Concise => Self::Concise,
            OutputFormat::Json => Self::Json,
            OutputFormat::Jsonl => Self::Jsonl,
            OutputFormat::Sarif => Self::Sarif,
            OutputFormat::Github => Self::Github,
            OutputFormat::Gitlab => Self::Gitlab,
            OutputFormat::Junit => Self::Junit,
            OutputFormat::Markdown => Self::Markdown,
        }
    }
}
