//! The language server, on standard input and output.

mod client;

use serde_json::{Value, json};

use self::client::{Client, applied, change, note};
use crate::support::{Letters, Tree, token};

/// The URI of a file in a tree.
fn uri(tree: &Tree, path: &str) -> String {
    format!("file://{}", tree.path(path).to_string_lossy())
}

fn range(line: u64, start: u64, end: u64) -> Value {
    json!({"start": {"line": line, "character": start}, "end": {"line": line, "character": end}})
}

fn codes(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics
        .iter()
        .map(|diagnostic| diagnostic["code"].as_str().unwrap())
        .collect()
}

#[test]
fn diagnostics_are_of_the_buffer_in_the_units_of_the_editor() {
    let tree = Tree::with("a.py", "nothing = 1\n");
    let secret = token(1);
    // Astral characters, a line end of two bytes, one of one byte that is old.
    let text = format!("# \u{1f917}\r\nx = '\u{1f917}\u{e4}', '{secret}'\r\n");
    for (offered, chosen, at) in [
        (&["utf-16"][..], "utf-16", 12),
        (&[], "utf-16", 12),
        (&["utf-16", "utf-8"], "utf-8", 15),
        (&["utf-32"], "utf-32", 11),
    ] {
        let mut client = Client::start(&tree, offered);
        assert_eq!(client.capabilities["positionEncoding"], chosen);
        let uri = uri(&tree, "a.py");
        let found = client.open(&uri, "python", &text);
        assert_eq!(codes(&found), ["hf-user-token"]);
        let one = &found[0];
        assert_eq!(one["range"], range(1, at, at + 37), "{chosen}");
        assert_eq!(
            (&one["severity"], &one["source"]),
            (&json!(1), &json!("hfscan"))
        );
        assert!(
            one["codeDescription"]["href"]
                .as_str()
                .unwrap()
                .starts_with("https://")
        );
        assert!(
            one["message"].as_str().unwrap().contains('\n'),
            "the help stands below"
        );
        // It is mended, and broken again.
        let edit = json!([{"range": range(1, at, at + 37), "text": "x"}]);
        client.write(&[change(&uri, 2, &edit)]);
        assert!(client.diagnostics(&uri, Some(2)).is_empty());
        client.write(&[change(&uri, 3, &json!([{"text": text}]))]);
        assert_eq!(client.diagnostics(&uri, Some(3)), found);
        client.tell(
            "textDocument/didClose",
            &json!({"textDocument": {"uri": uri}}),
        );
        assert!(client.diagnostics(&uri, None).is_empty());
        assert!(!client.heard.contains(&secret));
        assert_eq!(client.end(), 0);
    }
}

#[test]
fn the_session_ends_as_it_should() {
    let tree = Tree::new();
    assert_eq!(Client::start(&tree, &[]).leave(), 0);
    let mut client = Client::start(&tree, &[]);
    client.tell("exit", &Value::Null);
    assert_eq!(client.leave(), 2);
    let mut client = Client::start(&tree, &[]);
    client.ask("shutdown", &Value::Null);
    let (id, request) = client.request("textDocument/hover", &json!({}));
    client.write(&[request]);
    assert_eq!(client.answer(id)["error"]["code"], -32600);
    let mut client = Client::start(&tree, &[]);
    let (id, request) = client.request("textDocument/rename", &json!({}));
    client.write(&[request]);
    assert_eq!(client.answer(id)["error"]["code"], -32601);
    let (id, request) = client.request("textDocument/hover", &json!({"nothing": 1}));
    client.write(&[request]);
    assert_eq!(client.answer(id)["error"]["code"], -32602);
    assert_eq!(client.end(), 0);
}

