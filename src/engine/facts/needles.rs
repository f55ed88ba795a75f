//! What a file must hold before it is worth a parser.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::bytes::Regex;

use crate::rule::FactPattern;
use crate::rule::names::is_credential_name;

/// One of these is in every file that any pattern may match. They are looked for with the keywords
/// of token rules, so they are few and rare: not in what every file of a Hugging Face repository
/// has, such as its licence and links to pages.
pub(in crate::engine) const ANCHORS: [&str; 33] = [
    "huggingface_",
    "huggingface-",
    "huggingfacehub",
    "huggingface/",
    "huggingface:",
    "huggingface]",
    "huggingface\"",
    "window.hugging",
    "hugging_face",
    "hugging-face",
    "uggingFace:",
    "uggingFaceA",
    "uggingFaceT",
    "HUGGING",
    "HF_",
    "hf_",
    "hf-",
    "hfT",
    "hfA",
    "hfjobs",
    "hf auth",
    "hf jobs",
    "hf spac",
    "hf repo",
    "hf endp",
    "hf sand",
    "\"hf\"",
    "hub_token",
    "hubToken",
    "use_auth_token",
    ".streamlit/",
    "git-credentials",
    "stored_tokens",
];

/// What most names of Hugging Face credentials have, and the few other ways to come by a token.
/// Names are then looked at more closely.
const CREDENTIAL: &str = concat!(
    "(?:HF|Hf|hf|HUGGING|[Hh]ugging|[Hh]ub)[A-Za-z0-9_-]{0,28}?",
    "(?:TOKEN|[Tt]oken|KEY|[Kk]ey|PAT|_pat|SECRET|[Ss]ecret|CREDENTIAL|[Cc]redential)",
    "|(?:TOKEN|token|KEY|key)_(?:HF|hf|HUGG|hugg|hub)",
    "|(get_token|save_token|huggingface/token|auth token|[^A-Za-z0-9_-](?:hf|api_org)_[A-Za-z0-9]{34})"
);

/// What each of many patterns needs.
#[derive(Debug, Default)]
pub(super) struct Needles {
    automaton: Option<AhoCorasick>,
    patterns: Vec<Needs>,
    /// How many texts the automaton looks for.
    count: usize,
    credential: Option<Regex>,
}

#[derive(Debug)]
struct Needs {
    /// Groups of places among the automaton's texts; the file must hold one of each.
    groups: Vec<Vec<usize>>,
    /// Whether the file must name a credential.
    credential: bool,
}

impl Needles {
    pub(super) fn new<'p>(patterns: impl Iterator<Item = &'p FactPattern>) -> Self {
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
            .map(|pattern| {
                let groups = pattern.needles().into_iter();
                Needs {
                    groups: groups
                        .map(|group| group.into_iter().map(&mut place).collect())
                        .collect(),
                    credential: pattern.needs_credential(),
                }
            })
            .collect();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&texts)
            .ok();
        Self {
            automaton,
            patterns,
            count: texts.len(),
            credential: Regex::new(CREDENTIAL).ok(),
        }
    }

    /// Whether a text holds what some pattern needs.
    pub(super) fn any_holds(&self, text: &[u8]) -> bool {
        let found = self.found(text);
        let mut named = None;
        self.patterns.iter().any(|needs| {
            needs
                .groups
                .iter()
                .all(|group| group.iter().any(|at| found.get(*at) == Some(&true)))
                && (!needs.credential || *named.get_or_insert_with(|| self.names_credential(text)))
        })
    }

    fn found(&self, text: &[u8]) -> Vec<bool> {
        let Some(automaton) = &self.automaton else {
            return vec![true; self.count];
        };
        let mut found = vec![false; self.count];
        let mut left = self.count;
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

    /// Whether a text has a Hugging Face credential, or the name of one.
    fn names_credential(&self, text: &[u8]) -> bool {
        let Some(credential) = &self.credential else {
            return true;
        };
        credential.captures_iter(text).any(|found| {
            found.get(1).is_some()
                || found.get(0).is_some_and(|name| {
                    let word = word_around(text, name.start(), name.end());
                    std::str::from_utf8(word).is_ok_and(is_credential_name)
                })
        })
    }
}

/// The whole word that a piece of a text is part of, as far as names go.
fn word_around(text: &[u8], start: usize, end: usize) -> &[u8] {
    const LONGEST: usize = 80;
    let in_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let before = text.get(start.saturating_sub(LONGEST)..start);
    let before = before.unwrap_or_default().iter().rev();
    let after = text.get(end..(end + LONGEST).min(text.len()));
    let after = after.unwrap_or_default().iter();
    let from = start - before.take_while(|b| in_word(b)).count();
    let to = end + after.take_while(|b| in_word(b)).count();
    text.get(from..to).unwrap_or_default()
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
        let needles = Needles::new(patterns.iter());
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
            assert_eq!(needles.any_holds(text.as_bytes()), holds, "{text}");
        }
    }
}
