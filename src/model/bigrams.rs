//! How often bytes follow each other in code, as far as its words tell.

/// Kinds of bytes that are told apart: those of words, and all others as one.
const KINDS: usize = 128;

/// What all bytes that belong to no word are.
const OTHER: usize = b' ' as usize;

/// How many marks there are between words that are about as common as each other.
const MARKS: f64 = 4.0;

/// The share of pairs that stand in no word that is known.
const UNKNOWN: f64 = 1e-6;

/// Shares of bytes, and of pairs of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bigrams {
    /// Of each byte, its share among all.
    firsts: Vec<f64>,
    /// Of each pair, its share among those that begin as it does.
    pairs: Vec<f64>,
}

impl Bigrams {
    /// Counts the pairs in words, each with its frequency.
    pub(crate) fn new<'w>(words: impl Iterator<Item = (&'w str, u64)>) -> Self {
        let mut pairs = vec![0_u64; KINDS * KINDS];
        for (word, frequency) in words {
            let mut last = OTHER;
            for byte in word.bytes().chain([b' ']) {
                let next = kind(byte);
                if let Some(count) = pairs.get_mut(last * KINDS + next) {
                    *count += frequency;
                }
                last = next;
            }
        }
        let firsts: Vec<u64> = pairs
            .chunks(KINDS)
            .map(|of_first| of_first.iter().sum())
            .collect();
        let all = firsts.iter().sum::<u64>() as f64 + 1.0;
        let unknown = UNKNOWN * all;
        let shares = pairs
            .chunks(KINDS)
            .zip(&firsts)
            .flat_map(|(of_first, first)| {
                let among = *first as f64 + unknown;
                of_first
                    .iter()
                    .map(move |count| (*count as f64 + unknown) / among)
            });
        Self {
            pairs: shares.collect(),
            firsts: firsts.iter().map(|count| *count as f64 / all).collect(),
        }
    }

    /// The share of places in code where a text stands, from 0 to 1.
    pub(crate) fn share(&self, text: &[u8]) -> f64 {
        let share = |shares: &[f64], at: usize| shares.get(at).copied().unwrap_or(UNKNOWN);
        let mut bytes = text.iter().copied();
        let Some(first) = bytes.next() else {
            return 1.0;
        };
        let mut last = kind(first);
        let mut known = share(&self.firsts, last) + UNKNOWN;
        let mut marks = i32::from(is_mark(first));
        for byte in bytes {
            let next = kind(byte);
            known *= share(&self.pairs, last * KINDS + next);
            marks += i32::from(is_mark(byte));
            last = next;
        }
        known / MARKS.powi(marks)
    }
}

/// Whether a byte belongs to no word, and is no blank.
fn is_mark(byte: u8) -> bool {
    byte != b' ' && kind(byte) == OTHER
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