#[test]
fn a_fix_is_offered_and_mends() {
    let tree = Tree::new();
    let mut client = Client::start(&tree, &[]);
    let uri = uri(&tree, "setup.sh");
    let text = "echo '\u{1f917}'; huggingface-cli download me/model\r\nls\r\n";
    let found = client.open(&uri, "shellscript", text);
    assert_eq!(codes(&found), ["deprecated-cli"]);
    assert_eq!(found[0]["tags"], json!([2]));
    let actions = client.actions(&uri, &found[0]["range"]);
    let fix = actions
        .iter()
        .find(|action| action["isPreferred"] == true)
        .expect("a fix");
    assert_eq!(fix["kind"], "quickfix");
    let mended = applied(fix, &uri, text);
    assert_eq!(mended, text.replace("huggingface-cli", "hf"));
    let all = actions
        .iter()
        .find(|action| action["kind"] == "source.fixAll.hfscan")
        .expect("all fixes");
    assert_eq!(applied(all, &uri, text), mended);
    client.write(&[change(&uri, 2, &json!([{"text": mended}]))]);
    assert!(client.diagnostics(&uri, Some(2)).is_empty());
    assert_eq!(client.end(), 0);
}

#[test]
fn a_comment_hides_where_one_can_stand() {
    let tree = Tree::new();
    let mut client = Client::start(&tree, &[]);
    for (name, language, text) in [
        ("a.py", "python", "def f():\n    t = 'TOKEN'\n"),
        ("a.js", "javascript", "const t = 'TOKEN';\r\nlet x = 1;\r\n"),
        ("a.go", "go", "package main\n\nvar t = \"TOKEN\"\n"),
        ("a.yaml", "yaml", "a:\n  b: TOKEN\n"),
        (".env", "dotenv", "HF_TOKEN=TOKEN\n"),
        ("Dockerfile", "dockerfile", "FROM x\nRUN echo \\\n  TOKEN\n"),
        ("a.md", "markdown", "x TOKEN\n"),
        ("run.sh", "shellscript", "#!/bin/sh\nexport X=TOKEN\n"),
        ("a.toml", "toml", "a = 'TOKEN'\n"),
        ("a.sql", "sql", "select 'TOKEN';\n"),
        ("a.json", "json", "{\"a\": \"TOKEN\"}\n"),
    ] {
        let secret = token(3);
        let text = text.replace("TOKEN", &secret);
        let uri = uri(&tree, name);
        let found = client.open(&uri, language, &text);
        let secrets = found.iter().filter(|one| one["code"] == "hf-user-token");
        let one = secrets.clone().next().unwrap_or_else(|| panic!("{name}"));
        let actions = client.actions(&uri, &one["range"]);
        let hides = |action: &&Value| action["title"] == "Hide `hf-user-token` here with a comment";
        let hide = actions.iter().find(hides);
        assert_eq!(hide.is_some(), name != "a.json", "{name}: {actions:?}");
        let Some(hide) = hide else { continue };
        let hidden = applied(hide, &uri, &text);
        assert_eq!(
            hidden.lines().count() >= text.lines().count(),
            hidden.contains(&secret)
        );
        client.write(&[change(&uri, 2, &json!([{"text": hidden}]))]);
        let left = client.diagnostics(&uri, Some(2));
        assert!(!codes(&left).contains(&"hf-user-token"), "{name}: {hidden}");
        assert!(!client.heard.contains(&secret), "{name}");
    }
    assert_eq!(client.end(), 0);
}

#[test]
fn hovering_explains_the_rule() {
    let tree = Tree::new();
    let mut client = Client::start(&tree, &[]);
    let uri = uri(&tree, "job.py");
    let text = "from huggingface_hub import run_job\nrun_job(image='x', command=[], env={'HF_TOKEN': t})\n";
    let found = client.open(&uri, "python", text);
    assert_eq!(codes(&found), ["job-token-in-env"]);
    let at = found[0]["range"]["start"].clone();
    let hover = client.ask(
        "textDocument/hover",
        &json!({"textDocument": {"uri": uri}, "position": at}),
    );
    let value = hover["contents"]["value"].as_str().unwrap();
    assert!(
        value.contains("job-token-in-env") && value.contains("What to do"),
        "{value}"
    );
    let nowhere = json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}});
    assert_eq!(client.ask("textDocument/hover", &nowhere), Value::Null);
    assert_eq!(client.end(), 0);
}

