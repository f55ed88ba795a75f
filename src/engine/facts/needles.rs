//! What a file must hold before it is worth a parser.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::mention::Mentions;
use crate::engine::search::Search;
use crate::rule::{Context, FactPattern, Subject, most_telling};
use crate::syntax::Format;

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
    search: Option<AhoCorasick>,
    credentials: Mentions,
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
                let groups = pattern.needles();
                let credential = pattern.needs_credential();
                let first = most_telling(&groups).filter(|_| !credential);
                Needs {
                    first: first.cloned().unwrap_or_default(),
                    groups: groups
                        .into_iter()
                        .map(|group| group.into_iter().map(&mut place).collect())
                        .collect(),
                    credential,
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
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&texts);
        Self {
            patterns,
            texts,
            runs_commands,
            first: Format::ALL.map(|_| OnceLock::new()).into(),
            search: search.ok(),
            credentials: Mentions::new(),
        }
    }

    /// The places of the patterns all of whose needs a text of this format, or of any, holds.
    pub(super) fn met(&self, text: &[u8], format: Option<Format>) -> Vec<usize> {
        let credentials = OnceCell::new();
        let credentials = || *credentials.get_or_init(|| self.credentials.read(text));
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
        let Some(automaton) = &self.search else {
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
