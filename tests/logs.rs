//! Logs of real shapes, and random ones: how they come in makes no difference.

use std::io::{self, Read};
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, RngSeed};

use hfscan::Filter;

use crate::support::{Letters, Scan, Tree, token};

/// Lines without a token, as logs have them. `@` stands for a token.
const LINES: [&str; 18] = [
    "2026-11-22T20:31:10.123Z INFO step=3 loss=0.1",
    "{\"ts\":\"2026-11-22\",\"msg\":\"all_reduce\",\"ms\":1.5}",
    "\x1b[2m20:31:10\x1b[0m \x1b[32m INFO\x1b[0m hf_transfer enabled",
    " 40%|####      | 4/10 [00:01<00:02]\r",
    "data: {\"timestamp\": 17, \"data\": \"hf_hub_download\"}",
    "using HF_HOME=/data/hf_cache and HF_TOKEN=***",
    "",
    "path",
    "+ export HF_TOKEN=@",
    "{\"log\":\"x\\n@\\n\",\"stream\":\"stdout\"}",
    "https://user:@@huggingface.co/x",
    "Namespace(token='@', lr=1)",
    "\x1b[36mtoken\x1b[0m=\x1b[33m@\x1b[0m",
    "{\"a\":\"{\\\"b\\\":\\\"@\\\"}\"}",
    "a @ b @ c",
    "?hf_token=@&x=%3D@%26",
    "@",
    "x = '@' + \\",
];

/// A log of such lines.
fn log() -> impl Strategy<Value = String> {
    let line = (0..LINES.len(), any::<u64>()).prop_map(|(at, seed)| {
        let line = LINES[at].replace("user:@@", "user:@\u{1}");
        line.replace('@', &token(seed)).replace('\u{1}', "@") + "\n"
    });
    prop::collection::vec(line, 1..40).prop_map(|lines| lines.concat())
}

/// How a log is wrapped: at a width, behind a prefix.
fn wrapped(text: &str, width: usize, prefix: usize) -> String {
    let mut out = String::new();
    for (number, line) in text.lines().enumerate() {
        let letters: Vec<char> = line.chars().collect();
        for piece in letters.chunks(width.max(1)) {
            out += &match prefix {
                0 => String::new(),
                1 => format!("2026-11-22T20:31:{:02}.{number}Z ", number % 60),
                2 => "[rank0]: ".to_owned(),
                _ => format!("2026-11-22T20:31:10.{number}Z stdout P "),
            };
            out.extend(piece);
            out.push('\n');
        }
    }
    out
}

/// Gives a stream out in pieces of random sizes.
struct Pieces<'a> {
    rest: &'a [u8],
    letters: Letters,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let draw = usize::try_from(self.letters.next() % 5000).unwrap();
        let size = (1 + draw % 97 * draw)
            .min(buffer.len())
            .min(self.rest.len());
        let (now, later) = self.rest.split_at(size);
        buffer[..size].copy_from_slice(now);
        self.rest = later;
        Ok(size)
    }
}

fn redact(scan: &Scan, stream: impl Read + Send) -> Vec<u8> {
    let mut out = Vec::new();
    let mut filter = Filter::new(scan.scanner(), [7; 32]);
    filter.copy("a.log", stream, &mut out).unwrap();
    out
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        failure_persistence: None,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(20_261_122),
        ..ProptestConfig::default()
    })]

    #[test]
    fn how_a_log_comes_in_makes_no_difference(
        parts in prop::collection::vec(log(), 1..4),
        width in prop::sample::select(vec![20_usize, 80, 120, 100_000]),
        prefix in 0..4_usize,
        gap in 0..300_000_usize,
        seed in any::<u64>(),
    ) {
        thread_local! { static SCAN: Scan = Scan::new(); }
        let filler = "nothing to see here, and nothing there\n".repeat(gap / 39);
        let text = wrapped(&parts.join(&filler), width, prefix);
        let bytes = text.as_bytes();
        let pieces = || Pieces { rest: bytes, letters: Letters::new(seed) };
        SCAN.with(|scan| {
            let whole = scan.stream("a.log", bytes);
            let chopped = scan.follow("a.log", pieces());
            prop_assert_eq!(&chopped.findings, &whole.findings);
            let copy = redact(scan, bytes);
            prop_assert!(copy == redact(scan, pieces()));
            // Nothing is left to find, and nothing to redact.
            let left = scan.stream("a.log", &copy[..]);
            let tokens = left.findings.iter().filter(|f| f.rule.family == "tokens");
            prop_assert_eq!(tokens.count(), 0, "{}", String::from_utf8_lossy(&copy));
            prop_assert!(redact(scan, &copy[..]) == copy);
            Ok(())
        })?;
    }
}

