//! The rooms of the program: who knows whom, and how large a room may be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The modules from the ground up. Each may know those before it, and none after it.
const LADDER: [&str; 25] = [
    "regular", "gitdir", "span", "source", "redact", "tomlfile", "model", "verdict", "finding",
    "problem", "rule", "syntax", "engine", "decode", "stream", "input", "git", "config",
    "suppress", "report", "scan", "respond", "filter", "hook", "cli",
];

/// What must stay ignorant of each other although the ladder would let them.
const STRANGERS: [(&str, &[&str]); 6] = [
    ("syntax", &["rule", "finding", "redact"]),
    ("engine", &["tomlfile", "problem"]),
    ("decode", &["rule", "engine"]),
    ("input", &["rule", "engine", "finding", "decode"]),
    ("git", &["rule", "engine", "finding", "decode", "input"]),
    (
        "report",
        &["engine", "decode", "input", "git", "config", "suppress"],
    ),
];

/// The most lines of a file.
const LONGEST: usize = 500;

/// An import: the file, its module, and the module that it names.
type Edge = (PathBuf, String, String);

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// All source files: path below `src`, and text.
fn files() -> Vec<(PathBuf, String)> {
    let mut folders = vec![src()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path.strip_prefix(src()).unwrap().to_owned(), text));
            }
        }
    }
    files.sort();
    assert!(files.len() > 20, "the sources are not where they were");
    files
}

/// The top-level module of a file.
fn module(file: &Path) -> String {
    let first = file.components().next().unwrap();
    let name = first.as_os_str().to_str().unwrap();
    name.strip_suffix(".rs").unwrap_or(name).to_owned()
}

/// The modules that a text names after `crate::`, alone or in braces.
fn named(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
    {
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            assert!(
                !rest.starts_with('{'),
                "one `crate::` path a line, for this test: {line}"
            );
            let word = |c: char| c.is_ascii_lowercase() || c == '_';
            let name: String = rest.chars().take_while(|c| word(*c)).collect();
            names.insert(name);
        }
    }
    names
}

fn edges() -> Vec<Edge> {
    let files = files();
    let modules: BTreeSet<String> = files.iter().map(|(path, _)| module(path)).collect();
    let mut edges = Vec::new();
    for (path, text) in files {
        let from = module(&path);
        for to in named(&text) {
            if to != from && modules.contains(&to) {
                edges.push((path.clone(), from.clone(), to));
            }
        }
    }
    assert!(edges.len() > 50, "imports are not found any more");
    edges
}

#[test]
fn every_module_has_a_rung() {
    for (path, _) in files() {
        let module = module(&path);
        let known = LADDER.contains(&&*module) || ["lib", "main"].contains(&&*module);
        assert!(known, "give `{module}` a place in the ladder of this test");
    }
}

#[test]
fn nothing_imports_upward() {
    let rung = |name: &str| LADDER.iter().position(|rung| *rung == name);
    let upward: Vec<String> = edges()
        .into_iter()
        .filter(|(_, from, to)| rung(from).is_some_and(|from| rung(to) > Some(from)))
        .map(|(path, from, to)| format!("{}: {from} -> {to}", path.display()))
        .collect();
    assert_eq!(upward, [""; 0]);
}

#[test]
fn strangers_stay_strangers() {
    let met: Vec<String> = edges()
        .into_iter()
        .filter(|(_, from, to)| {
            let mut pairs = STRANGERS.iter();
            pairs.any(|(one, others)| one == from && others.contains(&to.as_str()))
        })
        .map(|(path, from, to)| format!("{}: {from} -> {to}", path.display()))
        .collect();
    assert_eq!(met, [""; 0]);
}

#[test]
fn imports_go_round_in_no_circle() {
    let mut knows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, from, to) in edges() {
        knows.entry(from).or_default().insert(to);
    }
    // Whoever knows nobody that is left is taken away; a circle stays.
    loop {
        let left: BTreeSet<String> = knows.keys().cloned().collect();
        let before = knows.len();
        knows.retain(|_, to| to.iter().any(|to| left.contains(to)));
        if knows.len() == before {
            break;
        }
    }
    assert!(knows.is_empty(), "a circle among {knows:?}");
}

#[test]
fn no_path_climbs_out_of_its_folder() {
    let modules: Vec<String> = files().iter().map(|(path, _)| module(path)).collect();
    for (path, text) in files() {
        let lines = || (1..).zip(text.lines());
        let top = path.components().count() == 1 || path.ends_with("mod.rs");
        for (number, line) in lines() {
            let place = format!("{}:{number}: {line}", path.display());
            assert!(!line.contains("super::super"), "{place}");
            let climbs = |name: &String| line.contains(&format!("super::{name}::"));
            let out = top && path.components().count() < 3 && modules.iter().any(climbs);
            assert!(!out, "{place}");
        }
    }
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<String> = files()
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(path, lines)| format!("{}: {lines} lines", path.display()))
        .collect();
    assert_eq!(long, [""; 0]);
}

/// What Hugging Face calls things belongs in `rules/models`. Left are links in reports, and what a browser
/// calls the variables of a static Space.
#[test]
fn the_world_is_named_in_models() {
    let names = regex::Regex::new(r#""[^"]*(?:\bhf[_ -]|\bhf\b|HF_|[Hh]ugging|HUGGING)[^"]*""#);
    let names = names.unwrap();
    let is_test = |path: &Path| {
        path.iter()
            .any(|part| part.to_string_lossy().starts_with("test"))
    };
    let mut found = Vec::new();
    for (path, text) in files().into_iter().filter(|(path, _)| !is_test(path)) {
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let lines = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let naming = lines.filter(|line| names.is_match(line));
        found.extend(naming.map(|line| format!("{}: {}", path.display(), line.trim())));
    }
    assert!((1..=5).contains(&found.len()), "{found:#?}");
}
