//! Names for credentials that give nothing away.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::redact::{Secret, hex};

/// Gives names: the same credential always has the same one, and, of the short ones, no other has it.
pub(super) struct Marks {
    key: [u8; 32],
    /// Which credential has each short name, as a hash.
    taken: BTreeMap<[u8; 2], [u8; 32]>,
}

impl std::fmt::Debug for Marks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Marks({} given)", self.taken.len())
    }
}

impl Marks {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self {
            key,
            taken: BTreeMap::new(),
        }
    }

    /// The mark of a credential.
    pub(super) fn mark(&mut self, secret: &Secret) -> String {
        let mut hash = Sha256::new();
        hash.update(self.key);
        hash.update(secret.expose());
        let hash: [u8; 32] = hash.finalize().into();
        let [a, b, ..] = hash;
        let owner = self.taken.entry([a, b]).or_insert(hash);
        let length = if *owner == hash { 2 } else { 8 };
        secret.mark(&hex(hash.get(..length).unwrap_or_default()))
    }
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
