//! `hfscan lsp`: serving an editor.

use std::path::Path;
use std::time::SystemTime;

use super::args::ScanArgs;
use super::exit::{Exit, Failure, safe};
use super::setup;
use crate::config::ConfigFile;
use crate::lsp;

/// Serves until the editor ends the session.
pub(super) fn run() -> Result<Exit, Failure> {
    let discover =
        |folder: &Path| setup::discover(folder).map_err(|error| safe(&error.to_string()));
    let open = |options: &[String], config: ConfigFile| {
        let args = ScanArgs::with(options).map_err(|error| safe(&error.to_string()))?;
        let config = match (args.isolated, &args.config) {
            (true, _) => Ok(ConfigFile::default()),
            (false, Some(path)) => ConfigFile::read(path),
            (false, None) => Ok(config),
        };
        let config = config.map_err(|error| safe(&error.to_string()))?;
        let project = setup::project(&args, &config, SystemTime::now());
        project.map_err(|failure| safe(&failure.to_string()))
    };
    lsp::serve(&discover, &open).map_err(Failure::new)?;
    Ok(Exit::Clean)
}
