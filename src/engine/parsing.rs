//! Which files are parsed for rules over facts, and how much of them.

use super::facts::{File, Seen};
use super::{Engine, Input, Matches, Parsing, Part};
use crate::source::Origin;
use crate::syntax::{Coverage, Format};

/// The largest file that is parsed, in bytes without comments. Larger ones are data, or made by programs.
const PARSED: usize = 1 << 20;

/// What begins a line of comment in some format.
const COMMENTS: [&[u8]; 3] = [b"#", b"//", b";"];

impl Engine {
    /// Parses a whole file, if it is worth it, and adds what rules over facts find in it.
    pub(super) fn scan_facts(
        &self,
        (input, format): (Input<'_>, Format),
        seen: &Seen,
        matches: &mut Matches,
    ) {
        let Input {
            text, origin, part, ..
        } = input;
        let file = File { origin, text };
        let patterns = self.facts.relevance().promising(text, seen, Some(format));
        if patterns.is_empty() {
            return;
        }
        if part != Part::Whole || is_too_large(text) {
            matches.parsing = match self.facts.is_configuration(file) {
                true => Parsing::TooLargeConfiguration,
                false => Parsing::TooLarge,
            };
            return;
        }
        let document = self.facts.document(format, text, &patterns);
        let tokens = self.found_tokens(&matches.hits);
        let (hits, runs) = self
            .facts
            .run(&patterns, &document, file, (&tokens, &self.shapes));
        matches.hits.extend(hits);
        matches.runs = runs;
        matches.parsing = match document.coverage {
            Coverage::Whole => Parsing::Done,
            Coverage::Damaged => Parsing::Partial,
            // Data may be of any depth and size, and most of it is nobody's configuration.
            Coverage::Limited if format.is_data() && !self.facts.is_configuration(file) => {
                Parsing::Partial
            }
            Coverage::Limited => Parsing::Limited,
        };
    }

    /// How many errors parsers meet in a file, and whether it exceeds a limit of theirs. It is parsed whether
    /// or not a rule asks for what it says.
    #[must_use]
    pub(crate) fn damage(&self, text: &[u8], origin: &Origin) -> (bool, usize) {
        let file = File { origin, text };
        let Some(format) = file.format() else {
            return (false, 0);
        };
        if is_too_large(text) {
            return (true, 0);
        }
        let document = self.facts.document(format, text, &[]);
        (document.coverage == Coverage::Limited, document.errors)
    }

    /// Whether a long file is to be scanned in one piece, so that it can be parsed: programs, scripts and
    /// configuration may be long for their comments alone, notebooks for their outputs. Data and what is made
    /// of programs are rarely anything else where they are long.
    #[must_use]
    pub(crate) fn needs_whole(&self, origin: &Origin, head: &[u8]) -> bool {
        let file = File { origin, text: head };
        match file.format() {
            None => false,
            Some(Format::JavaScript | Format::TypeScript | Format::Html) => false,
            Some(format) if format.is_data() => self.facts.is_configuration(file),
            Some(_) => true,
        }
    }
}

/// Whether a file is too large to be parsed. Comments and blank lines do not count: it takes no more to pad a
/// file with them than to write a word.
fn is_too_large(text: &[u8]) -> bool {
    if text.len() <= PARSED {
        return false;
    }
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let code = lines.filter(|line| !COMMENTS.iter().any(|comment| line.starts_with(comment)));
    code.filter(|line| !line.is_empty())
        .map(|line| line.len() + 1)
        .sum::<usize>()
        > PARSED
}
