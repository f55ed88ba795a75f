//! Jupyter notebooks: the cell is named, the bytes are exact.

use serde_json::json;

use crate::support::{Tree, token};

/// Findings as the text at their bytes and the cell that is named.
fn found(notebook: &str) -> Vec<(String, String)> {
    let tree = Tree::with("a.ipynb", notebook);
    let run = tree.run(["--output-format", "json"]);
    let cells = run.findings().into_iter().map(|finding| {
        let cell = &finding["cell"];
        if cell.is_null() {
            "-".to_owned()
        } else {
            format!(
                "{} of cell {}",
                cell["part"].as_str().unwrap(),
                cell["number"]
            )
        }
    });
    let texts = run
        .places()
        .into_iter()
        .map(|(_, a, b)| notebook[a..b].to_owned());
    texts.zip(cells).collect()
}

#[test]
fn source_output_and_metadata() {
    let notebook = json!({
        "metadata": {"kernel": token(0)},
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", format!("use {}\n", token(1))]},
            {"cell_type": "code", "metadata": {"hf": token(2)},
             "source": [format!("login(\"{}\")\n", token(3)), "x"],
             "outputs": [{"output_type": "stream", "text": ["ok\n", format!("\u{1b}[32m{}\u{1b}[0m\n", token(4))]},
                         {"data": {"text/html": [format!("<b>{}</b>", token(5))]}}]},
            {"cell_type": "code", "source": format!("a = 1\nt = '{}'\n", token(6)), "outputs": [], "metadata": {}},
        ],
        "nbformat": 4,
    });
    let wanted: Vec<(String, String)> = [
        (0, "-"),
        (1, "source of cell 1"),
        (2, "metadata of cell 2"),
        (3, "source of cell 2"),
        (4, "output of cell 2"),
        (5, "output of cell 2"),
        (6, "source of cell 3"),
    ]
    .map(|(number, cell)| (token(number), cell.to_owned()))
    .into();
    for text in [
        notebook.to_string(),
        serde_json::to_string_pretty(&notebook).unwrap(),
    ] {
        let mut found = found(&text);
        found.sort_by_key(|(text, _)| wanted.iter().position(|(token, _)| token == text));
        assert_eq!(found, wanted);
    }
}

#[test]
fn a_damaged_notebook_is_scanned_all_the_same() {
    let text = format!(
        "{{\"cells\": [{{\"source\": [\"a\\n\", \"t = '{}'\\n\"",
        token(1)
    );
    assert_eq!(found(&text)[0].0, token(1));
    let text = format!("<<<<<<< ours\n\"t = '{}'\\n\"", token(1));
    assert_eq!(found(&text), [(token(1), "-".to_owned())]);
    let deep = format!("{}\"{}\"", "[".repeat(100_000), token(2));
    assert_eq!(found(&deep), [(token(2), "-".to_owned())]);
}

#[test]
fn a_large_notebook_is_scanned_all_the_same() {
    let image = "A".repeat(17 << 20);
    let notebook = json!({"cells": [
        {"source": "x", "outputs": [{"data": {"image/png": image}}]}, {"source": token(1)},
    ]});
    assert_eq!(found(&notebook.to_string()), [(token(1), "-".to_owned())]);
    let small = notebook.to_string().replace(&image, "A");
    assert_eq!(found(&small), [(token(1), "source of cell 2".to_owned())]);
}

#[test]
fn a_joined_source_is_found_across_its_lines() {
    let (head, tail) = (&token(1)[..20], &token(1)[20..]);
    for source in [
        format!(r#"["t = (\"{head}\"\n", "     \"{tail}\")\n"]"#),
        format!("[\n  \"t = '{head}' + \\n\",\n  \"     '{tail}'\\n\"\n]"),
        format!(r#""t = (\"{head}\"\r\n     \"{tail}\")\n""#),
    ] {
        let text = format!(r#"{{"cells": [{{"source": {source}}}]}}"#);
        let found = found(&text);
        assert_eq!(found.len(), 1, "{text}");
        assert!(
            found[0].0.starts_with(head) && found[0].0.ends_with(tail),
            "{found:?}"
        );
        assert_eq!(found[0].1, "source of cell 1");
    }
}
