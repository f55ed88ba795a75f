//! Names for credentials that give nothing away.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::redact::{Secret, hex};

/// Gives names: the same credential always has the same one.
pub(super) enum Marks {
    /// Short ones, of which no other credential of this run has the same.
    Short {
        /// What they depend on.
        key: [u8; 32],
        /// Which credential has each short name, as a hash.
        taken: BTreeMap<[u8; 2], [u8; 32]>,
    },
    /// Long ones, which depend on the key alone.
    Keyed([u8; 32]),
    /// None.
    Nameless,
}

impl std::fmt::Debug for Marks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Short { taken, .. } => write!(f, "Marks({} given)", taken.len()),
            Self::Keyed(_) => f.write_str("Marks(keyed)"),
            Self::Nameless => f.write_str("Marks(nameless)"),
        }
    }
}

/// How many bytes of a hash are a name: one that is short, and one that no two credentials have.
const SHORT: usize = 2;
const LONG: usize = 8;

impl Marks {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self::Short {
            key,
            taken: BTreeMap::new(),
        }
    }

    /// The mark of a credential.
    pub(super) fn mark(&mut self, secret: &Secret) -> String {
        let (hash, length) = match self {
            Self::Short { key, taken } => {
                let hash = keyed(key, secret);
                let [a, b, ..] = hash;
                let owner = taken.entry([a, b]).or_insert(hash);
                (hash, if *owner == hash { SHORT } else { LONG })
            }
            Self::Keyed(key) => (keyed(key, secret), LONG),
            Self::Nameless => return secret.mark(None),
        };
        secret.mark(Some(&hex(hash.get(..length).unwrap_or_default())))
    }
}

fn keyed(key: &[u8; 32], secret: &Secret) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(key);
    hash.update(secret.expose());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn marks_are_stable_and_distinct() {
        let mut marks = Marks::new([7; 32]);
        let secret = |n: u32| Secret::with_prefix(format!("hf_oauth_{n}").as_bytes(), 9);
        let all: Vec<String> = (0..2000).map(|n| marks.mark(&secret(n))).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert!((0..2000).all(|n| marks.mark(&secret(n)) == all[n as usize]));
        assert!(all[0].starts_with("hf_oauth_[redacted:") && all[0].ends_with(']'));
        let other = Marks::new([8; 32]).mark(&secret(0));
        assert_ne!(other, all[0]);
        assert!(!format!("{marks:?}").contains('7'));
    }
}
