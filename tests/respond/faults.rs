//! What a network and a service may do wrong. None of it makes a token live or dead.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use super::super::support::{Run, Tree, token};
use super::server::{Answer, Hub, whoami};
use super::{assert_silent, run};

/// Asks about one token that is answered so.
fn ask(answer: Answer, args: &[&str]) -> (Run, Hub, String) {
    let token = token(21);
    let hub = Hub::start([(token.clone(), answer)]);
    let mut all = vec!["verify"];
    all.extend(args);
    let run = run(&hub, &Tree::new(), &all, &token, &[&token]);
    (run, hub, token)
}

#[track_caller]
fn assert_unknown(answer: Answer, args: &[&str], why: &str) {
    let (run, _, _) = ask(answer, args);
    let out = run.expect(2).out();
    assert!(
        out.contains("unknown") && out.contains(why),
        "no `{why}` in {out}"
    );
}

#[test]
fn refusals_of_the_service_itself_are_death() {
    for answer in [Answer::Dead, Answer::Expired] {
        let (run, ..) = ask(answer, &[]);
        assert!(run.expect(0).out().contains("dead"));
    }
    let (run, ..) = ask(Answer::Expired, &[]);
    assert!(run.out().contains("expired"));
}

#[test]
fn refusals_of_others_say_nothing() {
    assert_unknown(Answer::Status(401), &[], "not in the form of the service");
    assert_unknown(
        Answer::Body(401, "<h1>Proxy login</h1>"),
        &[],
        "not in the form",
    );
    assert_unknown(Answer::Status(403), &[], "policy");
    assert_unknown(Answer::Status(404), &[], "404");
}

#[test]
fn answers_in_another_form_say_nothing() {
    for body in [
        "",
        "<html>Welcome to the hotel</html>",
        "{\"name\": \"x\"",
        "[1]",
        "{\"ok\":true}",
    ] {
        assert_unknown(Answer::Body(200, body), &[], "form that is not known");
    }
}

#[test]
fn a_limit_is_waited_for() {
    let (run, hub, token) = ask(Answer::Limited(1), &[]);
    assert!(run.expect(1).out().contains("live"));
    assert_eq!(hub.asked(&token), 2);
    assert_unknown(Answer::Limited(9), &["--time-limit", "2"], "429");
}

#[test]
fn failures_are_tried_again_and_not_for_long() {
    let (run, hub, token) = ask(Answer::Status(503), &["--time-limit", "8"]);
    assert!(run.expect(2).out().contains("503"));
    assert!(
        (2..=3).contains(&hub.asked(&token)),
        "{}",
        hub.asked(&token)
    );
}

#[test]
fn slow_and_huge_answers_end() {
    assert_unknown(Answer::Slow, &["--time-limit", "2"], "no answer in time");
    assert_unknown(Answer::Huge, &[], "larger than 1 MiB");
}

#[test]
fn a_dropped_connection_says_nothing() {
    assert_unknown(Answer::Dropped, &["--time-limit", "8"], "connection ended");
}

#[test]
fn nobody_there_says_nothing() {
    let token = token(22);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let url = format!("http://127.0.0.1:{port}");
    let run = Tree::new().run_with(
        ["verify", "--endpoint", &url, "--time-limit", "4"],
        token.as_str(),
    );
    assert_silent(&run, &[&token]);
    assert!(
        run.expect(2).out().contains("no connection"),
        "{}",
        run.out()
    );
}

#[test]
fn a_redirect_is_not_followed() {
    let other = Hub::start([]);
    for to in [
        format!("{}/api/whoami-v2", other.url()),
        "/api/whoami-v2".to_owned(),
    ] {
        let (run, hub, token) = ask(Answer::Redirect(to), &[]);
        assert!(run.expect(2).out().contains("redirect"), "{}", run.out());
        assert_eq!((hub.asked(&token), hub.seen().len()), (1, 1));
    }
    assert_eq!(other.seen().len(), 0);
}

#[test]
fn a_token_is_in_the_header_alone() {
    let (_, hub, token) = ask(Answer::Live(whoami("ada", "read")), &[]);
    let seen = hub.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].line, "GET /api/whoami-v2 HTTP/1.1");
    let holding = seen[0]
        .headers
        .iter()
        .filter(|(_, value)| value.contains(&token));
    assert_eq!(
        holding.map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["authorization"]
    );
    assert!(seen[0].body.is_empty());
}

#[test]
fn endpoints_that_others_could_read_are_refused() {
    let token = token(23);
    for (endpoint, why) in [
        ("http://huggingface.co", "https:// alone"),
        ("http://localhost:1", "https:// alone"),
        ("file:///etc", "https://"),
        ("https://example.com/path", "a host"),
    ] {
        let run = Tree::new().run_with(["verify", "--endpoint", endpoint], token.as_str());
        assert_silent(run.expect(2).says(why), &[&token]);
    }
}

#[test]
fn a_proxy_is_not_given_what_goes_to_this_machine() {
    let token = token(24);
    let hub = Hub::start([(token.clone(), Answer::Live(whoami("ada", "read")))]);
    let proxy = Hub::start([]);
    let tree = Tree::with("list.txt", &token);
    let url = hub.url();
    let mut command = tree.command(["verify", "list.txt", "--endpoint", &url]);
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"] {
        command.env(name, proxy.url());
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!((hub.asked(&token), proxy.seen().len()), (1, 0));
}

#[test]
fn a_proxy_of_the_environment_gets_no_token() {
    let token = token(25);
    let proxy = Hub::start([]);
    let tree = Tree::with("list.txt", &token);
    let mut command = tree.command([
        "verify",
        "list.txt",
        "--endpoint",
        "https://hub.invalid",
        "--time-limit",
        "5",
    ]);
    command.env("HTTPS_PROXY", proxy.url());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let seen = proxy.seen();
    assert!(
        !seen.is_empty()
            && seen
                .iter()
                .all(|seen| seen.line.starts_with("CONNECT hub.invalid:443 "))
    );
    assert!(!format!("{seen:?}").contains(&token[6..]));
}

/// A certificate of this name, of an authority that only this test knows, and the authority.
fn certificate(name: &str) -> (Arc<rustls::ServerConfig>, String) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let pem = authority.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(authority, key);
    let own = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let certificate = params.signed_by(&own, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = rustls::pki_types::PrivateKeyDer::try_from(own.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (Arc::new(config), pem)
}

/// Where the system keeps its certificates in a file that the environment can name.
#[cfg(target_os = "linux")]
#[test]
fn certificates_are_checked() {
    let token = token(26);
    for (name, is_trusted, code) in [
        ("localhost", true, 1),
        ("example.org", true, 2),
        ("localhost", false, 2),
    ] {
        let (config, pem) = certificate(name);
        let hub = Hub::with_tls(
            [(token.clone(), Answer::Live(whoami("ada", "read")))],
            config,
        );
        let tree = Tree::with("list.txt", &token);
        let authority = tree.file("authority.pem", pem);
        let url = format!("https://localhost:{}", hub.port());
        let mut command = tree.command([
            "verify",
            "list.txt",
            "--endpoint",
            &url,
            "--time-limit",
            "5",
        ]);
        if is_trusted {
            command.env("SSL_CERT_FILE", authority);
        }
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{name}: {output:?}");
        assert_eq!(hub.asked(&token), usize::from(code == 1), "{name}");
        if code == 2 {
            let out = String::from_utf8(output.stdout).unwrap();
            assert!(out.contains("certificate"), "{out}");
        }
    }
}
