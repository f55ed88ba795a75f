//! What is asked of a file: most of its calls say nothing to anyone, and their arguments cost most to read.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

/// Which calls are wanted as facts, by their callees.
pub(crate) struct Asked {
    wants: Box<dyn Fn(&str) -> bool>,
    /// What was answered before.
    known: RefCell<FxHashMap<String, bool>>,
}

impl Asked {
    /// Those whose callees a test lets through.
    pub(crate) fn calls(wants: impl Fn(&str) -> bool + 'static) -> Self {
        Self {
            wants: Box::new(wants),
            known: RefCell::default(),
        }
    }

    /// Whether a call is wanted.
    pub(super) fn wants(&self, callee: &str) -> bool {
        if let Some(known) = self.known.borrow().get(callee) {
            return *known;
        }
        let wanted = (self.wants)(callee);
        self.known.borrow_mut().insert(callee.to_owned(), wanted);
        wanted
    }
}
