//! An editor, as far as the server knows.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, channel};

use serde_json::{Value, json};

use crate::support::{PATIENCE, Tree};

/// A session with the server.
pub(crate) struct Client {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    next: i64,
    /// What came while something else was waited for.
    kept: Vec<Value>,
    /// All that the server sent.
    pub(crate) heard: String,
    /// What the server can do.
    pub(crate) capabilities: Value,
}

impl Client {
    /// Starts the server, and says hello as an editor that counts in these units.
    pub(crate) fn start(tree: &Tree, encodings: &[&str]) -> Self {
        let general = json!({"general": {"positionEncodings": encodings}});
        Self::with(
            tree,
            &json!({"capabilities": general, "processId": null, "rootUri": null}),
        )
    }

    /// The same with all parameters.
    pub(crate) fn with(tree: &Tree, params: &Value) -> Self {
        let mut command = tree.command(["lsp"]);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take();
        let out = child.stdout.take().unwrap();
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut out = BufReader::new(out);
            while let Some(message) = read(&mut out) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut client = Self {
            child,
            input,
            messages,
            next: 0,
            kept: Vec::new(),
            heard: String::new(),
            capabilities: Value::Null,
        };
        let result = client.ask("initialize", params);
        client.capabilities = result["capabilities"].clone();
        client.tell("initialized", &json!({}));
        client
    }

    /// Writes messages in one go.
    pub(crate) fn write(&mut self, messages: &[Value]) {
        let mut bytes = Vec::new();
        for message in messages {
            let text = message.to_string();
            write!(bytes, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        }
        let input = self.input.as_mut().unwrap();
        input.write_all(&bytes).unwrap();
        input.flush().unwrap();
    }

    pub(crate) fn tell(&mut self, method: &str, params: &Value) {
        self.write(&[note(method, params)]);
    }

    /// A request, with a number of its own.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> (i64, Value) {
        self.next += 1;
        let message =
            json!({"jsonrpc": "2.0", "id": self.next, "method": method, "params": params});
        (self.next, message)
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        let (id, message) = self.request(method, params);
        self.write(&[message]);
        let answer = self.answer(id);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    /// Waits for the answer to a request.
    pub(crate) fn answer(&mut self, id: i64) -> Value {
        self.wait(|message| message["id"] == id && message.get("method").is_none())
    }

    /// Waits for what is shown of a document in a version.
    pub(crate) fn diagnostics(&mut self, uri: &str, version: Option<i64>) -> Vec<Value> {
        let message = self.wait(|message| {
            let params = &message["params"];
            message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri
                && version.is_none_or(|version| params["version"] == version)
        });
        message["params"]["diagnostics"].as_array().unwrap().clone()
    }

    /// Waits for a message; others are kept.
    pub(crate) fn wait(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.kept.iter().position(&is_it) {
            return self.kept.remove(at);
        }
        loop {
            let message = self
                .messages
                .recv_timeout(PATIENCE)
                .expect("the server says something");
            self.heard.push_str(&message.to_string());
            if is_it(&message) {
                return message;
            }
            self.kept.push(message);
        }
    }

    /// Opens a document.
    pub(crate) fn open(&mut self, uri: &str, language: &str, text: &str) -> Vec<Value> {
        let document = json!({"uri": uri, "languageId": language, "version": 1, "text": text});
        self.tell("textDocument/didOpen", &json!({"textDocument": document}));
        self.diagnostics(uri, Some(1))
    }

    /// What is offered for a diagnostic, or for a whole document.
    pub(crate) fn actions(&mut self, uri: &str, range: &Value) -> Vec<Value> {
        let params =
            json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": []}});
        let actions = self.ask("textDocument/codeAction", &params);
        actions.as_array().unwrap().clone()
    }

    /// The memory of the server in KiB, where that can be told.
    pub(crate) fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }

    /// Ends the session; the exit code of the server.
    pub(crate) fn end(mut self) -> i32 {
        self.ask("shutdown", &Value::Null);
        self.tell("exit", &Value::Null);
        drop(self.input.take());
        self.child.wait().unwrap().code().unwrap()
    }

    /// Leaves without a word; the exit code of the server.
    pub(crate) fn leave(mut self) -> i32 {
        drop(self.input.take());
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A notification.
pub(crate) fn note(method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "method": method, "params": params})
}

/// A change of a document.
pub(crate) fn change(uri: &str, version: i64, changes: &Value) -> Value {
    note(
        "textDocument/didChange",
        &json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": changes}),
    )
}

fn read(out: &mut BufReader<ChildStdout>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        out.read_line(&mut line).ok().filter(|count| *count > 0)?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().ok()?;
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    out.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// The edits of an action made in a text, whose places are in units of UTF-16.
pub(crate) fn applied(action: &Value, uri: &str, text: &str) -> String {
    let edits = action["edit"]["changes"][uri].as_array().unwrap();
    let byte = |at: &Value| {
        let (line, character) = (
            at["line"].as_u64().unwrap(),
            at["character"].as_u64().unwrap(),
        );
        let start = match line {
            0 => 0,
            line => {
                text.match_indices('\n')
                    .nth(usize::try_from(line).unwrap() - 1)
                    .unwrap()
                    .0
                    + 1
            }
        };
        let mut counted = 0;
        let end = text[start..].char_indices().find(|(_, c)| {
            let here = counted;
            counted += c.len_utf16() as u64;
            here >= character
        });
        end.map_or(text.len(), |(at, _)| start + at)
    };
    let mut edits: Vec<_> = edits
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (
                byte(&range["start"]),
                byte(&range["end"]),
                edit["newText"].as_str().unwrap(),
            )
        })
        .collect();
    edits.sort();
    let mut text = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        text.replace_range(start..end, new);
    }
    text
}
