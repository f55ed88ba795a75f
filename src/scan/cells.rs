//! Which cell of a Jupyter notebook a byte lies in.
//!
//! The bytes of a notebook are scanned as they are, so that every span is exact. One pass over the
//! brackets and strings of a notebook with findings tells where its cells and their parts are. It
//! needs no sound JSON, and its time does not depend on how deep that is nested.

use crate::finding::{Cell, CellPart};
use crate::span::Span;

/// The cells of a notebook.
pub(super) struct Cells {
    /// The values of the members of its cells, in order.
    parts: Vec<(Span, Cell)>,
}

impl Cells {
    /// Looks for the cells in a notebook.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut reader = Reader {
            depth: 0,
            key: &[],
            root_key: &[],
            number: None,
            part: None,
            parts: Vec::new(),
        };
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            if *byte == b'"' {
                let end = string_end(bytes, at + 1);
                reader.key = bytes.get(at + 1..end).unwrap_or_default();
                at = end;
            } else {
                reader.mark(*byte, at);
            }
            at += 1;
        }
        reader.close(bytes.len());
        Self {
            parts: reader.parts,
        }
    }

    /// The cell that holds the byte at `at`, and the part of it.
    pub(super) fn cell(&self, at: usize) -> Option<Cell> {
        let after = self.parts.partition_point(|(span, _)| span.start <= at);
        let (span, cell) = self.parts.get(after.checked_sub(1)?)?;
        span.contains(&at).then(|| cell.clone())
    }
}

/// Where a string ends: at its closing quote, or with the text.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        match memchr::memchr2(b'"', b'\\', rest) {
            Some(found) if rest.get(found) == Some(&b'\\') => at += found + 2,
            Some(found) => return at + found,
            None => return bytes.len(),
        }
    }
}

/// The members of the root, its cells, and the members of a cell lie this deep.
const ROOT: usize = 1;
const LIST: usize = 2;
const CELL: usize = 3;

struct Reader<'b> {
    /// How many brackets are open.
    depth: usize,
    /// The last string.
    key: &'b [u8],
    /// The key of the present member of the root.
    root_key: &'b [u8],
    /// The number of the present cell, from 1, while in the list of cells.
    number: Option<usize>,
    /// Where the value of the present member of a cell begins, and what it is.
    part: Option<(usize, CellPart)>,
    parts: Vec<(Span, Cell)>,
}

impl Reader<'_> {
    fn mark(&mut self, byte: u8, at: usize) {
        match byte {
            b':' if self.depth == ROOT => self.root_key = self.key,
            b':' if self.depth == CELL && self.number.is_some() => {
                self.part.get_or_insert((at + 1, part(self.key)));
            }
            b'[' | b'{' => {
                if self.depth == ROOT {
                    self.number = (byte == b'[' && self.root_key == b"cells").then_some(1);
                }
                self.depth += 1;
            }
            b']' | b'}' => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth <= LIST {
                    self.close(at);
                }
            }
            b',' if self.depth == CELL => self.close(at),
            b',' if self.depth == LIST => self.number = self.number.map(|number| number + 1),
            _ => {}
        }
    }

    /// Ends the present member of a cell.
    fn close(&mut self, at: usize) {
        if let (Some((start, part)), Some(number)) = (self.part.take(), self.number) {
            self.parts.push((start..at, Cell { number, part }));
        }
    }
}

fn part(key: &[u8]) -> CellPart {
    match key {
        b"source" => CellPart::Source,
        b"outputs" => CellPart::Output,
        b"attachments" => CellPart::Attachment,
        _ => CellPart::Metadata,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_and_their_parts() {
        let text = r#"{"metadata": {"m": "T0", "cells": [{"a": "T1"}]}, "cells": [
            {"cell_type": "markdown", "source": "T2"}, "T3",
            {"cell_type": "code", "metadata": {"a": "T4]}\"\\"}, "source": ["x\n", "\"T5\"\n"],
             "outputs": [{"data": {"text/plain": ["T6"]}}]}, {"attachments": {"f": "T7"}}"#;
        let cells = Cells::of(text.as_bytes());
        let shown: Vec<String> = (0..8)
            .map(|n| {
                let at = text.find(&format!("T{n}")).unwrap();
                cells.cell(at).map_or("-".to_owned(), |c| c.to_string())
            })
            .collect();
        // The end of the text is missing.
        assert_eq!(
            shown,
            [
                "-",
                "-",
                "source of cell 1",
                "-",
                "metadata of cell 3",
                "source of cell 3",
                "output of cell 3",
                "attachment of cell 4"
            ]
        );
    }

    #[test]
    fn what_is_no_notebook_has_no_cells() {
        for text in [
            "",
            "\"",
            "\"\\",
            "]]}}",
            "cells",
            "{\"cells\": {\"a\": {\"b\": 1}}}",
        ] {
            assert_eq!(Cells::of(text.as_bytes()).cell(0), None);
        }
        let deep = "[".repeat(200_000);
        assert_eq!(Cells::of(deep.as_bytes()).cell(199_999), None);
    }
}
