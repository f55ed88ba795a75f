//! From a live token to a dead one, and never a token too many.

use serde_json::Value;

use super::super::support::{Tree, token};
use super::run;
use super::server::{Answer, Hub, whoami};

fn live(token: &str) -> (String, Answer) {
    (token.to_owned(), Answer::Live(whoami("ada", "write")))
}

#[test]
fn nothing_is_revoked_without_yes() {
    let token = token(31);
    let hub = Hub::start([live(&token)]);
    let tree = Tree::with(".env", format!("HF_TOKEN={token}\n"));
    let plan = run(&hub, &tree, &["revoke", "."], "", &[&token]);
    plan.expect(2).says("nothing was revoked");
    let out = plan.out();
    assert!(
        out.contains("To be revoked") && out.contains("cannot be brought back"),
        "{out}"
    );
    assert!(out.contains(".env:1") && out.contains("ada"), "{out}");
    assert!(hub.seen().iter().all(|seen| seen.line.starts_with("GET ")));
}

#[test]
fn what_is_live_is_revoked_and_looked_at_again() {
    let (first, second, dead) = (token(32), token(33), token(34));
    let hub = Hub::start([live(&first), live(&second)]);
    let list = format!("{first}\n{second}\n{dead}\n");
    let done = run(
        &hub,
        &Tree::new(),
        &["revoke", "--yes"],
        &list,
        &[&first, &second, &dead],
    );
    let out = done.expect(0).out();
    assert!(
        out.contains("Afterwards") && out.contains("dead") && out.contains("202"),
        "{out}"
    );
    let mut wanted = vec![first, second];
    wanted.sort();
    assert_eq!(hub.revoked(), wanted);
    let posts: Vec<_> = hub
        .seen()
        .into_iter()
        .filter(|seen| seen.line.starts_with("POST"))
        .collect();
    assert_eq!(posts.len(), 1);
    assert_eq!(posts[0].line, "POST /api/credentials/revoke HTTP/1.1");
    assert!(!posts[0].headers.contains_key("authorization"));
    // The dead one is not sent anywhere again.
    let body: Value = serde_json::from_slice(&posts[0].body).unwrap();
    assert_eq!(body["credentials"].as_array().unwrap().len(), 2);
}

#[test]
fn a_taken_request_proves_nothing() {
    let token = token(35);
    let hub = Hub::start([live(&token)]);
    hub.forget();
    let done = run(&hub, &Tree::new(), &["revoke", "--yes"], &token, &[&token]);
    let out = done.expect(1).out();
    assert!(out.contains("live still"), "{out}");
}

#[test]
fn a_refused_request_is_said() {
    let token = token(36);
    let hub = Hub::start([live(&token)]);
    hub.refuse_to_revoke(400);
    let done = run(&hub, &Tree::new(), &["revoke", "--yes"], &token, &[&token]);
    assert!(
        done.expect(1)
            .out()
            .contains("not revoked: the service answered 400"),
        "{}",
        done.out()
    );
}

#[test]
fn what_only_its_owner_can_end_is_left_to_the_owner() {
    let body = &token(37)[3..];
    let (org, refresh) = (
        format!("api_org_{body}"),
        format!("hf_oauth__refresh_{body}"),
    );
    let hub = Hub::start([live(&org)]);
    let list = format!("{org}\n{refresh}\n");
    let done = run(
        &hub,
        &Tree::new(),
        &["revoke", "--yes"],
        &list,
        &[&org, &refresh],
    );
    let out = done.expect(1).out();
    for text in [
        "To be done by hand",
        "/organizations",
        "/settings/connected-applications",
    ] {
        assert!(out.contains(text), "no {text} in {out}");
    }
    assert!(hub.revoked().is_empty() && hub.seen().iter().all(|seen| seen.line.starts_with("GET")));
}

#[test]
fn many_go_in_batches() {
    let tokens: Vec<String> = (400..520).map(token).collect();
    let hub = Hub::start(tokens.iter().map(|token| live(token)));
    let done = run(
        &hub,
        &Tree::new(),
        &["revoke", "--yes"],
        &tokens.join("\n"),
        &[],
    );
    done.expect(0);
    let posts = hub
        .seen()
        .into_iter()
        .filter(|seen| seen.line.starts_with("POST"));
    assert_eq!((posts.count(), hub.revoked().len()), (3, 120));
}

#[test]
fn a_token_that_is_hidden_in_a_file_is_not_revoked() {
    let token = token(38);
    let hub = Hub::start([live(&token)]);
    let tree = Tree::with(
        "a.py",
        format!("t = \"{token}\"  # hfscan: ignore[hf-user-token]\n"),
    );
    run(&hub, &tree, &["revoke", "--yes", "a.py"], "", &[&token])
        .expect(2)
        .says("no credential");
    assert!(hub.seen().is_empty());
}
