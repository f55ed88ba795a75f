//! How far values are followed, so that hostile programs cost no more than long ones.

use std::cell::Cell;

use super::tree::Id;

/// How many values may be worked out in a program, so that names that stand for large values many
/// times stay bounded.
const MAX_VALUES: usize = 2_000_000;

/// How many values one expression may lead to.
const MAX_VALUES_EACH: usize = 3_000;

/// How deep values lie in each other, and how many names are followed to one.
const MAX_DEPTH: usize = 24;

/// How deep calls lie in each other as values; each has a fact of its own anyway.
const MAX_CALLS: usize = 4;

/// How many functions of the program are looked into for one value.
const MAX_FRAMES: usize = 3;

/// How much text the values of a program may hold, in bytes, so that a long text that is used many
/// times stays bounded.
const MAX_TEXT: usize = 64 << 20;

/// What may still be worked out.
#[derive(Debug)]
pub(super) struct Budget {
    total: Cell<usize>,
    each: Cell<usize>,
    text: Cell<usize>,
}

/// What was taken from a budget.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cost {
    pub(super) values: usize,
    text: usize,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self {
            total: Cell::new(MAX_VALUES),
            each: Cell::new(MAX_VALUES_EACH),
            text: Cell::new(MAX_TEXT),
        }
    }

    /// Takes from what is left; false if nothing is, or if there is no room for text any more.
    pub(super) fn spend(&self, values: usize) -> bool {
        let mut lefts = [&self.total, &self.each].into_iter();
        self.text.get() > 0 && lefts.all(|left| take(left, values))
    }

    /// Takes the bytes of a text from what is left; false if so many are not.
    pub(super) fn spend_text(&self, bytes: usize) -> bool {
        take(&self.text, bytes)
    }

    /// Whether any of it ran out.
    pub(super) fn is_spent(&self) -> bool {
        [&self.total, &self.each, &self.text]
            .iter()
            .any(|left| left.get() == 0)
    }

    /// What `work` gives, and what it takes.
    pub(super) fn metered<V>(&self, work: impl FnOnce() -> V) -> (V, Cost) {
        let left = |of: &Cell<usize>| of.get();
        let (values, text) = (left(&self.total), left(&self.text));
        let value = work();
        let cost = Cost {
            values: values - left(&self.total),
            text: text - left(&self.text),
        };
        (value, cost)
    }

    /// Takes all of a cost, or nothing if there is not enough left.
    pub(super) fn pay(&self, cost: Cost) -> bool {
        let left = self.total.get().min(self.each.get());
        let enough = cost.values < left && cost.text < self.text.get();
        enough && self.spend(cost.values) && self.spend_text(cost.text)
    }

    /// Says that a new expression begins.
    pub(super) fn begin(&self) {
        self.each.set(MAX_VALUES_EACH);
    }
}

fn take(left: &Cell<usize>, much: usize) -> bool {
    let rest = left.get().checked_sub(much);
    left.set(rest.unwrap_or_default());
    rest.is_some()
}

/// A call of a function that is looked into.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'f> {
    pub(super) function: Id,
    pub(super) call: Id,
    pub(super) outer: Option<&'f Frame<'f>>,
}

/// How far an expression is followed yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct EvalContext<'f> {
    pub(super) left: usize,
    pub(super) calls: usize,
    pub(super) frame: Option<&'f Frame<'f>>,
    /// The loop that is gone through, and which turn it is.
    pub(super) turn: Option<(Id, usize)>,
}

impl EvalContext<'_> {
    pub(super) const START: Self = Self {
        left: MAX_DEPTH,
        calls: MAX_CALLS,
        frame: None,
        turn: None,
    };

    /// Whether one more function may be looked into.
    pub(super) fn may_look_into(self) -> bool {
        let mut frames = 0;
        let mut frame = self.frame;
        while let Some(outer) = frame {
            frames += 1;
            frame = outer.outer;
        }
        frames < MAX_FRAMES
    }
}