/// A fixture with its tokens put in: `TOKEN_n` stands for one.
fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/logs");
    let mut text = std::fs::read_to_string(folder.join(name)).unwrap();
    for number in 1..5 {
        text = text.replace(&format!("TOKEN_{number}"), &token(800 + number));
        // Some are cut in two by their log.
        let (head, tail) = (&token(800 + number)[..19], &token(800 + number)[19..]);
        text = text.replace(&format!("HEAD_{number}"), head);
        text = text.replace(&format!("TAIL_{number}"), tail);
    }
    text
}

/// What is found in a fixture: line and rule.
fn found(name: &str, text: &[u8]) -> Vec<(u64, String)> {
    let tree = Tree::with(name, text);
    let run = tree.run([name, "--output-format", "json"]);
    run.expect(1);
    let finding = |f: &serde_json::Value| {
        let line = f["start"]["line"].as_u64().unwrap();
        (line, f["rule"].as_str().unwrap().to_owned())
    };
    run.findings().iter().map(finding).collect()
}

/// The lines of a fixture that name a token, or the first half of one.
fn marked(name: &str) -> Vec<u64> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/logs");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let lines = (1..).zip(text.lines());
    let marked = lines.filter(|(_, line)| {
        line.contains("TOKEN_") && !line.contains("HF_TOKEN_") || line.contains("HEAD_")
    });
    marked.map(|(number, _)| number).collect()
}

#[test]
fn logs_of_real_shapes() {
    for name in [
        "github-actions.txt",
        "hf-jobs.log",
        "slurm-4711.out",
        "kubernetes.log",
        "agent-trace.jsonl",
        "debug-http.log",
        "train.ipynb",
    ] {
        let text = fixture(name);
        let mut tokens: Vec<u64> = found(name, text.as_bytes())
            .into_iter()
            .filter(|(_, rule)| rule == "hf-user-token")
            .map(|(line, _)| line)
            .collect();
        // Some lines hold several.
        tokens.dedup();
        assert_eq!(tokens, marked(name), "{name}");
        let tree = Tree::with(name, &text);
        let copy = tree.run(["redact", name]).expect(0).out();
        assert_eq!(copy.lines().count(), text.lines().count());
        for number in 1..5 {
            assert!(
                !copy.contains(&token(800 + number)[3..19]),
                "{name}: {copy}"
            );
            assert!(!copy.contains(&token(800 + number)[19..]), "{name}: {copy}");
        }
        if name.ends_with(".ipynb") {
            serde_json::from_str::<serde_json::Value>(&copy).unwrap();
        }
        for (line, before) in copy.lines().zip(text.lines()) {
            if serde_json::from_str::<serde_json::Value>(before).is_ok() {
                serde_json::from_str::<serde_json::Value>(line).unwrap();
            }
        }
    }
}

