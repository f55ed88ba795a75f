//! Rules: the built-in ones against their own examples, and those that users write.

use std::fs;

use super::support::{Letters, Tree, built_in_rules, files_below};

/// A rule that users could write.
const RULE: &str = r#"summary = "Acme key"
severity = "warning"
help = "revoke it"
why = "It opens the door."
remedy = "Revoke it."
references = ["https://example.com"]

[token]
keywords = ["acme_"]
pattern = 'acme_[a-z]{12}'

[[example]]
text = "x = «acme_${alpha:0}abcdefghijkl»"

[[example]]
text = "acme_ is a prefix"
"#;

/// Runs with a folder of rules that has one file.
fn with(name: &str, text: &str) -> (Tree, super::support::Run) {
    let tree = Tree::with(format!("rules.d/{name}"), text);
    tree.file("a.py", "x = acme_abcdefghijkl\n");
    let run = tree.run(["a.py", "--rules", "rules.d", "--output-format", "json"]);
    (tree, run)
}

/// Asserts that a rule is refused, at this place and with these words, by the scan and the test.
#[track_caller]
fn refused(name: &str, text: &str, place: &str, words: &str) {
    let (tree, run) = with(name, text);
    let wanted = format!("rules.d/{place}: ");
    for run in [run, tree.run(["rules", "test", "rules.d"])] {
        run.expect(2).says(&wanted).says(words);
        assert_eq!(run.out(), "");
    }
}

#[test]
fn every_example_of_every_built_in_rule_holds() {
    let files = built_in_rules();
    let rules = files.len();
    let examples = files.iter().map(|path| {
        let rule: toml::Table = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        rule["example"].as_array().unwrap().len()
    });
    let examples: usize = examples.sum();
    let run = Tree::new().run(["rules", "test"]);
    let wanted = format!("{examples} examples of {rules} rules, 0 failures\n");
    assert_eq!(run.expect(0).out(), wanted);
}

/// A list that nothing names is knowledge that nobody asks for.
#[test]
fn every_built_in_list_is_used() {
    let code = files_below("src").into_iter();
    let code: String = code.map(|path| fs::read_to_string(path).unwrap()).collect();
    let rules = files_below("rules").into_iter();
    let rules: Vec<String> = rules
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let tables: Vec<toml::Table> = rules
        .iter()
        .map(|text| toml::from_str(text).unwrap())
        .collect();
    let lists = tables
        .iter()
        .filter_map(|table| table.get("lists")?.as_table());
    let names: Vec<&String> = lists.flat_map(toml::Table::keys).collect();
    assert!(names.len() > 50, "{names:?}");
    for name in names {
        let used = regex::Regex::new(&format!("@{name}([^a-z-]|$)")).unwrap();
        let is_used =
            code.contains(&format!("\"{name}\"")) || rules.iter().any(|text| used.is_match(text));
        assert!(is_used, "nothing names the list `{name}`");
    }
}

#[test]
fn a_users_rule_finds_what_it_says() {
    let (tree, run) = with("acme-key.toml", RULE);
    assert_eq!(
        run.expect(1).rules(),
        [("a.py".to_owned(), "acme-key".to_owned())]
    );
    assert_eq!(run.places()[0].1, 4);
    let test = tree.run(["rules", "test", "rules.d"]);
    assert_eq!(test.expect(0).out(), "2 examples of 1 rules, 0 failures\n");
    // It can be chosen by its id and its folder, and the configuration can bring it.
    let select = ["a.py", "--rules", "rules.d", "--select"];
    tree.run(select.into_iter().chain(["acme-key"])).expect(1);
    tree.run(select.into_iter().chain(["user"])).expect(1);
    tree.run(select.into_iter().chain(["tokens"])).expect(0);
    tree.file("hfscan.toml", "rules = ['rules.d']");
    tree.run(["a.py"]).expect(1);
}

#[test]
fn a_users_rule_leaves_the_built_in_ones_on() {
    let (tree, _) = with("acme-key.toml", RULE);
    tree.file(
        "a.py",
        format!("hf_{} acme_abcdefghijkl", Letters::new(1).take(34)),
    );
    assert_eq!(tree.places(&["a.py", "--rules", "rules.d"]).len(), 2);
}

#[test]
fn an_example_that_fails_is_named() {
    let text = RULE.replace("acme_ is a prefix", "x = acme_abcdefghijkl");
    let (tree, _) = with("acme-key.toml", &text);
    let run = tree.run(["rules", "test", "rules.d"]);
    let out = run.expect(1).out();
    assert!(
        out.contains("acme-key: example 2: found `acme_…` on line 1"),
        "{out}"
    );
    assert!(
        out.ends_with("2 examples of 1 rules, 1 failures\n"),
        "{out}"
    );
    let text = RULE.replace("{12}", "{13}");
    let (tree, _) = with("acme-key.toml", &text);
    let out = tree.run(["rules", "test", "rules.d"]).expect(1).out();
    assert!(
        out.contains("example 1: missed bytes 4..21 on line 1: the pattern does not match there"),
        "{out}"
    );
}

