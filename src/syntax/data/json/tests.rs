use crate::syntax::testing::config::{self as testing, commands, settings};
use crate::syntax::testing::lower;
use crate::syntax::{Document, Format, Place};

fn json(file: &str) -> Document {
    let document = lower(Format::Json, file.as_bytes());
    testing::spans_lie_in(file.as_bytes(), &document);
    document
}

#[test]
fn values_comments_and_looseness() {
    let file = r#"// c
        {"a": "b", /* d */ e: 'f', "g": [1, true, null,], "h": {"i": ""}, "j": "${env:K}",
         "l": {{ .Values.m }}, "n": "{{ o }}", }"#;
    let document = json(file);
    assert_eq!(
        settings(&document),
        [
            "a = b",
            "e = f",
            "g.0 = 1",
            "g.1 = true",
            "g.2 = null",
            "h.i = null",
            "j = $K",
            "l = ?",
            "n = ?",
        ]
    );
    assert!(!document.has_errors);
    testing::literals_stand_in(file, &document);
}

#[test]
fn escapes_are_decoded_and_lead_back() {
    let file = r#"{"a\u0041": "x\n\"y\"\u00e9\ud83e\udd17z"}"#;
    let document = json(file);
    assert_eq!(settings(&document), ["aA = x\n\"y\"é🤗z"]);
    let Some(fact) = document.facts.first() else {
        panic!("no fact");
    };
    assert_eq!(fact.span, 2..file.len() - 1);
}

#[test]
fn damage_keeps_the_rest() {
    for (file, expected) in [
        ("{\"a\": \"b\n\"c\": \"d\"}", &["a = b", "c = d"][..]),
        (
            "{\"a\": [1, {\"b\": 2], \"c\": 3",
            &["a.0 = 1", "a.1.b = 2", "c = 3"],
        ),
        (
            "{\"a\": 1 \"b\": 2}} {\"c\": 3}",
            &["a = 1", "b = 2", "c = 3"],
        ),
        ("{\"a\": , \"b\": 2", &["b = 2"]),
    ] {
        let document = json(file);
        assert_eq!(settings(&document), expected, "{file}");
        assert!(document.has_errors, "{file}");
    }
}

#[test]
fn damage_ends_with_its_line() {
    let document = lower(Format::JsonLines, b"{\"a\": [1\n{\"b\": 2}\n");
    assert_eq!(settings(&document), ["a.0 = 1", "b = 2"]);
}

#[test]
fn commands_of_servers_and_launchers() {
    let file = r#"{"mcpServers": {"hf": {"command": "docker", "env": {"HF_TOKEN": "x"},
        "args": ["run", "-e", "HF_TOKEN=y"]}}, "command": ["sh", "-c", "echo $A"]}"#;
    let document = json(file);
    assert_eq!(
        commands(&document).iter().take(2).collect::<Vec<_>>(),
        ["docker | run | -e | HF_TOKEN=y", "sh | -c | <echo +$A>"]
    );
    assert!(settings(&document).contains(&"mcpServers.hf.env.HF_TOKEN = x".to_owned()));
    testing::literals_stand_in(file, &document);
}

#[test]
fn pairs_and_variables() {
    let file = r#"{"variables": [{"key": "HF_TOKEN", "value": "x"}], "environment": ["A=b"],
        "secrets": [{"name": "HF_TOKEN", "valueFrom": "arn:x"}]}"#;
    assert_eq!(
        settings(&json(file)),
        [
            "variables.HF_TOKEN = x",
            "environment.A = b",
            "secrets.HF_TOKEN = ?",
            "secrets.HF_TOKEN.valueFrom = arn:x",
        ]
    );
}

#[test]
fn documents_in_strings() {
    let file = r#"{"annotation": "{\"env\": [{\"name\": \"T\", \"value\": \"v\"}]}"}"#;
    let document = json(file);
    let nested = document.facts.last().unwrap();
    assert!(nested.place.contains(&Place::Key("annotation".into())));
    let testing = settings(&document);
    assert_eq!(testing.last().unwrap(), "env.T = v");
    assert_eq!(
        &file[nested.span.clone()],
        r#"{\"name\": \"T\", \"value\": \"v\"}"#
    );
}

#[test]
fn depth_and_length_cost_little() {
    for file in [
        "[", "{\"a\":", "[1,", "{", "}", "\"", "\\\"", "{{", "/*", "[}",
    ] {
        json(&file.repeat(100_000));
    }
    json(&format!("[{}", "]}".repeat(100_000)));
    json(&format!("[{}]", "1,".repeat(500_000)));
}

proptest::proptest! {
    #[test]
    fn any_bytes(bytes: Vec<u8>) {
        testing::spans_lie_in(&bytes, &lower(Format::Json, &bytes));
    }

    #[test]
    fn mutated(at: usize, with in "[\\[\\]{}:,\"'\\\\ \n$a]{0,3}", length in 0..5_usize) {
        let mut file = br#"{"a": [{"name": "N", "value": "v"}, "b\n"], "command": ["sh", "-c",
            "x"], "env": {"A": "${env:B}"}, "json": "{\"a\": 1}"}"#.to_vec();
        let at = at % file.len();
        let end = (at + length).min(file.len());
        file.splice(at..end, with.bytes());
        testing::spans_lie_in(&file, &lower(Format::Json, &file));
    }
}
