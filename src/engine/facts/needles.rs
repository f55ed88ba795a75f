//! What a file must hold before it is worth a parser.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::bytes::Regex;

use crate::engine::search::Search;
use crate::rule::names::is_credential_name;
use crate::rule::{Context, FactPattern, Subject};
use crate::span::Span;
use crate::syntax::Format;

/// What is looked for with the keywords of token rules, to find where an anchor may be: few, and with
/// first letters that are rare, since every one of them makes the search of all files slower.
pub(in crate::engine) const HINTS: [&str; 16] = [
    "ugging", "HUGGING", "HF_", "hf_", "hf-", "hfT", "hfA", "hfj", "\"hf\"", "hub_t", "e_auth_t",
    "hubTok", "hf ", "t-cred", "red_t", "mlit/",
];

/// One of these is in every file that any pattern may match; not what every file of a Hugging Face
/// repository has, such as its licence and links to pages. Each begins with a hint: what comes before
/// it, as in `huggingface`, `use_auth_token`, `git-credentials`, `stored_tokens`, `.streamlit/`, is
/// left out.
const ANCHORS: [&str; 39] = [
    "uggingface_",
    "uggingface-",
    "uggingfacehub",
    "uggingface/",
    "uggingface:",
    "uggingface]",
    "uggingface\"",
    "ugging_face",
    "ugging-face",
    "uggingFace:",
    "uggingFaceA",
    "uggingFaceT",
    "uggingface.variables",
    "uggingface?.variables",
    "uggingface.token",
    "uggingface.api",
    "HUGGING",
    "HF_",
    "hf_",
    "hf-",
    "hfT",
    "hfA",
    "hfjobs",
    "\"hf\"",
    "hub_token",
    "hubToken",
    "e_auth_token",
    "hf auth",
    "hf jobs",
    "hf spaces",
    "hf repo",
    "hf endpoints",
    "hf sandbox",
    "hf login",
    "hf upload",
    "hf webhooks",
    "t-credentials",
    "red_tokens",
    "mlit/",
];

/// What stands before the hint in a link to one of Hugging Face's repositories, which says nothing.
const LINK: &[u8] = b"github.com/h";

/// Whether an anchor stands at a hint.
pub(in crate::engine) fn is_anchor(text: &[u8], at: usize) -> bool {
    let (before, rest) = text.split_at(at.min(text.len()));
    ANCHORS
        .iter()
        .any(|anchor| rest.starts_with(anchor.as_bytes()))
        && !before.ends_with(LINK)
}

/// One of these is in every name of a Hugging Face credential.
const NAMES: [&str; 8] = ["HF", "Hf", "hf", "HUGGING", "ugging", "HUB", "Hub", "hub"];

/// Other ways to come by a token: functions, files, commands, and tokens themselves.
const SOURCE: &str = concat!(
    r"(?-u:\b)(?:get|save)_token(?-u:\b)|huggingface/token|hf auth token",
    "|(?:hf|api_org)_[A-Za-z0-9]{34}"
);

/// What follows a name that is given a literal: an assignment, a type, a key's quote and bracket, a
/// default, the second key of a pair of name and value. Data has no quotes.
const LITERAL: &str = concat!(
    r#"^["'`]?\s{0,4}[\])]?\s{0,4}(?::[^=\n"']{1,40}=|[:=,]{1,2}>?)\s{0,8}"#,
    r#"(?:[bfru]{0,2}["'`]\S{8}|[^\s"'`$({\[<]{8})"#,
    r#"|^["']?,?\s{0,80}["']?(?:value|default)\b"#
);

/// One of these is in every Python program that runs commands: the functions and arguments that do,
/// and the magics of notebooks.
const RUNS_COMMANDS: [&str; 36] = [
    "subprocess",
    "os.system",
    "import system",
    "popen",
    "getoutput",
    "pexpect",
    "os.exec",
    "posix_spawn",
    "get_ipython",
    "\n!",
    "\n%",
    "  !",
    "= !",
    "command=",
    "command =",
    "command\"",
    "command'",
    "cmd=",
    "cmd =",
    "cmd\"",
    "cmd'",
    "command: str",
    "command: list",
    "command: List",
    "entrypoint=",
    "entrypoint =",
    "entrypoint\"",
    "entrypoint'",
    "script=",
    "script =",
    "script:",
    "script\"",
    "script'",
    "command:list",
    "cmd: ",
    "import exec",
];

