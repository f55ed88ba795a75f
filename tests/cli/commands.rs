//! The commands beside the scan.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Tree, built_in_rules, token};

/// The ids of the built-in rules, as their files are named.
fn ids() -> Vec<String> {
    let files = built_in_rules().into_iter();
    let mut ids: Vec<String> = files
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids
}

#[test]
fn rules_lists_them_all() {
    let tree = Tree::new();
    let run = tree.run(["rules"]);
    let listed: Vec<String> = run
        .expect(0)
        .out()
        .lines()
        .map(|line| line.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(listed, ids());
    assert_eq!(tree.run(["rules", "list"]), run);
}

#[test]
fn the_catalogue_has_a_section_a_rule() {
    let run = Tree::new().run(["rules", "--markdown"]);
    for id in ids() {
        assert!(
            run.expect(0).out().contains(&format!("\n### {id}\n")),
            "{id}"
        );
    }
    let generators = ["${alpha", "${alnum", "${hex", "${base64", "${jws"];
    for generator in generators {
        assert!(!run.out().contains(generator), "credentials are shortened");
    }
}

#[test]
fn explain_tells_of_every_rule() {
    let tree = Tree::new();
    for id in ids() {
        let run = tree.run(["explain", &id]);
        let page = run.expect(0).out();
        assert!(page.starts_with(&format!("{id}: ")), "{page}");
        for part in [
            "\nBad (",
            "\nGood (",
            "\nWhat to do\n",
            "\nRead on\n",
            "  https://",
        ] {
            // No single file shows a credential in several.
            let several = id == "token-reused" && part == "\nBad (";
            assert!(
                several || page.contains(part),
                "{id}: no {part:?} in {page}"
            );
        }
        assert!(!page.contains('\x1b'), "{page}");
    }
    let colored = tree.run(["explain", "hf-user-token", "--color", "always"]);
    assert!(colored.expect(0).out().contains("\x1b["));
}

#[test]
fn explain_knows_what_was_meant() {
    let tree = Tree::new();
    let near = tree.run(["explain", "hf-usr-token"]);
    near.expect(2)
        .says("there is no rule `hf-usr-token`")
        .says("did you mean `hf-user-token`?");
    let far = tree.run(["explain", "zzz"]);
    far.expect(2).says("`hfscan rules` lists them all");
    assert_eq!(near.out() + &far.out(), "");
}

#[test]
fn the_schema_holds_for_configurations() {
    let schema = Tree::new().run(["schema"]).expect(0).json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let valid = |toml: &str| {
        let value: toml::Table = toml::from_str(toml).unwrap();
        validator.is_valid(&serde_json::to_value(value).unwrap())
    };
    assert!(valid(""));
    assert!(valid(
        "fail-on = 'never'\n[severity]\nhf-user-token = 'note'\n"
    ));
    assert!(!valid("fail-on = 'sometimes'"));
    assert!(!valid("selct = []"));
}

/// What is committed for editors must be what the program says.
#[test]
fn a_committed_schema_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema = Tree::new().run(["schema"]).expect(0).json();
    let places = [
        "hfscan.schema.json",
        "docs/hfscan.schema.json",
        "docs/schema.json",
    ];
    for path in places.map(|path| root.join(path)) {
        if let Ok(text) = fs::read_to_string(&path) {
            let committed: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(committed, schema, "write {} again", path.display());
        }
    }
    let catalogue = fs::read_to_string(root.join("docs/rules.md"));
    if let Ok(catalogue) = catalogue {
        assert_eq!(catalogue, Tree::new().run(["rules", "--markdown"]).out());
    }
}

#[test]
fn completions_for_every_shell() {
    let tree = Tree::new();
    for (shell, word) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef hfscan"),
        ("fish", "complete -c hfscan"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        let script = tree.run(["completions", shell]).expect(0).out();
        assert!(script.contains(word), "{shell}: {script}");
        assert!(script.contains("min-severity"), "{shell}: {script}");
    }
}

#[test]
fn the_manual_page_is_one() {
    let page = Tree::new().run(["man"]).expect(0).out();
    assert!(page.contains(".TH hfscan 1"), "{page}");
    assert!(page.contains("\\-\\-min\\-severity"), "{page}");
}

#[test]
fn help_and_version() {
    let tree = Tree::new();
    let help = tree.run(["--help"]).expect(0).out();
    assert!(help.contains("Exit codes: 0 nothing to report"), "{help}");
    let version = tree.run(["--version"]).expect(0).out();
    assert_eq!(version, format!("hfscan {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_folder_may_have_the_name_of_a_command() {
    let tree = Tree::with("rules/a.py", token(1));
    assert_eq!(tree.places(&["./rules"]).len(), 1);
    assert_eq!(tree.places(&["--", "rules"]).len(), 1);
}
