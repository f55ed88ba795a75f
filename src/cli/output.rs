//! Where the report goes, and in what dress.

use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use anstream::{AutoStream, ColorChoice};

use super::exit::Failure;
use super::when::When;
use crate::report::{self, Format, Report, Style};

/// Writes a report to a file or to standard output.
///
/// A reader that closes standard output early has seen enough: that is no failure.
pub(super) fn write(
    format: Format,
    report: &Report,
    mut style: Style,
    color: When,
    file: Option<&Path>,
) -> Result<(), Failure> {
    if let Some(path) = file {
        style.color = color == When::Always;
        style.hyperlinks = false;
        return write_file(path, |out| report::write(format, report, style, out))
            .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())));
    }
    let stdout = io::stdout();
    let choice = match color {
        When::Always => ColorChoice::Always,
        When::Never => ColorChoice::Never,
        When::Auto => AutoStream::choice(&stdout),
    };
    style.color = choice != ColorChoice::Never;
    style.hyperlinks = style.color
        && stdout.is_terminal()
        && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout);
    // Formats for machines go out as they are; the text format may need help on old consoles.
    let result = if format == Format::Text {
        let mut out = AutoStream::new(stdout.lock(), choice);
        report::write(format, report, style, &mut out)
    } else {
        report::write(format, report, style, &mut stdout.lock())
    };
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write the report: {error}")))
        }
        _ => Ok(()),
    }
}

/// Whether a path names what takes bytes and keeps none: a device, a FIFO.
pub(super) fn is_stream(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|meta| !meta.is_file() && !meta.is_dir())
}

/// Writes a file whole or not at all: beside its place first, then renamed over it. What is no
/// regular file, such as `/dev/stderr`, is written to as it is.
pub(super) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    if is_stream(path) {
        return write(&mut std::fs::OpenOptions::new().write(true).open(path)?);
    }
    let folder = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    // As any new file, not as a secret one: other steps of a pipeline read it.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut beside = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    write(beside.as_file_mut())?;
    beside.as_file_mut().sync_all()?;
    beside.persist(path).map_err(|error| error.error)?;
    Ok(())
}
