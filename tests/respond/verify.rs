//! Live, dead, or not known; and what follows from it.

use serde_json::json;

use super::super::support::{FORMATS, Tree, token};
use super::run;
use super::server::{Answer, Hub, whoami};

fn fine_grained() -> serde_json::Value {
    let mut answer = whoami("bot", "fineGrained");
    answer["auth"]["accessToken"]["fineGrained"] = json!({
        "global": [],
        "scoped": [{"entity": {"type": "org", "name": "acme"}, "permissions": ["repo.content.read"]}],
    });
    answer
}

#[test]
fn a_report_says_what_a_token_opens() {
    let [live, dead, grained] = [1, 2, 3].map(token);
    let hub = Hub::start([
        (live.clone(), Answer::Live(whoami("ada", "write"))),
        (grained.clone(), Answer::Live(fine_grained())),
    ]);
    let tree = Tree::with(".env", format!("HF_TOKEN={live}\nOLD={dead}\n"));
    tree.file("b/.env", format!("HF_TOKEN={grained}\nAGAIN={live}\n"));
    let tokens: [&str; 3] = [&live, &dead, &grained];
    let found = run(
        &hub,
        &tree,
        &["--verify", "--output-format", "json"],
        "",
        &tokens,
    );
    found.expect(1);
    let of = |secret: &str| {
        let findings = found.findings();
        let place = tokens.iter().position(|token| *token == secret).unwrap();
        let ends = &tokens[place][3..5];
        let mut same = findings.into_iter().filter(|finding| {
            let redacted = finding["secret"]["redacted"].as_str().unwrap_or_default();
            redacted.contains(ends) && finding["rule"] == "hf-user-token"
        });
        same.next().unwrap()
    };
    let finding = of(&live);
    assert_eq!(finding["severity"], "error");
    let known = &finding["verification"];
    assert_eq!(known["status"], "live");
    assert_eq!(
        (&known["owner"], &known["role"]),
        (&json!("ada"), &json!("write"))
    );
    assert_eq!(
        known["organizations"],
        json!([{"name": "acme", "role": "admin"}])
    );
    assert_eq!(known["can_write"], true);
    assert_eq!(
        (&of(&dead)["severity"], &of(&dead)["verification"]["status"]),
        (&json!("note"), &json!("dead"))
    );
    assert_eq!(
        of(&grained)["verification"]["scopes"],
        json!(["reads org acme"])
    );
    assert!(!found.out().contains("somebody@example.com"));
    // In two files, and asked about once.
    for token in tokens {
        assert_eq!(hub.asked(token), 1);
    }
    // What is said of a reused token is known too.
    let reused = found
        .findings()
        .into_iter()
        .find(|finding| finding["rule"] == "token-reused");
    assert_eq!(reused.unwrap()["verification"]["owner"], "ada");
}

#[test]
fn every_format_says_it() {
    let live = token(4);
    let hub = Hub::start([(live.clone(), Answer::Live(whoami("ada", "write")))]);
    let tree = Tree::with(".env", format!("HF_TOKEN={live}\n"));
    for format in FORMATS {
        let found = run(
            &hub,
            &tree,
            &["--verify", "--output-format", format],
            "",
            &[&live],
        );
        assert!(
            found.expect(1).out().contains("ada"),
            "{format}: {}",
            found.out()
        );
    }
}

#[test]
fn a_dead_token_alone_does_not_fail_a_scan() {
    let dead = token(5);
    let hub = Hub::start([]);
    let tree = Tree::with(".env", format!("HF_TOKEN={dead}\n"));
    run(&hub, &tree, &["--verify"], "", &[&dead]).expect(0);
    let found = run(
        &hub,
        &tree,
        &["--only-verified", "--output-format", "json"],
        "",
        &[&dead],
    );
    found.expect(0);
    assert_eq!(
        (found.findings().len(), &found.json()["suppressed"]),
        (0, &json!(1))
    );
    let hidden = run(
        &hub,
        &tree,
        &["--verify", "--min-severity", "warning"],
        "",
        &[&dead],
    );
    assert!(!hidden.expect(0).out().contains("hf-user-token"));
}

#[test]
fn what_is_not_known_is_no_pass() {
    let odd = token(6);
    let hub = Hub::start([(odd.clone(), Answer::Status(403))]);
    let tree = Tree::with(".env", format!("HF_TOKEN={odd}\n"));
    for flag in ["--verify", "--only-verified"] {
        let found = run(&hub, &tree, &[flag, "--output-format", "json"], "", &[&odd]);
        found.expect(2);
        assert_eq!(found.findings()[0]["severity"], "error");
        assert_eq!(found.json()["errors"][0]["kind"], "unverified");
    }
}

