//! Random input: nothing panics, nothing is missed, and how a stream is cut makes no difference.

use std::io::{self, Read};

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, RngSeed};

use hfscan::Filter;

use super::support::{Letters, Scan, Tree, token};

/// The same cases in every run: a failure is one for all, and no run fails by chance.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(20_261_122),
        ..ProptestConfig::default()
    }
}

/// Pieces of which hostile texts are made.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known: Vec<Vec<u8>> = [
        "hf_",
        "api_org_",
        "HFAK",
        "hf_oauth_eyJ",
        "hf_oauth__refresh_",
        "hf_jwt_eyJ",
        ".",
        "-",
        "_",
        "export HF_TOKEN=",
        "hub_token: ",
        "\r",
        "\\n",
        "\" \"",
        "aGZf",
        "aGZfb",
        "\\u005f",
        "hf%5f",
        "hf\"",
        "\" + \"",
        "\\\n",
        "\x1b[0m",
        "hfscan: ignore[",
        "# hfscan: ignore",
        "]",
        "\n",
        "\r\n",
        "=",
        "token = ",
        "huggingface",
        "{\"cells\": [{\"source\": [\"",
        "X-Webhook-Secret: ",
        "secret_access_key = ",
        "h\0f\0_\0",
        "\u{1}",
        "«",
        "»",
        "%253D",
        "gitleaks:allow",
        "\u{feff}",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into();
    prop_oneof![
        3 => prop::sample::select(known),
        1 => (0..1000_u64).prop_map(|seed| token(seed).into_bytes()),
        1 => (0..60_usize, any::<u64>()).prop_map(|(length, seed)| Letters::new(seed).take(length).into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..40),
        1 => (any::<u8>(), 0..300_usize).prop_map(|(byte, count)| vec![byte; count]),
    ]
}

/// A text of such pieces.
fn text() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(piece(), 0..30).prop_map(|pieces| pieces.concat())
}

/// Names that decide how a file is treated.
fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a.py",
        "a.ipynb",
        "a.md",
        "a.gz",
        ".env",
        "a.json",
        "Dockerfile",
        "a.yaml",
        "",
    ])
}

/// Gives a stream out in pieces of random sizes, some of them interrupted.
struct Chopped<'a> {
    rest: &'a [u8],
    letters: Letters,
}

impl Read for Chopped<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let draw = usize::try_from(self.letters.next() % 1000).unwrap();
        if draw < 50 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let size = if draw < 500 { draw % 7 + 1 } else { draw * 97 };
        let size = size.min(buffer.len()).min(self.rest.len());
        let (now, later) = self.rest.split_at(size);
        buffer[..size].copy_from_slice(now);
        self.rest = later;
        Ok(size)
    }
}

proptest! {
    #![proptest_config(config(400))]

    /// A panic would end this test.
    #[test]
    fn hostile_bytes_do_no_harm(bytes in text(), name in name()) {
        thread_local! { static SCAN: Scan = Scan::new(); }
        let outcome = SCAN.with(|scan| scan.stream(name, &bytes[..]));
        prop_assert_eq!(outcome.stats.files, 1);
        for finding in &outcome.findings {
            let (start, end) = (finding.location.start, finding.location.end);
            prop_assert!(start.byte <= end.byte && start.line <= end.line);
            prop_assert!(finding.location.origin.member.is_some() || end.byte <= bytes.len() as u64);
            let highlight = finding.snippet.highlight.clone();
            prop_assert!(finding.snippet.text.get(highlight).is_some());
            // What is shown holds nothing that would have to be hidden; a cut may part words.
            let text = &finding.snippet.text;
            let masks = SCAN.with(|scan| scan.masks(text));
            prop_assert!(masks.is_empty() || finding.snippet.cut != (false, false), "{:?} in {}", masks, text);
        }
    }

    /// Packed bytes are as any others, whatever they hold.
    #[test]
    fn hostile_gzip_does_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        thread_local! { static SCAN: Scan = Scan::new(); }
        let packed = [&[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], &bytes[..]].concat();
        let outcome = SCAN.with(|scan| scan.stream("a.gz", &packed[..]));
        prop_assert_eq!(outcome.stats.files, 1);
    }

    #[test]
    fn a_token_is_found_in_any_surroundings(
        seed in any::<u64>(),
        before in prop::collection::vec(any::<u8>(), 0..200),
        left in prop::sample::select(vec!["'", "\"", " ", "=", "\n", "(", "@", ":", ",", "\\n", "%20", ">", "\0"]),
        right in prop::sample::select(vec!["'", "\"", " ", "\n", ")", ",", "@", "<", "\\n", "%26", "\0", "\r", "."]),
        after in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        thread_local! { static SCAN: Scan = Scan::new(); }
        let token = token(seed);
        SCAN.with(|scan| {
            // Fewer than one of a thousand looks like words.
            prop_assume!(!scan.places("a.txt", token.as_bytes()).is_empty());
            let text = [&before, left.as_bytes(), token.as_bytes(), right.as_bytes(), &after].concat();
            let at = before.len() + left.len();
            // Some beginnings say that the file is packed.
            let outcome = scan.stream("a.bin", &text[..]);
            prop_assume!(outcome.problems.is_empty());
            let spans: Vec<_> = outcome.findings.iter().map(|f| (f.location.start.byte, f.location.end.byte)).collect();
            prop_assert!(spans.contains(&(at as u64, at as u64 + 37)), "{:?} {}", spans, at);
            Ok(())
        })?;
    }
}

