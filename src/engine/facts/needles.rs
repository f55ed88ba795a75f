//! Texts that a file must hold before it is worth a parser.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// One of these is in every file that any pattern may match. They are looked for with the keywords
/// of token rules, so they are few and rare.
pub(in crate::engine) const ANCHORS: [&str; 16] = [
    "hugging",
    "Hugging",
    "HUGGING",
    "HF_",
    "hf_",
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
    "hf-token",
];

/// Groups of texts for many patterns.
#[derive(Debug, Default)]
pub(super) struct Needles {
    automaton: Option<AhoCorasick>,
    /// For each pattern its groups, each of places among the automaton's texts.
    groups: Vec<Vec<Vec<usize>>>,
    count: usize,
}

impl Needles {
    pub(super) fn new(patterns: impl Iterator<Item = Vec<Vec<String>>>) -> Self {
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
        let groups = patterns
            .map(|groups| {
                let groups = groups.into_iter();
                groups
                    .map(|group| group.into_iter().map(&mut place).collect())
                    .collect()
            })
            .collect();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&texts)
            .ok();
        Self {
            automaton,
            groups,
            count: texts.len(),
        }
    }

    /// Whether a text holds one of each group of some pattern.
    pub(super) fn any_holds(&self, text: &[u8]) -> bool {
        let Some(automaton) = &self.automaton else {
            return !self.groups.is_empty();
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
        self.groups.iter().any(|groups| {
            groups
                .iter()
                .all(|group| group.iter().any(|at| found.get(*at) == Some(&true)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_each_group() {
        let group = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        let needles = Needles::new(
            [
                vec![group(&["run_job", "run_uv_job"]), group(&["env"])],
                vec![group(&["ENV"]), group(&["HF_TOKEN"])],
            ]
            .into_iter(),
        );
        for (text, holds) in [
            ("run_uv_job(env=1)", true),
            ("run_job()", false),
            ("env", false),
            ("ENV HF_TOKEN=1", true),
            ("", false),
        ] {
            assert_eq!(needles.any_holds(text.as_bytes()), holds, "{text}");
        }
    }
}