/// What each of many patterns needs.
#[derive(Debug)]
pub(super) struct Needles {
    patterns: Vec<Needs>,
    /// The texts that any of them needs.
    texts: Vec<String>,
    /// The places of the texts of programs that run commands.
    runs_commands: Vec<usize>,
    /// For each format, what finds the texts of which a file that names no credential holds one.
    first: Vec<OnceLock<Search>>,
    searches: Searches,
}

/// What looks for the needs.
#[derive(Debug)]
struct Searches {
    texts: Option<AhoCorasick>,
    names: Option<AhoCorasick>,
    source: Option<Regex>,
    literal: Option<Regex>,
}

/// What a text says of credentials.
#[derive(Clone, Copy, Debug, Default)]
struct Credentials {
    named: bool,
    given: bool,
}

#[derive(Debug)]
struct Needs {
    /// Groups of places among the automaton's texts; the file must hold one of each.
    groups: Vec<Vec<usize>>,
    /// Texts of which a file that names no credential must hold one.
    first: Vec<String>,
    /// Whether the file must name a credential.
    credential: bool,
    /// Whether it must give a literal to one.
    literal: bool,
    /// Which formats suit, one bit each.
    formats: u64,
    /// Whether it is over commands.
    commands: bool,
}

impl Needles {
    pub(super) fn new<'p>(patterns: impl Iterator<Item = (Subject, &'p FactPattern)>) -> Self {
        let mut texts: Vec<String> = Vec::new();
        let mut place = |text: String| {
            texts
                .iter()
                .position(|known| *known == text)
                .unwrap_or_else(|| {
                    texts.push(text);
                    texts.len() - 1
                })
        };
        let patterns = patterns
            .map(|(subject, pattern)| {
                let groups = pattern.needles().into_iter();
                Needs {
                    first: pattern.first_needles(),
                    groups: groups
                        .map(|group| group.into_iter().map(&mut place).collect())
                        .collect(),
                    credential: pattern.needs_credential(),
                    literal: pattern.needs_literal(),
                    formats: Format::ALL
                        .into_iter()
                        .filter(|format| suits(pattern, *format))
                        .fold(0, |bits, format| bits | bit(format)),
                    commands: subject == Subject::Command,
                }
            })
            .collect();
        let runs_commands = RUNS_COMMANDS.map(|text| place(text.to_owned())).to_vec();
        let searches = Searches {
            texts: AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .kind(Some(AhoCorasickKind::DFA))
                .build(&texts)
                .ok(),
            names: AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostFirst)
                .build(NAMES)
                .ok(),
            source: Regex::new(SOURCE).ok(),
            literal: Regex::new(LITERAL).ok(),
        };
        Self {
            patterns,
            texts,
            runs_commands,
            first: Format::ALL.map(|_| OnceLock::new()).into(),
            searches,
        }
    }

    /// The places of the patterns all of whose needs a text of this format, or of any, holds.
    pub(super) fn met(&self, text: &[u8], format: Option<Format>) -> Vec<usize> {
        let credentials = OnceCell::new();
        let credentials = || *credentials.get_or_init(|| self.credentials(text));
        let first = format.and_then(|format| self.first(format));
        if first.is_some_and(|first| !first.is_match(text)) && !credentials().named {
            return Vec::new();
        }
        let formats = format.map_or(u64::MAX, bit);
        let found = self.found(text);
        let has = |group: &[usize]| group.iter().any(|at| found.get(*at) == Some(&true));
        let no_commands = format == Some(Format::Python) && !has(&self.runs_commands);
        let patterns = self.patterns.iter().enumerate();
        patterns
            .filter(|(_, needs)| {
                needs.formats & formats != 0
                    && !(needs.commands && no_commands)
                    && needs.groups.iter().all(|group| has(group))
                    && (!needs.credential || {
                        let known = credentials();
                        known.named && (known.given || !needs.literal)
                    })
            })
            .map(|(place, _)| place)
            .collect()
    }

    /// What finds the texts of which a file of a format that names no credential holds one: to ask for
    /// these alone is ten times as fast as for all texts.
    fn first(&self, format: Format) -> Option<&Search> {
        let first = self.first.get(format as usize)?;
        Some(first.get_or_init(|| {
            let patterns = self.patterns.iter();
            let suiting = patterns.filter(|needs| needs.formats & bit(format) != 0);
            let texts: BTreeSet<&String> = suiting.flat_map(|needs| &needs.first).collect();
            Search::new(&texts.into_iter().collect::<Vec<_>>())
        }))
    }

    fn found(&self, text: &[u8]) -> Vec<bool> {
        let count = self.texts.len();
        let Some(automaton) = &self.searches.texts else {
            return vec![true; count];
        };
        let mut found = vec![false; count];
        let mut left = count;
        for hit in automaton.find_overlapping_iter(text) {
            if let Some(seen) = found.get_mut(hit.pattern().as_usize())
                && !*seen
            {
                *seen = true;
                left -= 1;
                if left == 0 {
                    break;
                }
            }
        }
        found
    }

    /// Whether a text has a Hugging Face credential, or the name of one, and gives it a literal.
    fn credentials(&self, text: &[u8]) -> Credentials {
        let Searches {
            names: Some(names),
            source: Some(source),
            literal: Some(literal),
            ..
        } = &self.searches
        else {
            return Credentials {
                named: true,
                given: true,
            };
        };
        let mut known = Credentials {
            named: source.is_match(text),
            given: false,
        };
        let is_name = |span: &Span| {
            let name = text.get(span.clone()).unwrap_or_default();
            std::str::from_utf8(name).is_ok_and(is_credential_name)
        };
        let mut end = 0;
        for found in names.find_iter(text) {
            if found.start() < end {
                continue;
            }
            let word = span_around(text, found.start()..found.end(), is_word);
            // `huggingface.api.key` is one name in Java properties.
            let path = span_around(text, word.clone(), |b| is_word(b) || b == b'.');
            end = word.end;
            let Some(name) = [word, path].into_iter().find(is_name) else {
                continue;
            };
            known.named = true;
            let after = text.get(name.end..(name.end + 120).min(text.len()));
            known.given = literal.is_match(after.unwrap_or_default());
            if known.given {
                break;
            }
        }
        known
    }
}

