//! Jupyter notebooks: the sources of their cells. The code cells of Python share one set of names.
//! Outputs give no facts.

use crate::syntax::escape::{Escapes, unescape};
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::program::cst::{Id, Tree};
use crate::syntax::program::grammar;
use crate::syntax::program::python;
use crate::syntax::program::python::Section;
use crate::syntax::{Format, Place};

/// Lowers the cells of a notebook.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let mut tree = Tree::new(text.bytes().len());
    if !tree.parse(&grammar::JSON, text.bytes(), 0) {
        sink.mark_errors();
    }
    let notebook = Notebook { text, tree };
    let Some(root) = notebook.root() else { return };
    let format = notebook.language(root);
    let mut program = MappedText::default();
    let mut sections = Vec::new();
    for (place, cell) in notebook.cells(root).into_iter().enumerate() {
        let place = Place::Cell(place + 1);
        // The newest form has `source`; the one before had `input` in code cells.
        let source = notebook.member(cell, "source");
        let Some(source) = source.or_else(|| notebook.member(cell, "input")) else {
            continue;
        };
        let kind = notebook.member(cell, "cell_type");
        match kind.and_then(|kind| notebook.string(kind)).as_deref() {
            Some("code") if format == Some(Format::Python) => {
                let start = program.bytes().len();
                notebook.write(source, &mut program);
                let end = program.bytes().len();
                sections.push(Section {
                    span: start..end,
                    place: Some(place),
                });
                // Between two cells, so that they are no one line.
                let after = program.origin(end..end).end;
                program.push(b"\n", after..after);
            }
            Some(kind @ ("code" | "markdown")) => {
                let format = match kind {
                    "code" => format,
                    _ => Some(Format::Markdown),
                };
                if let Some(format) = format {
                    let mut inner = MappedText::default();
                    notebook.write(source, &mut inner);
                    sink.nested(place, format, &inner);
                }
            }
            _ => {}
        }
    }
    python::lower_sections(&program, &sections, sink);
}

struct Notebook<'t> {
    text: &'t MappedText,
    tree: Tree,
}

impl Notebook<'_> {
    fn root(&self) -> Option<Id> {
        let document = self.tree.only(0)?;
        self.tree
            .items(document)
            .find(|item| self.tree.kind(*item) == "object")
    }

    /// The language of the code cells: Python, if nothing else is said.
    fn language(&self, root: Id) -> Option<Format> {
        let metadata = self.member(root, "metadata");
        let said = |holder: &str, name: &str| {
            let holder = self.member(metadata?, holder)?;
            self.string(self.member(holder, name)?)
        };
        let name = said("kernelspec", "language").or_else(|| said("language_info", "name"));
        match name {
            Some(name) => Format::of_language(&name),
            None => Some(Format::Python),
        }
    }

    fn cells(&self, root: Id) -> Vec<Id> {
        let holder = match self.member(root, "worksheets") {
            Some(sheets) => self.tree.only(sheets),
            None => Some(root),
        };
        let cells = holder.and_then(|holder| self.member(holder, "cells"));
        cells.map_or_else(Vec::new, |cells| self.tree.items(cells).collect())
    }

    /// A member of an object.
    fn member(&self, object: Id, name: &str) -> Option<Id> {
        let pairs = self.tree.items(object);
        let found = pairs.into_iter().find(|pair| {
            let key = self.tree.field(*pair, "key");
            key.and_then(|key| self.string(key)).as_deref() == Some(name)
        });
        self.tree.field(found?, "value")
    }

    fn string(&self, node: Id) -> Option<String> {
        if self.tree.kind(node) != "string" {
            return None;
        }
        let mut text = MappedText::default();
        self.write(node, &mut text);
        Some(String::from_utf8_lossy(text.bytes()).into_owned())
    }

    /// Appends a string, or a list of strings that are its lines.
    fn write(&self, node: Id, into: &mut MappedText) {
        match self.tree.kind(node) {
            "string" => {
                let span = self.tree.span(node);
                let inner = span.start + 1..span.end.saturating_sub(1).max(span.start + 1);
                unescape(self.text, inner, Escapes::JavaScript, into);
            }
            "array" => {
                for line in self.tree.items(node) {
                    if self.tree.kind(line) == "string" {
                        self.write(line, into);
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::syntax::Format;
    use crate::syntax::testing::{bears, checked};

    #[test]
    fn hostile_notebooks_are_borne() {
        bears(Format::Notebook, 100_000, PIECES);
        let open = "[".repeat(50_000);
        for text in [
            format!("{{\"cells\": [{{\"cell_type\": \"code\", \"source\": {open}"),
            format!(
                "{{\"cells\": {}",
                r#"{"cell_type": "code", "source": "f("},"#.repeat(3_000)
            ),
        ] {
            checked(Format::Notebook, text.as_bytes());
        }
    }

    const PIECES: &[&str] = &[
        "[",
        "]",
        "{",
        "}",
        "\"",
        ",",
        ":",
        "\\",
        "\n",
        "{\"cells\": [",
        "{\"cell_type\": \"code\", \"source\": [",
        "\"login('a')\\n\", ",
        "\"%%bash\\n\", ",
        "\"metadata\": {\"kernelspec\": {\"language\": \"python\"}}",
    ];
}