#[test]
fn the_same_credential_elsewhere_is_a_related_place() {
    let tree = Tree::new();
    let mut client = Client::start(&tree, &[]);
    let uri = uri(&tree, "a.py");
    let found = client.open(&uri, "python", &format!("a = '{0}'\nb = '{0}'\n", token(5)));
    let related = &found[0]["relatedInformation"][0];
    assert_eq!(
        related["location"],
        json!({"uri": uri, "range": range(1, 5, 42)})
    );
    assert_eq!(client.end(), 0);
}

#[test]
fn notebooks_are_told_cell_by_cell() {
    let tree = Tree::new();
    let mut client = Client::start(&tree, &["utf-16"]);
    let notebook = uri(&tree, "a.ipynb");
    let cell = |number: u32| {
        format!(
            "vscode-notebook-cell:{}#{number}",
            tree.path("a.ipynb").to_string_lossy()
        )
    };
    let secret = token(8);
    let texts = [
        "# Training",
        "from huggingface_hub import run_job\ne = {'HF_TOKEN': 'x' + input()}",
        "\u{1f917} = 1\nrun_job(image='x', command=['y'], env=e)",
    ];
    let texts = [
        texts[0].to_owned(),
        texts[1].to_owned(),
        texts[2].replace("\u{1f917} = 1", &format!("s = '\u{1f917}', '{secret}'")),
    ];
    let kinds = [1, 2, 2];
    let cells: Vec<Value> = (0..3)
        .map(|at| json!({"kind": kinds[at], "document": cell(u32::try_from(at).unwrap())}))
        .collect();
    let documents: Vec<Value> = (0..3)
        .map(|at| json!({"uri": cell(u32::try_from(at).unwrap()), "languageId": if at == 0 { "markdown" } else { "python" }, "version": 1, "text": texts[at]}))
        .collect();
    client.tell("notebookDocument/didOpen", &json!({
        "notebookDocument": {"uri": notebook, "notebookType": "jupyter-notebook", "version": 1, "cells": cells},
        "cellTextDocuments": documents,
    }));
    assert!(client.diagnostics(&cell(0), None).is_empty());
    assert!(client.diagnostics(&cell(1), None).len() <= 1);
    let found = client.diagnostics(&cell(2), None);
    // What the second cell says is known in the third.
    assert!(codes(&found).contains(&"hf-user-token"), "{found:?}");
    let leak = found
        .iter()
        .find(|one| one["code"] == "hf-user-token")
        .unwrap();
    assert_eq!(leak["range"], range(0, 11, 48));
    // A cell changes, and another is put in its place.
    client.tell("notebookDocument/didChange", &json!({
        "notebookDocument": {"uri": notebook, "version": 2},
        "change": {"cells": {"textContent": [{"document": {"uri": cell(2), "version": 2}, "changes": [{"text": "print(1)"}]}]}},
    }));
    assert!(client.diagnostics(&cell(2), Some(2)).is_empty());
    client.tell("notebookDocument/didChange", &json!({
        "notebookDocument": {"uri": notebook, "version": 3},
        "change": {"cells": {"structure": {
            "array": {"start": 0, "deleteCount": 1, "cells": [{"kind": 2, "document": cell(9)}]},
            "didOpen": [{"uri": cell(9), "languageId": "python", "version": 1, "text": format!("t = \"{secret}\"")}],
            "didClose": [{"uri": cell(0)}],
        }}},
    }));
    let found = client.diagnostics(&cell(9), Some(1));
    assert_eq!(
        (codes(&found), &found[0]["range"]),
        (vec!["hf-user-token"], &range(0, 5, 42))
    );
    client.tell(
        "notebookDocument/didClose",
        &json!({
            "notebookDocument": {"uri": notebook}, "cellTextDocuments": [{"uri": cell(9)}],
        }),
    );
    assert!(client.diagnostics(&cell(9), None).is_empty());
    assert!(!client.heard.contains(&secret));
    assert_eq!(client.end(), 0);
}

