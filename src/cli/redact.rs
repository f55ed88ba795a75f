//! `hfscan redact`: logs without their credentials.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::args::RedactArgs;
use super::exit::{Exit, Failure, safe};
use super::in_place::{self, InPlaceError};
use crate::filter::{Filter, FilterError, Warnings};
use crate::input::Shown;
use crate::rule::{Load, RuleSet};
use crate::scan::Scanner;

/// What standard input is called.
const STDIN: &str = "<stdin>";

/// Copies what the arguments name to standard output, or rewrites it in its place.
pub(super) fn run(args: &RedactArgs) -> Result<Exit, Failure> {
    let stdin = PathBuf::from("-");
    let files: &[PathBuf] = match args.files.as_slice() {
        [] => std::slice::from_ref(&stdin),
        files => files,
    };
    if args.in_place {
        if files.contains(&stdin) {
            return Err(Failure::new(
                "--in-place needs files, and `-` is standard input",
            ));
        }
        in_place::clean_up_on_signals();
    }
    let scanner = scanner(args)?;
    let mut key = [0; 32];
    getrandom::fill(&mut key)
        .map_err(|error| Failure::new(format!("the system gives no random numbers: {error}")))?;
    let mut filter = Filter::new(&scanner, key);
    let mut failed = false;
    for file in files {
        let before = filter.redacted();
        let result = one(&mut filter, file, args);
        // A file is not replaced by less than all of it.
        let lost = args.in_place && filter.is_lost();
        let stays =
            lost || args.in_place && !matches!(result, Ok(()) | Err(InPlaceError::Overtaken));
        match result {
            Ok(()) if lost => {
                let message = "the copy would lack some of it; the file stays as it is";
                say_failed(file, message);
            }
            Ok(()) => {}
            // The reader of the copy has seen enough.
            Err(InPlaceError::Filter(FilterError::Write(error)))
                if error.kind() == io::ErrorKind::BrokenPipe =>
            {
                break;
            }
            Err(error) => {
                failed = true;
                say_failed(file, &reason(&error, args));
            }
        }
        let warnings = filter.warnings();
        failed |= !warnings.is_empty();
        warn(file, &warnings);
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

/// Finds all that a scan may find, whatever it would be ignored for.
fn scanner(args: &RedactArgs) -> Result<Scanner, Failure> {
    let set = RuleSet::load(&args.rules, Load::ForScan)?;
    let shown = Shown::relative_to(std::env::current_dir().ok());
    let scanner = Scanner::new(&set, SystemTime::now()).thorough();
    Ok(Scanner { shown, ..scanner })
}

/// Does with one file what was asked for.
fn one(filter: &mut Filter<'_>, file: &Path, args: &RedactArgs) -> Result<(), InPlaceError> {
    if args.in_place {
        return in_place::rewrite(filter, file);
    }
    let out = &mut io::stdout().lock();
    if file == Path::new("-") {
        return Ok(match args.check {
            true => filter.check(STDIN, io::stdin()),
            false => filter.copy(STDIN, io::stdin(), out),
        }?);
    }
    let name = file.to_string_lossy();
    let stream = File::open(file).map_err(FilterError::Open)?;
    Ok(match args.check {
        true => filter.check(&name, stream),
        // Other files than regular ones are read once.
        false if stream.metadata().is_ok_and(|meta| meta.is_file()) => {
            filter.copy_file(&name, &stream, out)
        }
        false => filter.copy(&name, stream, out),
    }?)
}

/// How a file is named in messages.
fn shown(file: &Path) -> String {
    match file.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => safe(&file.display().to_string()),
    }
}

fn say(file: &Path, count: u64, check: bool) {
    let what = match count {
        1 => "1 credential",
        _ => &format!("{count} credentials"),
    };
    let verb = if check { "to redact" } else { "redacted" };
    let _ = writeln!(anstream::stderr(), "{}: {what} {verb}", shown(file));
}

/// Why there is no copy of a file, or not of all of it.
fn reason(error: &InPlaceError, args: &RedactArgs) -> String {
    let rest = match error {
        InPlaceError::Overtaken => return error.to_string(),
        _ if args.in_place => "the file stays as it is",
        InPlaceError::Filter(FilterError::Read(_)) if args.check => {
            "what came before was looked at"
        }
        InPlaceError::Filter(FilterError::Read(_)) => "what came before was copied",
        InPlaceError::Filter(FilterError::Write(error)) => {
            return format!("the copy cannot be written: {error}");
        }
        _ => return error.to_string(),
    };
    format!("{error}; {rest}")
}

fn say_failed(file: &Path, reason: &str) {
    let message = format!("cannot redact {}: {reason}", shown(file));
    let _ = Failure::new(message).print(&mut anstream::stderr());
}

/// Says what could not be redacted.
fn warn(file: &Path, warnings: &Warnings) {
    let say = |what: &str| {
        let failure = Failure::new(format!("{}: {what}", shown(file)));
        let _ = failure.print(&mut anstream::stderr());
    };
    for line in warnings.lines() {
        say(line);
    }
    match warnings.more() {
        0 => {}
        more => say(&format!("and {more} more")),
    }
}
