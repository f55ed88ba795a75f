//! How far values are followed, so that hostile programs cost no more than long ones.

use std::cell::Cell;

use crate::syntax::cst::Id;

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

/// What may still be worked out.
#[derive(Debug)]
pub(in crate::syntax) struct Budget {
    total: Cell<usize>,
    each: Cell<usize>,
}

impl Budget {
    pub(in crate::syntax) fn new() -> Self {
        Self {
            total: Cell::new(MAX_VALUES),
            each: Cell::new(MAX_VALUES_EACH),
        }
    }

    /// Takes from what is left; false if nothing is.
    pub(in crate::syntax) fn spend(&self, values: usize) -> bool {
        for left in [&self.total, &self.each] {
            match left.get().checked_sub(values) {
                Some(less) => left.set(less),
                None => {
                    left.set(0);
                    return false;
                }
            }
        }
        true
    }

    /// Says that a new expression begins.
    pub(in crate::syntax) fn begin(&self) {
        self.each.set(MAX_VALUES_EACH);
    }
}

/// A call of a function that is looked into.
#[derive(Clone, Copy, Debug)]
pub(in crate::syntax) struct Frame<'f> {
    pub(in crate::syntax) function: Id,
    pub(in crate::syntax) call: Id,
    pub(in crate::syntax) outer: Option<&'f Frame<'f>>,
}

/// How far an expression is followed yet.
#[derive(Clone, Copy, Debug)]
pub(in crate::syntax) struct Depth<'f> {
    pub(in crate::syntax) left: usize,
    pub(in crate::syntax) calls: usize,
    pub(in crate::syntax) frame: Option<&'f Frame<'f>>,
    /// The loop that is gone through, and which turn it is.
    pub(in crate::syntax) turn: Option<(Id, usize)>,
}

impl Depth<'_> {
    pub(in crate::syntax) const START: Self = Self {
        left: MAX_DEPTH,
        calls: MAX_CALLS,
        frame: None,
        turn: None,
    };

    /// Whether one more function may be looked into.
    pub(in crate::syntax) fn may_look_into(self) -> bool {
        let mut frames = 0;
        let mut frame = self.frame;
        while let Some(outer) = frame {
            frames += 1;
            frame = outer.outer;
        }
        frames < MAX_FRAMES
    }
}