/// The copy of a text without its credentials.
fn copy(scan: &Scan, name: &str, stream: impl Read + Send) -> Vec<u8> {
    let mut out = Vec::new();
    let mut filter = Filter::new(scan.scanner(), [7; 32]);
    filter.copy(name, stream, &mut out).unwrap();
    assert!(filter.warnings().is_empty());
    out
}

/// The credentials that a scan finds.
fn credentials(scan: &Scan, name: &str, text: &[u8]) -> Vec<(String, u64)> {
    let outcome = scan.stream(name, text);
    let findings = outcome.findings.iter().filter(|f| f.secret.is_some());
    findings
        .map(|f| (f.rule.id.to_string(), f.location.start.byte))
        .collect()
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn a_copy_is_clean_and_has_nothing_to_redact(bytes in text(), name in name()) {
        thread_local! { static SCAN: Scan = Scan::all(); }
        SCAN.with(|scan| {
            // What only looks packed is refused.
            prop_assume!(scan.stream(name, &bytes[..]).problems.is_empty());
            let redacted = copy(scan, name, &bytes[..]);
            let shown = String::from_utf8_lossy(&redacted);
            prop_assert_eq!(credentials(scan, name, &redacted), [], "{}", shown);
            let again = copy(scan, name, &redacted[..]);
            prop_assert!(again == redacted, "{}\n{}", shown, String::from_utf8_lossy(&again));
            Ok(())
        })?;
    }
}

proptest! {
    #![proptest_config(config(25))]

    /// A long text is copied window by window.
    #[test]
    fn a_long_copy_is_clean_and_has_nothing_to_redact(
        pieces in prop::collection::vec(text(), 1..6),
        gaps in prop::collection::vec(0..600_000_usize, 6),
        filler in prop::sample::select(vec![b' ', b'x', b'\n']),
        seed in any::<u64>(),
    ) {
        thread_local! { static SCAN: Scan = Scan::all(); }
        let mut bytes = Vec::new();
        for (piece, gap) in pieces.iter().zip(gaps) {
            bytes.extend(piece);
            bytes.extend(vec![filler; gap]);
        }
        bytes.extend(vec![filler; 1 << 20]);
        SCAN.with(|scan| {
            let redacted = copy(scan, "a.txt", &bytes[..]);
            prop_assert_eq!(credentials(scan, "a.txt", &redacted), []);
            prop_assert!(copy(scan, "a.txt", &redacted[..]) == redacted);
            let chopped = Chopped { rest: &bytes, letters: Letters::new(seed) };
            prop_assert!(copy(scan, "a.txt", chopped) == redacted);
            Ok(())
        })?;
    }


    /// However a stream comes in, and wherever its windows end.
    #[test]
    fn the_cut_of_a_stream_makes_no_difference(
        pieces in prop::collection::vec(text(), 1..6),
        gaps in prop::collection::vec(0..600_000_usize, 6),
        filler in prop::sample::select(vec![b' ', b'x', b'\n', 0]),
        seed in any::<u64>(),
    ) {
        thread_local! { static SCAN: Scan = Scan::new(); }
        let mut bytes = Vec::new();
        for (piece, gap) in pieces.iter().zip(gaps) {
            bytes.extend(piece);
            bytes.extend(vec![filler; gap]);
        }
        SCAN.with(|scan| {
            let whole = scan.stream("a.txt", &bytes[..]);
            let chopped = scan.stream("a.txt", Chopped { rest: &bytes, letters: Letters::new(seed) });
            prop_assert_eq!(&chopped.findings, &whole.findings);
            prop_assert_eq!(&chopped.problems, &whole.problems);
            prop_assert_eq!(chopped.stats.bytes, whole.stats.bytes);
            // What stands before the text moves every place, and changes nothing else.
            let ahead = vec![b'\n'; 300_000];
            prop_assume!(bytes.first().is_none_or(|b| b.is_ascii()));
            // Whether a file is binary, its beginning tells.
            prop_assume!(!bytes.contains(&0));
            let moved = scan.stream("a.txt", ahead.chain(&bytes[..]));
            let places = |outcome: &hfscan::Outcome, by: u64| -> Vec<(u64, String)> {
                let findings = outcome.findings.iter();
                findings.map(|f| (f.location.start.byte + by, f.rule.id.to_string())).collect()
            };
            prop_assert_eq!(places(&moved, 0), places(&whole, ahead.len() as u64));
            Ok(())
        })?;
    }

    /// The binary itself, on what no person would write.
    #[test]
    fn a_run_ends_with_an_exit_code(bytes in text(), name in name(), format in prop::sample::select(super::support::FORMATS.to_vec())) {
        let tree = Tree::new();
        let run = tree.run_with(["-", "--stdin-filename", name, "--output-format", format], bytes);
        prop_assert!((0..=2).contains(&run.code));
        prop_assert!(!run.err().contains("defect"), "{}", run.err());
    }
}
