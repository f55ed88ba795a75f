//! What to do after a leak.

use super::super::support::Tree;

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
    let set = hfscan::rule::RuleSet::built_in().unwrap();
    let of_tokens = set
        .rules()
        .iter()
        .filter(|rule| rule.meta.family == "tokens" && !rule.meta.guessable);
    for rule in of_tokens {
        assert!(
            rule.meta.response.is_some(),
            "{} has no [response]",
            rule.meta.id
        );
    }
}
