//! Which cell of a Jupyter notebook a byte lies in.
//!
//! The bytes of a notebook are scanned as they are, so that every span is exact. Only a notebook
//! with a finding is parsed, by a parser that recovers from damage and is walked without recursion.

use tree_sitter::{Node, Parser, Tree};

use crate::finding::{Cell, CellPart};

/// A parsed notebook.
pub struct Notebook {
    tree: Tree,
}

impl Notebook {
    /// Parses a notebook; none if this is no JSON at all.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut parser = Parser::new();
        parser
            .set_language(&tree_sitter_json::LANGUAGE.into())
            .ok()?;
        let tree = parser.parse(bytes, None)?;
        Some(Self { tree })
    }

    /// The cell that holds the byte at `at`, and the part of it.
    #[must_use]
    pub fn cell(&self, bytes: &[u8], at: usize) -> Option<Cell> {
        let node = self.tree.root_node().descendant_for_byte_range(at, at)?;
        // The keys and list places on the way out, innermost first.
        let mut steps: Vec<Step> = Vec::new();
        let mut inner = node;
        while let Some(outer) = inner.parent() {
            match outer.kind() {
                "pair" if outer.child_by_field_name("value") == Some(inner) => {
                    steps.push(Step::Key(key(outer, bytes).unwrap_or_default()));
                }
                "array" => steps.push(Step::Place(place(outer, inner))),
                _ => {}
            }
            inner = outer;
        }
        steps.reverse();
        let [Step::Key(cells), Step::Place(number), Step::Key(part), ..] = steps.as_slice() else {
            return None;
        };
        if cells != "cells" {
            return None;
        }
        let part = match part.as_str() {
            "source" => CellPart::Source,
            "outputs" => CellPart::Output,
            "attachments" => CellPart::Attachment,
            _ => CellPart::Metadata,
        };
        Some(Cell {
            number: *number,
            part,
        })
    }
}

/// One step of the way from the root of a JSON document.
enum Step {
    Key(String),
    /// Counted from 1.
    Place(usize),
}

fn key(pair: Node<'_>, bytes: &[u8]) -> Option<String> {
    let key = pair.child_by_field_name("key")?;
    let text = bytes.get(key.byte_range())?;
    Some(String::from_utf8_lossy(text).trim_matches('"').to_owned())
}

fn place(array: Node<'_>, element: Node<'_>) -> usize {
    let mut cursor = array.walk();
    array
        .named_children(&mut cursor)
        .take_while(|node| node.start_byte() <= element.start_byte())
        .filter(|node| node.kind() != "comment")
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_and_their_parts() {
        let text = r#"{"metadata": {"m": "T0"}, "cells": [
            {"cell_type": "markdown", "source": "T1"},
            {"cell_type": "code", "metadata": {"a": "T2"}, "source": ["x\n", "\"T3\"\n"],
             "outputs": [{"data": {"text/plain": ["T4"]}}]}, {"attachments": {"f": "T5"}}"#;
        let notebook = Notebook::parse(text.as_bytes()).unwrap();
        let shown: Vec<String> = (0..6)
            .map(|n| {
                let at = text.find(&format!("T{n}")).unwrap();
                let cell = notebook.cell(text.as_bytes(), at);
                cell.map_or("-".to_owned(), |cell| cell.to_string())
            })
            .collect();
        // The end of the text is missing: the parser recovers.
        assert_eq!(
            shown,
            [
                "-",
                "source of cell 1",
                "metadata of cell 2",
                "source of cell 2",
                "output of cell 2",
                "attachment of cell 3"
            ]
        );
    }

    #[test]
    fn depth_costs_no_stack() {
        let text = "[".repeat(200_000);
        let notebook = Notebook::parse(text.as_bytes()).unwrap();
        assert_eq!(notebook.cell(text.as_bytes(), 199_999), None);
    }
}