#[test]
fn what_logs_give_away_beside_tokens() {
    let rules = |name: &str| -> Vec<(u64, String)> {
        let found = found(name, fixture(name).as_bytes());
        found
            .into_iter()
            .filter(|(_, rule)| rule.starts_with("log-"))
            .collect()
    };
    let rule = |line, rule: &str| (line, rule.to_owned());
    assert_eq!(rules("github-actions.txt"), [rule(7, "log-login")]);
    assert_eq!(rules("hf-jobs.log"), [rule(5, "log-env-dump")]);
    assert_eq!(rules("slurm-4711.out"), [rule(6, "log-weak-mask")]);
    assert_eq!(rules("kubernetes.log"), []);
}

#[test]
fn a_dumped_value_of_no_known_form_is_not_shown() {
    let [one, two] = [1, 2].map(|n| format!("k9{}", Letters::new(n).take(20)));
    let line = format!("PATH=/bin HF_API_KEY={one} HF_ACCESS_TOKEN={two}\n");
    let tree = Tree::with("a.log", line);
    for format in crate::support::FORMATS {
        let run = tree.run(["a.log", "--output-format", format]);
        let out = run.expect(1).out();
        assert!(!out.contains(&one) && !out.contains(&two), "{out}");
    }
}

#[test]
fn a_value_that_a_log_shows_is_one_finding() {
    let value = format!("k9{}", Letters::new(3).take(28));
    let inspected = format!(
        "[{{\"Id\": \"f1\", \"Config\": {{\"Env\": [\"HF_TOKEN={value}\", \"PATH=/bin\"]}}}}]\n"
    );
    let repr = format!("INFO environ({{'PATH': '/bin', 'HF_TOKEN': '{value}'}})\n");
    let job = format!("JobInfo(id='1', environment={{'HF_TOKEN': 'hf_{value}'}})\n");
    for (name, text) in [
        ("inspect.json", &inspected),
        ("run.log", &repr),
        ("job.log", &job),
    ] {
        let found = found(name, text.as_bytes());
        assert_eq!(found, [(1, "log-env-dump".to_owned())], "{text}");
    }
    // Elsewhere it is what it was.
    let code = format!("HF_TOKEN = '{value}'\n");
    let found = found("a.py", code.as_bytes());
    assert_eq!(found, [(1, "hf-credential-literal".to_owned())]);
}

#[test]
fn a_log_archive_of_github_actions() {
    let log = fixture("github-actions.txt");
    let tree = Tree::with(
        "logs.zip",
        crate::decoding::archives::zip(&[("build/3_Train.txt", log.into_bytes())]),
    );
    let run = tree.run(["logs.zip", "--output-format", "json"]);
    let findings = run.expect(1).findings();
    assert_eq!(findings[0]["member"], "build/3_Train.txt");
    assert!(
        findings
            .iter()
            .any(|finding| finding["rule"] == "log-login")
    );
    let copy = tree.run(["redact", "--in-place", "logs.zip"]);
    copy.expect(0).says("logs.zip: 2 credentials redacted");
    let run = tree.run(["logs.zip", "--output-format", "json"]);
    let rules: Vec<String> = run.rules().into_iter().map(|(_, rule)| rule).collect();
    assert_eq!(rules, ["log-login"]);
}

#[test]
fn utf16_of_a_redirected_console() {
    let text = fixture("hf-jobs.log");
    let bytes: Vec<u8> = format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let tokens = found("console.log", &bytes);
    let tokens = tokens.iter().filter(|(_, rule)| rule == "hf-user-token");
    assert_eq!(tokens.count(), marked("hf-jobs.log").len());
}

#[test]
fn places_beyond_four_gigabytes() {
    let token = token(1);
    let megabytes = 4099_u64;
    let dots = io::repeat(b'.').take(megabytes << 20);
    let scan = Scan::new();
    let tail = format!("\n\nt={token}\n");
    let outcome = scan.stream("big.log", dots.chain(tail.as_bytes()));
    let start = outcome.findings[0].location.start;
    assert_eq!((start.line, start.column), (3, 3));
    assert_eq!(start.byte, (megabytes << 20) + 4);
}
