//! What `docs/security.md` promises, and that each test it names exists.

use std::fs;
use std::path::{Path, PathBuf};

use super::support::{Tree, token};

/// What reaches outside the process, and the only files that may.
const DOORS: [(&str, &[&str]); 2] = [("process::Command", &["hook/git.rs"]), ("std::net", &[])];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The sources: path below `src`, and text.
fn sources() -> Vec<(PathBuf, String)> {
    let mut folders = vec![root().join("src")];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                sources.push((path.strip_prefix(root().join("src")).unwrap().into(), text));
            }
        }
    }
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
        let through: Vec<_> = sources
            .filter(|(_, text)| text.contains(door))
            .map(|(path, _)| path.to_string_lossy().replace('\\', "/"))
            .collect();
        assert_eq!(through, may, "{door}");
    }
}

/// A repository in which each thing that can name a command names one that leaves a trace.
fn trap() -> (Tree, PathBuf) {
    let tree = Tree::new();
    tree.git(["init", "--quiet"]);
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
    let lost = tree.git(["rev-parse", "HEAD:gone.py"]);
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
    let (folder, name) = lost.split_at(2);
    fs::remove_file(tree.path(format!(".git/objects/{folder}/{name}"))).unwrap();
    tree.file("a.py", format!("{leak}x = 1\n"));
    (tree, trace)
}

#[test]
fn nothing_of_a_repository_is_run() {
    let (tree, trace) = trap();
    let runs: [&[&str]; 8] = [
        &["."],
        &["--staged"],
        &["--since", "HEAD~3"],
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
    tree.run(["."]).expect(1);
    tree.run(["--history"]).expect(2);
    // The trap is one: Git walks into it, by its filters and by the object that is missing.
    for args in [&["add", "a.py"][..], &["cat-file", "-p", "HEAD:gone.py"]] {
        tree.try_git(args.iter().copied());
        assert!(trace.exists(), "{args:?}");
        fs::remove_file(&trace).unwrap();
    }
}
