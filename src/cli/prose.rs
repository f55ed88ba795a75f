//! Paragraphs and lists for a terminal.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

pub(super) const BOLD: Style = Style::new().bold();
const CODE: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Cyan)));

/// A space that no line is broken at.
const UNBROKEN: char = '\u{a0}';

/// A line whose commands stay in one piece, to be copied.
fn unbroken(line: &str) -> String {
    let pieces = line.split('`').enumerate().map(|(at, piece)| match at % 2 {
        1 => piece.replace(' ', &UNBROKEN.to_string()),
        _ => piece.to_owned(),
    });
    pieces.collect::<Vec<_>>().join("`")
}

/// Paragraphs and lists, wrapped, with `code` in colour.
pub(super) fn prose(markdown: &str, width: usize) -> String {
    let mut out = String::new();
    for line in markdown.lines() {
        let marker = line.find(". ").filter(|at| {
            let number = line.get(..*at).unwrap_or_default();
            !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
        });
        let indent = " ".repeat(marker.map_or(0, |at| at + 2));
        let options = textwrap::Options::new(width)
            .subsequent_indent(&indent)
            .break_words(false)
            // A command is to be copied.
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        for wrapped in textwrap::wrap(&unbroken(line), options) {
            out.push_str(&wrapped.replace(UNBROKEN, " "));
            out.push('\n');
        }
        if line.is_empty() {
            out.push('\n');
        }
    }
    let mut colored = String::new();
    for (at, piece) in out.split('`').enumerate() {
        if at % 2 == 1 {
            let _ = write!(colored, "{CODE}{piece}{CODE:#}");
        } else {
            colored.push_str(piece);
        }
    }
    // Blank lines between paragraphs, not two.
    while colored.contains("\n\n\n") {
        colored = colored.replace("\n\n\n", "\n\n");
    }
    colored
}
