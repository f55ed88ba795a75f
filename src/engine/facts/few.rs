//! A set of small numbers.

const WORDS: usize = 8;

/// How many numbers are told apart; all that are larger count as the largest.
const MOST: usize = WORDS * u64::BITS as usize;

/// A set of numbers. It may hold too many, never too few.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Few([u64; WORDS]);

impl Few {
    pub(super) fn add(&mut self, number: usize) {
        let (word, bit) = place(number);
        self.0[word] |= bit;
    }

    pub(super) fn has(self, number: usize) -> bool {
        let (word, bit) = place(number);
        self.0[word] & bit != 0
    }

    pub(super) fn join(&mut self, other: Self) {
        for (word, others) in self.0.iter_mut().zip(other.0) {
            *word |= others;
        }
    }

    /// Whether any number is in both.
    pub(super) fn meets(self, other: Self) -> bool {
        self.0.iter().zip(other.0).any(|(a, b)| a & b != 0)
    }
}

impl FromIterator<usize> for Few {
    fn from_iter<I: IntoIterator<Item = usize>>(numbers: I) -> Self {
        let mut few = Self::default();
        numbers.into_iter().for_each(|number| few.add(number));
        few
    }
}

fn place(number: usize) -> (usize, u64) {
    let number = number.min(MOST - 1);
    let bits = u64::BITS as usize;
    (number / bits, 1 << (number % bits))
}
