//! The session with an editor.

use std::collections::{BTreeSet, VecDeque};
use std::sync::mpsc::{Receiver, channel};

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionOrCommand, CodeActionParams,
    CodeActionProviderCapability, DidChangeNotebookDocumentParams, DidChangeTextDocumentParams,
    DidChangeWatchedFilesParams, DidCloseNotebookDocumentParams, DidCloseTextDocumentParams,
    DidOpenNotebookDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams,
    HoverParams, HoverProviderCapability, InitializeParams, MessageType,
    NotebookDocumentSyncOptions, NotebookSelector, OneOf, PublishDiagnosticsParams, SaveOptions,
    ServerCapabilities, ShowMessageParams, TextDocumentSyncCapability, TextDocumentSyncKind,
    TextDocumentSyncOptions, TextDocumentSyncSaveOptions, Uri, WorkspaceFoldersServerCapabilities,
    WorkspaceServerCapabilities,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::actions::{Actions, FIX_ALL};
use super::document::Document;
use super::notebook::Notebook;
use super::position::Units;
use super::texts::Texts;
use super::workspace::Workspace;
use super::{Discover, Open, diagnostics, hover, uri};

/// A session.
pub(crate) struct Server<'c> {
    connection: &'c Connection,
    workspace: Workspace<'c>,
    texts: Texts,
    units: Units,
    /// Whether the editor asked for the end.
    is_ending: bool,
}

impl<'c> Server<'c> {
    /// Begins a session; none if the editor ends it at once.
    ///
    /// # Errors
    ///
    /// If the editor breaks the protocol.
    pub(crate) fn start(
        connection: &'c Connection,
        discover: Discover<'c>,
        open: Open<'c>,
    ) -> Result<Option<Self>, String> {
        let begun = connection.initialize_start();
        let (id, params) = match begun {
            Ok(begun) => begun,
            Err(error) if error.channel_is_disconnected() => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        let params: InitializeParams = serde_json::from_value(params)
            .map_err(|_| "the editor's parameters are not understood")?;
        let general = params.capabilities.general.as_ref();
        let offered = general.and_then(|general| general.position_encodings.as_deref());
        let units = Units::choose(offered.unwrap_or_default());
        let capabilities = serde_json::to_value(capabilities(units)).unwrap_or_default();
        let info = json!({"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")});
        let result = json!({"capabilities": capabilities, "serverInfo": info});
        connection
            .initialize_finish(id, result)
            .map_err(|error| error.to_string())?;
        let options = options(params.initialization_options.as_ref());
        let server = Self {
            connection,
            workspace: Workspace::new(discover, open, options),
            texts: Texts::default(),
            units,
            is_ending: false,
        };
        let watched = params.capabilities.workspace.as_ref();
        let watched = watched.and_then(|workspace| workspace.did_change_watched_files.as_ref());
        if watched.is_some_and(|watched| watched.dynamic_registration == Some(true)) {
            server.watch();
        }
        Ok(Some(server))
    }

    /// Goes on until the editor ends the session.
    ///
    /// # Errors
    ///
    /// If the editor breaks the protocol.
    pub(crate) fn run(mut self) -> Result<(), String> {
        let messages = waiting(self.connection);
        while let Ok(first) = messages.recv() {
            // What waits is taken in first: several changes are one scan, and what is taken back is not begun.
            let mut queue = VecDeque::from([first]);
            queue.extend(messages.try_iter());
            let cancelled: BTreeSet<String> = queue.iter().filter_map(cancelled).collect();
            while let Some(message) = queue.pop_front() {
                match message {
                    Message::Request(request) if cancelled.contains(&request.id.to_string()) => {
                        let code = ErrorCode::RequestCanceled as i32;
                        self.send(Response::new_err(request.id, code, "cancelled".to_owned()));
                    }
                    Message::Request(request) => self.request(request),
                    Message::Notification(note) if note.method == "exit" => {
                        return match self.is_ending {
                            true => Ok(()),
                            false => Err("the editor left without a word".to_owned()),
                        };
                    }
                    Message::Notification(note) => self.notification(note),
                    Message::Response(_) => {}
                }
            }
            self.publish();
        }
        Ok(())
    }

    fn send(&self, message: impl Into<Message>) {
        // Whoever closed the pipe will not read it.
        let _ = self.connection.sender.send(message.into());
    }

    fn notify(&self, method: &str, params: impl Serialize) {
        self.send(Notification::new(method.to_owned(), params));
    }

    /// Asks to be told when a configuration changes.
    fn watch(&self) {
        let patterns = ["**/{hfscan,.hfscan,pyproject}.toml", "**/.hfscan-baseline"];
        let watchers: Vec<Value> = patterns
            .iter()
            .map(|pattern| json!({"globPattern": pattern}))
            .collect();
        let registration = json!({"registrations": [{
            "id": "configuration",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": {"watchers": watchers},
        }]});
        let id = RequestId::from("watch".to_owned());
        self.send(Request::new(
            id,
            "client/registerCapability".to_owned(),
            registration,
        ));
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        if self.is_ending {
            let code = ErrorCode::InvalidRequest as i32;
            return self.send(Response::new_err(id, code, "the session ends".to_owned()));
        }
        match method.as_str() {
            "shutdown" => {
                self.is_ending = true;
                self.send(Response::new_ok(id, Value::Null));
            }
            "textDocument/codeAction" => self.answer(id, params, Self::code_actions),
            "textDocument/hover" => self.answer(id, params, Self::hover),
            _ => {
                let code = ErrorCode::MethodNotFound as i32;
                self.send(Response::new_err(
                    id,
                    code,
                    format!("there is no `{method}`"),
                ));
            }
        }
    }

