//! The texts that are open, and what was found in them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use lsp_types::{Diagnostic, Location, Position, Range, Uri};

use super::diagnostics;
use super::document::Document;
use super::notebook::{File, Notebook};
use super::position::Units;
use super::workspace::Workspace;
use super::{Shared, uri};
use crate::finding::Finding;
use crate::problem::Problem;
use crate::span::{Position as Place, Span};

/// What was found in a document or notebook, and in which text.
pub(super) struct Analysis {
    pub(super) project: Shared,
    pub(super) path: PathBuf,
    /// The text that was scanned: the document's, or the file that the notebook would be.
    pub(super) text: Scanned,
    pub(super) findings: Vec<Finding>,
    problems: Vec<Problem>,
}

/// A text that was scanned.
pub(super) enum Scanned {
    Document(Uri),
    Notebook(Notebook, File),
}

/// All open texts. Those of notebooks are its cells.
#[derive(Default)]
pub(super) struct Texts {
    pub(super) documents: BTreeMap<String, Document>,
    pub(super) notebooks: BTreeMap<String, (Uri, Notebook)>,
    /// The notebook of each cell.
    pub(super) cells: BTreeMap<String, String>,
    /// Documents and notebooks that changed since they were scanned.
    pub(super) dirty: BTreeSet<String>,
    /// Those whose findings the editor has not seen yet.
    pub(super) unseen: BTreeSet<String>,
    analyses: BTreeMap<String, Analysis>,
    uris: BTreeMap<String, Uri>,
}

impl Texts {
    /// Takes a document in.
    pub(super) fn open(&mut self, uri: &Uri, document: Document) {
        self.uris.insert(uri.as_str().to_owned(), uri.clone());
        self.documents.insert(uri.as_str().to_owned(), document);
        self.touch(uri);
    }

    /// Forgets a document or notebook; says which documents have nothing to show any more.
    pub(super) fn close(&mut self, uri: &Uri) -> Vec<Uri> {
        let key = uri.as_str();
        self.documents.remove(key);
        self.analyses.remove(key);
        self.dirty.remove(key);
        self.unseen.remove(key);
        let mut closed = vec![uri.clone()];
        if let Some((_, notebook)) = self.notebooks.remove(key) {
            for (_, cell) in notebook.cells {
                self.cells.remove(cell.as_str());
                self.documents.remove(cell.as_str());
                self.uris.remove(cell.as_str());
                closed.push(cell);
            }
        }
        self.uris.remove(key);
        closed
    }

    /// What is scanned for a document: itself, or the notebook that it is a cell of.
    pub(super) fn whole<'k>(&'k self, uri: &'k Uri) -> &'k str {
        self.cells
            .get(uri.as_str())
            .map_or(uri.as_str(), String::as_str)
    }

    /// Notes that a document changed.
    pub(super) fn touch(&mut self, uri: &Uri) {
        let whole = self.whole(uri).to_owned();
        self.mark(whole);
    }

    /// The same of a document or notebook, by its URI.
    pub(super) fn mark(&mut self, key: String) {
        self.dirty.insert(key.clone());
        self.unseen.insert(key);
    }

    pub(super) fn touch_all(&mut self) {
        let alone = self
            .documents
            .keys()
            .filter(|key| !self.cells.contains_key(*key));
        let all: Vec<String> = alone.chain(self.notebooks.keys()).cloned().collect();
        all.into_iter().for_each(|key| self.mark(key));
    }

    /// Scans what changed, if it did.
    pub(super) fn analyse(
        &mut self,
        key: &str,
        workspace: &mut Workspace<'_>,
    ) -> Option<&Analysis> {
        if self.dirty.remove(key) {
            self.analyses.remove(key);
            let analysis = self.scan(key, workspace);
            self.analyses
                .extend(analysis.map(|analysis| (key.to_owned(), analysis)));
        }
        self.analyses.get(key)
    }

    fn scan(&self, key: &str, workspace: &mut Workspace<'_>) -> Option<Analysis> {
        if let Some((uri, notebook)) = self.notebooks.get(key) {
            let path = uri::path(uri).unwrap_or_else(|| PathBuf::from("notebook.ipynb"));
            let project = workspace.project(&path)?;
            let file = notebook.file(&self.documents);
            let outcome = project.scan(&path, file.json.as_bytes());
            return Some(Analysis {
                text: Scanned::Notebook(notebook.clone(), file),
                findings: active(outcome.findings),
                problems: outcome.problems,
                project,
                path,
            });
        }
        let (uri, document) = (self.uris.get(key)?, self.documents.get(key)?);
        let language = &document.language;
        let path = uri::path(uri).map_or_else(
            || uri::name(uri, language),
            |path| uri::as_written(path, language),
        );
        let project = workspace.project(&path)?;
        let outcome = project.scan(&path, document.text.as_bytes());
        Some(Analysis {
            text: Scanned::Document(uri.clone()),
            findings: active(outcome.findings),
            problems: outcome.problems,
            project,
            path,
        })
    }

