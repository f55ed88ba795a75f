//! The rooms of the program: who knows whom, and how large a room may be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::support::files_below;

/// The modules from the ground up. Each may know those before it, and none after it.
const LADDER: [&str; 27] = [
    "regular", "gitdir", "span", "source", "redact", "tomlfile", "model", "verdict", "finding",
    "problem", "rule", "syntax", "engine", "decode", "stream", "input", "git", "config",
    "suppress", "report", "scan", "respond", "filter", "hook", "agent", "lsp", "cli",
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

/// A module by its path: `["syntax", "data", "tree"]`.
type Module = Vec<String>;

/// What a file imports.
struct Import {
    file: PathBuf,
    from: Module,
    to: Module,
}

/// All source files: path below `src`, and text.
fn files() -> Vec<(PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let sources = files_below("src").into_iter();
    let files: Vec<_> = sources
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path.strip_prefix(&src).unwrap().to_owned(), text)
        })
        .collect();
    assert!(files.len() > 20, "the sources are not where they were");
    files
}

/// The module that a file is.
fn module(file: &Path) -> Module {
    let stem = file.with_extension("");
    let parts = stem.iter().map(|part| part.to_str().unwrap().to_owned());
    parts.filter(|part| part != "mod").collect()
}

/// The paths that begin with `crate`, `self` or `super`, with those in braces one by one.
fn paths(text: &str) -> Vec<String> {
    let path = Regex::new(r"\b(?:crate|self|super)(?:::\w+)*(?:::\{)?").unwrap();
    let mut paths = Vec::new();
    for found in path.find_iter(text) {
        match found.as_str().strip_suffix('{') {
            Some(prefix) => paths.extend(in_braces(&text[found.end()..], prefix)),
            None => paths.push(found.as_str().to_owned()),
        }
    }
    paths
}

/// The paths up to a closing brace, with what stands before the braces.
fn in_braces(text: &str, prefix: &str) -> Vec<String> {
    let (mut paths, mut prefixes) = (Vec::new(), vec![prefix.to_owned()]);
    let item = Regex::new(r"[\w:]+|[{}]").unwrap();
    for found in item.find_iter(text) {
        match found.as_str() {
            "{" => prefixes.push(paths.pop().unwrap()),
            "}" => drop(prefixes.pop()),
            word => paths.push(format!("{}{word}", prefixes.last().unwrap())),
        }
        if prefixes.is_empty() {
            break;
        }
    }
    paths
}

/// The module that a path leads to from another: the longest part of it that is one.
fn resolve(path: &str, from: &Module, modules: &BTreeSet<Module>) -> Module {
    let mut to = from.clone();
    for part in path.split("::") {
        match part {
            "crate" => to.clear(),
            "super" => drop(to.pop()),
            "self" => {}
            part => to.push(part.to_owned()),
        }
    }
    while !modules.contains(&to) && !to.is_empty() {
        to.pop();
    }
    to
}

fn imports() -> Vec<Import> {
    let files = files();
    let modules: BTreeSet<Module> = files.iter().map(|(file, _)| module(file)).collect();
    let mut imports = Vec::new();
    for (file, text) in &files {
        let from = module(file);
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let code: String = code.flat_map(|line| [line, "\n"]).collect();
        for path in paths(&code) {
            let to = resolve(&path, &from, &modules);
            if to != from && !to.is_empty() {
                let (file, from) = (file.clone(), from.clone());
                imports.push(Import { file, from, to });
            }
        }
    }
    assert!(imports.len() > 500, "imports are not found any more");
    imports
}

/// Imports from one room into another that are not as they should be.
fn faults(is_fault: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let imports = imports().into_iter();
    imports
        .filter(|import| import.from[0] != import.to[0] && is_fault(&import.from[0], &import.to[0]))
        .map(|import| format!("{}: {}", import.file.display(), import.to.join("::")))
        .collect()
}

#[test]
fn the_ladder_has_a_rung_for_every_module() {
    let modules: BTreeSet<String> = files()
        .iter()
        .map(|(file, _)| module(file).swap_remove(0))
        .collect();
    let rungs = LADDER.into_iter().chain(["lib", "main"]);
    assert_eq!(modules, rungs.map(str::to_owned).collect());
}

#[test]
fn nothing_imports_upward() {
    let rung = |name: &str| LADDER.iter().position(|rung| *rung == name);
    let upward = faults(|from, to| rung(from).is_some_and(|from| rung(to) > Some(from)));
    assert_eq!(upward, [""; 0]);
}

#[test]
fn strangers_stay_strangers() {
    let met = faults(|from, to| {
        let mut pairs = STRANGERS.iter();
        pairs.any(|(one, others)| *one == from && others.contains(&to))
    });
    assert_eq!(met, [""; 0]);
}

/// A module and those in it may know each other. Of those that lie side by side, with all in them, none is
/// known by one that it knows, on whatever way; so files go round in no circle either.
#[test]
fn siblings_go_round_in_no_circle() {
    let mut knows: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for Import { from, to, .. } in imports() {
        let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
        if let (Some(one), Some(other)) = (from.get(..=common), to.get(..=common)) {
            knows
                .entry(one.to_owned())
                .or_default()
                .insert(other.to_owned());
        }
    }
    // Whoever knows nobody that is left is taken away; a circle stays.
    loop {
        let left: BTreeSet<Module> = knows.keys().cloned().collect();
        for known in knows.values_mut() {
            known.retain(|module| left.contains(module));
        }
        knows.retain(|_, known| !known.is_empty());
        if knows.len() == left.len() {
            break;
        }
    }
    assert!(knows.is_empty(), "a circle among {knows:#?}");
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
    let names = Regex::new(r#""[^"]*(?:\bhf[_ -]|\bhf\b|HF_|[Hh]ugging|HUGGING)[^"]*""#);
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