    fn answer<P: DeserializeOwned, R: Serialize>(
        &mut self,
        id: RequestId,
        params: Value,
        answer: impl FnOnce(&mut Self, P) -> R,
    ) {
        let response = match serde_json::from_value(params) {
            Ok(params) => Response::new_ok(id, answer(self, params)),
            Err(_) => {
                let code = ErrorCode::InvalidParams as i32;
                Response::new_err(id, code, "the parameters are not understood".to_owned())
            }
        };
        self.send(response);
    }

    fn code_actions(&mut self, params: CodeActionParams) -> Vec<CodeActionOrCommand> {
        let uri = params.text_document.uri;
        let key = self.texts.whole(&uri).to_owned();
        self.texts.analyse(&key, &mut self.workspace);
        let Some((analysis, findings)) = self.texts.at(&uri, params.range, self.units) else {
            return Vec::new();
        };
        let only = params.context.only;
        let wants = |kind: &str| {
            let covers = |wanted: &CodeActionKind| {
                kind == wanted.as_str() || kind.starts_with(&format!("{}.", wanted.as_str()))
            };
            only.as_ref().is_none_or(|only| {
                only.iter()
                    .any(|wanted| wanted.as_str().is_empty() || covers(wanted))
            })
        };
        let actions = Actions {
            texts: &self.texts,
            analysis,
            units: self.units,
        };
        let mut offered = Vec::new();
        if wants(CodeActionKind::QUICKFIX.as_str()) {
            for (finding, range) in findings {
                let diagnostic = || diagnostics::of_finding(finding, range, Vec::new());
                offered.extend(actions.fix(finding, diagnostic()));
                offered.extend(actions.hide(finding, diagnostic()));
            }
        }
        if wants(FIX_ALL) {
            offered.extend(actions.fix_all());
        }
        offered
            .into_iter()
            .map(CodeActionOrCommand::CodeAction)
            .collect()
    }

    fn hover(&mut self, params: HoverParams) -> Option<lsp_types::Hover> {
        let at = params.text_document_position_params;
        let key = self.texts.whole(&at.text_document.uri).to_owned();
        self.texts.analyse(&key, &mut self.workspace);
        let found = self
            .texts
            .under(&at.text_document.uri, at.position, self.units);
        let (finding, range) = found.into_iter().next()?;
        Some(hover::of(finding, range))
    }

    fn notification(&mut self, note: Notification) {
        let Notification { method, params } = note;
        match method.as_str() {
            "textDocument/didOpen" => self.take(params, Self::open),
            "textDocument/didChange" => self.take(params, Self::change),
            "textDocument/didSave" => {
                self.take(params, |server, params: DidSaveTextDocumentParams| {
                    server.changed_on_disk(&params.text_document.uri);
                });
            }
            "textDocument/didClose" => {
                self.take(params, |server, params: DidCloseTextDocumentParams| {
                    server.close(&params.text_document.uri);
                });
            }
            "notebookDocument/didOpen" => self.take(params, Self::open_notebook),
            "notebookDocument/didChange" => self.take(params, Self::change_notebook),
            "notebookDocument/didClose" => {
                self.take(params, |server, params: DidCloseNotebookDocumentParams| {
                    server.close(&params.notebook_document.uri);
                });
            }
            "workspace/didChangeWatchedFiles" => {
                self.take(params, |server, params: DidChangeWatchedFilesParams| {
                    for change in params.changes {
                        server.changed_on_disk(&change.uri);
                    }
                });
            }
            // What is not known is none of our business; `$/cancelRequest` was seen to before.
            _ => {}
        }
    }

    fn take<P: DeserializeOwned>(&mut self, params: Value, act: impl FnOnce(&mut Self, P)) {
        match serde_json::from_value(params) {
            Ok(params) => act(self, params),
            // The words of the error may quote what was sent.
            Err(_) => self.say("hfscan does not understand a message of the editor"),
        }
    }

    fn say(&self, message: &str) {
        self.notify(
            "window/showMessage",
            ShowMessageParams {
                typ: MessageType::ERROR,
                message: message.to_owned(),
            },
        );
    }

    fn open(&mut self, params: DidOpenTextDocumentParams) {
        let item = params.text_document;
        let document = Document::new(item.version, item.language_id, item.text);
        self.texts.open(&item.uri, document);
    }

    fn change(&mut self, params: DidChangeTextDocumentParams) {
        let uri = params.text_document.uri;
        if let Some(document) = self.texts.documents.get_mut(uri.as_str()) {
            document.change(params.content_changes, self.units);
            document.version = params.text_document.version;
            self.texts.touch(&uri);
        }
    }

