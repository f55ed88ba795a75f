//! The shapes of the reports, as their readers want them.

use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use super::support::{Run, Tree, token};

/// A tree with findings of every severity, a hidden one, a packed file and trouble.
fn tree() -> Tree {
    let tree = Tree::with(
        "src/a.py",
        format!("é = '{}'\nx = 1  # hfscan: ignore\n", token(1)),
    );
    tree.file("b.py", "x = 1  # hfscan: ignore[hf-user-token]\n");
    tree.file(
        "c.py",
        format!("'{}'  # hfscan: ignore[hf-user-token]\n", token(2)),
    );
    tree.file(
        "100%, or: more & <b>\"'.py",
        format!("x = \"{}\" & '<b>]]>'\n", token(3)),
    );
    let notebook = serde_json::json!({"cells": [{"source": format!("t = '{}'", token(4))}]});
    tree.file("n.ipynb", notebook.to_string());
    tree.file(
        "broken.gz",
        [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF],
    );
    tree
}

fn report(format: &str) -> Run {
    let run = tree().run([".", "missing.py", "--output-format", format]);
    run.expect(2);
    run
}

/// The names in an object.
fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn json_has_the_shape_that_is_promised() {
    let report = report("json").json();
    let top = [
        "schema_version",
        "tool",
        "findings",
        "errors",
        "suppressed",
        "summary",
    ];
    assert!(top.iter().all(|key| report.get(key).is_some()), "{report}");
    assert_eq!(report["schema_version"], 1);
    assert_eq!(report["suppressed"], 1);
    let summary = &report["summary"];
    assert_eq!(
        summary["findings"],
        report["findings"].as_array().unwrap().len()
    );
    assert!(summary["files"].is_u64() && summary["bytes"].is_u64() && summary["seconds"].is_f64());
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 5);
    for finding in findings {
        let wanted = [
            "rule",
            "severity",
            "confidence",
            "message",
            "help",
            "url",
            "path",
            "member",
            "commit",
            "start",
            "end",
            "snippet",
            "secret",
            "fingerprint",
        ];
        let there: BTreeSet<&str> = keys(finding).into_iter().collect();
        assert!(wanted.iter().all(|key| there.contains(key)), "{finding}");
        for end in ["start", "end"] {
            assert_eq!(keys(&finding[end]), ["line", "column", "byte"]);
        }
    }
    let first = findings
        .iter()
        .find(|finding| finding["path"] == "src/a.py")
        .unwrap();
    assert_eq!(
        first["start"],
        serde_json::json!({"line": 1, "column": 6, "byte": 6})
    );
    assert_eq!(
        first["end"],
        serde_json::json!({"line": 1, "column": 43, "byte": 43})
    );
    let (head, tail) = (&token(1)[..5], &token(1)[35..]);
    assert_eq!(first["snippet"], format!("é = '{head}…{tail}'"));
    let secret = &first["secret"];
    assert_eq!(secret["redacted"], format!("{head}…{tail}"));
    assert_eq!(keys(secret), ["redacted", "sha256"]);
    let bare = findings
        .iter()
        .find(|finding| finding["rule"] == "bare-ignore")
        .unwrap();
    assert!(bare["secret"].is_null());
    let kinds: Vec<_> = report["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| &error["kind"])
        .collect();
    assert_eq!(kinds, ["undecodable", "unreadable"]);
}

#[test]
fn jsonl_is_the_findings_of_json() {
    let lines = report("jsonl").out();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(Value::Array(lines), report("json").json()["findings"]);
}

#[test]
fn sarif_follows_its_schema() {
    let mut schema: Value = serde_json::from_str(include_str!("schemas/sarif-2.1.0.json")).unwrap();
    // The published pattern of languages has a bracket too many, and is refused.
    for object in ["run", "toolComponent"] {
        schema["definitions"][object]["properties"]["language"]["pattern"] =
            "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$".into();
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    let clean = Tree::with("a.py", "x")
        .run(["--output-format", "sarif"])
        .json();
    let reported = report("sarif").json();
    for log in [&clean, &reported] {
        let faults: Vec<String> = validator
            .iter_errors(log)
            .map(|fault| fault.to_string())
            .collect();
        assert_eq!(faults, [""; 0]);
    }
    let mut broken = clean.clone();
    broken["runs"][0]["tool"] = Value::Null;
    assert!(!validator.is_valid(&broken));
    assert_eq!(clean["runs"][0]["results"].as_array().unwrap().len(), 0);
    let run = &reported["runs"][0];
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 6);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(
            !result["partialFingerprints"]
                .as_object()
                .unwrap()
                .is_empty()
        );
        let place = &result["locations"][0]["physicalLocation"];
        assert!(place["region"]["startColumn"].as_u64().unwrap() >= 1);
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(
            uri.bytes()
                .all(|b| b.is_ascii_graphic() && b != b'"' && b != b'<'),
            "{uri}"
        );
    }
    let uris = results
        .iter()
        .map(|result| &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]);
    assert_eq!(
        uris.filter(|uri| uri.as_str().unwrap().starts_with("100%25"))
            .count(),
        1
    );
}

