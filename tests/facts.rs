//! What rules see in the files below `fixtures/facts`: beside each lies what `hfscan rules facts`
//! prints of it, in a file of the same name with `.facts` behind it. `UPDATE_FACTS=1` writes them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hfscan::internals::Format;
use imara_diff::{Algorithm, BasicLineDiffPrinter, Diff, InternedInput, UnifiedDiffConfig};

use crate::support::{Tree, files_below, token};

/// The ending of a snapshot.
const SNAPSHOT: &str = "facts";

/// How many lines of a difference are shown, over all files.
const SHOWN: usize = 300;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files of the folder, relative to the checkout.
fn files() -> BTreeSet<PathBuf> {
    let files = files_below("fixtures/facts").into_iter();
    files
        .map(|path| path.strip_prefix(root()).unwrap().to_owned())
        .collect()
}

fn is_snapshot(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == SNAPSHOT)
}

fn snapshot_of(fixture: &Path) -> PathBuf {
    let mut name = fixture.as_os_str().to_owned();
    name.push(".");
    name.push(SNAPSHOT);
    name.into()
}

/// The format that a fixture is of: the folder's name.
fn folder(fixture: &Path) -> String {
    let name = fixture.components().nth(2).unwrap();
    name.as_os_str().to_str().unwrap().to_owned()
}

fn facts(fixture: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_hfscan"))
        .args(["rules", "facts"])
        .arg(fixture)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}: {}",
        fixture.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("facts are UTF-8")
}

/// The lines of two texts that differ, with those around.
fn difference(old: &str, new: &str) -> Vec<String> {
    let input = InternedInput::new(old, new);
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let printer = BasicLineDiffPrinter(&input.interner);
    let mut config = UnifiedDiffConfig::default();
    config.context_len(1);
    let unified = diff.unified_diff(&printer, config, &input);
    unified.to_string().lines().map(str::to_owned).collect()
}

#[test]
fn facts_are_those_of_the_snapshots() {
    let update = std::env::var_os("UPDATE_FACTS").is_some();
    let mut changed = Vec::new();
    for fixture in files().iter().filter(|path| !is_snapshot(path)) {
        let found = facts(fixture);
        let format = found.lines().next().unwrap_or_default();
        assert_eq!(
            format,
            format!("format: {}", folder(fixture)),
            "{} lies in the wrong folder",
            fixture.display()
        );
        let snapshot = root().join(snapshot_of(fixture));
        let there = fs::read_to_string(&snapshot).unwrap_or_default();
        if there == found {
            continue;
        }
        if update {
            #[expect(
                clippy::disallowed_methods,
                reason = "a file of the checkout, under Git"
            )]
            fs::write(&snapshot, &found).unwrap();
            continue;
        }
        changed.push(format!("--- {}", fixture.display()));
        changed.extend(difference(&there, &found));
    }
    let more = changed.len().saturating_sub(SHOWN);
    changed.truncate(SHOWN);
    assert!(
        changed.is_empty(),
        "{}\n({more} more lines)\nUPDATE_FACTS=1 cargo test facts takes the facts as they are now",
        changed.join("\n")
    );
}

#[test]
fn facts_have_a_file_that_they_are_of() {
    let files = files();
    let orphans: Vec<_> = files
        .iter()
        .filter(|path| is_snapshot(path) && !files.contains(&path.with_extension("")))
        .collect();
    assert!(orphans.is_empty(), "snapshots without a file: {orphans:?}");
}

#[test]
fn facts_of_every_format_are_shown() {
    let folders: BTreeSet<String> = files().iter().map(|path| folder(path)).collect();
    let formats = Format::ALL
        .iter()
        .map(|format| format!("{format:?}").to_lowercase());
    let formats: BTreeSet<String> = formats.collect();
    assert_eq!(folders, formats);
}

/// Credentials and what steers a terminal stay inside, wherever a fact holds them.
#[test]
fn facts_leak_nothing() {
    let token = token(7);
    let script = format!(
        "import os\nt = '{token}'\nf({{'{token}': t}}, [{token}.x, '\\x1b[2J'])\n{token}('{}{token}')\nos.system('hf {token}')\n",
        "a ".repeat(20)
    );
    let tree = Tree::with("a.py", script);
    let run = tree.run(["rules", "facts", "a.py"]);
    run.expect(0);
    let out = run.out();
    assert!(out.contains("hf_"), "{out}");
    assert!(!out.contains(&token[5..20]), "{out}");
    assert!(!out.contains(['\u{1b}', '\r']), "{out}");
}