    /// What is to be shown of a document or notebook: for each of its documents, a version and diagnostics.
    pub(super) fn shown(
        &self,
        key: &str,
        units: Units,
    ) -> Vec<(Uri, Option<i32>, Vec<Diagnostic>)> {
        let Some(analysis) = self.analyses.get(key) else {
            return Vec::new();
        };
        let mut shown: Vec<(Uri, Option<i32>, Vec<Diagnostic>)> = match &analysis.text {
            Scanned::Document(uri) => vec![(uri.clone(), None, Vec::new())],
            Scanned::Notebook(notebook, _) => {
                let cells = notebook.cells.iter();
                cells
                    .map(|(_, uri)| (uri.clone(), None, Vec::new()))
                    .collect()
            }
        };
        for (uri, version, _) in &mut shown {
            *version = self
                .documents
                .get(uri.as_str())
                .map(|document| document.version);
        }
        for finding in &analysis.findings {
            let Some((at, range)) = self.place(analysis, &span_of(finding), units) else {
                continue;
            };
            let related = self.related(analysis, finding, units);
            if let Some((.., list)) = shown.get_mut(at) {
                list.push(diagnostics::of_finding(finding, range, related));
            }
        }
        if let Some((.., list)) = shown.first_mut() {
            list.extend(analysis.problems.iter().map(diagnostics::of_problem));
        }
        shown
    }

    /// Where some bytes of a scanned text are: in which of its documents, and where there.
    pub(super) fn place(
        &self,
        analysis: &Analysis,
        span: &Span,
        units: Units,
    ) -> Option<(usize, Range)> {
        let (at, uri, span) = match &analysis.text {
            Scanned::Document(uri) => (0, uri, span.clone()),
            Scanned::Notebook(notebook, file) => {
                let (at, span) = file.cell(span)?;
                (at, &notebook.cells.get(at)?.1, span)
            }
        };
        let document = self.documents.get(uri.as_str())?;
        Some((at, document.lines.range(&document.text, &span, units)))
    }

    /// The document at a place of an analysis.
    pub(super) fn uri(analysis: &Analysis, at: usize) -> Option<&Uri> {
        match &analysis.text {
            Scanned::Document(uri) => (at == 0).then_some(uri),
            Scanned::Notebook(notebook, _) => notebook.cells.get(at).map(|(_, uri)| uri),
        }
    }

    /// Other places that belong to a finding: where else the same credential stands, and what mends it.
    fn related(
        &self,
        analysis: &Analysis,
        finding: &Finding,
        units: Units,
    ) -> Vec<(Location, String)> {
        let location = |span: &Span| {
            let (at, range) = self.place(analysis, span, units)?;
            let uri = Self::uri(analysis, at)?.clone();
            Some(Location { uri, range })
        };
        let hash = |finding: &Finding| finding.secret.as_ref()?.sha256.clone();
        let own = hash(finding);
        let others = analysis.findings.iter().filter(|other| {
            own.is_some() && hash(other) == own && other.location.start != finding.location.start
        });
        let same = others.filter_map(|other| {
            let words = "the same credential stands here".to_owned();
            Some((location(&span_of(other))?, words))
        });
        let edits = finding.fix.iter().flat_map(|fix| {
            let says = &fix.says;
            fix.edits
                .iter()
                .map(move |edit| (span(edit.at.0, edit.at.1), says.clone()))
        });
        let apart = |at: &Span| *at != span_of(finding);
        let mends = edits
            .filter(|(at, _)| apart(at))
            .filter_map(|(at, says)| Some((location(&at)?, says)));
        same.chain(mends).take(8).collect()
    }

    /// The findings at a range of a document.
    pub(super) fn at(
        &self,
        uri: &Uri,
        range: Range,
        units: Units,
    ) -> Option<(&Analysis, Vec<(&Finding, Range)>)> {
        let analysis = self.analyses.get(self.whole(uri))?;
        let findings = analysis.findings.iter().filter_map(|finding| {
            let (at, place) = self.place(analysis, &span_of(finding), units)?;
            let touches = place.start <= range.end && range.start <= place.end;
            (Self::uri(analysis, at) == Some(uri) && touches).then_some((finding, place))
        });
        Some((analysis, findings.collect()))
    }

    /// The findings at a position.
    pub(super) fn under(
        &self,
        uri: &Uri,
        position: Position,
        units: Units,
    ) -> Vec<(&Finding, Range)> {
        let found = self.at(uri, Range::new(position, position), units);
        found.map(|(_, findings)| findings).unwrap_or_default()
    }
}

fn active(findings: Vec<Finding>) -> Vec<Finding> {
    findings.into_iter().filter(Finding::is_active).collect()
}

/// The bytes of a finding.
pub(super) fn span_of(finding: &Finding) -> Span {
    span(finding.location.start, finding.location.end)
}

fn span(start: Place, end: Place) -> Span {
    let byte = |place: Place| usize::try_from(place.byte).unwrap_or(usize::MAX);
    byte(start)..byte(end)
}