#[test]
fn github_commands_are_escaped() {
    let out = report("github").out();
    let lines: Vec<&str> = out.lines().collect();
    // Five findings, two problems, one verdict.
    assert_eq!(lines.len(), 8, "{out}");
    let odd = lines.iter().find(|line| line.contains("file=100")).unwrap();
    assert!(
        odd.starts_with("::error file=100%25%2C or%3A more & <b>\"'.py,line=1,"),
        "{odd}"
    );
    let plain = lines
        .iter()
        .find(|line| line.contains("file=src/a.py,line=1,"))
        .unwrap();
    assert!(
        plain.contains("line=1,endLine=1,col=6,endColumn=43,title=hfscan hf-user-token::"),
        "{plain}"
    );
    assert_eq!(
        lines
            .iter()
            .filter(|line| line.starts_with("::warning "))
            .count(),
        1
    );
    assert_eq!(
        lines
            .iter()
            .filter(|line| line.starts_with("::notice "))
            .count(),
        1
    );
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("::error file=missing.py,")),
        "{out}"
    );
    let verdict = lines.last().unwrap();
    assert!(
        verdict.starts_with("hfscan: Found 3 errors, 1 warning, 1 note in "),
        "{verdict}"
    );
}

#[test]
fn junit_is_well_formed() {
    let out = report("junit").out();
    let mut reader = Reader::from_str(&out);
    let (mut depth, mut cases, mut failures, mut errors) = (0, 0, 0, 0);
    loop {
        match reader
            .read_event()
            .unwrap_or_else(|error| panic!("{error}: {out}"))
        {
            event @ (Event::Start(_) | Event::Empty(_)) => {
                depth += usize::from(matches!(event, Event::Start(_)));
                let (Event::Start(tag) | Event::Empty(tag)) = event else {
                    unreachable!()
                };
                for attribute in tag.attributes() {
                    attribute.unwrap();
                }
                match tag.name().as_ref() {
                    b"testcase" => cases += 1,
                    b"failure" => failures += 1,
                    b"error" => errors += 1,
                    _ => {}
                }
            }
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!((depth, cases, failures, errors), (0, 7, 5, 2), "{out}");
    let clean = Tree::with("a.py", "x")
        .run(["--output-format", "junit"])
        .out();
    assert!(
        clean.contains("failures=\"0\"") && clean.contains("tests=\"1\""),
        "{clean}"
    );
}

#[test]
fn gitlab_has_what_its_schema_requires() {
    let report = report("gitlab").json();
    assert!(report["version"].as_str().unwrap().starts_with("15."));
    let scan = &report["scan"];
    assert_eq!(
        (&scan["type"], &scan["status"]),
        (&"secret_detection".into(), &"failure".into())
    );
    for time in ["start_time", "end_time"] {
        let text = scan[time].as_str().unwrap();
        let shape: String = text
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        assert_eq!(shape, "0000-00-00T00:00:00");
    }
    for tool in ["analyzer", "scanner"] {
        let wanted = ["id", "name", "version", "vendor"];
        assert!(
            wanted.iter().all(|key| !scan[tool][key].is_null()),
            "{scan}"
        );
    }
    let messages: Vec<&str> = scan["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|m| m["value"].as_str())
        .collect();
    for path in ["broken.gz", "missing.py"] {
        assert!(
            messages.iter().any(|message| message.contains(path)),
            "{messages:?}"
        );
    }
    let found = report["vulnerabilities"].as_array().unwrap();
    assert_eq!(found.len(), 5);
    let ids: BTreeSet<&str> = found
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), 5);
    for item in found {
        let wanted = [
            "category",
            "name",
            "description",
            "severity",
            "location",
            "identifiers",
        ];
        assert!(wanted.iter().all(|key| !item[key].is_null()), "{item}");
        let severities = ["Info", "Unknown", "Low", "Medium", "High", "Critical"];
        assert!(
            severities.contains(&item["severity"].as_str().unwrap()),
            "{item}"
        );
        let location = &item["location"];
        assert!(
            location["file"].is_string() && location["start_line"].is_u64(),
            "{item}"
        );
        assert!(
            location["commit"]["sha"].as_str().unwrap().len() >= 7,
            "{item}"
        );
        assert!(!item["identifiers"].as_array().unwrap().is_empty());
    }
    let clean = Tree::with("a.py", "x")
        .run(["--output-format", "gitlab"])
        .json();
    assert_eq!(clean["scan"]["status"], "success");
    assert_eq!(clean["vulnerabilities"], Value::Array(vec![]));
}

#[test]
fn text_points_at_the_place() {
    let tree = Tree::with("src/a.py", format!("\n\tkey = '{}'  # 漢字\n", token(1)));
    let out = tree.run(["."]).out();
    let redacted = format!("{}…{}", &token(1)[..5], &token(1)[35..]);
    assert!(out.starts_with("error[hf-user-token]: "), "{out}");
    assert!(out.contains("--> src/a.py:2:9\n"), "{out}");
    let lines: Vec<&str> = out.lines().collect();
    let at = lines
        .iter()
        .position(|line| line.contains(&redacted))
        .unwrap();
    let column = |line: &str, what: &str| line[..line.find(what).unwrap()].chars().count();
    assert_eq!(column(lines[at + 1], "^"), column(lines[at], &redacted));
    assert_eq!(lines[at + 1].matches('^').count(), redacted.chars().count());
    assert!(out.contains("= help: revoke it"), "{out}");
}

#[test]
fn paths_are_relative_with_slashes() {
    let tree = tree();
    for arg in [".", "./", "src", "./src", "src/../src", "src/a.py"] {
        let paths: Vec<String> = tree
            .places(&[arg, "--select", "hf-user-token"])
            .into_iter()
            .map(|(path, ..)| path)
            .collect();
        let there = paths
            .iter()
            .any(|path| path == "src/a.py" || path == "src/../src/a.py");
        assert!(there, "{arg}: {paths:?}");
    }
    let absolute = tree.run([
        tree.path("src").as_os_str(),
        "--output-format".as_ref(),
        "json".as_ref(),
    ]);
    assert_eq!(absolute.places()[0].0, "src/a.py");
}
