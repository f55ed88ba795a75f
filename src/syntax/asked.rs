//! What is asked of a file: most of its calls say nothing to anyone, and their arguments cost most to read.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

/// Which calls are wanted as facts, by their callees, and whether the values of settings are.
pub(crate) struct Asked {
    wants: Box<dyn Fn(&str) -> bool>,
    settings: bool,
    /// What was answered before.
    known: RefCell<FxHashMap<String, bool>>,
}

impl Asked {
    /// Everything.
    pub(crate) fn all() -> Self {
        Self::some(|_| true, true)
    }

    /// Calls whose callees a test lets through, and what settings of programs are given, if they are wanted.
    pub(crate) fn some(wants: impl Fn(&str) -> bool + 'static, settings: bool) -> Self {
        Self {
            wants: Box::new(wants),
            settings,
            known: RefCell::default(),
        }
    }

    /// Whether the values of settings are wanted, and not only their keys.
    pub(super) fn wants_settings(&self) -> bool {
        self.settings
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
