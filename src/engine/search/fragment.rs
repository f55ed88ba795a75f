//! Fragments: few short texts, one of which is in each of many others.
//!
//! A search for many texts costs by their number, and by how often they stand somewhere in vain. Many texts
//! have four bytes in common that are rare elsewhere, so that those are looked for in their place.

use std::collections::BTreeMap;

use crate::model::Bigrams;

/// How many bytes a fragment has: as many as vectors look at. Shorter texts are their own, and so is a single
/// one.
const LENGTH: usize = 4;

/// How far into its text a fragment may begin, in bytes.
const FARTHEST: usize = 24;

/// What looking for one more fragment costs, as a share of places that are looked at in vain.
const SEARCH: f64 = 1e-4;

/// A fragment, and the texts that have it: their place, and how far into them it begins, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fragment {
    pub(super) text: Vec<u8>,
    pub(super) texts: Vec<(usize, usize)>,
}

/// A fragment that may be chosen.
struct Candidate {
    /// What looking for it costs.
    cost: f64,
    fragment: Fragment,
    /// How many of its texts have no fragment yet.
    left: usize,
}

/// Chooses fragments for texts: again and again the one that costs least for each text that it adds.
pub(super) fn choose(texts: &[&[u8]], bigrams: &Bigrams) -> Vec<Fragment> {
    if let [only] = texts {
        return vec![Fragment {
            text: only.to_vec(),
            texts: vec![(0, 0)],
        }];
    }
    let mut candidates = candidates(texts, bigrams);
    // Of each text that has no fragment yet, those that it may have.
    let mut open = vec![Vec::new(); texts.len()];
    for (at, candidate) in candidates.iter().enumerate() {
        for (place, _) in &candidate.fragment.texts {
            if let Some(may) = open.get_mut(*place) {
                may.push(at);
            }
        }
    }
    let cheapest = |candidates: &[Candidate]| {
        let left = candidates.iter().enumerate().filter(|(_, c)| c.left > 0);
        let each = left.map(|(at, c)| (at, c.cost / c.left as f64));
        each.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(at, _)| at)
    };
    let mut chosen = Vec::new();
    while let Some(candidate) = cheapest(&candidates).and_then(|at| candidates.get_mut(at)) {
        let mut fragment = candidate.fragment.clone();
        let mut covered = Vec::new();
        fragment.texts.retain(|(place, _)| {
            let may = open.get_mut(*place).map(std::mem::take).unwrap_or_default();
            let is_open = !may.is_empty();
            covered.extend(may);
            is_open
        });
        for at in covered {
            if let Some(candidate) = candidates.get_mut(at) {
                candidate.left -= 1;
            }
        }
        chosen.push(fragment);
    }
    without_prefixed(chosen)
}

/// All fragments that there are, with the texts that have them, in order.
fn candidates(texts: &[&[u8]], bigrams: &Bigrams) -> Vec<Candidate> {
    let mut known: BTreeMap<&[u8], Vec<(usize, usize)>> = BTreeMap::new();
    for (place, whole) in texts.iter().enumerate() {
        let length = LENGTH.min(whole.len()).max(1);
        for (offset, text) in whole.windows(length).take(FARTHEST).enumerate() {
            let texts = known.entry(text).or_default();
            if texts.last().is_none_or(|(last, _)| *last != place) {
                texts.push((place, offset));
            }
        }
    }
    let candidates = known.into_iter().map(|(text, texts)| Candidate {
        cost: bigrams.share(text) + SEARCH,
        left: texts.len(),
        fragment: Fragment {
            text: text.to_vec(),
            texts,
        },
    });
    candidates.collect()
}

/// Puts fragments that begin with another one to that: a search finds one of both.
fn without_prefixed(mut fragments: Vec<Fragment>) -> Vec<Fragment> {
    fragments.sort_by(|a, b| (a.text.len(), &a.text).cmp(&(b.text.len(), &b.text)));
    let mut kept: Vec<Fragment> = Vec::new();
    for fragment in fragments {
        let mut known = kept.iter_mut();
        match known.find(|known| fragment.text.starts_with(&known.text)) {
            Some(known) => known.texts.extend(fragment.texts),
            None => kept.push(fragment),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(keywords: &[&str]) -> Vec<String> {
        let keywords: Vec<&[u8]> = keywords.iter().map(|k| k.as_bytes()).collect();
        let words = [("interactive", 9), ("run", 2), ("create", 2)];
        let bigrams = Bigrams::new(words.into_iter());
        let fragments = choose(&keywords, &bigrams);
        let mut covered: Vec<usize> = Vec::new();
        for fragment in &fragments {
            for (place, offset) in &fragment.texts {
                let rest = keywords[*place].get(*offset..).unwrap_or_default();
                assert!(rest.starts_with(&fragment.text));
                covered.push(*place);
            }
        }
        covered.sort_unstable();
        assert_eq!(covered, (0..keywords.len()).collect::<Vec<_>>());
        let texts = fragments
            .iter()
            .map(|f| String::from_utf8_lossy(&f.text).into_owned());
        texts.collect()
    }

    #[test]
    fn keywords_share_what_they_have_in_common() {
        assert_eq!(chosen(&["run_job", "create_job", "run_uv_job"]), ["_job"]);
        assert_eq!(chosen(&["HF", "hf_oauth_"]).len(), 2);
        assert_eq!(chosen(&["hf", "hf_oauth_", "hfx"])[0], "hf");
        assert_eq!(chosen(&["a", "b"]), ["a", "b"]);
        assert!(chosen(&[]).is_empty());
    }

    #[test]
    fn rare_bytes_are_preferred() {
        assert_eq!(chosen(&["interactiveQz", "other"]), ["iveQ", "othe"]);
    }
}
