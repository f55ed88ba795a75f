//! SARIF 2.1.0, as GitHub code scanning reads it.
//!
//! No `automationDetails` are given: an upload action fills them in from the category that its user
//! chose, and would not if they were there.

mod notes;
mod results;
mod rules;
mod uri;

use std::collections::BTreeMap;
use std::io;

use serde_json::json;
use serde_sarif::sarif;

use crate::finding::Finding;
use crate::report::{HOME, NAME, Report, VERSION};

/// GitHub refuses a run with more results than this.
const LIMIT: usize = 25_000;

/// GitHub shows no more results of a run than this, and takes no log of more than 10 MB, packed. Where
/// there are more, the lines around them are left out, so that even random ones fit.
const SHOWN: usize = 5_000;

/// The published schema, which editors look up.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What relative paths are relative to.
const ROOT: &str = "%SRCROOT%";

/// Writes one log.
pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &log(report, LIMIT))?;
    writeln!(out)
}

/// The log, with no more than `limit` results.
fn log(report: &Report, limit: usize) -> sarif::Sarif {
    let findings = most_severe(report, limit);
    let cut = report.findings.len() - findings.len();
    let with_lines = findings.len() <= SHOWN;
    let rules = rules::Rules::of(report);
    let driver = sarif::ToolComponent::builder()
        .name(NAME)
        .full_name(format!("{NAME} {VERSION}"))
        .organization(NAME)
        .version(VERSION)
        .semantic_version(VERSION)
        .information_uri(HOME)
        .rules(rules.descriptors())
        .notifications(notes::descriptors())
        .build();
    let root = sarif::ArtifactLocation::builder()
        .description(message(
            "The root of the repository; without one, the folder that hfscan ran in.",
        ))
        .build();
    let run = sarif::Run::builder()
        .tool(sarif::Tool::builder().driver(driver).build())
        .invocations(vec![notes::invocation(report, cut)])
        .original_uri_base_ids(BTreeMap::from([(ROOT.to_owned(), root)]))
        .column_kind(json!("unicodeCodePoints"))
        .results(
            findings
                .into_iter()
                .map(|finding| results::result(finding, rules.index(finding), with_lines))
                .collect::<Vec<_>>(),
        )
        .build();
    sarif::Sarif::builder()
        .schema(SCHEMA)
        .version(json!("2.1.0"))
        .runs(vec![run])
        .build()
}

/// The findings that matter most, in the order of the report: active ones before suppressed, bad
/// before harmless, sure before unsure.
fn most_severe(report: &Report, limit: usize) -> Vec<&Finding> {
    let mut findings: Vec<_> = report.findings.iter().enumerate().collect();
    if findings.len() > limit {
        findings.sort_by_key(|(at, finding)| {
            let weight = (finding.is_active(), finding.severity, finding.confidence);
            (std::cmp::Reverse(weight), *at)
        });
        findings.truncate(limit);
        findings.sort_by_key(|(at, _)| *at);
    }
    findings.into_iter().map(|(_, finding)| finding).collect()
}

/// A plain message. Brackets that would make a link of scanned text are parted.
fn message(text: &str) -> sarif::Message {
    sarif::Message::builder()
        .text(text.replace("](", "] ("))
        .build()
}

/// A number as SARIF wants it.
fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A bag of properties.
fn properties<const N: usize>(values: [(&str, serde_json::Value); N]) -> sarif::PropertyBag {
    let values: BTreeMap<_, _> = values
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    sarif::PropertyBag::builder()
        .additional_properties(values)
        .build()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::finding::Severity;
    use crate::report::{Format, testing};

    /// A report as the JSON that comes out.
    fn render(report: &Report) -> Value {
        let out = testing::render(Format::Sarif, report);
        serde_json::from_str(&out).expect("JSON")
    }

    #[test]
    fn the_log_keeps_its_shape() {
        insta::assert_snapshot!(testing::render(Format::Sarif, &testing::sample()));
        insta::assert_snapshot!("empty", testing::render(Format::Sarif, &testing::clean()));
    }

    #[test]
    fn nothing_to_say_is_still_a_run_with_results() {
        let log = render(&Report::default());
        assert_eq!(log["runs"][0]["results"], json!([]));
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"], json!([]));
    }

    #[test]
    fn every_rule_index_points_at_the_rule() {
        let mut report = testing::sample();
        // Some findings come from no rule of the catalogue, such as an ignore without a rule.
        let stray = testing::rule("bare-ignore", "hygiene", Severity::Warning);
        report
            .findings
            .push(testing::finding(&stray, "z.py", 1, "# «hfscan: ignore»"));
        let log = render(&report);
        let run = &log["runs"][0];
        for result in run["results"].as_array().expect("results") {
            let at = result["ruleIndex"].as_u64().expect("an index");
            let at = usize::try_from(at).expect("a small index");
            assert_eq!(run["tool"]["driver"]["rules"][at]["id"], result["ruleId"]);
        }
    }

    #[test]
    fn the_least_important_results_are_cut_and_that_is_said() {
        let report = testing::sample();
        let log = log(&report, 3);
        let run = &log.runs[0];
        let results = run.results.as_ref().expect("results");
        let ids: Vec<_> = results
            .iter()
            .filter_map(|r| r.rule_id.as_deref())
            .collect();
        assert_eq!(ids, ["hf-user-token", "job-token-in-env", "hf-user-token"]);
        let notes = serde_json::to_value(&run.invocations).expect("JSON");
        let said = notes[0]["toolExecutionNotifications"].to_string();
        assert!(said.contains("4 results were left out"), "{said}");
    }

    /// Writes the logs that `.ci/validate-sarif` checks.
    #[test]
    #[ignore = "writes files, for .ci/run"]
    fn logs_for_the_validator() {
        let folder = std::env::var("SARIF_OUT").expect("SARIF_OUT names a folder");
        let reports = [
            ("clean", testing::clean()),
            ("none", Report::default()),
            ("sample", testing::sample()),
            ("hostile", testing::hostile()),
        ];
        for (name, report) in reports {
            let path = std::path::Path::new(&folder).join(format!("{name}.sarif"));
            let mut file = std::fs::File::create(path).expect("a writable folder");
            write(&report, &mut file).expect("a writable file");
        }
    }
}
