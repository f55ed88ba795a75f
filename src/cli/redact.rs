//! `hfscan redact`: logs without their credentials.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::args::RedactArgs;
use super::exit::{Exit, Failure, safe};
use crate::engine::Engine;
use crate::filter::{Filter, FilterError, Said};
use crate::rule::{Load, RuleSet};

/// Copies what the arguments name to standard output, or rewrites it in its place.
pub(super) fn run(args: &RedactArgs) -> Result<Exit, Failure> {
    let stdin = PathBuf::from("-");
    let files: &[PathBuf] = match args.files.as_slice() {
        [] => std::slice::from_ref(&stdin),
        files => files,
    };
    if args.in_place && files.contains(&stdin) {
        return Err(Failure::new(
            "--in-place needs files, and `-` is standard input",
        ));
    }
    let set = RuleSet::load(&args.rules, Load::ForScan)?;
    let engine = Engine::new(&set, vec![false; set.rules().len()], 0);
    let mut key = [0; 32];
    getrandom::fill(&mut key)
        .map_err(|error| Failure::new(format!("the system gives no random numbers: {error}")))?;
    let mut filter = Filter::new(&engine, key);
    let mut failed = false;
    for file in files {
        let before = filter.redacted();
        let result = if args.check {
            open(file).and_then(|stream| filter.check(stream))
        } else if args.in_place {
            rewrite(&mut filter, file)
        } else {
            copy(&mut filter, file, &mut io::stdout().lock())
        };
        // A file is not replaced by less than all of it.
        let stays = args.in_place && (result.is_err() || filter.is_lost());
        match result {
            Ok(()) if stays => say_stays(file),
            Ok(()) => {}
            // The reader of the copy has seen enough.
            Err(FilterError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => break,
            Err(error) => {
                failed = true;
                say_failed(file, &error, args);
            }
        }
        let said = filter.said();
        failed |= !said.is_empty();
        tell(file, &said);
        let count = if stays { 0 } else { filter.redacted() - before };
        if !args.quiet && (count > 0 || args.check) {
            say(file, count, args.check);
        }
    }
    Ok(if failed {
        Exit::Failed
    } else if args.check && filter.redacted() > 0 {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

fn say(file: &Path, count: u64, check: bool) {
    let name = match file.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => safe(&file.display().to_string()),
    };
    let what = match count {
        1 => "1 credential",
        _ => &format!("{count} credentials"),
    };
    let verb = if check { "to redact" } else { "redacted" };
    let _ = writeln!(anstream::stderr(), "{name}: {what} {verb}");
}

/// Says why there is no copy of a file, or not of all of it.
fn say_failed(file: &Path, error: &FilterError, args: &RedactArgs) {
    let name = file.display();
    let failure = match error {
        FilterError::Write(_) => format!("cannot write the copy of {name}: {error}"),
        FilterError::Read(_) => {
            let rest = if args.in_place {
                "the file stays as it is"
            } else if args.check {
                "what came before was looked at"
            } else {
                "what came before was copied"
            };
            format!("cannot redact {name}: {error}; {rest}")
        }
        _ => format!("cannot redact {name}: {error}"),
    };
    let _ = Failure::new(failure).print(&mut anstream::stderr());
}

/// Says that a file stays as it is.
fn say_stays(file: &Path) {
    let message = format!(
        "cannot redact {}: the copy would lack some of it; the file stays as it is",
        file.display()
    );
    let _ = Failure::new(message).print(&mut anstream::stderr());
}

/// Says what could not be redacted.
fn tell(file: &Path, said: &Said) {
    let say = |what: &str| {
        let failure = Failure::new(format!("{}: {what}", file.display()));
        let _ = failure.print(&mut anstream::stderr());
    };
    for line in said.lines() {
        say(line);
    }
    match said.more() {
        0 => {}
        more => say(&format!("and {more} more")),
    }
}

/// Opens what an argument names.
fn open(file: &Path) -> Result<Box<dyn io::Read + Send>, FilterError> {
    if file == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    let stream = File::open(file).map_err(FilterError::Open)?;
    Ok(Box::new(stream))
}

fn copy(filter: &mut Filter<'_>, file: &Path, out: &mut dyn io::Write) -> Result<(), FilterError> {
    filter.copy(open(file)?, out)
}

/// Writes the copy beside the file, and renames it over the file if anything was replaced and
/// nothing is missing. A link stays one, and the permissions stay.
fn rewrite(filter: &mut Filter<'_>, file: &Path) -> Result<(), FilterError> {
    let target = file.canonicalize().map_err(FilterError::Open)?;
    let before = filter.redacted();
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut beside = tempfile::NamedTempFile::new_in(folder).map_err(FilterError::Write)?;
    let mut out = io::BufWriter::new(beside.as_file_mut());
    copy(filter, &target, &mut out)?;
    out.flush().map_err(FilterError::Write)?;
    drop(out);
    if filter.redacted() == before || filter.is_lost() {
        return Ok(());
    }
    let permissions = target.metadata().map_err(FilterError::Read)?.permissions();
    beside
        .as_file()
        .set_permissions(permissions)
        .and_then(|()| beside.as_file().sync_all())
        .map_err(FilterError::Write)?;
    let persisted = beside.persist(&target).map_err(|error| error.error);
    persisted.map(drop).map_err(FilterError::Write)
}
