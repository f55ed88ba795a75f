//! A notebook, whose cells are documents of their own: it is scanned as the file that it would be, so that a name of
//! one cell is known in the next, and what is found is told of the cells.

use std::collections::BTreeMap;

use lsp_types::{NotebookCellKind, Uri};

use super::document::Document;
use crate::span::Span;

/// A notebook that an editor has open.
#[derive(Clone, Debug)]
pub(super) struct Notebook {
    pub(super) cells: Vec<(NotebookCellKind, Uri)>,
}

/// The file that a notebook would be.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) json: String,
    /// Where the source of each cell stands in it.
    cells: Vec<Span>,
}

impl Notebook {
    /// The file that it would be with these texts in its cells.
    pub(super) fn file(&self, documents: &BTreeMap<String, Document>) -> File {
        let mut file = File::default();
        let language = self.language(documents);
        file.json
            .push_str("{\"metadata\": {\"language_info\": {\"name\": ");
        file.json.push_str(&quoted(&language));
        file.json
            .push_str("}}, \"nbformat\": 4, \"nbformat_minor\": 5, \"cells\": [");
        for (number, (kind, uri)) in self.cells.iter().enumerate() {
            let kind = match kind {
                NotebookCellKind::Markup => "markdown",
                NotebookCellKind::Code => "code",
            };
            let comma = if number > 0 { ",\n" } else { "\n" };
            file.json.push_str(comma);
            file.json.push_str("{\"cell_type\": \"");
            file.json.push_str(kind);
            file.json
                .push_str("\", \"metadata\": {}, \"outputs\": [], \"source\": ");
            let text = documents
                .get(uri.as_str())
                .map_or("", |document| &document.text);
            let start = file.json.len() + 1;
            file.json.push_str(&quoted(text));
            file.cells.push(start..file.json.len() - 1);
            file.json.push('}');
        }
        file.json.push_str("\n]}\n");
        file
    }

    fn language(&self, documents: &BTreeMap<String, Document>) -> String {
        let code = self
            .cells
            .iter()
            .find(|(kind, _)| *kind == NotebookCellKind::Code);
        let document = code.and_then(|(_, uri)| documents.get(uri.as_str()));
        document.map_or_else(|| "python".to_owned(), |document| document.language.clone())
    }
}

impl File {
    /// The cell that holds some bytes of the file, and the bytes of its text that they stand for.
    pub(super) fn cell(&self, span: &Span) -> Option<(usize, Span)> {
        let at = self
            .cells
            .iter()
            .position(|cell| cell.start <= span.start && span.start <= cell.end)?;
        let cell = self.cells.get(at)?;
        let source = self.json.get(cell.clone())?;
        let plain = |byte: usize| unescaped(source, byte.saturating_sub(cell.start));
        Some((at, plain(span.start)..plain(span.end.min(cell.end))))
    }
}

/// A text as JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// How many bytes of a text stand before a byte of what it is in JSON.
fn unescaped(source: &str, byte: usize) -> usize {
    let mut plain = 0;
    let mut chars = source.char_indices();
    while let Some((at, c)) = chars.next() {
        if at >= byte {
            break;
        }
        plain += match (c, chars.as_str().as_bytes().first()) {
            ('\\', Some(b'u')) => {
                // Control characters alone are written so, and each is one byte.
                chars.nth(4);
                1
            }
            ('\\', _) => {
                chars.next();
                1
            }
            _ => c.len_utf8(),
        };
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_the_file_lead_to_cells() {
        let uris: Vec<Uri> = ["a:1", "a:2"]
            .iter()
            .map(|uri| uri.parse().unwrap())
            .collect();
        let texts = ["x = \"\u{1f917}\"\n", "y = '\\n'\t\u{1}z"];
        let documents = uris.iter().zip(texts).map(|(uri, text)| {
            let document = Document::new(1, "python".to_owned(), text.to_owned());
            (uri.as_str().to_owned(), document)
        });
        let documents = documents.collect();
        let notebook = Notebook {
            cells: uris
                .into_iter()
                .map(|uri| (NotebookCellKind::Code, uri))
                .collect(),
        };
        let file = notebook.file(&documents);
        assert!(
            serde_json::from_str::<serde_json::Value>(&file.json).is_ok(),
            "{}",
            file.json
        );
        let at = file.json.rfind('z').unwrap();
        assert_eq!(file.cell(&(at..at + 1)), Some((1, 10..11)));
        let at = file.json.find('\u{1f917}').unwrap();
        assert_eq!(file.cell(&(at..at + 4)), Some((0, 5..9)));
        assert_eq!(file.cell(&(0..1)), None);
    }
}
