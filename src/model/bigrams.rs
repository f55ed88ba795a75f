//! How often bytes follow each other in code, as far as its words tell.

/// Kinds of bytes that are told apart: those of words, and all others as one.
const KINDS: usize = 128;

/// What all bytes that belong to no word are.
const OTHER: usize = b' ' as usize;

/// How many marks there are between words that are about as common as each other.
const MARKS: f64 = 4.0;

/// The share of pairs that stand in no word that is known.
const UNKNOWN: f64 = 1e-6;

/// Counts of pairs of bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bigrams {
    pairs: Vec<u64>,
    /// For each byte, how many pairs begin with it.
    firsts: Vec<u64>,
    all: u64,
}

impl Bigrams {
    /// Counts the pairs in words, each with its frequency.
    pub(crate) fn new<'w>(words: impl Iterator<Item = (&'w str, u64)>) -> Self {
        let mut bigrams = Self {
            pairs: vec![0; KINDS * KINDS],
            firsts: vec![0; KINDS],
            all: 0,
        };
        for (word, frequency) in words {
            let mut last = OTHER;
            for byte in word.bytes().chain([b' ']) {
                let next = kind(byte);
                for (counts, at) in [
                    (&mut bigrams.pairs, last * KINDS + next),
                    (&mut bigrams.firsts, last),
                ] {
                    if let Some(count) = counts.get_mut(at) {
                        *count += frequency;
                    }
                }
                bigrams.all += frequency;
                last = next;
            }
        }
        bigrams
    }

    /// The share of places in code where a text stands, from 0 to 1.
    pub(crate) fn share(&self, text: &[u8]) -> f64 {
        let kinds: Vec<usize> = text.iter().map(|byte| kind(*byte)).collect();
        let count = |counts: &[u64], at: usize| counts.get(at).copied().unwrap_or(0) as f64;
        let all = self.all as f64 + 1.0;
        let first = kinds.first().map_or(0, |first| *first);
        let mut share = count(&self.firsts, first) / all + UNKNOWN;
        for pair in kinds.windows(2) {
            if let [first, next] = pair {
                let together = count(&self.pairs, first * KINDS + next) + UNKNOWN * all;
                share *= together / (count(&self.firsts, *first) + all * UNKNOWN);
            }
        }
        let marks = text.iter().filter(|b| **b != b' ' && kind(**b) == OTHER);
        share / MARKS.powi(i32::try_from(marks.count()).unwrap_or(i32::MAX))
    }
}

fn kind(byte: u8) -> usize {
    match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' => usize::from(byte),
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_common_words_is_common() {
        let words = [("value", 90), ("evaluate", 10), ("quiz", 1)];
        let bigrams = Bigrams::new(words.into_iter());
        let share = |text: &str| bigrams.share(text.as_bytes());
        assert!(share("valu") > 5.0 * share("eval"));
        assert!(share("eval") > share("uiz"));
        assert!(share(" val") > share("_val"));
        assert!(share("uiz ") > share("uiz("));
        assert!(share("xyzw") < 1e-9);
    }
}
