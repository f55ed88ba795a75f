//! Jupyter notebooks: the sources of their cells. The code cells of Python share one set of names.
//! Outputs give no facts.

use crate::span::Span;
use crate::syntax::data::json;
use crate::syntax::data::tree::{NodeId, Tree};
use crate::syntax::fact_sink::FactSink;
use crate::syntax::mapped_text::MappedText;
use crate::syntax::program::python::{self, Section};
use crate::syntax::{Format, Place};

/// Lowers the cells of a notebook.
pub(crate) fn lower(text: &MappedText, sink: &mut FactSink) {
    let (tree, is_whole) = json::parse(text);
    if !is_whole {
        sink.mark_errors();
    }
    let notebook = Notebook { text, tree };
    let Some(root) = notebook.tree.root() else {
        return;
    };
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
        match kind.and_then(|kind| notebook.string(kind)) {
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
    /// The language of the code cells: Python, if nothing else is said.
    fn language(&self, root: NodeId) -> Option<Format> {
        let metadata = self.member(root, "metadata");
        let said = |holder: &str, name: &str| {
            let holder = self.member(metadata?, holder)?;
            self.string(self.member(holder, name)?)
        };
        let name = said("kernelspec", "language").or_else(|| said("language_info", "name"));
        match name {
            Some(name) => Format::of_language(name),
            None => Some(Format::Python),
        }
    }

    fn cells(&self, root: NodeId) -> Vec<NodeId> {
        let holder = match self.member(root, "worksheets") {
            Some(sheets) => self.tree.children(sheets).first().copied(),
            None => Some(root),
        };
        let cells = holder.and_then(|holder| self.member(holder, "cells"));
        cells.map_or_else(Vec::new, |cells| self.tree.children(cells).to_vec())
    }

    /// A member of an object.
    fn member(&self, object: NodeId, name: &str) -> Option<NodeId> {
        self.tree.entry(object, &[name])
    }

    fn string(&self, node: NodeId) -> Option<&str> {
        self.text(node)?;
        self.tree.str(node, self.text)
    }

    /// The text of a string, which has quotes, unlike a number.
    fn text(&self, node: NodeId) -> Option<(&MappedText, Span)> {
        let (text, span) = self.tree.text(node, self.text)?;
        let whole = &self.tree.node(node)?.span;
        (!std::ptr::eq(text, self.text) || span != *whole).then_some((text, span))
    }

    /// Appends a string, or a list of strings that are its lines.
    fn write(&self, node: NodeId, into: &mut MappedText) {
        let lines = match self.text(node) {
            Some(_) => std::slice::from_ref(&node),
            None => self.tree.children(node),
        };
        for (text, span) in lines.iter().filter_map(|line| self.text(*line)) {
            into.push_from(text, span);
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
        "{\"cells\": [",
        "{\"cell_type\": \"code\", \"source\": [",
        "\"login('a')\\n\", ",
        "\"%%bash\\n\", ",
        "\"metadata\": {\"kernelspec\": {\"language\": \"python\"}}",
    ];
}
