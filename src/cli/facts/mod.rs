//! `hfscan rules facts`: what rules see in a file.

mod places;
mod summary;

use std::fmt::Write as _;
use std::path::Path;

use super::exit::{Exit, Failure, masker, safe};
use super::print;
use crate::engine::kind_names;
use crate::regular;
use crate::rule::RuleSet;
use crate::source::Origin;
use crate::syntax::{Asked, Coverage, Document, FactKind, Format, Import, Place, lower};
use places::{Lines, Places};
use summary::Summary;

/// Prints the facts of a file: where each stands, what it says, and below it where its parts stand.
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
    let set = RuleSet::built_in()?;
    let all = Asked::all();
    let document = lower(format, &bytes, set.models(), all);
    let mask = masker();
    let page = Page {
        document: &document,
        lines: Lines::new(&bytes),
        mask: &mask,
    };
    // A credential that no single part holds is masked in the whole.
    let origin = Origin::file(name.into_owned());
    let kinds = kind_names(&origin, &bytes, &document, set.models());
    print(&mask(&page.show(format, &kinds)))
}

/// The facts of a document as text.
struct Page<'a> {
    document: &'a Document,
    lines: Lines<'a>,
    /// Takes credentials out of a text.
    mask: &'a dyn Fn(&str) -> String,
}

impl Page<'_> {
    fn show(&self, format: Format, kinds: &[String]) -> String {
        let mut out = format!("format: {}\n", name(format));
        if !kinds.is_empty() {
            let _ = writeln!(out, "kinds: {}", kinds.join(", "));
        }
        for import in &self.document.imports {
            let _ = writeln!(out, "import {}", self.import(import));
        }
        self.facts(format, &mut out);
        if self.document.coverage != Coverage::Whole {
            out.push_str("\nerrors: a part of the file could not be parsed\n");
        }
        out
    }

    fn facts(&self, format: Format, out: &mut String) {
        let root = [Place::Document(format)];
        let mut place = root.as_slice();
        for (number, fact) in self.document.facts.iter().enumerate() {
            if number == 0 || fact.place != place {
                out.push('\n');
            }
            if fact.place != place {
                place = &fact.place;
                let _ = writeln!(out, "in {}", self.heading(place));
            }
            let mut summary = Summary::new(self.mask);
            summary.fact(&fact.kind);
            let mut places = Places::new(&self.lines);
            places.fact(&fact.kind);
            if let Some(from) = self.piped_from(&fact.kind) {
                places.source(from);
            }
            let span = self.lines.span(&fact.span);
            let _ = writeln!(out, "{span} {}\n    {}", summary.text(), places.text());
        }
    }

    /// The bytes of the command whose output a command reads.
    fn piped_from(&self, kind: &FactKind) -> Option<&crate::span::Span> {
        let FactKind::Command(command) = kind else {
            return None;
        };
        let from = self.document.facts.get(command.piped_from?)?;
        Some(&from.span)
    }

    fn import(&self, import: &Import) -> String {
        let mut summary = Summary::new(self.mask);
        summary.name(&import.name);
        if import.name != import.target {
            summary.plain(" = ");
            summary.name(&import.target);
        }
        summary.text()
    }

    /// Where in the file's structure facts stand: what is within the file, or the file itself.
    fn heading(&self, place: &[Place]) -> String {
        let within = if place.len() > 1 { 1 } else { 0 };
        let parts = place.iter().skip(within).map(|part| {
            let mut summary = Summary::new(self.mask);
            match part {
                Place::Document(format) => summary.plain(&name(*format)),
                Place::Instruction(instruction) => summary.name(instruction),
                Place::Key(key) => summary.name(key),
                Place::Cell(number) => summary.plain(&format!("cell {number}")),
                Place::Fence(language) if language.is_empty() => summary.plain("fence"),
                Place::Fence(language) => {
                    summary.plain("fence ");
                    summary.name(language);
                }
                Place::Embedded => summary.plain("embedded"),
            }
            summary.text()
        });
        parts.collect::<Vec<_>>().join(" / ")
    }
}

/// The name of a format, such as `jsonlines`.
fn name(format: Format) -> String {
    format!("{format:?}").to_lowercase()
}
