//! The made pages of `docs/` are what hfscan makes today. `UPDATE_DOCS=1` writes them.

use std::path::{Path, PathBuf};
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
fn docs_skill() {
    let text = hfscan(&["rules", "--skill"]);
    // A token of a model is about four characters; a skill should leave room for the work.
    assert!(text.len() < 10_000, "{} bytes are too many", text.len());
    current("SKILL.md", &text);
}

#[test]
fn docs_picture() {
    let arguments = ["fixtures/demo", "--color", "always"];
    let shown = hfscan(&arguments);
    assert!(shown.contains("hf-user-token"), "{shown}");
    let screen = format!("$ hfscan fixtures/demo\n{shown}");
    current("demo.svg", &Term::new().render_svg(&screen));
}

/// The pages that show commands to users.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = [
        "README.md",
        ".pre-commit-hooks.yaml",
        "docs/agents.md",
        "docs/editors.md",
    ];
    let mut pages: Vec<PathBuf> = pages.iter().map(|page| root.join(page)).collect();
    for entry in std::fs::read_dir(root.join("docs/ci")).unwrap() {
        pages.push(entry.unwrap().path());
    }
    pages
}

/// The arguments of the commands that run hfscan in a page: of the lines of its code, and of what
/// stands between backticks.
fn commands(page: &str, is_prose: bool) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    let mut is_code = !is_prose;
    for line in page.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
        } else if is_code {
            lines.push(line.trim());
        } else {
            lines.extend(line.split('`').skip(1).step_by(2));
        }
    }
    // Where the shell puts a value, any value does.
    let if_set = regex::Regex::new(r"\$\{\w+:\+").unwrap();
    let value = regex::Regex::new(r"\$\w+").unwrap();
    let mut found = Vec::new();
    for line in lines {
        let line = line.split(" | ").last().unwrap();
        let starts = ["entry: ", "- ", ".hfscan/bin/"];
        let line = starts
            .iter()
            .fold(line, |line, start| line.strip_prefix(start).unwrap_or(line));
        if let Some(args) = line.strip_prefix("hfscan ") {
            let args = args.split(" # ").next().unwrap();
            let args = if_set.replace_all(args, "");
            let args = value.replace_all(&args, "x").replace(['"', '}', '\\'], "");
            found.push(args.split_whitespace().map(str::to_owned).collect());
        }
    }
    found
}

#[test]
fn docs_commands() {
    let mut tried = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        let is_prose = page.extension().is_some_and(|extension| extension == "md");
        for mut args in commands(&text, is_prose) {
            args.push("--help".to_owned());
            let output = Command::new(env!("CARGO_BIN_EXE_hfscan"))
                .args(&args)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success(),
                "{}: {args:?}: {said}",
                page.display()
            );
            tried += 1;
        }
    }
    assert!(tried > 15, "commands are not found any more: {tried}");
}
