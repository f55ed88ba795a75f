//! `hfscan rules facts`: what rules see in a file.

use std::fmt::Write as _;
use std::path::Path;

use super::exit::{Exit, Failure, masked, safe};
use super::print;
use crate::redact::printable;
use crate::regular;
use crate::syntax::{Format, kinds, lower};

/// Prints the facts of a file, one a line, with the line that each begins on and where it stands.
pub(super) fn run(file: &Path) -> Result<Exit, Failure> {
    let name = file.to_string_lossy();
    let bytes = regular::read(file, regular::TEXT)
        .map_err(|error| Failure::new(format!("cannot read {}: {error}", safe(&name))))?;
    let Some(format) = Format::detect(&name, &bytes) else {
        return Err(Failure::new(format!(
            "{} is of no format that has settings, calls or commands",
            safe(&name)
        )));
    };
    let document = lower(format, &bytes);
    let mut out = String::new();
    let _ = writeln!(out, "{format:?}, {:?}", kinds(&name, &bytes, &document));
    for fact in &document.facts {
        let before = bytes.get(..fact.span.start).unwrap_or_default();
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        let place: Vec<String> = fact.place.iter().skip(1).map(ToString::to_string).collect();
        let _ = writeln!(
            out,
            "{line}: {} {}",
            place.join(" / "),
            printable(&fact.to_string())
        );
    }
    if document.has_errors {
        out.push_str("(a part of the file could not be parsed)\n");
    }
    print(&masked(&out))
}