/// Whether a file of this format may hold what a pattern is over; scripts and fences in it count.
fn suits(pattern: &FactPattern, format: Format) -> bool {
    let mut within = pattern.within.iter();
    pattern.within.is_empty() || within.any(|context| holds_in(*context, format))
}

/// Whether a context may hold in a file of this format.
fn holds_in(context: Context, format: Format) -> bool {
    let data = matches!(
        format,
        Format::Yaml
            | Format::Json
            | Format::JsonLines
            | Format::Toml
            | Format::Ini
            | Format::Dotenv
            | Format::Hcl
    );
    match context {
        Context::Config => data || format == Format::Markdown,
        Context::Ci | Context::GithubWorkflow | Context::GithubAction | Context::GitlabCi => {
            data || format == Format::Jenkinsfile
        }
        Context::Jenkins => matches!(format, Format::Jenkinsfile | Format::Markdown),
        Context::Compose | Context::Kubernetes => data,
        Context::ApptainerBuild | Context::ApptainerArgument => {
            matches!(format, Format::Apptainer | Format::Markdown)
        }
        Context::Dockerfile
        | Context::Run
        | Context::Start
        | Context::Env
        | Context::Arg
        | Context::Copy => data || matches!(format, Format::Dockerfile | Format::Markdown),
        _ => true,
    }
}

fn bit(format: Format) -> u64 {
    1 << (format as u32)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// A piece of a text with the bytes of a kind before and after it, as far as names go.
fn span_around(text: &[u8], piece: Span, of_kind: impl Fn(u8) -> bool) -> Span {
    const LONGEST: usize = 80;
    let before = text.get(piece.start.saturating_sub(LONGEST)..piece.start);
    let before = before.unwrap_or_default().iter().rev();
    let after = text.get(piece.end..(piece.end + LONGEST).min(text.len()));
    let after = after.unwrap_or_default().iter();
    let from = piece.start - before.take_while(|b| of_kind(**b)).count();
    let to = piece.end + after.take_while(|b| of_kind(**b)).count();
    from..to
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> FactPattern {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn one_of_each_group() {
        let patterns = [
            pattern("callee = [\"**.{run_job,run_uv_job}\"]\nargument = [\"env\"]"),
            pattern("key = [\"ENV.{hf-token}\"]"),
        ];
        let needles = Needles::new(patterns.iter().map(|pattern| (Subject::Call, pattern)));
        for (text, holds) in [
            ("run_uv_job(env=1)", true),
            ("run_job()", false),
            ("env", false),
            ("ENV HF_TOKEN=1", true),
            ("ENV HF_HOME=1", false),
            ("ENV my_hf_tokenizer hf_max_tokens", false),
            (
                "ENV my_hf_tokenizer hf_max_tokens HUGGING_FACE_HUB_TOKEN",
                true,
            ),
            ("", false),
        ] {
            assert_eq!(
                !needles
                    .met(text.as_bytes(), Some(Format::Python))
                    .is_empty(),
                holds,
                "{text}"
            );
        }
    }
}