#[test]
fn each_folder_has_its_configuration_and_its_baseline() {
    let tree = Tree::new();
    let leak = format!("t = '{}'\n", token(2));
    tree.file("one/hfscan.toml", "ignore = ['tokens']\n");
    tree.file("two/a.py", &leak);
    tree.run(["baseline", "two", "-o", "two/.hfscan-baseline"])
        .expect(0);
    tree.file("two/hfscan.toml", "baseline = '.hfscan-baseline'\n");
    let mut client = Client::start(&tree, &[]);
    for (path, count) in [
        ("one/a.py", 0),
        ("two/a.py", 0),
        ("two/b.py", 1),
        ("a.py", 1),
    ] {
        let found = client.open(&uri(&tree, path), "python", &leak);
        assert_eq!(found.len(), count, "{path}: {found:?}");
    }
    // A configuration changes.
    tree.file("one/hfscan.toml", "");
    let file = uri(&tree, "one/hfscan.toml");
    client.tell(
        "workspace/didChangeWatchedFiles",
        &json!({"changes": [{"uri": file, "type": 2}]}),
    );
    assert_eq!(client.diagnostics(&uri(&tree, "one/a.py"), None).len(), 1);
    // A broken one is said, and nothing passes because of it.
    tree.file("one/hfscan.toml", "ignroe = 1\n");
    client.tell(
        "textDocument/didSave",
        &json!({"textDocument": {"uri": file}}),
    );
    let said = client.wait(|message| message["method"] == "window/showMessage");
    assert!(
        said["params"]["message"]
            .as_str()
            .unwrap()
            .contains("ignroe")
    );
    assert_eq!(client.end(), 0);
    let options =
        json!({"capabilities": {}, "initializationOptions": {"args": ["--ignore", "tokens"]}});
    let mut client = Client::with(&tree, &options);
    assert!(client.open(&uri(&tree, "a.py"), "python", &leak).is_empty());
    assert_eq!(client.end(), 0);
}

#[test]
fn what_is_in_no_file_is_known_by_its_language() {
    let tree = Tree::new();
    let mut client = Client::start(&tree, &[]);
    let found = client.open(
        "untitled:Untitled-1",
        "dockerfile",
        "FROM x\nENV HF_TOKEN=$T\n",
    );
    assert_eq!(codes(&found), ["dockerfile-token-env"]);
    assert_eq!(client.end(), 0);
}

#[test]
fn a_notebook_may_come_as_one_program() {
    let tree = Tree::new();
    let mut client = Client::start(&tree, &[]);
    let found = client.open(
        &uri(&tree, ".virtual_documents/a.ipynb"),
        "python",
        "import os\n\n\nprint(os.environ['HF_TOKEN'])\n",
    );
    assert_eq!(codes(&found), ["token-printed"]);
    assert_eq!(found[0]["range"]["start"]["line"], 3);
    assert_eq!(client.end(), 0);
}

#[test]
fn what_is_taken_back_is_not_answered_and_what_waits_is_one_scan() {
    let tree = Tree::new();
    let mut client = Client::start(&tree, &[]);
    let uri = uri(&tree, "a.py");
    client.open(&uri, "python", "x = 1\n");
    let params = json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 7}});
    let (first, one) = client.request("textDocument/hover", &params);
    let (second, two) = client.request("textDocument/hover", &params);
    let leak = format!("t = '{}'\n", token(4));
    client.write(&[
        change(&uri, 2, &json!([{"text": "y = 2\n"}])),
        change(&uri, 3, &json!([{"text": leak}])),
        one,
        two,
        note("$/cancelRequest", &json!({"id": first})),
    ]);
    // The pipe may hand them over in pieces; then the first is answered before it is taken back.
    let answer = client.answer(first);
    assert!(
        answer["error"]["code"] == -32800 || answer["result"].is_object(),
        "{answer}"
    );
    // The answer is of the text as it is now.
    assert!(client.answer(second)["result"].is_object());
    assert_eq!(client.diagnostics(&uri, Some(3)).len(), 1);
    assert_eq!(client.end(), 0);
}