/// What a rule over facts needs is derived; who writes one is told what an example lacks.
#[test]
fn an_example_that_is_missed_is_explained() {
    let (head, _) = RULE.split_once("[token]").unwrap();
    let needs = "[[match]]\nsetting = 'acme.x'\nneeds = [['one', 'two']]";
    let call = "[[match]]\ncall = 'acme.submit'\nfind = '0'";
    for (pattern, example, why) in [
        (
            "[token]\nkeywords = ['acme_']\npattern = 'acme_[a-z]{12}'",
            "«x»",
            "`acme_`, a keyword",
        ),
        (call, "import acmi\nacmi.submit(«x»)", "`acme`"),
        (call, "import acme\nsubmit(«x»)", "no fact fits"),
        (
            "[[match]]\nsetting = '{hf-token}'",
            "x = «1»",
            "a name of {hf-token}",
        ),
        (needs, "acme = {'x': «1»}", "one of `one`, `two`"),
    ] {
        let example = format!("[[example]]\nfile = 'a.py'\ntext = '''{example}'''\n");
        let text = format!("{head}{pattern}\n\n{example}\n[[example]]\ntext = 'x'\n");
        let (tree, _) = with("acme-key.toml", &text);
        let out = tree.run(["rules", "test", "rules.d"]).expect(1).out();
        assert!(
            out.contains("example 1: missed bytes") && out.contains(why),
            "{why}: {out}"
        );
    }
}

#[test]
fn an_unknown_key_is_refused_with_a_suggestion() {
    for (key, line) in [
        ("keyword = ['acme_']\nkeywords", 9),
        ("boundry = true\nkeywords", 9),
    ] {
        let text = RULE.replace("keywords", key);
        refused(
            "acme-key.toml",
            &text,
            &format!("acme-key.toml:{line}"),
            "did you mean `",
        );
    }
    let text = RULE.replace("help =", "hepl = 'x'\nhelp =");
    refused(
        "acme-key.toml",
        &text,
        "acme-key.toml:3",
        "did you mean `help`?",
    );
    let text = RULE.replace("\"warning\"", "\"warnin\"");
    refused(
        "acme-key.toml",
        &text,
        "acme-key.toml:2",
        "did you mean `warning`?",
    );
}

#[test]
fn a_rule_without_examples_is_refused() {
    let (head, _) = RULE.split_once("[[example]]").unwrap();
    refused(
        "acme-key.toml",
        head,
        "acme-key.toml",
        "a rule needs an example that it finds",
    );
    let (first, _) = RULE.rsplit_once("[[example]]").unwrap();
    refused(
        "acme-key.toml",
        first,
        "acme-key.toml",
        "and one that it does not",
    );
}

#[test]
fn a_bad_pattern_is_refused() {
    for (pattern, words) in [
        ("acme_[a-z", "bad pattern: "),
        ("(?:acme_)?", "pattern matches the empty text"),
        ("", "pattern matches the empty text"),
        (r"acme_\p{Greek}", "bad pattern: "),
    ] {
        let text = RULE.replace("acme_[a-z]{12}", pattern);
        refused("acme-key.toml", &text, "acme-key.toml:10", words);
    }
    let near = "pattern = 'acme_[a-z]{12}'\nnear = {pattern = 'x*', within = 9}\n";
    let text = RULE.replace("pattern = 'acme_[a-z]{12}'\n", near);
    refused(
        "acme-key.toml",
        &text,
        "acme-key.toml:11",
        "pattern matches the empty text",
    );
}

#[test]
fn short_keywords_are_refused() {
    for keywords in ["[]", "['ac']", "['acme_', '']"] {
        let text = RULE.replace("[\"acme_\"]", keywords);
        refused(
            "acme-key.toml",
            &text,
            "acme-key.toml:9",
            "`keywords` needs at least one text",
        );
    }
}

#[test]
fn other_faults_are_refused() {
    let text = RULE.replace("[\"https://example.com\"]", "[]");
    refused(
        "acme-key.toml",
        &text,
        "acme-key.toml:6",
        "`references` needs at least one page",
    );
    let text = RULE.replace("[token]", "[check]\nrun = 'bare-ignore'\n[token]");
    refused(
        "acme-key.toml",
        &text,
        "acme-key.toml",
        "or a `[check]`, not both",
    );
    let text = RULE.replace("${alpha:0}", "${beta:0}");
    refused(
        "acme-key.toml",
        &text,
        "acme-key.toml:12",
        "is not known: use alpha",
    );
    let text = RULE.replace('»', "");
    refused(
        "acme-key.toml",
        &text,
        "acme-key.toml:12",
        "« is not closed",
    );
    refused("acme-key.toml", "summary = ", "acme-key.toml:1", "");
}

#[test]
fn an_id_that_is_taken_or_no_id_is_refused() {
    refused(
        "hf-user-token.toml",
        RULE,
        "hf-user-token.toml",
        "there is a rule `hf-user-token` already",
    );
    for name in [
        "AcmeKey.toml",
        "acme_key.toml",
        "acme--key.toml",
        "acme key.toml",
    ] {
        refused(
            name,
            RULE,
            name,
            "is no rule id: use lower-case words joined by `-`",
        );
    }
    let tree = Tree::with("rules.d/a/acme-key.toml", RULE);
    tree.file("rules.d/b/acme-key.toml", RULE);
    let run = tree.run([".", "--rules", "rules.d"]);
    run.expect(2)
        .says("rules.d/b/acme-key.toml: there is a rule `acme-key` already");
}

#[test]
fn a_folder_without_rules_is_refused() {
    let tree = Tree::with("empty/readme.md", "x");
    tree.run([".", "--rules", "empty"])
        .expect(2)
        .says("empty: holds no rule");
    tree.run([".", "--rules", "missing"])
        .expect(2)
        .says("missing: cannot read rules");
    tree.run(["rules", "test", "empty"])
        .expect(2)
        .says("holds no rule");
}