    fn close(&mut self, uri: &Uri) {
        for uri in self.texts.close(uri) {
            self.show(uri, None, Vec::new());
        }
    }

    fn changed_on_disk(&mut self, uri: &Uri) {
        if uri::path(uri).is_some_and(|path| self.workspace.forget(&path)) {
            self.texts.touch_all();
        }
    }

    fn open_notebook(&mut self, params: DidOpenNotebookDocumentParams) {
        let DidOpenNotebookDocumentParams {
            notebook_document: notebook,
            cell_text_documents: texts,
        } = params;
        let key = notebook.uri.as_str().to_owned();
        for item in texts {
            self.texts
                .cells
                .insert(item.uri.as_str().to_owned(), key.clone());
            self.texts.open(
                &item.uri,
                Document::new(item.version, item.language_id, item.text),
            );
        }
        let cells = notebook
            .cells
            .into_iter()
            .map(|cell| (cell.kind, cell.document));
        let own = Notebook {
            cells: cells.collect(),
        };
        self.texts
            .notebooks
            .insert(key.clone(), (notebook.uri, own));
        self.texts.mark(key);
    }

    fn change_notebook(&mut self, params: DidChangeNotebookDocumentParams) {
        let key = params.notebook_document.uri.as_str().to_owned();
        let Some(cells) = params.change.cells else {
            return;
        };
        if let Some(structure) = cells.structure {
            for item in structure.did_open.into_iter().flatten() {
                self.texts
                    .cells
                    .insert(item.uri.as_str().to_owned(), key.clone());
                self.texts.open(
                    &item.uri,
                    Document::new(item.version, item.language_id, item.text),
                );
            }
            let put = structure.array.cells.into_iter().flatten();
            let put = put.map(|cell| (cell.kind, cell.document));
            if let Some((_, notebook)) = self.texts.notebooks.get_mut(&key) {
                let size = notebook.cells.len();
                let place = |number: u32| usize::try_from(number).unwrap_or(size);
                let start = place(structure.array.start).min(size);
                let end = start
                    .saturating_add(place(structure.array.delete_count))
                    .min(size);
                notebook.cells.splice(start..end, put);
            }
            for closed in structure.did_close.into_iter().flatten() {
                self.texts.cells.remove(closed.uri.as_str());
                self.close(&closed.uri);
            }
        }
        for text in cells.text_content.into_iter().flatten() {
            if let Some(document) = self.texts.documents.get_mut(text.document.uri.as_str()) {
                document.change(text.changes, self.units);
                document.version = text.document.version;
            }
        }
        self.texts.mark(key);
    }

    /// Scans what changed, and shows what is found.
    fn publish(&mut self) {
        for key in std::mem::take(&mut self.texts.unseen) {
            self.texts.analyse(&key, &mut self.workspace);
            for (uri, version, diagnostics) in self.texts.shown(&key, self.units) {
                self.show(uri, version, diagnostics);
            }
        }
        for error in self.workspace.errors() {
            self.say(&error);
        }
    }

    fn show(&self, uri: Uri, version: Option<i32>, diagnostics: Vec<lsp_types::Diagnostic>) {
        let params = PublishDiagnosticsParams {
            uri,
            diagnostics,
            version,
        };
        self.notify("textDocument/publishDiagnostics", params);
    }
}

/// The editor's messages. The connection hands over one at a time, and knows of none that waits.
fn waiting(connection: &Connection) -> Receiver<Message> {
    let (sender, messages) = channel();
    let receiver = connection.receiver.clone();
    std::thread::spawn(move || {
        for message in receiver {
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    messages
}

/// The request that a message takes back.
fn cancelled(message: &Message) -> Option<String> {
    let Message::Notification(note) = message else {
        return None;
    };
    let is_cancel = note.method == "$/cancelRequest";
    let id = note.params.get("id").filter(|_| is_cancel)?;
    let id: RequestId = serde_json::from_value(id.clone()).ok()?;
    Some(id.to_string())
}

/// Options as on the command line, that the editor hands on.
fn options(given: Option<&Value>) -> Vec<String> {
    let list = given.and_then(|given| given.get("args")?.as_array());
    let texts = list.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

fn capabilities(units: Units) -> ServerCapabilities {
    let kinds = vec![CodeActionKind::QUICKFIX, CodeActionKind::new(FIX_ALL)];
    ServerCapabilities {
        position_encoding: Some(units.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(
            TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::INCREMENTAL),
                save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions {
                    include_text: Some(false),
                })),
                ..TextDocumentSyncOptions::default()
            },
        )),
        notebook_document_sync: Some(OneOf::Left(NotebookDocumentSyncOptions {
            notebook_selector: vec![NotebookSelector::ByNotebook {
                notebook: lsp_types::Notebook::String("*".to_owned()),
                cells: None,
            }],
            save: None,
        })),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(kinds),
            ..CodeActionOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: None,
        }),
        ..ServerCapabilities::default()
    }
}
