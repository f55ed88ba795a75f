//! The made pages of `docs/` are what hfscan makes today. `UPDATE_DOCS=1` writes them.

use std::path::Path;
use std::process::Command;

use anstyle_svg::Term;

fn hfscan(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_hfscan"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn current(file: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(file);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        #[expect(
            clippy::disallowed_methods,
            reason = "a file of the checkout, under Git"
        )]
        std::fs::write(&path, made).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == made,
        "docs/{file} is old: run UPDATE_DOCS=1 cargo test docs"
    );
}

#[test]
fn docs_catalogue() {
    current("rules.md", &hfscan(&["rules", "--markdown"]));
}

#[test]
fn docs_schema() {
    current("hfscan.schema.json", &hfscan(&["schema"]));
}

#[test]
fn docs_picture() {
    let arguments = ["fixtures/demo", "--color", "always"];
    let shown = hfscan(&arguments);
    assert!(shown.contains("hf-user-token"), "{shown}");
    let screen = format!("$ hfscan fixtures/demo\n{shown}");
    current("demo.svg", &Term::new().render_svg(&screen));
}
