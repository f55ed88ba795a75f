//! One version, wherever it is written down.

use std::fs;
use std::path::Path;

use regex::Regex;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A file of this repository.
fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The versions that a file names with these words before them; there must be one at least.
#[track_caller]
fn agree(path: &str, before: &str) {
    let pattern = format!(r"(?m){before}(\d+\.\d+\.\d+[-0-9A-Za-z.]*)");
    let text = read(path);
    let found: Vec<&str> = Regex::new(&pattern)
        .unwrap()
        .captures_iter(&text)
        .map(|found| found.get(1).unwrap().as_str())
        .collect();
    assert!(
        !found.is_empty(),
        "{path} names no version after `{before}`"
    );
    assert!(
        found.iter().all(|version| *version == VERSION),
        "{path} names {found:?}, and the version is {VERSION}"
    );
}

#[test]
fn the_version_is_the_same_everywhere() {
    agree("Cargo.lock", "name = \"hfscan\"\nversion = \"");
    agree("action.yml", r"^    default: ");
    agree("README.md", "hfscan==");
    agree("README.md", r"rev: v");
    agree("README.md", r"hfscan/hfscan@v");
    agree("docs/ci/github.yml", r"hfscan/hfscan@v");
    agree("docs/ci/gitlab-ci.yml", "hfscan==");
    agree("docs/ci/Jenkinsfile", "hfscan==");
    // The wheel has the version of the crate.
    let project: toml::Table = read("pyproject.toml").parse().unwrap();
    let project = project["project"].as_table().unwrap();
    assert!(!project.contains_key("version"));
    let dynamic = project["dynamic"].as_array().unwrap();
    assert!(dynamic.iter().any(|name| name.as_str() == Some("version")));
}

#[test]
fn the_changelog_knows_the_version() {
    let changelog = read("CHANGELOG.md");
    // What was released has a heading; what was not stands below this one.
    let released = changelog.contains(&format!("\n## [{VERSION}]"));
    assert!(released || changelog.contains("\n## [Unreleased]\n"));
}

#[test]
fn the_rust_that_is_asked_for_builds_the_image() {
    let wanted = env!("CARGO_PKG_RUST_VERSION");
    let image = format!("FROM rust:{wanted}.");
    assert!(read("Dockerfile").contains(&image), "no {image}");
}
