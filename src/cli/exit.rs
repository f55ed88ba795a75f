//! What a run comes to.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};

use crate::engine::Engine;
use crate::redact::one_line;
use crate::rule::RuleSet;

/// The exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exit {
    /// Nothing to report.
    Clean = 0,
    /// Findings that fail the scan.
    Findings = 1,
    /// The scan could not do all that was asked.
    Failed = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a run could not do what was asked, and what to do about it.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    message: String,
    help: Option<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Failure {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What went wrong and what to do, in one text.
    #[cfg(feature = "mcp")]
    pub(super) fn told(&self) -> String {
        match &self.help {
            Some(help) => format!("{}: {help}", self.message),
            None => self.message.clone(),
        }
    }

    pub(super) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
        let cyan = Style::new().bold().fg_color(Some(AnsiColor::Cyan.into()));
        writeln!(out, "{red}error{red:#}: {}", safe(&self.message))?;
        if let Some(help) = &self.help {
            writeln!(out, "  {cyan}help{cyan:#}: {}", safe(help))?;
        }
        Ok(())
    }
}

/// A text without credentials, as paths, arguments and configurations may hold them, without what could
/// steer a terminal, and on one line: the name of a file may be several, one of them a workflow command.
pub(super) fn safe(text: &str) -> String {
    one_line(&masked(text))
}

/// A text without credentials.
pub(super) fn masked(text: &str) -> String {
    masker()(text)
}

/// What takes credentials out of texts, for those who have many.
pub(super) fn masker() -> impl Fn(&str) -> String {
    let set = RuleSet::built_in().ok();
    let engine = set.map(|set| Engine::new(&set, vec![false; set.rules().len()], 0));
    // A binary whose own rules are broken speaks of nothing but them.
    move |text| match &engine {
        Some(engine) => engine.mask(text).into_owned(),
        None => text.to_owned(),
    }
}

impl From<crate::tomlfile::TomlError> for Failure {
    fn from(error: crate::tomlfile::TomlError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<crate::rule::SelectionError> for Failure {
    fn from(error: crate::rule::SelectionError) -> Self {
        Self::new(error.to_string()).help("`hfscan rules` lists them all")
    }
}
