//! What a log gives away beside its tokens, and what a log is.

use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

use super::{literal, random};
use crate::finding::{Confidence, Hit, RuleMeta, Severity};
use crate::rule::{LogPattern, compile};
use crate::source::Origin;
use crate::span::Span;

/// How far a match may reach beyond its keyword, in bytes.
const WINDOW: usize = 1024;

/// How much of a file is looked at to tell whether it is a log, in bytes.
const SHAPE: usize = 8 << 10;

/// A rule over logs, ready to run.
#[derive(Debug)]
pub(super) struct Log {
    /// The rule's place in the catalogue.
    rule: usize,
    regex: Regex,
    near: Option<(Regex, usize)>,
    credential: bool,
    shown: Option<usize>,
    severity: Severity,
    confidence: Confidence,
}

impl Log {
    /// Compiles a pattern.
    pub(super) fn new(
        rule: usize,
        pattern: &LogPattern,
        meta: &RuleMeta,
    ) -> Result<Self, regex::Error> {
        let near = match &pattern.near {
            Some(near) => Some((compile(near.pattern.get_ref())?, near.within)),
            None => None,
        };
        Ok(Self {
            rule,
            regex: compile(&format!("^(?:{})", pattern.pattern.get_ref()))?,
            near,
            credential: pattern.credential,
            shown: pattern.shown,
            severity: meta.severity,
            confidence: meta.confidence,
        })
    }

    /// Tries the pattern at a keyword.
    pub(super) fn try_at(&self, text: &[u8], at: usize) -> Option<Hit> {
        if at > 0
            && text
                .get(at - 1)
                .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
        {
            return None;
        }
        let rest = text.get(at..text.len().min(at + WINDOW))?;
        let found = self.regex.captures(rest)?;
        let group = |name: &str| -> Option<Span> {
            let found = found.name(name)?;
            Some(at + found.start()..at + found.end())
        };
        let whole = at..at + found.get(0)?.end();
        let value = group("value");
        if self.credential && !value.clone().is_some_and(|v| is_credential(text.get(v))) {
            return None;
        }
        if self.shown.is_some_and(|most| !shows_more(&found, most)) {
            return None;
        }
        if let Some((near, within)) = &self.near {
            let around = at.saturating_sub(*within)..text.len().min(whole.end + within);
            if !near.is_match(text.get(around)?) {
                return None;
            }
        }
        Some(Hit {
            rule: self.rule,
            span: group("report").unwrap_or(whole),
            secret: None,
            hide: value.into_iter().collect(),
            pieces: Vec::new(),
            severity: self.severity,
            confidence: self.confidence,
            context: Vec::new(),
            help: None,
            condition: None,
            fix: None,
        })
    }
}

/// Whether a value is a credential, of a known form or not.
fn is_credential(value: Option<&[u8]>) -> bool {
    let value = value.unwrap_or_default();
    match value.strip_prefix(b"hf_") {
        Some(body) => random::is_random(body),
        None => literal::is_credential(value),
    }
}

/// Whether what a mask leaves has more letters than some, of both cases.
fn shows_more(found: &Captures<'_>, most: usize) -> bool {
    let groups = ["head", "tail"].into_iter();
    let parts = groups
        .filter_map(|name| found.name(name))
        .map(|part| part.as_bytes());
    let letters: Vec<u8> = parts.flatten().copied().collect();
    letters.len() > most
        && letters.iter().any(u8::is_ascii_uppercase)
        && letters.iter().any(u8::is_ascii_lowercase)
}

/// Starts of lines that only logs have: times, levels, marks of CI systems.
static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let time = r"(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d\d:\d\d:\d\d[ .,]|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d |[IWEF]\d{4} \d\d:\d\d:\d\d)";
    compile(&format!(
        r#"(?m)^(?:\x1b\[[0-9;]*m|[\w./-]{{1,60}}(?:\t|  *\| )|\[|\(){{0,4}}(?:{time}|##\[|::group::|\+ \w|declare -x |={{5}} Job started|(?:INFO|DEBUG|WARNING|ERROR)[ :\]]|\[?rank\d|\{{"(?:log|ts|time|timestamp|level)":|data: \{{)"#
    ))
    .ok()
});

/// Whether a file is a log: by its name, or by the shape of its first lines where its name says
/// nothing. A stream without a name is one.
pub(super) fn is_log(origin: &Origin, head: &[u8]) -> bool {
    let name = origin.name().to_ascii_lowercase();
    let base = name.rsplit('/').next().unwrap_or_default();
    // A rotated log has a number behind its ending.
    let base = base.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
    let extension = base.rsplit_once('.').map(|(_, extension)| extension);
    match extension {
        Some("log" | "out" | "err" | "stdout" | "stderr") => true,
        _ if name == "<stdin>" => true,
        // A line of these is a record; of text, a few may be quoted.
        Some("jsonl" | "ndjson") => has_shape(head, 1) || is_inspected(head),
        None | Some("txt") => has_shape(head, 3) || is_inspected(head),
        Some("json") => is_inspected(head),
        Some(_) => false,
    }
}

/// What `docker inspect` and `hf jobs inspect` print.
static INSPECTED: LazyLock<Option<[Regex; 2]>> = LazyLock::new(|| {
    let container = r#"(?s)"Id"\s*:\s*".{0,4000}"Env"\s*:\s*\["#;
    let job = r#"(?s)"docker_?[iI]mage"\s*:.{0,4000}"environment"\s*:\s*\{"#;
    Some([compile(container).ok()?, compile(job).ok()?])
});

/// Whether a file is what a tool says of a container or a job that ran.
fn is_inspected(head: &[u8]) -> bool {
    let head = head.get(..SHAPE.min(head.len())).unwrap_or_default();
    let known = INSPECTED.as_ref();
    known.is_some_and(|known| known.iter().any(|regex| regex.is_match(head)))
}

/// Whether at least so many lines, and a third of all, begin as those of logs do.
fn has_shape(head: &[u8], least: usize) -> bool {
    let head = head.get(..SHAPE.min(head.len())).unwrap_or_default();
    let lines = memchr::memchr_iter(b'\n', head).count() + 1;
    let Some(line) = LINE.as_ref() else {
        return false;
    };
    let shaped = line.find_iter(head).count();
    shaped >= least && shaped * 3 >= lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_known_by_name_and_shape() {
        let log = "2026-11-22T20:31:10Z a\n".repeat(5);
        let colours = "\x1b[2m2026-11-22 20:31:10\x1b[0m INFO x\n".repeat(5);
        let runner = "build\tRun\t2026-11-22T20:31:10.1Z ##[group]\n".repeat(5);
        let code = "import os\nprint(1)\n".repeat(5);
        let record = r#"{"level":"debug","env":{"A":"1"}}"#.to_owned();
        let inspected = r#"[{"Id": "f1", "Config": {"Env": ["A=1"]}}]"#.to_owned();
        for (name, text, wanted) in [
            ("a.log", &code, true),
            ("logs/app.log.3", &code, true),
            ("slurm-1234.out", &code, true),
            ("<stdin>", &code, true),
            ("1_build.txt", &log, true),
            ("capture", &colours, true),
            ("run", &runner, true),
            ("notes.txt", &code, false),
            ("a.py", &log, false),
            ("README.md", &log, false),
            ("Makefile", &code, false),
            ("inspect.json", &inspected, true),
            ("settings.json", &log, false),
            ("worker.jsonl", &record, true),
            ("data.jsonl", &code, false),
        ] {
            let origin = Origin::file(name);
            assert_eq!(is_log(&origin, text.as_bytes()), wanted, "{name}");
        }
    }
}
