//! What to do after a leak.

use crate::support::{Tree, built_in_rules};

#[test]
fn the_steps_fit_the_credential_and_the_place() {
    let tree = Tree::new();
    let page = |args: &[&str]| {
        let mut all = vec!["explain"];
        all.extend(args);
        tree.run(all)
    };
    let user = page(&["hf-user-token", "--incident"]).expect(0).out();
    for text in [
        "hfscan revoke",
        "hfscan verify -",
        "hfscan --history",
        "hfscan redact --in-place",
        "docker save",
    ] {
        assert!(user.contains(text), "no {text} in {user}");
    }
    let log = page(&["hf-user-token", "--incident", "--found-in", "log"])
        .expect(0)
        .out();
    assert!(
        log.contains("redact --in-place") && !log.contains("docker save"),
        "{log}"
    );
    let key = page(&["hf-s3-key", "--incident"]).expect(0).out();
    assert!(
        !key.contains("hfscan revoke") && key.contains("/settings/tokens"),
        "{key}"
    );
    page(&["token-printed", "--incident"])
        .expect(2)
        .says("no credential of one kind");
    page(&["hf-user-token", "--incident", "--found-in", "moon"])
        .expect(2)
        .says("history");
    page(&["hf-user-token", "--found-in", "log"]).expect(2);
}

#[test]
fn every_credential_has_its_steps() {
    let tokens = built_in_rules().into_iter();
    for path in tokens.filter(|path| {
        path.parent()
            .is_some_and(|family| family.ends_with("tokens"))
    }) {
        let rule: toml::Table = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let guessable = rule.get("guessable").and_then(toml::Value::as_bool) == Some(true);
        assert!(
            guessable || rule.contains_key("response"),
            "{} has no [response]",
            path.display()
        );
    }
}
