//! The server for models, on standard input and output.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::Receiver;

use serde_json::{Value, json};

use crate::support::{PATIENCE, Tree, lines_of, token};

/// A client, which lets look into some folders, or does not say.
struct Client {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
    roots: Option<Vec<String>>,
    heard: String,
    next: u64,
}

impl Client {
    fn start(tree: &Tree, roots: Option<Vec<String>>) -> Self {
        let mut command = tree.command(["mcp"]);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let (input, out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut client = Self {
            child,
            input,
            lines: lines_of(out),
            roots,
            heard: String::new(),
            next: 0,
        };
        let capabilities = match &client.roots {
            Some(_) => json!({"roots": {"listChanged": false}}),
            None => json!({}),
        };
        let hello = json!({"protocolVersion": "2025-06-18", "capabilities": capabilities,
                           "clientInfo": {"name": "test", "version": "1"}});
        let answer = client.ask("initialize", &hello);
        assert_eq!(answer["result"]["serverInfo"]["name"], "hfscan");
        client.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        client
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.input, "{message}").unwrap();
        self.input.flush().unwrap();
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let line = self
                .lines
                .recv_timeout(PATIENCE)
                .expect("the server says something");
            self.heard.push_str(&line);
            let message: Value = serde_json::from_str(&line).unwrap();
            if message["method"] == "roots/list" {
                let roots = self.roots.iter().flatten();
                let roots: Vec<Value> = roots
                    .map(|root| json!({"uri": format!("file://{root}")}))
                    .collect();
                self.send(
                    &json!({"jsonrpc": "2.0", "id": message["id"], "result": {"roots": roots}}),
                );
            } else if message["id"] == id && message.get("method").is_none() {
                return message;
            }
        }
    }

    /// Calls a tool: its text, and whether that is an error.
    fn call(&mut self, tool: &str, arguments: &Value) -> (String, bool) {
        let answer = self.ask("tools/call", &json!({"name": tool, "arguments": arguments}));
        let result = &answer["result"];
        let text = result["content"][0]["text"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"));
        (text.to_owned(), result["isError"] == true)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn tools_scan_redact_and_explain() {
    let tree = Tree::new();
    let secret = token(1);
    let mut client = Client::start(&tree, None);
    let listed = client.ask("tools/list", &json!({}));
    let names: Vec<&str> = listed["result"]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["scan_text", "scan_paths", "redact", "explain_rule"]);
    let (text, failed) = client.call(
        "scan_text",
        &json!({"text": "ENV HF_TOKEN=$T\n", "name": "Dockerfile"}),
    );
    assert!(!failed && text.contains("dockerfile-token-env"), "{text}");
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    let (text, _) = client.call(
        "scan_text",
        &json!({"text": format!("t = '{secret}'"), "name": "a.py"}),
    );
    assert!(text.contains("hf-user-token"));
    let (text, _) = client.call("redact", &json!({"text": format!("a\n{secret}\n")}));
    assert!(text.starts_with("a\nhf_"), "{text}");
    let (text, _) = client.call("explain_rule", &json!({"rule": "job-token-in-env"}));
    assert!(
        text.contains("What to do") && !text.contains('\u{1b}'),
        "{text}"
    );
    let (text, failed) = client.call("explain_rule", &json!({"rule": "job-token-in-evn"}));
    assert!(
        failed && text.contains("no rule `job-token-in-evn`"),
        "{text}"
    );
    assert!(text.contains("did you mean `job-token-in-env`?"), "{text}");
    for (tool, arguments) in [
        ("scan_text", json!({})),
        ("scan_paths", json!({"paths": "x"})),
        ("nothing", json!({})),
    ] {
        let answer = client.ask("tools/call", &json!({"name": tool, "arguments": arguments}));
        assert_eq!(answer["error"]["code"], -32602, "{tool}");
    }
    assert!(!client.heard.contains(&secret));
}

#[test]
fn paths_stay_in_the_roots_of_the_client() {
    let tree = Tree::new();
    let leak = format!("t = '{}'\n", token(2));
    tree.file("in/a.py", &leak);
    tree.file("out/b.py", &leak);
    #[cfg(unix)]
    std::os::unix::fs::symlink(tree.path("out"), tree.path("in/link")).unwrap();
    let root = tree.path("in").to_string_lossy().into_owned();
    let mut client = Client::start(&tree, Some(vec![root.clone()]));
    let (text, failed) = client.call("scan_paths", &json!({"paths": ["a.py"]}));
    assert!(!failed && text.contains("hf-user-token"), "{text}");
    let (text, failed) = client.call("scan_paths", &json!({"paths": [root]}));
    assert!(
        !failed && text.contains("a.py") && !text.contains("b.py\""),
        "{text}"
    );
    let outside = tree.path("out/b.py").to_string_lossy().into_owned();
    for path in [
        "../out/b.py",
        "link/b.py",
        "link",
        &outside,
        "/etc",
        "gone.py",
    ] {
        let (text, failed) = client.call("scan_paths", &json!({"paths": [path]}));
        assert!(failed && !text.contains("hf-user-token"), "{path}: {text}");
    }
    // Without any, it is the folder that the server runs in.
    let mut client = Client::start(&tree, None);
    let (text, failed) = client.call("scan_paths", &json!({"paths": ["out"]}));
    assert!(!failed && text.contains("hf-user-token"), "{text}");
    let mut client = Client::start(&tree, Some(Vec::new()));
    let (_, failed) = client.call("scan_paths", &json!({"paths": ["out"]}));
    assert!(failed);
}

#[test]
fn the_session_ends_with_its_input() {
    let tree = Tree::new();
    let mut command = tree.command(["mcp"]);
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.unwrap();
    let mut input = child.stdin.take().unwrap();
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18",
                       "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}});
    writeln!(input, "{hello}").unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
