//! What `docs/security.md` promises, and that each test it names exists.

use std::fs;
use std::path::{Path, PathBuf};

use super::support::{Tree, files_below, token};

/// What reaches outside the process, and the only files that may.
const DOORS: [(&str, &[&str]); 4] = [
    ("process::Command", &["git/program.rs"]),
    // It reads addresses.
    ("std::net", &["respond/endpoint.rs"]),
    ("ureq", &["respond/http.rs"]),
    (".expose()", &EXPOSERS),
];

/// Whoever looks inside a credential.
const EXPOSERS: [&str; 8] = [
    "engine/mod.rs",
    "filter/marks.rs",
    "respond/answer.rs",
    "respond/http.rs",
    "respond/revoke.rs",
    "respond/testing.rs",
    "scan/finish/mod.rs",
    "scan/names.rs",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The sources: path below `src`, and text.
fn sources() -> Vec<(PathBuf, String)> {
    let root = root().join("src");
    let sources = files_below("src").into_iter().map(|path| {
        let text = fs::read_to_string(&path).unwrap();
        (path.strip_prefix(&root).unwrap().into(), text)
    });
    let sources: Vec<_> = sources.collect();
    assert!(sources.len() > 20, "the sources are not where they were");
    sources
}

#[test]
fn the_tests_that_are_named_exist() {
    let page = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let quoted = page.split('`').skip(1).step_by(2);
    let named: Vec<_> = quoted.filter_map(|words| words.split_once("::")).collect();
    assert!(named.len() > 30, "{named:?}");
    for (file, test) in named {
        let text = fs::read_to_string(root().join(file)).unwrap_or_default();
        let found = text.contains(&format!("fn {test}("));
        assert!(found, "docs/security.md names {file}::{test}");
    }
}

#[test]
fn few_modules_reach_outside() {
    for (door, may) in DOORS {
        let sources = sources().into_iter();
        let mut through: Vec<_> = sources
            .filter(|(_, text)| text.contains(door))
            .map(|(path, _)| path.to_string_lossy().replace('\\', "/"))
            .collect();
        through.sort();
        assert_eq!(through, may, "{door}");
    }
}

/// A repository in which each thing that can name a command names one that leaves a trace, with the
/// trace and a commit that is missing; none if Git knows no such repository.
fn trap(references: &str) -> Option<(Tree, PathBuf, String)> {
    let tree = Tree::new();
    if tree.try_git(["init", "--quiet", references]).code != 0 {
        return None;
    }
    let leak = format!("t = '{}'\n", token(1));
    for (path, text) in [
        (".gitattributes", "* filter=trap diff=trap merge=trap\n"),
        ("a.py", leak.as_str()),
        ("gone.py", "x\n"),
        ("hfscan.toml", "exclude = ['/third/']\n"),
    ] {
        tree.file(path, text);
        tree.git(["add", path]);
        tree.git(["commit", "--quiet", "--message", path]);
    }
    let lost = ["HEAD:gone.py", "HEAD~2"].map(|name| tree.git(["rev-parse", name]));
    let trace = tree.path(".git/trace");
    let command = format!("touch '{}'; cat", trace.display());
    let remote = format!("ext::sh -c touch% {}", trace.display());
    for (key, value) in [
        ("core.fsmonitor", command.as_str()),
        ("core.sshCommand", &command),
        ("core.pager", &command),
        ("core.alternateRefsCommand", &command),
        ("credential.helper", &command),
        ("diff.external", &command),
        ("diff.trap.command", &command),
        ("diff.trap.textconv", &command),
        ("filter.trap.clean", &command),
        ("filter.trap.smudge", &command),
        ("filter.trap.process", &command),
        ("filter.trap.required", "true"),
        ("merge.trap.driver", &command),
        ("gpg.program", &command),
        ("protocol.ext.allow", "always"),
        ("remote.origin.url", &remote),
        ("remote.origin.promisor", "true"),
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
    ] {
        tree.git(["config", key, value]);
    }
    // What is missing could be fetched, and what changed would be filtered.
    for id in &lost {
        let (folder, name) = id.split_at(2);
        fs::remove_file(tree.path(format!(".git/objects/{folder}/{name}"))).unwrap();
    }
    tree.file("a.py", format!("{leak}x = 1\n"));
    let [_, commit] = lost;
    Some((tree, trace, commit))
}

/// Runs hfscan in all ways over a trap, and Git, which walks into it.
fn walks_around((tree, trace, lost): &(Tree, PathBuf, String)) {
    let runs: [&[&str]; 10] = [
        &["."],
        &["--staged"],
        &["--since", "HEAD~1"],
        &["--since", "HEAD~3"],
        &["--since", lost],
        &["--history"],
        &["--history", "--all-objects"],
        &["baseline", "."],
        &["redact", "--check", "a.py"],
        &["hook", "install"],
    ];
    for args in runs {
        let run = tree.run(args);
        assert!(!trace.exists(), "{args:?}: {}", run.err());
    }
    tree.run(["--history"]).expect(2);
    // What stands in the way is there: filters, and objects that are missing.
    for args in [&["add", "a.py"][..], &["cat-file", "-p", "HEAD:gone.py"]] {
        tree.try_git(args.iter().copied());
        assert!(trace.exists(), "{args:?}");
        fs::remove_file(trace).unwrap();
    }
}

#[test]
fn nothing_of_a_repository_is_run() {
    walks_around(&trap("--template=").unwrap());
}

#[test]
fn nothing_is_run_when_git_is_asked_for_references() {
    if let Some(trap) = trap("--ref-format=reftable") {
        walks_around(&trap);
    }
}