#[test]
fn hidden_findings_are_not_asked_about() {
    let (hidden, open) = (token(7), token(8));
    let hub = Hub::start([]);
    let text = format!("A={hidden}  # hfscan: ignore[hf-user-token]\nHF_TOKEN={open}\n");
    let tree = Tree::with(".env", text);
    run(&hub, &tree, &["--verify"], "", &[&hidden, &open]).expect(0);
    assert_eq!((hub.asked(&hidden), hub.asked(&open)), (0, 1));
}

#[test]
fn tokens_of_a_list_are_asked_about() {
    let (live, dead) = (token(9), token(10));
    let hub = Hub::start([(live.clone(), Answer::Live(whoami("ada", "read")))]);
    let tree = Tree::new();
    let both = format!("# leaked\n{live}\n\n{dead}\n{live}\n");
    let answer = run(&hub, &tree, &["verify"], &both, &[&live, &dead]);
    let out = answer.expect(1).out();
    let lines: Vec<&str> = out.lines().collect();
    assert!(
        lines.len() == 2 && lines[0].contains("live") && lines[1].contains("dead"),
        "{out}"
    );
    assert_eq!(hub.asked(&live), 1);
    run(&hub, &tree, &["verify"], &dead, &[&dead]).expect(0);
    // A line that is no token is not passed over.
    let odd = format!("{dead}\nhf_{}\n", "abc".repeat(9));
    run(&hub, &tree, &["verify"], &odd, &[])
        .expect(2)
        .says("<stdin>:2: no credential");
    run(&hub, &tree, &["verify"], "", &[])
        .expect(2)
        .says("no credential");
    run(&hub, &tree, &["verify"], "nothing to see here\n", &[]).expect(2);
}

#[test]
fn tokens_of_a_report_are_asked_about() {
    let (live, dead) = (token(11), token(12));
    let hub = Hub::start([(live.clone(), Answer::Live(whoami("ada", "read")))]);
    let tree = Tree::with("a/.env", format!("HF_TOKEN={live}\nB={dead}\n"));
    let whole = tree
        .run(["a", "--output-format", "json", "--show-secrets"])
        .out();
    let answer = run(
        &hub,
        &tree,
        &["verify", "--output-format", "json"],
        &whole,
        &[&live, &dead],
    );
    let known = answer.expect(1).json()["credentials"].clone();
    let statuses: Vec<_> = known
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["verification"]["status"].clone())
        .collect();
    assert!(
        statuses.contains(&json!("live")) && statuses.contains(&json!("dead")),
        "{known}"
    );
    let file = tree.file("report.json", &whole);
    run(
        &hub,
        &tree,
        &["verify", file.to_str().unwrap()],
        "",
        &[&live, &dead],
    )
    .expect(1);
    // Without the credentials there is nothing to ask.
    for format in ["json", "sarif"] {
        let masked = tree.run(["a", "--output-format", format]).out();
        let answer = run(&hub, &tree, &["verify"], &masked, &[&live]);
        answer
            .expect(2)
            .says("2 of its findings come without the credential");
    }
}

#[test]
fn kinds_without_an_answer_are_said_to_be_that() {
    let refresh = format!("hf_oauth__refresh_{}", &token(13)[3..]);
    let hub = Hub::start([]);
    let tree = Tree::with("a.env", format!("TOKEN={refresh}\n"));
    let answer = run(&hub, &tree, &["verify"], &refresh, &[&refresh]);
    assert!(
        answer.expect(2).out().contains("not asked"),
        "{}",
        answer.out()
    );
    let found = run(
        &hub,
        &tree,
        &["--verify", "--output-format", "json"],
        "",
        &[&refresh],
    );
    found.expect(1);
    assert_eq!(found.findings()[0]["verification"]["status"], "not-asked");
    assert_eq!(hub.seen().len(), 0);
}

#[test]
fn a_refusal_proves_nothing_for_some_kinds() {
    let jws = format!(
        "hf_jwt_eyJhbGciOiJFZERTQSJ9.{}.{}",
        "a".repeat(30),
        &token(14)[3..]
    );
    let hub = Hub::start([]);
    let answer = run(&hub, &Tree::new(), &["verify"], &jws, &[&jws]);
    assert!(
        answer.expect(2).out().contains("unknown"),
        "{}",
        answer.out()
    );
}

