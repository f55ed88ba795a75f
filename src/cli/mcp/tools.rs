//! The tools: what each takes, and what it does.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::SystemTime;

use serde_json::{Map, Value};

use crate::cli::args::ScanArgs;
use crate::cli::exit::masked;
use crate::cli::{explain, scan, setup};
use crate::report::{self, Format, Report, Style};
use crate::scan::Tags;

/// A tool, as it is listed.
pub(super) struct Listed {
    pub(super) name: &'static str,
    pub(super) says: &'static str,
    /// The JSON schema of its arguments.
    pub(super) input: &'static str,
}

/// All tools.
pub(super) const TOOLS: [Listed; 4] = [
    Listed {
        name: "scan_text",
        says: "Find credentials, and mistakes that leak them, in a text that is, or is to be, a file. The file's name \
               tells what it is. Returns findings as JSON, with the right form of each.",
        input: r#"{"type": "object", "required": ["text"], "additionalProperties": false, "properties": {
            "text": {"type": "string", "description": "the text"},
            "name": {"type": "string", "description": "the name or path of the file, such as train.py or Dockerfile"}}}"#,
    },
    Listed {
        name: "scan_paths",
        says: "The same in files and folders of the workspace. Returns the report as JSON: findings, and what could \
               not be scanned.",
        input: r#"{"type": "object", "required": ["paths"], "additionalProperties": false, "properties": {
            "paths": {"type": "array", "items": {"type": "string"}, "minItems": 1, "description": "files and folders"}}}"#,
    },
    Listed {
        name: "redact",
        says: "Replace every credential in a text by a mark, so that it can be shown or sent.",
        input: r#"{"type": "object", "required": ["text"], "additionalProperties": false, "properties": {
            "text": {"type": "string", "description": "the text"}}}"#,
    },
    Listed {
        name: "explain_rule",
        says: "Say why a rule matters, with a bad and a good example, and what to do.",
        input: r#"{"type": "object", "required": ["rule"], "additionalProperties": false, "properties": {
            "rule": {"type": "string", "description": "the rule's id, such as job-token-in-env"}}}"#,
    },
];

/// What became of a call.
pub(super) enum Called {
    /// The answer.
    Done(String),
    /// Why there is none.
    Failed(String),
    /// What is wrong with the call.
    Misused(String),
}

/// Calls a tool. Paths must lie in one of the roots.
pub(super) fn call(name: &str, arguments: &Map<String, Value>, roots: &[PathBuf]) -> Called {
    let text = |name: &str| arguments.get(name).and_then(Value::as_str);
    let missing = |name: &str| Called::Misused(format!("`{name}` is missing, or no text"));
    let act = AssertUnwindSafe(|| match name {
        "scan_text" => match text("text") {
            Some(given) => done(scan_text(given, text("name"), roots)),
            None => missing("text"),
        },
        "scan_paths" => match paths(arguments) {
            Some(paths) => done(scan_paths(paths, roots)),
            None => Called::Misused("`paths` is missing, or no list of texts".to_owned()),
        },
        "redact" => text("text").map_or_else(|| missing("text"), |text| Called::Done(masked(text))),
        "explain_rule" => match text("rule") {
            Some(rule) => done(explain::text(rule).map_err(|failure| failure.told())),
            None => missing("rule"),
        },
        _ => Called::Misused("there is no such tool".to_owned()),
    });
    let defect = || Called::Failed("a defect of hfscan: please report it".to_owned());
    catch_unwind(act).unwrap_or_else(|_| defect())
}

fn done(result: Result<String, String>) -> Called {
    match result {
        Ok(text) => Called::Done(text),
        Err(why) => Called::Failed(masked(&why)),
    }
}

fn paths(arguments: &Map<String, Value>) -> Option<Vec<&str>> {
    let list = arguments.get("paths")?.as_array()?;
    let paths: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
    paths.filter(|paths| !paths.is_empty())
}

fn scan_text(text: &str, name: Option<&str>, roots: &[PathBuf]) -> Result<String, String> {
    let here = roots.first().cloned().unwrap_or_else(|| PathBuf::from("."));
    let config = setup::discover(&here).map_err(|error| error.to_string())?;
    let project = setup::project(&ScanArgs::plain(), &config, SystemTime::now());
    let project = project.map_err(|failure| failure.told())?;
    let name = name.unwrap_or("text.txt");
    let outcome = project.scanner.scan_bytes(name, text.as_bytes());
    json(&Report {
        findings: outcome.findings,
        problems: outcome.problems,
        unread: outcome.unread,
        stats: outcome.stats,
        ..Report::default()
    })
}

fn scan_paths(named: Vec<&str>, roots: &[PathBuf]) -> Result<String, String> {
    let roots: Vec<PathBuf> = roots
        .iter()
        .filter_map(|root| root.canonicalize().ok())
        .collect();
    let mut paths = Vec::new();
    for name in named {
        let candidates = roots.iter().map(|root| root.join(name));
        let real = candidates.filter_map(|path| path.canonicalize().ok());
        let mut inside = real.filter(|path| roots.iter().any(|root| path.starts_with(root)));
        let found = inside.next();
        paths.push(found.ok_or_else(|| {
            format!(
                "{name} is not there, or does not lie in a folder that this session may look into"
            )
        })?);
    }
    let mut args = ScanArgs {
        paths,
        ..ScanArgs::plain()
    };
    let (mut report, _) =
        scan::collect(&mut args, Tags::Never).map_err(|failure| failure.told())?;
    // It would differ each time.
    report.stats.seconds = 0.0;
    json(&report)
}

fn json(report: &Report) -> Result<String, String> {
    let mut out = Vec::new();
    let written = report::write(Format::Json, report, Style::default(), &mut out);
    written.map_err(|error| error.to_string())?;
    String::from_utf8(out).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_are_schemas() {
        for tool in TOOLS {
            let schema: Value = serde_json::from_str(tool.input).unwrap();
            assert!(jsonschema::validator_for(&schema).is_ok(), "{}", tool.name);
        }
    }

    #[test]
    fn paths_stay_inside_the_roots() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("in");
        std::fs::create_dir(&root).unwrap();
        for name in ["../x", "/etc/passwd", "gone"] {
            std::fs::File::create(folder.path().join("x")).unwrap();
            let called = call("scan_paths", &arguments(name), std::slice::from_ref(&root));
            assert!(matches!(called, Called::Failed(_)), "{name}");
        }
        assert!(matches!(
            call("scan_paths", &arguments("x"), &[]),
            Called::Failed(_)
        ));
    }

    fn arguments(path: &str) -> Map<String, Value> {
        let value = serde_json::json!({"paths": [path]});
        value.as_object().unwrap().clone()
    }
}
