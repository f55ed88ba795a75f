//! What was worked out before, so that it is not worked out again wherever it is used.

use std::cell::RefCell;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::context::{Budget, Cost};

/// How many values one has to cost to be held for its next use.
const WORTH_HOLDING: usize = 2;

/// How many are held.
const MAX_HELD: usize = 100_000;

/// Values that were worked out, each with what it took.
///
/// What is taken from here takes as much from the budget as it did then: the answers are the same
/// as without it.
#[derive(Debug)]
pub(super) struct Memo<K, V> {
    held: RefCell<FxHashMap<K, (V, Cost)>>,
}

impl<K: Eq + Hash, V: Clone> Memo<K, V> {
    pub(super) fn new() -> Self {
        Self {
            held: RefCell::default(),
        }
    }

    /// What is held under a key, or else what `work` gives.
    pub(super) fn get_or(&self, key: K, budget: &Budget, work: impl FnOnce() -> V) -> V {
        if let Some((value, cost)) = self.held.borrow().get(&key)
            && budget.pay(*cost)
        {
            return value.clone();
        }
        let (value, cost) = budget.metered(work);
        // Where it ran out, the value is cut short.
        if cost.values >= WORTH_HOLDING && !budget.is_spent() {
            let mut held = self.held.borrow_mut();
            if held.len() < MAX_HELD {
                held.insert(key, (value.clone(), cost));
            }
        }
        value
    }
}