#[test]
fn only_the_command_line_and_the_environment_name_the_endpoint() {
    let live = token(15);
    let (good, evil) = (Hub::start([]), Hub::start([]));
    let tree = Tree::with(
        ".env",
        format!("HF_TOKEN={live}\nHF_ENDPOINT={}\n", evil.url()),
    );
    tree.file("hf.sh", format!("export HF_ENDPOINT={}\n", evil.url()));
    let mut command = tree.command(["--verify", "."]);
    command.env("HF_ENDPOINT", good.url());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!((good.asked(&live), evil.seen().len()), (1, 0));
    for (name, text) in [
        ("hfscan.toml", "verify = true\n"),
        ("hfscan.toml", "only-verified = true\n"),
        ("hfscan.toml", "endpoint = \"https://example.com\"\n"),
        ("pyproject.toml", "[tool.hfscan]\nverify = true\n"),
    ] {
        let tree = Tree::with(".env", format!("HF_TOKEN={live}\n"));
        tree.file(name, text);
        run(&good, &tree, &["."], "", &[&live])
            .expect(2)
            .says("unknown field");
    }
}

#[test]
fn no_rule_of_others_decides_what_is_sent() {
    let live = token(16);
    let hub = Hub::start([]);
    let tree = Tree::with("a.txt", "xyz_secret_1234567890abcdef\n");
    let rule = "summary = \"x\"\nseverity = \"error\"\nhelp = \"x\"\nreferences = [\"https://example.com\"]\nwhy = \"x\"\n\
                remedy = \"x\"\n[response]\nkind = \"x\"\nverify = \"sure\"\npage = \"x\"\nby-hand = \"x\"\nreplace = []\n\
                [token]\nkeywords = [\"xyz_\"]\npattern = '''xyz_[a-z_0-9]+'''\n\
                [[example]]\ntext = 'a «xyz_secret_1»'\n[[example]]\ntext = 'b'\n";
    tree.file("rules/own/own-rule.toml", rule);
    let found = run(
        &hub,
        &tree,
        &["--verify", "--rules", "rules", "."],
        "",
        &[&live],
    );
    found.expect(2).says("[response]");
    // Without it the rule finds, and nobody is asked.
    let start = rule.find("[response]").unwrap();
    let end = rule.find("[token]").unwrap();
    tree.file(
        "rules/own/own-rule.toml",
        format!("{}{}", &rule[..start], &rule[end..]),
    );
    let found = run(&hub, &tree, &["--verify", "--rules", "rules", "."], "", &[]);
    found.expect(1);
    // Nor does a model add to what is known of the service.
    tree.file(
        "rules/models/hub.toml",
        "endpoint = \"https://example.com\"\n",
    );
    run(&hub, &tree, &["--verify", "--rules", "rules", "."], "", &[]).expect(2);
    assert_eq!(hub.seen().len(), 0);
}

#[test]
fn a_published_token_is_said_to_be_that_and_not_asked() {
    // That of the tests of transformers, backwards, so that nothing takes this file for a leak.
    let published: String = "LLWHmd6dwZxRpKhhcDK3HTrrK6pGPhBw49_fh"
        .chars()
        .rev()
        .collect();
    let open = token(40);
    let hub = Hub::start([(published.clone(), Answer::Live(whoami("ada", "write")))]);
    let tree = Tree::with("train.py", format!("TOKEN = '{published}'\n"));
    let list = format!("{published}\n{open}\n");
    let given = run(&hub, &tree, &["verify"], &list, &[&published, &open]);
    given.expect(0);
    assert!(given.out().contains("published"), "{}", given.out());
    assert_eq!((hub.asked(&published), hub.asked(&open)), (0, 1));
    // A scan has nothing to say of it.
    run(&hub, &tree, &["--verify"], "", &[&published]).expect(0);
    assert_eq!(hub.asked(&published), 0);
    // Nor is it revoked.
    run(&hub, &tree, &["revoke", "--yes"], &published, &[&published]).expect(0);
    assert_eq!((hub.asked(&published), hub.revoked().len()), (0, 0));
}

#[test]
fn a_baseline_says_what_of_it_is_live() {
    let [live, dead] = [41, 42].map(token);
    let hub = Hub::start([(live.clone(), Answer::Live(whoami("ada", "read")))]);
    let tree = Tree::with(".env", format!("HF_TOKEN={live}\nOLD_HF_TOKEN={dead}\n"));
    let args = ["baseline", "--verify", "-o", "known"];
    let written = run(&hub, &tree, &args, "", &[&live, &dead]);
    written.expect(0).says("The baseline holds 2 findings");
    let err = written.err();
    let said: Vec<&str> = err
        .lines()
        .filter(|line| line.contains("it is live"))
        .collect();
    assert_eq!(said.len(), 1, "{}", written.err());
    assert!(
        said[0].starts_with("warning: .env:1: hf-user-token"),
        "{}",
        said[0]
    );
    // Without the flag, nobody is asked.
    let asked = hub.seen().len();
    let args = ["baseline", "-o", "known"];
    run(&hub, &tree, &args, "", &[&live, &dead]).expect(0);
    assert_eq!(hub.seen().len(), asked);
}