#[test]
fn ten_thousand_edits_end_as_a_scan_of_the_file_does() {
    let tree = Tree::new();
    let mut client = Client::start(&tree, &["utf-16"]);
    let uri = uri(&tree, "a.py");
    let pieces = [
        "import os\n".to_owned(),
        format!("t = '{}'\n", token(1)),
        format!("u = \"{}\"\r\n", token(2)),
        "\u{1f917}".to_owned(),
        "run_job(env={'HF_TOKEN': t})\n".to_owned(),
        "'''\n".to_owned(),
        "x".to_owned(),
        "from huggingface_hub import run_job\n".to_owned(),
        "\n\r\n".to_owned(),
        String::new(),
        "hf_".to_owned(),
    ];
    let mut text = pieces.concat();
    client.open(&uri, "python", &text);
    let mut letters = Letters::new(7);
    let mut draw = |below: usize| usize::try_from(letters.next() % below.max(1) as u64).unwrap();
    let mut early = None;
    let mut version = 1;
    for round in 0..20 {
        let mut changes = Vec::new();
        for _ in 0..500 {
            if let Some(edit) = edit(&mut text, &pieces, &mut draw) {
                version += 1;
                changes.push(change(&uri, version, &edit));
            }
        }
        client.write(&changes);
        client.diagnostics(&uri, Some(version));
        if round == 4 {
            early = client.memory();
        }
    }
    let fresh = uri.replace("a.py", "b.py");
    client.write(&[change(&uri, version + 1, &json!([]))]);
    let shown = client.diagnostics(&uri, Some(version + 1));
    let opened = client.open(&fresh, "python", &text);
    let bare = |found: &[Value]| {
        found
            .iter()
            .map(|one| (one["code"].clone(), one["range"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(bare(&shown), bare(&opened));
    assert_as_scanned(&tree, &text, &shown);
    if let (Some(early), Some(late)) = (early, client.memory()) {
        assert!(late < early + 16 * 1024, "{early} KiB grew to {late} KiB");
    }
    assert_eq!(client.end(), 0);
}

/// An edit at a place that is drawn, which is made in the text too; none if an editor could not make it.
fn edit(
    text: &mut String,
    pieces: &[String],
    draw: &mut impl FnMut(usize) -> usize,
) -> Option<Value> {
    let ends: Vec<usize> = (0..=text.len())
        .filter(|at| text.is_char_boundary(*at))
        .collect();
    let from = draw(ends.len());
    let most = if text.len() > 2_000 { 80 } else { 12 };
    let to = (from + draw(most)).min(ends.len() - 1);
    let (start, end) = (ends[from], ends[to]);
    let new = &pieces[draw(pieces.len())];
    // No editor names a place within a line's end.
    let is_within = |at: usize| text[..at].ends_with('\r') && text[at..].starts_with('\n');
    if is_within(start) || is_within(end) {
        return None;
    }
    let range = json!({"start": place(text, start), "end": place(text, end)});
    text.replace_range(start..end, new);
    Some(json!([{"range": range, "text": new}]))
}

/// Asserts that diagnostics are what a scan of the file finds.
fn assert_as_scanned(tree: &Tree, text: &str, shown: &[Value]) {
    tree.file("a.py", text);
    let scanned = tree.run(["-f", "json", "a.py", "--exit-zero"]);
    let of_scan: Vec<(Value, u64)> = scanned
        .findings()
        .iter()
        .map(|one| (one["rule"].clone(), one["start"]["line"].as_u64().unwrap()))
        .collect();
    let lines = |at: &Value| at["range"]["start"]["line"].as_u64().unwrap();
    // hfscan counts lines by line feeds, editors by returns alone as well.
    let rules = |found: &[Value]| {
        found
            .iter()
            .map(|one| one["code"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        rules(shown),
        of_scan
            .iter()
            .map(|(rule, _)| rule.clone())
            .collect::<Vec<_>>()
    );
    assert!(
        shown
            .iter()
            .zip(&of_scan)
            .all(|(one, (_, line))| lines(one) + 1 >= *line)
    );
}

/// The place of a byte in units of UTF-16.
fn place(text: &str, byte: usize) -> Value {
    let before = &text[..byte];
    let mut line = 0;
    let mut start = 0;
    for (at, c) in before.char_indices() {
        let ends = c == '\n' || (c == '\r' && !text[at + 1..].starts_with('\n'));
        if ends {
            line += 1;
            start = at + 1;
        }
    }
    let character: usize = before[start..].chars().map(char::len_utf16).sum();
    json!({"line": line, "character": character})
}
